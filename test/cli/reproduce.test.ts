import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { buildFixedRule } from '#dist/cli/fixed-rule.js';
import { runOptions } from '#dist/cli/options.js';
import { layerCount } from '#dist/cli/prepare.js';
import { reproduceWith } from '#dist/cli/reproduce.js';
import { buildRule } from '#dist/cli/rule.js';
import { findStudies, planStudy, studyNames } from '#dist/cli/studies.js';
import { studiesTable } from '#dist/cli/study-summary.js';
import { findRuns } from '#dist/results/recorded-run.js';
import type { RunProgram } from '#dist/sweep/program.js';
import { imageFolder, listing, mnistFolder, rewriteRun, run, SMALL, start, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
const STUDY = {
  title: 'Mine: two rules',
  flags: { episodes: 4, database: 'images', dim: 4, layers: '16,5,3', M: 2, K: 3, Q: 2 },
  runs: { FA: {}, 'with F2': { vec: ['F2'] } },
  draw: [{ column: 'accuracy' }, { column: 'theta', runs: ['with F2'] }],
  claims: [
    { says: 'FA starts at 0.001', measure: { run: 'FA', column: 'theta F0', at: [1, 1] }, between: [0.0009, 0.0011] },
    {
      says: 'F2 doubles the accuracy',
      measure: { run: 'with F2', column: 'accuracy' },
      minus: { run: 'FA', column: 'accuracy' },
      between: [2, null],
    },
  ],
};
writeFileSync('mine.json', JSON.stringify(STUDY));
const FLAGS = ['mine.json', ...SMALL, '--seeds', '2', '--jobs', '2'];
const journals = async (res: string) =>
  Object.fromEntries(
    (await findRuns(join(res, 'runs'))).map((folder) => [
      folder.slice(res.length).replace(/\/[\d_-]*$/, ''),
      readFileSync(join(folder, 'journal.jsonl'), 'utf8').replace(/"ms":[^,]*/g, ''),
    ]),
  );

/** Runs the command with a stand-in for the program, which hears the words of each run. */
async function reproduce(argv: readonly string[], program: RunProgram) {
  const texts: string[] = [];
  const stream = { write: (text: string) => texts.push(text) };
  const code = await reproduceWith(program).run(argv, { stdout: stream, stderr: stream, env: {} });
  return { code, said: texts.join('') };
}

const wordsOf = (words: readonly string[], flag: string) => words[words.indexOf(flag) + 1]!;

describe('reproduce', () => {
  let first: Awaited<ReturnType<typeof run>>;
  before(async () => {
    first = await run(['reproduce', ...FLAGS, '--res', 'whole']);
  });

  test('what was done on other data is not passed off as done on the data that is named', async () => {
    writeFileSync(
      'one.json',
      JSON.stringify({ title: 'One', flags: { episodes: 1 }, runs: { FA: {} }, draw: STUDY.draw.slice(0, 1) }),
    );
    const [a, b] = [mnistFolder('a', 1), mnistFolder('b', 2)];
    const study = ['reproduce', 'one.json', '--seeds', '1', '--res', 'data'];
    assert.equal((await run([...study, ...a])).code, 0);
    cpSync('a', 'moved', { recursive: true });
    const moved = await run([...study, ...a.with(a.indexOf('a'), 'moved')]);
    assert.match(moved.stdout, /^1 runs, 1 of them done before/);
    const { code, stderr } = await run([...study, ...b]);
    assert.equal(code, 2);
    assert.match(stderr, /data.runs.FA-\S+ is a run on other data than this: move it away, or choose another --res/);
  });

  test('runs each run with each seed, then says and writes what comes out', async () => {
    const { code, stdout, stderr } = first;
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.match(stdout, /^4 runs, 0 of them done before; 2 at a time\n/);
    assert.equal(stdout.match(/^\[#+-*\] \d\/4 runs {2}\d+\/16 steps .*seed [12]$/gm)?.length, 4);
    assert.match(stdout, /\| FA starts at 0.001: from 0.0009 to 0.0011 +\| FA θ_0 at 1-1 0.00100 +\| open +\|/);
    assert.match(stdout, /\| F2 doubles the accuracy: difference above 2 .* \| open +\|/);
    assert.match(stdout, /With fewer than 8 seeds every verdict is open\./);
    assert.doesNotMatch(stdout, /paper/, 'it is no study of the paper');
    assert.match(stdout, /\| +\| FA \(2 seeds\) +\| with F2 \(2 seeds\) +\|/);
    assert.deepEqual(listing('whole/mine'), [
      'findings.json',
      ...['csv', 'json', 'md', 'png', 'svg'].map((type) => `mine.${type}`),
      'report.html',
    ]);
    const page = readFileSync('whole/mine/mine.md', 'utf8');
    assert.match(page, /\n## Runs\n\nAll runs, seeds 1 to 2: `meta-plasticity [^\n]*--fbk fix [^\n]*--lr_meta 0.001 /);
    assert.match(page, /\n- FA: nothing else\n- with F2: `--vec F2`\n/);
    assert.match(page, /\nAll 4 runs are of one version \d+\.\d+\.\d+(, commit [\w-]+)?\.\n/);
    assert.match(
      readFileSync('whole/studies.md', 'utf8'),
      /^\| \[Mine: two rules\]\(mine\/mine\.md\) .*Open: FA starts at 0\.001; F2 doubles.*\| open \(0 of 2 claims agree\) \|$/m,
    );

    assert.deepEqual(JSON.parse(readFileSync('whole/mine/mine.json', 'utf8')), STUDY);
    const folders = readdirSync('whole/runs');
    assert.match(folders.join(), /^FA-[0-9a-f]{8},with F2-[0-9a-f]{8}$/);
    for (const folder of folders)
      assert.deepEqual(
        listing(`whole/runs/${folder}`).filter((file) => /^seed-\d$|^[^/]*$/.test(file)),
        ['flags.json', 'seed-1', 'seed-2'],
      );
  });

  test('its runs are those that the flags give by themselves', async () => {
    await run([...SMALL, '--vec', 'F2', '--seed', '2', '--episodes', '4', '--quiet', '--res', 'alone']);
    const [alone] = await findRuns('alone');
    const found = Object.entries(await journals('whole')).find(([name]) => /with F2.*seed-2/.test(name));
    assert.equal(found![1], readFileSync(join(alone!, 'journal.jsonl'), 'utf8').replace(/"ms":[^,]*/g, ''));
  });

  test('what is done is not done again; fewer seeds and episodes are taken from it', async () => {
    const none: RunProgram = () => assert.fail('nothing is due');
    const { code, said } = await reproduce([...FLAGS, '--res', 'whole'], none);
    assert.equal(code, 0);
    assert.match(said, /^4 runs, 4 of them done before/);
    assert.equal(said.split('\n').slice(1, -2).join('\n'), first.stdout.split('\n').slice(5, -2).join('\n'));
    const less = await reproduce([...FLAGS.slice(0, -4), '--seeds', '1', '--episodes', '3', '--res', 'whole'], none);
    assert.match(less.said, /FA \(1 seed\)/);
    assert.match(less.said, /\| FA starts at 0.001: .* \| not comparable \|/);
    assert.match(less.said, /Not comparable with what the claims are about: --episodes 3 instead of 4\./);
    assert.match(less.said, /a band needs at least 4 seeds/);
    assert.ok(readFileSync('whole/mine/mine.csv', 'utf8').includes('with F2,theta F2,3,'));
    assert.ok(!readFileSync('whole/mine/mine.csv', 'utf8').includes('with F2,theta F2,4,'));
  });

  test('a run that stopped is continued, more episodes are added, a new seed is started', async () => {
    cpSync('whole', 'stopped', { recursive: true });
    const [cut] = await findRuns('stopped/runs');
    const path = join(cut!, 'journal.jsonl');
    writeFileSync(path, `${readFileSync(path, 'utf8').split('\n').slice(0, 2).join('\n')}\n{"torn`);
    const started: (readonly string[])[] = [];
    const watched: RunProgram = async (words) => {
      started.push(words);
      return { code: 0, stdout: '', lastWords: [] };
    };
    const resumed = ['--resume', join(process.cwd(), cut!), '--episodes', '4'];
    // Where the runs take all cores, each keeps to one thread.
    const jobs = (count: number) => [...FLAGS.slice(0, -1), `${count}`, '--res', 'stopped'];
    await reproduce(jobs(availableParallelism()), watched);
    assert.deepEqual(started, [[...resumed, '--workers', '1', '--json', '--verbose']]);
    if (availableParallelism() > 1) {
      await reproduce(jobs(1), watched);
      assert.deepEqual(started[1], [...resumed, '--json', '--verbose']);
    }
    started.length = 0;
    await reproduce([...FLAGS, '--res', 'stopped', '--episodes', '5'], watched).catch(() => {});
    assert.deepEqual(
      started.map((words) => words[0]),
      Array(4).fill('--resume'),
    );

    const { code } = await run(['reproduce', ...FLAGS, '--res', 'stopped', '--quiet']);
    assert.equal(code, 0);
    assert.deepEqual(await journals('stopped'), await journals('whole'));
  });

  test('two on one folder at once share the runs, and each has all of their results', async () => {
    const study = {
      title: 'Shared',
      flags: { command: 'learn', database: 'images', dim: 4, layers: '16,5,3', Q: 2, images: 400, every: 20 },
      runs: { a: { theta: ['F0=0.01'] }, b: { theta: ['F0=0.02'] } },
      draw: [{ column: 'accuracy' }],
    };
    writeFileSync('shared.json', JSON.stringify(study));
    const argv = ['reproduce', 'shared.json', '--seeds', '3', '--jobs', '2', '--res', 'shared'];
    const both = await Promise.all([1, 2].map(() => start(argv, cwd).ended));
    for (const { code, stdout, stderr } of both) {
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, /6\/6 runs {2}126\/126 steps/);
    }
    const runs = listing(join(cwd, 'shared', 'runs'));
    assert.equal(runs.filter((path) => path.endsWith('learn.jsonl')).length, 6);
    assert.deepEqual(
      runs.filter((path) => path.includes('lock')),
      [],
    );
  });

  test('runs are started in order, so many at a time, with a folder and a seed each', async () => {
    const started: string[] = [];
    let [now, most] = [0, 0];
    const program: RunProgram = async (words) => {
      started.push(
        `${wordsOf(words, '--res').replace(/.*\/(.*)-.*/, '$1')} ${wordsOf(words, '--seed')} ${wordsOf(words, '--test_name')}`,
      );
      most = Math.max(most, ++now);
      // Until there is another beside it.
      for (let i = 0; most < 2 && i < 2000; i++) await new Promise((resolve) => setTimeout(resolve, 5));
      now--;
      return { code: 0, stdout: '', lastWords: [] };
    };
    const flags = ['mine.json', ...SMALL, '--seeds', '3', '--jobs', '2', '--res', 'fake'];
    await assert.rejects(reproduce(flags, program), /The results of FA, seed 1, are gone/);
    const expected = ['FA', 'with F2'].flatMap((name) => [1, 2, 3].map((seed) => `${name} ${seed} seed-${seed}`));
    assert.deepEqual(started.toSorted(), expected);
    assert.deepEqual(started.slice(0, 2).toSorted(), expected.slice(0, 2));
    assert.equal(most, 2);
  });

  test('other settings, another folder; a folder with other settings than its name says is refused', async () => {
    writeFileSync('one.json', JSON.stringify({ title: 'One run', flags: { episodes: 1 }, runs: { FA: {} } }));
    const flags = ['reproduce', 'one.json', ...SMALL, '--seeds', '1', '--quiet', '--res', 'other'];
    for (const [more, folders] of [
      [[], 1],
      [['--lr_meta', '0.01'], 2],
      [['--avg_window', '3'], 2],
    ] as const) {
      assert.equal((await run([...flags, ...more])).code, 0);
      assert.equal(readdirSync('other/runs').length, folders);
    }
    for (const folder of await findRuns('other/runs')) {
      rewriteRun(folder, ({ settings }) => Object.assign(settings, { lr_meta: 0.5 }));
    }
    const { code, stderr } = await run(flags);
    assert.equal(code, 2);
    assert.match(stderr, /holds a run with other settings: move it away, or choose another --res/);
  });

  test('a run that fails ends all, with its own words', async () => {
    const program: RunProgram = async () => ({
      code: 1,
      stdout: '',
      lastWords: ['Warning: x', 'meta-plasticity: no space left'],
    });
    await assert.rejects(reproduce([...FLAGS, '--res', 'failed'], program), /^Error: FA, seed \d: no space left$/);
  });

  test('one that diverges is counted, not run again, and missing from there on', async () => {
    const flags = ['mine.json', ...SMALL, '--seeds', '1', '--episodes', '30', '--a', '1e200', '--res', 'diverged'];
    const { code, stdout } = await run(['reproduce', ...flags]);
    assert.equal(code, 0);
    assert.match(stdout, /FA \(1 seed; seed 1 diverged\)/);
    assert.match(stdout, /\| accuracy \| none \(of 0\/1\) +\|/);
    assert.match((await run(['reproduce', ...flags])).stdout, /2 runs, 2 of them done before/);
  });

  test('Ctrl-C stops the runs after their episode and says how to go on', async () => {
    const flags = [...FLAGS, '--res', 'interrupted', '--episodes', '2000'];
    const { child, ended } = start(['reproduce', ...flags], cwd);
    const poll = setInterval(() => {
      const lines = existsSync('interrupted/runs')
        ? listing('interrupted/runs').filter((file) => file.endsWith('params.txt'))
        : [];
      if (
        lines.length === 2 &&
        lines.every((file) => readFileSync(join('interrupted/runs', file), 'utf8').includes('Episode: 3'))
      ) {
        clearInterval(poll);
        child.kill('SIGINT');
      }
    }, 20);
    const { code, stderr } = await ended;
    clearInterval(poll);
    assert.equal(code, 130);
    assert.match(stderr, /Stopping the runs after their episode/);
    assert.match(stderr, /To go on: npx meta-plasticity reproduce mine\.json .*--episodes 2000\n$/);
    const folders = await findRuns('interrupted/runs');
    assert.equal(folders.length, 2);
    for (const folder of folders) {
      assert.ok(!existsSync(join(folder, 'lock')));
      assert.ok(existsSync(join(folder, 'meta_loss.png')), 'ended by itself');
    }
  });
});

test('a study of networks that learn: run once, not continued but begun anew where it stopped', async () => {
  const recipe = {
    title: 'Learning',
    flags: { command: 'learn', images: 12, every: 4, Q: 2 },
    runs: { A: { theta: { F0: 0.01 } }, B: { theta: { F0: 0.01, F2: -0.02 }, fbk: 'sym' } },
    draw: [{ column: 'accuracy' }],
    claims: [{ says: 'begins', measure: { run: 'A', column: 'accuracy', at: [0, 0] }, between: [0, 1] }],
  };
  writeFileSync('learning.json', JSON.stringify(recipe));
  const network = ['--database', 'images', '--dim', '4', '--layers', '16,5,3'];
  const flags = ['reproduce', 'learning.json', ...network, '--seeds', '2', '--jobs', '2', '--res', 'learned'];
  const first = await run(flags);
  assert.equal(first.stderr, '');
  assert.match(first.stdout, /\| begins: from 0 to 1 +\| A accuracy at 0-0 .*\| not comparable \|/);
  assert.match(readFileSync('learned/learning/learning.csv', 'utf8'), /^B,accuracy,12,/m);
  const [folder] = listing('learned/runs').filter((file) => /A-.*learn\.jsonl$/.test(file));
  const path = join('learned/runs', folder!);
  writeFileSync(path, `${readFileSync(path, 'utf8').split('\n')[0]}\n{"torn`);
  assert.match((await run(flags)).stdout, /4 runs, 3 of them done before/);
  assert.match((await run(flags)).stdout, /4 runs, 4 of them done before/);
  for (const [file, message] of [
    ['learn.jsonl', /Line 1 of .*learn\.jsonl is damaged \(it does not fit/],
    ['learn.json', /learn\.json is damaged \(its check does not fit/],
  ] as const) {
    const newest = listing('learned/runs').filter((name) => /A-.*seed-1\/.*learn\.jsonl$/.test(name));
    const damaged = join('learned/runs', newest.at(-1)!.replace('learn.jsonl', file));
    const text = readFileSync(damaged, 'utf8');
    writeFileSync(damaged, text.replace(/1/, '2'));
    assert.match((await run(flags)).stderr, message);
    writeFileSync(damaged, text);
  }
  const idle = await run([...flags, '--episodes', '3']);
  assert.equal(idle.code, 2);
  assert.match(idle.stderr, /--episodes must be left out: no run of this study has such a flag/);
});

test('claims about a term that is taken away: the runs are ablated once, and what is damaged is made again', async () => {
  const claims = [{ says: 'F2 gives something', measure: { run: 'A', ablate: 'F2' }, between: [-1, 1] }];
  const runs = { A: { vec: ['F2'], init: { F2: -0.1 } } };
  writeFileSync('ablated.json', JSON.stringify({ title: 'Ablated', flags: { episodes: 2 }, runs, claims }));
  const flags = ['reproduce', 'ablated.json', ...SMALL, '--seeds', '1', '--res', 'ablated'];
  const first = await run(flags);
  assert.match(first.stdout, /\nTaking terms away, 100 tasks a run: 1 due\n/);
  const [, gain] = /\| A accuracy that θ_2 gives (\S+) +\|/.exec(first.stdout)!;
  const [folder] = await findRuns('ablated/runs');
  const path = join(folder!, 'ablation/ablation.json');
  const [{ terms }] = JSON.parse(readFileSync(path, 'utf8')).runs;
  const mean = terms[0].gains.reduce((sum: number, gain: number) => sum + gain, 0) / 100;
  assert.ok(Math.abs(Number(gain) - mean) < 1e-4 && mean !== 0);
  assert.doesNotMatch((await run(flags)).stdout, /Taking terms away/);
  for (const damaged of ['{', readFileSync(path, 'utf8').replace(/"gains": \[\s*[-\d.]*/, '"gains": [1')]) {
    writeFileSync(path, damaged);
    assert.match((await run(flags)).stdout, /Taking terms away/);
  }
  const findings = 'ablated/ablated/findings.json';
  writeFileSync(findings, readFileSync(findings, 'utf8').replace('F2 gives', 'F3 gives'));
  await assert.rejects(
    studiesTable('ablated', () => ''),
    /findings\.json is damaged \(its check does not fit/,
  );
});

describe('the studies that come with the program', () => {
  test('are all there', () => {
    assert.deepEqual(studyNames(), [
      ...['fig1', 'fig3', 'fig4', 'fig5', 'fig7', 'fig8', 'figS1', 'figS1-digits', 'safeguards', 'table1'],
    ]);
  });

  for (const study of findStudies(['all'])) {
    test(`${study.name} is valid`, () => {
      const { runs } = planStudy(study, new Map());
      assert.ok(runs.size >= 2 && study.recipe.claims.length > 0);
      for (const { command, settings } of runs.values()) {
        const layers = layerCount(settings);
        const { rule } = command === 'train' ? buildRule(settings, layers) : buildFixedRule(settings, layers);
        assert.ok(rule.terms.length >= 1);
      }
    });
  }

  test('share the runs that they have in common', async () => {
    const started: string[] = [];
    const program: RunProgram = async (words) => {
      started.push(wordsOf(words, '--res').replace(/.*\//, ''));
      return { code: 0, stdout: '', lastWords: [] };
    };
    const five = SMALL.with(SMALL.indexOf('--layers') + 1, '16,5,5,5,5,3');
    const flags = ['fig3', 'fig5', 'fig7', 'fig8', ...five, '--seeds', '1', '--res', 'shared'];
    await reproduce(flags, program).catch(() => {});
    assert.deepEqual(started.map((name) => name.replace(/-[0-9a-f]{8}$/, '')).sort(), [
      'BP',
      'BP as main.py',
      'FA',
      'FA as main.py',
      'F_Oja',
      'F_bio',
      'F_eHebb',
    ]);
  });

  test('the flags of a run win over those of all, and the command line over both', () => {
    const recipe = { ...STUDY, flags: { lamb: 0.1, clip: 5 }, runs: { A: {}, B: { lamb: 0.2 } } } as const;
    const { runs: settings } = planStudy(
      { name: 'x', recipe: { ...recipe, draw: [], claims: [] } as never },
      new Map([['clip', { values: ['7'], flag: '--clip' }]]),
    );
    assert.deepEqual(
      [...settings].map(([name, { settings }]) => [
        name,
        ...('lamb' in settings ? [settings.lamb, settings.clip] : []),
      ]),
      [
        ['A', 0.1, 7],
        ['B', 0.2, 7],
      ],
    );
    assert.equal(runOptions.lamb.initial, 0);
  });
});

describe('refuses', () => {
  for (const [argv, message] of [
    [[], /reproduce needs a study: fig1, .* or all, or a JSON file/],
    [['fig33'], /There is no study 'fig33': did you mean fig3\?/],
    [['nothing.json'], /nothing\.json must be a readable file \(ENOENT\)/],
    [['broken.json'], /broken\.json is not a JSON file/],
    [['wrong.json'], /wrong\.json is not a study: title must be a text\./],
    [['unknown.json'], /Unknown option episode in flags of unknown: did you mean episodes\?/],
    [['typo.json'], /claims\[0\]\.measure of typo: A will have no 'angel 1': did you mean 'angle 1'\?/],
    [['theta.json'], /claims\[0\]\.measure of theta: A will have no 'theta F9': did you mean/],
    [['late.json'], /claims\[0\]\.measure of late: at must lie within 1 to 600 of A, not 601 to 700/],
    [['drawn.json'], /draw\[0\] of drawn: A will have no 'angles': did you mean/],
    [['fig3', '--fbk', 'sym'], /--fbk must be left out: it is what tells the runs of fig3 apart\./],
    [['fig3', '--seed', '3'], /Unknown option --seed: did you mean --seeds\?/],
    [['fig3', '--seeds', '0'], /--seeds must be a whole number from 1 to 10000, not '0'/],
    [['mine.json', '--database', 'images', '--dim', '4', '--M', '2', '--K', '50'], /--K plus --Q must be at most/],
  ] as const) {
    test(`reproduce ${argv.join(' ')}`, async () => {
      writeFileSync('broken.json', '{');
      writeFileSync('wrong.json', '{"runs":{"A":{}}}');
      const about = (measure: object) => ({ says: 'so', measure: { run: 'A', ...measure }, between: [0, 1] });
      for (const [name, rest] of Object.entries({
        typo: { claims: [about({ column: 'angel 1' })] },
        theta: { claims: [about({ column: 'theta F9' })] },
        late: { claims: [about({ column: 'loss', at: [601, 700] })] },
        drawn: { draw: [{ column: 'angles' }] },
      })) {
        writeFileSync(`${name}.json`, JSON.stringify({ title: name, runs: { A: {} }, ...rest }));
      }
      writeFileSync('unknown.json', JSON.stringify({ ...STUDY, flags: { episode: 3 } }));
      const { code, stdout, stderr } = await run(['reproduce', ...argv, '--res', 'refused', '--quiet']);
      assert.match(stderr, message);
      assert.deepEqual([code, stdout, existsSync('refused')], [2, '', false]);
    });
  }
});

test('--help fits 80 columns and names the studies', async () => {
  const { code, stdout } = await run(['reproduce', '--help']);
  assert.equal(code, 0);
  for (const line of stdout.split('\n')) assert.ok([...line].length <= 80, line);
  for (const name of studyNames()) assert.match(stdout, new RegExp(`^ +${name} `, 'm'));
});
