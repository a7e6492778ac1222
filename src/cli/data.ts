/** `meta-plasticity data`: fetch, list, verify and show data sets. */
import { basename, resolve } from 'node:path';
import { CHOOSE_CACHE, defaultCacheDir, describeCache, writableCache } from '../data/cache.js';
import type { Dataset } from '../data/dataset.js';
import { inkOf, isGroundLight } from '../data/ink.js';
import { DATABASES, isNamed } from '../data/open.js';
import { classIndex } from '../data/sampler.js';
import { contactSheet } from '../report/contact-sheet.js';
import { list, oneOf, text, wholeNumber } from './checks.js';
import { command } from './command.js';
import { dataManual } from './manual.js';
import { type Values, value } from './option.js';
import { runOptions } from './options.js';
import { checkFile, force, writeOut } from './out.js';
import { open } from './prepare.js';
import type { Io, Terminal } from './terminal.js';

const { database, data_dir, invert, dim } = runOptions;
const dataOptions = {
  database,
  data_dir,
  invert,
  dim,
  out: value('Results', undefined, 'PNG file to write (sheet)', text, { initially: '<name of the data set>.png' }),
  force,
  per_class: value('Results', 20, 'images of each class (sheet)', wholeNumber(1, 1000)),
};
type DataValues = Values<typeof dataOptions>;

const ACTIONS = ['fetch', 'list', 'verify', 'sheet'] as const;

export const dataCommand = command({
  name: 'data',
  options: dataOptions,
  manual: dataManual,
  words: { what: `one action: ${list(ACTIONS)}`, least: 1, most: 1, values: ACTIONS },
  async run({ words: [word], values, io, terminal }) {
    const action = oneOf(ACTIONS)(word!, 'The action of data');
    return { result: action === 'list' ? await listData(io, terminal) : await useData(action, values, io, terminal) };
  },
});

async function listData({ env }: Io, terminal: Terminal): Promise<unknown> {
  const cacheDir = defaultCacheDir(env);
  const files = cacheDir === undefined ? [] : await describeCache(cacheDir);
  terminal.say(`Data sets: ${DATABASES.join(', ')}, or a folder that holds one folder of PNG files per class`);
  const cache = cacheDir ?? `none, for want of a home folder: ${CHOOSE_CACHE}`;
  terminal.say(`Cache: ${cache}${cacheDir !== undefined && files.length === 0 ? ', empty' : ''}`);
  for (const { file, bytes, sha256 } of files) terminal.say(`  ${file}  ${bytes} bytes  SHA-256 ${sha256}`);
  return { databases: DATABASES, cacheDir, files };
}

async function useData(
  action: Exclude<(typeof ACTIONS)[number], 'list'>,
  values: DataValues,
  io: Io,
  terminal: Terminal,
): Promise<unknown> {
  const out = values.out ?? `${basename(values.database)}.png`;
  if (action === 'sheet') await checkFile({ out, force: values.force });
  // What is fetched is to stay; all else can do without a cache.
  if (action === 'fetch' && isNamed(values.database) && values.data_dir === undefined) {
    await writableCache(defaultCacheDir(io.env));
  }
  const dataset = await open(values, io, terminal);
  if (action === 'sheet') {
    await writeOut(out, await contactSheet(dataset, { perClass: values.per_class }));
    terminal.say(`Written: ${out}`);
    return { out: resolve(out) };
  }
  const description = describe(dataset);
  const { name, images, classes, smallest, largest, checksum } = description;
  terminal.say(`${name}: ${images} images of ${dataset.dim} x ${dataset.dim} pixels in ${classes.length} classes`);
  terminal.say(`Images in a class: ${smallest === largest ? smallest : `${smallest} to ${largest}`}`);
  if (action === 'verify') {
    terminal.say(`Classes: ${classes.join(' ')}`);
    const { light, border, mean, blank } = description.ground;
    terminal.say(
      `Ground: ${light ? 'light, it should be dark' : 'dark, as it should be'} (${border} of 255 at the images' borders, ` +
        `${mean} on the whole); blank images: ${blank}`,
    );
    terminal.say(`SHA-256 of images and labels: ${checksum}`);
    if (name === 'emnist' && !(classes.length === 47 && smallest === 400 && largest === 400)) {
      throw new Error("This is not EMNIST Balanced's test part, which has 47 classes of 400 images.");
    }
  }
  return description;
}

function describe(dataset: Dataset) {
  const { name, dim, classes, labels, checksum } = dataset;
  const sizes = classIndex(dataset).map(({ images }) => images.length);
  const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
  const ink = inkOf(dataset);
  const [border, mean] = [ink.border, ink.mean].map(Math.round);
  const ground = { light: isGroundLight(ink), border, mean, blank: ink.blank.length };
  return { name, dim, images: labels.length, classes, smallest, largest, ground, checksum };
}
