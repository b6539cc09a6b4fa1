import { discover, testAlgorithms } from '@mixtention/conformance';
import { simpleFamilies } from '@mixtention/mixture';
import { algorithms } from './algorithms.ts';

await testAlgorithms(algorithms, await discover(import.meta.url, '.conformance.ts'), {
  families: simpleFamilies,
});
