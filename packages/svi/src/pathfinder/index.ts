/** Pathfinder: fast normal approximations, and a method of its own. */
export { importanceRounds } from './importance-rounds.ts';
export type { NormalAt } from './inverse-hessian.ts';
export {
  type PathfinderOptions,
  type PathfinderResult,
  pathfinder,
  pathfinderDefaults,
  pathsOf,
} from './pathfinder.ts';
export { drawNormal } from './single-path.ts';
