/** A value as comments of examples write it: arrays of any type, matrices and tensors in brackets, texts in quotes. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"')}'`;
  if (typeof value === 'function') return '[Function]';
  if (typeof value !== 'object' || value === null) return String(value);
  if ('arraySync' in value) return show((value as { arraySync(): unknown }).arraySync());
  if (ArrayBuffer.isView(value)) return show([...(value as Float64Array)]);
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${show(field)}`);
  return `{ ${fields.join(', ')} }`;
}

/** What `console.log` would print, but for the look of arrays. */
export function print(values: readonly unknown[]): string {
  return values.map((value) => (typeof value === 'string' ? value : show(value))).join(' ');
}

/**
 * Whether a comment says what was shown. Numbers count as far as the comment gives them: `0.33` is a third, and `about 190` allows a twentieth.
 * After the value the comment may go on, behind a colon, comma, semicolon or bracket.
 */
export function agrees(comment: string, shown: string): boolean {
  const said = tokensOf(comment.replaceAll(/\b(?:Float|Int|Uint)\d+Array ?(?=\[)/g, ''));
  const due = tokensOf(shown);
  if (!due.every((token, i) => sameToken(said[i], token))) return false;
  return said.length === due.length || [':', ',', ';', '('].includes(said[due.length]!);
}

/** Whether a comment begins like a value; other comments are prose. */
export function isValue(comment: string): boolean {
  return /^(?:[-−]?\d|[[{']|about [-−]?\d|(?:true|false|null|NaN|−?Infinity)\b|(?:Float|Int|Uint)\d+Array ?\[)/.test(
    comment,
  );
}

function tokensOf(text: string): string[] {
  return text.replaceAll('−', '-').match(/(?:about )?-?\d[\d_]*(?:\.\d+)?(?:e[-+]?\d+)?|[\p{L}_$]+|\S/gu) ?? [];
}

function sameToken(said: string | undefined, due: string): boolean {
  if (said === due) return true;
  const number = said?.match(/^(about )?(-?\d[\d_]*)(\.\d+)?(e[-+]?\d+)?$/);
  if (!number || !/\d/.test(due)) return false;
  const [, about, whole, decimals = '.', exponent = ''] = number;
  const value = Number(`${whole!.replaceAll('_', '')}${decimals === '.' ? '' : decimals}${exponent}`);
  const apart = Math.abs(value - Number(due));
  if (about) return apart <= 0.05 * Math.abs(value);
  if (decimals === '.') return apart <= 1e-9 * Math.max(1, Math.abs(value));
  return apart <= 0.501 * Number(`1e${1 - decimals.length}`) * Number(`1${exponent}`);
}
