import { median } from '../speed/median.ts';
import type { ProblemResult, RouteResult, RouteRun } from './results.ts';

const HEAD = [
  'Route',
  'q(z)',
  'Seeds',
  'Bound, nats: median (least to most)',
  'Standard error of one',
  'What was raised',
  'Steps',
  'Gradients',
];

/** The table of a problem as Markdown, as the guide to a mixture by every route shows it: medians over seeds. */
export function guideTable({ freeForm, points, routes }: ProblemResult): string {
  const evidence = routes
    .filter(({ name }) => name === 'summed-out, autoMultivariateNormal')
    .flatMap(({ runs }) => runs.map(({ logEvidence }) => logEvidence));
  const rows = [
    HEAD,
    HEAD.map(() => '---'),
    [
      'free-form VB (`fitBayes`)',
      'independent of θ',
      '',
      signed(freeForm.bound, 4),
      '',
      'the bound',
      `${freeForm.passes} passes, the best start`,
      '',
    ],
    ...routes.map(rowOf),
    ...points.map(({ name, logLikelihood, passes }) => [
      name,
      '',
      '',
      `none (log-likelihood ${signed(logLikelihood, 3)})`,
      '',
      '',
      `${passes} passes, the best start`,
      '',
    ]),
    ...(evidence.length === 0
      ? []
      : [['log evidence, one naming', '', String(evidence.length), spread(evidence), '', 'weights of draws', '', '']]),
  ];
  return rows.map((row) => `| ${row.join(' | ')} |`.replaceAll('|  |', '| |').replaceAll('|  |', '| |')).join('\n');
}

function rowOf({ name, runs }: RouteResult): string[] {
  const [treatment, guide, assigner = 'amortised'] = name.split(', ') as [string, string, string?];
  const of = (value: (run: RouteRun) => number): number[] => runs.map(value);
  const raised = runs.flatMap(({ relaxedObjective }) => (relaxedObjective === null ? [] : [relaxedObjective]));
  return [
    `\`${treatment}\`, ${guide === 'conjugate' ? 'conjugate guide' : `\`${guide}\``}`,
    treatment === 'summed-out' ? 'exact given θ' : assigner,
    String(runs.length),
    spread(of(({ bound }) => bound)),
    median(of(({ standardError }) => standardError)).toFixed(3),
    raised.length === 0 ? 'the bound' : `${signed(median(raised), 2)}, no bound`,
    counted(of(({ steps }) => steps)),
    counted(of(({ gradientEvaluations }) => gradientEvaluations)),
  ];
}

const signed = (x: number, digits: number): string => x.toFixed(digits).replace('-', '−');

const spread = (values: readonly number[]): string =>
  `${signed(median(values), 3)} (${signed(Math.min(...values), 3)} to ${signed(Math.max(...values), 3)})`;

const counted = (values: readonly number[]): string => Math.round(median(values)).toLocaleString('en-US');
