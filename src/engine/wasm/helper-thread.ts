/** The helper thread's own program: the same kernels in the same memory as the engine, on what it is asked. */
import { answerRequests } from '../thread.js';
import { Arena } from './arena.js';
import type { Answer, HelperData, HelperRequest } from './helper.js';
import { instantiate } from './kernels.js';
import { Stage } from './stage.js';
import { statistics } from './statistics.js';

const { workerData } = process.getBuiltinModule('node:worker_threads');
const { module, memory } = workerData as HelperData;
// What lies in the memory is the engine's: here it is laid out alike, but not cleared.
const arena = new Arena(memory, { clears: false });
const machine = { arena, kernels: instantiate(module, memory) };
let stage: Stage | undefined;

answerRequests((request: HelperRequest): Answer => {
  if (request.kind === 'layOut') {
    stage = new Stage(machine, request.shape, request.rule, request.slots);
    return undefined;
  }
  const { slot } = request;
  if (request.kind === 'measure') return statistics(machine, stage!.space(slot));
  stage!.slots[slot]!.fill(request.episode);
  return undefined;
});
