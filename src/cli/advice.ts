/** What to try where a run got stuck or diverged: the safeguards that are off, then smaller steps. */
import { list } from './checks.js';
import type { Experiment } from './prepare.js';

export function advice({ settings, scale, clip }: Pick<Experiment, 'settings' | 'scale' | 'clip'>): string {
  const { parity, term_scale, a, lr_meta, seed } = settings;
  // A rule of F0 alone has nothing to scale.
  const scalable = scale.length > 1 && term_scale !== 'auto' && scale.every((s) => s === 1);
  const remedies = [
    ...(parity ? ['the run without --parity'] : []),
    ...(clip || parity ? [] : ['--clip 10']),
    ...(scalable && !parity ? ['--term_scale auto'] : []),
    ...(Math.abs(a) > 0.01 ? ['--a 0.001'] : []),
    `an --lr_meta below ${lr_meta}`,
    `another --seed than ${seed}`,
  ];
  return `What may help: ${list(remedies)}.`;
}
