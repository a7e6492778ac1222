import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { startChain } from '#dist/meta/chain.js';
import { decodeJournal, encodeRecord, JournalError } from '#dist/meta/journal.js';
import type { EpisodeRecord } from '#dist/meta/record.js';

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Three episodes of one coefficient. */
const records = [1, 2, 3].map((episode): EpisodeRecord => {
  const theta = [0.1 * episode];
  const state = { theta: [0.1 * (episode + 1)], m: [-2e-3], v: [4.5e-7], step: episode };
  const outcome = { loss: 1 / episode, accuracy: 0.25, gradient: [-0.5], angles: [80.5, 0], orthonormality: [3.25] };
  return { episode, theta, ...outcome, ms: 12.5, skipped: false, skips: { total: 0, inARow: 0 }, next: state };
});
const sealed = (list: readonly EpisodeRecord[], start = 'run', of = hash) => {
  const chain = startChain(of, start);
  return list.map((record) => chain.seal(encodeRecord(record)));
};
const lines = sealed(records);
const text = lines.join('');
const decode = (journal: string) => decodeJournal(journal, 1, { name: 'J', chain: startChain(hash, 'run') });
const refused = (journal: string, line: number) =>
  assert.throws(
    () => decode(journal),
    (error: Error) => error instanceof JournalError && error.message.startsWith(`Line ${line} of J is damaged (`),
  );

describe('a chain of lines', () => {
  test('reads back, and goes on from where it was read', () => {
    const chain = startChain(hash, 'run');
    assert.deepEqual(decodeJournal(lines[0]! + lines[1]!, 1, { chain }), records.slice(0, 2));
    assert.equal(chain.seal(encodeRecord(records[2]!)), lines[2]);
    assert.deepEqual(decode(text), records);
  });

  test('cut anywhere, the whole lines before the cut are read', () => {
    for (let end = 0; end <= text.length; end++) {
      const whole = text.slice(0, end).split('\n').length - 1;
      assert.deepEqual(decode(text.slice(0, end)), records.slice(0, whole));
    }
  });

  test('no flipped bit is believed: it is refused, or, where it breaks the last newline, its line is torn', () => {
    const bytes = Buffer.from(text);
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const journal = flipped.toString('utf8');
      if (bit >> 3 === bytes.length - 1) assert.deepEqual(decode(journal), records.slice(0, 2));
      else assert.throws(() => decode(journal), JournalError, `bit ${bit}`);
    }
  });

  test('a number that was changed, a line that was moved, doubled, left out or is of another run', () => {
    const [a, b, c] = lines as [string, string, string];
    const doubled = b.replace(/"m":\[-0.002\]/, '"m":[-0.004]');
    assert.notEqual(doubled, b);
    refused(a + doubled + c, 2);
    refused(b + a + c, 1);
    refused(a + c, 2);
    refused(a + a + b, 2);
    refused(a + b + encodeRecord(records[2]!), 3);
    const [first, second] = sealed(records, 'another run');
    refused(a + second + c, 2);
    refused(first! + second!, 1);
    // The same line after other lines, its episode's number and all.
    const [, other] = sealed([{ ...records[0]!, loss: 2 }, records[1]!]);
    refused(a + other + c, 2);
  });

  test('two runs of one seed differ in ms alone, which has a check of its own', () => {
    const again = sealed(records.map((record) => ({ ...record, ms: 7 })));
    const without = (journal: string) => journal.replace(/"ms":[^,]*,/g, '');
    assert.notEqual(again.join(''), text);
    assert.equal(without(again.join('')), without(text));
    refused(text.replace('"ms":12.5', '"ms":12'), 1);
  });

  test('without a chain checks are not looked at', () => {
    assert.deepEqual(decodeJournal(text, 1), records);
  });
});
