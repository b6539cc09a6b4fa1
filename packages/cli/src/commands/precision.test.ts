import { afterAll, beforeAll, expect, test } from 'vitest';
import { faithfulCsv, runHere, workFolder } from '../testing.ts';

let folder: Awaited<ReturnType<typeof workFolder>>;
let data: string;

beforeAll(async () => {
  folder = await workFolder();
  data = await folder.put('faithful.csv', faithfulCsv());
});
afterAll(() => folder.remove());

type Summary = { readonly [name: string]: unknown };

async function fit(...args: string[]): Promise<Summary> {
  const { code, stdout } = await runHere(['fit', data, '--json', '--workers', '0', ...args]);
  expect(code).toBe(0);
  return JSON.parse(stdout, (name, value) =>
    name === 'seconds' || name === 'passSeconds' ? undefined : value,
  ) as Summary;
}

test('--precision is that of the passes, and a resumed fit keeps it', async () => {
  const file = folder.path('fit.ckpt');
  const rough = await fit('--precision', 'float32', '--checkpoint', file);
  // A small problem, too, gets what is asked for.
  expect(rough).toMatchObject({ status: 'stopped', precision: { began: 'float32', ended: 'float32' } });
  expect(await fit('--resume', file)).toEqual(rough);
  const refused = await runHere(['fit', data, '--resume', file, '--precision', 'auto']);
  expect(refused.stderr).toMatch(/its --precision is "float32", here it is "auto"/);
  const whole = await fit('--precision', 'float64');
  expect(whole).toMatchObject({ status: 'converged', precision: { began: 'float64', ended: 'float64' } });
  expect(whole).toEqual(await fit());
});

test('float32 is refused on plain in one sentence, other words by the choices', async () => {
  const refused = await runHere(['fit', data, '--backend', 'plain', '--precision', 'float32']);
  expect(refused.code).toBe(2);
  expect(refused.stderr.trim()).toBe(
    'mixtention: --precision is float32, but the executor works in float64 alone (plain); take one on a backend in float32, or --precision auto or float64',
  );
  const unknown = await runHere(['fit', data, '--precision', 'half']);
  expect(unknown.stderr).toMatch(/Allowed choices are auto, float32, float64/);
});
