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
  { noExternal: [/^@stdlib\//, 'papaparse'] },
);
