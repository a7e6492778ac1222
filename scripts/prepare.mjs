/**
 * npm runs this in a clone after an install: it builds. Where the compilers were left out (NODE_ENV=production, --omit=dev)
 * they are installed too, unless what they make is there already.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const has = (path) => existsSync(new URL(`../${path}`, import.meta.url));

function npm(...words) {
  const { status } = spawnSync('npm', words, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
}

const compilers = ['typescript', 'assemblyscript', '@types/node'];
if (!compilers.every((name) => has(`node_modules/${name}/package.json`))) {
  if (has('dist/cli/main.js')) process.exit();
  console.error('The build needs the development packages, which this install leaves out: installing them too.');
  npm('install', '--include=dev', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund');
}
npm('run', 'build');
