import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { shownFigures, studyPage, withStudies, wordsOf } from '../scripts/docs/pages.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PAGES = [
  'README.md',
  'ARCHITECTURE.md',
  ...['docs', 'docs/studies'].flatMap((folder) =>
    readdirSync(join(ROOT, folder)).flatMap((file) => (file.endsWith('.md') ? [`${folder}/${file}`] : [])),
  ),
];

test('every picture and page that a page links to is there, and every picture of docs is shown', () => {
  const linked = PAGES.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, path]) => {
      const file = join(dirname(page), path!);
      assert.ok(existsSync(join(ROOT, file)), `${page}: ${path}`);
      return file;
    }),
  );
  for (const folder of ['docs/figures', 'docs/studies'])
    for (const file of readdirSync(join(ROOT, folder)))
      if (!file.endsWith('.md')) assert.ok(linked.includes(`${folder}/${file}`), `${folder}/${file} is shown nowhere`);
});

test("the pictures of single runs come from the commands that README names, of this version's figures", () => {
  const shown = shownFigures(read('README.md'));
  assert.ok(shown.length >= 3);
  for (const { command, path } of shown) {
    assert.match(command, /^--/, path);
    assert.match(path, /^docs\/figures\/meta_\w+\.svg$/);
  }
  assert.throws(() => shownFigures('![x](docs/figures/x.svg)'), /without the command/);
});

test('words of a command', () => {
  assert.deepEqual(wordsOf(`--vec F2 --term 'own = y e_pre^T' --x "a b"`), [
    ...['--vec', 'F2', '--term', 'own = y e_pre^T', '--x', 'a b'],
  ]);
});

test("a study's page shows its PNG; README's table is replaced, its links are docs'", () => {
  assert.equal(studyPage('![figure](fig3.svg)', 'fig3'), '![figure](fig3.png)');
  const readme = read('README.md');
  const filled = withStudies(readme, '| [Fig. 3](fig3/fig3.md) | a (b) |\n');
  assert.match(filled, /\n\n\| \[Fig\. 3\]\(docs\/studies\/fig3\.md\) \| a \(b\) \|\n\n/);
  assert.equal(withStudies(filled, 'x'), withStudies(readme, 'x'));
  assert.throws(() => withStudies('no place', 'x'), /must hold/);
});
