import { counted, fail, show } from '@mixtention/core/base';
import { type Shape, showShape, sizeOf } from './shape.ts';

/**
 * A node of a computation: an operation on other values, with the shape of what it makes. Plain data without numbers of its own but for
 * constants; what hangs together is found by walking `inputs`, so there is no tape and no global store.
 */
export type Value = {
  /** `constant`, `input`, `index`, `random`, or the name of an operation. */
  readonly op: string;
  readonly inputs: readonly Value[];
  readonly shape: Shape;
  /** Of a constant: its numbers, row-major. */
  readonly data?: Float64Array;
  /** Of an input or an index: its name, for messages. Of a random value: what is drawn. */
  readonly name?: string;
  /** Of `take` and `scatter`: where each number comes from or goes to. */
  readonly positions?: Int32Array;
  /** Of `sum` and `max`: which axes go, in order. */
  readonly axes?: readonly number[];
  /** Of products and solves: whether sides are transposed. */
  readonly transposed?: readonly boolean[];
};

/** What operations accept: values, numbers, and arrays of them. */
export type ValueLike = Value | number | NumbersLike;
type NumbersLike =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint8Array
  | readonly number[]
  | readonly NumbersLike[]
  | MatrixData;
type MatrixData = { readonly data: ArrayLike<number>; readonly rows: number; readonly cols: number };

/** Whether it is a node of a computation. */
export const isValue = (x: unknown): x is Value => typeof x === 'object' && x !== null && 'op' in x && 'inputs' in x;

/**
 * Numbers as a value; values stay what they are.
 *
 * @param x  a number, a typed array, nested arrays of one shape, or `{ data, rows, cols }`
 * @throws BAD_SHAPE for ragged arrays, BAD_DATA for what holds no numbers
 *
 * @example
 * value([[1, 2], [3, 4]]).shape; // [2, 2]
 */
export function value(x: ValueLike, where = 'svi/value'): Value {
  if (typeof x === 'number') return constant(Float64Array.of(x), []);
  if (isValue(x)) return x;
  if (isNumbers(x)) return constant(Float64Array.from(x), [x.length]);
  if (Array.isArray(x)) {
    const shape = shapeOf(x);
    const data = new Float64Array(sizeOf(shape));
    if (fill(data, 0, x, shape, where) !== data.length) fail(where, 'BAD_SHAPE', `the rows differ in length`);
    return constant(data, shape);
  }
  if (typeof x === 'object' && x !== null && 'data' in x && 'rows' in x) return matrixOf(x as MatrixData, where);
  const isSum = typeof x === 'string' && (x as string).includes('[object Object]');
  const isEntry = x === undefined ? '; entries of a value are take(x, i), not x[i]' : '';
  const hint = isSum ? '; values are summed by add(a, b), not by +' : isEntry;
  const came = ArrayBuffer.isView(x) ? `a ${x.constructor.name}` : show(x);
  return fail(where, 'BAD_DATA', `${came} came, numbers or a value were due${hint}`);
}

/** Typed arrays of numbers: neither big integers nor bytes without a type. */
const isNumbers = (x: unknown): x is Float64Array =>
  ArrayBuffer.isView(x) && !(x instanceof DataView || x instanceof BigInt64Array || x instanceof BigUint64Array);

function matrixOf({ data, rows, cols }: MatrixData, where: string): Value {
  const isWhole = isNumbers(data) || (Array.isArray(data) && data.every((x) => typeof x === 'number'));
  if (!isWhole) fail(where, 'BAD_DATA', `a matrix has for its data ${show(data)}, numbers were due`);
  if (!(Number.isInteger(rows) && Number.isInteger(cols) && rows >= 0 && data.length === rows * cols))
    fail(where, 'BAD_SHAPE', `a matrix of ${show(rows)} × ${show(cols)} has ${counted(data.length, 'number')}`);
  return constant(Float64Array.from(data), [rows, cols]);
}

function shapeOf(x: readonly unknown[]): number[] {
  const first = x[0];
  if (ArrayBuffer.isView(first)) return [x.length, (first as Float64Array).length];
  return Array.isArray(first) ? [x.length, ...shapeOf(first)] : [x.length];
}

function fill(data: Float64Array, at: number, x: unknown, shape: Shape, where: string): number {
  if (typeof x === 'number') {
    if (shape.length > 0) fail(where, 'BAD_SHAPE', `a number stands where ${showShape(shape)} was due`);
    data[at] = x;
    return at + 1;
  }
  const list = x as ArrayLike<unknown>;
  if (isValue(x)) fail(where, 'BAD_DATA', 'a value stands in a list of numbers; stack([…]) makes one array of values');
  if (typeof x !== 'object' || x === null || list.length !== shape[0])
    fail(
      where,
      typeof x === 'object' ? 'BAD_SHAPE' : 'BAD_DATA',
      `${show(x)} stands where ${showShape(shape)} was due`,
    );
  let next = at;
  for (let i = 0; i < list.length; i++) next = fill(data, next, list[i], shape.slice(1), where);
  return next;
}

/**
 * Numbers that do not change; the array is used as it is.
 *
 * @example
 * constant(Float64Array.of(1, 2), [2, 1]).shape; // [2, 1]
 */
export const constant = (data: Float64Array, shape: Shape): Value => ({ op: 'constant', inputs: [], shape, data });

/**
 * A named array that is given anew for every run; gradients are taken with respect to inputs.
 *
 * @example
 * const x = input('x', []);
 * const program = compile([square(x)], [x]);
 * program.inputs.set([3]);
 * program.run();
 * program.outputs; // [9]
 */
export const input = (name: string, shape: Shape): Value => ({ op: 'input', inputs: [], shape, name });

/**
 * A named list of row numbers that may change from run to run: the rows of a minibatch.
 *
 * @example
 * const batch = index('batch', 2);
 * const program = compile([rows([10, 20, 30], batch)], []);
 * program.rowsOf(batch).set([2, 0]);
 * program.run();
 * program.outputs; // [30, 10]
 */
export const index = (name: string, size: number): Value => ({ op: 'index', inputs: [], shape: [size], name });

export type RandomKind = 'normal' | 'uniform' | 'gamma' | 'poisson' | 'binomial' | 'categorical';

/**
 * Fresh draws in every run: standard normals, uniforms, or of a distribution whose parameters are the inputs.
 *
 * @example
 * const { run, outputs } = compile([add(100, random('uniform', [3]))], []);
 * run(generator(key(0)));
 * outputs.every((x) => x > 100 && x < 101); // true
 */
export const random = (name: RandomKind, shape: Shape, inputs: readonly Value[] = []): Value => ({
  op: 'random',
  inputs,
  shape,
  name,
});

/**
 * The number that a constant of one element holds; undefined for all else.
 *
 * @example
 * numberOf(add(1, 2)); // 3
 * numberOf(input('x', [])) === undefined; // true
 */
export const numberOf = (x: Value): number | undefined =>
  x.op === 'constant' && x.data!.length === 1 ? x.data![0] : undefined;
