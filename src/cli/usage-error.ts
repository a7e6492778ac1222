/** A wrong flag or value: one sentence that names the flag, what was given and what is valid. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
