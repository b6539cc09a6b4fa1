import type { MixtureModel } from '../model/mixture-model.ts';
import type { Course } from './driver/subject.ts';
import type { Certificate } from './types.ts';

/** Nats a unit of row weight by which starts may differ that have found the same optimum. */
const SAME_OPTIMUM = 1e-6;

/** What the fit knows of how good its result is; only of a point components can be near to collapsing. */
export function certify(
  { family, logWeights, width }: MixtureModel,
  { outcomes, best, data }: Course,
  isPoint: boolean,
): Certificate {
  const { step } = outcomes[best]!;
  const least = outcomes[best]!.objective - SAME_OPTIMUM * data.totalWeight;
  // Every row tells `width` numbers of a component's parameters.
  const rowsDue = (family.freeParameters(2, width) - family.freeParameters(1, width)) / width;
  const owned = Array.from(logWeights, (l) => Math.exp(l) * data.totalWeight);
  return {
    remainingGain: step.remainingGain,
    rate: step.rate,
    startsAtBest: outcomes.filter(({ objective }) => objective >= least).length,
    starts: outcomes.length,
    nearCollapse: isPoint ? owned.flatMap((rows, component) => (rows < 2 * rowsDue ? [{ component, rows }] : [])) : [],
  };
}
