/** A word that workers count up when the main thread has something to look at. */
export type Bell = {
  readonly word: Int32Array;
  /** Whether it can be heard; not in all browsers. */
  readonly isHeard: boolean;
  /** Is called whenever it rings, and now and then when it did not. */
  onRing(wake: () => void): void;
  /** How often it has rung. */
  rung(): number;
  /** Listens for the next ring after so many; false where that has been already. */
  listen(rung: number): boolean;
};

export function openBell(): Bell {
  const word = new Int32Array(new SharedArrayBuffer(4));
  const wakes: (() => void)[] = [];
  let isListening = false;
  const rung = (): number => Atomics.load(word, 0);
  return {
    word,
    isHeard: typeof Atomics.waitAsync === 'function',
    onRing: (wake) => void wakes.push(wake),
    rung,
    listen(before) {
      if (isListening) return true;
      const { async, value } = Atomics.waitAsync(word, 0, before);
      if (!async) return false;
      isListening = true;
      void value.then(() => {
        isListening = false;
        for (const wake of wakes) wake();
      });
      return true;
    },
  };
}

/** What a worker does. */
export function ring(word: Int32Array): void {
  Atomics.add(word, 0, 1);
  Atomics.notify(word, 0);
}
