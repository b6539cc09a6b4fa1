import type { Family, Tree } from '@mixtention/core';
import { fail } from '@mixtention/core/base';
import { div, type Shape, type Value } from '../graph/index.ts';

export type Size = { readonly components: number; readonly width: number };

/** Where a step stands: N_k, N, and parameters before it. */
type Setting = {
  readonly counts: Float64Array;
  readonly rows: number;
  readonly size: Size;
  readonly place: Float64Array;
  readonly spread: Float64Array | null;
};

type Block = {
  /** Its numbers among parameters of the family. */
  readonly of: (params: Tree, where: string) => Float64Array;
  /** P times a slope. */
  readonly preconditioned: (slope: Float64Array, setting: Setting) => Float64Array;
};

/** The parameters of a family in blocks, each with its own P: places `[K, D]` (means, probabilities), and spreads where there are any. */
export type Blocks = {
  readonly place: Block;
  readonly spread: (Block & { readonly shape: (size: Size) => Shape }) | null;
  /** As the sites that scores are written with. */
  readonly sites: (place: Value, spread: Value | null, size: Size) => { readonly [site: string]: Value };
  readonly params: (place: Float64Array, spread: Float64Array | null, width: number) => Tree;
};

const named =
  (name: string) =>
  (params: Tree): Float64Array =>
    (params as { readonly [name: string]: Float64Array })[name]!;

/** Gaussians of full covariances, one a component or one of all: Σ_k/N_k for means, (2/N) Σ ⊗ Σ for covariances. */
const matrices = (name: 'covariances' | 'covariance'): Blocks => {
  const isTied = name === 'covariance';
  return {
    place: {
      of: named('means'),
      preconditioned: (slope, { counts, size: { width: d }, spread }) =>
        slope.map((_, i) => {
          const [k, row] = [Math.floor(i / d), i % d];
          let total = 0;
          for (let j = 0; j < d; j++) total += spread![(isTied ? 0 : k * d * d) + row * d + j]! * slope[k * d + j]!;
          return total / counts[k]!;
        }),
    },
    spread: {
      of: named(name),
      shape: ({ components, width }) => (isTied ? [width, width] : [components, width, width]),
      preconditioned: (slope, { counts, rows, size: { width: d }, spread }) => {
        const step = new Float64Array(slope.length);
        for (let at = 0; at < slope.length; at += d * d) {
          const owned = isTied ? rows : counts[at / (d * d)]!;
          const [own, g] = [spread!.subarray(at, at + d * d), slope.subarray(at, at + d * d)];
          step.set(
            sandwich(own, g, d).map((v) => (2 * v) / owned),
            at,
          );
        }
        return step;
      },
    },
    sites: (mean, covariance) => ({ mean, covariance: covariance! }),
    params: (means, covariances, width) => ({ width, means, [name]: covariances! }),
  };
};

/** S G S, of the symmetric part of G. */
function sandwich(s: Float64Array, g: Float64Array, d: number): Float64Array {
  const half = new Float64Array(d * d);
  const whole = new Float64Array(d * d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++)
      for (let k = 0; k < d; k++) half[i * d + j]! += 0.5 * (g[i * d + k]! + g[k * d + i]!) * s[k * d + j]!;
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) for (let k = 0; k < d; k++) whole[i * d + j]! += s[i * d + k]! * half[k * d + j]!;
  return whole;
}

/** Variances, one a cell or one a component: σ²/N_k for means, 2σ⁴/N_k (a column) for variances. */
const numbers = (isSpherical: boolean): Blocks => ({
  place: {
    of: named('means'),
    preconditioned: (slope, { counts, size: { width: d }, spread }) =>
      slope.map((g, i) => (spread![isSpherical ? Math.floor(i / d) : i]! * g) / counts[Math.floor(i / d)]!),
  },
  spread: {
    of: named('variances'),
    shape: ({ components, width }) => [components, isSpherical ? 1 : width],
    preconditioned: (slope, { counts, size: { width: d }, spread }) =>
      slope.map((g, i) => {
        const owned = isSpherical ? d * counts[i]! : counts[Math.floor(i / d)]!;
        return (2 * spread![i]! ** 2 * g) / owned;
      }),
  },
  sites: (mean, variance) => ({ mean, precision: div(1, variance!) }),
  params: (means, variances, width) => ({ width, means, variances: variances! }),
});

const bernoulli: Blocks = {
  place: {
    of: (params, where) => {
      const p = named('probabilities')(params);
      const bad = p.findIndex((v) => !(v > 0 && v < 1));
      if (bad >= 0)
        fail(
          where,
          'BAD_DATA',
          `a probability is ${p[bad]}, where there is no gradient; numbers between 0 and 1 were due`,
        );
      return p;
    },
    preconditioned: (slope, { counts, size: { width: d }, place }) =>
      slope.map((g, i) => (place[i]! * (1 - place[i]!) * g) / counts[Math.floor(i / d)]!),
  },
  spread: null,
  sites: (probability) => ({ probability }),
  params: (probabilities, _, width) => ({ width, probabilities }),
};

const table: { readonly [family: string]: Blocks } = {
  bernoulli,
  'gaussian-diagonal': numbers(false),
  'gaussian-spherical': numbers(true),
  'gaussian-tied': matrices('covariance'),
  'gaussian-full': matrices('covariances'),
};

export function blocksOf(family: Family, where: string): Blocks {
  const known = table[family.spec.name];
  if (known === undefined)
    return fail(
      where,
      'BAD_OPTION',
      `components are ${family.spec.name}; ${Object.keys(table).join(', ')} are written as gradients here`,
    );
  return known;
}
