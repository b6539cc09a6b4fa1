import { generator, key } from '@mixtention/core/numeric';
import { dirichletProcess } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fit } from '../batch/fit.ts';
import { fitBayes } from '../variational-bayes/fit-bayes.ts';

const random = generator(key(12));
/** Four groups, in the corners of a square. */
const x = Array.from({ length: 800 }, (_, n) => [
  random.normal() + 7 * (n % 2),
  random.normal() + 7 * (Math.floor(n / 2) % 2),
]);

test('from one component and from nine moves come to the four that made the data, by BIC, with one log-likelihood', async () => {
  const due = await fit(x, { components: 4 });
  for (const components of [1, 9]) {
    const found = await fit(x, { components, moves: 'all' });
    expect(found.model.components).toBe(4);
    expect(found.logLikelihood).toBeCloseTo(due.logLikelihood, 3);
    expect(found.bic).toBeCloseTo(due.bic, 2);
    expect(found.status).toBe('converged');
  }
});

test('the same by the bound of variational Bayes: one partition, one bound', async () => {
  const [grown, shrunk] = await Promise.all([1, 9].map((components) => fitBayes(x, { components, moves: 'all' })));
  for (const { info } of [grown!, shrunk!]) expect(info.counts.filter((n) => n > 2)).toHaveLength(4);
  expect(Math.abs(grown!.bound / shrunk!.bound - 1)).toBeLessThan(1e-6);
});

test('on memoized statistics of batches moves come to the same, from one component and from nine', async () => {
  const due = await fitBayes(x, { components: 4 });
  const schedule = { name: 'memoized', minibatch: 200 } as const;
  for (const components of [1, 9]) {
    const found = await fitBayes(x, { components, moves: 'all', schedule });
    expect(found.model.components).toBe(4);
    expect(Math.abs(found.bound / due.bound - 1)).toBeLessThan(1e-6);
    for (const { accepted, before, after } of found.moves)
      if (accepted) expect(after as number).toBeGreaterThan((before as number) - 1e-9);
    const { after } = found.moves.findLast(({ accepted }) => accepted)!;
    expect(found.bound - (after as number)).toBeGreaterThan(-1e-9);
    expect(found.bound - (after as number)).toBeLessThan(1);
  }
});

test('what has died is deleted at once: nine components under sticks end as the four that own rows', async () => {
  const found = await fitBayes(x, { components: 9, moves: 'all', prior: { weights: dirichletProcess(1) } });
  expect(found.info.counts).toHaveLength(4);
});

test('every proposal is an event with its arithmetic: what was accepted was better, what was not was not', async () => {
  const seen: string[] = [];
  const { moves, bic } = await fit(x, {
    components: 1,
    moves: ['split', 'merge'],
    onStep: ({ info }) => void seen.push(...(info.events ?? []).map(({ name }) => name)),
  });
  expect(seen).toEqual(moves.map(({ name }) => name));
  expect(moves.filter(({ accepted }) => accepted).map(({ name }) => name)).toEqual(['split', 'split', 'split']);
  for (const { name, criterion, before, after, accepted, why, components } of moves) {
    expect(['split', 'merge']).toContain(name);
    expect(criterion).toBe('bic');
    expect((components as readonly number[]).length).toBe(name === 'merge' ? 2 : 1);
    if (accepted) expect(after as number).toBeLessThan(before as number);
    expect(typeof why).toBe('string');
  }
  // In the user's units: the last that was accepted is what the fit ends at, but for what its last steps gain.
  const { after } = moves.findLast(({ accepted }) => accepted)!;
  expect(bic - (after as number)).toBeLessThan(1e-9);
  expect(bic - (after as number)).toBeGreaterThan(-1);
});

test('proposals of every run that is reported are told, with the run that they were made in, and those of the short run that it began as', async () => {
  const seen: string[] = [];
  const { moves, restarts, best, model } = await fit(x, {
    components: 3,
    moves: ['split'],
    screen: 4,
    restarts: 2,
    onStep: ({ phase, restart, info }) => {
      if (phase === 'fit') seen.push(...(info.events ?? []).map(({ name }) => `${restart} ${name}`));
    },
  });
  expect([...new Set(moves.map(({ restart }) => restart))]).toEqual([0, 1]);
  expect(restarts).toHaveLength(2);
  expect(moves.filter(({ phase }) => phase === 'fit').map(({ restart, name }) => `${restart} ${name}`)).toEqual(seen);
  expect(moves.some(({ phase }) => phase === 'screen')).toBe(true);
  // What led to the model is among them: one split was accepted for each component that was not asked for.
  const own = moves.filter(({ restart, accepted }) => restart === best && accepted);
  expect(own).toHaveLength(model.components - 3);
});

test('split and merge at a fixed number lead out of an optimum that EM does not leave', async () => {
  const round = (variance: number): number[][] => [
    [variance, 0],
    [0, variance],
  ];
  const start = {
    means: [
      [-0.5, 0],
      [0.5, 0],
      [0, 0.5],
      [4.6, 4.6],
    ],
    covariances: [round(0.5), round(0.5), round(0.5), round(15)],
  };
  const due = await fit(x, { components: 4 });
  const stuck = await fit(x, { components: 4, start });
  const found = await fit(x, { components: 4, start, moves: 'split-merge' });
  expect(stuck.logLikelihood).toBeLessThan(due.logLikelihood - 50);
  expect(found.logLikelihood).toBeCloseTo(due.logLikelihood, 3);
  expect(found.model.components).toBe(4);
  expect(found.moves.some(({ name, accepted }) => name === 'split-merge' && accepted)).toBe(true);
  expect(stuck.moves).toEqual([]);
});

test('the same seed gives the same moves and bits; what cannot be is refused in a sentence', async () => {
  const options = { components: 2, moves: 'all', seed: 4 } as const;
  const [a, b] = await Promise.all([fit(x, options), fit(x, options)]);
  expect(a!.moves).toEqual(b!.moves);
  expect(JSON.stringify(a!.model)).toBe(JSON.stringify(b!.model));
  const refused = async (moves: unknown, sentence: string, schedule = 'batch'): Promise<void> =>
    expect(fit(x, { components: 2, moves: moves as 'all', schedule: schedule as 'batch' })).rejects.toThrow(sentence);
  await refused('some', 'moves is "some"');
  await refused(['fly'], 'moves has "fly"');
  await refused('all', 'moves go with the schedules "batch" and "memoized", the schedule is "stepwise"', 'stepwise');
});
