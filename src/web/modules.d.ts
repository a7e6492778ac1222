/** What the bundler makes of files that are no TypeScript. */
declare module '*.css';
declare module 'worker:*' {
  /** The text of the bundle. */
  const text: string;
  export default text;
}
declare module '*.wasm' {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
