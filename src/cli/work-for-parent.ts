import { Thread } from '../engine/thread.js';

/**
 * What a child process does: once it reads a word on stdin a thread answers the request, and what comes of it is said on
 * stderr. It ends undone when stdin does, as when the parent is gone, or after that many seconds, whatever it is at.
 * @param problem what a failure's sentence begins with.
 */
export function workForParent(program: URL, request: string, problem: string, seconds: number): void {
  const thread = new Thread<string, string>(program);
  // Native code does not stop for anything less.
  const stop = () => process.kill(process.pid, 'SIGKILL');
  const leave = () => process.exit();
  process.stdin.on('error', stop).once('end', leave);
  process.stdin.once('data', async () => {
    process.stdin.off('end', leave).once('end', stop);
    const limit = setTimeout(() => {
      process.stderr.write(`${problem}: it took longer than ${seconds} s.`);
      stop();
    }, seconds * 1000);
    try {
      process.stderr.write(await thread.ask(request));
    } catch (error) {
      process.stderr.write(`${problem}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
    clearTimeout(limit);
    process.stdin.off('end', stop).destroy();
    await thread.dispose();
  });
}
