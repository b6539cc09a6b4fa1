import type { Tree } from '@mixtention/core';
import { counted, encodeTree, fail, isRecord, show } from '@mixtention/core/base';
import type { Checkpoint } from './checkpoint.ts';
import { fitDefaults } from './defaults.ts';
import { LONGEST_SHORT_RUN } from './screen.ts';

/**
 * Refuses a checkpoint of another fit: one that would not end with the same bits. It may be asked for more iterations than before.
 *
 * @param now    what this fit is of
 * @param force  go on although the backend is another
 * @throws BAD_OPTION, with what differs
 */
export function checkResume(checkpoint: Checkpoint, now: Omit<Checkpoint, 'runs' | 'seconds'>, force: boolean): void {
  const refuse = (what: string): never => fail(now.where, 'BAD_OPTION', `the checkpoint is of another fit: ${what}`);
  if (checkpoint.where !== now.where) refuse(`it is of ${checkpoint.where}, this is ${now.where}`);
  const { digest, rows, width, cuts } = checkpoint.data;
  if (rows !== now.data.rows || width !== now.data.width)
    refuse(
      `its data have ${counted(rows, 'row')} of ${counted(width, 'column')}, these have ${counted(now.data.rows, 'row')} of ${now.data.width}`,
    );
  if (digest !== now.data.digest) refuse('its data have other values, or other weights');
  if (cuts.join() !== now.data.cuts.join())
    refuse(
      `its rows are cut into ${counted(cuts.length - 1, 'shard')}, these into ${now.data.cuts.length - 1}; give the same shardRows`,
    );
  const before = { precision: fitDefaults.precision, ...checkpoint.options };
  const options = isLengthened(before, now.options) ? { ...before, maxIterations: now.options.maxIterations } : before;
  for (const part of ['options', 'algorithm', 'given'] as const) {
    const then = part === 'options' ? options : checkpoint[part];
    const place = firstDifference(then as Tree, now[part] as Tree, part);
    if (place !== null) refuse(place);
  }
  for (const [module, hash] of Object.entries(now.modules)) {
    const then = checkpoint.modules[module];
    if (then !== undefined && then !== hash) refuse(`the module "${module}" has changed since`);
  }
  if (force) return;
  const then = { kernel: now.kernel, ...checkpoint };
  const isSame = then.backend === now.backend && then.precision === now.precision;
  if (isSame && then.kernel === now.kernel) return;
  const [there, here] = [then, now].map(({ backend, precision, kernel }) =>
    isSame ? `${backend} (${kernel ?? 'no kernel of its own'})` : `${backend} in ${precision}`,
  );
  fail(
    now.where,
    'BAD_OPTION',
    `the checkpoint was made on the backend ${there}, this fit runs on ${here}, whose last bits are others; take the same backend, or go on all the same with the option force`,
  );
}

/** Whether more iterations are asked for, which change nothing of what was made: short runs are no longer for it. */
function isLengthened({ maxIterations, screen, restarts }: Checkpoint['options'], now: Checkpoint['options']): boolean {
  return now.maxIterations > maxIterations && (screen <= restarts || maxIterations >= LONGEST_SHORT_RUN);
}

/** Where two trees differ first, in words; null where they do not. */
function firstDifference(then: Tree, now: Tree, path: string): string | null {
  if (encodeTree(then) === encodeTree(now)) return null;
  if (!isRecord(then) || !isRecord(now)) {
    const isShort = (value: Tree): boolean => typeof value !== 'object' || value === null;
    return isShort(then) && isShort(now)
      ? `its ${path} is ${show(then)}, here it is ${show(now)}`
      : `its ${path} is not the one here`;
  }
  for (const name of new Set([...Object.keys(then), ...Object.keys(now)])) {
    const place = firstDifference(then[name] ?? null, now[name] ?? null, `${path}.${name}`);
    if (place !== null) return place;
  }
  return null;
}
