import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Frees now what start-up has left behind: megabytes outside of the heap, which would wait for a collection that a run,
 * with its little garbage, may never come to.
 */
export function collectGarbage(): void {
  // V8's own collector, which has no other name than this flag's.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
