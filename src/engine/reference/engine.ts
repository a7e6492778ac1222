import { checkRun, type Engine } from '../engine.js';
import { adapt, runEpisode } from './episode.js';

/** The specification: float64, plain TypeScript, one episode after the other. */
export function createReferenceEngine(): Engine & Required<Pick<Engine, 'adapt'>> {
  return {
    name: 'reference',
    async run(episodes, rule, theta, options) {
      checkRun('reference', episodes, rule, theta, options);
      return episodes.map((episode, i) => runEpisode(episode, rule, theta[i]!, options));
    },
    async adapt(episode, rule, theta) {
      checkRun('reference', [episode], rule, [theta]);
      return adapt(episode, rule, theta);
    },
    async dispose() {},
  };
}
