import { decimal, type Html, percent } from '@mixtention/core/page';
import * as Plot from '@observablehq/plot';
import type { EstimatorFigures, EstimatorsResult, GradientFigures, NearFigures } from '../../main-job/results.ts';
import { chart, ink, logAxis } from '../chart.ts';

type Treatment = EstimatorFigures['treatment'];

export const NAMES: Readonly<Record<Treatment, string>> = {
  enumerated: 'every assignment weighed',
  score: 'scores beside baselines',
  'bare-score': 'bare scores',
  relaxed: 'Gumbel-softmax',
  'straight-through': 'straight-through',
};

/** Shapes tell them apart as well as colors do. */
const LOOKS: Readonly<Record<Treatment, { readonly color: string; readonly symbol: Plot.SymbolType }>> = {
  enumerated: { color: ink.model, symbol: 'circle' },
  score: { color: ink.data, symbol: 'circle' },
  'bare-score': { color: ink.data, symbol: 'circle' },
  relaxed: { color: ink.adam, symbol: 'circle' },
  'straight-through': { color: ink.model, symbol: 'square' },
};

/** Whether a bias is no more than the noise of its draws would make. */
export const isUnseen = ({ relativeBias, noiseFloor }: GradientFigures): boolean => relativeBias < 2 * noiseFloor;

type Point = EstimatorFigures & {
  readonly at: number;
  /** Two standard errors either way; none where it cannot be told from 0. */
  readonly span?: readonly [number, number];
  readonly isHollow: boolean;
};

/** How far the mean of all draws is from the exact gradient, by temperature. */
export function biasChart({ rows }: EstimatorsResult): Html {
  const points = rows.map((row): Point => {
    const { relativeBias: at, noiseFloor } = row;
    const isHollow = isUnseen(row);
    return { ...row, at, isHollow, ...(isHollow ? {} : { span: [at - 2 * noiseFloor, at + 2 * noiseFloor] }) };
  });
  // What has no temperature has no bias that draws could show.
  return lineChart(
    'Bias of the mean',
    points.filter(({ temperature }) => temperature !== null),
  );
}

/** How far a draw is from the mean of all, by temperature. */
export function noiseChart({ rows, draws }: EstimatorsResult): Html {
  const points = rows.map((row): Point => ({ ...row, at: row.noiseFloor * Math.sqrt(draws), isHollow: false }));
  return lineChart(
    'Noise of one draw',
    points.filter(({ at }) => at > 0),
  );
}

/** Lines over temperatures for what relaxes, a level line for what has none. */
function lineChart(spoken: string, points: readonly Point[]): Html {
  const relaxed = points.filter(({ temperature }) => temperature !== null);
  const level = points.filter(({ temperature }) => temperature === null).sort((a, b) => b.at - a.at);
  const span = relaxed.map(({ temperature }) => temperature!);
  const [coldest, warmest] = [Math.min(...span), Math.max(...span)];
  const values = points.flatMap(({ at, span: ends = [] }) => [at, ...ends]);
  const names = [...new Set(relaxed.map(({ treatment }) => treatment))];
  const of = (name: Treatment): Point[] => relaxed.filter(({ treatment }) => treatment === name);
  // Names stand at the middle of their lines, outside the two; where they fall, that of the upper one before the level names.
  const middle = names.map((name) => of(name)[Math.floor(of(name).length / 2)]!);
  const upper = [...middle].sort((a, b) => b.at - a.at)[0]!;
  const isRising = relaxed.at(-1)!.at > relaxed[0]!.at;
  const highest = isRising ? upper : of(upper.treatment)[1]!;
  const named = middle.map((mark) => (mark === upper ? highest : mark));
  const words = points.map(
    ({ treatment, temperature, at }) =>
      `${NAMES[treatment]}${temperature === null ? '' : ` at ${temperature}`} ${decimal(at)}`,
  );
  return chart(`${spoken} against temperature. ${words.join('; ')}`, {
    marginRight: 30,
    x: {
      type: 'log',
      domain: [coldest, warmest],
      ticks: [...new Set(span)],
      tickFormat: String,
      label: 'temperature',
      labelAnchor: 'right',
      labelArrow: 'none',
    },
    y: { ...decades(values), label: 'lengths of the exact gradient', labelArrow: 'none', grid: true },
    marks: [
      ...level.map(({ treatment, at }) =>
        Plot.link([at], {
          x1: coldest,
          x2: warmest,
          y1: at,
          y2: at,
          stroke: LOOKS[treatment].color,
          strokeWidth: 2,
          strokeDasharray: treatment === 'bare-score' ? '1.5 4' : '6 4',
        }),
      ),
      // What falls leaves room above its end, and below its beginning.
      ...level.map(({ treatment, at }, i) =>
        Plot.text([at], {
          x: i === 0 ? warmest : coldest,
          y: at,
          text: () => NAMES[treatment],
          fill: LOOKS[treatment].color,
          ...BESIDE,
          textAnchor: i === 0 ? 'end' : 'start',
          dy: i === 0 ? -11 : 13,
          dx: i === 0 ? 0 : 4,
        }),
      ),
      Plot.ruleX(
        relaxed.filter((point) => point.span !== undefined),
        {
          x: 'temperature',
          y1: ({ span: ends }: Point) => ends![0],
          y2: ({ span: ends }: Point) => ends![1],
          stroke: ({ treatment }: Point) => LOOKS[treatment].color,
          strokeWidth: 1.4,
        },
      ),
      ...names.map((name) =>
        Plot.line(of(name), { x: 'temperature', y: 'at', stroke: LOOKS[name].color, strokeWidth: 2.2 }),
      ),
      ...names.map((name) =>
        Plot.dot(of(name), {
          x: 'temperature',
          y: 'at',
          symbol: LOOKS[name].symbol,
          fill: ({ isHollow }: Point) => (isHollow ? 'var(--paper)' : LOOKS[name].color),
          stroke: LOOKS[name].color,
          strokeWidth: 1.6,
          r: 3.8,
        }),
      ),
      ...named.map((mark) =>
        Plot.text([mark], {
          x: 'temperature',
          y: 'at',
          text: () => NAMES[mark.treatment],
          fill: LOOKS[mark.treatment].color,
          ...BESIDE,
          textAnchor: (mark === highest) === isRising ? 'end' : 'start',
          dy: mark === highest ? -13 : 18,
        }),
      ),
    ],
  });
}

const BESIDE = { stroke: 'var(--paper)', strokeWidth: 4, fontWeight: 600 } as const;

/** A logarithmic scale from the power of ten below all to the one above. */
const decades = (values: readonly number[]): Plot.ScaleOptions =>
  logAxis([10 ** Math.floor(Math.log10(Math.min(...values))), 10 ** Math.ceil(Math.log10(Math.max(...values)))]);

export const NEAR_NAMES: Readonly<Record<NearFigures['estimator'], string>> = {
  'path-derivative': 'path derivative',
  pathwise: 'pathwise',
  'analytic-kl': 'analytic KL',
  'importance-weighted': 'importance-weighted',
};

/** What one of the draws that a gradient is made of adds to its signal, by how near the guide is to the best one. */
export function nearChart({ near }: EstimatorsResult): Html {
  const points = near.map((row) => ({ ...row, at: row.signalToNoise! / Math.sqrt(row.samples) }));
  const distances = [...new Set(points.map(({ distance }) => distance))].sort((a, b) => b - a);
  const nearest = distances.at(-1)!;
  const ends = points.filter(({ distance }) => distance === nearest);
  const lines = ends.map(({ estimator, samples, at }) => ({
    name: samples === 1 ? NEAR_NAMES[estimator] : `${samples} weighted draws`,
    at,
    look: nearLook(estimator, samples),
    points: points.filter((one) => one.estimator === estimator && one.samples === samples),
  }));
  const y = decades(points.map(({ at }) => at));
  const words = lines.map(
    ({ name, points: own }) => `${name} ${own.map(({ distance, at }) => `${percent(at)} at ${distance}`).join(', ')}`,
  );
  return chart(`Signal to noise against distance from the best guide. ${words.join('; ')}`, {
    marginRight: 134,
    x: {
      type: 'log',
      domain: [distances[0]!, nearest],
      ticks: distances,
      tickFormat: String,
      label: 'deviations from the best guide',
      labelAnchor: 'right',
      labelArrow: 'none',
    },
    y: { ...y, label: 'signal to noise, over √draws', labelArrow: 'none', grid: true },
    marks: [
      ...lines.map(({ points: own, look }) =>
        Plot.line(own, { x: 'distance', y: 'at', stroke: look.color, strokeWidth: 2.2, strokeDasharray: look.dash }),
      ),
      ...lines.map(({ points: own, look }) =>
        Plot.dot(own, { x: 'distance', y: 'at', fill: look.color, symbol: look.symbol, r: 3.6 }),
      ),
      ...apart(lines, y.domain as readonly number[]).map(({ name, look, place }) =>
        Plot.text([place], {
          x: nearest,
          y: place,
          text: () => name,
          fill: look.color,
          ...BESIDE,
          textAnchor: 'start',
          dx: 9,
        }),
      ),
    ],
  });
}

type Look = { readonly color: string; readonly symbol: Plot.SymbolType; readonly dash: string };

function nearLook(estimator: NearFigures['estimator'], samples: number): Look {
  if (estimator === 'path-derivative') return { color: ink.model, symbol: 'circle', dash: 'none' };
  if (estimator === 'importance-weighted')
    return { color: ink.adam, symbol: samples < 10 ? 'triangle' : 'diamond', dash: samples < 10 ? 'none' : '6 4' };
  return {
    color: ink.data,
    symbol: estimator === 'pathwise' ? 'square' : 'circle',
    dash: estimator === 'pathwise' ? 'none' : '2 4',
  };
}

/** Least distance of two names, as a share of the height. */
const LINE = 0.066;

/** Places of names beside the ends of lines on a logarithmic scale, moved apart where they would stand on one another. */
function apart<T extends { readonly at: number }>(
  lines: readonly T[],
  [least, most]: readonly number[],
): (T & { readonly place: number })[] {
  const height = Math.log(most! / least!);
  const sorted = lines
    .map((line) => ({ ...line, share: Math.log(line.at / least!) / height }))
    .sort((a, b) => a.share - b.share);
  for (let i = 1; i < sorted.length; i++) sorted[i]!.share = Math.max(sorted[i]!.share, sorted[i - 1]!.share + LINE);
  return sorted.map((line) => ({ ...line, place: least! * Math.exp(line.share * height) }));
}
