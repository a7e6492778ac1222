/**
 * Finds TensorFlow.js. None of its packages comes with this one (the native ones fetch a library of 300 MB when they are
 * installed): what the user has installed is tried from the fastest down.
 */
export type TensorFlow = typeof import('@tensorflow/tfjs');

/** Imports a package by its name; rejects with ERR_MODULE_NOT_FOUND where it is not installed. */
export type Load = (specifier: string) => Promise<unknown>;

export interface Backend {
  readonly tf: TensorFlow;
  /** The library's own name: `tensorflow` (native), `wasm` or `cpu`. */
  readonly name: string;
  /** Package and device, e.g. `@tensorflow/tfjs-node-gpu, CUDA`. */
  readonly description: string;
  /** Whether the operations run on a CUDA device. */
  readonly cuda: boolean;
  /** One sentence for each faster package that is installed but does not load. */
  readonly problems: readonly string[];
}

const CANDIDATES = [
  { name: 'tensorflow', packages: ['@tensorflow/tfjs-node-gpu'] },
  { name: 'tensorflow', packages: ['@tensorflow/tfjs-node'] },
  { name: 'wasm', packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'] },
  { name: 'cpu', packages: ['@tensorflow/tfjs'] },
] as const;

/**
 * The first back end that loads, or the one named.
 * @param load how a package is imported (for tests).
 * @param only `tensorflow`, `wasm` or `cpu`: no other will do.
 * @throws Error, which says what to install for what, where there is none.
 */
export async function findBackend(load: Load = (specifier) => import(specifier), only?: string): Promise<Backend> {
  const problems: string[] = [];
  for (const { name, packages } of CANDIDATES) {
    if (only !== undefined && only !== name) continue;
    try {
      restoreRemovedUtil();
      const modules = await Promise.all(packages.map(load));
      const tf = unwrapped(modules[0]) as TensorFlow;
      // Else the library prints advice about faster packages.
      tf.enableProdMode();
      if (!(await tf.setBackend(name))) throw new Error(`its back end '${name}' does not start`);
      const cuda = Boolean((tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice);
      return { tf, name, cuda, problems, description: `${packages.at(-1)}, ${cuda ? 'CUDA' : device(name)}` };
    } catch (error) {
      if (!isMissing(error, packages)) problems.push(`${packages.at(-1)} does not load: ${firstLine(error)}.`);
    }
  }
  throw new Error(
    [
      `the tensorflow engine needs TensorFlow.js${only ? ` with its back end '${only}'` : ''}: ${ADVICE}`,
      ...problems,
    ].join(' '),
  );
}

const ADVICE =
  'install @tensorflow/tfjs-node-gpu for an NVIDIA card with CUDA 11.2 and cuDNN 8.1, @tensorflow/tfjs-node for native ' +
  'code on the CPU, or @tensorflow/tfjs with @tensorflow/tfjs-backend-wasm where neither installs.';

const device = (name: string) =>
  ({ wasm: 'WebAssembly on the CPU', cpu: 'plain JavaScript on the CPU' })[name] ?? 'CPU';

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!.trim().replace(/\.$/, '');

/** Not installed, in contrast to installed but broken. */
const isMissing = (error: unknown, packages: readonly string[]) =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  packages.some((name) => error.message.includes(`'${name}'`));

/** Node shows a CommonJS package as the `default` of a module. */
const unwrapped = (module: unknown): unknown => (module as { default?: unknown }).default ?? module;

/** Node 23 removed two functions of `util` that tfjs-node 4.22 calls for every operation. */
function restoreRemovedUtil(): void {
  const util = globalThis.process?.getBuiltinModule?.('node:util') as Record<string, unknown> | undefined;
  if (!util) return;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}
