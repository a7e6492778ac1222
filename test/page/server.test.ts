import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import { servePage } from '#dist/page/server.js';

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

/** Asks with a path and a host as they stand, which fetch would tidy up. */
const ask = (address: string, path: string, { host, method = 'GET' }: { host?: string; method?: string } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const { hostname, port } = new URL(address);
    const headers = host === undefined ? {} : { host };
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
        // Events never end by themselves.
        if (path.startsWith('/events') && body.includes('data: ')) asked.destroy();
      });
      response.on('close', () => resolve({ status: response.statusCode, body }));
    });
    asked.on('error', reject);
    asked.end();
  });

test('a page is served to 127.0.0.1 by its name, to be read, and no other path is there', async () => {
  const server = await servePage({ page: async () => 'the page', since: (revision) => ({ after: revision }) }, 0);
  const { address } = server;
  try {
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/$/);
    assert.deepEqual(await ask(address, '/'), { status: 200, body: 'the page' });
    const { port } = new URL(address);
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1:${port}.evil.example`])
      assert.equal((await ask(address, '/', { host })).status, 403, host);
    assert.equal((await ask(address, '/', { host: `localhost:${port}` })).status, 200);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      assert.equal((await ask(address, '/', { method })).status, 405, method);
    for (const path of ['/run.json', '/../package.json', '/%2e%2e/package.json', '//etc/passwd', '/events/../x'])
      assert.equal((await ask(address, path)).status, 404, path);
    assert.match((await ask(address, '/events?since=7')).body, /^retry: \d+\n\ndata: {"after":7}\n\n$/);
    await assert.rejects(servePage({ page: async () => '' }, Number(port)), /^Error: port \d+ is taken$/);
  } finally {
    await server.close();
  }
});
