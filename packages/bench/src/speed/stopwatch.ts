/** What some work took. */
export type Spent = {
  readonly seconds: number;
  /** Of all threads of this process together: what other processes do at the same time stretches it little */
  readonly cpuSeconds: number;
};

/** Begins to measure; what it returns tells what was spent since. */
export function stopwatch(): () => Spent {
  const [cpu, begun] = [process.cpuUsage(), performance.now()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6 };
  };
}
