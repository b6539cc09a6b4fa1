/** Importance ratios: how far a guide can be believed, and what corrects it. */
export { type Psis, psis } from './psis.ts';
