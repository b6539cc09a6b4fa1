import { afterEach, expect, it, vi } from 'vitest';
import { openBell, ring } from './bell.ts';
import { WORD } from './protocol.ts';

afterEach(() => void vi.restoreAllMocks());

it('the event loop has a turn every 12 ms, though all that the main thread waits for has come when it looks', async () => {
  let clock = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  const bell = openBell(2);
  const line = new Int32Array(new SharedArrayBuffer(64));
  line[WORD.isAwake] = 1;
  let [passes, most, isOver] = [0, 0, false];
  const pass = (): void => {
    bell.listen(line);
    ring(bell.words);
  };
  // A pass of a millisecond, by a worker that is awake and answers at once
  bell.onRing(() => {
    clock += 1;
    most = Math.max(most, ++passes);
    // A loop that never has a turn ends so.
    isOver ||= passes > 1000;
    if (!isOver) queueMicrotask(pass);
  });
  pass();
  for (let turn = 0; turn < 1000; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    passes = 0;
  }
  isOver = true;
  expect(clock).toBeGreaterThan(24);
  expect(most).toBe(12);
});
