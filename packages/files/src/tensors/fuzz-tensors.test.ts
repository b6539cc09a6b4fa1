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
    const isShaped = tensor.shape.length === shape.length && tensor.shape.every((size, axis) => size === shape[axis]);
    const isWhole = tensor.data.length === shape.reduce((a, b) => a * b, 1);
    if (!isShaped || !isWhole || !tensor.data.every(Number.isFinite))
      expect.fail(`${name}: [${shape}] came as [${tensor.shape}], ${tensor.data.length} numbers`);
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
        if (!/^x: [^\n]+$/.test(error.message)) throw new Error(`mutant ${index}: "${error.message}"`);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(MUTANTS / 10);
    expect(refused).toBeLessThan(MUTANTS);
  });
});
