/** Pathfinder: fast normal approximations, and a method of its own. */
export { type PathfinderOptions, type PathfinderResult, pathfinder, pathfinderDefaults } from './pathfinder.ts';
