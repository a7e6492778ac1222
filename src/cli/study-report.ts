/** A study's end: figure, numbers, and what its claims come to. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { markdownLine } from '../report/markdown.js';
import { seal, writeJson } from '../results/sealed.js';
import { judge, worst } from '../study/claims.js';
import type { Group } from '../study/group.js';
import type { Measure } from '../study/recipe.js';
import { endTable, endWords, findingsTable, remarks } from '../study/report.js';
import type { Summary } from '../study/summary.js';
import { flagsOfRuns, versionsOfRuns } from './run-flags.js';
import { type Found, findSeedRun, type SeedRun } from './seed-run.js';
import type { Study } from './studies.js';
import { ablatedTerms, readAblation } from './study-ablation.js';
import { writeStudyPage } from './study-page.js';
import type { Terminal } from './terminal.js';

export interface StudyRuns {
  readonly study: Study;
  /** That its report lands in. */
  readonly folder: string;
  readonly runs: readonly SeedRun[];
  /** In what the runs are other than those that the claims are about, if they are. */
  readonly incomparable?: string;
}

/**
 * Writes `<study>.png`, `.svg`, `.csv`, `.md`, `.json` (the recipe), `findings.json` and `report.html` into the study's folder, says the
 * tables, and returns the result; undefined where no run is there.
 * @param partial whether runs may be missing, or unfinished and so left out.
 */
export async function reportStudy(planned: StudyRuns, terminal: Terminal, { partial = false } = {}) {
  const { study, folder, runs, incomparable } = planned;
  const { name, recipe, source } = study;
  const { groups, found, present } = await gather(planned, partial);
  const there = (measure: Measure | undefined) => !measure || groups.some((group) => group.name === measure.run);
  const claims = recipe.claims.filter(({ measure, minus }) => there(measure) && there(minus));
  const findings = claims.map((claim) => judge(claim, groups, incomparable === undefined));
  if (groups.length === 0) return undefined;
  const panels = recipe.draw.map(({ column, runs: drawn }) => ({
    column,
    groups: groups.filter((group) => drawn?.includes(group.name) ?? true),
    ...(recipe.bands && { bands: recipe.bands }),
  }));
  await mkdir(folder, { recursive: true });
  await writeAtomically(join(folder, `${name}.json`), `${JSON.stringify(source, undefined, 2)}\n`);
  const { window, style } = runs[0]!.plan;
  const { writePanels } = await import('../study/write.js'); // The drawing libraries take a while to load.
  await writePanels(folder, name, { title: recipe.title, panels, window, style });
  const parts = [
    ...(recipe.paper === undefined ? [] : [`The paper says: ${recipe.paper}.`]),
    ...(recipe.note === undefined ? [] : [recipe.note]),
    ...(findings.length > 0 ? [findingsTable(findings)] : []),
    ...remarks(findings, incomparable),
    endTable(groups),
    endWords(groups),
  ];
  const notes = [recipe.note ?? '', ...remarks(findings, incomparable)].filter(Boolean);
  await writeStudyPage({ folder, title: recipe.title, notes, runs: present, found });
  const page = [...parts, '## Runs', flagsOfRuns(runs), versionsOfRuns(found)];
  await writeAtomically(
    join(folder, `${name}.md`),
    `# ${markdownLine(recipe.title)}\n\n![figure](${name}.svg)\n\n${page.join('\n\n')}\n`,
  );
  const verdict = worst(findings.map((finding) => finding.verdict));
  const summary: Summary = {
    ...{
      name,
      title: recipe.title,
      paper: recipe.paper,
      verdict,
      seeds: Math.max(...groups.map((g) => g.tables.length)),
    },
    headline: (recipe.headline ?? [])
      .filter(there)
      .map((measure) => judge({ says: '', measure, between: [null, null] }, groups).here),
    findings: findings.map(({ claim, band, ...rest }) => ({ says: claim.says, paper: claim.paper, ...band, ...rest })),
  };
  await writeJson(join(folder, 'findings.json'), seal(summary));
  terminal.say(`\n${recipe.title}\n\n${parts.join('\n\n')}\n\nFigure, numbers and tables are in ${folder}\n`);
  return { folder, ...summary };
}

async function gather(
  { study, runs }: StudyRuns,
  partial: boolean,
): Promise<{ groups: Group[]; found: Found[]; present: SeedRun[] }> {
  const groups = new Map<string, Group['tables'][number][]>();
  const all: Found[] = [];
  const present: SeedRun[] = [];
  for (const run of runs) {
    const found = partial ? await findSeedRun(run).catch(() => undefined) : await findSeedRun(run);
    if (!found?.done && partial) continue;
    if (!found) throw new Error(`The results of ${run.name}, seed ${run.seed}, are gone from ${run.folder}.`);
    const other = all.find(({ checksum }) => checksum !== found.checksum);
    if (other) {
      throw new Error(`${found.folder} is a run on other data than the others: move it away to have it run again.`);
    }
    const terms = ablatedTerms(study.recipe, run.name);
    const ends = terms.length > 0 ? await readAblation(found.folder, terms) : undefined;
    groups.set(run.name, [...(groups.get(run.name) ?? []), { ...found.table, ...(ends && { ends }) }]);
    all.push(found);
    present.push(run);
  }
  return { groups: [...groups].map(([name, tables], colour) => ({ name, tables, colour })), found: all, present };
}
