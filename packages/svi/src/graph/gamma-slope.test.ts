import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { gammaSlope } from './gamma-slope.ts';

const fixture = JSON.parse(
  readFileSync(new URL('gamma-slope.fixture.json', import.meta.url), 'utf8'),
) as readonly (readonly [number, number, number])[];

test.each(fixture)('the slope of a gamma draw with its shape, a = %f, g = %f: %f by mpmath', (a, g, slope) => {
  expect(Math.abs(gammaSlope(a, g) / slope - 1)).toBeLessThan(1e-9);
});
