import type { FamilyExample } from '@mixtention/conformance';
import { bernoulli } from '../bernoulli/bernoulli.ts';
import { gaussianFull } from '../gaussian-full/gaussian-full.ts';
import { gaussianSpherical } from '../gaussian-spherical/gaussian-spherical.ts';
import { gaussianTied } from '../gaussian-tied/gaussian-tied.ts';
import { product } from './product.ts';

const many = Array.from({ length: 16 }, (_, i) => i + 4).filter((d) => d !== 10);

export const examples: readonly FamilyExample[] = [
  // A block of two columns, yes-or-no columns around a ball of two, out of order.
  {
    family: product([
      { family: bernoulli, columns: [...many, 0] },
      { family: gaussianFull, columns: [2, 1] },
      { family: gaussianSpherical, columns: [10, 3] },
    ]),
    width: 20,
  },
  // Two covariances that components share, and a product within the product.
  {
    family: product([
      { family: gaussianTied, columns: [0, 2] },
      { family: product([{ family: gaussianTied, columns: [1, 0] }]), columns: [3, 1] },
    ]),
    width: 4,
  },
];
