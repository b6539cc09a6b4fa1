import { testNamedExecutors } from '../testing-named.ts';

await testNamedExecutors('tfjs-node');
