import { expect, test } from 'vitest';
import type { AnyAlgorithm } from '../contracts/index.ts';
import { resolve } from './spec.ts';

const table = { 'em/batch': (config: unknown) => ({ config }) as unknown as AnyAlgorithm };

test('resolve hands the config to the factory of that name', () => {
  expect(resolve({ algorithm: 'em/batch', module: 'm', from: '', config: { k: 1 } }, table)).toEqual({
    config: { k: 1 },
  });
});

test('resolve suggests the nearest name, and does not fall for inherited ones', () => {
  expect(() => resolve({ algorithm: 'em/bath', module: 'm', from: '', config: null }, table)).toThrow(
    'did you mean "em/batch"?',
  );
  expect(() => resolve({ algorithm: 'toString', module: 'm', from: '', config: null }, table)).toThrow(
    'unknown algorithm of m "toString"',
  );
});
