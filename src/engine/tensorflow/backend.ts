/**
 * Finds TensorFlow.js. None of its packages comes with this one (the native ones fetch a library of 300 MB when they are
 * installed): what the user has installed is tried from the fastest down.
 */
export type TensorFlow = typeof import('@tensorflow/tfjs');

export interface Backend {
  readonly tf: TensorFlow;
  /** The library's own name: `tensorflow` (native), `wasm` or `cpu`. */
  readonly name: string;
  /** Package and device, and why each better package that is installed does not load. */
  readonly description: string;
}

export interface BackendOptions {
  /** Imports a package by its name; rejects with ERR_MODULE_NOT_FOUND where it is not installed. For tests. */
  readonly load?: (specifier: string) => Promise<unknown>;
  /** `tensorflow` (native), `wasm` or `cpu`: no other will do. */
  readonly backend?: string;
  /** Whether a GPU may be used. */
  readonly gpu?: boolean;
}

const CANDIDATES = [
  { name: 'tensorflow', packages: ['@tensorflow/tfjs-node-gpu'], gpu: true },
  { name: 'tensorflow', packages: ['@tensorflow/tfjs-node'] },
  { name: 'wasm', packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'] },
  { name: 'cpu', packages: ['@tensorflow/tfjs'] },
] as const;

/**
 * The first back end that loads.
 * @throws Error, which says what to install for what, where there is none.
 */
export async function findBackend(options: BackendOptions = {}): Promise<Backend> {
  const { load = (specifier) => import(specifier), backend: only, gpu = true } = options;
  const problems: string[] = [];
  restoreRemovedUtil();
  await load('@tensorflow/tfjs').then(silence, () => {});
  for (const { name, packages, ...candidate } of CANDIDATES) {
    if ((only !== undefined && only !== name) || ('gpu' in candidate && !gpu)) continue;
    const own = packages.at(-1)!;
    try {
      const [library] = await Promise.all(packages.map(load));
      const tf = unwrapped(library) as TensorFlow;
      silence(library);
      if (!(await tf.setBackend(name))) throw new Error(`its back end '${name}' does not start`);
      const device = (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice ? 'CUDA' : DEVICES[name];
      return { tf, name, description: [`${own}, ${device}`, ...problems].join('; ') };
    } catch (error) {
      if (!isMissing(error, packages)) problems.push(`${own} does not load: ${firstLine(error)}`);
    }
  }
  const wanted = only === undefined ? '' : ` with its back end '${only}'`;
  const sentence = [`The tensorflow engine needs TensorFlow.js${wanted}: ${ADVICE}`, ...problems].join('; ');
  throw new Error(`${sentence}.`);
}

const DEVICES = { tensorflow: 'native code on the CPU', wasm: 'WebAssembly on the CPU', cpu: 'JavaScript on the CPU' };

const ADVICE =
  'install @tensorflow/tfjs-node-gpu for an NVIDIA card with CUDA 11.2 and cuDNN 8.1, @tensorflow/tfjs-node for native ' +
  'code on the CPU, or @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm where neither installs';

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim().replace(/\.$/, '');

/** Not installed, in contrast to installed but broken. */
const isMissing = (error: unknown, packages: readonly string[]) =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  packages.some((name) => error.message.includes(`'${name}'`));

/** Else the library advertises faster packages, and a second native one warns of each of its 150 operations. */
const silence = (library: unknown) => (unwrapped(library) as TensorFlow).enableProdMode();

/** Node shows a CommonJS package as the `default` of a module. */
const unwrapped = (module: unknown): unknown => (module as { default?: unknown }).default ?? module;

/** Node 23 removed two functions of `util` that tfjs-node 4.22 calls for every operation. */
function restoreRemovedUtil(): void {
  const util = globalThis.process?.getBuiltinModule?.('node:util') as Record<string, unknown> | undefined;
  if (!util) return;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
