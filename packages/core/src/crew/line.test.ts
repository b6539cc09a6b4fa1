import { afterEach, expect, it, vi } from 'vitest';
import { matrix } from '../base/matrix.ts';
import { dataset } from '../data/dataset.ts';
import { openBell, ring } from './bell.ts';
import type { Answer, Call } from './call.ts';
import { jobBook } from './job-book.ts';
import { openLine } from './line.ts';
import { type Posted, type ServeTask, type Slot, STATE, type Told, WORD } from './protocol.ts';

const TIMEOUT_MS = 1000;
const data = dataset(matrix([[1], [2]]), { shardRows: 1 });
const spec = { kind: 'algorithm', name: 'none', module: 'none', from: '', config: null } as const;

afterEach(() => void vi.useRealTimers());

/** A line whose worker is played by hand. */
async function open() {
  const posted: { readonly task: Posted; answer(told: Told): void }[] = [];
  const lost: Error[] = [];
  const slot: Slot = {
    run: (task) => new Promise((answer) => posted.push({ task, answer })),
    lose: (cause) => void lost.push(cause),
    close: async () => {},
  };
  const bell = openBell(2);
  const work = { backend: 'plain', precision: 'float64', algorithm: 'none', spec, data, tiles: null } as const;
  const { job, pass } = await jobBook().lend(work, { message: null }, { pieces: 2, workers: 2 });
  const room = { pieces: 4, bytes: 0 };
  const call: Call = { job, pass, worker: 0, first: -1, inTurn: false, room, keeps: false, into: [] };
  const line = openLine(slot, bell, TIMEOUT_MS);
  const heard: Answer[] = [];
  const ask = () => line.call(call, (answer) => void heard.push(answer));
  // The first call tells of the job and is answered by message; from then on the worker listens.
  ask();
  const { words } = (posted[0]!.task as ServeTask).memory!;
  posted[0]!.answer({ kind: 'brought', fresh: [], dropped: [] });
  await turn();
  ask();
  const answer = (): void => {
    words[WORD.answered] = words[WORD.call]!;
    Atomics.store(words, WORD.state, STATE.listens);
    ring(bell.words);
  };
  answer();
  await turn();
  expect(heard).toHaveLength(2);
  return { ask, answer, heard, lost, posted, words };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('a worker that listens and is not woken for calls that are taken back is not missed; one that has begun is', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const { ask, heard, lost, words } = await open();
  for (let i = 0; i < 10; i++) {
    const calling = ask();
    vi.advanceTimersByTime(0.4 * TIMEOUT_MS);
    calling.revoke();
    expect(heard.at(-1)).toEqual({ kind: 'done', done: [] });
    expect(words[WORD.state]).toBe(STATE.listens);
  }
  expect(lost).toEqual([]);
  const calling = ask();
  Atomics.store(words, WORD.state, STATE.works);
  calling.revoke();
  expect(heard).toHaveLength(12);
  vi.advanceTimersByTime(0.9 * TIMEOUT_MS);
  expect(lost).toEqual([]);
  vi.advanceTimersByTime(1.1 * TIMEOUT_MS);
  expect(lost.map(({ message }) => message)).toEqual([`it took longer than ${TIMEOUT_MS} ms`]);
});

it('a worker that answered without a ring is found by its deadline, and not given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  const { ask, heard, lost, words } = await open();
  ask();
  words[WORD.answered] = words[WORD.call]!;
  Atomics.store(words, WORD.state, STATE.listens);
  vi.advanceTimersByTime(2 * TIMEOUT_MS);
  expect([heard.length, lost.length]).toEqual([3, 0]);
});

it('calls come one after another; one that waits is taken back at once', async () => {
  const { ask, answer, heard } = await open();
  ask();
  const second = ask();
  const third = ask();
  second.revoke();
  expect(heard).toHaveLength(3);
  answer();
  await turn();
  expect(heard).toHaveLength(4);
  third.revoke();
  expect(heard).toHaveLength(5);
});
