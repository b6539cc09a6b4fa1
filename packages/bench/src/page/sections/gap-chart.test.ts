import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import type { Comparison, Contender } from '../../main-job/results.ts';
import { smallResults } from '../../testing/small-results.ts';
import { type GapOptions, gapChart } from './gap-chart.ts';

const FLOOR = 1e-2;
/** Coordinates are written to two digits. */
const CLOSE = 1;

type Point = readonly [x: number, y: number];
type By = GapOptions['by'];

/** What the axis of each chart is straight in. */
const straight: Readonly<Record<By, (value: number) => number>> = {
  steps: Math.log1p,
  milliseconds: (value) => value,
  seconds: (value) => value,
};

describe.each([
  ['steps', ({ iteration }: Contender['trace'][number]) => iteration],
  ['milliseconds', ({ seconds }: Contender['trace'][number]) => 1000 * seconds],
  ['seconds', ({ seconds }: Contender['trace'][number]) => seconds],
] as const)('the gap against %s', (by, placeOf) => {
  test.each([0, -1e-9, 1e-5, 0.3])('has the end of a run where it ended, at a gap of %d', (gap) => {
    const { faithful } = smallResults();
    const comparison = { ...faithful, contenders: faithful.contenders.map((one) => endingAt(one, gap)) };
    const chart = draw(comparison, by);
    comparison.contenders.forEach(({ trace, iterations }, i) => {
      const last = trace.at(-1)!;
      expect(last.iteration).toBe(iterations);
      const [x, y] = chart.ends[i]!;
      expect(x).toBeCloseTo(chart.x(placeOf(last)), CLOSE);
      expect(y).toBeCloseTo(chart.y(Math.max(FLOOR, gap)), CLOSE);
      expect(chart.lines[i]!).toHaveLength(trace.length);
      expect(chart.lines[i]!.at(-1)).toEqual([x, y]);
    });
    expect(chart.lowest).toBe(gap < FLOOR ? '≤ 10⁻²' : '10⁻²');
  });
});

test('steps count from 0, as the tables do', () => {
  const { faithful } = smallResults();
  const { contenders } = faithful;
  const chart = draw({ ...faithful, contenders: contenders.map((one) => endingAt(one, 0.3)) }, 'steps');
  expect(chart.xTicks).toEqual(['0', '1', '10', '100']);
  for (const line of chart.lines) expect(line[0]![0]).toBeCloseTo(chart.x(0), CLOSE);
});

/** Never below the floor but, perhaps, at its last step. */
function endingAt(one: Contender, gap: number): Contender {
  const trace = one.trace.map((mark, i) => ({
    ...mark,
    gap: i === one.trace.length - 1 ? gap : Math.max(2 * FLOOR, mark.gap),
  }));
  return { ...one, trace };
}

/** Lines and end marks of a chart in its own coordinates, and where its axes put a value. */
function draw(comparison: Comparison, by: By) {
  const { document } = parseHTML(gapChart(comparison, { by, unit: 'nats', floor: FLOOR, names: {} }).html);
  const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
  const ticks = (axis: 'x' | 'y') =>
    all(`[aria-label="${axis}-axis tick label"] text`).map((text) => ({
      name: text.textContent!,
      at: numbers(text.getAttribute('transform')!)[axis === 'x' ? 0 : 1]!,
    }));
  const [xTicks, yTicks] = [ticks('x'), ticks('y')];
  const x = between(xTicks.map(({ name, at }) => [straight[by](Number(name)), at]));
  // From the floor up, ten times as much each.
  const y = between(yTicks.map(({ at }, i) => [Math.log(FLOOR * 10 ** i), at]));
  return {
    ends: all('circle').map((dot): Point => [Number(dot.getAttribute('cx')), Number(dot.getAttribute('cy'))]),
    lines: all('[aria-label="line"] path').map((path) => points(path.getAttribute('d')!)),
    x: (value: number) => x(straight[by](value)),
    y: (gap: number) => y(Math.log(gap)),
    xTicks: xTicks.map(({ name }) => name),
    lowest: yTicks[0]!.name,
  };
}

/** The straight line through the first and the last of some places. */
function between(places: readonly Point[]): (value: number) => number {
  const [[v0, at0], [v1, at1]] = [places[0]!, places.at(-1)!];
  return (value) => at0 + ((at1 - at0) * (value - v0)) / (v1 - v0);
}

function points(path: string): Point[] {
  const all = numbers(path);
  return Array.from({ length: all.length / 2 }, (_, i) => [all[2 * i]!, all[2 * i + 1]!] as const);
}

function numbers(text: string): number[] {
  return (text.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);
}
