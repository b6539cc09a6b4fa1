import { decimal, type Html, html, markup } from '@mixtention/core/page';
import { axis, drawing, gridOf, LEFT, pathOf, RIGHT } from './chart.ts';
import type { CompletionData } from './completion-data.ts';
import type { CompletionState } from './completion-state.ts';
import type { RowReading, ScalePoint } from './row-reading.ts';
import { choice } from './stage-view.ts';

/** T from a hundredth to three, by powers of ten. */
export const LEAST = -2;
export const MOST = 0.5;
const STEPS = 20;

/** The T at a place of the chart, so many points from its left. */
export function scaleAt(place: number, width: number): number {
  const share = Math.max(0, Math.min(1, (place - LEFT) / (width - LEFT - RIGHT)));
  return 10 ** (LEAST + (MOST - LEAST) * share);
}

/** Values of T that are tried for a row: even steps, 1, and 1/√d. */
export function scalesOf({ seen }: Pick<RowReading, 'seen'>): number[] {
  const even = Array.from({ length: STEPS + 1 }, (_, i) => 10 ** (LEAST + ((MOST - LEAST) * i) / STEPS));
  return [...new Set([...even, 1, ...rootOf(seen)])].sort((a, b) => a - b);
}

/** 1/√d of d seen cells, where that is another T than 1 and on the scale. */
export function rootOf(seen: number): number[] {
  return seen > 1 && 1 / Math.sqrt(seen) >= 10 ** LEAST ? [1 / Math.sqrt(seen)] : [];
}

/** The T of those tried that makes the hidden part of this row likeliest. */
export function bestOf(points: readonly ScalePoint[]): ScalePoint | null {
  return points.reduce<ScalePoint | null>((best, one) => (best === null || one.joint < best.joint ? one : best), null);
}

/** T as people read it: two digits that count. */
export function scaleText(logitScale: number): string {
  return String(Number(logitScale.toPrecision(2)));
}

/** T, and how sure that is beside Bayes. */
export function scaleValueView({ logitScale }: Pick<CompletionState, 'logitScale'>): Html {
  const says = logitScale === 1 ? 'Bayes' : logitScale < 1 ? 'less sure than Bayes' : 'surer than Bayes';
  return html`T = <output>${scaleText(logitScale)}</output><small>${says}</small>`;
}

/** Places on the slider that have names. */
export function scalesView(
  state: CompletionState,
  reading: RowReading,
  { points, absent }: { readonly points: readonly ScalePoint[] | null; readonly absent: string | null },
): Html {
  if (absent !== null) return html`<p class="absent">${absent}</p>`;
  const best = points && bestOf(points);
  const named = [
    { name: 'Bayes, T = 1', at: 1 },
    ...rootOf(reading.seen).map((at) => ({ name: `1/√${reading.seen} = ${scaleText(at)}`, at })),
    ...(best === null ? [] : [{ name: `Best for this row, ${scaleText(best.logitScale)}`, at: best.logitScale }]),
  ];
  return html`<div class="tools" role="group" aria-label="Named values of T">${named.map(({ name, at }) => choice('scale', at, name, Math.abs(Math.log(at / state.logitScale)) < 1e-6))}</div>`;
}

/** Nats of the hidden part against T, of this row and of all rows of the file. */
export function scaleView(
  data: CompletionData,
  state: CompletionState,
  { points, seen, width }: { readonly points: readonly ScalePoint[]; readonly seen: number; readonly width: number },
): Html {
  const height = 250;
  const of = data.scores?.at ?? [];
  const all = [...points.flatMap((p) => [p.joint, p.marginal]), ...of.map((p) => p.joint)].filter(Number.isFinite);
  const y = axis(Math.max(0, Math.min(...all) - 3), Math.max(...all) + 3, height - 24, 14);
  const x = axis(LEAST, MOST, LEFT, width - RIGHT);
  const place = (T: number): number => x.at(Math.log10(T));
  const line = (
    values: readonly { readonly logitScale: number; readonly joint: number; readonly marginal: number }[],
    name: 'joint' | 'marginal',
  ) => pathOf([...values].sort((a, b) => a.logitScale - b.logitScale).map((p) => [place(p.logitScale), y.at(p[name])]));
  const marks = [{ T: 1, name: 'Bayes' }, ...rootOf(seen).map((T) => ({ T, name: `1/√${seen}` }))].map(
    ({ T, name }) =>
      `<line class="mark" x1="${place(T).toFixed(1)}" x2="${place(T).toFixed(1)}" y1="14" y2="${height - 24}"/><text class="tick" x="${place(T).toFixed(1)}" y="10" text-anchor="middle">${name}</text>`,
  );
  const ticks = [0.01, 0.03, 0.1, 0.3, 1, 3].map(
    (T) => `<text class="tick" x="${place(T).toFixed(1)}" y="${height - 6}" text-anchor="middle">${T}</text>`,
  );
  const now = place(state.logitScale).toFixed(1);
  const best = bestOf(points)!;
  const dots = of.map(
    (p) => `<circle class="file" cx="${place(p.logitScale).toFixed(1)}" cy="${y.at(p.joint).toFixed(1)}" r="3"/>`,
  );
  const label = `Nats of the hidden part against T: ${decimal(best.joint, 1)} at T = ${scaleText(best.logitScale)}, the best of those tried`;
  return html`<figure class="chart">${drawing(width, height, label, [
    gridOf(y, { left: LEFT, right: width - RIGHT }),
    markup(
      `${marks.join('')}${ticks.join('')}<line class="now" x1="${now}" x2="${now}" y1="14" y2="${height - 24}"/><path class="marginal" d="${line(points, 'marginal')}"/><path class="joint" d="${line(points, 'joint')}"/><path class="file" d="${line(of, 'joint')}"/>${dots.join('')}<circle class="best" cx="${place(best.logitScale).toFixed(1)}" cy="${y.at(best.joint).toFixed(1)}" r="4.5"/>`,
    ),
  ])}<figcaption><span>Nats against T:</span> <span><i class="line joint"></i>this row, hidden part together</span> <span><i class="line marginal"></i>cell by cell</span> ${of.length === 0 ? null : html`<span><i class="line file"></i>mean of ${data.scores!.rows.toLocaleString('en')} rows, together</span>`} <span>Best for this row of the ${points.length} tried: T = <b data-number="best">${scaleText(best.logitScale)}</b>, ${decimal(best.joint, 1)} nats.</span></figcaption></figure>`;
}
