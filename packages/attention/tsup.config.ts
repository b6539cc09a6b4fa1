import { build } from '../../tsup.base.ts';

export default build({ index: 'src/index.ts', tensor: 'src/tensor/index.ts', transformer: 'src/transformer/index.ts' });
