import { parseArgs } from 'node:util';
import { MixtentionError } from '@mixtention/core';

/** What a run of the main job may be asked for. */
export type JobOptions = {
  /** K of the mixture that completes digits. */
  readonly components: number;
  /** T, which multiplies its scores when it does; 1 is Bayes. */
  readonly logitScale: number;
};

export const DEFAULTS: JobOptions = { components: 100, logitScale: 1 };

/**
 * Options of the command line: `--components 50 --logit-scale 0.1`.
 *
 * @throws BAD_OPTION in one sentence that names the flag
 */
export function jobOptions(args: readonly string[]): JobOptions {
  const values = parse(args);
  return {
    components: number(values.components, '--components', DEFAULTS.components, {
      due: 'a whole number from 1',
      fits: (value) => Number.isSafeInteger(value) && value >= 1,
    }),
    logitScale: number(values['logit-scale'], '--logit-scale', DEFAULTS.logitScale, {
      due: 'a finite number above 0',
      fits: (value) => value > 0 && value < Number.POSITIVE_INFINITY,
    }),
  };
}

function parse(args: readonly string[]): { readonly components?: string; readonly 'logit-scale'?: string } {
  const options = { components: { type: 'string' }, 'logit-scale': { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return refuse(
      `${(error as Error).message.split('. ')[0]}; --components and --logit-scale are what it takes`,
      error,
    );
  }
}

function number(
  text: string | undefined,
  flag: string,
  otherwise: number,
  { due, fits }: { readonly due: string; readonly fits: (value: number) => boolean },
): number {
  if (text === undefined) return otherwise;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return fits(value) ? value : refuse(`${flag} is ${JSON.stringify(text)}, ${due} was due`);
}

function refuse(message: string, cause?: unknown): never {
  throw new MixtentionError('BAD_OPTION', `[bench] main-job: ${message}`, { cause });
}
