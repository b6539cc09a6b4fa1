import { build } from '../../tsup.base.ts';

export default build({ index: 'src/index.ts', graph: 'src/graph/index.ts', variational: 'src/variational/index.ts' });
