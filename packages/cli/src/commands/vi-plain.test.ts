import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

/** A zero-inflated fit by the built package, and whether code was made for it. */
const PROGRAM = `
import { svi } from '@mixtention/svi';
import { compile, operations } from '@mixtention/svi/model';
const model = ({ sample, observe, plate, beta, gamma, bernoulli, poisson, mul, sub }, y) => {
  const [gate, rate] = [sample('gate', beta(1, 1)), sample('rate', gamma(2, 0.5))];
  plate('n', y.length, () => observe('y', poisson(mul(rate, sub(1, sample('zero', bernoulli(gate))))), y));
};
const { bound, sites } = svi(model, [0, 3, 0, 1, 0, 2], { discrete: 'summed-out', steps: 300, resultDraws: 100, rounds: 0 });
console.log(JSON.stringify({ made: compile([operations.exp(1)], []).execution, bound, gate: sites.gate }));
`;
const cwd = fileURLToPath(new URL('../../', import.meta.url));

test('where no code may be made of text, as in pages that forbid it, models are interpreted, to the same bits', async () => {
  const run = async (...flags: string[]): Promise<{ readonly made: string }> => {
    const args = [...flags, '--input-type=module', '--eval', PROGRAM];
    return JSON.parse((await promisify(execFile)(process.execPath, args, { cwd })).stdout) as { readonly made: string };
  };
  const [emitted, interpreted] = await Promise.all([run(), run('--disallow-code-generation-from-strings')]);
  expect([emitted.made, interpreted.made]).toEqual(['emitted', 'interpreted']);
  expect({ ...interpreted, made: null }).toEqual({ ...emitted, made: null });
});
