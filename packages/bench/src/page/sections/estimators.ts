import { count, decimal, type Html, html, percent } from '@mixtention/attention/page';
import * as Plot from '@observablehq/plot';
import type { EstimatorFigures, EstimatorsResult, Results } from '../../main-job/results.ts';
import { chart, ink, logAxis } from '../chart.ts';
import { table } from '../table.ts';

type Treatment = EstimatorFigures['treatment'];

const NAMES: Readonly<Record<Treatment, string>> = {
  enumerated: 'every assignment weighed',
  score: 'one-hot draws, by their scores',
  relaxed: 'Gumbel-softmax',
  'straight-through': 'straight-through',
};

const COLORS: Readonly<Record<Treatment, string>> = {
  enumerated: ink.model,
  score: ink.data,
  relaxed: ink.adam,
  'straight-through': ink.descent,
};

/** The estimator laboratory: what each gradient of a bound that is known exactly is worth, by temperature. */
export function estimatorsSection({ estimators }: Results): Html {
  const { draws, rows } = estimators;
  return html`<section id="estimators">
<h2>What a noisy gradient is worth</h2>
<p>Old Faithful’s waiting times under two known components, with every row’s assignment a latent variable half-way to its posterior. Here the bound has an exact gradient, so estimates of it can be judged, ${count(draws)} draws of each. Hollow dots are no more than the noise of those draws would make.</p>
<div class="charts">
<figure><figcaption>Bias: from the mean of all draws to the exact gradient</figcaption>${lineChart(estimators, BIAS)}</figure>
<figure><figcaption>Noise: from a single draw to their mean</figcaption>${lineChart(estimators, NOISE)}</figure>
</div>
<p class="remark">Read both together. A cold temperature makes relaxed draws nearly one-hot: their bias sinks into the noise, but that noise is loud. A warm one makes them smooth: quiet, and pointing elsewhere (signal to noise is then high, and worth nothing), which no number of draws repairs. One-hot draws moved by their scores are right on average, whatever they cost in noise. Where a variable has few values, weighing each is exact and has no noise at all: no temperature to choose.</p>
${figuresTable(rows)}
</section>`;
}

type Measure = {
  readonly y: (row: EstimatorFigures, draws: number) => number;
  /** Whether a figure is no more than the noise of its draws would make: its dot is hollow. */
  readonly isNoise: (row: EstimatorFigures) => boolean;
  /** The chart in words. */
  readonly spoken: string;
};

const isUnseen = ({ relativeBias, noiseFloor }: EstimatorFigures): boolean => relativeBias < 2 * noiseFloor;

const BIAS: Measure = { y: ({ relativeBias }) => relativeBias, isNoise: isUnseen, spoken: 'Bias of the mean' };

const NOISE: Measure = {
  y: ({ noiseFloor }, draws) => noiseFloor * Math.sqrt(draws),
  isNoise: () => false,
  spoken: 'Noise of one draw',
};

/** Lines over temperatures for what relaxes, a level line for what has none. */
function lineChart({ rows, draws }: EstimatorsResult, { y, isNoise, spoken }: Measure): Html {
  const own = rows
    .map((row) => ({ ...row, at: y(row, draws), fill: isNoise(row) ? 'var(--paper)' : COLORS[row.treatment] }))
    .filter(({ at }) => at > 0);
  const relaxed = own.filter(({ temperature }) => temperature !== null);
  const level = own.filter((row) => row.temperature === null && !isNoise(row));
  const span = relaxed.map(({ temperature }) => temperature!);
  const [coldest, warmest] = [Math.min(...span), Math.max(...span)];
  const values = [...relaxed, ...level].map(({ at }) => at);
  const names = [...new Set(relaxed.map(({ treatment }) => treatment))];
  // Names stand at the middle of their lines, outside the two.
  const middle = names.map((name) => {
    const line = relaxed.filter(({ treatment }) => treatment === name);
    return line[Math.floor(line.length / 2)]!;
  });
  const highest = [...middle].sort((a, b) => b.at - a.at)[0]!;
  const isRising = relaxed.at(-1)!.at > relaxed[0]!.at;
  const words = own.map(
    ({ treatment, temperature, at }) =>
      `${NAMES[treatment]}${temperature === null ? '' : ` at ${temperature}`} ${decimal(at, 3)}`,
  );
  return chart(`${spoken} against temperature. ${words.join('; ')}`, {
    marginRight: 30,
    x: {
      type: 'log',
      domain: [coldest, warmest],
      ticks: span,
      tickFormat: String,
      label: 'temperature',
      labelAnchor: 'right',
      labelArrow: 'none',
    },
    y: {
      ...logAxis([10 ** Math.floor(Math.log10(Math.min(...values))), 10 ** Math.ceil(Math.log10(Math.max(...values)))]),
      label: 'lengths of the exact gradient',
      labelArrow: 'none',
      grid: true,
    },
    marks: [
      ...level.map(({ treatment, at }) =>
        Plot.link([at], {
          x1: coldest,
          x2: warmest,
          y1: at,
          y2: at,
          stroke: COLORS[treatment],
          strokeWidth: 2,
          strokeDasharray: '5 4',
        }),
      ),
      ...level.map(({ treatment, at }) =>
        Plot.text([at], {
          x: coldest,
          y: at,
          text: () => NAMES[treatment],
          fill: COLORS[treatment],
          ...BESIDE,
          textAnchor: 'start',
          dy: 13,
          dx: 4,
        }),
      ),
      ...names.map((name) =>
        Plot.line(
          relaxed.filter(({ treatment }) => treatment === name),
          { x: 'temperature', y: 'at', stroke: COLORS[name], strokeWidth: 2.2 },
        ),
      ),
      ...names.map((name) =>
        Plot.dot(
          relaxed.filter(({ treatment }) => treatment === name),
          { x: 'temperature', y: 'at', fill: 'fill', stroke: COLORS[name], strokeWidth: 1.6, r: 3.5 },
        ),
      ),
      ...middle.map((mark) =>
        Plot.text([mark], {
          x: 'temperature',
          y: 'at',
          text: () => NAMES[mark.treatment],
          fill: COLORS[mark.treatment],
          ...BESIDE,
          textAnchor: (mark === highest) === isRising ? 'end' : 'start',
          dy: mark === highest ? -14 : 18,
        }),
      ),
    ],
  });
}

const BESIDE = { stroke: 'var(--paper)', strokeWidth: 4, fontWeight: 600 } as const;

function figuresTable(rows: EstimatorsResult['rows']): Html {
  const columns = [
    { name: 'gradient' },
    { name: 'temperature', isNumber: true },
    { name: 'bias', isNumber: true },
    { name: 'noise of that figure', isNumber: true },
    { name: 'variance of a draw', isNumber: true },
    { name: 'signal to noise', isNumber: true },
    { name: 'a draw, µs', isNumber: true },
  ];
  const cells = rows.map(
    ({ treatment, temperature, relativeBias, noiseFloor, variance, signalToNoise, microsecondsPerDraw }) => [
      html`<b>${NAMES[treatment]}</b>`,
      temperature === null ? '' : String(temperature),
      treatment === 'enumerated' ? 'none' : percent(relativeBias),
      treatment === 'enumerated' ? 'none' : percent(noiseFloor),
      decimal(variance, 2),
      signalToNoise === null ? 'no noise' : decimal(signalToNoise, 2),
      decimal(microsecondsPerDraw, 0),
    ],
  );
  return table(columns, [{ name: null, rows: cells }]);
}
