/** Longest piece of a file that an error message repeats, in characters. */
const SHOWN = 40;

// C0 and C1 controls, line separators and bidirectional overrides: they would let a file rewrite the terminal that reports it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/**
 * Text that is safe to print: control characters appear as `\u001b`.
 *
 * @example
 * printable('a\u0007'); // 'a\\u0007'
 */
export function printable(text: string): string {
  return text.replace(HIDDEN, (hidden) => `\\u${hidden.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A piece of a file between quotes, shortened and safe to print. */
export function quoted(text: string): string {
  const short = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return `"${printable(short)}"`;
}
