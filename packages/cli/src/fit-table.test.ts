import { fit, fitBayes } from '@mixtention/em';
import { faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { summarize } from './fit-summary.ts';
import { fitTable } from './fit-table.ts';

const asked = { family: 'gaussian', covariance: 'full', optimizer: 'em', components: 2, seed: 0 };

function certaintyOf(table: string): string | undefined {
  return table.split('\n').find((line) => line.includes('certainty'));
}

test('the table says how sure the fit is of its optimum', async () => {
  const result = await fit(faithful(), { components: 2, screen: 0, restarts: 3 });
  const line = certaintyOf(fitTable(summarize(result, asked, undefined)));
  expect(line).toContain(`${result.certificate.startsAtBest} of 3 starts found this optimum`);
  expect(line).toMatch(/nothing left to gain|about \S+ nats a row left to gain/);
  expect(line).not.toContain('near collapse');
});

test('the table names components that are near to collapsing, and is silent where nothing is known', async () => {
  const result = await fit(faithful(), { components: 2, screen: 0, maxIterations: 0 });
  const told = summarize(result, asked, undefined);
  expect(certaintyOf(fitTable(told))).toBe(undefined);
  const certificate = { ...result.certificate, nearCollapse: [{ component: 1, rows: 4 }] };
  expect(certaintyOf(fitTable({ ...told, certificate }))).toContain('near collapse: 1 (4.0 rows)');
});

test('the table says from how many components moves came to how many, and JSON keeps what was asked for', async () => {
  const result = await fitBayes(faithful(), { components: 1, moves: 'all' });
  const told = summarize(result, { ...asked, components: 1 }, undefined);
  const accepted = result.moves.filter((move) => move.accepted).length;
  expect(told.componentsAsked).toBe(1);
  expect(fitTable(told)).toContain(`${accepted} of ${result.moves.length} proposals accepted; from 1 to 2 components`);
});

test('the table of a posterior says that more components may be there where all of them own rows', async () => {
  const line = async (components: number): Promise<string> =>
    fitTable(summarize(await fitBayes(faithful(), { components, prior: { concentration: 1e-3 } }), asked, undefined));
  expect(await line(2)).toContain('2 of 2 components own more than half a row: more may be there, see --components');
  expect(await line(1)).toContain('1 of 1 component owns more than half a row: more may be there');
  expect(await line(6)).toMatch(/\d of 6 components own more than half a row$/m);
});

test('the table of a posterior lists the components that own rows, and counts the others', async () => {
  const result = await fitBayes(faithful(), { components: 6, prior: { concentration: 1e-3 } });
  const { activeComponents, expectedCounts } = result;
  expect(expectedCounts.reduce((sum, n) => sum + n, 0)).toBeCloseTo(272, 6);
  expect(activeComponents).toBeLessThan(6);
  const lines = fitTable(summarize(result, asked, undefined)).split('\n');
  expect(lines.filter((line) => line.includes('  weight '))).toHaveLength(activeComponents);
  expect(lines.some((line) => line.endsWith('(lower is better; of all 6, dead ones too: compare by the bound)'))).toBe(
    true,
  );
  expect(lines).toContain(`   …  and ${6 - activeComponents} that own less than half a row (--json prints all)`);
});
