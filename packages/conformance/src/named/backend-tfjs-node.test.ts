import { testNamedBackend } from '../testing-named.ts';

await testNamedBackend('tfjs-node');
