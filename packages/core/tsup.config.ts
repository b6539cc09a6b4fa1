import { copyFile } from 'node:fs/promises';
import { shareTfjsInBundle } from '../../tfjs.base.ts';
import { build } from '../../tsup.base.ts';

export default build(
  {
    index: 'src/index.ts',
    base: 'src/base/index.ts',
    backends: 'src/backends/index.ts',
    data: 'src/data/index.ts',
    fused: 'src/fused/index.ts',
    kernel: 'src/kernel/index.ts',
    loop: 'src/loop/index.ts',
    numeric: 'src/numeric/index.ts',
    optimize: 'src/optimize/index.ts',
    plan: 'src/plan/index.ts',
    tensor: 'src/tensor/index.ts',
    testing: 'src/testing/index.ts',
    threads: 'src/threads/index.ts',
    'web-workers': 'src/web-workers/index.ts',
    worker: 'src/threads/worker.ts',
  },
  {
    // What Piscina requires: built as it is.
    onSuccess: () => copyFile('src/threads/worker-entry.cjs', 'dist/worker-entry.cjs'),
    // Bundled: pure functions that would bring 200 packages along, and tfjs-core's formulas of gradients, which plain Node cannot import (ES
    // modules without the mark).
    noExternal: [/^@stdlib\//, /^@tensorflow\/tfjs-core\/dist\//],
    esbuildPlugins: [shareTfjsInBundle],
  },
);
