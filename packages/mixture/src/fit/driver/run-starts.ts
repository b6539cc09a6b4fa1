import type { Dataset, Key } from '@mixtention/core';
import { split } from '@mixtention/core/numeric';
import { type Outcome, troubleOf } from './outcome.ts';
import { runStart } from './run-start.ts';
import { type Begun, screen } from './screen.ts';
import { sideBySide } from './side-by-side.ts';
import type { Course, Posed, StartsSetting } from './subject.ts';

/** Short runs of many starts where there is something to choose, and the best of them to the end. */
export async function runStarts(
  posed: Posed<unknown>,
  data: Dataset,
  setting: StartsSetting,
): Promise<Pick<Course, 'outcomes' | 'screening'>> {
  const { options, root, executor } = setting;
  // Given values are one start, however often it would be repeated.
  const restarts = posed.given === null ? options.restarts : 1;
  // Where all starts are run to the end there is nothing to choose; one component has one start.
  const isChosen = posed.given === null && options.screen > restarts && options.components > 1;
  const screened = isChosen ? await screen(posed, data, setting) : null;
  const begun = screened?.begun ?? allStarts(posed, restarts, root);
  const outcomes: Outcome[] = [];
  while (outcomes.length < begun.length) {
    // Where starts end in trouble as many others follow.
    const missing = restarts - outcomes.filter(isHealthy).length;
    const first = outcomes.length;
    const wave = begun.slice(first, first + missing);
    if (wave.length === 0) break;
    const isBeside = wave.length > 1 || executor.starts?.isShared === true;
    const width = isBeside ? (executor.starts?.atOnce(data) ?? 1) : 1;
    const ended = await sideBySide(wave, { width, pace: setting.pace }, ({ start, begin }, i) =>
      runStart(
        posed,
        {
          name: screened?.isWhole === false ? null : `fit ${start}`,
          algorithm: posed.algorithm,
          data,
          begin,
          maxIterations: options.maxIterations,
          phase: 'fit',
          restart: first + i,
          restarts: Math.max(restarts, first + i + 1),
          isNeeded: first + i === 0,
          alone: width > 1 ? executor.starts : undefined,
        },
        setting,
      ),
    );
    outcomes.push(...ended.filter((outcome) => outcome !== null));
    if (outcomes.length < first + wave.length || (screened !== null && !posed.isHopeful)) break;
  }
  if (screened === null) return { outcomes, screening: null };
  const kept = begun.slice(0, outcomes.length).map(({ start }) => start);
  return { outcomes, screening: { starts: begun.length, rows: screened.rows, passes: screened.passes, kept } };
}

function allStarts({ begin }: Posed<unknown>, starts: number, root: Key): Begun[] {
  return Array.from({ length: starts }, (_, start) => ({ start, begin: () => begin(split(root, 'fit', start)) }));
}

function isHealthy(outcome: Outcome): boolean {
  return troubleOf(outcome) === 0;
}
