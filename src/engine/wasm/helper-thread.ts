/** The helper thread's own program: the same kernels in the same memory as the engine, on what it is asked. */
import { Arena } from './arena.js';
import type { Answer, HelperData, HelperRequest } from './helper.js';
import { instantiate } from './kernels.js';
import { Stage } from './stage.js';
import { statistics } from './statistics.js';

const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads');
const { module, memory } = workerData as HelperData;
// What lies in the memory is the engine's: here it is laid out alike, but not cleared.
const arena = new Arena(memory, { clears: false });
const machine = { arena, kernels: instantiate(module, memory) };
let stage: Stage | undefined;

function answer(request: HelperRequest): Answer {
  if (request.kind === 'layOut') {
    stage = new Stage(machine, request.shape, request.rule, request.slots);
    return undefined;
  }
  const { slot } = request;
  if (request.kind === 'measure') return statistics(machine, stage!.space(slot));
  stage!.slots[slot]!.fill(request.episode);
  return undefined;
}

parentPort!.on('message', (request: HelperRequest) => {
  parentPort!.postMessage(answer(request));
});
