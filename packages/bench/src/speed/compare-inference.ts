import type { Executor } from '@mixtention/core';
import type { EmProblem } from './em-problem.ts';
import { median } from './median.ts';
import type { Figure } from './table.ts';
import { ratioOf, takeTurn } from './turn.ts';

/** What an iteration of variational Bayes may cost at most, in iterations of EM: it has digammas of every cell of Bernoulli components. */
const MOST: Readonly<Record<string, number>> = { diagonal: 1.15, full: 1.15, Bernoulli: 1.3 };

/** One iteration of variational Bayes beside one of EM, on the same rows, executor and backend, in turns. */
export async function compareInference(
  [em, bayes]: readonly [EmProblem, EmProblem],
  executor: Executor,
  rounds: number,
): Promise<Figure> {
  const seconds = new Map([em, bayes].map((problem) => [problem, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const problem of [em, bayes]) {
      const turn = await takeTurn(problem, executor);
      if (round > 0) seconds.get(problem)!.push(median(turn.seconds));
    }
  }
  const ratio = ratioOf(seconds.get(bayes)!, seconds.get(em)!);
  const kind = em.name.split(',')[0]!;
  return {
    name: `${kind}: an iteration of variational Bayes beside one of EM`,
    value: `${ratio.toFixed(2)} ×`,
    target: `≤ ${MOST[kind]} ×`,
    met: ratio <= MOST[kind]!,
  };
}
