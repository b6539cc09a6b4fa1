import {
  broadcastShapes,
  broadcastTo,
  type Shape,
  showShape,
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
  | { readonly kind: 'interval'; readonly lower: Value | null; readonly upper: Value | null }
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
};

export const real: Support = { kind: 'real' };
export const positive: Support = { kind: 'interval', lower: value(0), upper: null };
export const unit: Support = { kind: 'interval', lower: value(0), upper: value(1) };

type Univariate<Name extends string> = {
  readonly name: string;
  readonly parameters: { readonly [name in Name]: ValueLike };
  readonly support?: Support;
  readonly logDensity: (x: Value, parameters: { readonly [name in Name]: Value }) => Value;
  readonly sample: (shape: Shape, parameters: { readonly [name in Name]: Value }) => Value;
  readonly isPathwise?: boolean;
  readonly entropy?: (parameters: { readonly [name in Name]: Value }) => Value;
};

/** A distribution of single numbers: the batch is what its parameters broadcast to. */
export function univariate<Name extends string>(definition: Univariate<Name>): Distribution {
  const { name, support = real, isPathwise = true, entropy } = definition;
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
