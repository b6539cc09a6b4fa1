import { inline } from '@mixtention/core';
import { availableTensorBackends } from '@mixtention/core/testing';
import { decodeCheckpoint, encodeCheckpoint, faithful } from '@mixtention/mixture';
import { expect, test } from 'vitest';
import { fitVariational } from './fit-variational.ts';
import type { VariationalOptions } from './variational-options.ts';

const [backend] = await availableTensorBackends();

/** Everything but the time that it took, every number to the last bit. */
function apart(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (name, part: unknown) => {
      if (name === 'seconds' || name === 'passSeconds' || name === 'notes') return undefined;
      return part instanceof Float64Array || part instanceof Int32Array ? Array.from(part, String) : part;
    }),
  );
}

test.each(['exact', 'relaxed'] as const)(
  'fitVariational with %s assignments, killed anywhere, goes on to the same bits, its noise included',
  async (assignments) => {
    const run = (more: Partial<VariationalOptions>) =>
      fitVariational(faithful(), {
        components: 2,
        restarts: 2,
        maxIterations: 6,
        assignments,
        executor: inline(backend!),
        ...more,
      });
    const texts: string[] = [];
    const due = apart(
      await run({ checkpointEveryMs: 0, onCheckpoint: (checkpoint) => void texts.push(encodeCheckpoint(checkpoint)) }),
    );
    expect(texts.length).toBeGreaterThan(10);
    for (const i of [0, 4, 9, texts.length - 1])
      expect(apart(await run({ resume: decodeCheckpoint(texts[i]!) }))).toEqual(due);
  },
);
