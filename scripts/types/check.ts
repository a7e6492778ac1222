/** `npm run types:published`: compiles a user's program with every minor version of TypeScript from 5.6 on. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileUserProgram, makeUserPackage } from './user-program.js';

const VERSIONS = ['5.6', '5.7', '5.8', '5.9', '6.0', '7.0'];

const folder = mkdtempSync(join(tmpdir(), 'types-'));
try {
  const user = join(folder, 'user');
  mkdirSync(user);
  makeUserPackage(user);
  for (const version of VERSIONS) {
    const prefix = join(folder, version);
    execFileSync('npm', ['install', '--silent', '--no-save', '--prefix', prefix, `typescript@~${version}.0`]);
    for (const [way, said] of compileUserProgram(user, join(prefix, 'node_modules', 'typescript', 'bin', 'tsc'))) {
      console.log(`TypeScript ${version}, ${way}: ${said || 'compiles'}`);
      if (said) process.exitCode = 1;
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
