import { inline, type Matrix } from '@mixtention/core';
import { columnTransform } from '@mixtention/core/data';
import { scientific } from '@mixtention/core/page';
import { fit } from '@mixtention/em';
import { type Covariance, faithful } from '@mixtention/mixture';
import type { Job } from './job.ts';
import type { ShiftResult } from './results.ts';

const DEVIATIONS = 1e5;
const COVARIANCES: readonly Covariance[] = ['full', 'tied', 'diagonal', 'spherical'];

/** Moves Old Faithful by 100,000 standard deviations, fits and reads it on the fastest backend, and compares with the unmoved data in float64. */
export function shiftData({ backend, reporter, signal }: Job): Promise<ShiftResult> {
  return reporter.stage(
    'data far from the origin',
    async () => {
      const x = faithful();
      const far = shifted(x);
      const cases: { covariance: string; difference: number }[] = [];
      for (const covariance of COVARIANCES) {
        const options = { components: 2, covariance, signal };
        const near = await fit(x, options);
        const away = await fit(far, { ...options, executor: inline(backend) });
        cases.push({
          covariance,
          difference: largestOf(near.model.responsibilities(x), away.model.responsibilities(far, { backend })),
        });
      }
      return { backend: backend.name, deviations: DEVIATIONS, cases };
    },
    ({ cases }) => `responsibilities within ${scientific(largestDifference(cases))}`,
  );
}

function largestOf({ data: due }: Matrix, { data: found }: Matrix): number {
  let most = 0;
  for (let i = 0; i < due.length; i++) most = Math.max(most, Math.abs(due[i]! - found[i]!));
  return most;
}

export function largestDifference(cases: ShiftResult['cases']): number {
  return Math.max(...cases.map(({ difference }) => difference));
}

function shifted(x: Matrix): Matrix {
  const { scale } = columnTransform(x, null);
  return { ...x, data: x.data.map((value, i) => value + DEVIATIONS * scale[i % x.cols]!) };
}
