/** `meta-plasticity ablate`: what each term of a learned rule gives, by taking it away. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { makeEpisode } from '../data/sampler.js';
import { writeAtomically } from '../files.js';
import { type AblatedTask, ablate } from '../meta/ablate.js';
import type { AdaptingEngine } from '../meta/course.js';
import { learnedTheta } from '../meta/meta-test.js';
import { termNorms } from '../meta/term-scale.js';
import { termCoefficients } from '../plasticity/rule.js';
import { markdownTable } from '../report/markdown.js';
import { seal, writeJson } from '../results/sealed.js';
import { type Band, MIN_FOR_BAND, meanBand } from '../stats/band.js';
import { symbol } from '../study/charts.js';
import { formatBand } from '../study/claims.js';
import { adaptingEngine, createAdaptingEngine } from './adapting-engine.js';
import { text, wholeNumber } from './checks.js';
import { command } from './command.js';
import { ablateManual } from './manual.js';
import { list, type Options, type Values, value } from './option.js';
import { runOptions, thetaOption } from './options.js';
import { checkFolder, force } from './out.js';
import { networkOf, open } from './prepare.js';
import { RUN_FOLDERS, readRuns } from './read-runs.js';
import { bar } from './terminal.js';
import { AS_IN_RUN, planTests, type Test } from './test-plan.js';
import { UsageError } from './usage-error.js';
import { codeVersion } from './version.js';

const { data_dir, engine } = runOptions;
const ablateOptions = {
  only: list('Rule', 'terms to take away, like F3 F9', text, { initially: 'each in turn' }),
  theta: thetaOption,
  tasks: value('Tasks', 300, 'tasks for each run, of its own data', wholeNumber(1)),
  data_dir: { ...data_dir, initially: "the run's own" },
  engine: adaptingEngine(engine),
  out: value('Results', 'ablation', 'folder for table and numbers', text),
  force,
} satisfies Options;
type AblateValues = Values<typeof ablateOptions>;

/** Tasks that the size of what terms do is measured on: it hardly differs from one to the next. */
const EFFECT_TASKS = [1, 2, 3];

/** What comes of taking one term of one run away. */
export interface TermAblation {
  readonly name: string;
  readonly theta: number;
  /** |theta| times the norm of the term's update while the network learns, in units of the first term's. */
  readonly effect: number;
  /** Accuracy of each task with the term, minus that without it. */
  readonly gains: readonly number[];
}

export interface RunAblation {
  readonly run: string;
  readonly seed: number;
  /** All coefficients that the run was taken to have learned. */
  readonly theta: readonly number[];
  readonly tasks: number;
  readonly accuracy: number;
  readonly terms: readonly TermAblation[];
}

export const ablateCommand = command({
  name: 'ablate',
  options: ablateOptions,
  manual: ablateManual,
  words: RUN_FOLDERS,
  async run({ words, values, io, terminal }) {
    await checkFolder(values, 'ablation');
    const runs = await readRuns(words, 'ablate', terminal);
    const { data_dir, engine } = values;
    const { tests, differences } = await planTests(runs, { ...AS_IN_RUN, data_dir, engine }, (flags) =>
      open(flags, io, terminal),
    );
    const planned = tests.map((test) => ({ test, terms: chosenTerms(test, values) }));
    const adapting = await createAdaptingEngine(values);
    const results: { curve: string; ablation: RunAblation }[] = [];
    try {
      for (const [i, { test, terms }] of planned.entries()) {
        const onTask = (done: number) =>
          terminal.progress(() => `${bar((i + done / values.tasks) / tests.length)} ${test.curve}, task ${done}`);
        results.push({ curve: test.curve, ablation: await ablateRun(test, terms, values, adapting, onTask) });
      }
    } finally {
      terminal.clear();
      await adapting.dispose();
    }
    const folder = resolve(values.out);
    const curves = [...new Set(results.map(({ curve }) => curve))];
    const tables = curves.map((curve) => {
      const alike = results.filter((result) => result.curve === curve).map(({ ablation }) => ablation);
      return groupTable(alike, curves.length > 1 ? curve : undefined);
    });
    const report = [...(differences === undefined ? [] : [differences]), ...tables].join('\n\n');
    await mkdir(folder, { recursive: true });
    await writeAtomically(join(folder, 'ablation.md'), `${report}\n`);
    const description = { ...codeVersion(), settings: values, runs: results.map(({ ablation }) => ablation) };
    await writeJson(join(folder, 'ablation.json'), seal(description));
    terminal.say(`${report}\n\nTable and numbers are in ${folder}`);
    return { result: { folder, ...description } };
  },
});

/** Places of the terms to take away. */
function chosenTerms({ run, rule }: Test, { only }: AblateValues): number[] {
  const names = termCoefficients(rule);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`--only must name terms of ${run.folder} (${names.join(' ')}), not '${unknown}'.`);
  }
  return names.flatMap((name, i) => (only.length === 0 || only.includes(name) ? [i] : []));
}

async function ablateRun(
  { run, settings, rule, dataset, tasks: { index, size, layers } }: Test,
  terms: readonly number[],
  { tasks, theta: choice }: AblateValues,
  engine: AdaptingEngine,
  onTask: (task: number) => void,
): Promise<RunAblation> {
  const theta = learnedTheta(run.records, choice);
  // Tasks and networks of its own, that no other run is tried on: runs stay independent of each other.
  const seed = `${settings.seed}/ablate`;
  const episode = (n: number) =>
    makeEpisode({ ...size, dataset, index, network: networkOf(settings, layers), seed }, n);
  const names = termCoefficients(rule);
  const constants = theta.slice(names.length);
  const norms = termNorms(rule, EFFECT_TASKS.map(episode), constants, theta);
  const effects = norms.map((norm, r) => Math.abs(theta[r]!) * norm);
  const done: AblatedTask[] = [];
  for await (const task of ablate({ engine, rule, theta, terms, makeEpisode: episode, tasks })) {
    onTask(done.push(task));
    await setImmediate(); // Lets signals and output through.
  }
  return {
    ...{ run: run.folder, seed: settings.seed, theta, tasks },
    accuracy: meanBand(done.map(({ whole }) => whole)).mean,
    terms: terms.map((r, i) => ({
      name: names[r]!,
      theta: theta[r]!,
      effect: effects[r]! / effects[0]!,
      gains: done.map(({ whole, without }) => whole - without[i]!),
    })),
  };
}

/** Of runs that differ in their seeds only. */
function groupTable(runs: readonly RunAblation[], name: string | undefined): string {
  const { terms, tasks } = runs[0]!;
  const band = (numbers: (run: RunAblation) => number) => formatBand(meanBand(runs.map(numbers)));
  const rows = terms.map((term, i) => [
    symbol(`theta ${term.name}`),
    band((run) => run.terms[i]!.theta),
    band((run) => run.terms[i]!.effect),
    formatBand(gainBand(runs.map((run) => run.terms[i]!.gains))),
  ]);
  const many = runs.length >= MIN_FOR_BAND;
  const title = [
    ...(name === undefined ? [] : [name]),
    `${runs.length === 1 ? 'one run' : `${runs.length} runs`}, ${tasks} tasks${runs.length === 1 ? '' : ' each'}`,
    `accuracy ${band(({ accuracy }) => accuracy)}`,
    `98 % bands over ${many ? 'runs' : 'tasks'} (Student's t)`,
  ].join(', ');
  const effect = `effect, in units of that of ${symbol(`theta ${terms[0]!.name}`)}`;
  return `${title}\n\n${markdownTable(['', 'theta', effect, 'accuracy that it gives'], rows)}`;
}

/** Over runs where there are enough of them, else over all tasks, for these runs. */
export function gainBand(gains: readonly (readonly number[])[]): Band {
  if (gains.length < MIN_FOR_BAND) return meanBand(gains.flat());
  return meanBand(gains.map((own) => meanBand(own).mean));
}
