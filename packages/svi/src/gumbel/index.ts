/** The Gumbel-softmax toolbox on tensors of tfjs, for networks of your own; reached by `@mixtention/svi/gumbel`. */
export { gumbelMax } from './gumbel-max.ts';
export { gumbelNoise } from './gumbel-noise.ts';
export { gumbelSoftmax } from './gumbel-softmax.ts';
export { relaxedLogDensity } from './relaxed-log-density.ts';
export { straightThrough } from './straight-through.ts';
export { type Temperature, temperatureAt } from './temperature.ts';
