/** The Pythons of this machine that have a library, to run what is exported. */
import { spawnSync } from 'node:child_process';

/** A Python that can import `library`; undefined where there is none. */
export function pythonWith(library: string): string | undefined {
  return ['python3', '/usr/bin/python3', 'python'].find(
    (python) => spawnSync(python, ['-c', `import ${library}`], { stdio: 'ignore', timeout: 60_000 }).status === 0,
  );
}

/** Runs a program of text; returns its standard output. */
export function runPython(python: string, program: string, argv: readonly string[], cwd: string, input = '') {
  const { status, stdout, stderr } = spawnSync(python, ['-c', program, ...argv], {
    cwd,
    input,
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}
