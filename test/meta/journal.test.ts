import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeJournal, encodeRecord, JournalError } from '#dist/meta/journal.js';
import type { EpisodeRecord } from '#dist/meta/record.js';

/** Any double but -0, which JSON writes as 0. */
const double = fc.double().map((x) => x + 0);
const finite = fc.array(
  double.filter((x) => Number.isFinite(x)),
  { minLength: 2, maxLength: 2 },
);
const two = fc.array(double, { minLength: 2, maxLength: 2 });
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record<T>(model, { noNullPrototype: true });
const record = plain({
  episode: fc.constant(0),
  loss: double,
  accuracy: double,
  theta: two,
  gradient: two,
  angles: fc.array(double),
  orthonormality: fc.array(double),
  ms: double,
  skipped: fc.boolean(),
  skips: plain({ total: fc.nat(), inARow: fc.nat() }),
  next: plain({ theta: finite, m: finite, v: finite, step: fc.nat() }),
});
const journal = fc.array(record).map((list): EpisodeRecord[] => list.map((item, i) => ({ ...item, episode: i + 1 })));

const line = (episode: number, changes: object = {}) =>
  encodeRecord({
    episode,
    loss: 1,
    accuracy: 0,
    theta: [1],
    gradient: [1],
    angles: [],
    orthonormality: [],
    ms: 1,
    skipped: false,
    skips: { total: 0, inARow: 0 },
    next: { theta: [1], m: [1], v: [1], step: 1 },
    ...changes,
  });

describe('journal', () => {
  test('reads back every double, NaN and infinities too', () => {
    fc.assert(
      fc.property(journal, (records) => {
        assert.deepEqual(decodeJournal(records.map(encodeRecord).join(''), 2), records);
      }),
    );
  });

  test('a line is plain JSON', () => {
    assert.equal(JSON.parse(line(1, { loss: Number.NaN })).loss, 'NaN');
    assert.equal(JSON.parse(line(1, { angles: [Number.NEGATIVE_INFINITY, 0.1] })).angles[0], '-Infinity');
  });

  test('cut anywhere, the whole lines before the cut are read', () => {
    const text = line(1) + line(2) + line(3);
    for (let end = 0; end <= text.length; end++) {
      const whole = text.slice(0, end).split('\n').length - 1;
      assert.equal(decodeJournal(text.slice(0, end), 1).length, whole);
    }
  });

  const damaged: Record<string, [string, RegExp]> = {
    'a torn line in the middle': [`${line(1)}{"episode":2,"lo\n${line(3)}`, /^Line 2 of the journal is damaged/],
    'a torn last line that was ended': [`${line(1)}{"episode":2,"lo\n`, /^Line 2 /],
    'a missing episode': [line(1) + line(3), /^Line 2 .*episode 2 expected/],
    'an empty line': [`${line(1)}\n${line(2)}`, /^Line 2 /],
    'another number of terms': [line(1, { theta: [1, 2] }), /^Line 1 .*theta should hold 1 numbers/],
    'null for a number': [line(1, { loss: null }), /loss is not a number/],
    'a missing state': [line(1, { next: undefined }), /next is not an object/],
    'a state of NaN': [line(1, { next: { theta: [Number.NaN], m: [1], v: [1], step: 1 } }), /next.theta is not finite/],
    'no object': ['7\n', /the line is not an object/],
    'NUL bytes': [`${line(1)}\0\0\0\n`, /^Line 2 /],
  };
  for (const [what, [text, message]] of Object.entries(damaged)) {
    test(`refuses ${what}`, () => {
      assert.throws(
        () => decodeJournal(text, 1),
        (error) => error instanceof JournalError && message.test(error.message),
      );
    });
  }
});
