/** A network that learns with a given rule, as a run of a study. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { learn } from '../meta/learn.js';
import { readCourse } from '../results/course.js';
import { courseColumns, courseTable } from '../study/table.js';
import { createAdaptingEngine } from './adapting-engine.js';
import { styleOf } from './figure-options.js';
import { keyOf, learningIdentity } from './identity.js';
import { assembleLearning, learnOptions } from './learn.js';
import { verbosityOptions } from './option.js';
import { changed, evaluate, type Given, readObject, wordsOf } from './parse.js';
import { layerCount, networkOf } from './prepare.js';
import { recordedOptions } from './recorded.js';
import type { PlannedRun } from './seed-run.js';
import { UsageError } from './usage-error.js';

/** Measurements that are made to time one. */
const MEASURED = 3;

/** learn.json of version 0.1 held these too. */
export const recordedLearnOptions = recordedOptions({ ...learnOptions, ...verbosityOptions });

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
      return (await assembleLearning(settings, io, terminal)).dataset;
    },
    async find(folder, seed) {
      const names = await readdir(folder).catch(() => []);
      for (const name of names.sort().reverse()) {
        const course = await readCourse(join(folder, name));
        if (course === undefined) continue;
        const { file, points } = course;
        const recorded = evaluate(recordedLearnOptions, [
          readObject(recordedLearnOptions, file.settings, join(course.folder, 'learn.json')),
        ]);
        if (recorded.seed !== seed || keyOf(learningIdentity(recorded)) !== keyOf(identity)) {
          throw new UsageError(
            `${course.folder} holds a run with other settings: move it away, or choose another --res.`,
          );
        }
        const last = points.at(-1);
        const diverged = last !== undefined && !Number.isFinite(last.loss);
        // Such a run cannot be continued: it is started anew. A clock that was set back may have put that one before it.
        if (last === undefined || !(diverged || last.images >= images)) continue;
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
    plainWords({ res, testName, seed }) {
      const own = changed(learnOptions, { ...settings, seed, res, test_name: testName });
      return ['learn', ...wordsOf(learnOptions, own)];
    },
    async measure(io, terminal) {
      const { layers, dataset, rule, theta } = await assembleLearning(settings, io, terminal);
      const engine = await createAdaptingEngine(settings);
      try {
        const { seed, Q: query } = settings;
        const network = networkOf(settings, layers);
        const options = { engine, rule, theta, dataset, network, seed, every, query };
        const times: number[] = [];
        for await (const _ of learn({ ...options, images: Math.min(images, MEASURED * every) }))
          times.push(performance.now());
        return Math.min(...times.slice(1).map((time, i) => time - times[i]!));
      } finally {
        await engine.dispose();
      }
    },
  };
}
