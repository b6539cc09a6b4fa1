/** Priors of the mixing weights. */
export { type Dirichlet, dirichlet } from './dirichlet.ts';
