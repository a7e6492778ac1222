/** The built command as a whole process: what it takes from the first line of node to its last figure. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface CommandCost {
  /** Seconds until the first line of the journal, and until the end. */
  readonly firstLine: number;
  readonly seconds: number;
  /** Most memory that was ever resident, in MiB. */
  readonly megabytes: number;
}

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/**
 * Loaded before the command; tells at its end what the process has used. On Linux by the high-water mark of its own
 * memory: maxRSS there is at least that of the process that started it.
 */
const reporter = `data:text/javascript,${encodeURIComponent(`
  import { existsSync, readFileSync } from 'node:fs';
  const status = '/proc/self/status';
  const most = () => existsSync(status)
    ? /VmHWM:\\s*(\\d+)/.exec(readFileSync(status, 'utf8'))[1]
    : process.resourceUsage().maxRSS;
  process.on('exit', () => process.stderr.write('most resident ' + most()));
`)}`;

/** Runs `meta-plasticity` with these flags in a folder of its own. */
export async function runCommand(flags: readonly string[]): Promise<CommandCost> {
  const folder = mkdtempSync(join(tmpdir(), 'command-'));
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', reporter, main, ...flags, '--quiet', '--res', folder]);
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  let firstLine = Number.NaN;
  const watch = setInterval(() => {
    if (Number.isNaN(firstLine) && hasJournal(folder)) firstLine = (performance.now() - start) / 1000;
  }, 5);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watch);
  const seconds = (performance.now() - start) / 1000;
  rmSync(folder, { recursive: true });
  const kilobytes = /most resident (\d+)/.exec(said)?.[1];
  if (code !== 0 || kilobytes === undefined) throw new Error(`the command ended with ${code}: ${said}`);
  return { firstLine, seconds, megabytes: Number(kilobytes) / 1024 };
}

/** Is there a line in the run's journal? */
function hasJournal(folder: string): boolean {
  for (const run of readdirSync(folder)) {
    const file = join(folder, run, 'journal.jsonl');
    if (existsSync(file) && statSync(file).size > 0) return true;
  }
  return false;
}
