/** `meta-plasticity learn`: one network learns online with a given rule, its coefficients fixed. */
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Dataset } from '../data/dataset.js';
import { namedSize } from '../data/open.js';
import { classIndex } from '../data/sampler.js';
import type { CoursePoint } from '../meta/course.js';
import { learn } from '../meta/learn.js';
import type { FigureStyle } from '../report/style.js';
import { openCourseLog } from '../results/course.js';
import { describeData, describeMachine, recordedCoefficients } from '../results/run-file.js';
import { createRunFolder } from '../results/run-folder.js';
import { courseTable } from '../study/table.js';
import { adaptingEngine, createAdaptingEngine } from './adapting-engine.js';
import { wholeNumber } from './checks.js';
import { command } from './command.js';
import { styleOf, styleOptions } from './figure-options.js';
import { buildFixedRule } from './fixed-rule.js';
import { catchInterrupt, SIGNAL_EXIT_CODES } from './interrupt.js';
import { learnManual } from './manual.js';
import { checkMemory } from './memory.js';
import { type Options, type Values, value } from './option.js';
import { noFigures, runOptions } from './options.js';
import { checkFeedback, chooseLayers, layerCount, networkOf, open } from './prepare.js';
import { checkResults, refuseResults } from './results-folder.js';
import { bar, type Io, type Terminal } from './terminal.js';
import { UsageError } from './usage-error.js';
import { codeVersion } from './version.js';

const { term, fbk, fbk_term, state, tie, init, database, data_dir, invert, dim } = runOptions;
const { layers, beta, activation, gain, noise, seed, engine, res, test_name } = runOptions;
export const learnOptions = {
  theta: { ...init, help: "the rule's terms and their coefficients, like F0=0.0029 F2=-0.01", initially: 'none' },
  ...{ term, fbk, fbk_term, state, tie, database, data_dir, invert, dim },
  images: value('Learning', 8000, 'training images to show, in as many epochs as that takes', wholeNumber(1)),
  every: value('Learning', 200, 'training images between two measurements', wholeNumber(1)),
  Q: value('Learning', 50, 'images of each class set aside to measure on', wholeNumber(1)),
  ...{ layers, beta, activation, gain, noise, seed, engine: adaptingEngine(engine), res, test_name },
  ...styleOptions,
} satisfies Options;
export type LearnValues = Values<typeof learnOptions>;

const PANELS = ['accuracy', 'loss', 'angle', 'orthonormality'];

export const learnCommand = command({
  name: 'learn',
  options: { ...learnOptions, no_figures: noFigures },
  manual: learnManual,
  words: { what: 'its terms by --theta and --term', least: 0, most: 0 },
  async run({ values: { no_figures, ...values }, io, terminal }) {
    const style = styleOf(values);
    await checkResults(values);
    const { rule, theta, dataset, layers } = await assembleLearning(values, io, terminal);
    const { images, every, Q: query } = values;
    const network = networkOf(values, layers);
    const adapting = await createAdaptingEngine(values);
    const interruption = catchInterrupt(() => terminal.warn('Stopping; once more to stop at once.'));
    try {
      const now = new Date();
      const folder = await createRunFolder(values.res, values.test_name, now).catch(refuseResults(values.res));
      const terms = recordedCoefficients(rule).map((coefficient, i) => ({ ...coefficient, theta: theta[i]! }));
      const description = {
        ...codeVersion(),
        node: process.version,
        started: now.toISOString(),
        settings: values,
        rule: terms,
        layers: network.layers,
        data: describeData(dataset),
        engine: adapting.name,
        machine: describeMachine(),
      };
      const log = await openCourseLog(folder, description);
      const title = `${dataset.name}, ${terms.map(({ name, theta }) => `${name} ${theta}`).join(', ')}, ${values.fbk}`;
      terminal.say(
        `${title}\nNetwork ${network.layers.join('-')}, ${adapting.name}, seed ${values.seed}\nFolder  ${folder}`,
      );

      const points: CoursePoint[] = [];
      const options = { engine: adapting, rule, theta, dataset, network, seed: values.seed, images, every, query };
      for await (const point of learn(options)) {
        points.push(point);
        log.append(point);
        if (terminal.showsEpisodes) terminal.say(progress(point));
        terminal.progress(() => `${bar(point.images / images)} ${progress(point)}`);
        await setImmediate(); // Lets signals through.
        if (interruption.abort.aborted) break;
      }
      log.close();
      terminal.clear();
      log.check();
      if (!no_figures) await draw(folder, title, points, style);
      const last = points.at(-1)!;
      terminal.say(`${terminal.showsEpisodes ? '' : `${progress(last)}\n`}Results are in ${folder}`);
      const diverged = !Number.isFinite(last.loss);
      if (diverged) terminal.warn(`The network diverged by image ${last.images}: smaller coefficients may help.`);
      const signal = last.images < images ? interruption.received() : undefined;
      const outcome = diverged ? 'diverged' : signal ? 'interrupted' : 'complete';
      return {
        result: { folder: resolve(folder), outcome, seed: values.seed, settings: values, ...plain(last) },
        exitCode: diverged ? 1 : signal ? SIGNAL_EXIT_CODES[signal] : 0,
      };
    } finally {
      interruption.stop();
      terminal.clear();
      await adapting.dispose();
    }
  },
});

/**
 * Builds the rule, opens the data and checks that the settings fit them.
 * @throws UsageError where they do not.
 */
export async function assembleLearning(values: LearnValues, io: Io, terminal: Terminal) {
  const { rule, theta } = buildFixedRule(values, layerCount(values));
  checkFeedback(values, rule);
  const known = namedSize(values.database);
  if (known) fit(values, known);
  const dataset = await open(values, io, terminal);
  const layers = fit(values, dataset);
  const shown = { train: Math.min(values.images, values.every), query: values.Q * dataset.classes.length };
  await checkMemory(values, layers, shown, rule);
  return { rule, theta, dataset, layers };
}

/** The layers; every class must have images left when those to measure on are set aside. */
function fit({ Q, ...values }: LearnValues, data: Pick<Dataset, 'name' | 'classes' | 'labels'>): readonly number[] {
  const smallest = classIndex(data).reduce((a, b) => (b.images.length < a.images.length ? b : a));
  if (Q >= smallest.images.length) {
    throw new UsageError(
      `--Q must be below ${smallest.images.length}, the images of the smallest class ` +
        `('${data.classes[smallest.label]}') of ${data.name}, not '${Q}'.`,
    );
  }
  return chooseLayers(values, data);
}

async function draw(folder: string, title: string, points: readonly CoursePoint[], style: FigureStyle): Promise<void> {
  const { writePanels } = await import('../study/write.js'); // The drawing libraries take a while to load.
  const groups = [{ name: 'learn', tables: [courseTable(points)] }];
  await writePanels(folder, 'learn', { title, panels: PANELS.map((column) => ({ column, groups })), window: 1, style });
}

function progress({ images, loss, accuracy, angles }: CoursePoint): string {
  const hidden = Array.from(angles).slice(1, -1);
  const degrees = hidden.length > 0 ? `  angles ${hidden.map((angle) => angle.toFixed(1)).join(' ')}` : '';
  return `images ${images}  loss ${loss.toFixed(3)}  accuracy ${accuracy.toFixed(3)}${degrees}`;
}

function plain({ angles, orthonormality, ...point }: CoursePoint) {
  return { ...point, angles: Array.from(angles), orthonormality: Array.from(orthonormality) };
}
