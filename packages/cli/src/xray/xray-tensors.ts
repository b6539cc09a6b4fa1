import { basename } from 'node:path';
import { type XrayInput, xray } from '@mixtention/attention';
import { type PageData, pageHeads, xrayReport } from '@mixtention/attention/page';
import { type Backend, MixtentionError } from '@mixtention/core';
import { show } from '@mixtention/core/base';
import { readTensors, type Tensor, type TensorFile } from '@mixtention/files';

export type TensorFlags = {
  readonly causal?: boolean | undefined;
  readonly scale?: number | undefined;
  readonly as?: 'probabilities' | 'logits' | undefined;
};

const NAMES = ['q', 'k', 'v', 'bias', 'mask', 'sink', 'logits', 'probabilities'] as const;
/** Those in which −∞ hides, and masks that are meant to, which are told where they belong. */
const HIDDEN: ReadonlySet<string> = new Set(['bias', 'mask', 'sink', 'logits']);
type Given = { readonly [name in (typeof NAMES)[number]]?: Tensor };

/** Heads from a file of tensors by name: q, k (v, bias, mask, sink), or logits, or probabilities; or one array that is told to be one of the last two. */
export async function xrayTensors(path: string, flags: TensorFlags, backend: Backend): Promise<PageData> {
  const file = await readTensors(path);
  const given = takeTensors(file, flags.as);
  const input = inputOf(given, flags, file.name);
  const read = xray(input, { backend });
  const { tensors, outputNorms } = pageHeads(input, { backend });
  const isCausal = flags.causal ?? false;
  const named = { model: basename(path), kind: read.level, isCausal };
  return { report: xrayReport({ read, ...named, ...(outputNorms && { outputNorms }) }), tensors };
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

function inputOf(given: Given, flags: TensorFlags, name: string): XrayInput {
  const { q, k, v, bias, mask, sink } = given;
  const values = { ...(v && { v }), ...(sink && { sink }) };
  const rows = rowsOf(given, flags, name);
  if (rows !== null) return { ...rows, ...values };
  if (q === undefined || k === undefined)
    throw new MixtentionError(
      'BAD_DATA',
      `${name} holds ${k === undefined ? (q === undefined ? 'neither q nor k' : 'q without k') : 'k without q'}, both were due`,
    );
  const { causal, scale } = flags;
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

/** Logits or probabilities, beside which nothing stands that only scores of q and k have; null where there are q and k. */
function rowsOf(
  { q, k, bias, mask, logits, probabilities }: Given,
  { causal, scale }: TensorFlags,
  name: string,
): { readonly logits: Tensor } | { readonly probabilities: Tensor } | null {
  const kinds = Object.entries({ 'q and k': q ?? k, logits, probabilities }).filter(([, own]) => own !== undefined);
  if (kinds.length > 1) {
    const came = kinds.map(([kind]) => kind).join(' beside ');
    throw new MixtentionError('BAD_DATA', `${name} holds ${came}; one of q with k, logits, or probabilities was due`);
  }
  const rows = logits === undefined ? probabilities && { probabilities } : { logits };
  if (rows === undefined) return null;
  const [kind] = Object.keys(rows);
  const more = Object.entries({ bias, mask }).find(([, own]) => own !== undefined);
  if (more !== undefined)
    throw new MixtentionError('BAD_DATA', `${name} holds ${kind} beside a ${more[0]}, which goes with q and k`);
  const flag = causal === true ? '--causal' : scale === undefined ? null : '--scale';
  if (flag !== null) throw new MixtentionError('BAD_OPTION', `${flag} is for q and k, and ${name} holds ${kind}`);
  return rows;
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
      `${name}: mask holds ${show(bad)}, 0 and 1 were due; numbers that are added to scores are a bias`,
    );
  // Axes of samples and heads that a framework left in front, [1, 1, N, K], say nothing.
  const front = shape.findIndex((size, axis) => size !== 1 || axis >= shape.length - 2);
  return { data: Uint8Array.from(data), shape: shape.slice(Math.max(0, front)) };
}
