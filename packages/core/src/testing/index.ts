/** What tests of every package measure with; no test runner is needed. */

export { availableAddon } from './available-addon.ts';
export { availableBackends, availableTensorBackends } from './available-backends.ts';
export { largestDifference, matrixProduct, randomPositiveDefinite, transposed } from './matrices.ts';
export { chiSquareLimit, chiSquareOf, standardErrors } from './statistics.ts';
