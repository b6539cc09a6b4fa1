/** What the tables of starts, rows and models are called by on both sides. */
export type CaseId = 'diagonal' | 'full' | 'tied' | 'bernoulli' | 'diagonal-vb' | 'full-vb';

/** One problem that every side solves. */
export type Case = {
  readonly id: CaseId;
  readonly name: string;
  readonly family: string;
  /** Of which rows: planted Gaussians, or planted bits. */
  readonly table: 'x' | 'bits';
  readonly components: number;
  readonly inference: 'ml' | 'vb';
  /** Which other libraries take part, beside the code before. */
  readonly peers: 'all' | 'scikit-learn' | 'none';
  /** How far values may lie apart, where it is not rounding alone. */
  readonly within?: number;
};

/** Rows and columns of the two tables. */
export const TABLES = { x: { rows: 200_000, columns: 32 }, bits: { rows: 50_000, columns: 784 } } as const;

const ml = { inference: 'ml', table: 'x' } as const;
/** From Dirichlet(1) weights and the prior with mean 0, shrinkage 1, 32 degrees of freedom, inverse scale 1. */
const vb = { inference: 'vb', table: 'x', peers: 'scikit-learn' } as const;

export const CASES: readonly Case[] = [
  { ...ml, id: 'diagonal', name: 'diagonal, K = 64', family: 'gaussian-diagonal', components: 64, peers: 'all' },
  { ...ml, id: 'full', name: 'full, K = 16', family: 'gaussian-full', components: 16, peers: 'all' },
  { ...ml, id: 'tied', name: 'tied, K = 16', family: 'gaussian-tied', components: 16, peers: 'none' },
  {
    ...ml,
    id: 'bernoulli',
    name: 'Bernoulli, K = 100',
    family: 'bernoulli',
    table: 'bits',
    components: 100,
    peers: 'none',
  },
  {
    ...vb,
    id: 'diagonal-vb',
    name: 'diagonal by variational Bayes, K = 64',
    family: 'gaussian-diagonal',
    components: 64,
    // scikit-learn takes the expected log determinant of a diagonal from a full Wishart, whose digammas are of fewer degrees.
    within: 1e-2,
  },
  { ...vb, id: 'full-vb', name: 'full by variational Bayes, K = 16', family: 'gaussian-full', components: 16 },
];
