/** How each run was made, to be repeated. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { PageRun } from '../../page/data.js';
import { Copied } from '../shared/copied.js';

const AT_FIRST = 20;

export function Origin({ runs }: { runs: readonly PageRun[] }): JSX.Element {
  const [all, setAll] = useState(false);
  const shown = all ? runs : runs.slice(0, AT_FIRST);
  return (
    <section aria-labelledby="origin">
      <h2 id="origin">How it was made</h2>
      {shown.map((run) => (
        <details key={run.name} open={runs.length === 1}>
          <summary>{run.name}</summary>
          {run.command !== undefined && <Copied text={run.command} />}
          <dl>
            {Object.entries(run.origin).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
      {shown.length < runs.length && (
        <button type="button" onClick={() => setAll(true)}>
          All {runs.length}
        </button>
      )}
    </section>
  );
}
