/** All studies of a results folder in one table: README's. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.js';
import { readSealed } from '../results/sealed.js';
import { type Summary, summaryTable } from '../study/summary.js';

/**
 * The table of all studies below a results folder, sorted by their names, in Markdown; empty where there is none.
 * @throws Error in one sentence where what a study came to was changed since.
 * @param link where a study's page is, as the table is to say it.
 */
export async function studiesTable(res: string, link: (name: string) => string): Promise<string> {
  const folders = await readdir(res, { withFileTypes: true });
  const studies: Summary[] = [];
  for (const { name } of folders.filter((entry) => entry.isDirectory()).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(res, name, 'findings.json');
    if (existsSync(path)) studies.push((await readSealed(path)) as Summary);
  }
  return studies.length > 0 ? summaryTable(studies, link) : '';
}

/** Writes `<res>/studies.md` and returns its path. */
export async function writeSummary(res: string): Promise<string> {
  const path = join(res, 'studies.md');
  await writeAtomically(path, `${await studiesTable(res, (name) => `${name}/${name}.md`)}\n`);
  return path;
}
