/** Whether README's program compiles in the package of somebody who has installed ours, strictly and with its types checked. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACKAGE = 'meta-plasticity';

/** Ways to compile; without `lib`, that of the target, with the DOM. */
const WAYS: Readonly<Record<string, object>> = {
  NodeNext: { module: 'NodeNext', moduleResolution: 'NodeNext', types: [] },
  Bundler: { module: 'ESNext', moduleResolution: 'Bundler', types: [] },
  'NodeNext with @types/node': { module: 'NodeNext', moduleResolution: 'NodeNext', types: ['node'], lib: ['ES2022'] },
  'Bundler with @types/node': { module: 'ESNext', moduleResolution: 'Bundler', types: ['node'], lib: ['ES2022'] },
};

/** Makes a user's package in an empty folder: ours as it is published, without any of its dependencies, and @types/node. */
export function makeUserPackage(folder: string): void {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(
    execFileSync(npm, pack, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, PACKAGE), { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, filename), '-C', join(modules, PACKAGE), '--strip-components=1']);
  const types = createRequire(import.meta.url).resolve('@types/node/package.json');
  mkdirSync(join(modules, '@types'));
  symlinkSync(dirname(types), join(modules, '@types', 'node'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  const [, program] = /```ts\n(.*?)```/s.exec(readFileSync(join(ROOT, 'README.md'), 'utf8'))!;
  writeFileSync(join(folder, 'program.ts'), program!);
}

/** What a compiler says of each of these ways to compile, nothing where all is well; `tsc` is the path of its program. */
export function compileUserProgram(folder: string, tsc: string, ways = Object.keys(WAYS)): Map<string, string> {
  return new Map(
    ways.map((way) => {
      const config = join(folder, `${way.replaceAll(/\W+/g, '-')}.json`);
      const compilerOptions = {
        target: 'ES2022',
        strict: true,
        exactOptionalPropertyTypes: true,
        noEmit: true,
        ...WAYS[way],
      };
      writeFileSync(config, JSON.stringify({ compilerOptions, files: ['program.ts'] }));
      const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
      return [way, status === 0 ? '' : `${stdout}${stderr}` || `exit code ${status}`];
    }),
  );
}
