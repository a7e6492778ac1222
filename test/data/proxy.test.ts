import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { proxyAgent } from '#dist/data/proxy.js';

const https = new URL('https://biometrics.nist.gov/x');
const http = new URL('http://data.example:8080/x');

describe('proxyAgent', () => {
  test('each protocol has its variable, lower case first, with or without http://', () => {
    const agent = proxyAgent(https, { HTTPS_PROXY: 'http://a:1', https_proxy: 'b:2', HTTP_PROXY: 'http://c:3' });
    assert.ok(agent instanceof HttpsProxyAgent);
    assert.equal(agent.proxy.href, 'http://b:2/');
    const plain = proxyAgent(http, { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://user:secret@c:3' });
    assert.ok(plain instanceof HttpProxyAgent);
    assert.equal(plain.proxy.href, 'http://user:secret@c:3/');
    assert.equal(proxyAgent(http, { HTTPS_PROXY: 'http://a:1' }), undefined);
    assert.equal(proxyAgent(https, { HTTPS_PROXY: '' }), undefined);
  });

  const cases: [noProxy: string, direct: boolean][] = [
    ['*', true],
    ['data.example', true],
    ['DATA.example', true],
    ['example', true],
    ['.example', true],
    ['*.example', true],
    ['localhost, example', true],
    ['data.example:8080', true],
    ['data.example:80', false],
    ['ata.example', false],
    ['xdata.example', false],
    ['', false],
    [' , ', false],
    ['nist.gov', false],
  ];
  for (const [noProxy, direct] of cases) {
    test(`NO_PROXY '${noProxy}' ${direct ? 'covers' : 'does not cover'} data.example:8080`, () => {
      const agent = proxyAgent(http, { HTTP_PROXY: 'http://p:1', NO_PROXY: noProxy });
      assert.equal(agent === undefined, direct);
    });
  }

  test('a proxy of another kind is refused by name', () => {
    assert.throws(() => proxyAgent(https, { HTTPS_PROXY: 'socks5://a:1' }), /HTTPS_PROXY is 'socks5:.*expected http/);
    assert.throws(() => proxyAgent(http, { http_proxy: 'http://' }), /HTTP_PROXY is 'http:\/\/'/);
  });
});
