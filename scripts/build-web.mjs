// Bundles the pages of src/web into dist/web: a script and a style sheet each, with all that they need in them.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = `${root}dist/web`;

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  legalComments: 'none',
  format: 'iife',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  // seedrandom asks Node for entropy that nobody here wants.
  external: ['crypto'],
  // Where a script is, in a page: nothing is loaded from beside it.
  define: { 'import.meta.url': 'self.location.href' },
  charset: 'utf8',
  logLevel: 'warning',
};

/** `import text from 'worker:./x.ts'` is the text of a bundle of its own. */
const worker = {
  name: 'worker',
  setup({ onResolve, onLoad, resolve }) {
    onResolve({ filter: /^worker:/ }, async ({ path, resolveDir }) => {
      const found = await resolve(path.slice('worker:'.length).replace(/\.js$/, '.ts'), {
        resolveDir,
        kind: 'import-statement',
      });
      return { path: found.path, namespace: 'worker' };
    });
    onLoad({ filter: /.*/, namespace: 'worker' }, async ({ path }) => {
      const { outputFiles } = await build({
        ...common,
        entryPoints: [path],
        write: false,
        loader: { '.wasm': 'binary' },
      });
      return { contents: outputFiles[0].text, loader: 'text' };
    });
  },
};

for (const page of ['report', 'play']) {
  const entry = `src/web/${page}/main.tsx`;
  if (!(await readFile(`${root}${entry}`).catch(() => undefined))) continue;
  await build({ ...common, entryPoints: { [page]: entry }, outdir: out, plugins: [worker] });
}
