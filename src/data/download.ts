import { existsSync } from 'node:fs';
import { open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomically } from '../files.js';
import { DownloadError, type HttpOptions } from './http.js';
import { takeTurn } from './turns.js';
import { bounded, localSource, remoteSource, type ZipMember, zipMembers } from './zip-range.js';

/** How far a transfer is: `done` of `total` bytes (unknown if absent) of the file named by `label`. */
export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total?: number;
}

/** How to download, and who hears of it. */
export interface DownloadOptions extends HttpOptions {
  /** Milliseconds to wait before each further try; default 1, 2 and 4 s, so four tries. */
  readonly retryDelays?: readonly number[] | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told in a sentence about waits and new tries. */
  readonly onNotice?: ((sentence: string) => void) | undefined;
}

/** What is asked of the files besides being whole. */
export interface MemberOptions extends DownloadOptions {
  /** Says what is wrong with a file, which is then refused; undefined if nothing is. */
  readonly complaint?: (file: string, bytes: Uint8Array) => string | undefined;
}

/** Bytes of a zip that are downloaded at most where all of it must be: NIST's has 535 MB. */
const LARGEST_ZIP = 2 ** 30;

/**
 * Download members of a zip into a folder, each under its base name, without the rest of the zip where the server
 * answers range requests. Files already there are left alone; whatever goes wrong, a file is there whole and checked
 * (size, CRC-32) or not at all. What has arrived of a member is kept as `.part`, from which the next try goes on.
 * Processes that ask for the same folder at once take turns, so that one downloads.
 *
 * @param members their full names in the zip
 * @throws DownloadError when all tries failed or another try is pointless; the signal's reason when aborted
 */
export async function downloadMembers(
  url: string,
  members: readonly string[],
  folder: string,
  options: MemberOptions,
): Promise<void> {
  const { onNotice, signal } = options;
  const onWait = (lock: string) =>
    onNotice?.(`Another process is downloading into ${folder}: waiting for it (it holds ${lock}).`);
  await takeTurn(
    folder,
    () =>
      withRetries(options, async (current) => {
        const missing = members.filter((name) => !existsSync(join(folder, basename(name))));
        if (missing.length > 0) await fetchOnce(url, missing, folder, current);
      }),
    { onWait, signal },
  );
}

async function withRetries(options: MemberOptions, task: (options: MemberOptions) => Promise<void>): Promise<void> {
  const { retryDelays = [1000, 2000, 4000], onNotice, signal } = options;
  for (let tries = 1; ; tries++) {
    try {
      await task(options);
      return;
    } catch (error) {
      const delay = retryDelays[tries - 1];
      if (!(error instanceof DownloadError) || error.permanent) throw error;
      if (delay === undefined) throw new DownloadError(`${error.message} (tried ${tries} times)`, { cause: error });
      onNotice?.(`${error.message}: trying again in ${delay / 1000} s.`);
      await sleep(delay, undefined, { signal }).catch(() => signal?.throwIfAborted());
    }
  }
}

async function fetchOnce(url: string, names: string[], folder: string, options: MemberOptions): Promise<void> {
  const remote = await remoteSource(url, options);
  if ('read' in remote) {
    for (const member of await zipMembers(url, remote, names)) await fetchMember(member, folder, options);
    return;
  }
  options.onNotice?.(`${url} does not answer range requests: downloading the whole file.`);
  const file = basename(new URL(url).pathname);
  const whole = join(folder, `${file}.part`);
  try {
    const length = Number(remote.headers.get('content-length')) || undefined;
    await rm(whole, { force: true });
    const body = bounded(url, remote.body, LARGEST_ZIP, `${LARGEST_ZIP}, more than any EMNIST`);
    await append(whole, body, { label: file, done: 0, ...(length && { total: length }) }, options);
    for (const member of await zipMembers(url, await localSource(whole), names)) {
      await fetchMember(member, folder, options);
    }
  } finally {
    remote.discard();
    await rm(whole, { force: true }); // of no use to a later try: the server cannot go on from its end
  }
}

async function fetchMember(member: ZipMember, folder: string, options: MemberOptions): Promise<void> {
  const file = basename(member.name);
  // Named by content, so that the beginning of another version is never continued.
  const part = join(folder, `${file}.${member.crc32.toString(16).padStart(8, '0')}.part`);
  const done = (await stat(part).catch(() => undefined))?.size ?? 0;
  const arrived = await append(part, member.readPacked(done), { label: file, done, total: member.packedSize }, options);
  if (arrived < member.packedSize) {
    throw new DownloadError(`${file} ended after ${arrived} of ${member.packedSize} bytes`);
  }
  let bytes: Uint8Array;
  try {
    bytes = member.unpack(await readFile(part));
  } catch (error) {
    await rm(part); // all of it is there and it is wrong
    throw error;
  }
  const complaint = options.complaint?.(file, bytes);
  if (complaint) {
    await rm(part);
    throw new DownloadError(complaint, { permanent: true });
  }
  await writeAtomically(join(folder, file), bytes);
  const leftovers = (await readdir(folder)).filter((name) => name.startsWith(`${file}.`) && name.endsWith('.part'));
  await Promise.all(leftovers.map((name) => rm(join(folder, name), { force: true })));
}

/** Append to a file, reporting progress; returns the file's size, also counting what it had at the start. */
async function append(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  { label, done: from, total }: Progress,
  { onProgress }: DownloadOptions,
): Promise<number> {
  const file = await open(path, 'a');
  let done = from;
  try {
    for await (const chunk of chunks) {
      await file.writeFile(chunk);
      done += chunk.length;
      onProgress?.({ label, done, ...(total !== undefined && { total }) });
    }
  } finally {
    await file.close();
  }
  return done;
}
