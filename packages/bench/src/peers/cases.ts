/** Of the covariances of a mixture. */
export type Shape = 'diagonal' | 'full';

/** One problem that every side solves. */
export type Case = { readonly name: string; readonly shape: Shape; readonly components: number };

export const ROWS = 200_000;
export const COLUMNS = 32;

export const CASES: readonly Case[] = [
  { name: 'diagonal, K = 64', shape: 'diagonal', components: 64 },
  { name: 'full, K = 16', shape: 'full', components: 16 },
];
