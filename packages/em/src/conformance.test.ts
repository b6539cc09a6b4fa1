import { discover, testAlgorithms } from '@mixtention/core/conformance';
import { algorithms } from './algorithms.ts';

await testAlgorithms(algorithms, await discover(import.meta.url, '.conformance.ts'));
