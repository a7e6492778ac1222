// AssemblyScript. The kernels of the wasm engine; see ../kernels.ts for their types.
export * from './activation';
export * from './image';
export * from './matmul';
export * from './matvec';
export * from './random';
export * from './vector';
