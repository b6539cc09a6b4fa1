import { basename } from 'node:path';
import { type XrayInput, xray } from '@mixtention/attention';
import { headTensors, type PageData, xrayReport } from '@mixtention/attention/page';
import { type Backend, type Matrix, MixtentionError } from '@mixtention/core';
import { readTensors, type Tensor, type TensorFile } from '@mixtention/files';

export type TensorFlags = {
  readonly causal?: boolean | undefined;
  readonly scale?: number | undefined;
  readonly as?: 'probabilities' | 'logits' | undefined;
};

const NAMES = ['q', 'k', 'v', 'bias', 'mask', 'sink', 'logits', 'probabilities'] as const;
/** Those in which −∞ hides. */
const HIDDEN: ReadonlySet<string> = new Set(['bias', 'sink', 'logits']);
type Given = { readonly [name in (typeof NAMES)[number]]?: Tensor };

/** Heads from a file of tensors by name: q, k (v, bias, mask, sink), or logits, or probabilities; or one array that is told to be one of the last two. */
export async function xrayTensors(path: string, flags: TensorFlags, backend: Backend): Promise<PageData> {
  const file = await readTensors(path);
  const given = takeTensors(file, flags.as);
  const input = inputOf(given, flags, file.name);
  const read = xray(input, { backend, responsibilities: true });
  const isCausal = flags.causal ?? false;
  const scale = given.q === undefined ? 1 : (flags.scale ?? 1 / Math.sqrt(given.q.shape.at(-1)!));
  const heads = read.heads.map(({ layer, head, responsibilities }, h) => ({
    layer,
    head,
    rows: responsibilities!,
    v: valuesOf(given, h, read.heads.length),
    // The page's kernel knows causal masks; under others it keeps to the rows.
    ...(given.q &&
      given.k &&
      !given.bias &&
      !given.mask &&
      !given.sink && { q: part(given.q, h, read.heads.length), k: part(given.k, h, read.heads.length) }),
  }));
  const outputNorms = given.v && heads.map(({ rows, v }) => outputNorm(rows, v!));
  const report = xrayReport({
    read,
    model: basename(path),
    kind: read.level,
    isCausal,
    ...(outputNorms && { outputNorms }),
  });
  const tensors = heads.map(({ rows, ...head }) => headTensors('q' in head ? head : { ...head, rows }, scale));
  return { report, tensors };
}

function takeTensors(file: TensorFile, as: TensorFlags['as']): Given {
  const names = [...file.tensors.keys()];
  if (names.length === 1 && names[0] === 'array') {
    const array = file.read('array', { hidden: true });
    return { [as ?? (isProbability(array) ? 'probabilities' : 'logits')]: array };
  }
  const known = NAMES.filter((name) => file.tensors.has(name));
  if (known.length === 0)
    throw new MixtentionError(
      'BAD_DATA',
      `${file.name} holds ${names.slice(0, 8).join(', ') || 'no tensors'}; q with k (v, bias, mask, sink), logits, or probabilities were due`,
    );
  return Object.fromEntries(known.map((name) => [name, file.read(name, { hidden: HIDDEN.has(name) })]));
}

function isProbability({ data }: Tensor): boolean {
  return data.every((p) => p >= 0 && p <= 1.01);
}

function inputOf(
  { q, k, v, bias, mask, sink, logits, probabilities }: Given,
  { causal, scale }: TensorFlags,
  name: string,
): XrayInput {
  const values = { ...(v && { v }), ...(sink && { sink }) };
  if (logits !== undefined && q === undefined) return { logits, ...values };
  if (probabilities !== undefined && q === undefined) return { probabilities, ...values };
  if (q === undefined || k === undefined)
    throw new MixtentionError(
      'BAD_DATA',
      `${name} holds ${q === undefined ? 'k without q' : 'q without k'}, both were due`,
    );
  if (mask !== undefined && causal)
    throw new MixtentionError('BAD_OPTION', `${name} holds a mask, and --causal came beside it; one of them was due`);
  return {
    q,
    k,
    ...values,
    ...(bias && { bias }),
    ...(scale !== undefined && { scale }),
    ...(causal ? { mask: 'causal' as const } : mask && { mask: flagsOf(mask, name) }),
  };
}

/** A mask of booleans, or of 0 and 1 in integers, comes from a file as floats. */
function flagsOf(
  { shape, data }: Tensor,
  name: string,
): { readonly data: Uint8Array; readonly shape: readonly number[] } {
  const bad = data.find((cell) => cell !== 0 && cell !== 1);
  if (bad !== undefined)
    throw new MixtentionError(
      'BAD_DATA',
      `${name}: mask holds ${bad}, 0 and 1 were due; numbers that are added to scores are a bias`,
    );
  return { data: Uint8Array.from(data), shape };
}

/** The part of a head; keys and values that serve several are repeated. */
function part({ shape, data }: Tensor, head: number, heads: number): Matrix {
  const [rows, cols] = shape.slice(-2) as [number, number];
  const at = Math.floor((head * data.length) / (rows * cols) / heads);
  return { data: data.subarray(at * rows * cols, (at + 1) * rows * cols), rows, cols };
}

/** Values of a head; those of the null component are 0. */
function valuesOf({ v, sink }: Given, head: number, heads: number): Matrix | null {
  if (v === undefined) return null;
  const own = part(v, head, heads);
  if (sink === undefined) return own;
  const data = new Float64Array((own.rows + 1) * own.cols);
  data.set(own.data);
  return { data, rows: own.rows + 1, cols: own.cols };
}

/** Lengths of R V, `[N]`. */
function outputNorm(r: Matrix, v: Matrix): Float64Array {
  return Float64Array.from({ length: r.rows }, (_, n) => {
    const sums = new Float64Array(v.cols);
    for (let k = 0; k < v.rows; k++)
      for (let c = 0; c < v.cols; c++) sums[c]! += r.data[n * r.cols + k]! * v.data[k * v.cols + c]!;
    return Math.hypot(...sums);
  });
}
