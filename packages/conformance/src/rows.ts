import { afterAll, describe, expect, it } from 'vitest';

/** One property of a suite: `name` is what a skip refers to, `title` the sentence that the report prints. */
export type Row<Subject> = {
  readonly name: string;
  readonly title: string;
  readonly check: (subject: Subject) => void | Promise<void>;
};

/**
 * A row that a subject is known not to meet. It is run all the same and must fail: a skip that is no longer needed fails the suite,
 * and so does one that names no row.
 */
export type Skip = {
  /** Name of the row. */
  readonly test: string;
  /** Why, in words; printed beside the row. */
  readonly reason: string;
  /** The only subject that it speaks of (a family, say); every one, unless given. */
  readonly on?: string;
};

export type RowOptions = {
  /** Opt-outs, data with a reason. */
  readonly skips?: readonly Skip[];
  /** Name by which a skip may single this subject out. */
  readonly on?: string | undefined;
  /** Called after the last row. */
  readonly dispose?: () => void | Promise<void>;
};

/**
 * Declares one vitest test for each row.
 *
 * @param label  title of the group, as `backend plain`
 * @param rows   the suite
 * @param make   what is tested; called once, when the first row runs
 *
 * @example
 * const positive = { name: 'positive', title: 'it is positive', check: (x) => expect(x).toBeGreaterThan(0) };
 * declareRows('the number one', [positive], () => 1);
 */
export function declareRows<Subject>(
  label: string,
  rows: readonly Row<Subject>[],
  make: () => Subject | Promise<Subject>,
  { skips = [], on, dispose }: RowOptions = {},
): void {
  let made: Promise<Subject> | undefined;
  const get = (): Promise<Subject> => (made ??= Promise.resolve(make()));
  const own = skips.filter((skip) => skip.on === undefined || on === undefined || skip.on === on);
  describe(label, () => {
    if (dispose !== undefined) afterAll(dispose);
    declareSkipChecks(rows, own);
    for (const row of rows) {
      const skip = own.find(({ test }) => test === row.name);
      const check = async (): Promise<void> => row.check(await get());
      if (skip === undefined) it(row.title, check);
      else it.fails(`${row.title} [not met: ${skip.reason}]`, check);
    }
  });
}

function declareSkipChecks<Subject>(rows: readonly Row<Subject>[], skips: readonly Skip[]): void {
  for (const { test, reason } of skips) {
    it(`the skip of "${test}" names a row and gives a reason`, () => {
      expect(rows.map((row) => row.name)).toContain(test);
      expect(reason.trim().length).toBeGreaterThan(10);
    });
  }
}
