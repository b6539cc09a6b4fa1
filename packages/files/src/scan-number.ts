/** A place in a text; moves on as numbers are read. */
export type Cursor = { readonly text: Buffer; at: number };

/** The byte of the usual decimal mark. */
export const POINT = 0x2e;

/** Powers of ten that float64 holds exactly. */
const TENS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** A mantissa below this can take one more digit and stay below 2⁵³. */
const ROOM_FOR_A_DIGIT = 900_719_925_474_099;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/**
 * The decimal number at the cursor, or NaN when there is none; the cursor moves behind what was read.
 *
 * Grammar: `[+-] (digits [. digits] | . digits) [(e|E) [+-] digits]`, with `mark` for the point. The result is the float64 nearest to the text: mantissas below 2⁵³ times
 * an exact power of ten take one correctly rounded operation (Clinger 1990), anything longer goes through `Number`.
 *
 * @param mark  byte of the decimal mark
 *
 * Cost: linear in the characters read; no regular expression.
 */
export function scanNumber(cursor: Cursor, mark: number = POINT): number {
  const { text } = cursor;
  const start = cursor.at;
  let at = start;
  const negative = text[at] === 0x2d;
  if (negative || text[at] === 0x2b) at++;

  let mantissa = 0;
  let exact = true;
  let point = -1;
  const digitsFrom = at;
  for (; ; at++) {
    const byte = text[at]!;
    if (byte >= 0x30 && byte <= 0x39) {
      if (mantissa < ROOM_FOR_A_DIGIT) mantissa = mantissa * 10 + (byte - 0x30);
      else exact = false;
    } else if (byte === mark && point < 0) point = at;
    else break;
  }
  const digits = at - digitsFrom - (point < 0 ? 0 : 1);
  if (digits === 0) return Number.NaN;

  let exponent = point < 0 ? 0 : point + 1 - at;
  if (text[at] === 0x65 || text[at] === 0x45) {
    const end = endOfExponent(text, at);
    if (end > at) {
      exponent += Number(text.toString('latin1', at + 1, end));
      at = end;
    }
  }
  cursor.at = at;
  if (!exact || exponent < -22 || exponent > 22) return longNumber(text.toString('latin1', start, at), mark);
  const magnitude = exponent < 0 ? mantissa / TENS[-exponent]! : mantissa * TENS[exponent]!;
  return negative ? -magnitude : magnitude;
}

function longNumber(text: string, mark: number): number {
  return Number(mark === POINT ? text : text.replace(String.fromCharCode(mark), '.'));
}

/** Index behind `e-05` at `at`, or `at` when no digit follows: then the letter is no exponent. */
function endOfExponent(text: Buffer, at: number): number {
  let end = at + 1;
  if (text[end] === 0x2d || text[end] === 0x2b) end++;
  if (!isDigit(text[end])) return at;
  while (isDigit(text[end])) end++;
  return end;
}
