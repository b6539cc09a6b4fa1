import { describe, expect, it } from 'vitest';
import { DataError } from '../data-error.ts';
import { fromBase64 } from '../testing.ts';
import { mutant } from '../testing-mutants.ts';
import { parseTensors } from './read-tensors.ts';
import fixture from './tensors.fixture.json' with { type: 'json' };

const MUTANTS = 4_000;

const kinds = ['safetensors', 'savez', 'npy', 'JSON'] as const;
const seedsOf = (kind: string): Uint8Array[] =>
  fixture.filter(({ name }) => name.startsWith(kind)).map(({ file }) => fromBase64(file));

/** Reads all of a file; every tensor that is taken has the values that its shape needs, all of them numbers. */
function readAll(bytes: Uint8Array): void {
  const file = parseTensors(Buffer.from(bytes), 'x');
  for (const [name, { shape }] of file.tensors) {
    const tensor = file.read(name);
    expect(tensor.shape).toEqual(shape);
    expect(tensor.data.length).toBe(shape.reduce((a, b) => a * b, 1));
    expect(tensor.data.every(Number.isFinite)).toBe(true);
  }
}

describe.each(kinds)('tensors of %s', (kind) => {
  const seeds = seedsOf(kind);

  it(`${MUTANTS} damaged files give a typed error or self-consistent tensors, and both occur`, () => {
    let refused = 0;
    for (let index = 0; index < MUTANTS; index++) {
      try {
        readAll(mutant(seeds, index));
      } catch (error) {
        if (!(error instanceof DataError)) throw new Error(`mutant ${index}: ${String(error)}`, { cause: error });
        expect(error.message).toMatch(/^x: [^\n]+$/);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(MUTANTS / 10);
    expect(refused).toBeLessThan(MUTANTS);
  });
});
