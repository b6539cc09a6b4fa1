import type { Family, Scores, Term, Tree } from '@mixtention/core';

/** Scores as plain data: all but what their terms stand on, which the family knows. */
export type SentScores = {
  readonly bias: Float64Array;
  readonly terms: readonly Tree[];
};

/**
 * Scores as they go to workers, which need not derive them from parameters again: for a minibatch that takes longer than its rows.
 *
 * @example
 * const params = { width: 1, probabilities: Float64Array.of(0.5) };
 * sendScores(bernoulli.scores(params, Float64Array.of(0))).bias; // [−0.693]: log ½
 */
export function sendScores({ bias, terms }: Scores): SentScores {
  return { bias, terms: terms.map(({ statistics: _, columns: __, ...plain }) => plain as Tree) };
}

/**
 * The scores that were sent: one object as long as their message is, since what a backend makes of scores is kept by it.
 *
 * @param family  whose rows have as many columns as is said
 */
export function takenOnce(family: Family): (sent: SentScores, width: number) => Scores {
  const known = new WeakMap<SentScores, Scores>();
  return (sent, width) => {
    const { bias, terms } = sent;
    let scores = known.get(sent);
    if (scores === undefined) {
      const stands = family.terms(width);
      const own = terms.map((plain, t) => ({ ...stands[t]!, ...(plain as object) }) as Term);
      known.set(sent, (scores = { components: bias.length, bias, terms: own }));
    }
    return scores;
  };
}
