/** Pathfinder: fast normal approximations, and a method of its own. */
export { bestCoordinates } from './coordinates.ts';
export { importanceRounds } from './importance-rounds.ts';
export type { NormalAt } from './inverse-hessian.ts';
export { drawNormal, squaresFrom, type Weighted } from './normals.ts';
export {
  type PathfinderOptions,
  type PathfinderResult,
  pathfinder,
  pathfinderDefaults,
  pathsOf,
} from './pathfinder.ts';
export { momentsOf } from './proposal.ts';
export type { Found, Path } from './single-path.ts';
