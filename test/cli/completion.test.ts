import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { COMMANDS } from '#dist/cli/commands.js';
import { complete } from '#dist/cli/complete.js';
import { studyNames } from '#dist/cli/studies.js';
import { run, temporaryFolder } from './program.js';

const BINARY = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const names = [...Object.keys(COMMANDS), 'help'];

describe('what a word may become', () => {
  const cases: [string, readonly string[]][] = [
    ['', names],
    ['ex', ['export']],
    ['--fb', ['--fbk', '--fbk_term']],
    ['train --fb', ['--fbk', '--fbk_term']],
    ['--fbk ', ['fix', 'sym', 'dfa', 'sign', 'plastic']],
    ['--fbk s', ['sym', 'sign']],
    ['--fbk = s', ['sym', 'sign']],
    ['--fbk =', ['fix', 'sym', 'dfa', 'sign', 'plastic']],
    ['--fbk=s', ['--fbk=sym', '--fbk=sign']],
    ['--vec F2 bi', ['bio']],
    ['--database gl', ['glyphs']],
    ['--seed ', []],
    ['--quiet --q', []],
    ['--term_scale n', ['none']],
    ['help ru', ['rules']],
    ['data ', ['fetch', 'list', 'verify', 'sheet']],
    ['data sheet --database emnist-m', ['emnist-mnist']],
    ['reproduce ', [...studyNames(), 'all']],
    ['export DIR --to p', ['pytorch']],
    ['export --theta mean --theta', []],
    ['test DIR --from ', ['classes', 'images', 'all']],
    ['test ', []],
    ['learn --engine ', ['wasm', 'reference']],
    ['completion z', ['zsh']],
    ['nowhere --fbk s', ['sym', 'sign']],
    ['--constructor ', []],
  ];
  for (const [line, candidates] of cases)
    test(`'${line}'`, async () => assert.deepEqual(await complete(line.split(' ')), candidates));
});

test('prints a script for each shell, and refuses others', async () => {
  assert.match((await run(['completion'])).stdout, /^complete -o default -F _meta_plasticity meta-plasticity$/m);
  assert.match((await run(['completion', 'zsh'])).stdout, /^compdef _meta_plasticity meta-plasticity$/m);
  assert.match((await run(['completion', 'fish'])).stderr, /The shell of completion must be bash or zsh, not 'fish'/);
  assert.match(
    (await run(['completion', 'bash', 'zsh'])).stderr,
    /completion is for one shell at a time, not 'bash zsh'/,
  );
});

const bash = spawnSync('bash', ['--version']).status === 0;
test('in a real bash', { skip: bash ? false : 'there is no bash here' }, () => {
  const cwd = temporaryFolder();
  const program = join(cwd, 'meta-plasticity');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${BINARY}' "$@"\n`);
  chmodSync(program, 0o755);
  const script = `
    export PATH='${cwd}':"$PATH"
    meta-plasticity completion >> rc
    source ./rc
    complete -p meta-plasticity
    try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _meta_plasticity meta-plasticity; echo "\${COMPREPLY[*]}"; }
    try meta-plasticity comp
    try meta-plasticity --fbk = s
    try meta-plasticity data verify --database ''`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { cwd, encoding: 'utf8' });
  assert.equal(stderr, '');
  const [installed, commands, values, databases = ''] = stdout.split('\n');
  assert.match(installed!, /-F _meta_plasticity meta-plasticity/);
  assert.equal(commands, 'compare completion');
  assert.equal(values, 'sym sign');
  assert.ok(databases.split(' ').includes('glyphs'));
});
