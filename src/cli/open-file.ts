/** Shows a file or an address in whatever the system opens such things with. */
import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...words: string[]]>>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** Resolves to a sentence where it could not be. */
export function openInBrowser(target: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const [command, ...words] = OPENERS[process.platform] ?? ['xdg-open'];
  return new Promise((resolve) => {
    const child = spawn(command, [...words, target], { stdio: 'ignore', detached: true, env });
    child.on('error', () =>
      resolve(`No browser could be started here (${command} is missing): open ${target} yourself.`),
    );
    child.on('spawn', () => {
      child.unref();
      resolve(undefined);
    });
  });
}
