/** The report page. */
import { type JSX, render } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { PageData } from '../../page/data.js';
import { readPageData } from '../shared/data.js';
import { Themed } from '../shared/theme.js';
import { Curves } from './curves.js';
import { type Grouping, groupsOf } from './groups.js';
import { Origin } from './origin.js';
import { Rules } from './rule.js';
import { filtered, Runs } from './runs.js';
import { Pictures } from './tasks.js';
import 'uplot/dist/uPlot.min.css';
import '../shared/page.css';

/** Milliseconds after the last key until curves follow the filter: the table follows at once. */
const PATIENCE = 200;

function Report({ data, themes }: { data: PageData; themes: JSX.Element }): JSX.Element {
  const { title, notes, runs: all, digits, block } = data;
  const [filter, setFilter] = useState('');
  const [grouping, setGrouping] = useState<Grouping>('settings');
  const listed = useMemo(() => filtered(all, filter), [all, filter]);
  const drawn = useLater(listed, PATIENCE);
  const groups = useMemo(() => groupsOf(all, grouping), [all, grouping]);
  const drawnGroups = useMemo(() => {
    if (drawn.length === all.length) return groups;
    const kept = new Set(drawn);
    return groups.flatMap((group) => {
      const keep = group.members.map((run) => kept.has(run));
      if (!keep.includes(true)) return [];
      return [
        { ...group, members: group.members.filter((_, i) => keep[i]), tables: group.tables.filter((_, i) => keep[i]) },
      ];
    });
  }, [groups, drawn, all]);
  const troubles = all.filter(({ trouble }) => trouble.length > 0);
  return (
    <>
      <header>
        <h1>{title}</h1>
        <nav aria-label="Parts of the report">
          <a href="#curves">Curves</a>
          <a href="#rule">Rule</a>
          <a href="#runs">Runs</a>
          <a href="#origin">How it was made</a>
          {themes}
        </nav>
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        {troubles.length > 0 && <Troubles runs={troubles} />}
      </header>
      <main>
        {all.length === 0 && <p>No run has an episode yet; this page follows.</p>}
        <Curves runs={all} groups={drawnGroups} {...{ grouping }} onGrouping={setGrouping} />
        <Rules groups={drawnGroups} />
        <Runs {...{ all, groups, filter }} runs={listed} onFilter={setFilter} />
        <Pictures runs={drawn} />
        <Origin runs={listed} />
      </main>
      <footer>
        {digits !== undefined &&
          `Curves are kept with ${digits} digits${block > 1 ? ` and as means of ${block} episodes` : ''} here; the journals have them whole, and ends in the table are whole. `}
        Made by meta-plasticity; this file needs nothing else.
      </footer>
    </>
  );
}

function Troubles({ runs }: { runs: PageData['runs'] }): JSX.Element {
  const shown = runs.slice(0, 5);
  return (
    <ul class="troubles">
      {shown.map(({ name, trouble }) => (
        <li key={name}>
          {name}: {trouble.join(' ')}
        </li>
      ))}
      {runs.length > shown.length && <li>{runs.length - shown.length} more runs with trouble: see the table.</li>}
    </ul>
  );
}

/** A value when it has stayed the same for a while. */
function useLater<T>(value: T, patience: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), patience);
    return () => clearTimeout(timer);
  }, [value, patience]);
  return settled;
}

/** The report of a file, or of a server that goes on telling what has changed. */
function Page({ first, themes }: { first: PageData; themes: JSX.Element }): JSX.Element {
  const [data, setData] = useState(first);
  const [listening, setListening] = useState(true);
  useEffect(() => {
    if (!first.live) return;
    const events = new EventSource(`events?since=${first.revision ?? 0}`);
    events.onopen = () => setListening(true);
    events.onerror = () => setListening(false);
    events.onmessage = ({ data }) => setData((before) => merged(before, JSON.parse(data) as PageData));
    return () => events.close();
  }, [first]);
  const state = first.live && (
    <span class="live" role="status">
      {listening ? '● live' : '○ it has ended'}
    </span>
  );
  return (
    <Report
      data={data}
      themes={
        <>
          {themes}
          {state}
        </>
      }
    />
  );
}

/** What was known, with what is new; by the runs' names. */
function merged(before: PageData, news: PageData): PageData {
  const runs = new Map([...before.runs, ...news.runs].map((run) => [run.name, run]));
  const sorted = [...runs.values()].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
  return { ...before, ...news, runs: sorted };
}

readPageData<PageData>().then((first) =>
  render(<Themed>{(themes) => <Page {...{ first, themes }} />}</Themed>, document.getElementById('app')!),
);
