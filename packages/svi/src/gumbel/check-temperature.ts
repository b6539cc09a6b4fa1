import { checkOptions, fail, show } from '@mixtention/core/base';
import type { Temperature } from './temperature-type.ts';

/** Quotients by it, and gradients of them, are numbers in float32 too. */
const LEAST = 1e-30;
const MOST = 1e30;

/** Refuses a temperature, or a schedule, by which draws cannot be divided. */
export function checkTemperature(where: string, temperature: Temperature): void {
  if (typeof temperature !== 'object' || temperature === null) {
    checkRange(where, 'temperature', temperature, LEAST, MOST);
    return;
  }
  checkOptions(where, temperature, ['start', 'rate', 'every', 'least']);
  const { start, rate, every, least } = temperature;
  checkRange(where, 'temperature.start', start, LEAST, MOST);
  checkRange(where, 'temperature.least', least, LEAST, start);
  checkRange(where, 'temperature.rate', rate, 0, MOST);
  checkRange(where, 'temperature.every', every, 1, Number.MAX_SAFE_INTEGER);
}

function checkRange(where: string, name: string, value: unknown, least: number, most: number): void {
  if (typeof value === 'number' && value >= least && value <= most) return;
  fail(where, 'BAD_OPTION', `${name} is ${show(value)}, a number from ${least} to ${most} was due`);
}
