/** A network that learns with a given rule, as a run of a study. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readCourse } from '../results/course.js';
import { courseColumns, courseTable } from '../study/table.js';
import { styleOf } from './figure-options.js';
import { buildFixedRule } from './fixed-rule.js';
import { keyOf, learningIdentity } from './identity.js';
import { learnOptions } from './learn.js';
import { verbosityOptions } from './option.js';
import { evaluate, type Given, readObject, wordsOf } from './parse.js';
import { checkFeedback, layerCount, open } from './prepare.js';
import { recordedOptions } from './recorded.js';
import type { PlannedRun } from './seed-run.js';
import { UsageError } from './usage-error.js';

/** learn.json of version 0.1 held these too. */
const readBack = recordedOptions({ ...learnOptions, ...verbosityOptions });

/** @throws UsageError for a value that no flag can have. */
export function plannedLearning(sources: readonly Given[]): PlannedRun {
  const settings = evaluate(learnOptions, sources);
  const { images, every } = settings;
  const identity = learningIdentity(settings);
  return {
    command: 'learn',
    settings,
    identity,
    steps: Math.ceil(images / every) + 1,
    columns: courseColumns(layerCount(settings)),
    stretch: [0, images],
    stepLine: 'images ',
    window: 1,
    style: styleOf(settings),
    oneThread: [],
    async check(io, terminal) {
      checkFeedback(settings, buildFixedRule(settings, layerCount(settings)).rule);
      return open(settings, io, terminal);
    },
    async find(folder, seed) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.sort().reverse()) {
        const course = await readCourse(join(folder, name));
        if (course === undefined) continue;
        const { file, points } = course;
        const recorded = evaluate(readBack, [readObject(readBack, file.settings, join(course.folder, 'learn.json'))]);
        if (recorded.seed !== seed || keyOf(learningIdentity(recorded)) !== keyOf(identity)) {
          throw new UsageError(
            `${course.folder} holds a run with other settings: move it away, or choose another --res.`,
          );
        }
        const last = points.at(-1);
        const diverged = last !== undefined && !Number.isFinite(last.loss);
        // Such a run cannot be continued: it is started anew.
        if (last === undefined || !(diverged || last.images >= images)) return undefined;
        const table = {
          ...courseTable(points),
          name: `seed ${seed}`,
          ...(diverged && { trouble: 'diverged' as const }),
        };
        const { version, commit, data } = file;
        return {
          folder: course.folder,
          checksum: data.checksum,
          version: { version, ...(commit !== undefined && { commit }) },
          steps: points.length,
          done: true,
          table,
        };
      }
      return undefined;
    },
    async words({ res, testName, seed }) {
      return ['learn', ...wordsOf(learnOptions, { ...settings, seed, res, test_name: testName })];
    },
  };
}
