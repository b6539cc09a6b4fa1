import type { Transform } from '@mixtention/core';
import { fail } from '@mixtention/core/base';

/** The one scale of all columns. */
export function commonScale({ scale }: Transform): number {
  const first = scale[0]!;
  if (scale.some((s) => s !== first)) {
    fail(
      'mixture/gaussian-spherical',
      'BAD_OPTION',
      'the columns are scaled one by one, a ball needs one scale for all (scaling: a number)',
    );
  }
  return first;
}
