import { generator, key } from '@mixtention/core/numeric';
import { type Distribution, isDiscrete } from '../distributions/index.ts';
import { add, broadcastTo, compile, hold, mul, sum, type Value, value } from '../graph/index.ts';
import type { Latent } from '../model/index.ts';
import { conjugateFamily, type Family } from './conjugate-family.ts';
import type { Guide } from './guide-types.ts';
import { rowsOfLatent } from './rows-of-latent.ts';

/**
 * Every latent in the family that is conjugate to its prior where there is one: gamma, inverse gamma, beta, Dirichlet, Wishart; normal on the real line and log-normal on half of it. A normal whose prior is as
 * wide as another latent says (normal–gamma, normal–Wishart) is as wide as that latent's draw says, a trained power of it; else latents are independent. Where the model is conjugate latent by latent, its optimum is that of free-form mean field.
 *
 * @throws BAD_MODEL from `make` for a support that has no such family
 *
 * @example
 * autoStructured().name; // 'autoStructured'
 */
export const autoStructured = (): Guide => ({
  name: 'autoStructured',
  found: 'by steps',
  inValues: true,
  make: ({ latents, around, parameter }) => {
    const trained: Value[] = [];
    const begin: number[] = [];
    const families = new Map<
      string,
      { readonly family: Family; readonly parts: readonly (readonly [string, Value])[] }
    >();
    for (const latent of latents) {
      const family = conjugateFamily(latent, around);
      const parts = Object.entries(family.parts).map(([part, { start, shape }]) => {
        const made = parameter(`${latent.name}.${part}`, start, shape);
        trained.push(made);
        begin.push(...start);
        return [part, made] as const;
      });
      families.set(latent.name, { family, parts });
    }
    /** A number of this trace where the guide begins. */
    const atStart = (x: Value): Float64Array => {
      const program = compile([x], trained, { execution: 'interpreted' });
      program.inputs.set(begin);
      program.run(generator(key(3)));
      return Float64Array.from(program.outputs);
    };
    const used: { readonly latent: Latent; readonly value: Value; readonly of: (held: boolean) => Distribution }[] = [];
    const total = (terms: (each: (typeof used)[number]) => Value): Value =>
      used.map((each) => mul(sum(terms(each)), each.latent.scale)).reduce((a, b) => add(a, b), value(0));
    return {
      provide: (latent) => {
        const { family, parts } = families.get(latent.name)!;
        const make = family.given(latent, atStart);
        const of = (held: boolean): Distribution =>
          make(
            Object.fromEntries(parts.map(([part, x]) => [part, hereOf(held ? hold(x) : x, latent)])) as {
              [part: string]: Value;
            },
          );
        const drawn = of(false).sample(batchOf(latent));
        used.push({ latent, value: drawn, of });
        return { value: drawn };
      },
      logDensity: (held) => total(({ latent, value: x, of }) => broadcastTo(of(held).logDensity(x), batchOf(latent))),
      entropy: () => total(({ latent, of }) => broadcastTo(of(false).entropy!(), batchOf(latent))),
      marginal: (latent) =>
        isDiscrete(latent.distribution)
          ? null
          : { distribution: used.find((each) => each.latent === latent)!.of(false) },
    };
  },
});

const batchOf = ({ shape, distribution }: Latent): readonly number[] =>
  shape.slice(0, shape.length - distribution.event.length);

/** Of what is trained for each row, the rows that are there; what is one number for all stays. */
const hereOf = (x: Value, latent: Latent): Value => (x.shape.length === 0 ? x : rowsOfLatent(x, latent));
