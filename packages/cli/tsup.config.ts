import { build } from '../../tsup.base.ts';

export default build(
  { index: 'src/index.ts', bin: 'src/bin.ts', child: 'src/child.ts' },
  { platform: 'node', dts: { entry: { index: 'src/index.ts' } } },
);
