/** Small data sets to try things on. */
export { faithful } from './faithful.ts';
