import { DataError } from '../data-error.ts';
import { bytesOf, numbersOf } from '../decode.ts';
import { checkLength } from '../limits.ts';
import { npyArray } from '../parse-npy.ts';
import { checkTensor, type Kind } from './check-values.ts';
import { type ReadTensorOptions, shown, sizeOf, type Tensor, type TensorInfo } from './tensor.ts';

/** An array of a .npy file: what its header says, held against its length, and a reader of its values. */
export type NpyTensor = { readonly info: TensorInfo; read(options?: ReadTensorOptions): Tensor };

/**
 * An array of any shape from a NumPy `.npy` file, versions 1 to 3, in either byte order, row-major or Fortran order.
 *
 * @param bytes  the file; its length must be exactly header + values
 * @param what  the array, as messages call it beside the file
 * @param place  the file, or the file and the array, where it is one of several
 * @throws DataError as `parseNpy`, but for shapes of more dimensions
 */
export function openNpyTensor(bytes: Uint8Array, what: string, name: string, place: string = name): NpyTensor {
  const { header, element, offset } = npyArray(bytes, place);
  const { shape, fortran, descr } = header;
  const size = sizeOf(shape, what, name);
  const length = offset + size * bytesOf(element.type);
  if (!Number.isSafeInteger(length))
    throw new DataError('BAD_SHAPE', name, `${what} has shape ${shown(shape)}, a product that overflows`);
  checkLength(bytes.length, length, `a shape of ${shown(shape)} in ${descr}`, place);
  return {
    info: { shape, dtype: descr },
    read({ hidden } = {}) {
      const raw = numbersOf(bytes, { ...element, offset, rows: 1, cols: size, fortran: false }, name);
      const data = fortran && shape.length > 1 ? lastFastest(raw, shape) : raw;
      checkTensor({ shape, data }, { kind: kindOf(element.type), hidden, what, name });
      return { shape, data };
    },
  };
}

function kindOf(type: string): Kind {
  return type === 'b1' ? 'boolean' : type.startsWith('f') ? 'real' : 'integer';
}

/** From the order in which the first dimension runs fastest to that of the last. */
function lastFastest<Data extends Float32Array | Float64Array>(from: Data, shape: readonly number[]): Data {
  const to = from.slice() as Data;
  const index = new Array<number>(shape.length).fill(0);
  const strides = shape.map((_, d) => shape.slice(0, d).reduce((a, b) => a * b, 1));
  let source = 0;
  for (let i = 0; i < to.length; i++) {
    to[i] = from[source]!;
    for (let d = shape.length - 1; d >= 0; d--) {
      source += strides[d]!;
      if (++index[d]! < shape[d]!) break;
      source -= strides[d]! * shape[d]!;
      index[d] = 0;
    }
  }
  return to;
}
