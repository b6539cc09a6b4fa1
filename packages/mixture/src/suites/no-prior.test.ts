import { testFamily } from '@mixtention/conformance';
import { bernoulli, gaussianTied, product } from '../families/index.ts';

// Families without a prior meet every other row of the suite.
const { prior: _, ...bare } = bernoulli;

testFamily(bare);
testFamily(
  product([
    { family: bare, columns: Array.from({ length: 18 }, (_, d) => d) },
    { family: gaussianTied, columns: [18, 19] },
  ]),
  { width: 20 },
);
