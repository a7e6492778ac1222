/** What README and the pages of docs show, and the commands that it comes from. */

/** A picture of a page that the command which the page names before it has drawn. */
export interface Shown {
  /** Words after `npx meta-plasticity`. */
  readonly command: string;
  /** From the repository's root. */
  readonly path: string;
}

const FIGURES = 'docs/figures/';

/**
 * The pictures of single runs on a page, each with the last command before it.
 * @throws Error where a page shows one without a command.
 */
export function shownFigures(page: string): Shown[] {
  return [...page.matchAll(/!\[[^\]]*\]\(([^)]*)\)/g)].flatMap(({ 1: path, index }) => {
    if (!path!.startsWith(FIGURES)) return [];
    const command = [...page.slice(0, index).matchAll(/`npx meta-plasticity ([^`]*)`/g)].at(-1)?.[1];
    if (command === undefined) throw new Error(`${path} is shown without the command that draws it.`);
    return [{ command, path: path! }];
  });
}

/** A command's words, as a shell splits them. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!);
}

/** A study's page as docs hold it: with a PNG, which is smaller than the SVG of many curves. */
export function studyPage(page: string, name: string): string {
  return page.replaceAll(`](${name}.svg)`, `](${name}.png)`);
}

const [BEGIN, END] = ['<!-- The table of `npm run docs:figures RESULTS`. -->', '<!-- Its end. -->'];

/**
 * README with the table of studies that the program wrote, whose links are told from the results folder.
 * @throws Error where it has no place for it.
 */
export function withStudies(readme: string, table: string): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md must hold '${BEGIN}' and '${END}'.`);
  const linked = table
    .trim()
    .replaceAll(/\]\((?=[^)]+\/)/g, '](docs/studies/')
    .replaceAll(/docs\/studies\/[^/)]+\//g, 'docs/studies/');
  return `${readme.slice(0, begin + BEGIN.length)}\n\n${linked}\n\n${readme.slice(end)}`;
}
