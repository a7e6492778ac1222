/** Every flag of every run of a study, and what they were run with. */
import { learnOptions } from './learn.js';
import type { Options } from './option.js';
import { runOptions } from './options.js';
import { wordsOf } from './parse.js';
import { quote } from './quote.js';
import type { Found, SeedRun } from './seed-run.js';

/** Where a run's files lie, and its seed, are not what it is. */
const PLACES = new Set(['seed', 'res', 'test_name', 'data_dir', 'quiet', 'verbose', 'json']);

/** In Markdown: the flags that all runs have in common, defaults included, then those of each. */
export function flagsOfRuns(runs: readonly SeedRun[]): string {
  const byName = new Map(runs.map(({ name, plan }) => [name, plan]));
  const all = [...byName].map(([name, plan]) => {
    const options: Options = plan.command === 'learn' ? learnOptions : runOptions;
    const settings = Object.entries(plan.settings).filter(([flag]) => !PLACES.has(flag));
    const texts = settings.flatMap(([flag, value]) => {
      const words = wordsOf(options, { [flag]: value });
      return words.length > 0 ? [words.map(quote).join(' ')] : [];
    });
    return { name, texts: [...(plan.command === 'learn' ? ['learn'] : []), ...texts] };
  });
  const shared = all[0]!.texts.filter((text) => all.every(({ texts }) => texts.includes(text)));
  const seeds = [...new Set(runs.map(({ seed }) => seed))];
  const own = all.map(({ name, texts }) => {
    const rest = texts.filter((text) => !shared.includes(text));
    return `- ${name}: ${rest.length > 0 ? `\`${rest.join(' ')}\`` : 'nothing else'}`;
  });
  const which = seeds.length > 1 ? `seeds ${Math.min(...seeds)} to ${Math.max(...seeds)}` : `seed ${seeds[0]}`;
  return `All runs, ${which}: \`meta-plasticity ${shared.join(' ')}\`\n\n${own.join('\n')}`;
}

/** Whether all numbers come from one version, and from which. */
export function versionsOfRuns(found: readonly Found[]): string {
  const counts = new Map<string, number>();
  for (const {
    version: { version, commit },
  } of found) {
    const words = `version ${clean(version)}${commit === undefined ? '' : `, commit ${clean(commit)}`}`;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  const [only, ...others] = [...counts];
  if (others.length === 0) return `All ${found.length} runs are of one ${only![0]}.`;
  const each = [...counts].map(([words, count]) => `${count} of ${words}`);
  return `The ${found.length} runs are not all of one version: ${each.join('; ')}.`;
}

/** A run's file may come from anywhere. */
function clean(text: string): string {
  return text.replace(/[^\w.+-]/g, '?').slice(0, 60);
}
