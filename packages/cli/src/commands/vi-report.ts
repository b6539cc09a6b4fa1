import { basename, resolve } from 'node:path';
import { fail } from '@mixtention/core/base';
import { checkTarget, writeFileAtomic } from '@mixtention/files';
import type { Approximation, SiteSummaries } from '@mixtention/svi';
import { posteriorPage, type TraceMark } from '@mixtention/svi/page';

type Targets = { readonly report?: string; readonly out?: string; readonly draws?: string };

/** Refuses, before the work, a page that cannot be written, or in the place of something else. */
export async function checkViReport({ report, out, draws }: Targets, inputs: readonly string[]): Promise<void> {
  if (report === undefined) return;
  if (!/\.html?$/i.test(report)) fail('cli/vi', 'BAD_OPTION', `--report is ${report}; a page (.html) can be written`);
  for (const [name, other] of Object.entries({ out, draws }))
    if (other !== undefined && resolve(other) === resolve(report))
      fail('cli/vi', 'BAD_OPTION', `--report and --${name} are one file, two were due`);
  await checkTarget(report, inputs);
}

type Told = {
  readonly modelPath: string;
  readonly dataPath: string;
  readonly trace: readonly TraceMark[];
  readonly predictive: SiteSummaries | null;
};

/** Writes a result as a page that opens offline. */
export async function writeViReport(
  path: string,
  result: Approximation,
  { modelPath, dataPath, trace, predictive }: Told,
): Promise<void> {
  const about = `Data are those of ${basename(dataPath)}`;
  const page = posteriorPage(result, {
    title: basename(modelPath),
    about,
    trace,
    ...(predictive !== null && { predictive }),
  });
  await writeFileAtomic(path, page);
}
