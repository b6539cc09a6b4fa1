import { counted } from '@mixtention/core/base';
import type { Figure } from '../speed/table.ts';
import type { ProblemResult, RouteRun } from './results.ts';

/** Standard errors that a bound may lie above free form, and that a Gaussian guide's has to lie below. */
const ERRORS = 4;
/** Nats that the family of the closed forms may lose, and relaxed draws. */
const SAME_FAMILY = 0.1;
const RELAXED = 0.3;

const above = ({ bound, standardError }: RouteRun, freeForm: number): number => (bound - freeForm) / standardError;

/** What theory says of the bounds of a problem, each run held to it. Routes that were not made are left out. */
export function checksOf({ name: problem, freeForm: { bound: freeForm }, routes }: ProblemResult): Figure[] {
  const figure = (name: string, value: string, target: string, met: boolean): Figure => ({
    name: `${problem}: ${name}`,
    value,
    target,
    met,
  });
  const independent = routes.filter(({ name }) => !name.startsWith('summed-out'));
  const all = independent.flatMap(({ runs }) => runs);
  const most = Math.max(...all.map((run) => above(run, freeForm)));
  const figures =
    all.length === 0
      ? []
      : [
          figure(
            `q(z) independent of θ, ${counted(all.length, 'fit')}: most above free form`,
            `${most.toFixed(1)} standard errors`,
            `never above: < ${ERRORS}`,
            most < ERRORS,
          ),
        ];
  for (const { name, runs } of independent) {
    const [treatment] = name.split(',');
    const lowest = Math.min(...runs.map(({ bound }) => bound));
    if (/autoNormal|autoMultivariateNormal/.test(name)) {
      const least = Math.min(...runs.map((run) => -above(run, freeForm)));
      figures.push(
        figure(
          `${name}, ${counted(runs.length, 'seed')}: least below free form`,
          `${least.toFixed(1)} standard errors`,
          `strictly below: > ${ERRORS}`,
          least > ERRORS,
        ),
      );
    } else {
      const isRelaxed = treatment === 'relaxed' || treatment === 'straight-through';
      const due = isRelaxed ? RELAXED : SAME_FAMILY;
      figures.push(
        figure(
          `${name}, ${counted(runs.length, 'seed')}: most below free form`,
          `${(freeForm - lowest).toFixed(3)} nats`,
          `< ${due}`,
          freeForm - lowest < due,
        ),
      );
      if (isRelaxed)
        figures.push(
          figure(
            `${name}: what was raised is told apart from the bound`,
            runs.every(({ relaxedObjective }) => relaxedObjective !== null) ? 'no bound' : 'as a bound',
            'no bound',
            runs.every(({ bound, relaxedObjective: own }) => own !== null && own !== bound),
          ),
        );
    }
  }
  return figures;
}
