import { WORD } from './protocol.ts';

/** A word that workers count up when the main thread has something to look at, and a count of those who may wait awake. */
export type Bell = {
  readonly words: Int32Array;
  /** Whether it can be heard; not in all browsers. */
  readonly isHeard: boolean;
  /** Is called whenever it rings, and now and then when it did not. */
  onRing(wake: () => void): void;
  /** Listens for a ring that came after the last one that was looked at, and wakes the worker of these words: in the next microtask, when all are called. */
  listen(line: Int32Array | null): void;
};

const BELL = { rung: 0, seats: 1 } as const;

/**
 * How long a thread looks at a word before it sleeps: one that is woken begins later, and cold (`npm run bench:steps` prints what small passes cost).
 * It takes a core for so long, so only where what it waited for came soon the last time, and only where no thread that has work wants the core.
 */
const LOOK_MS = 0.1;
const SOON_MS = 0.2;

/** Without sleep the event loop has no turn; it gets one when this much time has gone since the last, so that progress and aborts are not starved. */
const TURN_MS = 12;

/** After so many passes in a row that were too long for those who were awake, powers of two of them wake all at once. */
const MOST_MISSES = 6;

/**
 * The main thread's end of it. Workers that are awake need not be woken, and where passes are small they make them alone while the main thread looks on: who
 * sleeps is woken once it has looked for long enough.
 *
 * @param cores  for all threads: workers that wait awake leave one to the main thread
 */
export function openBell(cores: number): Bell {
  const words = new Int32Array(new SharedArrayBuffer(8));
  words[BELL.seats] = cores - 1;
  const wakes: (() => void)[] = [];
  let asleep: Int32Array[] = [];
  let [called, seen, begun, misses, rests] = [0, 0, 0, 0, 0];
  let turned = Number.NEGATIVE_INFINITY;
  let [isDue, isListening, isSoon] = [false, false, false];
  const look = (): void => {
    isSoon = performance.now() - begun < SOON_MS;
    seen = Atomics.load(words, BELL.rung);
    isListening = false;
    for (const wake of wakes) wake();
  };
  const hearLater = (): void => {
    turned = performance.now();
    look();
  };
  const wakeAll = (): void => {
    for (const line of asleep) Atomics.notify(line, WORD.state);
    asleep = [];
    called = 0;
  };
  const isRung = (): boolean => {
    lookAt(words, BELL.rung, seen, begun);
    return Atomics.load(words, BELL.rung) !== seen;
  };
  const hear = (): void => {
    isDue = false;
    begun = performance.now();
    const mayLook = !isListening && isSoon && begun - turned < TURN_MS;
    const hasCore = called < cores;
    if (!mayLook || called === asleep.length || rests-- > 0) wakeAll();
    else if (isRung()) {
      [misses, rests] = [0, 0];
      look();
      // Hardly ever: there is more to do.
      if (isDue) wakeAll();
      [asleep, called] = [[], 0];
      return;
    } else {
      misses = Math.min(misses + 1, MOST_MISSES);
      rests = 2 ** misses;
      wakeAll();
    }
    if (isListening) return;
    if (mayLook && hasCore) isRung();
    isListening = true;
    const { async, value } = Atomics.waitAsync(words, BELL.rung, seen);
    if (async) void value.then(hearLater);
    else if (begun - turned < TURN_MS) look();
    // It has rung already, and would do so again: nobody sleeps.
    else setTimeout(hearLater, 0);
  };
  return {
    words,
    isHeard: typeof Atomics.waitAsync === 'function',
    onRing: (wake) => void wakes.push(wake),
    listen(line) {
      if (line !== null) {
        called++;
        if (Atomics.load(line, WORD.isAwake) === 0) asleep.push(line);
      }
      if (isDue || (isListening && line === null)) return;
      isDue = true;
      queueMicrotask(hear);
    },
  };
}

/**
 * What a worker waits with until its state is another one: awake for a moment, where it was called soon the last time and a core is free, then asleep.
 *
 * @returns false once it has slept for so long
 */
export function openWait(): (line: Int32Array, state: number, bell: Int32Array, ms: number) => boolean {
  let isSoon = false;
  return (line, state, bell, ms) => {
    const isCalled = (): boolean => Atomics.load(line, WORD.state) !== state;
    const begun = performance.now();
    if (isSoon) {
      if (Atomics.sub(bell, BELL.seats, 1) > 0) {
        Atomics.store(line, WORD.isAwake, 1);
        lookAt(line, WORD.state, state, begun);
      }
      Atomics.add(bell, BELL.seats, 1);
    }
    // Who calls it from here on finds that it has to be woken, or it finds that it is called.
    Atomics.store(line, WORD.isAwake, 0);
    let [from, rung] = [begun, Atomics.load(bell, BELL.rung)];
    for (;;) {
      isSoon = performance.now() - begun < SOON_MS;
      if (isCalled()) return true;
      const left = from + ms - performance.now();
      if (left > 0) Atomics.wait(line, WORD.state, state, left);
      else {
        const others = Atomics.load(bell, BELL.rung);
        if (others === rung) return false;
        // Passes go on, and may want it again.
        [from, rung] = [performance.now(), others];
      }
    }
  };
}

/** Waits awake for a word to be another than it was. */
function lookAt(words: Int32Array, at: number, was: number, begun: number): void {
  const end = begun + LOOK_MS;
  while (Atomics.load(words, at) === was && performance.now() < end);
}

/** What a worker does. */
export function ring(words: Int32Array): void {
  Atomics.add(words, BELL.rung, 1);
  Atomics.notify(words, BELL.rung);
}
