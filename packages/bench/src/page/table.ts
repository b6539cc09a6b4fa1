import { type Content, type Html, html } from './html.ts';

export type Column = {
  readonly name: string;
  /** Numbers stand at the right, under one another. */
  readonly isNumber?: boolean;
};

/** A table that scrolls by itself where the page is too narrow for it. */
export function table(columns: readonly Column[], rows: readonly (readonly Content[])[]): Html {
  const kind = (c: number): string => (columns[c]!.isNumber ? 'number' : 'text');
  const head = columns.map(({ name }, c) => html`<th scope="col" class="${kind(c)}">${name}</th>`);
  const body = rows.map((row) => html`<tr>${row.map((cell, c) => html`<td class="${kind(c)}">${cell}</td>`)}</tr>`);
  return html`<div class="wide" tabindex="0"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
