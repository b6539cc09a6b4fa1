import { discover, testAlgorithms } from '@mixtention/conformance';
import { simpleFamilies } from '@mixtention/mixture';
import { algorithms } from './algorithms.ts';
import { algorithms as variational } from './variational/algorithms.ts';

await testAlgorithms({ ...algorithms, ...variational }, await discover(import.meta.url, '.conformance.ts'), {
  families: simpleFamilies,
});
