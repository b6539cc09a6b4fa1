import { percent } from '@mixtention/core/page';

/** A share in per cent, which is 100 % only where it is. */
export function shareText(share: number): string {
  return share < 1 && share >= 0.9995 ? '>99.9 %' : percent(share);
}
