/** A study's end: figure, numbers and 'paper says / here'. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { judge } from '../study/claims.js';
import type { Group } from '../study/group.js';
import { contradictions, endTable, findingsTable } from '../study/report.js';
import { findSeedRun, type SeedRun } from './seed-run.js';
import type { Study } from './studies.js';
import type { Terminal } from './terminal.js';

/** Writes `<res>/<study>/<study>.png`, `.svg`, `.csv`, `.md` and `.json`, says the tables, and returns the result. */
export async function reportStudy({ name, recipe }: Study, runs: readonly SeedRun[], res: string, terminal: Terminal) {
  const groups = await gather(runs);
  const findings = recipe.claims.map((claim) => judge(claim, groups));
  const panels = recipe.draw.map(({ column, runs: drawn }) => ({
    column,
    groups: groups.filter((group) => drawn?.includes(group.name) ?? true),
  }));
  const folder = join(res, name);
  await mkdir(folder, { recursive: true });
  await writeAtomically(join(folder, `${name}.json`), `${JSON.stringify(recipe, undefined, 2)}\n`);
  const { writePanels } = await import('../study/write.js'); // The drawing libraries take a while to load.
  await writePanels(folder, name, { title: recipe.title, panels, window: runs[0]!.plan.window });
  const contradicted = contradictions(findings);
  const parts = [findingsTable(findings), ...contradicted, endTable(groups)];
  await writeAtomically(
    join(folder, `${name}.md`),
    `# ${recipe.title}\n\n![figure](${name}.svg)\n\n${parts.join('\n\n')}\n`,
  );
  terminal.say(`\n${recipe.title}\n\n${parts.join('\n\n')}\n\nFigure, numbers and tables are in ${folder}\n`);
  return {
    name,
    folder,
    findings: findings.map(({ claim, band, ...rest }) => ({ says: claim.says, ...band, ...rest })),
  };
}

async function gather(runs: readonly SeedRun[]): Promise<Group[]> {
  const groups = new Map<string, { tables: Group['tables'][number][]; diverged: number }>();
  let checksum: string | undefined;
  for (const run of runs) {
    const found = await findSeedRun(run);
    if (!found) throw new Error(`The results of ${run.name}, seed ${run.seed}, are gone from ${run.folder}.`);
    checksum ??= found.checksum;
    if (found.checksum !== checksum) {
      throw new Error(`${found.folder} is a run on other data than the others: move it away to have it run again.`);
    }
    const group = groups.get(run.name) ?? { tables: [], diverged: 0 };
    group.tables.push(found.table);
    if (found.diverged) group.diverged++;
    groups.set(run.name, group);
  }
  return [...groups].map(([name, group], colour) => ({ name, ...group, colour }));
}
