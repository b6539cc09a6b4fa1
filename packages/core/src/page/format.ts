/** Numbers as people read them: a true minus sign, thousands apart, no more digits than mean something. */

/**
 * A number with so many decimals, and a true minus sign: `−137.05`.
 *
 * @example
 * decimal(-137.0512); // '−137.05'
 * decimal(-0.001); // '0.00'
 */
export function decimal(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

/**
 * A whole number, thousands apart: `50,000`.
 *
 * @example
 * count(50000); // '50,000'
 */
export function count(value: number): string {
  return value.toLocaleString('en');
}

/**
 * A share from 0 to 1 in per cent: `64 %`, `3.4 %`, `<0.1 %`.
 *
 * @example
 * percent(0.64); // '64 %'
 * percent(0.034); // '3.4 %'
 * percent(0.0001); // '<0.1 %'
 */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1 %';
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;
}

/**
 * Seconds as people say them: `1 min 24 s`, `4.2 s`, `13 ms`, `0.4 ms`.
 *
 * @example
 * duration(84); // '1 min 24 s'
 * duration(0.013); // '13 ms'
 */
export function duration(seconds: number): string {
  if (seconds >= 59.95) return `${Math.floor(Math.round(seconds) / 60)} min ${Math.round(seconds) % 60} s`;
  if (seconds >= 0.9995) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  const milliseconds = 1000 * seconds;
  return `${milliseconds.toFixed(milliseconds < 9.95 ? 1 : 0)} ms`;
}

/**
 * One digit and a power of ten: `2 × 10⁻⁷`; `10³` for powers of ten alone.
 *
 * @example
 * scientific(2e-7); // '2 × 10⁻⁷'
 * scientific(1000); // '10³'
 */
export function scientific(value: number): string {
  if (value === 0) return '0';
  const [digit, exponent] = value.toExponential(0).split('e') as [string, string];
  const power = `10${superscript(Number(exponent))}`;
  return digit === '1' ? power : `${digit.replace('-', '−')} × ${power}`;
}

function superscript(exponent: number): string {
  return String(exponent).replace(/[-\d]/g, (c) => (c === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(c)]!));
}
