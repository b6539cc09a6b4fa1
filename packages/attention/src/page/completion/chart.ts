import { type Html, html, markup } from '@mixtention/core/page';

/** Room beside a chart, in points: for its numbers, and for what stands over its end. */
export const LEFT = 44;
export const RIGHT = 12;

/** A direction of a chart: values to places. */
export type Axis = { readonly least: number; readonly most: number; at(value: number): number };

export function axis(least: number, most: number, from: number, to: number): Axis {
  const span = most > least ? most - least : 1;
  return { least, most, at: (value) => from + ((value - least) / span) * (to - from) };
}

/** Round numbers within an axis, about so many. */
export function ticksOf({ least, most }: Axis, count: number): number[] {
  const span = most - least;
  if (!(span > 0)) return [least];
  const rough = span / count;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * unit).find((own) => own >= rough)!;
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.floor(most / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

/** Points as a path; values that are not finite break it. */
export function pathOf(points: readonly (readonly [number, number])[]): string {
  let pen = 'M';
  return points
    .flatMap(([x, y]) => {
      if (!Number.isFinite(x) || !Number.isFinite(y)) {
        pen = 'M';
        return [];
      }
      const step = `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
      pen = 'L';
      return [step];
    })
    .join('');
}

/** Lines of a grid with their numbers at the left. */
export function gridOf(y: Axis, { left, right }: { readonly left: number; readonly right: number }, count = 4): Html {
  const lines = ticksOf(y, count).map((tick) => {
    const at = y.at(tick).toFixed(1);
    return `<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text class="tick" x="${left - 6}" y="${at}" dy=".35em" text-anchor="end">${tick.toLocaleString('en').replace('-', '−')}</text>`;
  });
  return markup(lines.join(''));
}

/** A drawing of so many points, of which a screen reader hears the label. */
export function drawing(width: number, height: number, label: string, inside: readonly Html[]): Html {
  return html`<svg viewBox="0 0 ${markup(String(width))} ${markup(String(height))}" style="height:${markup(String(height))}px" role="img" aria-label="${label}">${inside}</svg>`;
}
