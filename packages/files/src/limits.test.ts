import { describe, expect, it } from 'vitest';
import { allocate, allocateBytes } from './limits.ts';
import { faultOf } from './testing.ts';

describe('allocate', () => {
  it('gives room in the precision asked for', () => {
    expect(allocate('float32', 3, 'x')).toEqual(new Float32Array(3));
    expect(allocate('float64', 3, 'x')).toEqual(new Float64Array(3));
    expect(allocateBytes(16, 'x').byteOffset).toBe(0);
  });

  it('says in one sentence how much could not be had', async () => {
    const fault = await faultOf(() => allocate('float64', 2 ** 50, 'x.csv'));
    expect(fault).toEqual({
      code: 'TOO_LARGE',
      message: 'x.csv: needs 9,007,199,254,740,992 bytes of memory, more than could be had',
    });
    expect((await faultOf(() => allocateBytes(2 ** 52, 'x.csv'))).code).toBe('TOO_LARGE');
  });
});
