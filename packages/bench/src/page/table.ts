import { type Content, type Html, html } from '@mixtention/core/page';

export type Column = {
  readonly name: string;
  /** Numbers stand at the right, under one another. */
  readonly isNumber?: boolean;
};

/** Rows under a heading of their own, or under none. */
export type RowGroup = { readonly name: string | null; readonly rows: readonly (readonly Content[])[] };

/** A table; on a narrow page every row is a block of its own, whose cells say what they are. */
export function table(columns: readonly Column[], groups: readonly RowGroup[]): Html {
  // The first cell is the name of its row.
  const label = (c: number): Html | null => (c === 0 ? null : html` data-label="${columns[c]!.name}"`);
  const kind = (c: number): string => (columns[c]!.isNumber ? 'number' : 'text');
  const head = columns.map(({ name }, c) => html`<th scope="col" class="${kind(c)}">${name}</th>`);
  const bodies = groups.map(({ name, rows }) => {
    const heading =
      name === null ? null : html`<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${name}</th></tr>`;
    return html`<tbody>${heading}${rows.map((row) => html`<tr>${row.map((cell, c) => html`<td class="${kind(c)}"${label(c)}>${cell}</td>`)}</tr>`)}</tbody>`;
  });
  return html`<div class="wide"><table class="rows"><thead><tr>${head}</tr></thead>${bodies}</table></div>`;
}
