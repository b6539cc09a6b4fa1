import { build } from '../../tsup.base.ts';

export default build({
  index: 'src/index.ts',
  families: 'src/families/writing.ts',
  fit: 'src/fit/index.ts',
  starts: 'src/starts/index.ts',
});
