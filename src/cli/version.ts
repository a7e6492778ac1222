import { readFileSync } from 'node:fs';
import { describeEngines } from '../engine/create.js';

/** The package's version. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return String(version);
}

/** The version that makes results what they are, with the commit that was built, where it is known. */
export function codeVersion(): { version: string; commit?: string } {
  const version = packageVersion();
  try {
    const { commit } = JSON.parse(readFileSync(new URL('../commit.json', import.meta.url), 'utf8'));
    return typeof commit === 'string' ? { version, commit } : { version };
  } catch {
    return { version }; // Built without the stamp.
  }
}

/** What `--version` says; with `--verbose` also what there is to compute with. */
export async function versionText(verbose: boolean): Promise<string> {
  if (!verbose) return `${packageVersion()}\n`;
  const engines = (await describeEngines()).map((engine) => `Engine ${engine}\n`);
  return `${packageVersion()}\nNode ${process.version}\n${engines.join('')}`;
}
