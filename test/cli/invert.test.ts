import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { PNG } from 'pngjs';
import { reproduceWith } from '#dist/cli/reproduce.js';
import { imageFolder, onlyRun, run, SMALL, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
/** The same images in dark ink on a light ground. */
function darkInk(parent: string): string {
  const folder = imageFolder(join(parent, 'dark'));
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    if (!name.endsWith('.png')) continue;
    const png = PNG.sync.read(readFileSync(join(folder, name)));
    png.data.forEach((value, i) => {
      if (i % 4 < 3) png.data[i] = 255 - value;
    });
    writeFileSync(join(folder, name), PNG.sync.write(png));
  }
  return folder;
}
const DARK = darkInk(cwd);
const [, , ...rest] = SMALL;
const TRAIN = [...rest, '--database', DARK, '--invert', '--quiet'];
const LIGHT_GROUND =
  /^Warning: The ground of the images is light \(\d+ of 255 at their borders, \d+ on the whole\), but/m;

const checksumOf = async (...flags: string[]) =>
  JSON.parse((await run(['data', 'verify', '--dim', '4', '--json', ...flags])).stdout).checksum;
const read = (folder: string, file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8'));

describe('--invert', () => {
  let checksum: string;
  let folder: string;
  before(async () => {
    checksum = await checksumOf('--database', 'images');
    assert.equal((await run([...TRAIN, '--episodes', '2'])).code, 0);
    folder = onlyRun(cwd);
  });

  test('data verify says which ink it found, and the images turned over are those in light ink', async () => {
    const verify = (...flags: string[]) => run(['data', 'verify', '--dim', '4', ...flags]);
    const light = await verify('--database', 'images');
    assert.match(light.stdout, /^Ground: dark, as it should be \(\d+ of 255 at .* blank images: 0$/m);
    assert.equal(light.stderr, '');
    const dark = await verify('--database', DARK);
    assert.match(dark.stdout, /^Ground: light, it should be dark \(/m);
    assert.match(dark.stderr, LIGHT_GROUND);
    assert.match(dark.stderr, /as in EMNIST: try --invert\.$/m);
    assert.equal(
      (await verify('--database', DARK, '--invert')).stdout.replaceAll(DARK, 'images'),
      light.stdout.replaceAll(join(cwd, 'images'), 'images'),
    );
    assert.equal(await checksumOf('--database', DARK, '--invert'), checksum);
  });

  test('is recorded, and a run goes on with it', async () => {
    const { settings, data } = read(folder, 'run.json');
    assert.deepEqual([settings.invert, data.checksum], [true, checksum]);
    const { code, stderr } = await run(['--resume', folder, '--episodes', '3', '--quiet']);
    assert.deepEqual([code, stderr], [0, '']);
  });

  test('cannot be added to a run that goes on', async () => {
    await run([...SMALL, '--episodes', '1', '--res', 'light', '--quiet']);
    const { code, stderr } = await run(['--resume', onlyRun(cwd, 'light'), '--invert']);
    assert.equal(code, 2);
    assert.match(stderr, /--invert must be left out or as recorded with --resume, false here, not 'true'/);
  });

  test('learn and data sheet have it', async () => {
    const flags = ['--database', DARK, '--invert', '--dim', '4', '--quiet'];
    const learn = [
      'learn',
      ...flags,
      '--theta',
      'F0=0.01',
      '--layers',
      '16,5,3',
      '--images',
      '4',
      '--Q',
      '2',
      '--res',
      'learned',
    ];
    assert.deepEqual(await run(learn), { code: 0, stdout: '', stderr: '' });
    assert.equal(read(onlyRun(cwd, 'learned'), 'learn.json').data.checksum, checksum);
    await run(['data', 'sheet', ...flags, '--out', 'dark.png']);
    await run(['data', 'sheet', '--database', 'images', '--dim', '4', '--quiet', '--out', 'light.png']);
    assert.deepEqual(readFileSync('dark.png'), readFileSync('light.png'));
  });

  test("test opens a run's own data as the run did, and takes it for folders that it is given", async () => {
    const attempt = (...flags: string[]) => run(['test', folder, '--tasks', '1', '--force', '--quiet', ...flags]);
    // That it is the run's own data is what the warning says.
    const OWN = /has been trained on all that it is tested on/;
    assert.match((await attempt()).stderr, OWN);
    assert.match((await attempt('--database', DARK)).stderr, OWN);
    assert.match((await attempt('--database', 'images')).stderr, OWN);
    const turned = await attempt('--database', 'images', '--invert');
    assert.doesNotMatch(turned.stderr, OWN);
    assert.match(turned.stderr, /: leave --invert out\.$/m);
    const { code, stderr } = await attempt('--invert');
    assert.equal(code, 2);
    assert.match(stderr, /--invert is for folders that --database names/);
  });

  test('a study gives it to its runs, which are others with it', async () => {
    writeFileSync(
      'mine.json',
      JSON.stringify({ title: 'Mine', flags: { episodes: 1 }, runs: { FA: {} }, draw: [{ column: 'accuracy' }] }),
    );
    // The program's words, in this process.
    const { run: reproduce } = reproduceWith(async (words) => {
      const { code, stdout, stderr } = await run(words);
      return { code, stdout, lastWords: stderr.split('\n') };
    });
    const study = async (...flags: string[]) => {
      const texts: string[] = [];
      const stream = { write: (text: string) => texts.push(text) };
      const words = ['mine.json', ...rest, '--database', DARK, '--seeds', '1', '--res', 'studied', ...flags];
      assert.equal(await reproduce(words, { stdout: stream, stderr: stream, env: {} }), 0, texts.join(''));
      return texts.join('');
    };
    assert.doesNotMatch(await study('--invert'), /Warning/);
    assert.match(await study(), LIGHT_GROUND);
    const runs = readdirSync('studied/runs').map((name) => {
      const { settings, data } = read(onlyRun(cwd, `studied/runs/${name}/seed-1`), 'run.json');
      return [settings.invert, data.checksum === checksum];
    });
    assert.deepEqual(runs.sort(), [
      [false, false],
      [true, true],
    ]);
  });

  test('is refused for a data set with a name', async () => {
    const { code, stderr } = await run(['--database', 'glyphs', '--invert']);
    assert.equal(code, 2);
    assert.match(stderr, /--invert is for folders of PNG files: glyphs has light ink on a dark ground as it is\./);
  });
});
