import * as distributions from '../distributions/index.ts';
import * as operations from '../graph/operations.ts';
import { ofSymbols } from './symbolic.ts';

/** Every distribution and operation, by name: models get them handed over, so that a model's file needs no imports. */
export const toolbox: typeof operations & typeof distributions = {
  ...ofSymbols(operations),
  ...distributions,
};
