import { compile } from './compile.ts';
import type { Value } from './value.ts';

/** The numbers of a value that is known before a run, as it depends on constants alone; null where it is not. */
export function knownNumbers(x: Value): Float64Array | null {
  if (!isKnown(x)) return null;
  if (x.op === 'constant') return x.data!;
  const program = compile([x], []);
  program.run();
  return program.outputs;
}

const isKnown = (x: Value): boolean =>
  x.inputs.length === 0 ? x.op === 'constant' : x.op !== 'random' && x.inputs.every(isKnown);
