/** Markup that needs no more escaping. */
export type Html = { readonly html: string };

export type Content = Html | string | number | null | readonly Content[];

/**
 * Markup from a template: text and numbers are escaped, and a number stays on one line with its unit; `Html` is taken as it is, lists are joined.
 *
 * @example
 * html`<p>${'a < b'}</p>`.html; // '<p>a &lt; b</p>'
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return { html: parts.reduce((text, part, i) => text + render(contents[i - 1]!) + part) };
}

/**
 * Text that is markup already: drawings, style sheets.
 *
 * @example
 * html`<p>${markup('<b>bold</b>')}</p>`.html; // '<p><b>bold</b></p>'
 */
export function markup(text: string): Html {
  return { html: text };
}

function render(content: Content): string {
  if (content === null) return '';
  if (typeof content === 'string' || typeof content === 'number') return escaped(tied(String(content)));
  return 'html' in content ? content.html : content.map(render).join('');
}

/** `89 %`, `848 ms`, `± 0.01` with a space that does not break. */
function tied(text: string): string {
  return text.replace(/(?<=\d) (?=(?:%|ms|s|min|nats)(?!\w))|(?<=[=±≤≥]) (?=[−\d])/g, '\u00a0');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}
