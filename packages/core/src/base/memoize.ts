/**
 * A function of one object that remembers its result for as long as the object lives.
 *
 * For what follows from a state and every shard needs (scores): it is derived once a thread and never travels.
 *
 * @param derive  pure; its argument must not be changed afterwards
 *
 * @example
 * const scoresOf = memoize(({ params, logWeights }) => bernoulli.scores(params, logWeights));
 * const state = { params: { width: 1, probabilities: Float64Array.of(0.5) }, logWeights: Float64Array.of(0) };
 * scoresOf(state) === scoresOf(state); // true
 */
export function memoize<Source extends object, Result extends object>(
  derive: (source: Source) => Result,
): (source: Source) => Result {
  const known = new WeakMap<Source, Result>();
  return (source) => {
    let result = known.get(source);
    if (result === undefined) known.set(source, (result = derive(source)));
    return result;
  };
}
