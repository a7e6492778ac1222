/** The page's side of the worker. */
import source from 'worker:./worker.js';
import type { Answers, Ask, Question, Reply } from './messages.js';

export interface Client {
  ask<A extends Ask>(ask: A): Promise<Answers[A['kind']]>;
}

/** Starts the worker from the text that the page carries: no other file is asked for. */
export function startWorker(): Client {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  const waiting = new Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>();
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if ('problem' in data) asked?.reject(new Error(data.problem));
    else asked?.resolve(data.answer as never);
  };
  let next = 0;
  return {
    ask(ask) {
      const id = next++;
      worker.postMessage({ id, ask } satisfies Question);
      return new Promise((resolve, reject) => waiting.set(id, { resolve: resolve as (answer: never) => void, reject }));
    },
  };
}
