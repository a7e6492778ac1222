/** Settings as a run's file holds them. */
import { join } from 'node:path';
import type { Dataset } from '../data/dataset.js';
import type { RecordedRun } from '../results/recorded-run.js';
import { RUN_FILE } from '../results/run-file.js';
import type { Options } from './option.js';
import { runOptions, type Settings } from './options.js';
import { evaluateSettings } from './parity.js';
import { readObject } from './parse.js';

/** These options as they are read back: the data need not lie any more where it lay. */
export function recordedOptions<O extends Pick<typeof runOptions, 'database' | 'data_dir'>>(options: O): O {
  const asWritten = ([given]: readonly string[]) => given!;
  const { database, data_dir } = options;
  return { ...options, database: { ...database, parse: asWritten }, data_dir: { ...data_dir, parse: asWritten } };
}

const options = recordedOptions(runOptions) satisfies Options;

/**
 * The settings in a run's `run.json`.
 * @throws UsageError for one that no flag can have.
 */
export function recordedSettings({ file, folder }: Pick<RecordedRun, 'file' | 'folder'>): Settings {
  return evaluateSettings([readObject(options, file.settings, join(folder, RUN_FILE))], options);
}

/** @throws Error where the data is not what the run was begun with. */
export function checkData(
  { checksum }: Pick<Dataset, 'checksum'>,
  { file, folder }: Pick<RecordedRun, 'file' | 'folder'>,
) {
  const { data } = file;
  if (checksum === data.checksum) return;
  throw new Error(`The data is not that of the run in ${folder}: its checksum is ${checksum}, not ${data.checksum}.`);
}
