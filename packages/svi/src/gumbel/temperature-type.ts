/**
 * How the temperature of relaxed draws falls, as plain data: a number for ever, or
 * `max(least, start · exp(−rate · t))`, renewed once every `every` steps. Temperatures lie between 1e-30 and 1e30.
 */
export type Temperature =
  | number
  | { readonly start: number; readonly rate: number; readonly every: number; readonly least: number };
