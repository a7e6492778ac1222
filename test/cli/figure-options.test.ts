import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { imageFolder, onlyRun, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const serif = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSerif.ttf');
const STYLE = ['--format', 'pdf', '--size', '332,260', '--font', serif, '--font_size', '9'];

/** Width, height and first font of an SVG. */
function look(path: string): (string | undefined)[] {
  const [root] = /^<svg [^>]*>/.exec(readFileSync(path, 'utf8'))!;
  return [/ width="(\d+)/, / height="([\d.]+)/, /font-family="'?([^',]*)/].map((what) => what.exec(root)?.[1]);
}

describe('figures', () => {
  let folder: string;
  before(async () => {
    const { code } = await run([...SMALL, '--episodes', '3', '--quiet', ...STYLE]);
    assert.equal(code, 0);
    folder = onlyRun(cwd);
  });
  const files = (ending: string) => readdirSync(folder).filter((file) => file.endsWith(ending));

  test('of a run are as it was told', () => {
    assert.deepEqual([files('.pdf').length, files('.png').length, files('.svg').length], [5, 0, 5]);
    for (const file of files('.svg')) assert.deepEqual(look(join(folder, file)), ['332', '260', 'DejaVu Serif'], file);
    assert.match(readFileSync(join(folder, 'meta_angle.pdf'), 'latin1'), /\+DejaVuSerif\b/);
  });

  test('drawn anew are as asked for, and else as the run was told', async () => {
    const svg = join(folder, 'meta_loss.svg');
    rmSync(svg);
    assert.equal((await run(['draw', folder])).code, 0);
    assert.deepEqual(look(svg), ['332', '260', 'DejaVu Serif']);
    assert.equal((await run(['draw', folder, '--size', '640,500', '--format', 'png,pdf'])).code, 0);
    assert.deepEqual(look(svg), ['640', '500', 'DejaVu Serif']);
    assert.equal(files('.png').length, 5);
  });

  test('of a comparison obey the same flags', async () => {
    assert.equal((await run(['compare', folder, '--out', 'compared', ...STYLE])).code, 0);
    assert.ok(readdirSync('compared').includes('comparison.pdf'));
    assert.ok(!readdirSync('compared').includes('comparison.png'));
    assert.match(readFileSync('compared/comparison.svg', 'utf8'), /<svg x="0" y="\d+" [^>]*width="332"/);
  });

  test('that cannot be are refused before anything is written', async () => {
    for (const [flags, message] of [
      [['--format', 'jpg'], /--format must be png, pdf or png,pdf, not 'jpg'/],
      [['--size', '100'], /--size must be at least 312 wide with letters of 13 pixels, not '100'/],
      [['--size', '640,400,3'], /--size must be a width, or width,height/],
      [['--font', 'none.ttf'], /--font must be a TrueType or OpenType file, not '.*none\.ttf'/],
      [['--font', folder], /--font must be a TrueType or OpenType file/],
    ] as const) {
      for (const command of [
        [...SMALL, '--res', 'none'],
        ['compare', folder, '--out', 'none'],
        ['draw', folder],
      ]) {
        const { code, stderr } = await run([...command, ...flags]);
        assert.equal(code, 2, stderr);
        if (command[0] !== 'draw' || flags[0] !== '--size') assert.match(stderr, message);
      }
    }
    assert.ok(!readdirSync('.').includes('none'));
  });
});
