import { type CompileOptions, compileParts, type Program } from './compile.ts';
import { differentiate } from './differentiate.ts';
import { type Signature, signatureOf } from './signature.ts';
import type { Value } from './value.ts';

/** Programs of a number and its gradient, made once for graphs that differ in the numbers of their arrays alone. */
export type Programs = (total: Value, inputs: readonly Value[], options?: CompileOptions) => Program;

/** Kept at once: minibatches of a run have a few shapes. */
const MOST = 64;

/**
 * Compiles `[total, …gradient]`, or takes the program of an earlier graph of the same form and gives it the numbers of this one: a graph is made anew for the rows of every step, the plan and
 * the code for it are not. The program is that of the last call, so it is run before the next.
 *
 * Cost: a walk over the graph of the total, where one of its form is known; plan, gradient and code, where none is.
 */
export function rebinding(): Programs {
  const known = new Map<string, ReturnType<typeof compileParts>>();
  return (total, inputs, options = {}) => {
    const signature = signatureOf(total);
    const text = keyOf(signature, inputs, options);
    const before = known.get(text);
    if (before !== undefined) {
      before.bind(signature);
      return before.program;
    }
    const made = compileParts([total, ...differentiate(total, inputs)], inputs, options, signature);
    if (known.size >= MOST) known.delete(known.keys().next().value!);
    known.set(text, made);
    return made.program;
  };
}

const keyOf = ({ text }: Signature, inputs: readonly Value[], { backend, execution }: CompileOptions): string =>
  [execution, backend?.name, backend?.kernel, inputs.map(({ name, shape }) => `${name} [${shape}]`), text].join('\n');
