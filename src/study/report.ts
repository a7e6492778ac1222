/** Groups of runs as tables: means and bands at the end, and what is drawn as CSV. */
import { csv, markdownTable } from '../report/markdown.js';
import { MIN_FOR_BAND } from '../stats/band.js';
import type { PanelCurve } from './charts.js';
import { symbol } from './charts.js';
import { type Finding, formatBand, limitWords, MIN_FOR_VERDICT } from './claims.js';
import { columnsOf, type Group, groupMean, sizeOf, troublesOf } from './group.js';
import { lastRows } from './table.js';

/** Of each group mean and band of every column's last rows, as many as a run's summary or `last`, in Markdown. */
export function endTable(groups: readonly Group[], last?: number): string {
  const columns = [...new Set(groups.flatMap(columnsOf))];
  const head = (group: Group) => `${group.name} (${[sizeOf(group), troublesOf(group)].filter(Boolean).join('; ')})`;
  const rows = columns.map((column) => [
    symbol(column),
    ...groups.map((group) => (columnsOf(group).includes(column) ? formatBand(groupMean(group, { column }, last)) : '')),
  ]);
  return markdownTable(['', ...groups.map(head)], rows);
}

/** Over what the means of `endTable` are, and what its bands are, in a sentence. */
export function endWords(groups: readonly Group[], last?: number): string {
  const [table] = groups[0]!.tables;
  const unit = (table?.xLabel ?? 'Episode') === 'Episode' ? 'episodes' : 'measurements';
  const over = (column: string) => last ?? lastRows(table ?? {}, column);
  const coefficients =
    groups.flatMap(columnsOf).some((column) => column.startsWith('theta ')) && over('theta ') !== over('');
  const rows = over('') === 1 ? `the last ${unit.slice(0, -1)}` : `means over the last ${over('')} ${unit}`;
  const ends = `Ends: ${rows}${coefficients ? `, of coefficients over the last ${over('theta ')}` : ''}`;
  const bands = groups.some(({ tables }) => tables.length >= MIN_FOR_BAND);
  return bands
    ? `${ends}; bands over seeds, 98 %, Student's t.`
    : `${ends}; a band needs at least ${MIN_FOR_BAND} seeds.`;
}

/** What the claims say, by what limits they are judged, and what was found, in Markdown. */
export function findingsTable(findings: readonly Finding[]): string {
  const ofPaper = findings.some(({ claim }) => claim.paper !== undefined);
  const rows = findings.map(({ claim, here, verdict }) => [
    ...(ofPaper ? [claim.paper ?? ''] : []),
    `${claim.says}: ${limitWords(claim)}`,
    here,
    verdict,
  ]);
  return markdownTable(
    [...(ofPaper ? ['the paper says', 'judged by (limits are ours)'] : ['claim']), 'here', ''],
    rows,
  );
}

/** A sentence for each claim that what was found contradicts, and one where there are too few seeds to judge. */
export function remarks(findings: readonly Finding[], incomparable: string | undefined): string[] {
  const few = findings.some(({ band, verdict }) => verdict === 'open' && band.count < MIN_FOR_VERDICT);
  return [
    ...(incomparable && findings.length > 0 ? [`Not comparable with what the claims are about: ${incomparable}.`] : []),
    ...(few ? [`With fewer than ${MIN_FOR_VERDICT} seeds every verdict is open.`] : []),
    ...findings
      .filter(({ verdict }) => verdict === 'contradicts')
      .map(({ claim: { paper, says, ...claim }, here }) => {
        const what =
          paper === undefined ? 'Contradicts the claim' : `Contradicts the paper, which says: ${paper}. Judged by`;
        return `${what}: ${says}, ${limitWords(claim)}. Here: ${here}.`;
      }),
  ];
}

/** The curves' numbers, a row each: means and bands, then each seed's own in the column of means; empty: there is none. */
export function curvesCsv(curves: readonly PanelCurve[]): string {
  const number = (value: number) => (Number.isFinite(value) ? value : '');
  return csv(
    ['run', 'column', 'x', 'mean', 'low', 'high', 'seed'],
    curves.flatMap(({ group, column, points, seeds }) => [
      ...points.map(({ x, mean, low, high }) => [group, column, x, number(mean), number(low), number(high), '']),
      ...seeds.flatMap(({ name, points }) =>
        points.map(({ x, value }) => [group, column, x, number(value), '', '', name]),
      ),
    ]),
  );
}
