/** Bayesian mixtures by fixed-form variational inference. */
export { fitVariational, type VariationalFit } from './fit-variational.ts';
export type { Assigner, Assignments, VariationalOptions } from './variational-options.ts';
