/** What to try where a run got stuck or diverged: the safeguards that are off, smaller units, then smaller steps. */
import type { EpisodeRecord } from '../meta/record.js';
import { termCoefficients } from '../plasticity/rule.js';
import { list } from './checks.js';
import type { Experiment } from './prepare.js';
import { quote } from './quote.js';

type Advised = Pick<Experiment, 'settings' | 'scale' | 'clip' | 'rule'>;

export function advice(experiment: Advised, records: readonly EpisodeRecord[]): string {
  const { settings, scale, clip } = experiment;
  const { parity, term_scale, a, lr_meta, seed } = settings;
  // A rule of F0 alone has nothing to scale.
  const scalable = scale.length > 1 && term_scale !== 'auto' && scale.every((s) => s === 1);
  const finer = parity || scalable ? undefined : finerUnits(experiment, records);
  const remedies = [
    ...(parity ? ['the run without --parity'] : []),
    ...(clip || parity ? [] : ['--clip 10']),
    ...(scalable && !parity ? ['--term_scale auto'] : []),
    ...(finer ? [finer] : []),
    ...(Math.abs(a) > 0.01 ? ['--a 0.001'] : []),
    `an --lr_meta below ${lr_meta}`,
    `another --seed than ${seed}`,
  ];
  return `What may help: ${list(remedies)}.`;
}

/** Episodes whose gradients tell which term is steered in steps that are too large. */
const LAST = 50;

/** The units of now, but a tenth of it for the term beside F0 that the loss is most sensitive to. */
function finerUnits({ rule, scale }: Advised, records: readonly EpisodeRecord[]): string | undefined {
  const size = (r: number) =>
    records.slice(-LAST).reduce((sum, { skipped, gradient }) => sum + (skipped ? 0 : Math.abs(gradient[r]!)), 0);
  const others = termCoefficients(rule).flatMap((name, r) => (name === 'F0' ? [] : [{ name, r, size: size(r) }]));
  const [first, ...rest] = others;
  if (!first) return undefined;
  const worst = rest.reduce((a, b) => (b.size > a.size ? b : a), first);
  const units = others.flatMap(({ name, r }) => {
    const unit = r === worst.r ? Number((scale[r]! / 10).toPrecision(2)) : scale[r]!;
    return unit === 1 ? [] : [quote(`${name}=${unit}`)];
  });
  return `--term_scale ${units.join(' ')}`;
}
