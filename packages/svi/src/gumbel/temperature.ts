import { checkTemperature } from './check-temperature.ts';
import type { Temperature } from './temperature-type.ts';

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
