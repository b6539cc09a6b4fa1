import { join } from 'node:path';
import { attend } from '@mixtention/attention';
import type { Executor } from '@mixtention/core';
import { generator, key } from '@mixtention/core/numeric';
import { threads } from '@mixtention/core/threads';
import { writeFileAtomic, writeNpy } from '@mixtention/files';
import { checkSides, checkTable } from './check-sides.ts';
import { race, raceTable } from './race.ts';
import type { Problem, Side } from './side.ts';
import { theirAttention } from './their-sides.ts';

/** Softmax attention of so many heads, every query with every key. */
export const ATTENTION = { id: 'attention', name: 'attention', heads: 8, rows: 4096, width: 64 } as const;

/** Heads `[H, N, d]` of float32 normals: queries, keys, values. */
type AttentionProblem = readonly { readonly data: Float32Array; readonly shape: [number, number, number] }[];

/** Draws them, and writes them where peers read them (see `torch_attention.py`). */
async function attentionProblem(folder: string): Promise<AttentionProblem> {
  const { heads, rows, width } = ATTENTION;
  const random = generator(key(64));
  const draw = (): Float32Array => Float32Array.from({ length: heads * rows * width }, () => random.normal());
  const names = ['queries', 'keys', 'values'];
  const parts = names.map(() => ({ data: draw(), shape: [heads, rows, width] as [number, number, number] }));
  for (const [i, name] of names.entries()) {
    const table = { data: parts[i]!.data, rows: heads * rows, cols: width };
    await writeFileAtomic(join(folder, `${name}.npy`), writeNpy(table));
  }
  return parts;
}

/** Lets our fused kernels on worker threads, and PyTorch, take turns, in both precisions, once each is seen to compute the same. */
export async function raceAttention(
  folder: string,
  {
    asked,
    rounds,
    threads: workers,
    signal,
  }: {
    readonly asked: readonly string[] | null;
    readonly rounds: number;
    readonly threads: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const problem = await attentionProblem(folder);
  const executors: Executor[] = [];
  const theirs = await theirAttention(folder, { asked, threads: workers });
  try {
    for (const backend of ['native', 'wasm'] as const)
      for (const precision of ['float32', 'float64'] as const)
        await threads({ backend, precision, workers }).then(
          (executor) => executors.push(executor),
          (error: Error) => console.log(`not here: mixtention, ${backend}: ${error.message}\n`),
        );
    for (const line of theirs.missing) console.log(`not here: ${line}\n`);
    const checks = await checkSides([...ourAttention(problem, executors), ...theirs.sides], ATTENTION);
    const { name, heads, rows, width } = ATTENTION;
    console.log(
      `${name}, ${heads} × ${rows} × ${rows} × ${width}: does each side compute the same?\n${checkTable(checks, 'root mean square of the output')}\n`,
    );
    if (checks.some(({ agrees }) => !agrees)) process.exitCode = 1;
    const sides = checks.filter(({ agrees }) => agrees).map(({ side }) => side);
    console.log(`${name}\n${raceTable(await race(sides, ATTENTION, { rounds, signal }), workers)}\n`);
  } finally {
    theirs.close();
    for (const executor of executors) await executor.close();
  }
}

/** Heads and blocks of queries on the workers of executors. */
function ourAttention([q, k, v]: AttentionProblem, executors: readonly Executor[]): readonly Side<Problem>[] {
  return executors.map((executor) => ({
    name: `mixtention, ${executor.backend}`,
    precision: executor.precision,
    solves: () => true,
    async check() {
      const readings = await attend(q!, k!, v!, { executor });
      let squares = 0;
      for (const { output } of readings) for (const value of output.data) squares += value * value;
      return Math.sqrt(squares / q!.data.length);
    },
    async iterate() {
      const begun = performance.now();
      await attend(q!, k!, v!, { executor });
      return (performance.now() - begun) / 1000;
    },
  }));
}
