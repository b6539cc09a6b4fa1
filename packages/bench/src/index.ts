import type { AlgorithmTable } from '@mixtention/core/loop';
import { productAlgorithm } from './speed/product-algorithm.ts';
import { registerAlgorithm } from './speed/register-algorithm.ts';

export { binarize } from './digits/binarize.ts';
export { loadDigits } from './digits/digits.ts';
export type { Digits } from './digits/types.ts';
export { type ProductConfig, productAlgorithm, productFlops } from './speed/product-algorithm.ts';

/** What workers look up by name. */
export const algorithms: AlgorithmTable = { 'bench/product': productAlgorithm, 'bench/registers': registerAlgorithm };
