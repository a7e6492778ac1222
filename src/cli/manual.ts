import { COMMANDS } from './commands.js';
import type { Manual } from './help.js';
import type { Study } from './studies.js';

export const trainManual: Manual = {
  usage: [
    ['meta-plasticity [train] [flags]', 'meta-train a plasticity rule'],
    ...Object.entries(COMMANDS)
      .filter(([name]) => name !== 'train')
      .map(([name, [what]]) => [`meta-plasticity ${name}`, what] as const),
    ['meta-plasticity help COMMAND', "a command's flags and examples"],
  ],
  examples: [
    ['meta-plasticity --fbk sym', 'backpropagation, 600 episodes'],
    ['meta-plasticity --vec 1 2', 'F0 + F2 + F9, as in main.py'],
    ['meta-plasticity --vec F2@2 F9@each', 'F2 in layer 2; F9 in each, apart'],
    ["meta-plasticity --term 'own = y e_pre^T'", 'F0 and a term of your own'],
    ["… --learn c=0 --term 'own = (y - c one) e_pre^T'", 'the number c is learned too'],
    ['… --fbk plastic --vec kp --engine reference', 'B learns too (Kolen-Pollack)'],
    ['meta-plasticity --database glyphs', 'data without a download'],
    ['meta-plasticity --resume results/DIR', 'go on where a run stopped'],
  ],
  epilogue:
    'Names in a formula: y e z one (post-synaptic), y_pre e_pre one_pre (pre-synaptic), W, B, numbers, constants of --learn; ' +
    "a space or * is the matrix product, ' or ^T transposes, .* is element-wise, sum(x). A term is post x pre; " +
    'its value, times theta, is added to W after each training image: in all layers (F2, own), in some (F2@2, ' +
    'own@1,3), or in each with a coefficient of its own (F2@each). B. before a name (B.F0, B.own) means the feedback ' +
    'matrices: such a term changes B.',
};

export const drawManual: Manual = {
  usage: [['meta-plasticity draw FOLDER…', 'draw the figures of runs anew, in their folders']],
  examples: [
    ['meta-plasticity draw results/DIR --avg_window 50', 'smoother'],
    ['… --format pdf --size 332,260 --font_size 9', 'PDF, as wide as a column of 88 mm'],
  ],
  epilogue: 'Without a flag, figures are as the run itself was told.',
};

export const doctorManual: Manual = {
  usage: [['meta-plasticity doctor', 'engines, each checked on small episodes, GPU, cache, data, Slurm']],
  examples: [
    ['meta-plasticity doctor', 'what there is here'],
    ['… --engine tensorflow --gpu_mode 1', 'exit code 1 where these do not work'],
    ['… --data_dir FOLDER --json', 'EMNIST in that folder, for a script'],
  ],
  epilogue: 'What a flag names must work: else the exit code is 1. Without --database nothing is downloaded.',
};

export const completionManual: Manual = {
  usage: [['meta-plasticity completion [bash|zsh]', 'tab completion of commands, flags and their values']],
  examples: [
    ['meta-plasticity completion >> ~/.bashrc', 'bash, from the next shell on'],
    ['meta-plasticity completion zsh >> ~/.zshrc', 'zsh'],
  ],
  epilogue: 'It completes the command meta-plasticity, which must be on the PATH: npm link makes it so in a clone.',
};

export const dataManual: Manual = {
  usage: [
    ['meta-plasticity data fetch', 'download EMNIST, or make the glyphs'],
    ['meta-plasticity data list', 'data sets, and the files in the cache'],
    ['meta-plasticity data verify', 'check and describe a data set'],
    ['meta-plasticity data sheet', 'a PNG of images of each class'],
  ],
  examples: [
    ['meta-plasticity data fetch', 'EMNIST into the cache'],
    ['… verify --database FOLDER --invert', 'PNG files with black ink on white'],
  ],
  epilogue:
    'A FOLDER of your own holds one folder of PNG files per class, of any size and kind; links are followed. ' +
    'Wanted is light ink on a dark ground, as in EMNIST: --invert turns dark ink on white over. What is transparent ' +
    'is ground either way.',
};

export const rulesManual: Manual = {
  usage: [['meta-plasticity rules', 'formula, meaning and cost of terms']],
  examples: [
    ['meta-plasticity rules', 'the pool'],
    ['meta-plasticity rules --vec bio', 'the rule that the paper selects'],
    ["… --term 'own = y e_pre^T'", 'a term of your own beside it'],
  ],
  epilogue:
    'Cost is per layer and image. Every rule has the forward pass W y_pre; a term may need passes over W more ' +
    "(W'p backwards, W x forwards), e_0, the error at the pixels, and an update of some rank. " +
    'Terms together share what they have in common.',
};

export const exportManual: Manual = {
  usage: [['meta-plasticity export FOLDER', 'write the rule that a run has learned']],
  examples: [
    ['meta-plasticity export DIR --to numpy', 'to standard output'],
    ['… --to pytorch --out rule.py', 'to a file'],
    ['python rule.py', 'test it against the reference engine'],
  ],
};

export const reproduceManual = (studies: readonly Study[]): Manual => ({
  usage: [
    ['meta-plasticity reproduce STUDY…', 'run studies: figure, numbers, what the paper says and what comes out'],
    ...studies.map(({ name, recipe }) => [`  ${name}`, recipe.title] as const),
    ['  all', 'all of them; runs that they share are run once'],
    ['  FILE.json', 'a study of your own, written like <res>/fig3/fig3.json'],
  ],
  examples: [
    ['meta-plasticity reproduce fig3 --seeds 3', 'FA and BP, three seeds of each'],
    ['meta-plasticity reproduce all --jobs 2', 'everything, two runs at a time'],
    ['meta-plasticity reproduce fig5 --clip 10', 'a flag of training goes to every run'],
  ],
  epilogue:
    'Every run is an ordinary results folder below <res>/runs. What is done is kept: the same command goes on where it ' +
    'was stopped, and more --seeds or --episodes add to what is there. All flags of training are valid, but for those ' +
    'that tell the runs of a study apart.',
});

export const sweepManual: Manual = {
  usage: [
    ['meta-plasticity sweep --grid …', 'every combination of the values of flags, with every seed'],
    ['meta-plasticity sweep learn --grid …', 'the same of networks that learn with given coefficients'],
    ['meta-plasticity sweep STUDY', 'the runs of a study: its name, or a JSON or YAML file'],
    ['meta-plasticity sweep DIR', 'go on with the sweep in that folder'],
  ],
  examples: [
    ['… sweep --grid fbk=fix,sym --seeds 1..5', 'two rules, five seeds of each'],
    ["… --grid vec=none,bio,'F0 F9'", 'spaces between the terms of a rule'],
    ["… --grid 'layers=784,50,47;784,99,47'", '; between values that hold commas'],
    ['… --zip K=10,25,50 lr_meta=1e-3,2e-3,5e-3', 'values that go together'],
    ["… --exclude 'fbk=sym K=50'", 'but for these'],
    ['… --dry_run', 'what would be run, and how long it takes'],
  ],
  epilogue:
    'Every run is an ordinary results folder below <out>/runs, and <out>/sweep.json is the recipe. What is done is kept: the ' +
    'same command does what is missing or failed, and more values, seeds or --episodes add to what is there. All flags ' +
    'of training are valid, of learn after the word learn. Values: commas between them; ; where they hold commas (--layers, ' +
    '--term, F2@1,3), also behind a lone one; a JSON list for all else: term=["a = …", ["b = …", "c = …"]].',
};

export const compareManual: Manual = {
  usage: [['meta-plasticity compare DIR…', 'runs in and below these folders, seeds of equal settings together']],
  examples: [['meta-plasticity compare results', 'all runs below results']],
};

export const collectManual: Manual = {
  usage: [['meta-plasticity collect DIR…', 'results in and below these folders as one table, a row a run']],
  examples: [
    ['meta-plasticity collect results --out runs.parquet', 'all runs below results'],
    ['… --episodes', 'a row an episode'],
  ],
  epilogue:
    'Columns, always in this order: id (of equal settings, and the seed), command, seed, every setting, outcome, accuracy, loss, ' +
    'theta_F0 …, constant_c …, angle_0 …, orthonormality_1 …, seconds, folder. Numbers of a run are means over its last ' +
    '100 episodes, of coefficients over the last 50; of learn its last measurement, of test means over runs and tasks.',
};

export const reportManual: Manual = {
  usage: [
    [
      'meta-plasticity report DIR…',
      'a page of the runs in and below these folders: one file, to open from disk or to mail',
    ],
  ],
  examples: [
    ['meta-plasticity report results --open', 'all runs below results, in the browser'],
    ['… report results/DIR --out mine.html', 'one run'],
  ],
  epilogue:
    'Runs and studies write such a page (report.html) by themselves, without pictures. It needs no network and fetches nothing. ' +
    'It has no paths of this machine, but the names of your folders and your formulas.',
};

export const liveManual: Manual = {
  usage: [['meta-plasticity live DIR…', 'the report of these folders, on 127.0.0.1, that follows runs as they go on']],
  examples: [
    ['meta-plasticity live results --open', 'in the browser'],
    ['meta-plasticity --vec bio --live', 'beside a run, as long as it goes on'],
  ],
  epilogue:
    'It looks into the folder once a second, so that a cluster may write to it. Nobody but this machine can see the page, which only ' +
    'reads: through `ssh -L 8000:127.0.0.1:8000` it can be seen from elsewhere.',
};

export const playManual: Manual = {
  usage: [['meta-plasticity play', 'the playground, on 127.0.0.1: everything is computed in the browser']],
  examples: [
    ['meta-plasticity play --open', 'in the browser'],
    ['meta-plasticity play --site public', 'a folder that any web server can serve'],
  ],
  epilogue: 'With ?embed=1 behind its address the page leaves its text out. For a class of one hour: docs/TEACHING.md.',
};

export const learnManual: Manual = {
  usage: [['meta-plasticity learn', 'one network learns all classes of a data set online, with fixed coefficients']],
  examples: [
    ['meta-plasticity learn --theta F0=0.0029', 'feedback alignment, 8000 images'],
    ['… --theta F0=0.01 F9=0.004 --database emnist-mnist', 'with Oja, digits'],
  ],
  epilogue:
    'The rule has the terms that --theta names, and those of --term, which --theta must name too, as it must the constants of ' +
    'formulas (c=0.2). Results: learn.jsonl ' +
    '(a line per measurement), learn.csv, learn.svg and learn.png (what is drawn), learn.json (what was run).',
};

export const testManual: Manual = {
  usage: [['meta-plasticity test RESULTS_DIR…', 'learned rules, frozen, on tasks that they were not trained on']],
  examples: [
    ['meta-plasticity test results/DIR', "the classes that the run's --split held out"],
    ['meta-plasticity test results/A results/B --database emnist-mnist --M 5 9', 'two rules, another data set'],
    ['meta-plasticity test results/DIR --K 200', 'more steps than trained on'],
  ],
  epilogue:
    'Runs with equal settings but for their seed are one curve: mean over runs and tasks, which are the same for all runs, with ' +
    "its 98 % band over both (Student's t). EMNIST's data sets share images: those that a run was trained on are left out, and " +
    'counted, where its data is at hand.',
};

export const ablateManual: Manual = {
  usage: [
    [
      'meta-plasticity ablate RESULTS_DIR…',
      'sets each learned coefficient to 0, the others kept, and says what is lost',
    ],
  ],
  examples: [
    ['meta-plasticity ablate results/DIR', 'each term in turn, 300 tasks'],
    ['meta-plasticity ablate results --only F3 F9', 'two terms, of all runs below results'],
  ],
  epilogue:
    "Tasks are those of the run's own data, from the classes that --split held out where it did; the same network, images " +
    'and order with and without the term. Effect: the coefficient times the mean norm of its term while the network learns. ' +
    'Of four runs and more with equal settings, bands are over the runs, else over the tasks. Results: ablation.md, ablation.json.',
};
