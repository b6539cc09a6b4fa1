import * as fc from 'fast-check';

/** One fixed seed, so that what fails today fails tomorrow; `MIXTENTION_SEED` explores, `MIXTENTION_RUNS` deepens (nightly). */
const SEED = 20_260_101;

export type PropertyOptions = {
  /** Cases at most, before `MIXTENTION_RUNS`; 100 unless given. */
  readonly runs?: number;
};

/**
 * Checks a property on random cases; a failure is shrunk and printed with the seed and path that repeat it.
 *
 * @param cases  one fast-check arbitrary for each field of a case
 * @param check  throws, or has vitest's `expect` throw, when the property does not hold
 *
 * @example
 * forAll({ rows: integer(1, 50) }, ({ rows }) => { expect(rows).toBeGreaterThan(0); });
 */
export function forAll<Case>(
  cases: { readonly [name in keyof Case]: fc.Arbitrary<Case[name]> },
  check: (sample: Case) => void,
  { runs = 100 }: PropertyOptions = {},
): void {
  void fc.assert(fc.property(fc.record(cases) as fc.Arbitrary<Case>, check), parameters(runs));
}

/** `forAll` for checks that return a promise. */
export async function forAllAsync<Case>(
  cases: { readonly [name in keyof Case]: fc.Arbitrary<Case[name]> },
  check: (sample: Case) => Promise<void>,
  { runs = 20 }: PropertyOptions = {},
): Promise<void> {
  await fc.assert(fc.asyncProperty(fc.record(cases) as fc.Arbitrary<Case>, check), parameters(runs));
}

/** Whole numbers from `least` to `most`, both included, with the edges tried often. */
export function integer(least: number, most: number): fc.Arbitrary<number> {
  return fc.integer({ min: least, max: most });
}

/** One of some values. */
export function oneOf<T>(...values: readonly T[]): fc.Arbitrary<T> {
  return fc.constantFrom(...values);
}

/** Seed of the random numbers of a case: a large whole number that is not worth shrinking. */
export const caseSeed: fc.Arbitrary<number> = fc.noShrink(fc.integer({ min: 0, max: 2 ** 31 - 1 }));

function parameters(runs: number): { seed: number; numRuns: number } {
  const { MIXTENTION_SEED, MIXTENTION_RUNS } = process.env;
  return {
    seed: MIXTENTION_SEED === undefined ? SEED : Number(MIXTENTION_SEED),
    numRuns: MIXTENTION_RUNS === undefined ? runs : Number(MIXTENTION_RUNS),
  };
}
