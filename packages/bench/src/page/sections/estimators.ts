import { count, decimal, type Html, html, percent, scientific } from '@mixtention/core/page';
import type {
  EstimatorFigures,
  EstimatorsResult,
  GradientFigures,
  NearFigures,
  Results,
} from '../../main-job/results.ts';
import { table } from '../table.ts';
import { biasChart, isUnseen, NAMES, NEAR_NAMES, nearChart, noiseChart } from './estimator-charts.ts';

/** The estimator laboratory: what each gradient of a bound that is known exactly is worth, by temperature, and by distance from the best guide. */
export function estimatorsSection({ estimators }: Results): Html {
  const { draws } = estimators;
  return html`<section id="estimators">
<h2>What a noisy gradient is worth</h2>
<p>Old Faithful’s waiting times under two known components, with every row’s assignment a latent variable half-way to its posterior. Here the bound has an exact gradient, so estimates of it can be judged, ${count(draws)} draws of each.</p>
<div class="charts">
<figure><figcaption>Bias: from the mean of all draws to the exact gradient</figcaption>${biasChart(estimators)}</figure>
<figure><figcaption>Noise: from a single draw to their mean</figcaption>${noiseChart(estimators)}</figure>
</div>
<p class="remark">Read both together. A cold temperature makes relaxed draws nearly one-hot: their bias sinks into the noise (hollow marks: no more than the noise of the draws would make; bars are two standard errors), but that noise is loud. A warm one makes them smooth: quiet, and pointing elsewhere (signal to noise is then high, and worth nothing), which no number of draws repairs. One-hot draws moved by their scores are right on average, whatever they cost in noise; baselines take most of that away. Where a variable has few values, weighing each is exact and has no noise at all: no temperature to choose.</p>
<div class="charts">
<figure><figcaption>Signal to noise of what one draw adds</figcaption>${nearChart(estimators)}</figure>
<div><h3>Near the end, most of the noise is of one’s own making</h3>
<p>The same times, with assignments summed over and the means of both components unknown: two free numbers, and a normal guide that comes nearer to the best one from left to right. All these gradients are right on average, of their own bound.</p>
<p class="remark">The whole derivative (pathwise), with or without divergences in closed form (analytic KL), keeps its noise while the signal fades. The path derivative leaves out the part that is zero on average, and is quiet where guide and posterior agree. Importance-weighted gradients tell of a tighter bound, and take 5 or 50 draws each, of which one adds less than by the path derivative.</p></div>
</div>
${figuresTable(estimators)}
</section>`;
}

/** Of those near the best guide, what stands in the table. */
const SHOWN_DISTANCE = 0.1;

function figuresTable({ rows, near }: EstimatorsResult): Html {
  const columns = [
    { name: 'gradient' },
    { name: 'temperature', isNumber: true },
    { name: 'bias', isNumber: true },
    { name: 'variance', isNumber: true },
    { name: 'signal to noise', isNumber: true },
    { name: 'a draw, µs', isNumber: true },
  ];
  const shown = near.filter(({ distance }) => distance === SHOWN_DISTANCE);
  return table(columns, [
    {
      name: 'Assignments, half-way to their posterior',
      rows: rows.map((row) => cells(NAMES[row.treatment], row.temperature, row, row.treatment)),
    },
    {
      name: `Means of the components, ${SHOWN_DISTANCE} deviations from the best guide`,
      rows: shown.map((row) => cells(nearName(row), null, row)),
    },
  ]);
}

const nearName = ({ estimator, samples }: NearFigures): string =>
  samples === 1 ? NEAR_NAMES[estimator] : `${NEAR_NAMES[estimator]}, ${samples} draws`;

function cells(
  name: string,
  temperature: number | null,
  row: GradientFigures,
  treatment?: EstimatorFigures['treatment'],
) {
  const { variance, varianceStandardError, signalToNoise, microsecondsPerDraw } = row;
  const isExact = treatment === 'enumerated';
  return [
    html`<b>${name}</b>`,
    temperature === null ? '' : String(temperature),
    isExact ? 'none' : biasText(row),
    isExact ? 'none' : withError(variance, varianceStandardError),
    signalToNoise === null ? 'no noise' : decimal(signalToNoise, 2),
    decimal(microsecondsPerDraw, microsecondsPerDraw < 10 ? 1 : 0),
  ];
}

/** A bias with its standard error, or what it is below. */
function biasText(row: GradientFigures): Html {
  const { relativeBias, noiseFloor } = row;
  if (isUnseen(row)) return html`none seen <span class="quiet">± ${percent(noiseFloor)}</span>`;
  return html`${percent(relativeBias)} <span class="quiet">± ${percent(noiseFloor)}</span>`;
}

/** No more decimals than the error allows. */
function withError(x: number, error: number): Html {
  if (x < 0.001) return html`${scientific(x)}`;
  const digits = Math.max(0, Math.min(4, -Math.floor(Math.log10(error))));
  return html`${decimal(x, digits)} <span class="quiet">± ${decimal(error, digits)}</span>`;
}
