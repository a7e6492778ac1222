import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Matrix } from '#dist/engine/reference/matrix.js';
import { errors, feedbackOf, forward, step } from '#dist/engine/reference/step.js';
import { copyOf } from '#dist/engine/reference/table.js';
import { EXPORT_TARGETS, exportRule } from '#dist/export/export.js';
import type { LearnedRule } from '#dist/export/learned.js';
import { FEEDBACK } from '#dist/network/feedback.js';
import { initialLimit } from '#dist/network/initialise.js';
import { feedbackShapes, type MatrixShape, matrixShapes } from '#dist/network/layers.js';
import { GROUPS, POOL } from '#dist/plasticity/pool.js';
import { changesB, layerPrograms, ruleUsesB } from '#dist/plasticity/rule.js';
import { temporaryFolder } from '../cli/program.js';
import { noise } from '../engine/random-episode.js';
import { formula, formulaWith } from '../plasticity/formulas.js';
import { LAYERS, learnedRule } from './learned.js';
import { pythonWith, runPython } from './python.js';

const POOL_NAMES = POOL.map(({ name }) => name);
/** What the algebra can come to and the pool does not. */
const ODD = [
  "p = (y .* e) (y_pre .* e_pre - 2 one_pre)'",
  "r = (W W' y) e_pre' + sum(one) z y_pre'",
  "d = (y' e) W - 0.5 W",
  "n = 0 (y y_pre')",
];

const RULES: Record<string, LearnedRule> = {
  F0: learnedRule(['F0']),
  decay: learnedRule(['F3']),
  nothing: learnedRule(["n = 0 (y y_pre')"]),
  bio: learnedRule(['F0', 'F2', 'F9']),
  pool: learnedRule(POOL_NAMES),
  sym: learnedRule(POOL_NAMES, { feedback: 'sym', beta: 3 }),
  odd: learnedRule(['F0', ...ODD]),
  placed: learnedRule(['F0@1,3', 'F2@each', 'F9@3']),
  bare: learnedRule(['F9@2']),
  dfa: learnedRule(['F0', 'F2', 'F9'], { feedback: 'dfa' }),
  sign: learnedRule(['F0', 'F2@2'], { feedback: 'sign' }),
  signB: learnedRule(['F0', 'own = B - (y y^T) B'], { feedback: 'sign' }),
  fixB: learnedRule(['F0', 'own = B - W + (B y_pre) e_pre^T'], { feedback: 'fix' }),
  symB: learnedRule(['F0', "own = (B e_pre) y_pre'"], { feedback: 'sym' }),
  kp: learnedRule(['F0', ...GROUPS.kp!], { feedback: 'plastic' }),
  both: learnedRule(['F0@1', 'own@2,3 = W - B', 'B.swap@each = W', "B.own@2 = (B (W' e)) y_pre'"], {
    feedback: 'plastic',
  }),
  still: learnedRule(['F0'], { feedback: 'plastic' }),
  homeo: learnedRule(['F0', "homeo = e (e_pre - c one_pre)' - c c W", "B.own = d e y_pre'"], { feedback: 'plastic' }, [
    'c',
    'd',
  ]),
};
fc.sample(fc.tuple(formulaWith('W', 'B'), formulaWith('W', 'B')), { numRuns: 20, seed: 12 }).forEach((texts, i) => {
  const random = learnedRule([`own = ${texts[0]}`, `B.own = ${texts[1]}`, 'F0'], { feedback: 'plastic' });
  RULES[`plastic${i}`] = { ...random, theta: [1e-3, -1e-3, 1e-2] };
});
// Random formulas can come to any size: small coefficients keep a step tame.
fc.sample(formula, { numRuns: 40, seed: 11 }).forEach((text, i) => {
  const random = learnedRule([`own = ${text}`, 'F0']);
  RULES[`random${i}`] = { ...random, theta: [1e-3, 1e-2] };
});

const folder = temporaryFolder();
const LIBRARY = { numpy: 'numpy', pytorch: 'torch' } as const;

/** Imports every rule, runs its self-test and one step on what the test made, alone and as a batch. */
const DRIVER = `
import importlib, json, sys
import numpy as np
sys.path.insert(0, ".")
task = json.load(sys.stdin)
torch = None
if sys.argv[1] == "torch":
    import torch
array = (lambda v: torch.tensor(v, dtype=torch.float64)) if torch else np.array
flat = lambda both: both[0] + both[1] if isinstance(both, tuple) else both
results = {}
for name, data in task["rules"].items():
    rule = importlib.import_module(name)
    arrays = lambda key: [array(m) for m in data[key]]
    alone = []
    for x, target in zip(data["x"], data["target"]):
        W = arrays("W")
        y = rule.forward(W, array(x))
        B = rule.signed(W, arrays("B")) if hasattr(rule, "signed") else arrays("B")
        told = [W, B] if data["usesB"] else [W]
        e = rule.errors(B, y, array(target))
        both = lambda result: [m.tolist() for m in (result[0] + result[1] if data["plastic"] else result)]
        changes = both(rule.changes(*told, y, e))
        alone.append({"y": [v.tolist() for v in y], "e": [v.tolist() for v in e], "changes": changes,
                      "updated": both(rule.update(*told, y, e))})
    W = arrays("W")
    B = rule.signed(W, arrays("B")) if hasattr(rule, "signed") else arrays("B")
    told = [W, B] if data["usesB"] else [W]
    y = rule.forward(W, array(data["x"]))
    batch = both(rule.changes(*told, y, rule.errors(B, y, array(data["target"]))))
    initial = [flat(rule.initialise(seed, (5, 4, 30, 3))) for seed in (1, 1, 2)]
    assert flat(rule.initialise(1))[0].shape == (4, 5)
    results[name] = {"self_test": rule.self_test(), "alone": alone, "batch": batch,
                     "initial": [[m.tolist() for m in matrices] for matrices in initial]}
json.dump(results, sys.stdout)
`;

type Rows = number[][];
interface Outcome {
  readonly self_test: number;
  /** `updated` and `changes`: of all W, then of all B where they learn. */
  readonly alone: { y: Rows; e: Rows; updated: Rows[]; changes: Rows[] }[];
  readonly batch: Rows[];
  /** W, then B, of networks of seeds 1, 1 and 2. */
  readonly initial: Rows[][];
}

const rows = ({ rows, columns, data }: Matrix): Rows =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);

/** A network and three images. */
function networkFor({ feedback }: LearnedRule) {
  const draw = noise(5);
  const matrices = (shapes: readonly MatrixShape[]) =>
    shapes.map(({ rows, columns }) => {
      const data = Float64Array.from({ length: rows * columns }, () => draw());
      return new Matrix(rows, columns, data);
    });
  const W = matrices(matrixShapes(LAYERS));
  const B = feedback === 'sym' ? W : matrices(feedbackShapes(LAYERS, feedback));
  const inputs = [0, 1, 2].map(() => Float64Array.from({ length: LAYERS[0]! }, () => Math.abs(draw())));
  return { W, B, inputs, labels: [0, 1, 2] };
}

/** By the reference engine: y, e and the matrices after each image alone. */
function reference(
  { rule, theta, beta, feedback }: LearnedRule,
  { W, B, inputs, labels }: ReturnType<typeof networkFor>,
) {
  const network = { layers: LAYERS, beta, feedback };
  const states = W.map((w, l) => ({ vectors: {}, matrices: B === W ? { W: w } : { W: w, B: B[l]! } }));
  return inputs.map((input, i) => {
    const after = states.map(copyOf);
    const shown = { input, label: labels[i]! };
    const activity = forward(network, W, shown);
    const e = errors(feedbackOf(network, states), activity, labels[i]!, 0, FEEDBACK[feedback].direct);
    step(network, layerPrograms(rule, W.length), Float64Array.from(theta), shown, states, after);
    const learned = changesB(rule) ? (['W', 'B'] as const) : (['W'] as const);
    return {
      y: activity.y.map((v) => [...v]),
      e: e.map((v) => [...v]),
      updated: learned.flatMap((name) =>
        after.map(({ matrices }) => rows((matrices as Record<string, Matrix>)[name]!)),
      ),
    };
  });
}

/** Shapes as in the engines, entries within their limits and up to near them, and the same again from the same seed only. */
function assertInitial([first, again, other]: Rows[][], { feedback }: LearnedRule, name: string): void {
  const shapes = [...matrixShapes([5, 4, 30, 3]), ...feedbackShapes([5, 4, 30, 3], feedback)];
  assert.deepEqual(
    first!.map((matrix) => [matrix.length, matrix[0]!.length]),
    shapes.map(({ rows, columns }) => [rows, columns]),
    name,
  );
  for (const [i, matrix] of first!.entries()) {
    const entries = matrix.flat().map((entry) => entry / initialLimit(shapes[i]!));
    const largest = Math.max(...entries.map(Math.abs));
    assert.ok(largest <= 1 + 1e-6 && largest > 0.6 && Math.min(...entries) < 0, `${name}: ${largest}`);
    assert.ok(Math.abs(entries.reduce((sum, entry) => sum + entry / entries.length, 0)) < 0.6, name);
  }
  assert.equal(new Set(first!.map(String)).size, shapes.length, name);
  assert.deepEqual(again, first, name);
  assert.notDeepEqual(other, first, name);
}

function assertClose(actual: unknown, expected: unknown, message: string): void {
  const [a, b] = [[actual].flat(4) as number[], [expected].flat(4) as number[]];
  assert.equal(a.length, b.length, message);
  const scale = Math.max(1, ...b.map(Math.abs));
  const worst = Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
  assert.ok(worst <= 1e-11 * scale, `${message}: ${worst} apart`);
}

for (const target of ['numpy', 'pytorch'] as const) {
  const library = LIBRARY[target];
  const python = pythonWith(library);
  describe(`export to ${target}`, { skip: python === undefined && `needs a python3 with ${library}` }, () => {
    const modules = join(folder, target);
    mkdirSync(modules);
    const networks = Object.entries(RULES).map(([name, learned]) => {
      writeFileSync(join(modules, `${name}.py`), exportRule(learned, target));
      return [name, networkFor(learned)] as const;
    });

    test('every rule does what the reference engine does, alone and averaged over a batch', () => {
      const task = networks.map(([name, { W, B, inputs, labels }]) => [
        name,
        {
          W: W.map(rows),
          B: B.map(rows),
          usesB: ruleUsesB(RULES[name]!.rule),
          plastic: changesB(RULES[name]!.rule),
          x: inputs.map((x) => [...x]),
          target: labels.map((label) => [0, 1, 2].map((i) => Number(i === label))),
        },
      ]);
      const input = JSON.stringify({ rules: Object.fromEntries(task) });
      const { status, stdout, stderr } = runPython(python!, DRIVER, [library], modules, input);
      assert.equal(status, 0, stderr);
      const results = JSON.parse(stdout) as Record<string, Outcome>;
      for (const [name, network] of networks) {
        const { self_test, alone, batch, initial } = results[name]!;
        assertInitial(initial, RULES[name]!, name);
        const expected = reference(RULES[name]!, network);
        assert.ok(self_test <= 1e-12, `${name}: ${self_test}`);
        expected.forEach(({ y, e, updated }, i) => {
          assertClose(alone[i]!.y, y, `${name}: y of image ${i}`);
          assertClose(alone[i]!.e, e, `${name}: e of image ${i}`);
          assertClose(alone[i]!.updated, updated, `${name}: matrices after image ${i}`);
        });
        const mean = batch.map((matrix, l) =>
          matrix.map((row, r) =>
            row.map((_, c) => alone.reduce((sum, { changes }) => sum + changes[l]![r]![c]! / 3, 0)),
          ),
        );
        assertClose(batch, mean, `${name}: batch`);
      }
    });

    test('run as a program it says the largest error; a wrong coefficient ends in exit code 1', () => {
      const text = exportRule(RULES.bio!, target);
      for (const [file, coefficient] of [
        ['wrong.py', '0.0301'],
        ['nan.py', 'float("nan")'],
      ] as const) {
        const wrong = text.replace('"F9": 0.03,', `"F9": ${coefficient},`);
        assert.notEqual(wrong, text);
        writeFileSync(join(modules, file), wrong);
      }
      const run = `
import runpy, sys
for file in sys.argv[1:]:
    try:
        runpy.run_path(file, run_name="__main__")
    except SystemExit as end:
        print(end.code)
`;
      const { stdout } = runPython(python!, run, ['bio.py', 'wrong.py', 'nan.py'], modules);
      const said = 'largest error against the reference engine: ';
      assert.match(stdout, new RegExp(`^${said}\\d(\\.\\d)?(e-1[67])?\n0\n${said}\\d\\S*e-0\\d\n1\n${said}nan\n1\n$`));
    });
  });
}

describe('export', () => {
  const python = pythonWith('sys');
  test('what is written for JAX is Python', { skip: python === undefined && 'needs python3' }, () => {
    for (const [name, learned] of Object.entries(RULES))
      writeFileSync(join(folder, `${name}.py`), exportRule(learned, 'jax'));
    const program = 'import py_compile, sys\nfor f in sys.argv[1:]: py_compile.compile(f, doraise=True)';
    const files = Object.keys(RULES).map((name) => `${name}.py`);
    const { status, stderr } = runPython(python!, program, files, folder);
    assert.equal(status, 0, stderr);
  });

  test('JAX and NumPy differ in names only', () => {
    const [jax, numpy] = (['jax', 'numpy'] as const).map((target) =>
      exportRule(RULES.odd!, target)
        .replaceAll('jnp.', 'np.')
        .split('\n')
        .filter((line) => !/^import|softmax|jax|rng/.test(line)),
    );
    const [only] = [numpy!.filter((line) => !jax!.includes(line))];
    assert.deepEqual(only, ['    p = np.exp(z - z.max(-1, keepdims=True))', '    return p / p.sum(-1, keepdims=True)']);
  });

  test('comments stay comments, whatever the run was called', () => {
    const text = exportRule({ ...RULES.bio!, source: [['Run', 'a\nimport os\r\u2028b\0']] }, 'numpy');
    assert.match(text, /^# Run {2}a\\nimport os\\r\\u2028b\\u0000$/m);
  });

  test('what a foreign file says is no code, in whatever encoding', {
    skip: pythonWith('numpy') === undefined && 'needs a python3 with numpy',
  }, () => {
    const code = 'import pathlib; pathlib.Path("executed").touch()';
    const lines = [`\n${code}`, `\\n${code}\\n#`, `\\u000a${code}\\u000a#`, `\r${code}`, `"""\\n${code}\\n"""`];
    for (const encoding of ['unicode_escape', 'raw_unicode_escape', 'utf_7']) {
      const said = [`-*- coding: ${encoding} -*-`, ...lines, `+AAo-${code}+AAo-`].join(' ');
      const source = ['Rule', 'Theta', 'Run', `Data coding=${encoding}`].map((name) => [name, said] as const);
      writeFileSync(join(folder, 'hostile.py'), exportRule({ ...RULES.homeo!, source }, 'numpy'));
      const program = 'import runpy; runpy.run_path("hostile.py", run_name="__main__")';
      const { status, stdout, stderr } = runPython(pythonWith('numpy')!, program, [], folder);
      assert.equal(status, 0, stderr);
      assert.match(stdout, /^largest error/);
      assert.ok(!existsSync(join(folder, 'executed')), encoding);
    }
  });

  test('names of all objects are names like any other', () => {
    const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty'] as const;
    const [a, b, c, d] = names;
    const learned = learnedRule([`${a} = (${c} y) e_pre' - ${d} W`, `${b} = y y_pre'`], {}, [c, d]);
    for (const target of EXPORT_TARGETS) {
      const text = exportRule(learned, target);
      for (const name of names) assert.match(text, new RegExp(`\\b${name}\\b`), `${name} in ${target}`);
      assert.doesNotMatch(text, /native code|undefined/);
    }
    assert.match(exportRule(learned, 'latex'), /\\mathrm\{valueOf\} \\mathbf\{y\}/);
  });

  test('a step that is not finite is refused', () => {
    const endless = learnedRule(["big = 1e300 y y_pre'"], { theta: [1e300] });
    assert.throws(() => exportRule(endless, 'numpy'), /RangeError: .* is not finite/);
  });

  test("JSON holds the program, the coefficients and the step's inputs", () => {
    const document = JSON.parse(exportRule(RULES.bio!, 'json'));
    assert.deepEqual(
      document.terms.map(({ name, theta }: { name: string; theta: number }) => [name, theta]),
      RULES.bio!.rule.terms.map(({ name }, i) => [name, RULES.bio!.theta[i]]),
    );
    const [{ layers, ...program }] = document.programs;
    assert.deepEqual(layers, [1, 2, 3]);
    assert.deepEqual(program, RULES.bio!.rule.program);
    assert.equal(document.golden.after.length, document.golden.W.length);
    const { W, B } = document.network.initial;
    assert.deepEqual(W[0], { rows: 4, columns: 5, limit: Math.sqrt(6 / 9) });
    assert.deepEqual(B, W);
    const direct = JSON.parse(exportRule(RULES.dfa!, 'json')).network.initial;
    assert.deepEqual(direct.B[0], { rows: 3, columns: 5, limit: Math.sqrt(6 / 8) });
    assert.equal(JSON.parse(exportRule(RULES.sym!, 'json')).network.initial.B, undefined);
  });
});

describe('export of a rule that differs between layers', () => {
  test('a function for each kind of layer', () => {
    const text = exportRule(learnedRule(['F0', 'F9@2']), 'numpy');
    assert.match(text, /^def rule_1\(.*\n.*\(layers 1, 3\)/m);
    assert.match(text, /^def rule_2\(.*\n.*\(layer 2\)/m);
    assert.match(text, /^rules = \[rule_1, rule_2, rule_1\]/m);
  });

  test('an equation for each kind of layer', () => {
    const text = exportRule(learnedRule(['F0', 'F9@2']), 'latex');
    const [first, second] = text.split('\\Delta').slice(1);
    assert.match(first!, /theta_\{0\}.* && \\ell = 1, 3 \\\\/);
    assert.doesNotMatch(first!, /theta_\{9\}/);
    assert.match(second!, /theta_\{0\}(.|\n)*theta_\{9\}\^\{\(2\)\}(.|\n)* && \\ell = 2\n/);
  });

  test('a network of one layer needs one function', () => {
    const one = { ...learnedRule(['F0@1']), layers: [5, 3] };
    assert.match(exportRule(one, 'numpy'), /^def rule\((.|\n)*R_e = (.|\n)*rule\(W\[l\]/m);
    const everywhere = { ...learnedRule(['F0']), layers: [5, 3] };
    assert.deepEqual(JSON.parse(exportRule(one, 'json')).golden, JSON.parse(exportRule(everywhere, 'json')).golden);
  });

  test('JSON tells which layers run which program', () => {
    const { programs } = JSON.parse(exportRule(learnedRule(['F0', 'F9@2']), 'json'));
    assert.deepEqual(
      programs.map(({ layers }: { layers: number[] }) => layers),
      [[1, 3], [2]],
    );
  });
});

describe('export to latex', () => {
  const equation = (terms: string[]) => exportRule(learnedRule(terms), 'latex');

  test("the paper's notation", () => {
    const text = equation(['F0', 'F9', "own_2 = (2 y) (y_pre .* e_pre)' + sum(y) W"]);
    for (const line of [
      '={}& - \\theta_{0} \\mathbf{e}_{\\ell} \\mathbf{y}_{\\ell-1}^{\\top} \\\\',
      '& + \\theta_{9} \\left( \\mathbf{y}_{\\ell} \\mathbf{y}_{\\ell-1}^{\\top} - \\left( \\mathbf{y}_{\\ell} \\mathbf{y}_{\\ell}^{\\top} \\right) \\mathbf{W}_{\\ell-1,\\ell} \\right) \\\\',
      '& + \\theta_{\\mathrm{own\\_2}} \\left( ',
      '\\left( \\mathbf{y}_{\\ell-1} \\odot \\mathbf{e}_{\\ell-1} \\right)^{\\top} + \\operatorname{sum}\\left( \\mathbf{y}_{\\ell} \\right) \\mathbf{W}_{\\ell-1,\\ell} \\right)',
      '\\theta_{9} &= -0.02 \\\\',
    ])
      assert.ok(text.includes(line), `${line}\nin\n${text}`);
  });

  test('how a network starts', () => {
    const start = (name: string) => exportRule(RULES[name]!, 'latex').split('\n').at(-2)!;
    const W = '\\mathbf{W}_{\\ell-1,\\ell}';
    const rest = ' are initially uniform on $\\pm\\sqrt{6 / (m + n)}$, for a matrix of $m$ rows and $n$ columns.';
    assert.equal(start('sym'), `The entries of $${W}$${rest}`);
    const and = `The entries of $${W}$ and, independently of them, of `;
    assert.equal(start('bio'), `${and}$\\mathbf{B}_{\\ell-1,\\ell}$${rest}`);
    assert.equal(start('dfa'), `${and}$\\mathbf{D}_{\\ell}$${rest}`);
  });

  test('brackets and environments close, and no line of a formula is without its symbols', () => {
    fc.assert(
      fc.property(formula, (text) => {
        const latex = equation([`own = ${text}`]);
        const count = (what: RegExp) => latex.match(what)?.length ?? 0;
        assert.equal(count(/\\left\(/g), count(/\\right\)/g));
        assert.equal(count(/\{/g), count(/\}/g));
        assert.equal(count(/\\begin/g), count(/\\end/g));
        assert.doesNotMatch(latex, /undefined|- -|\+ -/);
      }),
      { numRuns: 100, seed: 7 },
    );
  });
});
