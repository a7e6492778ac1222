import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import fetch, { type RequestInit } from 'node-fetch';
import { DownloadError, type Fetch, get, type HttpOptions } from '#dist/data/http.js';
import { type Misbehaviour, sendBeginning, serve } from './loopback-server.js';

const file = Buffer.from('a file of some bytes');

async function start(t: TestContext, misbehave?: Misbehaviour) {
  const server = await serve(file, misbehave);
  t.after(() => server.close());
  return server;
}

async function read(url: string, options: HttpOptions = {}): Promise<string> {
  const reply = await get(url, {}, { env: {}, ...options });
  const chunks: Uint8Array[] = [];
  for await (const chunk of reply.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Matches a DownloadError of this permanence and message. */
function failure(permanent: boolean, message: RegExp) {
  return (error: unknown) =>
    error instanceof DownloadError && error.permanent === permanent && message.test(error.message);
}

describe('get', () => {
  test('reads a file as it is, asking for no content coding and undoing none', async (t) => {
    const { url } = await start(t, (request, response) => {
      assert.equal(request.headers['accept-encoding'], 'identity');
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(file);
      return true;
    });
    assert.equal(await read(url), file.toString());
  });

  test('uses the fetch it is given', async (t) => {
    const { url } = await start(t);
    const asked: unknown[] = [];
    const own: Fetch = (target, init) => {
      asked.push(target);
      return fetch(target, init as RequestInit);
    };
    assert.equal(await read(url, { fetch: own }), file.toString());
    assert.deepEqual(asked, [url]);
  });

  for (const [status, permanent] of [
    [404, true],
    [403, true],
    [429, false],
    [503, false],
  ] as const) {
    test(`${status} is an error, ${permanent ? 'for good' : 'to try again'}`, async (t) => {
      const { url } = await start(t, (_, response) => {
        response.writeHead(status).end('no');
        return true;
      });
      await assert.rejects(read(url), failure(permanent, new RegExp(`answered ${status}`)));
    });
  }

  test('a web page with status 200 is recognised', async (t) => {
    const { url } = await start(t, (_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<html>Log in to the hotel</html>');
      return true;
    });
    await assert.rejects(read(url), failure(true, /web page/));
  });

  test('no server and a connection cut short can be tried again', async (t) => {
    const { url } = await start(t, (request, response) => sendBeginning(file, request, response, 5));
    await assert.rejects(read(url), failure(false, /gzip\.zip: .*(close|aborted)/i));
    const gone = await serve(file);
    await gone.close();
    await assert.rejects(read(gone.url), failure(false, /ECONNREFUSED/));
  });

  test('a stall before the headers and one within the body end the request', async (t) => {
    const silent = await start(t, () => true);
    await assert.rejects(read(silent.url, { stallTimeout: 80 }), failure(false, /sent nothing for 0.08 s/));
    const halting = await start(t, (request, response) => sendBeginning(file, request, response, 5, () => undefined));
    await assert.rejects(read(halting.url, { stallTimeout: 80 }), failure(false, /sent only 5 bytes in 0.08 s/));
  });

  /** A server that sends so many bytes every 30 ms. */
  const trickle = (t: TestContext, bytes: number, times: number) =>
    start(t, (_, response) => {
      let sent = 0;
      const timer = setInterval(() => {
        response.write(Buffer.alloc(bytes, 'x'));
        if (++sent >= times) response.end();
      }, 30);
      response.on('close', () => clearInterval(timer));
      return true;
    });

  test('a slow server that keeps sending is no stall', async (t) => {
    const { url } = await trickle(t, 500, 20);
    assert.equal((await read(url, { stallTimeout: 450 })).length, 10_000); // 600 ms in all
  });

  test('one that sends a byte now and then is', async (t) => {
    const { url } = await trickle(t, 1, 1000);
    await assert.rejects(read(url, { stallTimeout: 450 }), failure(false, /sent only \d+ bytes in 0.45 s/));
  });

  test("aborting throws the signal's reason: before, while waiting, and while reading", async (t) => {
    const { url } = await start(t, (request, response, n) =>
      n === 1 ? true : sendBeginning(file, request, response, 5, () => undefined),
    );
    const reason = new Error('enough');
    await assert.rejects(read(url, { signal: AbortSignal.abort(reason) }), reason);
    for (let i = 0; i < 2; i++) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 60);
      await assert.rejects(read(url, { signal: controller.signal }), reason);
    }
  });

  test('an unread reply can be discarded and aborted without harm', async (t) => {
    const { url } = await start(t);
    const controller = new AbortController();
    const reply = await get(url, {}, { env: {}, signal: controller.signal });
    reply.discard();
    controller.abort();
  });

  test('aborting between the headers and the reading ends the reading', async (t) => {
    const { url } = await start(t, (request, response) => sendBeginning(file, request, response, 5, () => undefined));
    const controller = new AbortController();
    const reply = await get(url, {}, { env: {}, signal: controller.signal });
    controller.abort(new Error('enough'));
    await assert.rejects(async () => {
      for await (const _ of reply.body); // drains it
    }, /^Error: enough$/);
  });

  test('an http address goes through HTTP_PROXY as a request for the full address', async (t) => {
    const seen: (string | undefined)[] = [];
    const proxy = await start(t, (request) => {
      seen.push(request.url);
      return false;
    });
    const env = { HTTP_PROXY: new URL(proxy.url).origin };
    assert.equal(await read('http://nist.invalid/gzip.zip', { env }), file.toString());
    assert.deepEqual(seen, ['http://nist.invalid/gzip.zip']);
    await assert.rejects(read('http://nist.invalid/gzip.zip', { env: { ...env, NO_PROXY: 'invalid' } }));
    assert.equal(seen.length, 1);
  });

  test('an https address asks HTTPS_PROXY for a tunnel', async (t) => {
    const proxy = await start(t);
    const tunnels: (string | undefined)[] = [];
    proxy.server.on('connect', (request, socket) => {
      tunnels.push(request.url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await assert.rejects(read('https://nist.invalid/x', { env: { https_proxy: new URL(proxy.url).host } }));
    assert.deepEqual(tunnels, ['nist.invalid:443']);
  });

  test('a wrong proxy setting or address is said at once', async () => {
    await assert.rejects(read('https://nist.invalid/x', { env: { HTTPS_PROXY: 'socks5://a:1' } }), /expected http/);
    await assert.rejects(read('no address'), /Invalid URL/);
  });
});
