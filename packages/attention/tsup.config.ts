import type { Options } from 'tsup';
import { build } from '../../tsup.base.ts';

const entries = {
  index: 'src/index.ts',
  learn: 'src/learn/index.ts',
  tensor: 'src/tensor/index.ts',
  transformer: 'src/transformer/index.ts',
  page: 'src/page/index.ts',
};

/** The programs of the pages, each with all that it needs, as one script. */
const script: Options = {
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  dts: false,
  sourcemap: false,
  minify: true,
  clean: false,
  noExternal: [/./],
  // A script is no module: what specs are resolved from is the page.
  define: { 'import.meta.url': 'document.baseURI' },
  outExtension: () => ({ js: '.js' }),
};

export default [
  build(entries, { clean: ['dist/*', '!dist/live.js', '!dist/live-completion.js'] }),
  build({ live: 'src/page/live.ts', 'live-completion': 'src/page/completion/live-completion.ts' }, script),
];
