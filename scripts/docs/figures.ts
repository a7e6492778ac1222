/**
 * `npm run docs:figures`: draws the pictures of README and docs from the commands that they name. With the results folder
 * of a `reproduce all` it takes the studies' pages and pictures, and README's table, from there. Flags go to the commands:
 *
 *     npm run docs:figures -- results --data_dir FOLDER
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { shownFigures, studyPage, withStudies, wordsOf } from './pages.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist', 'cli', 'main.js');
const STUDIES = join(ROOT, 'docs', 'studies');

const given = process.argv.slice(2);
const first = given.findIndex((word) => word.startsWith('--'));
const [results, ...more] = first < 0 ? given : given.slice(0, first);
if (more.length > 0) throw new Error(`One results folder is enough, not also ${more.join(' ')}.`);
drawFigures(first < 0 ? [] : given.slice(first));
if (results !== undefined) takeStudies(results);

/** Runs each command once, and takes what is shown from its folder. */
function drawFigures(flags: readonly string[]): void {
  const shown = ['README.md', ...pagesOf('docs').map((page) => `docs/${page}`)].flatMap((page) =>
    shownFigures(readFileSync(join(ROOT, page), 'utf8')),
  );
  const folder = mkdtempSync(join(tmpdir(), 'figures-'));
  try {
    for (const command of new Set(shown.map(({ command }) => command))) {
      const words = [...wordsOf(command), ...flags, '--res', folder, '--json', '--quiet'];
      console.log(`npx meta-plasticity ${command}`);
      const said = execFileSync(process.execPath, [MAIN, ...words], { encoding: 'utf8' });
      const run: string = JSON.parse(said).folder;
      for (const { path } of shown.filter((figure) => figure.command === command)) {
        copyFileSync(join(run, path.split('/').at(-1)!), join(ROOT, path));
        console.log(`  ${path}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Takes the studies of a results folder: `<study>/<study>.md` and `.png`, and `studies.md`. */
function takeStudies(results: string): void {
  const readme = join(ROOT, 'README.md');
  const table = readFileSync(join(results, 'studies.md'), 'utf8');
  writeFileSync(readme, withStudies(readFileSync(readme, 'utf8'), table));
  for (const name of readdirSync(results)) {
    const [page, picture] = ['md', 'png'].map((ending) => join(results, name, `${name}.${ending}`));
    if (!existsSync(page!)) continue;
    writeFileSync(join(STUDIES, `${name}.md`), studyPage(readFileSync(page!, 'utf8'), name));
    copyFileSync(picture!, join(STUDIES, `${name}.png`));
    console.log(`docs/studies/${name}`);
  }
}

function pagesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).filter((file) => file.endsWith('.md'));
}
