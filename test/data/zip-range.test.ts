import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { DownloadError } from '#dist/data/http.js';
import { type ByteSource, localSource, remoteSource, type ZipMember, zipMembers } from '#dist/data/zip-range.js';
import { answer, isMemberRange, type Misbehaviour, makeZip, noise, pour, serve } from './loopback-server.js';

const text = Buffer.from('0 48\n1 49\n'.repeat(20));
const bytes = noise(3000);
const zip = makeZip([
  { name: 'a/text', data: text },
  { name: 'a/bytes', data: bytes, method: 0 },
  { name: 'filler', data: noise(200_000), method: 0 },
]);

async function open(t: TestContext, misbehave?: Misbehaviour) {
  const server = await serve(zip, misbehave);
  t.after(() => server.close());
  const source = await remoteSource(server.url, { env: {} });
  return { ...server, source };
}

async function local(t: TestContext, content: Buffer): Promise<ByteSource> {
  const folder = await mkdtemp(join(tmpdir(), 'zip-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'x.zip'), content);
  return localSource(join(folder, 'x.zip'));
}

async function packed(member: ZipMember, from = 0): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of member.readPacked(from)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function remote(t: TestContext, misbehave?: Misbehaviour) {
  const { source, ranges } = await open(t, misbehave);
  assert.ok('read' in source);
  return { source, ranges };
}

describe('zipMembers', () => {
  for (const where of ['on a server', 'on disk']) {
    test(`unpacks deflated and stored members of a zip ${where}, also from the middle`, async (t) => {
      const source = where === 'on disk' ? await local(t, zip) : (await remote(t)).source;
      const [second, first] = await zipMembers('x.zip', source, ['a/bytes', 'a/text']);
      assert.ok(first && second);
      assert.deepEqual(Buffer.from(first.unpack(await packed(first))), text);
      assert.deepEqual(Buffer.from(second.unpack(await packed(second))), bytes);
      assert.deepEqual(await packed(second, 1234), bytes.subarray(1234));
      assert.equal((await packed(second, 3000)).length, 0);
    });
  }

  test('damaged bytes are noticed, to be tried again', async (t) => {
    const [member, stored] = await zipMembers('x.zip', await local(t, zip), ['a/text', 'a/bytes']);
    const good = await packed(member!);
    for (const bad of [good.subarray(0, -1), Buffer.concat([Buffer.from([7]), good]), Buffer.alloc(0)]) {
      assert.throws(
        () => member!.unpack(bad),
        (error) => error instanceof DownloadError && !error.permanent,
      );
    }
    const flipped = Buffer.from(bytes);
    flipped[17]! ^= 1;
    assert.throws(() => stored!.unpack(flipped), /a\/bytes arrived damaged: 3000 bytes with CRC-32 .*expected 3000/);
  });

  test('what is no zip, lacks the member or is packed in another way is refused for good', async (t) => {
    const refuses = async (content: Buffer, name: string, message: RegExp) =>
      assert.rejects(
        zipMembers('x.zip', await local(t, content), [name]),
        (error) => error instanceof DownloadError && error.permanent && message.test(error.message),
      );
    await refuses(Buffer.from('<html>'.repeat(20)), 'a', /x\.zip is not a readable zip/);
    await refuses(zip, 'a/other', /x\.zip has no member a\/other/);
    await refuses(makeZip([{ name: 'a', data: text, method: 14 }]), 'a', /method 14/);
    await refuses(makeZip([{ name: 'a', data: text, flags: 1 }]), 'a', /encrypted/);
    const twice = makeZip(['one', 'other'].map((content) => ({ name: 'a', data: Buffer.from(content) })));
    await refuses(twice, 'a', /two members called a$/);
    const empty = Buffer.alloc(0);
    const many = makeZip(Array.from({ length: 60_000 }, (_, i) => ({ name: `${i}`, data: empty, method: 0 })));
    await refuses(many, '7', /60000 members, expected at most 1000/);
    const huge = makeZip([{ name: 'a', data: text }]);
    huge.writeUInt32LE(2 ** 31, huge.indexOf('PK\x01\x02') + 20); // its packed size in the directory
    await refuses(huge, 'a', /2147483648 bytes, .* larger than/);
  });
});

describe('remoteSource', () => {
  test('reads the size and the directory with one request of 128 KiB, other parts on demand', async (t) => {
    const { source, ranges } = await remote(t);
    assert.equal(source.size, zip.length);
    await zipMembers('x.zip', source, ['a/bytes']);
    assert.deepEqual(ranges, ['bytes=-131072']);
  });

  test('hands over the whole file where ranges are ignored', async (t) => {
    const { source } = await open(t, (_, response) => {
      const { status, headers, body } = answer(zip);
      response.writeHead(status, headers).end(body);
      return true;
    });
    assert.ok('body' in source);
    const chunks: Uint8Array[] = [];
    for await (const chunk of source.body) chunks.push(chunk);
    assert.ok(Buffer.concat(chunks).equals(zip));
  });

  const readMiddle = async (source: ByteSource) => {
    for await (const _ of source.read(0, 2000)); // drains it
  };

  test('insists on the same version: If-Range is sent, a whole file or another size in answer is an error', async (t) => {
    const changed = await remote(t, (request, response) => {
      if (!isMemberRange(request)) return false;
      assert.equal(request.headers['if-range'], '"v1"');
      response.writeHead(200, { ETag: '"v2"' }).end(zip);
      return true;
    });
    await assert.rejects(readMiddle(changed.source), /changed while it was being downloaded/);
    const grown = await remote(t, (request, response) => {
      if (!isMemberRange(request)) return false;
      response.writeHead(206, { 'Content-Range': 'bytes 0-1999/999999' }).end(zip.subarray(0, 2000));
      return true;
    });
    await assert.rejects(readMiddle(grown.source), /changed while/);
  });

  test('another part than the one asked for, or one without its position, is an error', async (t) => {
    const shifted = await remote(t, (request, response) => {
      if (!isMemberRange(request)) return false;
      response.writeHead(206, { 'Content-Range': `bytes 1-1999/${zip.length}` }).end(zip.subarray(1, 2000));
      return true;
    });
    await assert.rejects(readMiddle(shifted.source), /sent bytes 1-1999, asked for 0-1999/);
    const longer = await remote(t, (request, response) => {
      if (!isMemberRange(request)) return false;
      response.writeHead(206, { 'Content-Range': `bytes 0-2000/${zip.length}` }).end(zip.subarray(0, 2001));
      return true;
    });
    await assert.rejects(readMiddle(longer.source), /sent bytes 0-2000, asked for 0-1999/);
    const unplaced: Misbehaviour = (_, response) => {
      response.writeHead(206).end(zip);
      return true;
    };
    await assert.rejects(open(t, unplaced), /Content-Range 'null'/);
  });

  test('an end that never ends, and one that is not what was asked for, are refused', async (t) => {
    const endless: Misbehaviour = (request, response) => {
      const { headers, body } = answer(zip, request.headers.range);
      const { 'Content-Length': _, ...unmeasured } = headers;
      response.writeHead(206, unmeasured);
      pour(response, body);
      return true;
    };
    await assert.rejects(open(t, endless), /sent more bytes than the 131072 it announced/);
    const all: Misbehaviour = (_, response) => {
      const size = 2 ** 40;
      response.writeHead(206, { 'Content-Range': `bytes 0-${size - 1}/${size}` });
      pour(response, zip);
      return true;
    };
    await assert.rejects(open(t, all), /sent bytes 0-1099511627775, asked for the last 131072/);
  });

  test('fewer bytes than announced is an error', async (t) => {
    const short: Misbehaviour = (request, response) => {
      const { body } = answer(zip, request.headers.range);
      const position = `bytes ${zip.length - body.length}-${zip.length - 1}/${zip.length}`;
      response.writeHead(206, { 'Content-Range': position }).end(body.subarray(1));
      return true;
    };
    await assert.rejects(open(t, short), /sent 131071 bytes of the 131072 it announced/);
  });
});
