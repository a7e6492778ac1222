#!/usr/bin/env node
import { main } from './cli.js';

for (const stream of [process.stdout, process.stderr]) {
  // Who read our output has gone (`| head`): the run goes on, for its results are in files.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
process.exitCode = await main(process.argv.slice(2), process);
