import type { Options } from 'tsup';
import { build } from '../../tsup.base.ts';

const entries = {
  index: 'src/index.ts',
  learn: 'src/learn/index.ts',
  tensor: 'src/tensor/index.ts',
  transformer: 'src/transformer/index.ts',
  page: 'src/page/index.ts',
};

/** The program of the X-ray page, with all that it needs, as one script. */
const script: Options = {
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  dts: false,
  sourcemap: false,
  minify: true,
  clean: false,
  noExternal: [/./],
  outExtension: () => ({ js: '.js' }),
};

export default [build(entries, { clean: ['dist/*', '!dist/live.js'] }), build({ live: 'src/page/live.ts' }, script)];
