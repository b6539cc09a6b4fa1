import { add, broadcastTo, div, less, log, random, type Shape, type Value, where } from '../graph/index.ts';

/**
 * The logarithm of a gamma draw of scale 1, with its gradient; finite for any shape above 0.
 *
 * Below a = 1 it is log g′ + log(u)/a, g′ of shape a + 1, so that nothing underflows.
 *
 * Source: Figurnov, Mohamed & Mnih (2018), Implicit reparameterization gradients; Marsaglia & Tsang (2000), sec. 6.
 */
export function drawLogGamma(a: Value, shape: Shape): Value {
  const wide = broadcastTo(a, shape);
  const isSmall = less(wide, 1);
  const draw = log(random('gamma', shape, [add(wide, isSmall)]));
  return add(draw, where(isSmall, div(log(random('uniform', shape)), wide), 0));
}
