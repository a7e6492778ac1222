/** `meta-plasticity`: meta-trains a rule. */
import { command } from './command.js';
import { styleOf } from './figure-options.js';
import { trainManual } from './manual.js';
import { trainOptions } from './options.js';
import { evaluateSettings } from './parity.js';
import { prepare } from './prepare.js';
import { checkResults } from './results-folder.js';

export const trainCommand = command({
  name: 'train',
  options: trainOptions,
  manual: trainManual,
  async run({ values, sources, io, terminal }) {
    const recorded =
      values.resume === undefined ? undefined : await (await import('./start.js')).readRun(values.resume, sources);
    const settings = recorded?.settings ?? evaluateSettings(sources);
    if (!recorded) {
      styleOf(settings); // Refuses what could not be drawn at the end.
      await checkResults(settings);
    }
    const scales = recorded?.file.rule.map(({ scale }) => scale ?? 1);

    // While other threads read and unpack the data, this one loads what comes after.
    const training = import('./training.js');
    const { engine, gpu_mode, relaxed, meta_batch } = settings;
    const key = JSON.stringify([engine, gpu_mode, relaxed, meta_batch, values.workers]);
    const choosing = training.then(({ chooseEngine }) => {
      const choose = () => chooseEngine(settings, values.workers, (sentence) => terminal.warn(sentence));
      return io.keep?.engine(key, choose) ?? choose();
    });
    const preparing = prepare(settings, io, terminal, choosing, scales);
    const [, chosen] = await Promise.allSettled([preparing, choosing]);
    try {
      // Of two reasons not to run, the data's is told.
      const [experiment, chosenEngine] = [await preparing, await choosing];
      const { runTraining } = await training;
      const done = await runTraining(experiment, chosenEngine, recorded, {
        terminal,
        figures: !values.no_figures,
        live: values.live,
        first: !io.keep || io.keep.runs++ === 0,
      });
      if (!io.keep) await chosenEngine.dispose();
      return done;
    } catch (error) {
      if (io.keep) await io.keep.dropEngine();
      else if (chosen.status === 'fulfilled') await chosen.value.dispose();
      throw error;
    }
  },
});
