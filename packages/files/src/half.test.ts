import { expect, it } from 'vitest';
import { parseNpy } from './parse-npy.ts';
import { faultOf } from './testing.ts';

/** A .npy file of half floats. */
function npy(descr: string, body: readonly number[], fortran = 'False', shape = '(2, 2)'): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`;
  const start = [0x93, ...Buffer.from('NUMPY'), 1, 0, header.length, 0];
  return Uint8Array.of(...start, ...Buffer.from(header, 'latin1'), ...body);
}

// IEEE 754, binary16: 1, −2, 65504 and the least number above 0.
it.each([
  ['<f2', 'False', [0x00, 0x3c, 0x00, 0xc0, 0xff, 0x7b, 0x01, 0x00]],
  ['>f2', 'False', [0x3c, 0x00, 0xc0, 0x00, 0x7b, 0xff, 0x00, 0x01]],
  ['<f2', 'True', [0x00, 0x3c, 0xff, 0x7b, 0x00, 0xc0, 0x01, 0x00]],
])('half floats of type %s, Fortran order %s, are read as float32', (type, fortran, body) => {
  expect(parseNpy(npy(type, body, fortran), 'x.npy').data).toEqual(Float32Array.of(1, -2, 65504, 2 ** -24));
});

it('half floats that are no numbers are refused', async () => {
  const { code, message } = await faultOf(() => parseNpy(npy('<f2', [0, 0x3c, 1, 0x7e], 'False', '(1, 2)'), 'x.npy'));
  expect([code, message]).toEqual(['NOT_FINITE', expect.stringContaining('row 0, column 1 (counted from 0) is NaN')]);
});
