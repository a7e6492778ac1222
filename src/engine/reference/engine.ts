import { checkRun, type Engine } from '../engine.js';
import { adapt, runEpisode } from './episode.js';

/** The specification: float64, plain TypeScript, one episode after the other. */
export function createReferenceEngine(): Engine & Required<Pick<Engine, 'adapt'>> {
  return {
    name: 'reference',
    async run(episodes, rule, theta) {
      checkRun(episodes, rule, theta);
      return episodes.map((episode, i) => runEpisode(episode, rule, theta[i]!));
    },
    async adapt(episode, rule, theta) {
      checkRun([episode], rule, [theta]);
      return adapt(episode, rule, theta);
    },
    async dispose() {},
  };
}
