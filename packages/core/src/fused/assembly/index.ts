// What the module exports: verbs on tiles in the memory of the caller. Addresses and strides are bytes; rows that are scored come in multiples of
// 4. Verbs read and write up to two vectors beyond the end of what they are given.

export { slopes } from './backward';
export { multiplyAdd } from './limit';
export { addPositions } from './positions';
export { gather, product } from './product';
export { addPairs, evidences, harden, join, labels, totals } from './rows';
export { exponentials, softmax, spreads } from './softmax';
export { student } from './student';
export { distances, scale, triangle, whiten } from './whiten';
export { widen } from './widen';
