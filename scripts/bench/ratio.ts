/**
 * Our times beside PyTorch's, in turn in the same run: plain autograd as it comes and at its best (memory kept and warm,
 * one thread and all), and the rule fused by hand.
 */
import { availableParallelism } from 'node:os';
import type { Engine } from '#dist/engine/engine.js';
import { createWasmEngine } from '#dist/engine/wasm/engine.js';
import { type Case, quantile, type Task } from './cases.ts';
import { type Pytorch, type PytorchRun, startPytorch, TUNED, type Way } from './pytorch.ts';

/** Of ours for each turn of all of theirs, with and without the helper thread, after one that is not counted. */
const OURS = 10;
/** Turns, the first of which warms up. */
const TURNS = 9;

interface Rival {
  readonly words: string;
  readonly pytorch: Pytorch;
  readonly way: Way;
  readonly threads: number;
  readonly runs: PytorchRun[];
}

/** A table of text: the rivals' milliseconds and how many times ours they are. */
export async function comparePytorch({ name, terms }: Case, { rule, theta, episode }: Task): Promise<string[]> {
  const fixed = episode(0);
  const values = Object.fromEntries(terms.map((term, r) => [term, theta[r]!]));
  const asItComes = await startPytorch(fixed, values);
  const tuned = await startPytorch(fixed, values, TUNED);
  if (!asItComes || !tuned) return ['No python3 with torch here (Debian: python3-torch), so no comparison with it.'];
  const rival = (words: string, pytorch: Pytorch, way: Way, threads = 1): Rival => {
    return { words, pytorch, way, threads, runs: [] };
  };
  const all = availableParallelism();
  const rivals = [
    rival('plain autograd, as it comes', asItComes, 'plain'),
    rival('plain autograd, tuned', tuned, 'plain'),
    rival(`plain autograd, tuned, ${all} threads`, tuned, 'plain', all),
    ...(terms.includes('F9') ? [rival("tuned, Oja as the release's product", tuned, 'release')] : []),
    rival('fused by hand, tuned', tuned, 'fused'),
    rival(`fused by hand, tuned, ${all} threads`, tuned, 'fused', all),
  ];
  const [alone, helped] = [await createWasmEngine(), await createWasmEngine()];
  const [onOne, onTwo]: [number[], number[]] = [[], []];
  /** Of one engine, one after another as in a training loop: the same task, but as an object of its own, named ahead. */
  const ours = async (engine: Engine, helper: boolean, times: number[]) => {
    const gradients: Float64Array[] = [];
    let next = episode(0);
    for (let n = 0; n <= OURS; n++) {
      const now = next;
      next = episode(0);
      const start = performance.now();
      if (helper) engine.prefetch!(next, rule);
      const [result] = await engine.run([now], rule, [theta]);
      if (n > 0) times.push(performance.now() - start);
      gradients.push(result!.thetaGradient);
    }
    return gradients;
  };
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { pytorch, way, threads, runs } of rivals) runs.push(await pytorch.run(terms, way, threads));
    for (const thetaGradient of [...(await ours(alone, false, onOne)), ...(await ours(helped, true, onTwo))])
      for (const { words, runs } of rivals)
        if (runs[turn]!.gradient.some((g, r) => Math.abs(g - thetaGradient[r]!) > 1e-3 * Math.abs(g)))
          throw new Error(`gradients differ: ${words} ${runs[turn]!.gradient}, ours ${thetaGradient}`);
  }
  for (const end of [asItComes, tuned]) end.stop();
  for (const engine of [alone, helped]) await engine.dispose();

  const settled = (times: readonly number[]) => times.slice(times.length / TURNS);
  const [one, two] = [settled(onOne), settled(onTwo)];
  const row = (words: string, ...cells: (string | number)[]) =>
    [words.padEnd(40), ...cells.map((cell) => String(cell).padStart(9))].join('');
  const ms = (times: readonly number[]) => [times.reduce((a, b) => Math.min(a, b)), quantile(times, 0.5)] as const;
  const text = (value: number) => value.toFixed(value < 100 ? 1 : 0);
  const lines = [
    row(`${name}, PyTorch ${tuned.version}; ms`, 'minimum', 'median', 'user', 'system', '/ helper', '/ alone'),
  ];
  for (const { words, runs } of rivals) {
    const part = (key: 'wall' | 'user' | 'system') => settled(runs.map((run) => 1000 * run[key]));
    const [least, median] = ms(part('wall'));
    const times = [least, median, quantile(part('user'), 0.5), quantile(part('system'), 0.5)].map(text);
    lines.push(row(words, ...times, ...[two, one].map((mine) => text(median / quantile(mine, 0.5)))));
  }
  lines.push(
    row('ours, with the helper thread', ...ms(two).map(text)),
    row('ours, one thread', ...ms(one).map(text)),
    '',
  );
  return lines;
}
