// Writes dist/commit.json: the commit that was built, `-dirty` behind it where files were changed; null outside a clone.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const cwd = new URL('..', import.meta.url);
const git = (...words) =>
  execFileSync('git', words, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
let commit = null;
try {
  // A copy of the sources within somebody else's repository has no commit of its own.
  if (git('rev-parse', '--show-prefix') === '')
    commit = git('describe', '--always', '--dirty', '--abbrev=40', '--exclude=*');
} catch {}
writeFileSync(new URL('../dist/commit.json', import.meta.url), `${JSON.stringify({ commit })}\n`);
