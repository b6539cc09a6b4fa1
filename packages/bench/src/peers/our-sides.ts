import { join } from 'node:path';
import type { Matrix } from '@mixtention/core';
import { threads } from '@mixtention/core/threads';
import { writeFileAtomic, writeNpy } from '@mixtention/files';
import { type EmProblem, emProblem } from '../speed/em-problem.ts';
import { CASES, type Case } from './cases.ts';
import type { Side } from './side.ts';

export type OurSides = {
  readonly sides: readonly Side[];
  /** What is not here, and why. */
  readonly missing: readonly string[];
  close(): Promise<void>;
};

const SIDES = [
  ['native', 'float32'],
  ['wasm', 'float32'],
  ['tfjs-node', 'float32'],
  ['tfjs-wasm', 'float32'],
  ['native', 'float64'],
  ['wasm', 'float64'],
] as const;

/** Every backend over worker threads. */
export async function ourSides(problems: ReadonlyMap<Case, EmProblem>, workers: number): Promise<OurSides> {
  const sides: Side[] = [];
  const missing: string[] = [];
  const closes: (() => Promise<void>)[] = [];
  for (const [backend, precision] of SIDES) {
    try {
      const executor = await threads({ backend, precision, workers });
      closes.push(() => executor.close());
      sides.push({
        name: `mixtention, ${backend}`,
        precision: executor.precision,
        solves: () => true,
        check: (one) => problems.get(one)!.evidenceAfterOne(executor),
        iterate: async (one) => (await problems.get(one)!.iterate(executor)).seconds,
      });
    } catch (error) {
      missing.push(`mixtention, ${backend}: ${(error as Error).message}`);
    }
  }
  return {
    sides,
    missing,
    async close() {
      for (const end of closes) await end();
    },
  };
}

/** The problems, with rows and starts written where peers read them (see `serve.py`). */
export async function writeProblems(
  tables: Readonly<Record<Case['table'], Matrix>>,
  folder: string,
): Promise<Map<Case, EmProblem>> {
  const write = (name: string, matrix: Matrix): Promise<void> =>
    writeFileAtomic(join(folder, `${name}.npy`), writeNpy(matrix));
  for (const [name, x] of Object.entries(tables)) await write(name, x);
  const problems = new Map<Case, EmProblem>();
  for (const one of CASES) {
    const x = tables[one.table];
    const problem = emProblem(one.name, one.family, one.components, x, one.inference);
    const { weights, means, covariances } = problem.start();
    await write(`${one.id}-weights`, { data: weights, rows: 1, cols: one.components });
    if (one.peers !== 'none') {
      const square = x.cols * x.cols;
      const data = new Float64Array(one.components * square);
      for (const [k, covariance] of covariances.entries()) data.set(covariance.data, k * square);
      await write(`${one.id}-means`, means);
      await write(`${one.id}-covariances`, { data, rows: one.components, cols: square });
    }
    problems.set(one, problem);
  }
  return problems;
}
