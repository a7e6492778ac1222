/** `meta-plasticity live`: the report of runs that go on, on this machine's own address. */
import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PageRun } from '../page/data.js';
import { pageHtml } from '../page/html.js';
import { reportData } from '../page/report.js';
import { servePage } from '../page/server.js';
import { watchRuns } from '../page/watch.js';
import { wholeNumber } from './checks.js';
import { command } from './command.js';
import { catchInterrupt, SIGNAL_EXIT_CODES } from './interrupt.js';
import { liveManual } from './manual.js';
import { openInBrowser } from './open-file.js';
import { toggle, value } from './option.js';
import { pageRun } from './page-run.js';
import { RUN_FOLDERS } from './read-runs.js';
import { commonFolder } from './run-report.js';
import { UsageError } from './usage-error.js';

/** Milliseconds from one look into the folder to the next. */
const INTERVAL = 1000;

export const liveCommand = command({
  name: 'live',
  options: {
    port: value('Page', 0, 'port on 127.0.0.1', wholeNumber(0, 65535), { initially: 'any that is free' }),
    open: toggle('Page', 'show it in the browser'),
  },
  manual: liveManual,
  words: RUN_FOLDERS,
  async run({ words, values: { port, open }, io, terminal }) {
    const folders = words.map((word) => resolve(word));
    for (const [i, folder] of folders.entries())
      if (!(await stat(folder).catch(() => undefined))?.isDirectory())
        throw new UsageError(`live needs folders, but there is no folder '${words[i]}'.`);
    const common = folders.length > 1 ? commonFolder(folders) : folders[0]!;
    const pages = new Map<string, { page: PageRun; revision: number }>();
    let revision = 0;
    const title = words.join(', ');
    const since = (after: number) => {
      const { runs, ...rest } = reportData({ title, runs: [...pages.values()].map(({ page }) => page) });
      return { ...rest, revision, runs: runs.filter(({ name }) => pages.get(name)!.revision > after) };
    };
    const page = () =>
      pageHtml('report', { title, data: { ...since(-1), live: true }, policy: ["connect-src 'self'"] });
    const watch = watchRuns(
      folders,
      (run) => {
        const name = relative(common, run.folder).replaceAll('\\', '/') || '.';
        pages.set(name, { page: pageRun(run, name), revision: ++revision });
      },
      (sentence) => terminal.warn(sentence),
    );
    await watch.look();
    const server = await servePage({ page, since }, port).catch(({ message }: Error) => {
      throw new UsageError(`--port must be free, not '${port}' (${message}).`);
    });
    terminal.say(`Live: ${server.address} (Ctrl-C ends it)`);
    const problem = open ? await openInBrowser(server.address, io.env) : undefined;
    if (problem) terminal.warn(problem);
    const interruption = catchInterrupt(() => {});
    const look = async () => {
      const before = revision;
      await watch.look();
      if (revision > before) server.send(since(before));
    };
    while (!interruption.abort.aborted) {
      await sleep(INTERVAL, undefined, { signal: interruption.abort }).catch(() => {});
      await look();
    }
    interruption.stop();
    await server.close();
    return { exitCode: SIGNAL_EXIT_CODES[interruption.received()!] };
  },
});
