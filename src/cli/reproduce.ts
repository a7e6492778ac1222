/** `meta-plasticity reproduce`: runs studies, of the paper or the user's own, and holds them against their claims. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeAtomically } from '../files.js';
import { seedsText } from '../study/seeds.js';
import type { RunProgram } from '../sweep/program.js';
import { list } from './checks.js';
import { type Command, command } from './command.js';
import { figureOptions } from './figure-options.js';
import { SIGNAL_EXIT_CODES } from './interrupt.js';
import { reproduceManual } from './manual.js';
import { quote } from './quote.js';
import { checkResults } from './results-folder.js';
import { slurmOptions, submitAll } from './slurm.js';
import { findStudies, studyNames } from './studies.js';
import { reportStudy } from './study-report.js';
import { flagsOfRuns, givenToRuns, planRuns, planWork, resOption, runStudies, studyOptions } from './study-runs.js';
import { writeSummary } from './study-summary.js';
import { distinctRuns, failuresText } from './study-work.js';
import { flagsAsJson, SWEEP_FILE } from './sweep-study.js';
import { duration } from './terminal.js';

const options = { ...studyOptions, res: resOption, ...slurmOptions };

/** The command; `program` is what runs are started with, if not workers. */
export function reproduceWith(program?: RunProgram): Command {
  return command({
    name: 'reproduce',
    options: { ...options, ...flagsOfRuns },
    shown: { ...options, ...figureOptions },
    get manual() {
      return reproduceManual(findStudies(['all']));
    },
    get words() {
      const values = [...studyNames(), 'all'];
      return { what: `a study: ${list(values)}, or a JSON file`, least: 1, most: Number.POSITIVE_INFINITY, values };
    },
    async run({ words, sources: [given], values: { jobs, seeds, executor, ...values }, io, terminal, argv }) {
      const studies = findStudies(words);
      const flags = givenToRuns(given!);
      const res = resolve(values.res);
      for (const { name } of studies) await checkResults({ res: join(res, name) });
      const planned = studies.map((study) => planRuns(study, flags, { folder: join(res, study.name), res, seeds }));
      const work = await planWork(planned, flags, { io, terminal });
      if (executor === 'slurm') {
        const over = flagsAsJson(flagsOfRuns, flags);
        const submissions = planned.map(({ study: { name, source }, folder, runs }) => ({
          ...{ name, folder, res, runs: distinctRuns(runs), flags: values },
          source: { ...source, over, seeds: seedsText(seeds ?? [...new Set(runs.map(({ seed }) => seed))]) },
        }));
        // So that `sweep status` and `sweep` know the study by its folder.
        for (const { folder, source } of submissions) {
          await mkdir(folder, { recursive: true });
          await writeAtomically(
            join(folder, SWEEP_FILE),
            `${JSON.stringify({ ...source, res: '..' }, undefined, 2)}\n`,
          );
        }
        return { result: { submitted: await submitAll(submissions, work, { terminal, dryRun: false }) } };
      }
      const started = performance.now();
      const { failures, signal } = await runStudies(planned, work, { jobs, program, terminal });
      if (failures.length > 1) terminal.warn(failuresText(failures));
      if (signal) {
        const command = ['reproduce', ...argv].map(quote).join(' ');
        terminal.warn(`Stopped; what is done is kept. To go on: npx meta-plasticity ${command}`);
        return { exitCode: SIGNAL_EXIT_CODES[signal] };
      }
      // Its claims are about all of them.
      if (failures[0]) throw new Error(failures[0].message);
      const results = [];
      for (const study of planned) results.push(await reportStudy(study, terminal));
      const summary = await writeSummary(res);
      if (results.length > 1) terminal.say(`A row for each study: ${summary}`);
      terminal.say(`Done in ${duration((performance.now() - started) / 1000)}.`);
      return { result: { studies: results } };
    },
  });
}

export const reproduceCommand = reproduceWith();
