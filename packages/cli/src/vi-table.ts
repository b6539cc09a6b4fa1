import { counted } from '@mixtention/core/base';
import type { Approximation, Nested } from '@mixtention/svi';

/** Most numbers of a site that are shown; the rest is in JSON and in the draws. */
const SHOWN = 20;

/** What a run of `vi` found, for people. */
export function viTable({
  method,
  status,
  message,
  bound,
  boundStandardError,
  logEvidence,
  logEvidenceStandardError,
  paretoK,
  corrected,
  sites,
  seconds,
  gradientEvaluations,
}: Approximation): string {
  const rows = Object.entries(sites).flatMap(([name, { mean, sd, quantiles }]) => {
    const numbers = [mean, sd, quantiles['0.025']!, quantiles['0.5']!, quantiles['0.975']!].map(flatten);
    const [means] = numbers as [Numbered[]];
    const lines = means
      .slice(0, SHOWN)
      .map(({ place }, i) => [name + place, ...numbers.map((column) => format(column[i]!.value))]);
    return means.length > SHOWN ? [...lines, [`${name}: ${means.length - SHOWN} more`, '', '', '', '', '']] : lines;
  });
  const table = [['', 'mean', 'sd', '2.5 %', '50 %', '97.5 %'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  );
  const told = (name: string, x: number, error: number): string[] =>
    Number.isFinite(x) ? [`${name.padEnd(14)}${x.toFixed(4)} ± ${error.toFixed(4)} nats`] : [];
  return [
    `${method}: ${status}, ${counted(gradientEvaluations, 'gradient')}, ${seconds.toFixed(2)} s`,
    message,
    ...told('bound', bound, boundStandardError),
    ...(corrected ? told('log evidence', logEvidence, logEvidenceStandardError) : []),
    ...(Number.isFinite(paretoK) ? [`${'Pareto k'.padEnd(14)}${paretoK.toFixed(2)}`] : []),
    '',
    ...lines,
    '',
  ].join('\n');
}

type Numbered = { readonly place: string; readonly value: number };

function flatten(x: Nested): Numbered[] {
  if (typeof x === 'number') return [{ place: '', value: x }];
  return x.flatMap((part, i) =>
    flatten(part).map(({ place, value }) => ({ place: place === '' ? `[${i}]` : `[${i},${place.slice(1)}`, value })),
  );
}

const format = (x: number): string =>
  Math.abs(x) >= 1e6 || (x !== 0 && Math.abs(x) < 1e-4) ? x.toExponential(3) : x.toFixed(4);
