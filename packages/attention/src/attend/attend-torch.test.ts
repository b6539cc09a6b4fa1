import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { backends } from '../testing/backends.ts';
import { difference } from '../testing/difference.ts';
import { attend } from './attend.ts';
import { attendGradient } from './attend-gradient.ts';
import type { AttendHeadsOptions } from './types.ts';

type Case = {
  readonly name: string;
  readonly output: number[];
  readonly logEvidence: number[];
  readonly gradient: { readonly q: number[]; readonly k: number[]; readonly v: number[]; readonly rest: number[][] };
};

/** Written by fixture.py: PyTorch's attention and its gradients, in float64. */
const fixture = JSON.parse(readFileSync(new URL('./attend.fixture.json', import.meta.url), 'utf8')) as {
  readonly [name in 'q' | 'k' | 'v' | 'bias' | 'pairs' | 'sinks' | 'table' | 'slopes']: number[];
} & { readonly loss: { readonly output: number[]; readonly logEvidence: number[] }; readonly cases: Case[] };
const [H, G, N, K, d, V] = [4, 2, 5, 7, 4, 3];
const q = { data: fixture.q, shape: [H, N, d] } as const;
const k = { data: fixture.k, shape: [G, K, d] } as const;
const v = { data: fixture.v, shape: [G, K, V] } as const;

const options: { readonly [name: string]: AttendHeadsOptions } = {
  plain: {},
  scale: { scale: 0.7 },
  causal: { mask: 'causal' },
  bias: { bias: fixture.bias },
  pairs: { bias: { data: fixture.pairs, shape: [N, K] } },
  sink: { sink: fixture.sinks },
  alibi: { headPositions: fixture.slopes.map((alibi) => ({ causal: true, alibi })) },
  relative: { positions: { relative: fixture.table } },
  rotary: { positions: { causal: true, rotary: true } },
};
const part = (all: readonly number[], h: number, size: number): number[] => all.slice(h * size, (h + 1) * size);
const joined = (parts: readonly ArrayLike<number>[]): number[] => parts.flatMap((own) => Array.from(own));
const summed = (parts: readonly ArrayLike<number>[]): number[] =>
  Array.from(parts[0]!, (_, i) => parts.reduce((sum, own) => sum + own[i]!, 0));

describe.each(await backends())('attention of heads that share keys, on $backend.name', ({ backend, tolerance }) => {
  test.each(fixture.cases)(
    'equals that of PyTorch, gradients too: $name',
    ({ name, output, logEvidence, gradient }) => {
      const own = { ...options[name], backend };
      const readings = attend(q, k, v, own);
      expect(difference(joined(readings.map((reading) => reading.output.data)), output)).toBeLessThan(tolerance);
      expect(difference(joined(readings.map((reading) => reading.logEvidence)), logEvidence)).toBeLessThan(tolerance);
      const downstream = readings.map((reading, h) => ({
        reading,
        gradient: {
          output: { data: part(fixture.loss.output, h, N * V), shape: [N, V] },
          logEvidence: part(fixture.loss.logEvidence, h, N),
        },
      }));
      const ours = attendGradient(q, k, v, downstream, own);
      const groups = [ours[0]!, ours[H / G]!];
      expect(difference(joined(ours.map(({ queries }) => queries.data)), gradient.q)).toBeLessThan(tolerance);
      expect(difference(joined(groups.map(({ keys }) => keys.data)), gradient.k)).toBeLessThan(tolerance);
      expect(difference(joined(groups.map(({ values }) => values.data)), gradient.v)).toBeLessThan(tolerance);
      const rest: { readonly [name: string]: () => number[] } = {
        bias: () => summed(ours.map(({ bias }) => bias)),
        pairs: () => summed(ours.map(({ pairBias }) => pairBias!.data)),
        sink: () => ours.map(({ sink }) => sink!),
        relative: () => summed(ours.map(({ relative }) => relative!)),
      };
      expect(Object.keys(rest).includes(name)).toBe(gradient.rest.length > 0);
      for (const due of gradient.rest) expect(difference(rest[name]!(), due)).toBeLessThan(2 * tolerance);
    },
  );
});
