/** `meta-plasticity data`: fetch, list, verify and show data sets. */
import { resolve } from 'node:path';
import { defaultCacheDir, describeCache } from '../data/cache.js';
import { contactSheet } from '../data/contact-sheet.js';
import type { Dataset } from '../data/dataset.js';
import { DATABASES } from '../data/open.js';
import { classIndex } from '../data/sampler.js';
import { writeAtomically } from '../files.js';
import { oneOf, text, wholeNumber } from './checks.js';
import { helpText } from './help.js';
import { dataManual } from './manual.js';
import { controlOptions, type Options, runOptions, type Values, value } from './options.js';
import { evaluate, parseArguments } from './parse.js';
import { open } from './prepare.js';
import { type Io, Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { packageVersion } from './version.js';

const { database, data_dir, dim } = runOptions;
const { quiet, verbose, json } = controlOptions;
const dataOptions = {
  database,
  data_dir,
  dim,
  out: value('Sheet', undefined, 'PNG file to write', text, { initially: '<name of the data set>.png' }),
  per_class: value('Sheet', 20, 'images of each class', wholeNumber(1, 1000)),
  quiet,
  verbose,
  json,
} satisfies Options;
type DataValues = Values<typeof dataOptions>;

const ACTIONS = ['fetch', 'list', 'verify', 'sheet'] as const;

/** Runs the command and returns its exit code. */
export async function dataCommand(argv: readonly string[], io: Io): Promise<number> {
  const { help, version, words, given } = parseArguments(dataOptions, argv);
  if (help || version) {
    io.stdout.write(help ? helpText(dataOptions, dataManual) : `${packageVersion()}\n`);
    return 0;
  }
  const action = oneOf(ACTIONS)(words[0] ?? '', 'The action of data');
  if (words[1] !== undefined) throw new UsageError(`Unexpected '${words[1]}' after data ${action}.`);
  const values = evaluate(dataOptions, [given]);
  const terminal = new Terminal(io, values);
  const result = action === 'list' ? await listData(io, terminal) : await useData(action, values, io, terminal);
  if (values.json) terminal.result(result);
  return 0;
}

async function listData({ env }: Io, terminal: Terminal): Promise<unknown> {
  const cacheDir = defaultCacheDir(env);
  const files = await describeCache(cacheDir);
  terminal.say(`Data sets: ${DATABASES.join(', ')}, or a folder that holds one folder of PNG files per class`);
  terminal.say(`Cache: ${cacheDir}${files.length === 0 ? ', empty' : ''}`);
  for (const { file, bytes, sha256 } of files) terminal.say(`  ${file}  ${bytes} bytes  SHA-256 ${sha256}`);
  return { databases: DATABASES, cacheDir, files };
}

async function useData(
  action: Exclude<(typeof ACTIONS)[number], 'list'>,
  values: DataValues,
  io: Io,
  terminal: Terminal,
): Promise<unknown> {
  const dataset = await open(values, io, terminal);
  if (action === 'sheet') {
    const out = resolve(values.out ?? `${dataset.name.replace(/.*[/\\]/, '')}.png`);
    await writeAtomically(out, contactSheet(dataset, { perClass: values.per_class }));
    terminal.say(`Written: ${out}`);
    return { out };
  }
  const description = describe(dataset);
  const { name, images, classes, smallest, largest, checksum } = description;
  terminal.say(`${name}: ${images} images of ${dataset.dim} x ${dataset.dim} pixels in ${classes.length} classes`);
  terminal.say(`Images in a class: ${smallest === largest ? smallest : `${smallest} to ${largest}`}`);
  if (action === 'verify') {
    terminal.say(`Classes: ${classes.join(' ')}`);
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
  return { name, dim, images: labels.length, classes, smallest, largest, checksum };
}
