import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { writeAtomically } from '#dist/files.js';

const folder = mkdtempSync(join(tmpdir(), 'atomic-'));
after(() => rmSync(folder, { recursive: true }));

describe('writeAtomically', () => {
  test('a reader at any moment sees one whole version', async () => {
    const path = join(folder, 'whole.txt');
    const versions = ['a', 'b', 'c'].map((letter) => letter.repeat(200_000));
    await writeAtomically(path, versions[0]!);
    let writing = true;
    const writes = Promise.all(Array.from({ length: 30 }, (_, i) => writeAtomically(path, versions[i % 3]!))).finally(
      () => {
        writing = false;
      },
    );
    let reads = 0;
    while (writing) {
      assert.ok(versions.includes(readFileSync(path, 'utf8')));
      reads++;
      await new Promise(setImmediate);
    }
    await writes;
    assert.ok(reads > 0);
    assert.deepEqual(readdirSync(folder), ['whole.txt']);
  });

  test('a write that fails leaves nothing behind', async () => {
    const taken = join(folder, 'taken');
    mkdirSync(join(taken, 'inside'), { recursive: true });
    await assert.rejects(writeAtomically(taken, 'x'));
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });
});
