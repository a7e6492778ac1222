/** What is wrong with a rule, in the words of the command line. */
import { type RuleError, UnknownNameError } from '../plasticity/grammar.js';
import { nearest } from './suggest.js';

/**
 * The message, and what may have been meant by an unknown name.
 * @param learns whether the command has --learn
 */
export function ruleFault(error: RuleError, learns = true): string {
  if (!(error instanceof UnknownNameError)) return error.message;
  const { message, unknown, valid } = error;
  const meant = nearest(unknown, valid);
  if (meant !== undefined) return `${message}: did you mean ${meant}?`;
  return learns ? `${message}; --learn ${unknown}=0.5 makes it a constant that is learned` : message;
}
