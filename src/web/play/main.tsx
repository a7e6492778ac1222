/** The playground: a rule to turn by hand while a network learns with it. */
import { type JSX, render } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { exportRule } from '../../export/export.js';
import { parseRule } from '../../plasticity/rule.js';
import { Copied } from '../shared/copied.js';
import type { Curve, Panel } from '../shared/curve.js';
import { download } from '../shared/files.js';
import { shown } from '../shared/numbers.js';
import { CurvePanel } from '../shared/panel.js';
import { Picture, tiled } from '../shared/picture.js';
import { Themed } from '../shared/theme.js';
import { startWorker } from './client.js';
import { Drawing } from './drawing.js';
import { Lessons } from './lessons.js';
import type { CourseAnswer } from './messages.js';
import { PRESETS } from './presets.js';
import {
  BETA,
  commandOf,
  FEEDBACKS,
  fromHash,
  layersOf,
  M,
  MOST,
  Q,
  ruleOf,
  type Setting,
  START,
  toHash,
} from './setting.js';
import { Sliders } from './sliders.js';
import 'uplot/dist/uPlot.min.css';
import '../shared/page.css';
import './play.css';

/** Milliseconds that a setting has to stay before networks learn with it. */
const PATIENCE = 150;
const SEEDS = 3;
const GHOSTS = ['FA', 'BP'] as const;

const client = startWorker();
const embedded = new URLSearchParams(location.search).get('embed') === '1';

function Playground({ themes }: { themes: JSX.Element }): JSX.Element {
  const [setting, setSetting] = useState(() => fromHash(location.hash));
  const [sizes, setSizes] = useState<Readonly<Record<string, number>>>({});
  const [course, setCourse] = useState<CourseAnswer>();
  const [before, setBefore] = useState<CourseAnswer>();
  const [problem, setProblem] = useState('');
  const [learned, setLearned] = useState(0);
  const ghosts = useGhosts(setting);
  const meta = useMetaLearning(setting, setSetting);
  const change = (part: Partial<Setting>) => {
    meta.stop();
    setSetting((old) => ({ ...old, ...part }));
  };
  useEffect(() => {
    client.ask({ kind: 'sizes' }).then(setSizes);
  }, []);
  useEffect(() => {
    history.replaceState(null, '', toHash(setting));
    let current = true;
    const timer = setTimeout(async () => {
      try {
        const answer = await client.ask({ kind: 'course', setting, seeds: SEEDS, keep: true });
        if (!current) return;
        setProblem('');
        setCourse((old) => {
          setBefore(old);
          return answer;
        });
        setLearned((n) => n + 1);
      } catch (error) {
        if (current) setProblem((error as Error).message);
      }
    }, PATIENCE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [setting]);

  return (
    <>
      <header>
        <h1>Learning rules for synapses: a playground</h1>
        <nav aria-label="Page">{themes}</nav>
        {!embedded && <Introduction />}
      </header>
      <main class="play">
        <section aria-labelledby="rule">
          <h2 id="rule">The rule</h2>
          <div class="presets">
            {PRESETS.map(({ name, why, setting: preset }) => (
              <button type="button" key={name} title={why} onClick={() => change(preset)}>
                {name}
              </button>
            ))}
          </div>
          <Why setting={setting} />
          <Sliders setting={setting} sizes={sizes} onChange={(theta) => change({ theta })} />
          <Own setting={setting} onChange={change} />
          <MetaLearning meta={meta} />
        </section>
        <section aria-labelledby="learning">
          <h2 id="learning">A network learns with it</h2>
          {problem !== '' && <p class="troubles">{problem}</p>}
          <BreakIt setting={setting} onChange={change} />
          <Charts {...{ course, before, ghosts, setting }} history={meta.history} />
          <h3>Draw a character</h3>
          <p class="hint">
            The network knows the five classes of its episode only, among 47 outputs: {'it has seen '}
            {setting.K} images of each.
          </p>
          <Drawing client={client} learned={learned} />
        </section>
      </main>
      {!embedded && <Lessons onSet={change} />}
      <Back setting={setting} />
    </>
  );
}

function Introduction(): JSX.Element {
  return (
    <div class="prose">
      <p>
        A brain learns by changing its synapses, and a synapse can only use what is there: the activity of the two
        neurons that it joins, and whatever signal of error reaches them. Backpropagation, by which artificial networks
        learn so well, needs more: an error that has come back through the very weights it is to change.
      </p>
      <p>
        Send the error back through <em>other</em>, random connections instead, and a shallow network still learns, but
        a deep one hardly. Are there terms that one could add to the rule, each of what a synapse knows, that make it
        learn all the same? Here a fresh network sees {M} kinds of handwritten characters, a few images of each, one
        after the other, and each time all of its synapses change by the sum of the terms that are switched on. Then it
        is asked about {M * Q} other images. The dashed curves are backpropagation (BP) and plain random feedback (FA).
      </p>
      <p>
        Which coefficients are good ones need not be guessed: <em>meta-learning</em> follows the gradient of that last
        test with respect to the coefficients themselves, through all that the network has learned, one new network and
        task after the other.
      </p>
    </div>
  );
}

function Why({ setting }: { setting: Setting }): JSX.Element | null {
  const same = PRESETS.find(
    ({ setting: { theta, feedback } }) =>
      feedback === setting.feedback && JSON.stringify(theta) === JSON.stringify(setting.theta),
  );
  return same ? (
    <p class="why">
      <b>{same.name}.</b> {same.why}
    </p>
  ) : null;
}

interface Changes {
  readonly setting: Setting;
  readonly onChange: (part: Partial<Setting>) => void;
}

function Own({ setting, onChange }: Changes): JSX.Element {
  const [text, setText] = useState(setting.own);
  const [fault, setFault] = useState('');
  const { own: _, ...others } = setting.theta;
  const add = (event: Event) => {
    event.preventDefault();
    try {
      if (text.trim() !== '') parseRule(['F0', `own = ${text}`]);
      setFault('');
      onChange(
        text.trim() === ''
          ? { own: '', theta: others }
          : { own: text, theta: { ...setting.theta, own: setting.theta.own ?? 0.001 } },
      );
    } catch (error) {
      setFault((error as Error).message);
    }
  };
  return (
    <form onSubmit={add} class="own">
      <label>
        A term of your own
        <input
          type="text"
          value={text}
          placeholder="y e_pre' - 0.5 W"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Set</button>
      {fault !== '' && (
        <p class="troubles" role="alert">
          {fault}
        </p>
      )}
    </form>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly least: number;
  readonly most: number;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

/** A whole number between two; what is none is the least. */
function NumberField({ label, least, most, value, onChange }: NumberFieldProps): JSX.Element {
  const read = (text: string) => Math.min(most, Math.max(least, Math.round(Number(text)) || least));
  return (
    <label>
      {label}
      <input
        type="number"
        min={least}
        max={most}
        value={value}
        onChange={(event) => onChange(read(event.currentTarget.value))}
      />
    </label>
  );
}

function BreakIt({ setting, onChange }: Changes): JSX.Element {
  const { depth, gain, K, seed, feedback } = setting;
  return (
    <div class="controls">
      <NumberField
        label="Hidden layers"
        least={1}
        most={MOST.depth}
        value={depth}
        onChange={(depth) => onChange({ depth })}
      />
      <NumberField label="Images a class" least={1} most={MOST.K} value={K} onChange={(K) => onChange({ K })} />
      <label>
        Initial weights ×
        <select value={String(gain)} onChange={(event) => onChange({ gain: Number(event.currentTarget.value) })}>
          {[...new Set([0.1, 0.3, 0.5, 1, 1.5, 2, 3, gain])].map((value) => (
            <option key={value} value={String(value)}>
              {value}
            </option>
          ))}
        </select>
      </label>
      <label>
        Feedback
        <select
          value={feedback}
          onChange={(event) => onChange({ feedback: FEEDBACKS.find((known) => known === event.currentTarget.value)! })}
        >
          <option value="fix">fixed random</option>
          <option value="sym">transposed weights</option>
          <option value="dfa">direct, random</option>
        </select>
      </label>
      <NumberField label="Seed" least={0} most={MOST.seed} value={seed} onChange={(seed) => onChange({ seed })} />
      <button type="button" onClick={() => onChange(START)}>
        Reset
      </button>
    </div>
  );
}

/** FA and BP on the same tasks and networks. */
function useGhosts({ depth, gain, K, seed }: Setting): readonly { name: string; course: CourseAnswer }[] {
  const [ghosts, setGhosts] = useState<readonly { name: string; course: CourseAnswer }[]>([]);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(async () => {
      const made: { name: string; course: CourseAnswer }[] = [];
      for (const name of GHOSTS) {
        const preset = PRESETS.find((one) => one.name === name)!.setting;
        const setting = { ...START, ...preset, depth, gain, K, seed };
        made.push({ name, course: await client.ask({ kind: 'course', setting, seeds: SEEDS, keep: false }) });
        if (!current) return;
      }
      setGhosts(made);
    }, 2 * PATIENCE);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [depth, gain, K, seed]);
  return ghosts;
}

interface ChartsProps {
  readonly course: CourseAnswer | undefined;
  readonly before: CourseAnswer | undefined;
  readonly ghosts: readonly { name: string; course: CourseAnswer }[];
  readonly setting: Setting;
  readonly history: readonly { episode: number; accuracy: number }[];
}

function Charts({ course, before, ghosts, history }: ChartsProps): JSX.Element {
  const xLabel = 'Training images';
  const accuracy = useMemo((): Panel => {
    const curve = (label: string, colour: number, dash: number, of: CourseAnswer): Curve => ({
      label,
      colour,
      dash,
      x: of.images,
      y: of.accuracy,
    });
    const curves = [
      ...(course ? [curve('this rule', 0, 0, course)] : []),
      ...(before ? [curve('the last one', 5, 2, before)] : []),
      ...ghosts.map(({ name, course }, i) => curve(name, i === 0 ? 4 : 1, 1, course)),
    ];
    return { title: 'Accuracy', xLabel, yLabel: 'accuracy', curves, reference: { y: 1 / M, label: 'chance' } };
  }, [course, before, ghosts]);
  const layered = (title: string, yLabel: string, first: number, of: 'angles' | 'orthonormality'): Panel => ({
    ...{ title, yLabel, xLabel },
    curves: (course?.[of] ?? []).map((y, i) => ({
      label: `layer ${i + first}`,
      colour: i,
      dash: Math.floor(i / 10),
      x: course!.images,
      y,
    })),
    ...(of === 'angles' && { reference: { y: 90, label: '90°' } }),
  });
  const angles = useMemo(() => layered('Angle of the errors to backpropagation’s', 'degrees', 1, 'angles'), [course]);
  const orthonormality = useMemo(() => layered('Orthonormality error', 'E', 1, 'orthonormality'), [course]);
  const meta = useMemo(
    (): Panel => ({
      ...{ title: 'Meta-learning', xLabel: 'Episode', yLabel: 'accuracy' },
      curves: [
        {
          label: 'accuracy',
          colour: 2,
          dash: 0,
          x: history.map(({ episode }) => episode),
          y: history.map(({ accuracy }) => accuracy),
        },
      ],
      reference: { y: 1 / M, label: 'chance' },
    }),
    [history],
  );
  const fields = useMemo(
    () => (course ? tiled(course.fields, { width: 28, height: 28, count: course.fields.length / 784 }, 8) : undefined),
    [course],
  );
  return (
    <>
      <p class="hint" role="status">
        {course
          ? `Mean of ${course.seeds} networks, accuracy at the end ${shown(course.accuracy.at(-1), 3)}.`
          : 'The first network is learning …'}
      </p>
      <div class="panels">
        <CurvePanel panel={accuracy} />
        <CurvePanel panel={angles} />
        <CurvePanel panel={orthonormality} log />
        {history.length > 0 && <CurvePanel panel={meta} />}
        {course && fields && (
          <figure class="panel">
            <figcaption>
              <h3>What neurons of layer 1 look for</h3>
            </figcaption>
            <Picture
              {...fields}
              zoom={1.2}
              colours="signed"
              label="weights of the first neurons of layer 1, blue positive, orange negative"
            />
            <p class="hint">Norm of each layer’s activity: {course.norms.map((norm) => shown(norm, 2)).join(', ')}</p>
          </figure>
        )}
      </div>
    </>
  );
}

/** Coefficients that follow the gradient, an episode at a time. */
function useMetaLearning(setting: Setting, setSetting: (change: (old: Setting) => Setting) => void) {
  const [running, setRunning] = useState(false);
  const [history, setHistory] = useState<readonly { episode: number; accuracy: number }[]>([]);
  const [problem, setProblem] = useState('');
  const started = useRef(false);
  const going = useRef(false);
  const one = async () => {
    try {
      const record = await client.ask({ kind: 'step', ...(!started.current && { from: setting }) });
      started.current = true;
      setHistory((old) => [...old, { episode: record.episode, accuracy: record.accuracy }]);
      setSetting((old) => {
        const names = ruleOf(old).rule.terms.map(({ name }) => name);
        return { ...old, theta: Object.fromEntries(names.map((name, i) => [name, record.next.theta[i]!])) };
      });
    } catch (error) {
      setProblem((error as Error).message);
      going.current = false;
    }
  };
  const start = async () => {
    going.current = true;
    setProblem('');
    setRunning(true);
    while (going.current) await one();
    setRunning(false);
  };
  const pause = () => {
    going.current = false;
  };
  const stop = () => {
    pause();
    started.current = false;
    setHistory([]);
  };
  return { running, history, problem, one, start, pause, stop };
}

function MetaLearning({ meta }: { meta: ReturnType<typeof useMetaLearning> }): JSX.Element {
  const { running, history, problem, one, start, pause } = meta;
  return (
    <div class="meta">
      <button type="button" onClick={running ? pause : start} aria-pressed={running}>
        {running ? 'Pause' : 'Meta-learn'}
      </button>
      <button type="button" disabled={running} onClick={one}>
        One episode
      </button>
      <span class="hint" role="status">
        {history.length === 0
          ? 'follows the exact gradient from where the sliders are'
          : `episode ${history.length}, accuracy ${shown(history.at(-1)!.accuracy, 2)}`}
      </span>
      {problem !== '' && <p class="troubles">{problem}</p>}
    </div>
  );
}

/** The ways back to the tool. */
function Back({ setting }: { setting: Setting }): JSX.Element {
  const save = () => {
    const { rule, theta } = ruleOf(setting);
    const source: [string, string][] = [
      ['Rule', `${rule.terms.map(({ name }) => name).join(' + ')}, set in the playground`],
      ['Network', `${layersOf(setting).join('-')}, softplus ${BETA}, feedback ${setting.feedback}`],
    ];
    const learned = { rule, theta, source, layers: layersOf(setting), beta: BETA, feedback: setting.feedback };
    download('rule.py', exportRule(learned, 'numpy'), 'text/x-python');
  };
  return (
    <footer>
      <h2>Take it with you</h2>
      <p>
        This command meta-learns from here, with the same engine
        {setting.gain === 1 ? '' : ' (it has no flag for the size of the initial weights)'}:
      </p>
      <Copied text={commandOf(setting)} />
      <button type="button" onClick={save}>
        Download rule.py
      </button>
      <p>The address of this page holds all that is set. Everything is computed here, in your browser.</p>
    </footer>
  );
}

render(<Themed>{(themes) => <Playground themes={themes} />}</Themed>, document.getElementById('app')!);
