import { count, decimal, duration, type Html, html, scientific } from '@mixtention/core/page';
import type { Comparison, Results } from '../../main-job/results.ts';
import { table } from '../table.ts';
import { gapChart } from './gap-chart.ts';
import { scatterChart } from './scatter-chart.ts';

const FAITHFUL_NAMES = { EM: 1e-2, Adam: 1e-4, 'gradient descent': 30 };
const DIGIT_NAMES = { EM: 0.6, Adam: 3 };

/** The same mixture by EM and by gradients, and what each way cost. */
export function trainingSection({ faithful, digitsTraining }: Results): Html {
  const [em, adam] = faithful.contenders;
  return html`<section id="training">
<h2>Two ways up the same hill</h2>
<p>The gradient of a mixture’s log-likelihood is what the E-step has summed up already, so a step of either costs the same. EM then knows how far to go; gradients have to find out. From the same start on Old Faithful’s eruptions EM took ${em!.iterations} steps and ${duration(em!.seconds)}, Adam ${adam!.iterations} and ${duration(adam!.seconds)}: ${decimal(adam!.seconds / em!.seconds, 0)} times as long.</p>
<div class="charts">
<figure><figcaption>Old Faithful: the two components of ${faithful.rows.length} eruptions</figcaption>${scatterChart(faithful)}</figure>
<figure><figcaption>Old Faithful: the gap against steps, on a logarithmic axis</figcaption>${gapChart(faithful, { by: 'steps', unit: 'nats short of the optimum', floor: 1e-8, names: FAITHFUL_NAMES })}</figure>
<figure><figcaption>Old Faithful: the gap against time</figcaption>${gapChart(faithful, { by: 'milliseconds', unit: 'nats short of the optimum', floor: 1e-8, names: FAITHFUL_NAMES })}</figure>
<figure><figcaption>Digits, K = ${digitsTraining.components}: the gap against time</figcaption>${gapChart(digitsTraining, { by: 'seconds', unit: 'nats per image short of the best', floor: 1e-2, names: DIGIT_NAMES })}</figure>
</div>
${costs(faithful, digitsTraining)}
</section>`;
}

function costs(faithful: Comparison, digits: Results['digitsTraining']): Html {
  const columns = [
    { name: 'method' },
    { name: 'steps', isNumber: true },
    { name: 'gradients', isNumber: true },
    { name: 'time', isNumber: true },
    { name: 'steps to arrive', isNumber: true },
    { name: 'log-likelihood', isNumber: true },
    { name: 'short of the best by', isNumber: true },
  ];
  return html`${table(columns, [
    { name: 'Old Faithful, K = 2', rows: costRows(faithful) },
    { name: `Digits, K = ${digits.components}, nats per image`, rows: costRows(digits) },
  ])}
<p class="remark">Arrived means within ${faithful.within} nats on Old Faithful, within ${digits.within} nat per image on digits. Learning rates are the best of a few; EM has none to choose. On digits both were stopped at a fixed number of steps.</p>`;
}

function costRows({ contenders, best, perRow }: Comparison): (string | Html)[][] {
  return contenders.map(({ name, learningRate, iterations, gradientEvaluations, seconds, reached, logLikelihood }) => [
    html`<b class="${name === 'EM' ? 'model' : name === 'Adam' ? 'adam' : 'descent'}">${name}</b>${learningRate === null ? '' : html` <span class="quiet">rate ${learningRate}</span>`}`,
    count(iterations),
    gradientEvaluations === 0 ? 'none' : count(gradientEvaluations),
    duration(seconds),
    reached === null ? 'never' : count(reached.iteration),
    decimal(logLikelihood, perRow ? 2 : 4),
    best - logLikelihood > 0 ? (perRow ? decimal(best - logLikelihood) : scientific(best - logLikelihood)) : '0',
  ]);
}
