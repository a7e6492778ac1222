import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { downloadMembers, type MemberOptions, type Progress } from '#dist/data/download.js';
import {
  answer,
  isMemberRange,
  type Misbehaviour,
  makeEmnist,
  nistZip,
  pour,
  sendBeginning,
  serve,
} from './loopback-server.js';

const { files } = makeEmnist();
const names = Object.keys(files);
const images = names[0]!;
const members = names.map((name) => `gzip/${name}`);
const zip = nistZip(files);

async function setUp(t: TestContext, misbehave?: Misbehaviour, content = zip) {
  const server = await serve(content, misbehave);
  const folder = await mkdtemp(join(tmpdir(), 'download-'));
  t.after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const notices: string[] = [];
  let stored = 0;
  /** Send 10,000 bytes and, once they are stored, do `after`: cut the connection if not given. */
  const sendSome = (request: IncomingMessage, response: ServerResponse, after?: () => void) => {
    const goal = stored + 10_000;
    return sendBeginning(zip, request, response, 10_000, after, () => stored >= goal);
  };
  const download = (options: MemberOptions = {}) =>
    downloadMembers(server.url, members, folder, {
      env: {},
      retryDelays: [1, 1], // three tries
      stallTimeout: 5000,
      onNotice: (sentence) => notices.push(sentence),
      onProgress: ({ done }) => {
        stored = done;
      },
      ...options,
    });
  return { folder, download, notices, ranges: server.ranges, sendSome };
}

/** The folder holds the files and nothing else. */
async function assertComplete(folder: string): Promise<void> {
  assert.deepEqual((await readdir(folder)).sort(), [...names].sort());
  for (const name of names) assert.ok(files[name]!.equals(await readFile(join(folder, name))), name);
}

/** The folder holds none of the files; `.part` files only if they may be gone on from. */
async function assertNothingFinal(folder: string, parts = 0): Promise<void> {
  const found = await readdir(folder);
  assert.equal(found.length, parts, found.join());
  assert.ok(found.every((name) => name.endsWith('.part')));
}

const starts = (ranges: string[]) =>
  ranges.map((range) => /^bytes=(\d+)-(\d+)$/.exec(range)).flatMap((m) => (m && +m[2]! - +m[1]! > 1000 ? +m[1]! : []));

describe('downloadMembers', () => {
  test('fetches the members alone, by range, with progress to the last byte', async (t) => {
    const { folder, download, ranges } = await setUp(t);
    const progress: Progress[] = [];
    await download({ onProgress: (p) => progress.push(p) });
    await assertComplete(folder);
    assert.ok(!ranges.includes('whole'));
    assert.equal(ranges.length, 7); // the directory; for each member its header and its bytes
    for (const name of names) {
      const last = progress.filter(({ label }) => label === name).at(-1);
      assert.ok(last && last.done > 0 && last.done === last.total);
    }
  });

  test('asks for nothing that is there', async (t) => {
    const { folder, download, ranges } = await setUp(t);
    await download();
    await rm(join(folder, images));
    const before = ranges.length;
    await download();
    await assertComplete(folder);
    assert.equal(ranges.length - before, 3);
    await download();
    assert.equal(ranges.length - before, 3);
  });

  test('404 and a web page fail at once', async (t) => {
    for (const status of [404, 200]) {
      const { folder, download, ranges } = await setUp(t, (_, response) => {
        response.writeHead(status, { 'Content-Type': 'text/html' }).end('<html></html>');
        return true;
      });
      await assert.rejects(download(), status === 404 ? /answered 404/ : /web page/);
      assert.equal(ranges.length, 1);
      await assertNothingFinal(folder);
    }
  });

  test('goes on from where the connection was cut', async (t) => {
    let cuts = 0;
    const { folder, download, ranges, notices, sendSome } = await setUp(t, (request, response) => {
      if (!isMemberRange(request) || cuts === 2) return false;
      cuts++;
      return sendSome(request, response);
    });
    await download();
    await assertComplete(folder);
    const [first, second, third] = starts(ranges);
    assert.deepEqual([second! - first!, third! - second!], [10_000, 10_000]);
    assert.equal(notices.length, 2);
    assert.match(notices[0]!, /trying again in 0.001 s/);
  });

  test('goes on after a server sent a shorter range than asked for', async (t) => {
    let short = true;
    const { folder, download, ranges } = await setUp(t, (request, response) => {
      if (!isMemberRange(request) || !short) return false;
      short = false;
      const [, start] = /=(\d+)-/.exec(request.headers.range!)!;
      const { status, headers, body } = answer(zip, `bytes=${start}-${Number(start) + 9_999}`);
      response.writeHead(status, headers).end(body);
      return true;
    });
    await download();
    await assertComplete(folder);
    assert.equal(starts(ranges)[1]! - starts(ranges)[0]!, 10_000);
  });

  test('after the last try says so; the next call goes on from what is there', async (t) => {
    let up = false;
    const { folder, download, ranges, sendSome } = await setUp(t, (request, response) =>
      !up && isMemberRange(request) ? sendSome(request, response) : false,
    );
    await assert.rejects(download(), /tried 3 times/);
    await assertNothingFinal(folder, 1);
    assert.equal((await stat(join(folder, (await readdir(folder))[0]!))).size, 30_000);
    up = true;
    await download();
    await assertComplete(folder);
    assert.equal(starts(ranges)[3]! - starts(ranges)[0]!, 30_000);
  });

  test('a damaged arrival is thrown away and fetched again from the start', async (t) => {
    let damaged = false;
    const { folder, download, ranges } = await setUp(t, (request, response) => {
      if (!isMemberRange(request) || damaged) return false;
      damaged = true;
      const { status, headers, body } = answer(zip, request.headers.range);
      const bad = Buffer.from(body);
      bad[20_000]! ^= 1;
      response.writeHead(status, headers).end(bad);
      return true;
    });
    await download();
    await assertComplete(folder);
    assert.equal(starts(ranges)[0], starts(ranges)[1]);
  });

  test('a wrong CRC-32 in the zip itself fails in the end and leaves nothing', async (t) => {
    const { folder, download } = await setUp(t, undefined, nistZip(files, { crc: 0xbad }));
    await assert.rejects(download(), /images.* arrived damaged: .*CRC-32 .*expected .* with bad.*tried 3 times/);
    await assertNothingFinal(folder);
  });

  test('what there is a complaint about is refused at once, and leaves nothing', async (t) => {
    const { folder, download, ranges } = await setUp(t);
    const complaint = (file: string, bytes: Uint8Array) =>
      file === images && files[images]!.equals(bytes) ? `${file} is not what it was` : undefined;
    await assert.rejects(download({ complaint }), /^DownloadError: emnist-.*images.*gz is not what it was$/);
    assert.equal(starts(ranges).length, 1);
    await assertNothingFinal(folder);
  });

  test('a body that goes on beyond its range is cut off, and refused', async (t) => {
    const { folder, download, ranges } = await setUp(t, (request, response) => {
      if (!isMemberRange(request)) return false;
      const { headers, body } = answer(zip, request.headers.range);
      const { 'Content-Length': _, ...unmeasured } = headers;
      response.writeHead(206, unmeasured);
      pour(response, body);
      return true;
    });
    await assert.rejects(download(), /sent more bytes than the \d+ it announced/);
    assert.equal(starts(ranges).length, 1);
    for (const name of await readdir(folder)) assert.ok((await stat(join(folder, name))).size < 1_000_000);
  });

  test('a beginning left by somebody else, wrong or too long, does no harm', async (t) => {
    for (const length of [500, 1_000_000]) {
      const { folder, download } = await setUp(t);
      const crc = crc32(files[images]!).toString(16).padStart(8, '0');
      await writeFile(join(folder, `${images}.${crc}.part`), Buffer.alloc(length, 'x'));
      await writeFile(join(folder, `${images}.00000000.part`), 'of an older version');
      await download();
      await assertComplete(folder);
    }
  });

  test('a stall is given up and gone on from', async (t) => {
    let stalled = false;
    const { folder, download, notices } = await setUp(t, (request, response) => {
      if (!isMemberRange(request) || stalled) return false;
      stalled = true;
      return sendBeginning(zip, request, response, 10_000, () => undefined);
    });
    await download({ stallTimeout: 400 });
    await assertComplete(folder);
    assert.match(notices.join(), /sent nothing for 0.4 s/);
  });

  describe('without range requests', () => {
    const ignoreRanges: Misbehaviour = (request, _, __) => {
      delete request.headers.range;
      return false;
    };

    test('fetches the whole file and removes it', async (t) => {
      const { folder, download, ranges, notices } = await setUp(t, ignoreRanges);
      const progress: Progress[] = [];
      await download({ onProgress: (p) => progress.push(p) });
      await assertComplete(folder);
      assert.equal(ranges.length, 1);
      assert.match(notices.join(), /does not answer range requests/);
      assert.deepEqual(progress.filter(({ label }) => label === 'gzip.zip').at(-1), {
        label: 'gzip.zip',
        done: zip.length,
        total: zip.length,
      });
    });

    test('starts again when cut, and leaves nothing when it is cut for ever', async (t) => {
      let cuts = 0;
      const { folder, download } = await setUp(t, (request, response, n) => {
        ignoreRanges(request, response, n);
        return cuts++ < 4 && sendBeginning(zip, request, response, 100_000);
      });
      await assert.rejects(download(), /tried 3 times/);
      await assertNothingFinal(folder);
      await download();
      await assertComplete(folder);
    });

    test('a whole file that is no zip is refused', async (t) => {
      const { folder, download } = await setUp(t, ignoreRanges, Buffer.from('<html>'.repeat(50)));
      await assert.rejects(download(), /not a readable zip/);
      await assertNothingFinal(folder);
    });
  });

  test('two at once download once', async (t) => {
    const { folder, download, ranges, notices } = await setUp(t);
    await Promise.all([download(), download()]);
    await assertComplete(folder);
    assert.equal(ranges.length, 7);
    assert.match(notices.join(), /Another process is downloading/);
  });

  test("aborting throws the signal's reason and lets go of the folder", async (t) => {
    const controller = new AbortController();
    const { folder, download, sendSome } = await setUp(t, (request, response) => {
      if (!isMemberRange(request) || controller.signal.aborted) return false;
      return sendSome(request, response, () => controller.abort(new Error('enough')));
    });
    await assert.rejects(download({ signal: controller.signal }), /^Error: enough$/);
    await assertNothingFinal(folder, 1);
    await download();
    await assertComplete(folder);
  });
});
