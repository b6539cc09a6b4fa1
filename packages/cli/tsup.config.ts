import { build } from '../../tsup.base.ts';

export default build({ bin: 'src/bin.ts', child: 'src/child.ts' }, { platform: 'node' });
