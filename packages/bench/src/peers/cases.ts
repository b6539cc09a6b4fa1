/** What the tables of starts, rows and models are called by on both sides. */
export type CaseId = 'diagonal' | 'full' | 'tied' | 'bernoulli';

/** One problem that every side solves. */
export type Case = {
  readonly id: CaseId;
  readonly name: string;
  readonly family: string;
  /** Of which rows: planted Gaussians, or planted bits. */
  readonly table: 'x' | 'bits';
  readonly components: number;
  /** Whether other libraries take part, beside the code before. */
  readonly peers: boolean;
};

/** Rows and columns of the two tables. */
export const TABLES = { x: { rows: 200_000, columns: 32 }, bits: { rows: 50_000, columns: 784 } } as const;

export const CASES: readonly Case[] = [
  { id: 'diagonal', name: 'diagonal, K = 64', family: 'gaussian-diagonal', table: 'x', components: 64, peers: true },
  { id: 'full', name: 'full, K = 16', family: 'gaussian-full', table: 'x', components: 16, peers: true },
  { id: 'tied', name: 'tied, K = 16', family: 'gaussian-tied', table: 'x', components: 16, peers: false },
  { id: 'bernoulli', name: 'Bernoulli, K = 100', family: 'bernoulli', table: 'bits', components: 100, peers: false },
];
