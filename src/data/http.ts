import nodeFetch, { type RequestInit } from 'node-fetch';
import { proxyAgent } from './proxy.js';

// The types of this file are published, so they name no other package's.

/** What a request is made with, as node-fetch takes it. */
export interface FetchOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly compress: boolean;
  /** Gives an Agent of `node:http`, or undefined. */
  readonly agent: (url: URL) => unknown;
  readonly signal: AbortSignal;
}

/** What is read of a response. */
export interface FetchedResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<string | Uint8Array> | null;
}

/** A function that behaves like node-fetch's. */
export type Fetch = (url: string, options: FetchOptions) => Promise<FetchedResponse>;

const fetch: Fetch = (url, options) => nodeFetch(url, options as RequestInit);

/** How requests are made. */
export interface HttpOptions {
  readonly fetch?: Fetch | undefined;
  /** Where the proxy variables are read; default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Milliseconds without a byte, or with less than 1 KiB for each second, after which a request is given up; default 30,000. */
  readonly stallTimeout?: number | undefined;
  /** Aborts the request; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** Something went wrong on the network or the server; `permanent` if trying again cannot help. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  readonly permanent: boolean;

  constructor(message: string, { permanent = false, cause }: { permanent?: boolean; cause?: unknown } = {}) {
    super(message, { cause });
    this.permanent = permanent;
  }
}

/** A response of status 200 or 206; either read `body` or call `discard`. */
export interface Reply {
  readonly status: number;
  readonly headers: FetchedResponse['headers'];
  readonly body: AsyncGenerator<Uint8Array, void>;
  discard(): void;
}

/** Bytes a millisecond that must come; a modem has ten times as many. */
const SLOWEST = 1024 / 1000;

/** Statuses that a later try may not meet (RFC 9110, RFC 6585, RFC 8470), besides 5xx. */
const TRANSIENT = new Set([408, 425, 429]);

/**
 * GET an address, watched for stalls.
 *
 * @throws DownloadError from here or from reading `body`: no connection, a status other than 200 and 206, a web page
 *   instead of a file, a stall, a connection cut short
 */
export async function get(url: string, headers: Record<string, string>, options: HttpOptions): Promise<Reply> {
  const { env = process.env, stallTimeout = 30_000, signal } = options;
  signal?.throwIfAborted();
  proxyAgent(new URL(url), env); // a wrong address or proxy setting is no matter of trying again: throws here
  const stall = new AbortController();
  let come = 0; // bytes since the timer was started
  const timer = setTimeout(() => stall.abort(), stallTimeout);
  const explain = (error: unknown): unknown => {
    clearTimeout(timer);
    if (signal?.aborted) return signal.reason;
    if (stall.signal.aborted) {
      const sent = come === 0 ? 'nothing for' : `only ${come} bytes in`;
      return new DownloadError(`${url} sent ${sent} ${stallTimeout / 1000} s`);
    }
    if (error instanceof DownloadError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new DownloadError(message.includes(url) ? message : `${url}: ${message}`, { cause: error });
  };

  try {
    const response = await (options.fetch ?? fetch)(url, {
      // Ranges and sizes are of the file itself: no content coding, and no undoing of one (some servers label .gz so).
      headers: { 'Accept-Encoding': 'identity', ...headers },
      compress: false,
      agent: (target) => proxyAgent(target, env),
      signal: signal ? AbortSignal.any([signal, stall.signal]) : stall.signal,
    });
    const source = response.body;
    if (source === null) throw new DownloadError(`${url} answered without a body`);
    const discard = () => {
      clearTimeout(timer);
      if ('destroy' in source && typeof source.destroy === 'function') source.destroy();
    };
    const { status, statusText } = response;
    const refusal =
      status !== 200 && status !== 206
        ? new DownloadError(`${url} answered ${status} ${statusText}`.trim(), {
            permanent: status < 500 && !TRANSIENT.has(status),
          })
        : response.headers.get('content-type')?.startsWith('text/html')
          ? new DownloadError(`${url} answered with a web page (HTML) instead of a file`, { permanent: true })
          : undefined;
    if (refusal) {
      discard();
      throw refusal;
    }
    const body = async function* () {
      try {
        for await (const chunk of source) {
          come += (chunk as Uint8Array).length;
          yield chunk as Uint8Array;
          if (come < SLOWEST * stallTimeout) continue;
          timer.refresh();
          come = 0;
        }
      } catch (error) {
        throw explain(error);
      } finally {
        clearTimeout(timer);
      }
    };
    return { status, headers: response.headers, body: body(), discard };
  } catch (error) {
    throw explain(error);
  }
}
