/** A network that learns with a given rule, as a run of a study. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { courseTable } from '../study/table.js';
import { buildFixedRule } from './fixed-rule.js';
import { keyOf, learningIdentity } from './identity.js';
import { learnOptions, readCourse } from './learn.js';
import { verbosityOptions } from './option.js';
import { evaluate, type Given, readObject, wordsOf } from './parse.js';
import { checkFeedback, layerCount, open } from './prepare.js';
import type { PlannedRun } from './seed-run.js';
import { UsageError } from './usage-error.js';

/** learn.json of version 0.1 held these too. */
const recordedOptions = { ...learnOptions, ...verbosityOptions };

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
    stepLine: 'images ',
    window: 1,
    oneThread: [],
    async check(io, terminal) {
      checkFeedback(settings, buildFixedRule(settings, layerCount(settings)).rule);
      await open(settings, io, terminal);
    },
    async find(folder, seed) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.sort().reverse()) {
        const path = join(folder, name);
        const text = await readFile(join(path, 'learn.json'), 'utf8').catch(() => undefined);
        if (text === undefined) continue;
        const { settings: before, data } = JSON.parse(text);
        const recorded = evaluate(learnOptions, [readObject(recordedOptions, before, join(path, 'learn.json'))]);
        if (recorded.seed !== seed || keyOf(learningIdentity(recorded)) !== keyOf(identity)) {
          throw new UsageError(`${path} holds a run with other settings: move it away, or choose another --res.`);
        }
        const points = await readCourse(path);
        const last = points.at(-1);
        const diverged = last !== undefined && !Number.isFinite(last.loss);
        // Such a run cannot be continued: it is started anew.
        if (last === undefined || !(diverged || last.images >= images)) return undefined;
        const checksum = String(data.checksum);
        return { folder: path, checksum, steps: points.length, done: true, diverged, table: courseTable(points) };
      }
      return undefined;
    },
    async words({ res, testName, seed }) {
      return ['learn', ...wordsOf(learnOptions, { ...settings, seed, res, test_name: testName })];
    },
  };
}
