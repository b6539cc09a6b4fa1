/** Discrete latents of a guide: how they are drawn, summed out, and moved by their scores. */
export { chooseTreatment } from './choose-treatment.ts';
export { type DiscreteDraw, drawDiscrete, entropyOf, logDensityOf, type Relaxed } from './draws.ts';
export { expectSites } from './expected-sites.ts';
export { heavyBeside } from './heavy-beside.ts';
export { kindsOf } from './kinds.ts';
export { type Score, scoresOf, surrogateOf } from './scores.ts';
export { summedOut } from './summed-out.ts';
