import { expect, test } from 'vitest';
import { autoNormal } from '../guides/index.ts';
import { type Model, nonCentred } from '../model/index.ts';
import { pathfinder } from '../pathfinder/index.ts';
import { distances } from '../testing-targets.ts';
import { decodeSviCheckpoint, encodeSviCheckpoint } from './checkpoint.ts';
import { estimatorReport } from './estimator-report.ts';
import { svi } from './svi.ts';

const data = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: [15, 10, 16, 11, 9, 11, 10, 18] };

/** Eight schools as most write it first: effects follow their scale into a funnel. */
const centred: Model<typeof data> = ({ sample, observe, plate, normal, halfCauchy }, { J, y, sigma }) => {
  const mu = sample('mu', normal(0, 5));
  const tau = sample('tau', halfCauchy(5));
  const theta = plate('schools', J, () => sample('theta', normal(mu, tau)));
  observe('y', normal(theta, sigma), y);
};

/** By quadrature over tau, with effects and their mean integrated in closed form. */
const EVIDENCE = -31.3113;

const reference = {
  mu: [4.410518, 3.309296],
  tau: [3.60206, 3.198478],
  'theta[1]': [6.150502, 5.615863],
  'theta[8]': [4.883997, 5.317692],
} as const;

test.each([0, 1, 2, 5])(
  'centred eight schools is fitted in non-centred coordinates, and its evidence is that of quadrature (seed %i)',
  (seed) => {
    for (const result of [svi(centred, data, { seed }), pathfinder(centred, data, { seed })]) {
      expect(result.nonCentred).toEqual(['theta']);
      expect(result.message).toContain('non-centred: "theta"');
      expect(result.corrected).toBe(true);
      expect(Math.abs(result.logEvidence - EVIDENCE)).toBeLessThan(4 * result.logEvidenceStandardError);
      const { mean, sd } = distances(result.sites, reference);
      expect(mean).toBeLessThan(0.15);
      expect(sd).toBeLessThan(0.15);
    }
  },
);

test.each([0, 1])('draws of values are mended in the coordinates that a normal is nearest in (seed %i)', (seed) => {
  const result = svi(centred, data, { seed, guide: 'autoStructured' });
  expect(result.nonCentred).toEqual([]);
  expect(result.mended).not.toBeNull();
  expect(Math.abs(result.logEvidence - EVIDENCE)).toBeLessThan(4 * result.logEvidenceStandardError);
});

test('as it is stated no draw of it is believed', () => {
  const {
    nonCentred: sites,
    corrected,
    logEvidenceStandardError,
    message,
  } = svi(centred, data, { nonCentred: [], seed: 1 });
  expect(sites).toEqual([]);
  expect(corrected).toBe(false);
  expect(logEvidenceStandardError).toBeNaN();
  expect(message).not.toContain('non-centred');
});

test('many data a member leave the coordinates as stated', () => {
  const many = { J: 8, y: [28, 8, -3, 7, -1, 1, 18, 12], sigma: new Array(8).fill(0.01) };
  expect(svi(centred, many).nonCentred).toEqual([]);
});

test('coordinates are asked for by option or by the model, and a checkpoint has them', () => {
  const options = { seed: 4, steps: 400, guide: 'autoNormal' } as const;
  let text = '';
  const whole = svi(centred, data, {
    ...options,
    checkpointEveryMs: 0,
    onCheckpoint: (checkpoint) => {
      text ||= encodeSviCheckpoint(checkpoint);
    },
  });
  expect(whole.nonCentred).toEqual(['theta']);
  const resume = decodeSviCheckpoint(text);
  const again = svi(centred, data, { ...options, resume });
  expect([again.bound, again.nonCentred, again.sites]).toEqual([whole.bound, whole.nonCentred, whole.sites]);
  expect(() => svi(centred, data, { ...options, nonCentred: [], resume })).toThrow(
    /checkpoint is of another run: nonCentred/,
  );
  const asked = svi(centred, data, { ...options, nonCentred: ['theta'] });
  expect(asked.bound).toBe(svi(nonCentred(centred, ['theta']), data, options).bound);
  const { around } = whole;
  expect(svi(centred, data, { ...options, around }).nonCentred).toEqual(['theta']);
  expect(() => svi(centred, data, { around, nonCentred: [] })).toThrow(/nonCentred was given beside around/);
});

/** Every free number has a parameter of its own: where the guide stood says in which coordinates it was. */
test('what a result tells of its guide is taken in its own coordinates, whoever named them', () => {
  const options = { seed: 4, steps: 400, guide: 'autoNormal' } as const;
  const { around, parameters } = svi(centred, data, options);
  const asked = { guide: autoNormal(), around, parameters, draws: 100, samples: [] };
  const noise = (model: typeof centred, own: object = {}): number[] =>
    estimatorReport(model, data, { ...asked, ...own }).map(({ variance }) => variance);
  expect(noise(centred)).toEqual(noise(nonCentred(centred, ['theta'])));
  const { nonCentred: _, ...untold } = around;
  expect(noise(centred, { around: untold })[0]).toBeGreaterThan(10 * noise(centred)[0]!);
  const told = svi(nonCentred(centred, ['theta']), data, { ...options, around: untold });
  expect(told.nonCentred).toEqual(['theta']);
  expect(told.around.nonCentred).toEqual(['theta']);
  expect(told.bound).toBe(svi(centred, data, { ...options, around }).bound);
});

/** With a member's shift that has a guide of its own. */
const shifted: Model<typeof data> = ({ sample, observe, plate, normal, halfCauchy, bernoulli, add, mul }, given) => {
  const tau = sample('tau', halfCauchy(5));
  const theta = plate('schools', 8, () => sample('theta', normal(4, tau)));
  const shift = plate('schools', 8, () => sample('shift', bernoulli(0.2)));
  plate('schools', 8, () => observe('y', normal(add(theta, mul(10, shift)), given.sigma), given.y));
};

test('so it is where discrete latents have a guide', () => {
  const options = { guide: 'autoNormal', discrete: 'enumerated', steps: 200, resultDraws: 200 } as const;
  const first = svi(shifted, data, { ...options, nonCentred: ['theta'] });
  const own = nonCentred(shifted, ['theta']);
  const by = [
    svi(own, data, options),
    ...[own, shifted].map((m) => svi(m, data, { ...options, around: first.around })),
  ];
  for (const { bound, around, nonCentred: sites } of by)
    expect([bound, around.nonCentred, sites]).toEqual([first.bound, ['theta'], ['theta']]);
});

/** Scales of scales: each of the two sites alone or together. */
const scaled: Model<null> = ({ sample, halfNormal, halfCauchy, normal }) => {
  const a = sample('a', halfNormal(1));
  const b = sample('b', halfCauchy(a));
  sample('c', normal(0, b));
};

test('divergences in closed form are not taken of values that non-centred coordinates move', () => {
  const options = { nonCentred: ['b', 'c'], guide: 'autoNormal', seed: 2 } as const;
  const closed = svi(scaled, null, { ...options, estimator: 'analytic-kl' });
  const drawn = svi(scaled, null, { ...options, estimator: 'pathwise' });
  expect(closed.status).toBe('converged');
  expect(Math.abs(closed.bound - drawn.bound)).toBeLessThan(0.05);
  expect(closed.bound).toBeLessThan(4 * closed.boundStandardError);
});

/** 0.3 N(−at, 1) + 0.7 N(at, 1), whose evidence is 1. */
const modes =
  (at: number): Model<null> =>
  ({ sample, mixture, normal }) =>
    sample('x', mixture([0.3, 0.7], normal([-at, at], 1)));

test.each([1, 2, 4, 5])('modes that the paths of the start found are in the result (seed %i)', (seed) => {
  for (const at of [3, 6])
    for (const result of [svi(modes(at), null, { seed }), pathfinder(modes(at), null, { seed })]) {
      expect(result.corrected).toBe(true);
      expect(Math.abs(result.logEvidence)).toBeLessThan(4 * result.logEvidenceStandardError);
      expect(result.sites.x!.mean as number).toBeCloseTo(0.4 * at, 0);
    }
});
