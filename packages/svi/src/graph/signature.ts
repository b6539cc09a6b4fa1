import { inOrder } from './in-order.ts';
import type { Value } from './value.ts';

/** What a graph computes, but for the numbers of its arrays: graphs of one text run by one program, once it has their arrays and places. */
export type Signature = {
  readonly text: string;
  /** Arrays of more than one number, each once, in the order in which they are met. */
  readonly arrays: readonly Float64Array[];
  /** Places that follow no even step, likewise. */
  readonly positions: readonly Int32Array[];
};

/** The text holds single numbers, and which arrays are one: plans fold the former and join what is made of the latter. */
export function signatureOf(root: Value): Signature {
  const ids = new Map<Value, number>();
  const arrays = new Map<Float64Array, number>();
  const positions = new Map<Int32Array, number>();
  const placed = (own: Int32Array): string => {
    const step = evenStep(own);
    return step === null ? `at ${numberOf(own, positions)} ${own.length}` : `${own[0]}+${step}*${own.length}`;
  };
  const numbered = (data: Float64Array): string => {
    if (data.length > 1) return `array ${numberOf(data, arrays)}`;
    return Object.is(data[0], -0) ? '-0' : String(data[0]);
  };
  const lines = inOrder([root]).map((node, id) => {
    ids.set(node, id);
    const { op, shape, name = '', data, axes = '', transposed = '' } = node;
    const inputs = node.inputs.map((x) => ids.get(x)!);
    const own = data === undefined ? '' : numbered(data);
    const moved = node.positions === undefined ? '' : placed(node.positions);
    return `${op} ${name} [${shape}] ${inputs} ${axes} ${transposed} ${own} ${moved}`;
  });
  return {
    text: lines.join('\n'),
    arrays: [...arrays.keys()],
    positions: [...positions.keys()],
  };
}

/** In which turn an array was met. */
function numberOf<Own>(own: Own, met: Map<Own, number>): number {
  const known = met.get(own);
  if (known !== undefined) return known;
  met.set(own, met.size);
  return met.size - 1;
}

/** The step of places that follow one another evenly; null where they do not. */
export function evenStep(positions: Int32Array): number | null {
  const start = positions[0]!;
  const step = positions.length > 1 ? positions[1]! - start : 1;
  return positions.every((p, i) => p === start + i * step) ? step : null;
}
