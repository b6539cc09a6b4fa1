import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import fixture from './npy.fixture.json' with { type: 'json' };
import { parseNpy } from './parse-npy.ts';
import { faultOf, fromBase64 } from './testing.ts';
import { writeNpy } from './write-npy.ts';

const NAME = 'x.npy';

describe('writeNpy', () => {
  it('writes the bytes that NumPy writes', () => {
    const matrix = {
      data: Float64Array.of(5e-324, 1.7976931348623157e308, -2.2250738585072014e-308),
      rows: 1,
      cols: 3,
    };
    const due = fixture.find(({ name }) => name === 'extremes of float64')!;
    expect(writeNpy(matrix)).toEqual(fromBase64(due.file));
  });

  it('refuses data that do not fill the shape', () => {
    expect(() => writeNpy({ data: new Float64Array(5), rows: 2, cols: 3 })).toThrow(
      '[files] writeNpy: data has 5 values, 2 × 3 = 6 were due',
    );
  });

  it('makes what parseNpy reads back to the last bit, with values that begin at a multiple of 64', () => {
    const shape = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.boolean());
    const stream = fc.infiniteStream(fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(shape, stream, ([rows, cols, isWide], values) => {
        const cells = [...values.take(rows * cols)];
        const data = isWide
          ? Float64Array.from(cells)
          : Float32Array.from(cells, (value) => (Math.abs(value) > 3e38 ? 1 : value));
        const bytes = writeNpy({ data, rows, cols });
        expect((bytes.length - data.byteLength) % 64).toBe(0);
        expect(parseNpy(bytes, NAME)).toEqual({ data, rows, cols });
      }),
      { seed: 4, numRuns: 1000 },
    );
  });

  it('makes what parseNpy refuses, naming the place, once a value is not finite', async () => {
    const place = fc.tuple(fc.nat(6), fc.nat(6), fc.constantFrom(Number.NaN, 1 / 0, -1 / 0));
    await fc.assert(
      fc.asyncProperty(place, async ([row, column, value]) => {
        const data = new Float64Array(49);
        data[row * 7 + column] = value;
        const fault = await faultOf(() => parseNpy(writeNpy({ data, rows: 7, cols: 7 }), NAME));
        expect(fault.message).toBe(
          `x.npy: row ${row}, column ${column} (counted from 0) is ${value}, a finite number was due`,
        );
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
