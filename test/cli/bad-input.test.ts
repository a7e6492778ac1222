import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { imageFolder, listing, run, SMALL, start, temporaryFolder } from './program.js';

const cwd = temporaryFolder();
process.chdir(cwd);
imageFolder(cwd);
mkdirSync('empty');
writeFileSync('file', '');
writeFileSync('not.json', '{ "fbk": ');
writeFileSync('list.json', '["fbk"]');
writeFileSync('unknown.json', '{ "episods": 3 }');
writeFileSync('wrong.json', '{ "episodes": 2.5 }');
writeFileSync('object.json', '{ "episodes": { "a": 1 } }');
writeFileSync('null.json', '{ "episodes": null }');
writeFileSync('nested.json', '{ "config": "wrong.json" }');
writeFileSync('deep.json', `{ "vec": ${'['.repeat(100_000)}${']'.repeat(100_000)} }`);
for (const name of ['res', 'data_dir', 'database', 'test_name'])
  writeFileSync(`nul-${name}.json`, JSON.stringify({ [name]: 'a\0b' }));
writeFileSync('switch.json', '{ "quiet": "yes" }');
writeFileSync('twice.json', '{ "lr_meta": 1, "lrMeta": 2 }');
const before = listing(cwd);
/** Should a wrong value get through, nothing is downloaded, nor put into the user's cache. */
const env = { XDG_CACHE_HOME: `${cwd}-cache`, https_proxy: 'http://127.0.0.1:1' };

/** Command lines (split at spaces, or given as words) and the message; `small` ones get a small run's flags before. */
const wrong: [string | string[], RegExp][] = [
  // Numbers
  ['--episodes abc', /^--episodes must be a whole number of at least 1, not 'abc'\.$/],
  ['--episodes 0', /^--episodes .*'0'/],
  ['--episodes -5', /^--episodes .*'-5'/],
  ['--episodes 2.5', /^--episodes .*'2.5'/],
  ['--episodes NaN', /^--episodes .*'NaN'/],
  ['--episodes Infinity', /^--episodes .*'Infinity'/],
  ['--episodes 1e400', /^--episodes .*'1e400'/],
  ['--episodes 0x10', /^--episodes .*'0x10'/],
  ['--episodes=', /^--episodes .*''/],
  [['--episodes', ' '], /^--episodes .*' '/],
  ['--episodes 10 --episodes 20', /^--episodes must be given once, not 2 times \(10, 20\)/],
  ['--lr_meta 1e-3 --lrMeta 1e-4', /^--lr_meta must be given once/],
  ['--episodes', /^--episodes is given without a value/],
  ['--episodes --seed 1', /^--episodes is given without a value/],
  ['--seed -1', /^--seed must be a whole number of at least 0, not '-1'/],
  ['--seed one', /^--seed .*'one'/],
  ['--seed 9007199254740993', /^--seed /],
  ['--lr_meta 0', /^--lr_meta must be a number above 0, not '0'/],
  ['--lrMeta -1e-3', /^--lr_meta .*'-1e-3'/],
  ['--lr_meta nan', /^--lr_meta .*'nan'/],
  ['--lamb -1', /^--lamb must be a number of at least 0/],
  ['--a x', /^--a must be a number, not 'x'/],
  ['--beta 0', /^--beta must be a number above 0/],
  ['--clip -1', /^--clip must be a number above 0, off or auto, not '-1'/],
  ['--clip none', /^--clip .*'none'/],
  ['--l1 lasso', /^--l1 must be subgradient or proximal, not 'lasso'/],
  ['--avg_window 0', /^--avg_window must be a whole number of at least 1/],
  ['--avgWindow 1.5', /^--avg_window .*'1.5'/],
  ['--dim 0', /^--dim must be a whole number from 1 to 256/],
  ['--dim 1000', /^--dim .*'1000'/],
  ['--gpu_mode 2', /^--gpu_mode must be a whole number from 0 to 1/],
  ['--gpuMode yes', /^--gpu_mode .*'yes'/],
  ['--K 0', /^--K /],
  ['--Q 0', /^--Q /],
  ['--M 0', /^--M /],
  // Names
  ['--fbk foo', /^--fbk must be fix, sym, dfa, sign or plastic, not 'foo'/],
  ['--fbk sign', /^--engine must be reference or tensorflow for feedback 'sign', not 'wasm'/],
  ['--fbk FIX', /^--fbk .*'FIX'/],
  ['--engine tpu', /^--engine must be .*reference.*, not 'tpu'/],
  [
    '--database cifar',
    /^--database must be emnist, emnist-letters, .*, glyphs, mnist, fashion-mnist or a folder .*, not 'cifar'/,
  ],
  ['--database file', /^--database .*'file'/],
  ['--database empty', /^--database.*empty/],
  ['--data_dir nowhere', /^--data_dir must be an existing folder, not 'nowhere'/],
  ['--data_dir empty', /^--data_dir .*empty/],
  ['--res file', /^--res must be a folder that can be written to, not 'file' \(.*is not a folder\)/],
  ['--res file/below', /^--res .*'file\/below'/],
  ['--res=', /^--res /],
  ['--test_name ../up', /^--test_name must be the name of a folder below --res, not '\.\.\/up'/],
  ['--test_name /root', /^--test_name /],
  // The rule
  [
    '--vec 3',
    /^--vec must be .*1 \(F2 eHebb\), 2 \(F9 Oja\), F0, .*pool, bio, kp, textbook-oja, .* or tied-kp, not '3'/,
  ],
  ['--vec 1,2', /^--vec .* separated by spaces.*'1,2'/],
  ['--vec F10', /^--vec .*'F10'/],
  ['--vec', /^--vec is given without a value/],
  ['--vec constructor', /^--vec .*'constructor'/],
  ['--vec 1 foo', /^--vec .*'foo'/],
  [['--term', 'own = y e'], /^--term: .*own/],
  [['--term', "own = e_pre y'"], /^--term: .*pre x post/],
  [['--term', 'own = '], /^--term: /],
  [['--term', 'own = foo'], /^--term: .*foo/],
  [['--term', 'own = W W'], /^--term: /],
  [['--term', "own = y e_pre'", '--term', "own = e e_pre'"], /^--term: .*own.*twice/],
  [['--term', "F0 = y e_pre'"], /^--term: .*F0/],
  [['--term', '(oops'], /^--term: /],
  [['--term', `own = ${'('.repeat(20_000)}y`], /^--term: term 'own': a formula can have at most 5000 characters/],
  [['--term', `own = ${'('.repeat(2000)}y`], /^--term: term 'own': brackets .* nested at most 100 deep/],
  [['--term', `${'n'.repeat(90_000)} = y`], /^--term: a name can have at most 100 characters, not 90000/],
  [['--term', `a${' '.repeat(50_000)}b = y`], /^--term: a name can have at most 100 characters/],
  [['--term', "ow\x1b[31m\nn = y e_pre'"], /^--term: 'ow\\u001b\[31m\\nn' cannot name a term/],
  [['--term', "W = y e_pre'"], /^--term: 'W' cannot name a term: formulas use it already/],
  [['--term', "own = ypre e_pre'"], /^--term: .*: did you mean y_pre\?$/],
  [['--term', "own = c y e_pre'"], /^--term: .*; --learn c=0.5 makes it a constant that is learned$/],
  ['--term', /^--term is given without a value/],
  ['--init F2=-0.01', /^--init must be about a term of the rule \(F0\), not 'F2'/],
  ['--vec F2 --init F2', /^--init must be name=number pairs.*'F2'/],
  ['--vec F2 --init F2=x', /^--init .*'F2=x'/],
  ['--vec F2 --init F2=1 F2=2', /^--init must name a term once, not 'F2' twice/],
  ['--vec F2 --init F2=1 eHebb=2', /^--init must name a term once, not 'F2' again as 'eHebb'/],
  [['--vec', `F2${' '.repeat(50_000)}x`], /^--vec: a name can have at most 100 characters/],
  [['--init', `a${' '.repeat(50_000)}b=1`], /^--init: a name can have at most 100 characters/],
  [['--seed', `${'1'.repeat(60_000)}x`], /^--seed must be a whole number of at least 0, not '1{99}…'/],
  ['--vec F2@0', /^--vec: 'F2@0' does not say in which layers/],
  ['--vec F2@6', /^--vec: the term 'F2@6' is for layer 6, but the network has layers 1 to 5/],
  ['--vec F2 F2@2', /^--vec: the term 'F2' is given twice in layer 2/],
  ['--vec F10@2', /^--vec must be .*'F10@2'/],
  ['--layers 784,9,47 --vec F2@each F2@2', /^--vec: .*twice in layer 2/],
  [['--layers', '784,47', '--term', "own@2 = y e_pre'"], /^--term: .*'own@2' is for layer 2, .* only layer 1/],
  ['--activation swish', /^--activation must be softplus, relu, tanh, sigmoid or identity, not 'swish'/],
  ['--gain 0', /^--gain must be a number above 0, not '0'/],
  ['--tie B.F0', /^--tie must be name=name pairs, like B.F0=F0, not 'B.F0'/],
  ['--vec F2 --tie F2=F7', /^--tie: 'F2' cannot be tied to 'F7': that is no term with a coefficient of its own/],
  [
    ['--state', 'm = 0.9 m'],
    /^--state: the state 'm' could be of several shapes .*: adding \+ 0 y to the formula makes it post x 1/,
  ],
  [['--state', "m = y'"], /^--state: state 'm': "y'" is 1 x post, and no state can be that/],
  [['--state', 'y = y'], /^--state: 'y' cannot name a state: formulas use it already/],
  [['--term', "own = xi y_pre'"], /^--engine must be reference or tensorflow for formulas with xi, not 'wasm'/],
  ['--vec F2@2 --init F2@1=1', /^--init must be about a term of the rule \(F0 F2@2\), not 'F2@1'/],
  ['--vec F2@2 --init F2@=1', /^--init: 'F2@' does not say/],
  ['--vec F2@each --init F2@2=1 F2@each=2', /^--init must name a term once, not 'F2@2' again as 'F2@each'/],
  ['--init F0=1', /^--init must not name F0.*--a/],
  // Feedback that learns, and constants
  ['--fbk plastic --vec kp', /^--engine must be reference or tensorflow for feedback 'plastic', not 'wasm'/],
  ['--fbk plastic --engine reference', /^--fbk plastic needs a term that changes B: --vec kp, or --fbk_term/],
  ['--vec kp', /^--fbk must be plastic for terms that change B \(B.F0 B.F3\), not 'fix'/],
  [['--fbk_term', 'own = -B'], /^--fbk must be plastic for terms that change B \(B.own\)/],
  [['--fbk_term', 'own = y e'], /^--fbk_term: term 'B.own': cannot multiply/],
  [['--fbk_term', 'own = c B'], /^--fbk_term: term 'B.own': unknown name 'c'/],
  [['--fbk_term', '2 = B'], /^--fbk_term: 'B.2' cannot name a term/],
  [['--term', 'own = B - W'], /^--engine must be reference or tensorflow for formulas with B, not 'wasm'/],
  [['--term', 'own = B - W', '--fbk', 'dfa', '--engine', 'reference'], /^--fbk must not be dfa for a formula with B/],
  ['--fbk plastic --engine reference --vec kp --init kp=1', /^--init must be .*\(F0 F3 B.F0 B.F3\), not 'kp'/],
  ['--learn c=0', /^--learn: the constant 'c' is in no formula, or changes nothing there/],
  ['--learn c', /^--learn must be name=number pairs.*'c'/],
  ['--learn c=1 c=2', /^--learn must name a constant once, not 'c' twice/],
  ['--learn y=1', /^--learn: 'y' cannot name a constant: formulas use it already/],
  ['--learn F2=1', /^--learn: 'F2' cannot name a constant: a term has that name/],
  [['--term', "own = c y e_pre'"], /^--term: term 'own': unknown name 'c'/],
  [['--learn', 'own=1', '--term', "own = own y e_pre'"], /^--learn: 'own' cannot name a constant: a term has/],
  [['--learn', 'c=1', '--init', 'c=1', '--term', "own = c y e_pre'"], /^--init must be .*\(F0 own\), not 'c'/],
  ['--term_scale F5=0.1', /^--term_scale must be about a term of the rule \(F0\), not 'F5'/],
  ['--vec F5 --term_scale F5=0', /^--term_scale must be auto, none, or name=number pairs .* above 0, not 'F5=0'/],
  ['--vec F5 --term_scale auto F5=0.1', /^--term_scale .*'auto'/],
  ['--vec F9 --term_scale oja=0.1 F9=0.1', /^--term_scale must name a term once, not 'F9' again as 'F9'/],
  ['--parity --clip 10', /^--parity does as main\.py does, which --clip 10 contradicts: leave one of them out/],
  ['--parity --term_scale auto', /^--parity .* --term_scale auto contradicts/],
  ['--parity --l1 proximal', /^--parity .* --l1 proximal contradicts/],
  ['--parity --split 0.1 0', /^--parity .* --split 0.1 0 contradicts/],
  ['--parity --replacement=false', /^--parity .* --replacement false contradicts/],
  // Layers and tasks
  ['--layers abc', /^--layers .*'abc'/],
  ['--layers 784', /^--layers .*'784'/],
  [['--layers', Array(300).fill(4).join()], /^--layers must be at most 257 sizes, not '4,4/],
  ['--layers 784,0,47', /^--layers .*'784,0,47'/],
  ['--layers 784,-1,47', /^--layers .*'784,-1,47'/],
  ['--layers 784,1e9,47', /^--layers .* 65536/],
  ['small --layers 10,5,3', /^--layers must begin with 16 .*--dim 4.* and end with 3 .*, not '10,5,3'/],
  ['small --layers 16,5,4', /^--layers .* end with 3 .*'16,5,4'/],
  ['small --M 4', /^--M must be at most 3, the classes of .*, not '4'/],
  ['small --K 7', /^--K plus --Q must be at most 8, .*class \('c'\).*, not 7 \+ 2 = 9/],
  ['small --split 0.5 0 --M 3', /^--M must be at most 1, .* after --split 0.5 0/],
  [
    'small --split 0.99 0 --replacement',
    /^--split must leave a class to draw tasks from, but .*images after --split 0.99 0 has none/,
  ],
  ['small --split 0 0.5', /^--K plus --Q must be at most 4, .* after --split/],
  ['--split 0.5', /^--split must be two fractions .*'0.5'/],
  ['--split 0.5 1', /^--split .*'1'/],
  ['--split 0.1 0.1 0.1', /^--split /],
  ['--split -0.1 0', /^--split .*'-0.1'/],
  // Words
  ['--episods 3', /^Unknown option --episods: did you mean --episodes\?/],
  ['--lr-mate 3', /^Unknown option --lr-mate: did you mean --lr_meta\?/],
  ['--windspeed 3', /^Unknown option --windspeed: see --help/],
  ['--no-quiet', /^Unknown option --no-quiet/],
  ['-episodes 3', /^Unknown option/],
  ['--lr 1', /^Unknown option --lr: did you mean --lr_meta\?/],
  ['--v 1', /^Unknown option --v: see --help/],
  ['--constructor 1', /^Unknown option --constructor: see --help/],
  ['--toString', /^Unknown option --toString/],
  ['--__proto__=1', /^Unknown option --__proto__/],
  ['--firstImages=1', /^--first_images must be true or false, not '1'/],
  ['--first-images=yes', /^--first_images must be true or false, not 'yes'/],
  ['--first_images=', /^--first_images must be true or false, not ''/],
  ['--help=maybe', /^--help must be true or false, not 'maybe'/],
  ['--quiet=maybe', /^--quiet must be true or false, not 'maybe'/],
  ['train dat', /^Unexpected 'dat': train takes no words, and all else are --flags/],
  ['--quiet learn', /^Unexpected 'learn': the name of a command goes first/],
  ['help dat', /^Unexpected 'dat': did you mean the command data\?/],
  ['dat fetch', /^Unexpected 'dat': did you mean the command data\?/],
  // Files
  ['--config nowhere.json', /^--config must be a readable file, not 'nowhere.json' \(ENOENT\)/],
  ['--config empty', /^--config must be a readable file/],
  ['--config not.json', /^--config must be a JSON file, but 'not.json' is not/],
  ['--config list.json', /^--config must hold one JSON object/],
  ['--config unknown.json', /^Unknown option episods in unknown.json: did you mean episodes\?/],
  ['--config wrong.json', /^episodes in wrong.json must be a whole number of at least 1, not '2.5'/],
  ['--config object.json', /^episodes in object.json .*\{"a":1\}/],
  ['--config null.json', /^episodes in null.json .*null/],
  ['--config nested.json', /^config in nested.json/],
  ['--config deep.json', /^--config must be a JSON file, but 'deep.json' is not \(it is nested more than 100 deep\)/],
  ['--config nul-res.json', /^res in nul-res.json must be a name or path, not 'a\\u0000b'/],
  ['--config nul-data_dir.json', /^data_dir in nul-data_dir.json must be an existing folder, not 'a\\u0000b'/],
  ['--config nul-database.json', /^database in nul-database.json must be .*, not 'a\\u0000b'/],
  ['--config nul-test_name.json', /^test_name in nul-test_name.json must be the name of a folder .*, not 'a\\u0000b'/],
  ['--config switch.json', /^quiet in switch.json .*"yes"/],
  ['--config twice.json', /^lr_meta in twice.json must be given once/],
  ['--config', /^--config is given without a value/],
  ['--resume nowhere', /^--resume must be an existing folder, not 'nowhere'/],
  ['--resume empty', /^--resume must be the folder of a run, not '.*empty'/],
  // The data command
  ['data', /^data needs one action: fetch, list, verify or sheet/],
  ['data eat', /^The action of data .*'eat'/],
  ['data list more', /^Unexpected 'more': data takes one action/],
  ['data sheet --per_class 0', /^--per_class must be/],
  ['data verify --database nowhere', /^--database must be/],
  ['data verify --episodes 3', /^Unknown option --episodes/],
];

/** `small` stands for a small run's flags, but for those that the line gives itself. */
function words(line: string | string[]): string[] {
  if (Array.isArray(line)) return line;
  const [first, ...rest] = line.split(' ');
  if (first !== 'small') return [first!, ...rest];
  return [...SMALL.filter((_, i) => !rest.includes(SMALL[i - (i % 2)]!)), ...rest];
}

describe('wrong input is refused in one sentence, with exit code 2', () => {
  for (const [line, message] of wrong) {
    test(Array.isArray(line) ? line.join(' ') : line, async () => {
      const { code, stdout, stderr } = await run(words(line), { env });
      assert.equal(stdout, '');
      assert.match(stderr, /^meta-plasticity: .*\n$/);
      assert.match(stderr.slice('meta-plasticity: '.length, -1), message);
      assert.equal(code, 2);
    });
  }

  after(() => assert.deepEqual(listing(cwd), before, 'something was written'));
});

describe('the real program', () => {
  for (const line of ['--fbk foo', '--episodes', '--database cifar']) {
    test(line, async () => {
      const { code, stdout, stderr } = await start(line.split(' '), cwd).ended;
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, /^meta-plasticity: --\w+ .*\n$/);
      assert.deepEqual(listing(cwd), before);
    });
  }
});
