/** Starts pytorch.py on an episode and asks it for one run after another. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Episode, imageOf, initialMatrices } from '#dist/engine/episode.js';

/** Seconds, loss and gradient of one episode. */
export interface PytorchRun {
  readonly wall: number;
  readonly user: number;
  readonly system: number;
  readonly loss: number;
  readonly gradient: readonly number[];
}

/** `plain` autograd, plain autograd with Oja as the `release` writes it, or `fused` by hand. */
export type Way = 'plain' | 'release' | 'fused';

export interface Pytorch {
  readonly version: string;
  run(terms: readonly string[], way: Way, threads: number): Promise<PytorchRun>;
  stop(): void;
}

/**
 * Plain autograd takes and frees a gigabyte an episode. As it comes, glibc gives that back to the system and gets it
 * anew, page fault by page fault; with these it keeps what it has, in huge pages where the system has them.
 */
export const TUNED = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 25),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
  MALLOC_TOP_PAD_: String(2 ** 28),
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
} as const;

/** A python3 that has torch: the first on the path or Debian's (python3-torch). */
function findPython(): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import torch, numpy']).status === 0,
  );
}

/** Undefined where no python3 with torch is found. */
export async function startPytorch(
  episode: Episode,
  theta: Readonly<Record<string, number>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<Pytorch | undefined> {
  const python = findPython();
  if (!python) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const { layers, beta, feedback } = episode.network;
  const { weights, feedbackWeights = [] } = initialMatrices(episode);
  writeFileSync(join(folder, 'episode.json'), JSON.stringify({ layers, beta, feedback, theta }));
  for (const [letter, matrices] of Object.entries({ W: weights, B: feedbackWeights }))
    for (const [l, matrix] of matrices.entries()) writeFileSync(join(folder, `${letter}${l + 1}.f32`), matrix);
  for (const part of ['train', 'query'] as const) {
    const images = episode[part];
    const { labels } = images;
    const pixels = Array.from(labels, (_, i) => imageOf(images, i, layers[0]!));
    writeFileSync(join(folder, `${part}_images.u8`), Buffer.concat(pixels));
    writeFileSync(join(folder, `${part}_labels.u8`), labels);
  }
  const script = fileURLToPath(new URL('./pytorch.py', import.meta.url));
  const child = spawn(python, ['-B', script, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('pytorch.py ended early');
    return JSON.parse(value);
  };
  const { torch } = await answer();
  return {
    version: torch,
    async run(terms, way, threads) {
      child.stdin.write(`${terms.join(',')} ${way} ${threads}\n`);
      return answer();
    },
    stop() {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}
