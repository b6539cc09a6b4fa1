import { expect, test } from 'vitest';
import { plain } from '../backends/plain.ts';
import { matrix } from '../base/matrix.ts';
import type { AnyAlgorithm } from '../contracts/index.ts';
import { dataset } from '../data/dataset.ts';
import { shardCache } from '../data/shard-cache.ts';
import { jobBook } from './job-book.ts';
import { LINE_WORDS, STATE, WORD } from './protocol.ts';
import { serveCalls } from './serve-calls.ts';

const data = dataset(matrix([[1], [2], [3]]), { shardRows: 1 });
const spec = { kind: 'algorithm', name: 'count', module: 'count', from: '', config: null } as const;
const algorithm = {
  spec,
  ask: (message: null) => ({ message }),
  collect: (_: null, shard: { readonly rows: number }) => ({ rows: shard.rows }),
} as unknown as AnyAlgorithm;

test('who makes a pass whole rings the bell also where he answers by a message: others have answered by their word before', async () => {
  const work = { backend: 'plain', precision: 'float64', algorithm: 'count', spec, data, tiles: null } as const;
  const { job } = await jobBook().lend(work, { message: null }, { pieces: 3, workers: 2 });
  const words = new Int32Array(new SharedArrayBuffer(4 * LINE_WORDS));
  const bell = new Int32Array(new SharedArrayBuffer(8));
  const call = { job: job.number, pass: 1, worker: 0, first: -1, roomPieces: 3, listens: 1, call: 1 } as const;
  for (const [name, value] of Object.entries(call)) words[WORD[name as keyof typeof call]] = value;
  // Another worker has brought a piece, and its main thread has not looked.
  job.owners[0] = 2;
  job.left[0] = 2;
  Atomics.store(words, WORD.state, STATE.called);
  const serve = serveCalls({ shards: shardCache(), prepare: async () => ({ algorithm, backend: plain }) });
  const told = await serve({ line: 1, memory: { number: 1, words, bell }, told: job, into: [] });
  expect(told).toMatchObject({ kind: 'brought' });
  expect([words[WORD.brought], job.left[0], bell[0]]).toEqual([2, 0, 1]);
});
