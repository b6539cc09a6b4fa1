import { checkOptions, fail, show } from '@mixtention/core/base';

/**
 * How the temperature of relaxed draws falls, as plain data: a number for ever, or
 * `max(least, start · exp(−rate · t))`, renewed once every `every` steps. Temperatures lie between 1e-30 and 1e30.
 */
export type Temperature =
  | number
  | { readonly start: number; readonly rate: number; readonly every: number; readonly least: number };

/**
 * The temperature of a step, counted from 0.
 *
 * @throws BAD_OPTION for one that is not above 0, for a schedule that does not fall, or not from `start` to `least`
 *
 * Source: Jang, Gu & Poole (2017), sec. 4.1, with start 1, least 0.5, rate 1e-5 or 1e-4, every 500 to 1000 steps.
 *
 * @example
 * temperatureAt({ start: 1, rate: 1e-3, every: 100, least: 0.5 }, 250); // 0.8187: exp(−0.2)
 */
export function temperatureAt(temperature: Temperature, step: number): number {
  checkTemperature('svi/temperatureAt', temperature);
  if (typeof temperature === 'number') return temperature;
  const { start, rate, every, least } = temperature;
  return Math.max(least, start * Math.exp(-rate * every * Math.floor(step / every)));
}

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
