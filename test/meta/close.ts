import assert from 'node:assert/strict';

/** Asserts that two lists agree to a relative tolerance. */
export function close(actual: readonly number[], expected: readonly number[], tolerance = 1e-13): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    const error = Math.abs(value - expected[i]!);
    assert.ok(
      error <= tolerance * Math.max(Math.abs(expected[i]!), 1e-300),
      `[${i}]: ${value}, expected ${expected[i]}`,
    );
  });
}
