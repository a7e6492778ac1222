import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { COMMANDS } from '#dist/cli/commands.js';
import { run } from './program.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

describe('every command', () => {
  for (const name of Object.keys(COMMANDS)) {
    test(`${name}: its name, --version and -v`, async () => {
      const [, load] = COMMANDS[name]!;
      assert.equal((await load()).name, name);
      for (const flag of ['--version', '-v']) {
        assert.deepEqual(await run([name, flag]), { code: 0, stdout: `${version}\n`, stderr: '' });
      }
      const { stdout } = await run([name, '--version', '--verbose']);
      assert.match(stdout, new RegExp(`^${version}\nNode .*\n(Engine .*\n)+$`));
    });

    test(`${name}: --help, -h and help ${name} fit 80 columns`, async () => {
      const { code, stdout, stderr } = await run([name, '--help']);
      assert.deepEqual([code, stderr], [0, '']);
      for (const line of stdout.split('\n')) assert.ok([...line].length <= 80, line);
      for (const flag of ['quiet', 'verbose', 'json', 'help', 'version'])
        assert.match(stdout, new RegExp(`^  --${flag} `, 'm'));
      assert.ok(stdout.startsWith(`  meta-plasticity ${name === 'train' ? '[train] [flags]' : name}`));
      for (const other of [
        [name, '-h'],
        ['help', name],
      ])
        assert.equal((await run(other)).stdout, stdout);
    });
  }

  test('help is that of training; train is what comes without a command', async () => {
    const { stdout } = await run(['train', '--help']);
    for (const argv of [['help'], ['--help'], ['-h'], ['help', '--fbk']])
      assert.equal((await run(argv)).stdout, stdout);
    assert.match((await run(['train', '--fbk', 'foo'])).stderr, /--fbk must be .*not 'foo'/);
  });
});
