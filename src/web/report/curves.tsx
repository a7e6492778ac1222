/** The panels of curves, and what they have in common: grouping, smoothing, zoom. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { PageRun } from '../../page/data.js';
import { resetZoom } from '../shared/chart.js';
import { CurvePanel } from '../shared/panel.js';
import { differing, type Grouping, type PanelPlan, panelOf, planPanels, type RunGroup } from './groups.js';

export interface CurvesProps {
  readonly runs: readonly PageRun[];
  readonly groups: readonly RunGroup[];
  readonly grouping: Grouping;
  readonly onGrouping: (grouping: Grouping) => void;
}

/** Of more groups the faint lines would hide the others. */
const MOST_FAINT = 3;

export function Curves({ runs, groups, grouping, onGrouping }: CurvesProps): JSX.Element {
  const [smoothing, setSmoothing] = useState(10);
  const [raw, setRaw] = useState(groups.length <= MOST_FAINT);
  const plans = useMemo(() => planPanels(groups), [groups]);
  const banded = groups.some(({ tables }) => tables.length >= 4);
  return (
    <section aria-labelledby="curves">
      <h2 id="curves">Curves</h2>
      <div class="controls">
        {runs.length > 1 && (
          <label>
            Group by
            <select value={grouping} onChange={(event) => onGrouping(event.currentTarget.value)}>
              <option value="settings">settings, without the seed</option>
              <option value="run">nothing: each run</option>
              {differing(runs).map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Mean of
          <input
            type="range"
            min="1"
            max="100"
            value={smoothing}
            onInput={(event) => setSmoothing(Number(event.currentTarget.value))}
          />
        </label>
        <output>{smoothing}</output>
        <label>
          <input type="checkbox" checked={raw} onChange={(event) => setRaw(event.currentTarget.checked)} /> each faint
        </label>
        <button type="button" onClick={resetZoom}>
          Whole range
        </button>
      </div>
      <p class="hint">
        Drag over a stretch to zoom, double-click for the whole. A click on a name hides its curve.
        {banded && " Bands: where the mean of so many seeds lies, 98 %, Student's t."}
      </p>
      <div class="panels">
        {plans.map((plan) => (
          <Later key={plan.title}>{() => <GroupPanel {...{ plan, groups, smoothing, raw }} />}</Later>
        ))}
      </div>
    </section>
  );
}

interface GroupPanelProps {
  readonly plan: PanelPlan;
  readonly groups: readonly RunGroup[];
  readonly smoothing: number;
  readonly raw: boolean;
}

function GroupPanel({ plan, groups, smoothing, raw }: GroupPanelProps): JSX.Element {
  const panel = useMemo(() => panelOf(plan, groups, { smoothing, raw }), [plan, groups, smoothing, raw]);
  return (
    <div>
      <CurvePanel panel={panel} log={plan.log ?? false} />
      {plan.about && <p class="about">{plan.about}</p>}
    </div>
  );
}

/** What is far from the screen is made when it comes near. */
function Later({ children }: { children: () => JSX.Element }): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setNear(true),
      { rootMargin: '400px' },
    );
    observer.observe(place.current!);
    const all = () => setNear(true);
    addEventListener('beforeprint', all);
    return () => {
      observer.disconnect();
      removeEventListener('beforeprint', all);
    };
  }, []);
  return (
    <div class="later" ref={place}>
      {near ? children() : undefined}
    </div>
  );
}
