import { checkOptions, errorFrom, fail, nearest, show } from '@mixtention/core/base';
import { type Distribution, describe } from '../distributions/index.ts';
import { broadcastShapes, type Shape, showShape } from '../graph/index.ts';
import { checkParameters } from './check-parameters.ts';
import type { Site } from './model-types.ts';
import { toolbox } from './toolbox.ts';

const WHERE = 'svi/model';

/** Refuses what is no distribution, and parameters that cannot be one's. */
export function checkDistribution(name: string, distribution: Distribution, sites: readonly Site[]): void {
  if (typeof distribution?.logDensity !== 'function')
    fail(WHERE, 'BAD_MODEL', `site "${name}" was given ${show(distribution)}, a distribution was due`);
  checkParameters(WHERE, name, distribution, sites);
}

/** Refuses data where options of a latent were due, under any name that peers have for them. */
export function checkSampleOptions(name: string, options: object): void {
  if (typeof options !== 'object' || options === null || 'length' in options || 'op' in options || 'obs' in options)
    fail(WHERE, 'BAD_MODEL', `site "${name}" is sampled with obs; data go by observe("${name}", distribution, data)`);
  checkOptions(`${WHERE}, site "${name}"`, options, ['shape']);
}

type Shapes = {
  readonly plates: Shape;
  readonly isCut: boolean;
  readonly batch: Shape;
  readonly seen: Shape;
  readonly shape: Shape;
};

/** The batch of a site: what its plates, its distribution, and its data or copies broadcast to. */
export function batched(
  name: string,
  distribution: Distribution,
  { plates, isCut, batch, seen, shape }: Shapes,
): Shape {
  try {
    return broadcastShapes(WHERE, plates, batch, seen, shape);
  } catch (thrown) {
    const copies = shape.length > plates.length ? shape : [];
    const parts = Object.entries({ plates, 'the distribution': batch, 'the data': seen, 'the copies': copies });
    const told = parts.filter(([, own]) => own.length > 0).map(([whose, own]) => `${showShape(own)} of ${whose}`);
    const order = isCut
      ? '; of a plate that is subsampled, rows(x) are those of this step'
      : plates.length > 0
        ? '; the axis of the outermost plate is the last one (vectors of its members are a multivariateNormal, or have a plate of their own)'
        : '';
    const message = `site "${name}" of ${describe(distribution)}: ${told.join(' and ')} do not broadcast${order}`;
    return fail(WHERE, 'BAD_SHAPE', message, thrown);
  }
}

/** Shapes and numbers that do not go together between two sites are told with the site before them, and names that there are none of as such. */
export function stating(sites: readonly Site[], work: () => unknown): unknown {
  try {
    return work();
  } catch (thrown) {
    const { code, message } = thrown as { readonly code?: unknown; readonly message?: string };
    const last = sites.at(-1);
    const unknown = thrown instanceof TypeError && message?.match(/^(\w+) is not a function$/)?.[1];
    if (unknown && !(unknown in toolbox)) {
      const near = nearest(unknown, Object.keys(toolbox));
      fail(
        WHERE,
        'BAD_MODEL',
        `${unknown}() is no statement, distribution or operation of models${near === null ? '' : `, did you mean ${near}?`}; a log density of your own goes by factor(name, x)`,
        thrown,
      );
    }
    if ((code !== 'BAD_SHAPE' && code !== 'BAD_DATA') || last === undefined || message?.includes('site "') !== false)
      throw thrown;
    return fail(WHERE, code, `after site "${last.name}": ${message.replace(/^\[[^\]]*\] /, '')}`, thrown);
  }
}

/** Errors about shapes say which site they are about. */
export function naming<Result>(name: string, distribution: Distribution, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    const message = errorFrom(thrown).message.replace(/^\[[^\]]*\] [^:]*: /, '');
    return fail(WHERE, 'BAD_SHAPE', `site "${name}" of ${describe(distribution)}: ${message}`, thrown);
  }
}
