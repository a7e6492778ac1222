import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';

/** The user's home folder: of HOME, else of the system's list of users; undefined where neither knows one. */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const home = env.HOME || homeOfUser();
  return home && isAbsolute(home) ? home : undefined;
}

function homeOfUser(): string | undefined {
  try {
    return homedir();
  } catch {
    return undefined; // No entry for the user, as in containers with a made-up number.
  }
}
