import { DataError } from './data-error.ts';
import { quoted } from './show.ts';

/** What the header of a .npy file says. */
export type NpyHeader = { readonly descr: string; readonly fortran: boolean; readonly shape: readonly number[] };

/**
 * Reads the Python dictionary in a .npy header: exactly the keys `descr`, `fortran_order` and `shape`, once each, in any order.
 *
 *     header = "{" pair ("," pair)* [","] "}" spaces newline
 *     pair   = string ":" (string | "True" | "False" | tuple)
 *     tuple  = "()" | "(" integer "," ")" | "(" integer ("," integer)+ [","] ")"
 *
 * Nothing is evaluated; anything outside this grammar is refused.
 */
export function parseNpyHeader(text: string, name: string): NpyHeader {
  const reader = { text, at: 0, name };
  const fields = new Map<string, string | boolean | readonly number[]>();
  due(reader, '{');
  while (!take(reader, '}')) {
    const key = readString(reader);
    if (fields.has(key)) throw bad(reader, `repeats ${quoted(key)}`);
    due(reader, ':');
    fields.set(key, readValue(reader));
    if (take(reader, ',')) continue;
    due(reader, '}');
    break;
  }
  if (!take(reader, '\n') || reader.at !== text.length)
    throw bad(reader, 'does not end in spaces and a newline after its dictionary');
  const descr = fields.get('descr');
  const fortran = fields.get('fortran_order');
  const shape = fields.get('shape');
  if (fields.size !== 3 || typeof descr !== 'string' || typeof fortran !== 'boolean' || !Array.isArray(shape)) {
    throw bad(
      reader,
      "does not hold exactly 'descr' (a string), 'fortran_order' (True or False) and 'shape' (a tuple)",
    );
  }
  return { descr, fortran, shape };
}

type Reader = { readonly text: string; at: number; readonly name: string };

function readValue(reader: Reader): string | boolean | readonly number[] {
  if (take(reader, 'True')) return true;
  if (take(reader, 'False')) return false;
  if (take(reader, '(')) return readTuple(reader);
  if (take(reader, '['))
    throw new DataError('UNSUPPORTED', reader.name, 'holds records of several fields, plain numbers were due');
  return readString(reader);
}

function readTuple(reader: Reader): readonly number[] {
  const sizes: number[] = [];
  while (!take(reader, ')')) {
    sizes.push(readInteger(reader));
    if (take(reader, ',')) continue;
    // As in Python, `(3)` is a number and `(3,)` a tuple.
    due(reader, sizes.length === 1 ? ',' : ')');
    break;
  }
  return sizes;
}

function readInteger(reader: Reader): number {
  skipSpaces(reader);
  const start = reader.at;
  while (/[0-9]/.test(reader.text[reader.at] ?? '')) reader.at++;
  const digits = reader.text.slice(start, reader.at);
  if (digits === '' || /^0./.test(digits))
    throw bad(reader, `has ${quoted(reader.text.slice(start, start + 10))} where a size was due`);
  const size = Number(digits);
  if (!Number.isSafeInteger(size))
    throw new DataError('BAD_SHAPE', reader.name, `has a shape with ${quoted(digits)}, a size that overflows`);
  return size;
}

function readString(reader: Reader): string {
  skipSpaces(reader);
  const quote = reader.text[reader.at];
  const end = quote === "'" || quote === '"' ? reader.text.indexOf(quote, reader.at + 1) : -1;
  if (end < 0) throw bad(reader, `has ${quoted(reader.text.slice(reader.at, reader.at + 10))} where a string was due`);
  const content = reader.text.slice(reader.at + 1, end);
  if (!/^[\x20-\x7e]*$/.test(content) || content.includes('\\'))
    throw bad(reader, `has ${quoted(content)}, plain ASCII text was due`);
  reader.at = end + 1;
  return content;
}

/** Passes `token` if it comes next. */
function take(reader: Reader, token: string): boolean {
  skipSpaces(reader);
  if (!reader.text.startsWith(token, reader.at)) return false;
  reader.at += token.length;
  return true;
}

function due(reader: Reader, token: string): void {
  if (take(reader, token)) return;
  throw bad(reader, `has ${quoted(reader.text.slice(reader.at, reader.at + 10))} where ${quoted(token)} was due`);
}

function skipSpaces(reader: Reader): void {
  while (reader.text[reader.at] === ' ') reader.at++;
}

function bad(reader: Reader, sentence: string): DataError {
  return new DataError('BAD_HEADER', reader.name, `the .npy header ${sentence}`);
}
