import { DataError } from '../data-error.ts';
import { quoted } from '../show.ts';
import { type NpyTensor, openNpyTensor } from './parse-npy-tensor.ts';
import { found } from './parse-safetensors.ts';
import { checkTensorName, type TensorFile } from './tensor.ts';
import { openZip } from './zip.ts';

/**
 * The arrays of a NumPy `.npz` archive, as `numpy.savez` and `numpy.savez_compressed` write it, by their names.
 *
 * @param bytes  the file
 * @param name  the file, as messages shall call it
 * @throws DataError BAD_ZIP, TOO_LARGE, UNSUPPORTED, and what the arrays may be refused for
 *
 * Cost: all members unpacked in memory; 2 GiB at most, and no more than 200 times the file beyond 64 MiB.
 */
export function parseNpz(bytes: Buffer, name: string): TensorFile {
  const zip = openZip(bytes, name);
  const arrays = new Map<string, NpyTensor>();
  for (const member of zip.names) {
    if (!member.endsWith('.npy'))
      throw new DataError('UNSUPPORTED', name, `holds ${quoted(member)}, arrays (.npy) alone were due`);
    const array = member.slice(0, -4);
    checkTensorName(array, name);
    const what = `array ${quoted(array)}`;
    arrays.set(array, openNpyTensor(zip.read(member), what, name, `${name}, ${what}`));
  }
  return {
    name,
    tensors: new Map([...arrays].map(([array, { info }]) => [array, info])),
    metadata: new Map(),
    read: (array, options) => found(arrays, array, name).read(options),
  };
}
