import { inline } from '@mixtention/core';
import { meanStatistics } from '@mixtention/core/data';
import { expect, it } from 'vitest';
import { bernoulli, gaussianSpherical } from '../../families/index.ts';
import { faithful } from '../../problems/index.ts';
import { evaluate } from '../evaluate.ts';
import { checkDriverOptions } from './check-options.ts';
import { drive } from './drive.ts';
import { settle } from './options.ts';
import { restartsOf, type Subject } from './subject.ts';

/** One spherical component at a place that the key draws: a subject of its own, which knows no criteria. */
const place: Subject<{ readonly objectives: readonly number[]; readonly best: number; readonly center: number }> = {
  where: 'test/place',
  columns: () => 'jointly',
  problem: ({ rows, cols }) => ({ rows, components: 1, width: cols }),
  pose: (data) => ({
    algorithm: evaluate({ family: gaussianSpherical, components: 1, start: 'given' }),
    given: null,
    begin({ path }) {
      const away = Number(path.at(-1));
      const centers = { data: new Float64Array(data.width).fill(away), rows: 1, cols: data.width };
      const mean = meanStatistics(gaussianSpherical.terms(data.width), data);
      return { state: { logWeights: Float64Array.of(0), params: gaussianSpherical.startAt(centers, mean) } };
    },
    measure: ({ objective, logLikelihood }) => ({ objective, logLikelihood }),
    better: (a, b) => b.objective - a.objective,
    isHopeful: true,
    report: (course) => ({
      objectives: restartsOf(course).map(({ objective }) => objective),
      best: course.best,
      center: course.data.transform.center[0]!,
    }),
  }),
};

it('the driver fits what it knows nothing of: columns, starts and report are the subject’s', async () => {
  const x = faithful();
  const { objectives, best, center } = await drive(x, settle({ components: 1, restarts: 3 }), place);
  expect(objectives).toHaveLength(3);
  // Start 0 lies at the mean, the others one and two deviations away.
  expect(best).toBe(0);
  expect(objectives[0]! > objectives[1]! && objectives[1]! > objectives[2]!).toBe(true);
  expect(center).toBeCloseTo(3.4878, 4);
});

it('options are read once: what their object becomes afterwards changes nothing', async () => {
  const options = { components: 1, restarts: 2, executor: inline() };
  const settled = settle(options);
  options.restarts = 5;
  expect((await drive(faithful(), settled, place)).objectives).toHaveLength(2);
});

it('an option that is undefined has its default, and a method may have defaults of its own', () => {
  const options = { components: 2, tolerance: undefined, maxIterations: 7 } as never;
  const { tolerance, maxIterations, screen } = settle(options, { tolerance: 0.5, maxIterations: 9, screen: 0 });
  expect({ tolerance, maxIterations, screen }).toEqual({ tolerance: 0.5, maxIterations: 7, screen: 0 });
});

it('what no fit can use is refused, whatever is fitted', () => {
  const check = (options: object) => () =>
    checkDriverOptions('test/place', faithful(), { options: options as never, own: ['family'] });
  expect(check({ components: 2, family: bernoulli })).not.toThrow();
  expect(check({ components: 2, start: 1 })).toThrow('unknown option "start"');
  expect(check({ components: 300 })).toThrow('300 components were asked of 272 rows');
  expect(check({ components: 2, screen: -1 })).toThrow('screen is -1, a whole number from 0 was due');
});
