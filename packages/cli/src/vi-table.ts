import { counted } from '@mixtention/core/base';
import type { Approximation, Nested, SiteSummaries, SiteSummary, SviResult } from '@mixtention/svi';
import pc from 'picocolors';

/** Most numbers of a site that are shown, and of all sites together, about; the rest is in JSON, in the draws and on the page. */
const SHOWN = 20;
const SHOWN_IN_ALL = 60;
/** Fewer of a site are not worth a line of their own. */
const LEAST = 3;

/** What a run of `vi` found, for people: how far to believe it, then a table of sites, and of what is predicted. */
export function viTable(
  result: Approximation & Partial<Pick<SviResult, 'mended'>>,
  predictive: SiteSummaries | null = null,
): string {
  const { method, status, message, bound, boundStandardError, seconds, gradientEvaluations } = result;
  const { logEvidence, logEvidenceStandardError, paretoK, mended, corrected, sites, heavySites } = result;
  const told = (name: string, x: number, error: number): string[] =>
    Number.isFinite(x) ? [`${name.padEnd(14)}${x.toFixed(4)} ± ${error.toFixed(4)} nats`] : [];
  const learnt = mended ? `, ${mended.paretoK.toFixed(2)} of what was learnt from it` : '';
  return [
    `${method}: ${(status === 'converged' ? pc.green : pc.yellow)(status)}, ${counted(gradientEvaluations, 'gradient')}, ${seconds.toFixed(2)} s`,
    message,
    ...told('bound', bound, boundStandardError),
    ...(corrected ? told('log evidence', logEvidence, logEvidenceStandardError) : []),
    ...(Number.isFinite(paretoK)
      ? [`${'Pareto k'.padEnd(14)}${paretoK.toFixed(2)}${learnt} (below 0.5 good, to 0.7 usable)`]
      : []),
    '',
    ...siteTable(sites, heavySites),
    ...(heavySites.length > 0 ? ['* deviation by few draws of a heavy tail; it may be off by more than a fifth'] : []),
    ...(predictive === null ? [] : ['', 'predicted', ...siteTable(predictive, [])]),
    '',
  ].join('\n');
}

function siteTable(sites: SiteSummaries, heavy: readonly string[]): string[] {
  const entries = Object.entries(sites);
  const each = Math.max(LEAST, Math.min(SHOWN, Math.floor(SHOWN_IN_ALL / entries.length)));
  const rows = entries.flatMap(([name, site]) => rowsOf(name, site, heavy.includes(name), each));
  const table = [['', 'mean', 'sd', '2.5 %', '50 %', '97.5 %'], ...rows.filter(isRow)];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return [table[0]!, ...rows].map((row) =>
    isRow(row)
      ? row
          .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
          .join('  ')
          .trimEnd()
      : row,
  );
}

const isRow = (row: string[] | string): row is string[] => typeof row !== 'string';

/** A row a number; a sentence for those that are too many. */
function rowsOf(
  name: string,
  { mean, sd, quantiles }: SiteSummary,
  isHeavy: boolean,
  most: number,
): (string[] | string)[] {
  const numbers = [mean, sd, quantiles['0.025']!, quantiles['0.5']!, quantiles['0.975']!].map(flatten);
  const [means, deviations] = numbers as [Numbered[], Numbered[]];
  // Where deviations are alike, decimals are.
  const spread = deviations.map(({ value }) => value).filter((sd) => sd > 0);
  const [least, largest] = [
    spread.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    spread.reduce((a, b) => Math.max(a, b), 0),
  ];
  const deviationOf = (i: number): number => (largest < 10 * least ? least : deviations[i]!.value);
  const lines = means.slice(0, most).map(({ place }, i) => {
    const format = formatFor(deviationOf(i));
    return [`${name}${place}${isHeavy ? ' *' : ''}`, ...numbers.map((column) => format(column[i]!.value))];
  });
  if (means.length <= most) return lines;
  const rest = means.slice(most).map(({ value }) => value);
  const format = formatFor(deviationOf(most));
  const [low, high] = [rest.reduce((a, b) => Math.min(a, b)), rest.reduce((a, b) => Math.max(a, b))];
  return [...lines, `${name}: ${rest.length} more, means from ${format(low)} to ${format(high)}`];
}

type Numbered = { readonly place: string; readonly value: number };

function flatten(x: Nested): Numbered[] {
  if (typeof x === 'number') return [{ place: '', value: x }];
  return x.flatMap((part, i) =>
    flatten(part).map(({ place, value }) => ({ place: place === '' ? `[${i}]` : `[${i},${place.slice(1)}`, value })),
  );
}

/** Three digits of the deviation, which draws know no better, for all that stands beside it. */
function formatFor(sd: number): (x: number) => string {
  const digits = sd > 0 && Number.isFinite(sd) ? Math.max(0, Math.min(8, 2 - Math.floor(Math.log10(sd)))) : 4;
  return (x) => (Math.abs(x) >= 1e8 || (x !== 0 && Math.abs(x) < 1e-6) ? x.toExponential(3) : x.toFixed(digits));
}
