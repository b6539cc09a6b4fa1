import type { Precision } from '@mixtention/core';
import { expect, test } from 'vitest';
import { raceTable } from './race.ts';
import type { Side } from './side.ts';

function side(name: string, precision: Precision): Side {
  return { name, precision, solves: () => true, check: async () => 0, iterate: async () => 0 };
}

test('ratios are of the same round and the same precision, against the fastest of ours', () => {
  const race = new Map([
    [side('mixtention, native', 'float32'), [0.01, 0.02, 0.05]],
    [side('mixtention, wasm', 'float32'), [0.03, 0.06, 0.15]],
    // Twice, twice and a tenth of ours in the same round; the ratio of medians would be 1.
    [side('peer', 'float32'), [0.02, 0.04, 0.005]],
    [side('mixtention, plain', 'float64'), [0.4, 0.4, 0.4]],
    [side('peer', 'float64'), [0.1, 0.1, 0.1]],
  ]);
  const lines = raceTable(race, 2).split('\n').slice(2);
  expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
    ['mixtention, native', 'float32', '2', '20'],
    ['mixtention, wasm', 'float32', '2', '60', 'ours is 3.00 × faster'],
    ['peer', 'float32', '2', '20', 'ours is 2.00 × faster'],
    ['mixtention, plain', 'float64', '2', '400'],
    ['peer', 'float64', '2', '100', 'ours is 4.00 × slower'],
  ]);
});
