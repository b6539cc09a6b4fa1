import { copyFile } from 'node:fs/promises';
import { shareTfjsInBundle } from '../../tfjs.base.ts';
import { build } from '../../tsup.base.ts';

export default build(
  { worker: 'src/threads/worker.ts' },
  {
    // What Piscina requires: built as it is.
    onSuccess: () => copyFile('src/threads/worker-entry.cjs', 'dist/worker-entry.cjs'),
    // Bundled: pure functions that would bring 200 packages along, and tfjs-core's formulas of gradients, which plain Node cannot import (ES
    // modules without the mark).
    noExternal: [/^@stdlib\//, /^@tensorflow\/tfjs-core\/dist\//],
    esbuildPlugins: [shareTfjsInBundle],
  },
);
