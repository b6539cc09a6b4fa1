import { resolve } from 'node:path';
import { errorFrom, fail } from '@mixtention/core/base';
import { checkTarget, printable, readBytes, writeFileAtomic } from '@mixtention/files';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '@mixtention/mixture';
import { type DriverOptions, fitDefaults } from '@mixtention/mixture/fit';
import { type Command, InvalidArgumentError } from 'commander';
import { STREAM } from '../output.ts';
import { say } from '../print.ts';
import { inWords } from '../words.ts';

export type CheckpointFlags = { checkpoint?: string; every?: number; resume?: string; force?: boolean };

/** A checkpoint larger than this is refused before it is read: no text is longer. */
const MOST_BYTES = 2 ** 29;

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Adds the options of `CheckpointFlags`. */
export const withCheckpointOptions = (command: Command): Command =>
  command
    .option('--checkpoint <file>', 'write now and then all that is needed to go on with this fit')
    .option(
      '--every <time>',
      `between two checkpoints, as 500ms, 30s or 5m (default: ${fitDefaults.checkpointEveryMs / 1000}s)`,
      duration,
    )
    .option(
      '--resume <file>',
      'go on from a checkpoint, to the bits of a fit that was never interrupted; what is not given is taken from it',
    )
    .option(
      '--force',
      'go on from a checkpoint of another backend or of other instructions, whose last bits are others',
    );

/** Milliseconds of a time as people write it. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError('A time was due, as 500ms, 30s or 5m.');
  return Number(amount) * UNITS[unit!]!;
}

/** Refuses, before the work, a checkpoint that cannot be written, or that would be written over, and options that nothing would look at. */
export async function checkCheckpoint(
  inputs: readonly string[],
  { checkpoint, every, resume, force, out }: CheckpointFlags & { readonly out?: string },
  where = 'cli/fit',
): Promise<void> {
  if (force && resume === undefined) fail(where, 'BAD_OPTION', '--force goes with --resume, which is not given');
  if (every !== undefined && checkpoint === undefined)
    fail(where, 'BAD_OPTION', '--every goes with --checkpoint, which is not given');
  if (checkpoint === undefined) return;
  if (checkpoint === STREAM) fail(where, 'BAD_OPTION', '--checkpoint is -, a file was due');
  if (out !== undefined && resolve(checkpoint) === resolve(out))
    fail(where, 'BAD_OPTION', '--checkpoint and --out are one file, two were due');
  await checkTarget(
    checkpoint,
    inputs.filter((path) => path !== STREAM),
  );
}

/** Reads what `--checkpoint` wrote. */
export const readCheckpoint = (path: string): Promise<Checkpoint> => readText(path, decodeCheckpoint, 'cli/fit');

/** The same, of a command with checkpoints of its own. */
export async function readText<Kind>(path: string, decode: (text: string) => Kind, where: string): Promise<Kind> {
  const bytes = await readBytes(path, MOST_BYTES);
  try {
    return decode(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    const reason = inWords(errorFrom(cause).message);
    return fail(where, 'BAD_MODEL', `${printable(path)}: is no checkpoint that --checkpoint wrote: ${reason}`, cause);
  }
}

/**
 * The flags of a fit that goes on from a checkpoint: what the command line does not say is as it was, the backend included.
 *
 * @param names  of the flags that say what is fitted to what
 */
export function flagsOf<Flags extends CheckpointFlags & { backend: string }>(
  flags: Flags,
  { backend, caller }: Checkpoint,
  { names, command }: { readonly names: readonly (keyof Flags & string)[]; readonly command: Command },
): Flags {
  const isGiven = (name: string): boolean => command.getOptionValueSource(name) === 'cli';
  const then = (caller ?? {}) as Partial<Flags>;
  const kept = names.filter((name) => !isGiven(name) && then[name] !== undefined).map((name) => [name, then[name]]);
  const where = isGiven('backend') || flags.force ? {} : { backend };
  return { ...flags, ...Object.fromEntries(kept), ...where };
}

/** Options of a fit that writes checkpoints. A disk that is full costs the checkpoint, and a line on stderr, never the fit. */
export function checkpointing<Flags extends CheckpointFlags>(
  flags: Flags,
  names: readonly (keyof Flags & string)[],
): Pick<DriverOptions, 'onCheckpoint' | 'checkpointEveryMs'> {
  const { checkpoint: path, every } = flags;
  if (path === undefined) return {};
  const caller = Object.fromEntries(names.filter((name) => flags[name] !== undefined).map((n) => [n, flags[n]]));
  let isWarned = false;
  return {
    ...(every !== undefined && { checkpointEveryMs: every }),
    async onCheckpoint(checkpoint) {
      try {
        await writeFileAtomic(path, encodeCheckpoint({ ...checkpoint, caller: caller as Checkpoint['caller'] & {} }));
        isWarned = false;
      } catch (cause) {
        if (!isWarned) say(`mixtention: note: no checkpoint was written: ${printable(errorFrom(cause).message)}\n`);
        isWarned = true;
      }
    },
  };
}
