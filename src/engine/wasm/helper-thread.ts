/** The helper thread's own program: prepares one episode after the other in a memory of its own. */
import { Arena } from './arena.js';
import type { HelperData, PrepareRequest } from './helper.js';
import { instantiate } from './kernels.js';
import { Preparation } from './preparation.js';

const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
const arena = new Arena();
const kernels = instantiate((workerData as HelperData).module, arena.memory);
let preparation: Preparation | undefined;
let preparedFor = '';

parentPort!.on('message', ({ shape, episode, into }: PrepareRequest) => {
  const key = JSON.stringify(shape);
  if (!preparation || key !== preparedFor) {
    arena.reset();
    preparation = new Preparation(arena, kernels, shape);
    preparedFor = key;
  }
  preparation.fill(episode);
  const { size } = preparation;
  const prepared = into?.length === size ? into : new Uint8Array(new SharedArrayBuffer(size));
  preparation.save(prepared);
  parentPort!.postMessage(prepared);
});
