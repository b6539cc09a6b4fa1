import type { Precision } from '../contracts/index.ts';
import { modules } from './modules.ts';

/** Where a tile of numbers is added to, and where the sum goes: rows `stride` bytes apart, a base of stride 0 is one row for all. */
type Into = [base: number, baseStride: number, out: number, outStride: number];

/** What the modules export, see `assembly`: addresses and strides are bytes. */
export type Verbs = {
  product(a: number, stride: number, rows: number, width: number, panels: number, columns: number, ...to: Into): void;
  gather(
    r: number,
    rStride: number,
    rows: number,
    columns: number,
    s: number,
    stride: number,
    width: number,
    sums: number,
    sumsStride: number,
  ): void;
  whiten(
    x: number,
    stride: number,
    rows: number,
    width: number,
    factorRows: number,
    isTriangular: number,
    panels: number,
    columns: number,
    ...to: Into
  ): void;
  distances(y: number, stride: number, rows: number, width: number, panels: number, columns: number, ...to: Into): void;
  triangle(x: number, stride: number, rows: number, width: number, out: number, outStride: number): void;
  scale(
    x: number,
    stride: number,
    rows: number,
    width: number,
    weights: number,
    weightStride: number,
    out: number,
    outStride: number,
  ): void;
  softmax(
    L: number,
    stride: number,
    rows: number,
    columns: number,
    weights: number,
    counts: number,
    totals: number,
    top: number,
    sum: number,
  ): void;
  spreads(L: number, stride: number, rows: number, columns: number, top: number, out: number): void;
  labels(L: number, stride: number, rows: number, columns: number, out: number): void;
  harden(R: number, stride: number, rows: number, columns: number, weights: number, best: number, counts: number): void;
  addPairs(L: number, stride: number, rows: number, columns: number, pairs: number): void;
  evidences(top: number, sum: number, rows: number, out: number): void;
  totals(top: number, sum: number, spreads: number, rows: number, weights: number, out: number): void;
  student(Q: number, stride: number, rows: number, columns: number, parameters: number, ...to: Into): void;
  slopes(R: number, stride: number, rows: number, columns: number, M: number, mStride: number, level: number): void;
  addPositions(
    L: number,
    stride: number,
    rows: number,
    columns: number,
    p: number,
    q: number,
    isCausal: number,
    window: number,
    slope: number,
  ): void;
  widen(x: number, stride: number, rows: number, width: number, out: number, outStride: number): void;
};

/** An instance of a module, and its memory: a stack of pieces. */
export type Machine = {
  readonly precision: Precision;
  readonly verbs: Verbs;
  /** Those of the float64 module, on the same memory */
  readonly exact: () => Verbs;
  /** Bytes of a number */
  readonly size: 4 | 8;
  /** All of its memory: valid until the next `take`. */
  reals: Float32Array | Float64Array;
  doubles: Float64Array;
  ints: Int32Array;
  /** Room for so many bytes, and some more that may be read or written beyond it; its address. What it holds is anybody's. */
  take(bytes: number): number;
  /** The same for so many numbers, all 0. */
  takeZeros(count: number): number;
  /** The top of the stack, */
  mark(): number;
  /** and back to it. */
  release(mark: number): void;
};

/** Whether multiply–adds of one rounding are used: where the engine has them, or never, so that all machines give the same bits. */
export type Rounding = 'fastest' | 'common';

/** Pieces start at cache lines; verbs read and write up to two vectors beyond their ends. */
const LINE = 64;
const PAGE = 65_536;
/** Below lie the constants of the modules. */
const HEAP = 8192;

/**
 * A machine of its own memory.
 *
 * @throws `RangeError` where there is no memory; `CompileError` where the engine has no SIMD
 */
export function openMachine(precision: Precision, rounding: Rounding): Machine {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const isFused = rounding === 'fastest' && hasFusedRounding();
  const verbsOf = (own: Precision): Verbs =>
    new WebAssembly.Instance(moduleOf(own, isFused), { env: { memory } }).exports as unknown as Verbs;
  const verbs = verbsOf(precision);
  let exact: Verbs | null = precision === 'float64' ? verbs : null;
  const size = precision === 'float32' ? 4 : 8;
  let top = HEAP;
  const machine: Machine = {
    precision,
    verbs,
    exact: () => (exact ??= verbsOf('float64')),
    size,
    ...views(memory, precision),
    take(bytes) {
      const at = top;
      top = align(at + bytes + LINE);
      const missing = top - memory.buffer.byteLength;
      if (missing > 0) {
        memory.grow(Math.ceil(missing / PAGE));
        Object.assign(machine, views(memory, precision));
      }
      return at;
    },
    takeZeros(count) {
      const at = machine.take(count * size);
      machine.reals.fill(0, at / size, at / size + count);
      return at;
    },
    mark: () => top,
    release(mark) {
      top = mark;
    },
  };
  return machine;
}

function align(bytes: number): number {
  return Math.ceil(bytes / LINE) * LINE;
}

function views({ buffer }: WebAssembly.Memory, precision: Precision): Pick<Machine, 'reals' | 'doubles' | 'ints'> {
  const doubles = new Float64Array(buffer);
  return {
    reals: precision === 'float32' ? new Float32Array(buffer) : doubles,
    doubles,
    ints: new Int32Array(buffer),
  };
}

const compiled = new Map<string, WebAssembly.Module>();

function moduleOf(precision: Precision, isFused: boolean): WebAssembly.Module {
  const name = (['single', 'double'] as const)[Number(precision === 'float64')]!;
  const key = isFused ? (`${name}Fused` as const) : name;
  let module = compiled.get(key);
  if (module === undefined) compiled.set(key, (module = new WebAssembly.Module(bytesOf(modules[key]))));
  return module;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

let fusedRounding: boolean | null = null;

/**
 * Whether this engine has relaxed SIMD (Node ≥ 22): multiply–adds of one rounding, where the processor has them.
 *
 * @example
 * fusedBackend({ precision: 'float32', rounding: hasFusedRounding() ? 'fastest' : 'common' }).precision; // 'float32'
 */
export function hasFusedRounding(): boolean {
  fusedRounding ??= WebAssembly.validate(bytesOf(modules.singleFused));
  return fusedRounding;
}
