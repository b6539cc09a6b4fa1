import type { Transform } from '@mixtention/core';
import { cholesky } from '@mixtention/core/numeric';
import { diagonalOf } from './affine.ts';
import type { NormalWishart } from './normal-wishart-prior.ts';

/** A mean so many deviations from the data is in other units; so is a scale so many times that of a column, or less than one part in so many. */
const FAR_MEAN = 1e6;
const FAR_SCALE = 1e12;

/** What is wrong with a normal–Wishart prior. */
export function wrongNormalWishart(
  { mean, shrinkage, degrees, inverseScale }: NormalWishart,
  data: Transform,
): string | null {
  const width = mean.length;
  return (
    wrongMean({ mean, shrinkage }, data) ??
    wrongDegrees(degrees, width - 1) ??
    wrongMatrix(inverseScale, width) ??
    wrongSpread(diagonalOf(inverseScale, width), data)
  );
}

/** What is wrong with what a prior says of means. */
export function wrongMean(
  { mean, shrinkage }: Pick<NormalWishart, 'mean' | 'shrinkage'>,
  { center, scale }: Transform,
): string | null {
  const d = mean.findIndex((m, i) => !(Math.abs(m - center[i]!) <= FAR_MEAN * scale[i]!));
  if (d >= 0)
    return `mean[${d}] is ${mean[d]}, where the data lie about ${center[d]} with deviation ${scale[d]}; the units of the data were due`;
  return shrinkage > 0 ? null : `shrinkage is ${shrinkage}, a number above 0 was due`;
}

/** What is wrong with degrees of freedom that must be above the least. */
export function wrongDegrees(degrees: number, least: number): string | null {
  return degrees > least ? null : `degrees is ${degrees}, a number above ${least} was due`;
}

/** What is wrong with inverse scales of columns, in their squared units. */
export function wrongSpread(inverseScale: Float64Array, { scale }: Transform): string | null {
  const d = inverseScale.findIndex((s, i) => !(s > 0 && within(s / scale[i]! ** 2)));
  if (d < 0) return null;
  const [own, due] = [inverseScale[d], scale[d]! ** 2];
  return own! > 0
    ? `inverseScale of column ${d} is ${own}, where the variance of the data is ${due}; the squared units of the data were due`
    : `inverseScale of column ${d} is ${own}, a number above 0 was due`;
}

function within(ratio: number): boolean {
  return ratio < FAR_SCALE && ratio > 1 / FAR_SCALE;
}

function wrongMatrix(inverseScale: Float64Array, width: number): string | null {
  const at = inverseScale.findIndex((s, i) => s !== inverseScale[(i % width) * width + Math.floor(i / width)]);
  if (at >= 0) return `inverseScale is not symmetric in row ${Math.floor(at / width)}, column ${at % width}`;
  const factor = inverseScale.slice();
  return cholesky(factor, width, factor) === width ? null : 'inverseScale is not positive definite';
}
