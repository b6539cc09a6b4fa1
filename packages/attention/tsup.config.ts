import type { Options } from 'tsup';
import { build } from '../../tsup.base.ts';

/** The programs of the pages, each with all that it needs, as one script. */
const scripts: Options = {
  entry: { live: 'src/page/live.ts', 'live-completion': 'src/page/completion/live-completion.ts' },
  format: 'iife',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  noExternal: [/./],
  // A script is no module: what specs are resolved from is the page.
  define: { 'import.meta.url': 'document.baseURI' },
  outExtension: () => ({ js: '.js' }),
};

// Both are built at once.
export default [build({}, { clean: ['!live.js', '!live-completion.js'] }), scripts];
