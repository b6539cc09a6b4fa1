import { copyFile } from 'node:fs/promises';
import { build } from '../../tsup.base.ts';

export default build(
  {
    index: 'src/index.ts',
    tfjs: 'src/tfjs.ts',
    node: 'src/node.ts',
    worker: 'src/execution/worker.ts',
    files: 'src/files/index.ts',
    tensor: 'src/tensor/index.ts',
    conformance: 'src/conformance/index.ts',
  },
  {
    // What Piscina requires: built as it is.
    onSuccess: () => copyFile('src/execution/worker-entry.cjs', 'dist/worker-entry.cjs'),
    // Bundled: pure functions that would bring 200 packages along, and tfjs files that plain Node cannot import (ES modules without the mark).
    noExternal: [/^@stdlib\//, /^@tensorflow\/tfjs-core\/dist\//],
  },
);
