import {
  add,
  broadcastShapes,
  broadcastTo,
  div,
  exp,
  log,
  mul,
  type Shape,
  showShape,
  sub,
  sum,
  type Value,
  type ValueLike,
  value,
} from '../graph/index.ts';

/**
 * Where a distribution's values lie.
 *
 * - `interval`: between bounds, which may be values; `null` is no bound
 * - `simplex`: shares that sum to 1; `ordered`: rising numbers
 * - `choleskyFactor`: lower triangular with a positive diagonal; `correlationFactor`: such a factor of a correlation matrix; `positiveDefinite`
 * - `whole`: 0, 1, … up to a bound; `oneHot`: one 1 among zeros; `counts`: whole numbers that sum to a total, along the last axis
 */
export type Support =
  | {
      readonly kind:
        | 'real'
        | 'simplex'
        | 'ordered'
        | 'choleskyFactor'
        | 'correlationFactor'
        | 'positiveDefinite'
        | 'oneHot';
    }
  | {
      readonly kind: 'interval';
      readonly lower: Value | null;
      readonly upper: Value | null;
      /** Whether the density ends at the lower bound: there it is 0, whatever the parameters. */
      readonly isOpen?: boolean;
    }
  | { readonly kind: 'whole'; readonly upper: Value | null }
  | { readonly kind: 'counts'; readonly total: Value };

/**
 * A distribution whose parameters are values of a graph. A value of it has shape `[...batch, ...event]`: the batch are independent ones, the event is one.
 *
 * Log densities take their argument to be in the support; models check what is observed.
 */
export type Distribution = {
  /** As messages and tables of divergences name it: `normal`. */
  readonly name: string;
  readonly parameters: { readonly [name: string]: Value };
  readonly batch: Shape;
  readonly event: Shape;
  readonly support: Support;
  /** Log density, or log probability of a discrete value, with every constant: of shape `[...batch]`. */
  readonly logDensity: (x: Value) => Value;
  /** The sum of the log densities of all of x, each as often as its weight `[N]` says, where there is a shorter way to it (a mixture of many rows: the kernel's); null or absent where there is none. */
  readonly totalLogDensity?: (x: Value, weights?: Value | null) => Value | null;
  /** A draw of shape `[...batch, ...event]`, for a batch that the distribution's own broadcasts to. */
  readonly sample: (batch: Shape) => Value;
  /** Whether gradients of a draw with respect to the parameters are those of reparameterisation. */
  readonly isPathwise: boolean;
  /** Differential entropy, or that of a discrete value, `[...batch]`, in nats; absent where it has no closed form. */
  readonly entropy?: () => Value;
  /** What moves and stretches its values, or their logarithms; absent where nothing does. */
  readonly standard?: Standard;
};

/**
 * Standard numbers z of values x = location + scale·z, or log x where x is positive: their distribution knows neither location nor scale.
 *
 * `forward` tells values and log |det ∂x/∂z| summed over all of them, `inverse` z, `of` location and scale.
 */
export type Standard = {
  readonly of: readonly Value[];
  readonly forward: (z: Value) => { readonly value: Value; readonly logJacobian: Value };
  readonly inverse: (x: Value) => Value;
};

export const real: Support = { kind: 'real' };
export const positive: Support = { kind: 'interval', lower: value(0), upper: null };
export const above0: Support = { ...positive, isOpen: true };
export const unit: Support = { kind: 'interval', lower: value(0), upper: value(1) };

type Univariate<Name extends string> = {
  readonly name: string;
  readonly parameters: { readonly [name in Name]: ValueLike };
  readonly support?: Support;
  readonly logDensity: (x: Value, parameters: { readonly [name in Name]: Value }) => Value;
  readonly sample: (shape: Shape, parameters: { readonly [name in Name]: Value }) => Value;
  readonly isPathwise?: boolean;
  readonly entropy?: (parameters: { readonly [name in Name]: Value }) => Value;
  /** Location and scale of values on the line, of their logarithms where they are positive. */
  readonly standard?: (parameters: { readonly [name in Name]: Value }) => readonly [location: Value, scale: Value];
};

/** A distribution of single numbers: the batch is what its parameters broadcast to. */
export function univariate<Name extends string>(definition: Univariate<Name>): Distribution {
  const { name, support = real, isPathwise = true, entropy, standard } = definition;
  const parameters = valuesOf(name, definition.parameters);
  const batch = broadcastShapes(`svi/${name}`, ...Object.values<Value>(parameters).map(({ shape }) => shape));
  return {
    name,
    parameters,
    batch,
    event: [],
    support,
    isPathwise,
    logDensity: (x) => definition.logDensity(x, parameters),
    sample: (shape) => definition.sample(shape, parameters),
    ...(entropy && { entropy: () => broadcastTo(entropy(parameters), batch) }),
    ...(standard && { standard: standardBy(...standard(parameters), support) }),
  };
}

/** Of values on the line, or of the logarithms of positive ones. */
export function standardBy(location: Value, scale: Value, support: Support): Standard {
  const isPositive = support.kind === 'interval';
  return {
    of: [location, scale],
    forward: (z) => {
      const moved = add(location, mul(scale, z));
      const stretch = sum(broadcastTo(log(scale), z.shape));
      return isPositive
        ? { value: exp(moved), logJacobian: add(sum(moved), stretch) }
        : { value: moved, logJacobian: stretch };
    },
    inverse: (x) => div(sub(isPositive ? log(x) : x, location), scale),
  };
}

/** Parameters as values. */
export function valuesOf<Name extends string>(
  distribution: string,
  parameters: { readonly [name in Name]: ValueLike },
): { readonly [name in Name]: Value } {
  return Object.fromEntries(
    Object.entries<ValueLike>(parameters).map(([name, x]) => [name, value(x, `svi/${distribution}.${name}`)]),
  ) as { [name in Name]: Value };
}

/**
 * A distribution as messages name it: its name and the shapes of its parameters.
 *
 * @example
 * describe(normal(0, [1, 2])); // 'normal(mean: a number, sd: [2])'
 */
export const describe = ({ name, parameters }: Distribution): string =>
  `${name}(${Object.entries(parameters)
    .map(([parameter, { shape }]) => `${parameter}: ${showShape(shape)}`)
    .join(', ')})`;

/**
 * Whether values are whole numbers, one-hot arrays or counts, which have no free coordinates.
 *
 * @example
 * isDiscrete(poisson(2)); // true
 * isDiscrete(normal(0, 1)); // false
 */
export const isDiscrete = ({ support: { kind } }: Distribution): boolean =>
  kind === 'whole' || kind === 'oneHot' || kind === 'counts';
