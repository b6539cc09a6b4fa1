import { QUOTE } from './csv-line.ts';
import { isComment, lineAt, nextLine } from './text.ts';

/**
 * The delimiter of a text that does not say: what stands between the numbers of its second line, or of the first where there is one only.
 *
 * A semicolon or a bar stands for nothing else in a line of numbers, and so does a tab where no comma is beside it. All else is left to `usual`:
 * a comma or a blank may as well be part of a number.
 *
 * @param usual    what the name of the file lets expect
 * @param decimal  the decimal mark of its numbers
 */
export function findDelimiter(
  text: Buffer,
  { usual, decimal, name }: { readonly usual: string; readonly decimal: string; readonly name: string },
): string {
  const line = bare(lineOfNumbers(text, name));
  if (line.includes(';')) return ';';
  if (line.includes('|')) return '|';
  if (line.includes('\t') && !/, *\t|\t *,/.test(line)) return usual === ' ' ? ' ' : '\t';
  return usual === ' ' && decimal !== ',' && line.includes(',') ? ',' : usual;
}

function lineOfNumbers(text: Buffer, name: string): string {
  let at = 0;
  while (at < text.length && isComment(text, at)) at = nextLine(text, at, name);
  const second = at < text.length ? nextLine(text, at, name) : at;
  return lineAt(text, second < text.length ? second : at, name);
}

/** A line without what stands in quotes. */
function bare(line: string): string {
  const mark = String.fromCharCode(QUOTE);
  const outside = line.split(mark).filter((_, i) => i % 2 === 0);
  return outside.join(mark);
}
