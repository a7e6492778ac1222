/** A file that one process at a time holds: who it is stands inside. One killed outright leaves it behind; the next takes over. */
import { randomBytes } from 'node:crypto';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FIRST_SPACE, type Holder, isGone, parseHolder, thisProcess } from './holder.js';

/** Thrown where another process holds the lock, or whatever wrote the file does. */
export class HeldError extends Error {
  readonly path: string;
  /** The holder in words. */
  readonly holder: string;
  /** Whether it is known to live: waiting for it has an end. */
  readonly lives: boolean;
  constructor(path: string, holder: Holder | undefined) {
    const words = holder ? `${holder.pid} on ${holder.host}` : 'an unknown one';
    super(`Another process (${words}) holds ${path}: wait for its end, or delete the file if it is gone.`);
    this.path = path;
    this.holder = words;
    // One that beats either goes on or is taken over.
    this.lives = holder !== undefined && (isGone(holder) === false || holder.beats === true);
  }
}

/** Absolute paths of the locks that this process holds. */
const held = new Set<string>();
/** Bytes in the path of a socket, on all systems. */
const LONGEST_SOCKET = 100;
/** Takes over from the dead, and a lock's first words, are a matter of milliseconds: so long they are waited for. */
const PATIENCE = 2000;
/** Seconds between two signs of life of who holds a lock, and after how many without one it is given up, seen from other machines. */
const BEAT = 10;
const SILENT = 60;

/**
 * Takes the lock, at once, and returns what gives it back.
 * @throws HeldError where somebody else holds it.
 */
export async function takeLock(file: string): Promise<() => Promise<void>> {
  const path = resolve(file);
  const me = thisProcess();
  const voice = me.space === undefined || me.space === FIRST_SPACE ? undefined : await listen(dirname(path));
  const text = `${JSON.stringify({ ...me, beats: true, ...(voice && { socket: voice.name }) })}\n`;
  try {
    for (const start = performance.now(); !(await create(path, text)); ) {
      const found = await read(path);
      if (found === undefined) continue;
      const patient = performance.now() - start < PATIENCE;
      if (found !== '' && (held.has(path) || !(await isLeftBehind(path, found))))
        throw new HeldError(path, parseHolder(found));
      if (found === '' && !patient) throw new HeldError(path, undefined);
      if (found === '' || !(await remove(path, found, patient))) await sleep(20);
    }
  } catch (error) {
    await voice?.close();
    throw error;
  }
  held.add(path);
  const heart = setInterval(() => beat(path, text).catch(() => {}), BEAT * 1000).unref();
  return async () => {
    clearInterval(heart);
    held.delete(path);
    await voice?.close();
    await rm(path, { force: true });
  };
}

/** Whether there was none yet. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Undefined where there is none; empty while it is being written. */
async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EISDIR') return '';
    throw error;
  }
}

/** Removes a lock that was left behind: of several that see it one does, and nobody what another has written since. */
async function remove(path: string, text: string, patient: boolean): Promise<boolean> {
  let release: () => Promise<void>;
  try {
    release = await takeLock(`${path}.takeover`);
  } catch (error) {
    if (error instanceof HeldError && patient) return false;
    throw error;
  }
  try {
    if ((await read(path)) !== text) return true;
    const socket = socketOf(path, parseHolder(text));
    if (socket) await rm(socket, { force: true });
    await rm(path, { force: true });
    return true;
  } finally {
    await release();
  }
}

async function isLeftBehind(path: string, text: string): Promise<boolean> {
  const holder = parseHolder(text);
  if (!holder) return false;
  const gone = isGone(holder);
  if (gone !== 'unknown') return gone;
  const socket = socketOf(path, holder);
  if (socket !== undefined && holder.boot === thisProcess().boot) return await refuses(socket);
  return holder.beats === true && (await silence(path)) > SILENT * 1000;
}

/** A sign of life: the file is written anew, as it is, by whoever still holds it. */
async function beat(path: string, text: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    if ((await file.readFile('utf8')) === text) await file.write(text, 0);
  } finally {
    await file.close();
  }
}

/** Milliseconds since a file was written, by the clock of its file system: those of machines differ. */
async function silence(path: string): Promise<number> {
  const probe = `${path}.${randomBytes(6).toString('hex')}.now`;
  try {
    await writeFile(probe, '\n');
    return (await writtenAt(probe)) - (await writtenAt(path));
  } catch {
    return 0; // It is there no more, or cannot be told: whoever asks does so again.
  } finally {
    await rm(probe, { force: true });
  }
}

/** Opened for it: a network's file system then asks its server. */
async function writtenAt(path: string): Promise<number> {
  const file = await open(path, 'r');
  try {
    return (await file.stat()).mtimeMs;
  } finally {
    await file.close();
  }
}

/** Who holds a lock now, and whether on this machine; undefined where nobody does. */
export async function holderOf(file: string): Promise<(Holder & { readonly here: boolean }) | undefined> {
  const path = resolve(file);
  const text = await read(path);
  const holder = text ? parseHolder(text) : undefined;
  if (!text || !holder || (!held.has(path) && (await isLeftBehind(path, text)))) return undefined;
  return { ...holder, here: isGone(holder) === false };
}

function socketOf(path: string, holder: Holder | undefined): string | undefined {
  return /^\.lock-[0-9a-f]+$/.test(holder?.socket ?? '') ? join(dirname(path), holder!.socket!) : undefined;
}

/** Listens in the folder for as long as the process lives, whatever it is busy with: the system answers. */
async function listen(folder: string): Promise<{ name: string; close: () => Promise<unknown> } | undefined> {
  const name = `.lock-${randomBytes(6).toString('hex')}`;
  const path = join(folder, name);
  if (Buffer.byteLength(path) > LONGEST_SOCKET) return undefined;
  const server = createServer((socket) => socket.destroy()).unref();
  return await new Promise((done) => {
    const close = () => new Promise((closed) => server.close(closed));
    // Not every file system has sockets.
    server.once('error', () => done(undefined)).listen(path, () => done({ name, close }));
  });
}

/** A socket that nobody listens on any more refuses; of one that cannot be asked nothing is known. */
function refuses(path: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(path, () => done(false));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => done(code === 'ECONNREFUSED'));
    socket.once('connect', () => socket.destroy());
  });
}
