import type { BackendName, Matrix } from '@mixtention/core';
import { generator, key, split } from '@mixtention/core/numeric';
import type { FitOptions } from '@mixtention/mixture';

/** What is fitted, and with what. */
export type AuditProblem = {
  readonly index: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Deviation of the groups' centres, in deviations (for binary columns in logits): the smaller, the more they overlap. */
  readonly gap: number;
  readonly family: (typeof FAMILIES)[number];
  readonly backend: BackendName;
};

const ROWS = [200, 1000, 4000];
const COLUMNS = [1, 2, 4, 8];
const COMPONENTS = [2, 3, 4];
const GAPS = [1, 2, 4];
const FAMILIES = ['full', 'diagonal', 'tied', 'spherical', 'bernoulli'] as const;
/** One binary column is a mixture of nothing; a few more than a few are needed to tell groups apart. */
const BINARY = 4;

/** The problem of a number: every size, overlap, family and backend comes up, drawn anew for each. */
export function auditProblem(index: number, backends: readonly BackendName[]): AuditProblem {
  const random = generator(split(key(index), 'audit'));
  const one = <T>(choices: readonly T[]): T => choices[random.integer(choices.length)]!;
  const family = FAMILIES[index % FAMILIES.length]!;
  const backend = backends[Math.floor(index / FAMILIES.length) % backends.length]!;
  const columns = one(COLUMNS) * (family === 'bernoulli' ? BINARY : 1);
  return { index, rows: one(ROWS), columns, components: one(COMPONENTS), gap: one(GAPS), family, backend };
}

/** Its rows: as many groups as components, of unit deviations or of independent bits. */
export function auditRows({ index, rows, columns, components, gap, family }: AuditProblem): Matrix {
  const random = generator(split(key(index), 'audit-rows'));
  const centers = Float64Array.from({ length: components * columns }, () => gap * random.normal());
  const data = new Float64Array(rows * columns);
  for (let n = 0, i = 0; n < rows; n++) {
    const k = random.integer(components);
    for (let d = 0; d < columns; d++, i++) {
      const center = centers[k * columns + d]!;
      data[i] =
        family === 'bernoulli' ? Number(random.uniform() < 1 / (1 + Math.exp(-center))) : center + random.normal();
    }
  }
  return { data, rows, cols: columns };
}

/** Its family as options of a fit say it. */
export function familyOf({ family }: AuditProblem): Pick<FitOptions, 'family' | 'covariance'> {
  return family === 'bernoulli' ? { family } : { covariance: family };
}

export function nameOf({ rows, columns, components, gap, family, backend, index }: AuditProblem): string {
  return `no. ${index}: ${rows} × ${columns}, K = ${components}, gap ${gap}, ${family}, ${backend}`;
}
