import type { Nested, SiteSummary } from '@mixtention/svi';
import { expect, test } from 'vitest';
import { viTable } from './vi-table.ts';

const site = (mean: Nested, sd: Nested): SiteSummary => ({
  mean,
  sd,
  quantiles: Object.fromEntries(['0.025', '0.25', '0.5', '0.75', '0.975'].map((p) => [p, mean])),
});
const draws = { columns: [], rows: 0, cols: 0, data: new Float64Array(0) };
const result = {
  method: 'autoNormal',
  status: 'converged',
  message: 'settled',
  bound: -3.5,
  boundStandardError: 0.01,
  paretoK: 0.64,
  effectiveDraws: 3000,
  corrected: true,
  heavySites: ['tail'],
  logEvidence: -3.25,
  logEvidenceStandardError: 0.02,
  sites: {
    far: site(12_345.678, 101),
    tail: site(0.1234567, 0.000321),
    many: site(
      Array.from({ length: 1000 }, (_, i) => i / 100),
      Array.from({ length: 1000 }, () => 0.5),
    ),
  },
  uncorrectedSites: {},
  nonCentred: [],
  draws,
  gradientEvaluations: 1234,
  densityEvaluations: 0,
  seconds: 1.5,
} as const;

test('numbers have as many decimals as their deviation has three digits, heavy sites are marked, a thousand members are a few lines', () => {
  const lines = viTable({ ...result, mended: { rounds: 2, paretoK: 0.31 } }).split('\n');
  expect(lines).toContain('Pareto k      0.64, 0.31 of what was learnt from it (below 0.5 good, to 0.7 usable)');
  expect(lines.find((line) => line.startsWith('far'))).toMatch(/^far +12346 +101 +12346 +12346 +12346$/);
  expect(lines.find((line) => line.startsWith('tail'))).toMatch(/^tail \* +0\.123457 +0\.000321 /);
  expect(lines).toContain('many: 980 more, means from 0.200 to 9.990');
  expect(lines).toContain('* deviation by few draws of a heavy tail; it may be off by more than a fifth');
  expect(lines.length).toBeLessThan(35);
});

test('what is predicted stands in a table of its own; many sites share the lines that there are', () => {
  const text = viTable(
    {
      ...result,
      heavySites: [],
      sites: Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`s${i}`, result.sites.many])),
    },
    { y: site([1, 2], [0.5, 7]) },
  );
  expect(text).not.toContain('*');
  expect(text.split('\n').length).toBeLessThan(30 * 4 + 20);
  expect(text).toMatch(/predicted\n +mean .*\ny\[0\] +1\.000 +0\.500 .*\ny\[1\] +2\.00 +7\.00 /);
});
