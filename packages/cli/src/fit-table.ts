import { counted } from '@mixtention/core/base';
import type { Moved } from '@mixtention/em';
import { printable } from '@mixtention/files';
import type { Certificate, Fit } from '@mixtention/mixture';
import pc from 'picocolors';
import type { Summary } from './fit-summary.ts';

/** Components listed one by one up to this number; means up to this width. */
const COMPONENTS_SHOWN = 12;
const COLUMNS_SHOWN = 6;

/** What `fit` prints for people. */
export function fitTable(s: Summary): string {
  const number = (name: string): string => (s[name] as number).toFixed(4);
  const rows: [string, string][] = [
    ['status', `${s.status === 'converged' ? pc.green(String(s.status)) : pc.yellow(String(s.status))}: ${s.message}`],
    ['data', `${counted(Number(s.n), 'row')} × ${counted(Number(s.d), 'column')}`],
    [
      'model',
      `${counted(Number(s.components), `${s.family}${s.covariance ? ` (${s.covariance})` : ''} component`)}, ${s.parameters} free parameters`,
    ],
    ...moves(s),
    ['prior', (s.prior as { text: string }).text],
    [
      'fit',
      `${s.optimizer}, ${counted(Number(s.iterations), 'iteration')} of the best start, ${(s.seconds as number).toFixed(3)} s, ${s.backend} backend, ${s.workers} worker threads`,
    ],
    ...pass(s),
    [
      'log-likelihood',
      `${number('logLikelihood')} nats (${((s.logLikelihood as number) / (s.n as number)).toFixed(4)} per row)`,
    ],
    ...bound(s),
    ['BIC, AIC, ICL', `${number('bic')}, ${number('aic')}, ${number('icl')} (lower is better${whoCounts(s)})`],
  ];
  if (s.testLogLikelihoodPerRow !== undefined)
    rows.push(['held out', `${number('testLogLikelihoodPerRow')} nats per row`]);
  const sure = certainty(s.certificate as Certificate);
  if (sure !== '') rows.push(['certainty', sure]);
  for (const note of s.notes as readonly string[]) rows.push(['note', printable(note)]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const head = rows.map(([name, text]) => `${pc.bold(name.padEnd(width))}  ${text}`).join('\n');
  return `${head}\n${components(s)}`;
}

/** How moves came from the number of components that was asked for to that of the model. */
function moves({ moves, best, componentsAsked, components }: Summary): [string, string][] {
  if (componentsAsked === undefined) return [];
  const all = (moves as Moved['moves']).filter(({ restart }) => restart === best);
  const accepted = all.filter((move) => move.accepted).length;
  return [
    [
      'moves',
      `${accepted} of ${counted(all.length, 'proposal')} accepted; from ${componentsAsked} to ${counted(Number(components), 'component')}`,
    ],
  ];
}

/** What a pass over all rows took beside what was planned; nothing where workers made starts alone. */
function pass({ passSeconds }: Summary): [string, string][] {
  const { predicted, observed } = passSeconds as Fit['passSeconds'];
  if (!Number.isFinite(predicted)) return [];
  const ms = (seconds: number): string => (1000 * seconds).toPrecision(3);
  return [
    [
      'pass',
      `${ms(observed)} ms over all rows, ${ms(predicted)} ms by the stored rates (mixtention doctor measures them here)`,
    ],
  ];
}

/** Criteria take parameters off for dead components too. */
function whoCounts({ activeComponents, components }: Summary): string {
  const isDead = activeComponents !== undefined && (activeComponents as number) < (components as number);
  return isDead ? `; of all ${components}, dead ones too: compare by the bound` : '';
}

/** The bound of a posterior, what it is the sum of, and how many components the data ask for. */
function bound({ bound, boundTerms, activeComponents, components, componentsAsked }: Summary): [string, string][] {
  if (bound === undefined) return [];
  const terms = Object.entries(boundTerms as { readonly [name: string]: number });
  // Moves had their say on more.
  const more =
    activeComponents === components && componentsAsked === undefined ? ': more may be there, see --components' : '';
  const sum = terms.map(([name, value]) => `${name} ${value.toFixed(2)}`).join(', ');
  return [
    ['bound', `${(bound as number).toFixed(4)} nats (${sum})`],
    [
      'active',
      `${activeComponents} of ${counted(Number(components), 'component')} ${activeComponents === 1 ? 'owns' : 'own'} more than half a row${more}`,
    ],
  ];
}

/** What is known of how good the result is; empty where nothing is. */
function certainty({ remainingGain, startsAtBest, starts, nearCollapse }: Certificate): string {
  const left = `about ${remainingGain.toPrecision(1)} nats a row left to gain`;
  const few = nearCollapse.map(({ component, rows }) => `${component} (${rows.toPrecision(2)} rows)`);
  return [
    ...(Number.isFinite(remainingGain) ? [remainingGain === 0 ? 'nothing left to gain' : left] : []),
    ...(starts > 1 ? [`${startsAtBest} of ${counted(starts, 'start')} found this optimum`] : []),
    ...(few.length > 0 ? [`near collapse: ${few.slice(0, COMPONENTS_SHOWN).join(', ')}`] : []),
  ].join('; ');
}

function components({ weights, means, columns, expectedCounts }: Summary): string {
  const all = weights as Float64Array;
  const counts = expectedCounts as Float64Array | undefined;
  // What a posterior has emptied tells of its prior alone.
  const owners = Array.from(all.keys()).filter((k) => (counts?.[k] ?? Number.POSITIVE_INFINITY) > 0.5);
  const lines = owners.slice(0, COMPONENTS_SHOWN).map((k) => {
    const mean = (means as Float64Array[])[k]!;
    const shown = Array.from(mean.subarray(0, COLUMNS_SHOWN), (m) => m.toPrecision(6));
    return `${String(k).padStart(4)}  weight ${all[k]!.toFixed(4)}  mean ${shown.join(' ')}${mean.length > COLUMNS_SHOWN ? ' …' : ''}`;
  });
  if (columns !== null) lines.unshift(`                    mean of ${namesShown(columns as readonly string[])}`);
  const empty = all.length - owners.length;
  const rest = [
    ...(owners.length > COMPONENTS_SHOWN ? [`${owners.length - COMPONENTS_SHOWN} more`] : []),
    ...(empty > 0 ? [`${empty} that own less than half a row`] : []),
  ];
  if (rest.length > 0) lines.push(`   …  and ${rest.join(', ')} (--json prints all)`);
  return `${lines.join('\n')}\n`;
}

function namesShown(names: readonly string[]): string {
  return printable(`${names.slice(0, COLUMNS_SHOWN).join(' ')}${names.length > COLUMNS_SHOWN ? ' …' : ''}`);
}
