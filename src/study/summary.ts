/** Studies in a few words each: a row of a table, with one verdict, the worst of its claims. */
import { markdownTable } from '../report/markdown.js';
import type { Verdict } from './claims.js';

/** What a study came to; `findings.json` in its folder. */
export interface Summary {
  readonly name: string;
  readonly title: string;
  /** What the paper says. */
  readonly paper: string | undefined;
  readonly verdict: Verdict | undefined;
  readonly seeds: number;
  /** The numbers that sum it up, in words. */
  readonly headline: readonly string[];
  readonly findings: readonly { readonly says: string; readonly here: string; readonly verdict: Verdict }[];
}

/** A row a study, in Markdown; `link` says where a study's page is. */
export function summaryTable(studies: readonly Summary[], link: (name: string) => string): string {
  const rows = studies.map(({ name, title, paper, verdict, headline, findings }) => [
    { text: title, to: link(name) },
    paper ?? '',
    [headline.join('; '), ...failures(findings)].filter(Boolean).join('. '),
    verdict ? `${verdict}${tally(findings)}` : '',
  ]);
  return markdownTable(['study', 'the paper says', 'here', ''], rows);
}

/** Whatever does not agree, by its verdict. */
function failures(findings: Summary['findings']): string[] {
  return (['contradicts', 'open', 'not comparable'] as const).flatMap((kind) => {
    const said = findings.filter(({ verdict }) => verdict === kind).map(({ says }) => says);
    return said.length > 0 ? [`${kind[0]!.toUpperCase()}${kind.slice(1)}: ${said.join('; ')}`] : [];
  });
}

/** ` (5 of 7 claims agree)`, where not all do. */
function tally(findings: Summary['findings']): string {
  const agree = findings.filter(({ verdict }) => verdict === 'agrees').length;
  return agree === findings.length ? '' : ` (${agree} of ${findings.length} claims agree)`;
}
