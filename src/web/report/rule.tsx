/** What was learned: the rules as mathematics, and what each term does. */
import type { JSX } from 'preact';
import { TermFormula } from '../shared/formula.js';
import { shownBand } from '../shared/numbers.js';
import { colourVariable } from '../shared/palette.js';
import { Scroll } from '../shared/scroll.js';
import { endOf, type RunGroup } from './groups.js';

export function Rules({ groups }: { groups: readonly RunGroup[] }): JSX.Element {
  return (
    <section aria-labelledby="rule">
      <h2 id="rule">What was learned</h2>
      {groups.slice(0, MOST).map((group) => (
        <LearnedRule key={group.name} group={group} alone={groups.length === 1} />
      ))}
      {groups.length > MOST && (
        <p class="hint">
          The first {MOST} of {groups.length} groups; filter the runs below to see others.
        </p>
      )}
    </section>
  );
}

const MOST = 8;

function LearnedRule({ group, alone }: { group: RunGroup; alone: boolean }): JSX.Element | null {
  const { terms } = group.members[0]!;
  if (terms.length === 0) return null;
  return (
    <div class="rule">
      {!alone && (
        <h3>
          <i class="swatch" style={{ background: colourVariable(group.colour) }} /> {group.name}
        </h3>
      )}
      <Scroll label={`terms of ${group.name}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Term</th>
              <th scope="col">Change of the weights</th>
              <th scope="col">Coefficient{group.tables.length > 1 ? `, mean of ${group.tables.length} runs` : ''}</th>
              <th scope="col">What it does</th>
            </tr>
          </thead>
          <tbody>
            {terms.map(({ name, formula, description, initial }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>
                  <TermFormula {...{ name, formula }} />
                </td>
                <td class="number" title={`at first ${initial}`}>
                  {shownBand(endOf(group, `theta ${name}`))}
                </td>
                <td class="words">{description ?? 'A term of your own.'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}
