/** Starts pytorch.py on an episode and asks it for one run after another. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Episode } from '#dist/engine/engine.js';

export interface PytorchRun {
  readonly seconds: number;
  readonly loss: number;
  readonly gradient: readonly number[];
}

export interface Pytorch {
  readonly version: string;
  run(terms: readonly string[], oja: 'rank1' | 'matrix'): Promise<PytorchRun>;
  stop(): void;
}

/** A python3 that has torch: Debian's (python3-torch) or the first on the path. */
function findPython(): string | undefined {
  return ['/usr/bin/python3', 'python3'].find(
    (python) => spawnSync(python, ['-c', 'import torch, numpy']).status === 0,
  );
}

/** Undefined where no python3 with torch is found. */
export async function startPytorch(
  episode: Episode,
  theta: Readonly<Record<string, number>>,
): Promise<Pytorch | undefined> {
  const python = findPython();
  if (!python) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const { layers, beta, feedback } = episode;
  writeFileSync(join(folder, 'episode.json'), JSON.stringify({ layers, beta, feedback, theta }));
  for (const [letter, matrices] of Object.entries({ W: episode.weights, B: episode.feedbackWeights ?? [] }))
    for (const [l, matrix] of matrices.entries()) writeFileSync(join(folder, `${letter}${l + 1}.f32`), matrix);
  for (const part of ['train', 'query'] as const) {
    writeFileSync(join(folder, `${part}_images.u8`), episode[`${part}Images`]);
    writeFileSync(join(folder, `${part}_labels.u8`), episode[`${part}Labels`]);
  }
  const script = fileURLToPath(new URL('./pytorch.py', import.meta.url));
  const child = spawn(python, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('pytorch.py ended early');
    return JSON.parse(value);
  };
  const { torch } = await answer();
  return {
    version: torch,
    async run(terms, oja) {
      child.stdin.write(`${terms.join(',')} ${oja}\n`);
      return answer();
    },
    stop() {
      child.stdin.end();
      rmSync(folder, { recursive: true });
    },
  };
}
