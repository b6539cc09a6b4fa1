import { decimal, type Html, html } from '@mixtention/core/page';

/** Numbers to places in a drawing. */
export type Scale = {
  readonly at: (x: number) => number;
  readonly ticks: readonly number[];
  readonly text: (x: number) => string;
};

/** A linear scale from a span of numbers to one of places, with some three to six round ticks. */
export function linearScale(
  [least, most]: readonly [number, number],
  [from, to]: readonly [number, number],
  about = 4,
): Scale {
  const width = most - least;
  const rough = width / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const first = Math.ceil(least / step - 1e-9);
  const count = Math.floor(most / step + 1e-9) - first + 1;
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return {
    at: (x) => round(from + ((to - from) * (x - least)) / width),
    ticks: Array.from({ length: Math.max(0, Math.min(count, 20)) }, (_, i) => (first + i) * step),
    text: (x) =>
      Math.abs(x) >= 1e6 || (x !== 0 && step < 1e-4) ? x.toExponential(1).replace('-', '−') : decimal(x, digits),
  };
}

/** A span that has some width, and holds all that is finite. */
export function spanOf(values: Iterable<number>): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const x of values)
    if (Number.isFinite(x)) {
      least = Math.min(least, x);
      most = Math.max(most, x);
    }
  if (!(least <= most)) return [-1, 1];
  const margin = most > least ? 0.03 * (most - least) : 0.5 * Math.abs(least) || 1;
  return [least - margin, most + margin];
}

/** Ticks of a horizontal scale, below what is drawn. */
export const ticksBelow = ({ at, ticks, text }: Scale, y: number): Html[] =>
  ticks.map(
    (x) =>
      html`<line class="tick" x1="${at(x)}" x2="${at(x)}" y1="${y}" y2="${y + 4}"/><text class="label" x="${at(x)}" y="${y + 17}" text-anchor="middle">${text(x)}</text>`,
  );

export const round = (x: number): number => Math.round(100 * x) / 100;

/** Decimals that a number of such a deviation means: three digits of the deviation, since draws do not tell more. */
export function digitsFor(sd: number): number {
  if (!(sd > 0 && Number.isFinite(sd))) return 4;
  return Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(sd))));
}

/** A number with as many decimals. */
export const worded = (x: number, digits: number): string =>
  !Number.isFinite(x)
    ? String(x)
    : Math.abs(x) >= 1e6 || (x !== 0 && Math.abs(x) < 1e-5)
      ? x.toExponential(2).replaceAll('-', '−')
      : decimal(x, digits);
