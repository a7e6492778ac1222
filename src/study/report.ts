/** Groups of runs as tables: means and bands at the end, and what is drawn as CSV. */
import { csv, markdownTable } from '../report/markdown.js';
import { type PanelCurve, symbol } from './charts.js';
import { type Finding, formatBand } from './claims.js';
import { columnsOf, type Group, groupMean } from './group.js';

/** Of each group mean and band of every column's last rows, in Markdown. */
export function endTable(groups: readonly Group[]): string {
  const columns = [...new Set(groups.flatMap(columnsOf))];
  const head = (group: Group) => `${group.name} (${seeds(group)})`;
  const rows = columns.map((column) => [
    symbol(column),
    ...groups.map((group) => (columnsOf(group).includes(column) ? formatBand(groupMean(group, { column })) : '')),
  ]);
  return markdownTable(['', ...groups.map(head)], rows);
}

/** `20 seeds, 1 diverged`. */
function seeds({ tables, diverged }: Group): string {
  return `${tables.length} seed${tables.length === 1 ? '' : 's'}${diverged > 0 ? `, ${diverged} diverged` : ''}`;
}

/** What the claims say and what was found, in Markdown. */
export function findingsTable(findings: readonly Finding[]): string {
  return markdownTable(
    ['paper says', 'here', ''],
    findings.map(({ claim, here, verdict }) => [claim.says, here, verdict]),
  );
}

/** A sentence for each claim that what was found contradicts. */
export function contradictions(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ verdict }) => verdict === 'contradicts')
    .map(({ claim, here }) => `Contradicts the paper, which says: ${claim.says}. Here: ${here}.`);
}

/** The curves' numbers, a row each; an empty cell where there is none. */
export function curvesCsv(curves: readonly PanelCurve[]): string {
  const number = (value: number) => (Number.isFinite(value) ? value : '');
  return csv(
    ['run', 'column', 'x', 'mean', 'low', 'high'],
    curves.flatMap(({ group, column, points }) =>
      points.map(({ x, mean, low, high }) => [group, column, x, number(mean), number(low), number(high)]),
    ),
  );
}
