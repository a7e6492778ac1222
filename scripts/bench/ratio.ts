/** Our times beside PyTorch's, taken in turn in the same run; PyTorch is kept to one thread. */
import { createWasmEngine } from '#dist/engine/wasm/engine.js';
import { type Case, quantile, type Task } from './cases.ts';
import { startPytorch } from './pytorch.ts';

/** Of ours for each of theirs, with and without the helper thread. */
const OURS = 10;

/** Lines of text, one for each way that PyTorch may write the rule. */
export async function comparePytorch({ name, terms }: Case, { rule, theta, episode }: Task): Promise<string[]> {
  const fixed = episode(0);
  const pytorch = await startPytorch(fixed, Object.fromEntries(terms.map((term, r) => [term, theta[r]!])));
  if (!pytorch) return ['No python3 with torch here (Debian: python3-torch), so no comparison with it.'];
  const [alone, helped] = [await createWasmEngine(), await createWasmEngine()];
  const [onOne, onTwo]: [number[], number[]] = [[], []];
  let next = fixed;
  /** The same task each time, but as an object of its own, as a training loop would name it ahead. */
  const ours = async () => {
    const now = next;
    next = episode(0);
    let start = performance.now();
    const [result] = await alone.run([now], rule, [theta]);
    onOne.push(performance.now() - start);
    start = performance.now();
    helped.prefetch!(next, rule);
    await helped.run([now], rule, [theta]);
    onTwo.push(performance.now() - start);
    return result!;
  };
  for (let n = 0; n < 15; n++) await ours();

  const lines: string[] = [];
  for (const oja of terms.includes('F9') ? (['rank1', 'matrix'] as const) : (['rank1'] as const)) {
    const theirs: number[] = [];
    onOne.length = onTwo.length = 0;
    for (let n = 0; n < (oja === 'matrix' ? 3 : 8); n++) {
      const { seconds, gradient } = await pytorch.run(terms, oja);
      theirs.push(seconds * 1000);
      for (let again = 0; again < OURS; again++) {
        const { thetaGradient } = await ours();
        if (gradient.some((g, r) => Math.abs(g - thetaGradient[r]!) > 1e-3 * Math.abs(g)))
          throw new Error(`gradients differ: PyTorch ${gradient}, ours ${thetaGradient}`);
      }
    }
    const how = terms.includes('F9') ? (oja === 'rank1' ? ', Oja as rank 1' : ', Oja as the release has it') : '';
    const [p, one, two] = [theirs, onOne, onTwo].map((times) => quantile(times, 0.5)) as [number, number, number];
    const spread = `${Math.min(...theirs).toFixed(0)} to ${Math.max(...theirs).toFixed(0)}`;
    lines.push(
      `${name}: PyTorch ${pytorch.version} ${p.toFixed(0)} ms (${spread})${how}; wasm ${one.toFixed(1)} ms, ` +
        `${(p / one).toFixed(0)} times; with the helper thread ${two.toFixed(1)} ms, ${(p / two).toFixed(0)} times`,
    );
  }
  pytorch.stop();
  await alone.dispose();
  await helped.dispose();
  return lines;
}
