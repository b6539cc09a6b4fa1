import { type Content, type Html, html } from './html.ts';

export type Column = {
  readonly name: string;
  /** Numbers stand at the right, under one another. */
  readonly isNumber?: boolean;
};

/** Rows under a heading of their own, or under none. */
export type RowGroup = { readonly name: string | null; readonly rows: readonly (readonly Content[])[] };

/** A table that scrolls by itself where the page is too narrow for it. */
export function table(columns: readonly Column[], groups: readonly RowGroup[]): Html {
  const kind = (c: number): string => (columns[c]!.isNumber ? 'number' : 'text');
  const head = columns.map(({ name }, c) => html`<th scope="col" class="${kind(c)}">${name}</th>`);
  const bodies = groups.map(({ name, rows }) => {
    const heading =
      name === null ? null : html`<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${name}</th></tr>`;
    return html`<tbody>${heading}${rows.map((row) => html`<tr>${row.map((cell, c) => html`<td class="${kind(c)}">${cell}</td>`)}</tr>`)}</tbody>`;
  });
  return html`<div class="wide" tabindex="0"><table><thead><tr>${head}</tr></thead>${bodies}</table></div>`;
}
