/** What families are written with: rows and columns of parameters, components that own nothing, sums over components. */

export { alikeColumns, eachOwned, perComponent, permuteRows } from './components.ts';
export { pickBlocks, pickColumns } from './pick-columns.ts';
export { reachOf, withinReach } from './reach.ts';
export { areFar, scoresToRead } from './scores-to-read.ts';
