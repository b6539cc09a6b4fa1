import type * as tfjs from '@tensorflow/tfjs-core';

/** tfjs-core, or a union that carries it (tfjs-node). */
export type Tf = typeof tfjs;
