/**
 * The SIMD kernels (kernels/*.ts, AssemblyScript) as the driver sees them. Pointers are byte addresses in the memory,
 * counts and strides are in elements; each kernel's equation stands beside its source.
 */
export interface Kernels {
  mv(y: number, w: number, x: number, rows: number, columns: number, stride: number, add: boolean): void;
  mtv(y: number, w: number, x: number, rows: number, columns: number, stride: number, add: boolean): void;
  mvRows(y: number, w: number, x: number, list: number, count: number, columns: number, stride: number): void;
  mtvRows(
    y: number,
    w: number,
    x: number,
    list: number,
    count: number,
    columns: number,
    stride: number,
    add: boolean,
  ): void;
  nn(
    d: number,
    a: number,
    m: number,
    k: number,
    rows: number,
    columns: number,
    dStride: number,
    aStride: number,
    mStride: number,
  ): void;
  nt(
    d: number,
    a: number,
    m: number,
    k: number,
    rows: number,
    columns: number,
    dStride: number,
    aStride: number,
    mStride: number,
  ): void;
  ger(
    d: number,
    m: number,
    s: number,
    l: number,
    r: number,
    n: number,
    rows: number,
    columns: number,
    stride: number,
    lStride: number,
    rStride: number,
  ): void;
  dot(x: number, y: number, n: number): number;
  axpy(y: number, x: number, s: number, n: number): void;
  scale(y: number, x: number, s: number, n: number): void;
  multiply(y: number, a: number, b: number, n: number, add: boolean): void;
  add(y: number, a: number, b: number, n: number): void;
  copy(y: number, x: number, n: number): void;
  clear(y: number, n: number): void;
  softplus(y: number, g: number, z: number, beta: number, n: number): void;
  softmax(y: number, z: number, n: number): number;
  softmaxReverse(zbar: number, y: number, ybar: number, n: number): void;
  errorsReverse(h: number, zbar: number, ebar: number, e: number, g: number, beta: number, n: number): void;
  pack(d: number, s: number, rows: number, columns: number, stride: number): void;
  transpose(d: number, s: number, rows: number, columns: number, stride: number): void;
  lookUp(y: number, image: number, table: number, n: number): void;
  activePixels(
    list: number,
    values: number,
    image: number,
    table: number,
    places: number,
    n: number,
    columns: number,
    stride: number,
  ): number;
  scatter(y: number, x: number, list: number, count: number): void;
  widen(y: number, image: number, n: number): void;
  gram(
    g: number,
    x: number,
    list: number,
    s: number,
    first: number,
    rows: number,
    gStride: number,
    xStride: number,
  ): void;
  toColumnPairs(
    ends: number,
    index: number,
    values: number,
    lists: number,
    listStep: number,
    rowValues: number,
    valueStep: number,
    counts: number,
    rows: number,
    columns: number,
  ): void;
  addColumnPairs(
    d: number,
    m: number,
    ends: number,
    index: number,
    values: number,
    rows: number,
    columns: number,
    n: number,
    stride: number,
  ): void;
  uniform(x: number, count: number, key0: number, key1: number, stream: number, s: number): void;
}

/** The compiled kernels; instances share them, each with a memory of its own. */
export type KernelModule = WebAssembly.Module;

/**
 * Compiles the kernels from the bytes of kernels.wasm or kernels.relaxed.wasm; works wherever WebAssembly does.
 * @throws Error where this host lacks an instruction that the module uses.
 */
export async function compileKernels(bytes: Uint8Array<ArrayBuffer>, relaxed: boolean): Promise<KernelModule> {
  if (!WebAssembly.validate(bytes))
    throw new Error(
      relaxed
        ? 'relaxed SIMD was asked for, but this JavaScript engine does not have it: leave it out, or use Node 22 or later'
        : 'the wasm engine needs WebAssembly SIMD, which this JavaScript engine does not have: use the reference engine',
    );
  return await WebAssembly.compile(bytes);
}

/** Kernels that work on `memory`. */
export function instantiate(module: KernelModule, memory: WebAssembly.Memory): Kernels {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}
