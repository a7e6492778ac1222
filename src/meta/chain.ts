/**
 * Lines of JSON that vouch for each other: each carries a check of its text and of the check before it, from a start
 * that stands for the run. A line that was changed, moved, left out or taken from another run does not fit.
 */

/** A short text that differs wherever a text differs: of hexadecimal digits, say. */
export type Hash = (text: string) => string;

export interface Chain {
  /** A line with its check, which the next one follows on; its newline included. */
  seal(line: string): string;
  /**
   * A line without its check, which the next one follows on.
   * @throws Error where `seal` makes another of it here.
   */
  open(line: string): string;
}

/** Wall time differs between two runs of one seed: it has a check of its own, so that all the rest is the same bytes. */
const TIME = /"ms":[^,]*,/;
/** What the check of a line begins with. */
export const CHECK = ',"check":{';
const END = '}\n';

/** A chain from its beginning; `start` stands for what the lines belong to. */
export function startChain(hash: Hash, start: string): Chain {
  let last = start;
  const seal = (line: string): string => {
    const [time] = TIME.exec(line) ?? [];
    last = hash(last + line.replace(TIME, ''));
    const ofTime = time === undefined ? '' : `"ms":"${hash(last + time)}",`;
    return `${line.slice(0, -END.length)}${CHECK}${ofTime}"line":"${last}"}${END}`;
  };
  return {
    seal,
    open(sealed) {
      const at = sealed.lastIndexOf(CHECK);
      if (at < 0) throw new Error('its check is missing');
      const line = sealed.slice(0, at) + END;
      if (seal(line) !== sealed) throw new Error("it does not fit the lines before it and the run's settings");
      return line;
    },
  };
}
