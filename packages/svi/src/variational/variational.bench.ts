import { inline } from '@mixtention/core';
import { availableTensorBackends } from '@mixtention/core/testing';
import { faithful } from '@mixtention/mixture';
import { bench, describe } from 'vitest';
import { fitVariational } from './fit-variational.ts';

describe('Old Faithful, K=2, 100 steps', async () => {
  for (const backend of await availableTensorBackends()) {
    for (const assignments of ['exact', 'relaxed'] as const) {
      bench(`svi/variational::${backend.name},${assignments}`, async () => {
        await fitVariational(faithful(), {
          components: 2,
          assignments,
          maxIterations: 100,
          boundDraws: 100,
          executor: inline(backend),
        });
      });
    }
  }
});
