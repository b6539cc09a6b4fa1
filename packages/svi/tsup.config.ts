import { build } from '../../tsup.base.ts';

export default build({
  index: 'src/index.ts',
  model: 'src/model/entry.ts',
  rows: 'src/rows/index.ts',
  gumbel: 'src/gumbel/index.ts',
});
