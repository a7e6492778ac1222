/** The program under test, in this process and as a real one, and a small data set for it. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PNG } from 'pngjs';
import { main } from '#dist/cli/cli.js';
import { journalChain } from '#dist/results/identity.js';
import type { RunFile } from '#dist/results/run-file.js';
import { seal } from '#dist/results/sealed.js';
import { makeIdx, noise } from '../data/loopback-server.js';

export const BINARY = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program in this process; `terminal` makes both of its streams terminals. */
export async function run(argv: readonly string[], { terminal = false, env = {} } = {}): Promise<Outcome> {
  const output = () => {
    const texts: string[] = [];
    return { texts, isTTY: terminal, columns: 60, write: (text: string) => texts.push(text) };
  };
  const [stdout, stderr] = [output(), output()];
  const code = await main(argv, { stdout, stderr, env });
  return { code, stdout: stdout.texts.join(''), stderr: stderr.texts.join('') };
}

/** Starts the real binary; `watch` hears of its standard output as it comes. */
export function start(argv: readonly string[], cwd: string, watch: (stdout: string) => void = () => {}) {
  const child = spawn(process.execPath, [BINARY, ...argv], { cwd });
  const ended = new Promise<Outcome>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      watch(stdout);
    });
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** A new folder that is removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'meta-plasticity-test-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder of three classes of 4 x 4 images, `perClass` each (one less of the last): a bright row that tells the class, and noise. */
export function imageFolder(parent: string, perClass = 9): string {
  const folder = join(parent, 'images');
  let noise = 1;
  for (const [label, name] of ['a', 'b', 'c'].entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < (label === 2 ? perClass - 1 : perClass); i++) {
      const png = new PNG({ width: 4, height: 4 });
      for (let pixel = 0; pixel < 16; pixel++) {
        noise = (noise * 48271) % 2147483647;
        const grey = (Math.floor(pixel / 4) === label ? 180 : 0) + (noise % 60);
        png.data.set([grey, grey, grey, 255], 4 * pixel);
      }
      writeFileSync(join(folder, name, `${i}.png`), PNG.sync.write(png));
    }
  }
  return folder;
}

/** A folder of MNIST's files of made-up images, ten of each class, and flags for a run of milliseconds on them. */
export function mnistFolder(folder: string, seed: number): string[] {
  mkdirSync(folder);
  writeFileSync(join(folder, 't10k-images-idx3-ubyte'), makeIdx([100, 28, 28], noise(100 * 784, seed)));
  const labels = Uint8Array.from({ length: 100 }, (_, i) => i % 10);
  writeFileSync(join(folder, 't10k-labels-idx1-ubyte'), makeIdx([100], labels));
  const size = ['--dim', '4', '--layers', '16,5,10', '--M', '2', '--K', '3', '--Q', '2'];
  return ['--database', 'mnist', '--data_dir', folder, ...size];
}

/** Flags for a run of milliseconds on the images of `imageFolder`. */
export const SMALL = ['--database', 'images', '--dim', '4', '--layers', '16,5,3', '--M', '2', '--K', '3', '--Q', '2'];

/** All paths below a folder, sorted. */
export function listing(folder: string): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).sort();
}

/** The one run's folder below `results`. */
export function onlyRun(cwd: string, res = 'results'): string {
  const runs = readdirSync(join(cwd, res));
  if (runs.length !== 1) throw new Error(`one run expected, found ${runs.join(', ')}`);
  return join(cwd, res, runs[0]!);
}

/** Changes a run's `run.json` and makes the checks of it and its journal anew, as if it had been written so. */
export function rewriteRun(folder: string, change: (file: RunFile) => void): void {
  const [runFile, journal] = [join(folder, 'run.json'), join(folder, 'journal.jsonl')];
  const content: RunFile = JSON.parse(readFileSync(runFile, 'utf8'));
  change(content);
  const file = seal(content);
  writeFileSync(runFile, JSON.stringify(file));
  const chain = journalChain(file, '', journal)!;
  const lines = readFileSync(journal, 'utf8').match(/[^\n]*\n/g) ?? [];
  writeFileSync(journal, lines.map((line) => chain.seal(line.replace(/,"check":\{[^}]*\}/, ''))).join(''));
}
