/** Families of approximate posteriors, under the names that Pyro's users know. */

export { aroundNormal, aroundZero } from './around.ts';
export { autoDelta, autoLaplace } from './at-the-mode.ts';
export { autoCoupling, type CouplingOptions } from './auto-coupling.ts';
export { autoLowRank } from './auto-low-rank.ts';
export { autoMixture } from './auto-mixture.ts';
export { autoMultivariateNormal } from './auto-multivariate-normal.ts';
export { autoNormal } from './auto-normal.ts';
export { autoStructured } from './auto-structured.ts';
export type { Around, Guide, GuideDraw, GuideTools } from './guide-types.ts';
export { type WrittenTools, writtenGuide } from './written-guide.ts';
