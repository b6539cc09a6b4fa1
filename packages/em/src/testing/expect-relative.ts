import { expect } from 'vitest';

/** Every entry within a tolerance relative to the largest entry (and at least 1). */
export function expectRelative(actual: ArrayLike<number>, due: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(due.length);
  const size = Math.max(1, ...Array.from(due, Math.abs));
  for (let i = 0; i < due.length; i++) {
    const error = Math.abs(actual[i]! - due[i]!) / size;
    expect(error, `entry ${i}: ${actual[i]} came, ${due[i]} was due`).toBeLessThanOrEqual(tolerance);
  }
}
