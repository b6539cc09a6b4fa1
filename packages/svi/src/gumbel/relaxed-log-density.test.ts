import { generator, key, logSumExp, sampleGumbel } from '@mixtention/core/numeric';
import { expect, test } from 'vitest';
import { gumbelSoftmax } from '../distributions/index.ts';
import { compile, value } from '../graph/index.ts';
import { relaxedLogDensity } from './relaxed-log-density.ts';

/** log y of y = softmax of K − 1 free coordinates and 0. */
function logSimplex(...free: number[]): number[] {
  const coordinates = [...free, 0];
  const normalizer = logSumExp(coordinates);
  return coordinates.map((c) => c - normalizer);
}

/** Density of the free coordinates: that of y times the Jacobian Π y. */
function density(logDraw: number[], logits: number[], temperature: number): number {
  return Math.exp(relaxedLogDensity(logDraw, logits, temperature) + logDraw.reduce((a, b) => a + b, 0));
}

test('the relaxed density of two components integrates to one at every temperature', () => {
  for (const temperature of [0.3, 0.5, 1, 2]) {
    let total = 0;
    for (let t = -80; t < 80; t += 0.02) total += 0.02 * density(logSimplex(t), [0.7, -0.4], temperature);
    expect(total).toBeCloseTo(1, 6);
  }
});

test('the relaxed density of three components integrates to one', () => {
  for (const temperature of [0.5, 1, 2]) {
    let total = 0;
    for (let s = -45; s < 45; s += 0.15) {
      for (let t = -45; t < 45; t += 0.15) total += 0.0225 * density(logSimplex(s, t), [0.2, -1, 0.6], temperature);
    }
    expect(total).toBeCloseTo(1, 4);
  }
});

test('relaxed draws fall where the density says (40,000 draws, four standard errors)', () => {
  const logits = [0.7, -0.4];
  const temperature = 0.6;
  const random = generator(key(21));
  const draws = Array.from({ length: 40_000 }, () => {
    const scores = logits.map((l) => (l + sampleGumbel(random)) / temperature);
    return scores[0]! - scores[1]!; // the logit of the first coordinate
  });
  for (const limit of [-3, -1, 0, 1, 3]) {
    let below = 0;
    for (let t = -60; t < limit - 1e-9; t += 0.005)
      below += 0.005 * density(logSimplex(t + 0.0025), logits, temperature);
    const share = draws.filter((d) => d < limit).length / draws.length;
    expect(Math.abs(share - below)).toBeLessThan(4 * Math.sqrt((below * (1 - below)) / draws.length));
  }
});

test('a constant added to the logits changes nothing', () => {
  const draw = logSimplex(0.3, -2);
  expect(relaxedLogDensity(draw, [5.2, 4, 5.6], 0.7)).toBeCloseTo(relaxedLogDensity(draw, [0.2, -1, 0.6], 0.7), 10);
});

test('relaxed draws of three components fall where the density says (40,000 draws, four standard errors)', () => {
  const logits = [0.2, -1, 0.6];
  const temperature = 0.8;
  const random = generator(key(4));
  const draws = Array.from({ length: 40_000 }, () => {
    const scores = logits.map((l) => (l + sampleGumbel(random)) / temperature);
    return [scores[0]! - scores[2]!, scores[1]! - scores[2]!] as const;
  });
  const quadrants = [
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ] as const;
  for (const [a, b] of quadrants) {
    let due = 0;
    for (let s = 0.05; s < 40; s += 0.1)
      for (let t = 0.05; t < 40; t += 0.1) due += 0.01 * density(logSimplex(a * s, b * t), logits, temperature);
    const share = draws.filter(([s, t]) => a * s > 0 && b * t > 0).length / draws.length;
    expect(Math.abs(share - due)).toBeLessThan(4 * Math.sqrt((due * (1 - due)) / draws.length) + 1e-4);
  }
});

test('the distribution that models are written with has this density', () => {
  for (const [draw, logits, temperature] of [
    [logSimplex(0.3, -2), [0.2, -1, 0.6], 0.7],
    [logSimplex(-4), [1.5, -0.2], 0.3],
  ] as const) {
    const program = compile([gumbelSoftmax(temperature, { logits }).logDensity(value(draw.map(Math.exp)))], []);
    program.run();
    expect(program.outputs[0]).toBeCloseTo(relaxedLogDensity(draw, [...logits], temperature), 9);
  }
});
