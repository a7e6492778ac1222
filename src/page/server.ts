/** A page served to this machine's own browser, and to nobody else. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Served {
  /** The page's text, made when it is asked for. */
  readonly page: () => Promise<string>;
  /** What a listener is sent at once, by what it says it has; absent: there are no events. */
  readonly since?: (revision: number) => unknown;
}

export interface PageServer {
  readonly address: string;
  /** Sends all listeners something. */
  send(message: unknown): void;
  close(): Promise<void>;
}

/** A browser asks again so soon where the line broke, in milliseconds. */
const RETRY = 2000;

/**
 * Serves the page on 127.0.0.1. It answers only to that name (a page elsewhere that has its own name resolved to this
 * machine is refused), reads nothing that is sent, and has no path but its own two, so no file can be asked for.
 * @param port 0: any that is free
 * @throws Error in one sentence where the port is taken.
 */
export async function servePage({ page, since }: Served, port: number): Promise<PageServer> {
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
    response.setHeader('Referrer-Policy', 'no-referrer');
    answer(request, response).catch((error: Error) => end(response, 500, error.message));
  });

  async function answer({ method, url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { port } = server.address() as AddressInfo;
    if (![`127.0.0.1:${port}`, `localhost:${port}`].includes(headers.host ?? ''))
      return end(response, 403, 'This page answers to 127.0.0.1 only.');
    if (method !== 'GET' && method !== 'HEAD') return end(response, 405, 'This page can only be read.');
    const [path, query] = url.split('?', 2);
    if (path === '/') {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.setHeader('Content-Security-Policy', "frame-ancestors 'self'");
      response.end(method === 'HEAD' ? undefined : await page());
    } else if (path === '/events' && since && method === 'GET') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`retry: ${RETRY}\n\n${event(since(Number(query?.replace('since=', '')) || 0))}`);
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
    } else end(response, 404, 'There is no such page here.');
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      reject(new Error(code === 'EADDRINUSE' ? `port ${port} is taken` : message)),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    send(message) {
      for (const listener of listeners) listener.write(event(message));
    },
    close() {
      for (const listener of listeners) listener.end();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** JSON has no line feeds, so an event is one line. */
function event(message: unknown): string {
  return `data: ${JSON.stringify(message)}\n\n`;
}

function end(response: ServerResponse, status: number, sentence: string): void {
  if (!response.headersSent) response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}
