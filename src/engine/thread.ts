/** What a thread is told at its start. */
export interface ThreadStart {
  readonly data?: unknown;
  readonly limits?: { readonly maxYoungGenerationSizeMb?: number };
}

type Reply<Answer> = { readonly answer: Answer } | { readonly problem: unknown };

/** Why nobody will be answered any more: whoever asks did so of what it disposed of itself. */
export class DisposedError extends Error {
  constructor() {
    super('the engine was disposed of');
  }
}

/**
 * Another thread, on a program that calls `answerRequests`; what it is asked is answered in order. One that cannot start,
 * or ends, refuses all that it is asked: whoever asks can do the work itself. Node only.
 */
export class Thread<Request, Answer> {
  readonly #worker;
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: unknown) => void }[] = [];
  #error: Error | undefined;
  #ready = false;

  constructor(program: URL, { data, limits }: ThreadStart = {}) {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    try {
      // Nothing of how this process was started: an --import of its own is looked for from the folder that it is in now.
      this.#worker = new Worker(program, {
        workerData: data,
        execArgv: [],
        env: plainEnvironment(),
        ...(limits && { resourceLimits: limits }),
      });
    } catch (error) {
      this.#fail(error as Error);
      return;
    }
    this.#worker.unref();
    this.#worker.on('message', (reply: Reply<Answer>) => {
      this.#ready = true;
      const asked = this.#settle();
      if ('answer' in reply) asked?.resolve(reply.answer);
      else asked?.reject(reply.problem);
    });
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`it ended with ${code}`)));
  }

  /** Is it up? While it is still starting, what is wanted at once is done sooner without it. */
  get ready(): boolean {
    return this.#ready && !this.#error;
  }

  /** Why it answers nothing any more. */
  get failure(): Error | undefined {
    return this.#error;
  }

  /** @throws what the program threw; DisposedError; or why there is no thread. */
  ask(request: Request): Promise<Answer> {
    if (this.#error) return handled(Promise.reject(this.#error));
    this.#worker!.postMessage(request);
    // The process must not end while somebody waits for an answer, nor go on living for an idle thread.
    this.#worker!.ref();
    return handled(
      new Promise((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
      }),
    );
  }

  #settle() {
    if (this.#waiting.length === 1) this.#worker!.unref();
    return this.#waiting.shift();
  }

  #fail(error: Error): void {
    this.#error ??= error;
    while (this.#waiting.length > 0) this.#settle()!.reject(this.#error);
  }

  async dispose(): Promise<void> {
    this.#worker?.removeAllListeners('message');
    this.#fail(new DisposedError());
    // Nor may the process end before the thread has.
    this.#worker?.ref();
    await this.#worker?.terminate();
  }
}

/** Whoever needs the answer hears of a failure; if nobody does, it is nobody's. */
function handled<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => {});
  return answer;
}

/** The thread's side: its program answers one request after the other. */
export function answerRequests<Request, Answer>(answer: (request: Request) => Answer | Promise<Answer>): void {
  const { parentPort } = process.getBuiltinModule('node:worker_threads');
  parentPort!.on('message', async (request: Request) => {
    let reply: Reply<Answer>;
    try {
      reply = { answer: await answer(request) };
    } catch (problem) {
      reply = { problem };
    }
    parentPort!.postMessage(reply);
  });
}

/** This process's environment without what tells Node how to start. */
export function plainEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}
