import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '@mixtention/files';
import { repository } from '../repository.ts';
import type { Machine } from '../speed/machine.ts';

/** One fit. Bounds in nats. */
export type RouteRun = {
  readonly seed: number;
  readonly bound: number;
  readonly standardError: number;
  /** What relaxed draws raised, which is no bound; null elsewhere. */
  readonly relaxedObjective: number | null;
  /** By importance weights, of one naming of the components. */
  readonly logEvidence: number;
  readonly status: string;
  readonly steps: number;
  readonly gradientEvaluations: number;
  readonly cpuSeconds: number;
};

export type RouteResult = {
  readonly name: string;
  readonly madeAt: string;
  readonly machine: Machine;
  readonly runs: readonly RouteRun[];
};

/** A point, which has a log-likelihood and no bound. */
export type PointResult = { readonly name: string; readonly logLikelihood: number; readonly passes: number };

export type ProblemResult = {
  readonly name: string;
  /** Free-form variational Bayes: the best of its starts. */
  readonly freeForm: { readonly bound: number; readonly passes: number };
  readonly points: readonly PointResult[];
  readonly routes: readonly RouteResult[];
};

/** What `npm run bench:routes` keeps, route by route. */
export type RoutesResults = { readonly command: string; readonly problems: readonly ProblemResult[] };

/** Where it keeps them. */
export const routesFile: string = join(repository, 'packages/bench/results/routes.json');

/** What is kept. */
export async function readRoutes(path: string = routesFile): Promise<RoutesResults> {
  const none = JSON.stringify({ command: 'npm run bench:routes', problems: [] });
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code !== 'ENOENT') throw error;
    return none;
  });
  return JSON.parse(text) as RoutesResults;
}

/** Puts a route in, in place of what it was before: a run of an hour may be cut short, and parts of it made alone. */
export async function keepRoute(
  problem: Omit<ProblemResult, 'routes'>,
  route: RouteResult,
  path: string = routesFile,
): Promise<void> {
  const { command, problems } = await readRoutes(path);
  const before = problems.find(({ name }) => name === problem.name)?.routes ?? [];
  const isNew = before.every(({ name }) => name !== route.name);
  const routes = isNew ? [...before, route] : before.map((one) => (one.name === route.name ? route : one));
  const own: ProblemResult = { ...problem, routes };
  const kept: RoutesResults = {
    command,
    problems: problems.some(({ name }) => name === own.name)
      ? problems.map((one) => (one.name === own.name ? own : one))
      : [...problems, own],
  };
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, `${JSON.stringify(kept, null, 1)}\n`);
}
