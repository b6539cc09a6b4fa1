/** Aligned columns of text; the first row is the head. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, c) => cell.padEnd(widths[c]!))
      .join('  ')
      .trimEnd();
  const [head, ...body] = rows;
  return [line(head!), widths.map((w) => '─'.repeat(w)).join('  '), ...body.map(line)].join('\n');
}

/** A figure beside its target. */
export type Figure = { readonly name: string; readonly value: string; readonly target: string; readonly met: boolean };

export function figureTable(figures: readonly Figure[]): string {
  return table([
    ['figure', 'measured', 'target', ''],
    ...figures.map((f) => [f.name, f.value, f.target, f.met ? 'met' : 'NOT MET']),
  ]);
}
