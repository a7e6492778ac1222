/** `meta-plasticity play`: the playground, on this machine's own address or as a folder for a web server. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pageHtml } from '../page/html.js';
import { servePage } from '../page/server.js';
import { text, wholeNumber } from './checks.js';
import { command } from './command.js';
import { catchInterrupt, SIGNAL_EXIT_CODES } from './interrupt.js';
import { playManual } from './manual.js';
import { openInBrowser } from './open-file.js';
import { toggle, value } from './option.js';
import { checkFile, force, writeOut } from './out.js';
import { UsageError } from './usage-error.js';

const playground = () =>
  pageHtml('play', { title: 'Learning rules for synapses', data: {}, policy: ['worker-src blob:'] });

export const playCommand = command({
  name: 'play',
  options: {
    port: value('Page', 0, 'port on 127.0.0.1', wholeNumber(0, 65535), { initially: 'any that is free' }),
    open: toggle('Page', 'show it in the browser'),
    site: value('Page', undefined, 'folder to write the page into, as index.html, and end', text, {
      initially: 'none',
    }),
    force,
  },
  manual: playManual,
  async run({ values: { port, open, site, force }, io, terminal }) {
    if (site !== undefined) {
      const out = join(site, 'index.html');
      await checkFile({ out, force });
      await mkdir(site, { recursive: true });
      await writeOut(out, await playground());
      terminal.say(`Written: ${out}; any web server can serve it, and any browser opens it from disk.`);
      return { result: { out: resolve(out) } };
    }
    const server = await servePage({ page: playground }, port).catch(({ message }: Error) => {
      throw new UsageError(`--port must be free, not '${port}' (${message}).`);
    });
    terminal.say(`Playground: ${server.address} (Ctrl-C ends it)`);
    const problem = open ? await openInBrowser(server.address, io.env) : undefined;
    if (problem) terminal.warn(problem);
    const interruption = catchInterrupt(() => {});
    await new Promise((resolve) => interruption.abort.addEventListener('abort', resolve, { once: true }));
    interruption.stop();
    await server.close();
    return { exitCode: SIGNAL_EXIT_CODES[interruption.received()!] };
  },
});
