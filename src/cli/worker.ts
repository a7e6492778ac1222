/** The program as a worker: does the runs that it reads from stdin, one after the other, and ends when its stdin does. */
import { createInterface } from 'node:readline';
import { setFlagsFromString } from 'node:v8';
import type { Said } from '../sweep/workers.js';
import { main } from './cli.js';
import { Keep } from './keep.js';

setFlagsFromString('--semi-space-growth-factor=1'); // As main.ts.

const say = (said: Said) => process.stdout.write(`${JSON.stringify(said)}\n`);
// Who asked has gone; what it is at goes on from its journal.
process.stdout.on('error', () => process.exit(1));
process.stdin.on('end', () => process.exit());

const keep = new Keep();
for await (const request of createInterface(process.stdin)) {
  const { argv } = JSON.parse(request) as { argv: string[] };
  let [stdout, unfinished] = ['', ''];
  const code = await main(argv, {
    env: process.env,
    stdout: {
      write(text) {
        stdout += text;
      },
    },
    stderr: {
      write(text) {
        const lines = (unfinished + text).split('\n');
        unfinished = lines.pop()!;
        for (const line of lines) say({ line });
      },
    },
    keep,
  });
  say({ code, stdout });
}
