/** What a report page knows: plain data, written into the page and read by src/web/report. */

/** A term of a rule, and what it came to. */
export interface PageTerm {
  readonly name: string;
  readonly formula: string;
  /** What it does, in words; absent for a term of the user's own. */
  readonly description?: string;
  readonly initial: number;
}

/** A list of bytes as base64, and how they lie. */
export interface PageImage {
  readonly width: number;
  readonly height: number;
  /** How many such images follow each other. */
  readonly count: number;
  /** Base64 of count x height x width bytes. */
  readonly bytes: string;
}

/** A matrix of weights as a picture: 128 is 0, 8 and 248 are minus and plus `limit`. */
export interface PageMatrix {
  readonly name: string;
  readonly image: PageImage;
  readonly limit: number;
}

/** A network after its episode, computed anew from the run's seed. */
export interface PageNetwork {
  readonly episode: number;
  readonly accuracy: number;
  readonly matrices: readonly PageMatrix[];
}

/** An episode's task with the answers of the network that has learned it. */
export interface PageTask {
  readonly episode: number;
  /** Of the task, in the order of the rows. */
  readonly classes: readonly { readonly label: number; readonly name: string }[];
  /** The first training images of each class, `perClass` each, upright. */
  readonly train: PageImage;
  readonly perClass: number;
  /** The query images, class by class. */
  readonly query: PageImage;
  readonly labels: readonly number[];
  /** The network's answers to them: names of classes, of the whole data set. */
  readonly answers: readonly { readonly label: number; readonly name: string }[];
}

/** One run: columns of numbers, and where they come from. */
export interface PageRun {
  /** Its folder, relative to what the report is of. */
  readonly name: string;
  /** Every setting as text by its flag's name, and the rule. */
  readonly facts: Readonly<Record<string, string>>;
  /** What repeats it; absent where it is no run of meta-training. */
  readonly command?: string;
  /** Versions, machine, data and its checksum, by name. */
  readonly origin: Readonly<Record<string, string>>;
  readonly terms: readonly PageTerm[];
  readonly xLabel: string;
  readonly x: readonly number[];
  /** Each as long as x; null where there is no number. */
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  /** The columns' ends: means over the last rows, in full precision. */
  readonly ends: Readonly<Record<string, number | null>>;
  /** Of so many of its last rows accuracy's end is the mean. */
  readonly endRows: number;
  readonly trouble: readonly string[];
  readonly task?: PageTask;
  readonly networks?: readonly PageNetwork[];
}

export interface PageData {
  readonly title: string;
  /** Sentences about the whole, each a paragraph. */
  readonly notes: readonly string[];
  /** Significant digits that curves are kept with; absent: all. */
  readonly digits?: number;
  /** Rows that are averaged into one, where they would be too many. */
  readonly block: number;
  readonly runs: readonly PageRun[];
  /** Where the page hears of changes; absent for a file. */
  readonly live?: boolean;
  /** Counts the changes that a live page has heard of. */
  readonly revision?: number;
}

/** So many numbers are kept as they are, with 6 digits, and with 4; of more, rows are averaged. */
const [WHOLE, SIX, FOUR] = [40_000, 120_000, 700_000];

/** Rounds the curves of many runs, and averages neighbours of very many, so that the page stays small; ends stay as they are. */
export function shrink(runs: readonly PageRun[]): Pick<PageData, 'runs' | 'block' | 'digits'> {
  const numbers = runs.reduce((sum, { x, columns }) => sum + x.length * Object.keys(columns).length, 0);
  const block = Math.max(1, Math.ceil(numbers / FOUR));
  if (numbers <= WHOLE) return { runs, block };
  const digits = numbers <= SIX ? 6 : 4;
  return { digits, block, runs: runs.map((run) => shrunk(run, digits, block)) };
}

function shrunk(run: PageRun, digits: number, block: number): PageRun {
  // Coefficients move by small steps.
  const round = (value: number, name: string) => Number(value.toPrecision(/^(theta|constant)/.test(name) ? 6 : digits));
  const rows = Math.ceil(run.x.length / block);
  const mean = (values: readonly (number | null)[], row: number): number | null => {
    const present = values.slice(row * block, (row + 1) * block).filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
  };
  const averaged = (values: readonly (number | null)[]) =>
    block === 1 ? values : Array.from({ length: rows }, (_, row) => mean(values, row));
  return {
    ...run,
    x: averaged(run.x) as number[],
    columns: Object.fromEntries(
      Object.entries(run.columns).map(([name, values]) => [
        name,
        averaged(values).map((value) => (value === null ? null : round(value, name))),
      ]),
    ),
  };
}
