import type { Criterion, MergeTree, Selection, SelectRow } from '@mixtention/em';
import pc from 'picocolors';

const HEIGHT = 10;
/** Of the values, that are drawn: what is far worse than the rest would flatten all others. */
const SHOWN = 0.6;
/** Places that a number of components takes: one for each covariance, and a gap. */
const STEP = 6;

/** What `select` prints for people: a table, the chosen mixture marked, the criterion against K, and why. */
export function selectTable({
  table,
  best,
  criterion,
  why,
}: Pick<Selection, 'table' | 'best' | 'criterion' | 'why'>): string {
  const heads = ['', 'K', 'covariance', 'log-likelihood', 'parameters', 'BIC', 'ICL', 'AIC'];
  const isHeldOut = criterion === 'held-out';
  const isBound = criterion === 'bound';
  if (isBound) heads.push('bound', 'of it log K!');
  if (isHeldOut) heads.push('held out');
  const rows = table.map((row) => [
    row === best ? '*' : ' ',
    String(row.components),
    row.covariance ?? '',
    row.logLikelihood.toFixed(2),
    String(row.parameters),
    row.bic.toFixed(2),
    row.icl.toFixed(2),
    row.aic.toFixed(2),
    ...(isBound ? [row.bound?.toFixed(2) ?? '', row.logSymmetricModes?.toFixed(2) ?? ''] : []),
    ...(isHeldOut ? [(row.heldOut ?? Number.NaN).toFixed(4)] : []),
    row.isDegenerate ? 'degenerate' : row.status === 'converged' ? '' : row.status,
  ]);
  const widths = heads.map((head, c) => Math.max(head.length, ...rows.map((cells) => cells[c]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (c === 2 || c >= widths.length ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c]!)))
      .join('  ')
      .trimEnd();
  const body = rows.map((cells, i) => (table[i] === best ? pc.bold(line(cells)) : line(cells)));
  return `${[pc.bold(line(heads)), ...body].join('\n')}\n\n${chart(table, criterion)}${why}\n`;
}

/** What `select --merge-tree` prints for people: the same, and the merges as they were made, down to one. */
export function mergeTable(tree: MergeTree): string {
  const leaves: number[][] = Array.from({ length: tree.table[0]!.components }, (_, k) => [k]);
  const lines = tree.merges.map(({ nodes: [a, b], components, change, height }) => {
    const name = (node: number): string => `{${leaves[node]!.join(' ')}}`;
    const merge = `${name(a)} + ${name(b)}`;
    leaves.push([...leaves[a]!, ...leaves[b]!].sort((one, other) => one - other));
    const mark = components === tree.best.components ? '*' : ' ';
    return [mark, String(components), merge, `${change > 0 ? '+' : ''}${change.toFixed(2)}`, height.toFixed(2)];
  });
  const heads = ['', 'K', 'merged', 'change', 'nats lost'];
  const widths = heads.map((head, c) => Math.max(head.length, ...lines.map((cells) => cells[c]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, c) => (c === 2 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!)))
      .join('  ')
      .trimEnd();
  const note = 'Numbers in braces are components of the first fit; change is that of the criterion by the merge alone.';
  return `${selectTable(tree)}\n${[pc.bold(line(heads)), ...lines.map(line)].join('\n')}\n${note}\n`;
}

/** The criterion against the number of components, a letter for each covariance, the best at the bottom; empty where there is one number only. */
function chart(table: readonly SelectRow[], criterion: Criterion): string {
  const isHighest = criterion === 'held-out' || criterion === 'bound';
  const cost = (row: SelectRow): number => {
    if (criterion === 'held-out') return -(row.heldOut ?? Number.NaN);
    return criterion === 'bound' ? -(row.bound ?? Number.NaN) : row[criterion];
  };
  const numbers = [...new Set(table.map(({ components }) => components))].sort((a, b) => a - b);
  const costs = table.map(cost).filter(Number.isFinite);
  costs.sort((a, b) => a - b);
  if (numbers.length < 2 || costs.length < 2) return '';
  const least = costs[0]!;
  const most = costs[Math.min(costs.length - 1, Math.max(1, Math.ceil(SHOWN * costs.length)))]!;
  const lines = Array.from({ length: HEIGHT }, () => new Array<string>(numbers.length * STEP).fill(' '));
  for (const row of table) {
    if (!(cost(row) <= most)) continue;
    const line = lines[Math.round(((most - cost(row)) / (most - least || 1)) * (HEIGHT - 1))]!;
    const from = numbers.indexOf(row.components) * STEP;
    // Those that share a place stand side by side.
    line[line.indexOf(' ', from)] = row.covariance?.[0] ?? 'o';
  }
  const shown = (value: number): string =>
    criterion === 'held-out' ? (-value).toFixed(3) : (isHighest ? -value : value).toFixed(0);
  const labels = lines.map((_, i) => (i === 0 ? shown(most) : i === HEIGHT - 1 ? shown(least) : ''));
  const width = Math.max(...labels.map((label) => label.length));
  const drawn = lines.map((line, i) => `${labels[i]!.padStart(width)} | ${line.join('')}`.trimEnd());
  const axis = numbers.map((K) => String(K).padEnd(STEP)).join('');
  const shapes = [...new Set(table.flatMap(({ covariance }) => covariance ?? []))];
  const key = shapes.length > 1 ? ` ${shapes.map((name) => `${name[0]} ${name}`).join(', ')}` : '';
  return `${drawn.join('\n')}\n${'K'.padStart(width)}   ${`${axis}${key}`.trimEnd()}\n\n`;
}
