import { MixtentionError, type TreeShape } from '@mixtention/core';
import { counted, fail, isRecord, nearest, show, wasOrWere } from '@mixtention/core/base';
import { printable, readBytes } from '@mixtention/files';
import { bernoulli, type GaussianCovariance, gaussian } from '@mixtention/mixture';

/** What a prior file holds, by the names of the library, and the concentration of the weights beside. */
export type PriorFile = { readonly family: Values; readonly concentration?: number };

type Values = { readonly [name: string]: unknown };

/** What a prior is of; `covariance` is null where a family has none. */
type Of = { readonly covariance: GaussianCovariance | null; readonly width: number };

/** A prior is a few numbers a column, or a covariance. */
const MOST_BYTES = 2 ** 28;

/** Precisions are Gamma(shape, rate), which is Gamma(ν/2, s/2) in the names of the library. */
const HALVES = { shape: 'degrees', rate: 'inverseScale' } as const;

/**
 * The values of a prior file, named and shaped as the prior of a family is: what is wrong with them is said in the words of the file.
 *
 * @throws BAD_DATA
 */
export async function readPriorFile(path: string, of: Of): Promise<PriorFile> {
  const name = printable(path);
  const bytes = await readBytes(path, MOST_BYTES);
  let values: unknown;
  try {
    values = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    return fail('cli/fit', 'BAD_DATA', `${name}: is no JSON: ${(cause as Error).message}`, cause);
  }
  if (!isRecord(values as never))
    refuse(`${name}: holds ${show(values)}, an object with the values of a prior was due`);
  const { concentration, ...given } = values as Values;
  if (concentration !== undefined && !isPositive(concentration))
    refuse(`the concentration of ${name} is ${show(concentration)}, a finite number above 0 was due`);
  return {
    family: Object.keys(given).length === 0 ? {} : inLibraryNames(given, of, name),
    ...(concentration !== undefined && { concentration: concentration as number }),
  };
}

function inLibraryNames(given: Values, { covariance, width }: Of, name: string): Values {
  const shape = (covariance === null ? bernoulli.prior! : gaussian(covariance).prior).shape(width) as {
    readonly [name: string]: TreeShape;
  };
  const halves = namesHalves(covariance) ? Object.entries(HALVES) : [];
  // A file for precisions names halves; the library's own names will do too.
  const due = Object.keys(shape).map((own) => halves.find(([, whole]) => whole === own)?.[0] ?? own);
  const known = new Set([...due, ...Object.keys(shape)]);
  const all = `${due.slice(0, -1).join(', ')} and ${due.at(-1)} were due`;
  const unknown = Object.keys(given).find((own) => !known.has(own));
  if (unknown !== undefined) {
    const near = nearest(unknown, due);
    const whose = covariance === null ? 'Bernoulli components' : `${covariance} covariances`;
    refuse(
      `${name}: holds "${printable(unknown)}", which the prior of ${whose} does not have${near === null ? '' : ` (is it "${near}"?)`}; ${all}`,
    );
  }
  for (const [half, whole] of halves)
    if (half in given && whole in given)
      refuse(`${name}: holds both ${half} and ${whole}, which is twice that; one was due`);
  const missing = due.find((own) => !(own in given || (halves.find(([half]) => half === own)?.[1] ?? own) in given));
  if (missing !== undefined) refuse(`${name}: has no "${missing}"; ${all}`);
  return Object.fromEntries(
    Object.entries(given).map(([own, value]) => {
      const whole = halves.find(([half]) => half === own)?.[1];
      return whole === undefined ? [own, value] : [whole, doubled(value, shape[whole]!, `${name}: ${own}`)];
    }),
  );
}

/**
 * What a fit says of the prior of a file in the words of that: of precisions it holds the rate, which is half of the inverse scale.
 */
export function inFileWords(error: unknown, covariance: Of['covariance']): unknown {
  if (!namesHalves(covariance) || !(error instanceof MixtentionError)) return error;
  const message = error.message.replace(
    /prior\.family\.inverseScale( of column \d+)? is ([^,]+), where the variance of the data is ([^;]+);/,
    (_, column: string | undefined, own: string, due: string) =>
      `the rate${column ?? ''} is ${Number(own) / 2}, where half the variance of the data is ${Number(due) / 2};`,
  );
  return new MixtentionError(error.code, message);
}

/** Twice a number, or a list of them, that must be above 0. */
function doubled(value: unknown, shape: TreeShape, what: string): unknown {
  if (!Array.isArray(shape)) {
    if (!isPositive(value)) refuse(`${what} is ${show(value)}, a number above 0 was due`);
    return 2 * (value as number);
  }
  const length = (shape as readonly number[])[0]!;
  if (!Array.isArray(value)) refuse(`${what} is ${show(value)}, a list of ${counted(length, 'number')} was due`);
  const list = value as readonly unknown[];
  if (list.length !== length)
    refuse(`${what} has ${counted(list.length, 'number')}, ${length} ${wasOrWere(length)} due`);
  return list.map((one, d) => doubled(one, 'number', `${what}[${d}]`));
}

function namesHalves(covariance: Of['covariance']): boolean {
  return covariance === 'diagonal' || covariance === 'spherical';
}

function isPositive(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}

function refuse(message: string): never {
  return fail('cli/fit', 'BAD_DATA', message);
}
