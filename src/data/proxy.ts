import type { Agent } from 'node:http';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';

/**
 * The agent through which `url` is to be fetched: by HTTP_PROXY, HTTPS_PROXY and NO_PROXY (or their lower-case
 * spellings, which win, as in curl), or undefined for a direct connection.
 *
 * @throws Error if the proxy variable is not the address of an http or https proxy
 */
export function proxyAgent(url: URL, env: NodeJS.ProcessEnv): Agent | undefined {
  const variable = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const value = lookUp(env, variable);
  if (!value || bypasses(url, lookUp(env, 'no_proxy') ?? '')) return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new Error(`${variable.toUpperCase()} is '${value}': expected http://host:port or https://host:port`);
  }
  return url.protocol === 'https:' ? new HttpsProxyAgent(address) : new HttpProxyAgent(address);
}

function lookUp(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  return env[variable] || env[variable.toUpperCase()];
}

/** Is the host in NO_PROXY: a list of `*`, `host`, `.domain`, `*.domain`, each with an optional `:port`. */
function bypasses(url: URL, noProxy: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy.split(/[\s,]+/).some((item) => {
    const [, host = '', itemPort] = /^\*?\.?(.*?)(?::(\d+))?$/.exec(item.toLowerCase()) ?? [];
    if (item === '*') return true;
    if (host === '' || (itemPort && itemPort !== port)) return false;
    return url.hostname === host || url.hostname.endsWith(`.${host}`);
  });
}
