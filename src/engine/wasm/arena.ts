/** Floats, bytes and rows handed out of one WebAssembly memory, one after the other and all zero. */

/** Floats in a row of n with its padding. */
export const padded = (n: number): number => (n + 7) & ~7;

const PAGE = 65536;
/** Below lie the kernels' constants; and so 0 is never the address of anything. */
const START = 4096;
const FLOAT = 4;
/** WebAssembly's 32-bit address space. */
const MOST_PAGES = 65536;

/** An array of rows: row t starts at `base + t * stride` (bytes). A stride of 0 repeats one row. */
export class Rows {
  readonly base: number;
  readonly stride: number;
  constructor(base: number, stride: number) {
    this.base = base;
    this.stride = stride;
  }
  at(row: number): number {
    return this.base + row * this.stride;
  }
}

/**
 * Memory for one arena; `shared` where several threads are to work in it, on kernels compiled for that.
 * @throws Error in one sentence where there is none.
 */
export function newMemory(shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared });
  } catch (error) {
    throw new Error(
      `the wasm engine cannot have its memory (${(error as Error).message}), for which a process's address space needs ` +
        'some 16 GiB: raise its limit (ulimit -v), or use the reference engine (--engine reference)',
    );
  }
}

export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #clears: boolean;
  #floats!: Float32Array;
  #doubles!: Float64Array;
  #integers!: Int32Array;
  #bytes!: Uint8Array;
  #end = START;

  /** @param clears whether what is handed out is zeroed; not where another thread's arena has handed out the same. */
  constructor(memory: WebAssembly.Memory, { clears = true }: { readonly clears?: boolean } = {}) {
    this.memory = memory;
    this.#clears = clears;
    this.#look();
  }

  /** Views on the memory as it is now. */
  #look(): void {
    const { buffer } = this.memory;
    this.#floats = new Float32Array(buffer);
    this.#doubles = new Float64Array(buffer);
    this.#integers = new Int32Array(buffer);
    this.#bytes = new Uint8Array(buffer);
  }

  /** Forgets all that was handed out, or what was since `end` was this. */
  reset(end = START): void {
    this.#end = end;
    // Another thread may have made it larger.
    if (this.#bytes.length !== this.memory.buffer.byteLength) this.#look();
  }

  /** Address of `count` bytes, zero at first, at a multiple of 64. */
  bytes(count: number): number {
    const at = this.#end;
    this.#end = at + Math.ceil(count / 64) * 64;
    const missing = Math.ceil(this.#end / PAGE) - this.memory.buffer.byteLength / PAGE;
    if (missing > 0) {
      try {
        this.memory.grow(missing);
      } catch {
        throw new Error(
          `the wasm engine cannot get ${Math.ceil(this.#end / 2 ** 20)} MiB of memory (at most 4096): use smaller layers or fewer training images`,
        );
      }
      this.#look();
    }
    if (this.#clears) this.#bytes.fill(0, at, this.#end);
    return at;
  }

  floats(count: number): number {
    return this.bytes(count * FLOAT);
  }

  /** `count` rows of n floats, padded. */
  rows(count: number, n: number): Rows {
    return new Rows(this.floats(count * padded(n)), padded(n) * FLOAT);
  }

  /** Address of what is handed out next. */
  get end(): number {
    return this.#end;
  }

  /** A view on n floats, valid until the next allocation. */
  view(at: number, n: number): Float32Array {
    return this.#floats.subarray(at / FLOAT, at / FLOAT + n);
  }

  get(at: number): number {
    return this.#floats[at / FLOAT]!;
  }

  set(at: number, value: number): void {
    this.#floats[at / FLOAT] = value;
  }

  /** All of the memory as float64; valid until the next allocation. */
  get doubles(): Float64Array {
    return this.#doubles;
  }

  integer(at: number): number {
    return this.#integers[at / 4]!;
  }

  setInteger(at: number, value: number): void {
    this.#integers[at / 4] = value;
  }

  write(at: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, at);
  }
}
