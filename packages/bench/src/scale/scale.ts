import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inline, wasm } from '@mixtention/core';
import { fail, show } from '@mixtention/core/base';
import { fit } from '@mixtention/em';
import { repository } from '../repository.ts';
import { runCommand } from '../run-command.ts';
import { emProblem } from '../speed/em-problem.ts';
import { machine } from '../speed/machine.ts';
import { median } from '../speed/median.ts';
import { plantedGaussians } from '../speed/planted.ts';
import { stopwatch } from '../speed/stopwatch.ts';
import { type Figure, figureTable } from '../speed/table.ts';
import { exponentOf } from './exponent.ts';

/** The largest table of the passes: `ROWS=1e6` for less time and memory. */
const MOST_ROWS = Number(process.env.ROWS ?? 1e7);
/** Of each size the least counts, after those that warm: over so many rows together. */
const PASSES = 7;
const WARM_ROWS = 1e6;
const PREDICTIONS = 3;
const WARM_FITS = 100;
const FITS = 30;

/** `npm run bench:scale`: how the time of a pass grows with the rows, a prediction of a million rows, and a fit of a hundred, all by WebAssembly on one thread. */
await runCommand(async () => {
  if (!(MOST_ROWS >= 1e5))
    fail(
      'bench',
      'BAD_OPTION',
      `ROWS is ${show(process.env.ROWS)}, one number from 1e5 was due: two sizes make an exponent`,
    );
  const { cpu, node, loadAverage } = machine();
  console.log(`${cpu}, Node ${node}, load average ${loadAverage.toFixed(2)}; WebAssembly, one thread, CPU time\n`);
  const passes = await passesOf([1e4, 1e5, 1e6, 1e7].filter((rows) => rows <= MOST_ROWS));
  const exponent = exponentOf(passes.map(({ rows, seconds }) => [rows, seconds]));
  const predict = await predictSeconds();
  const small = await smallFitSeconds();
  const figures: Figure[] = [
    {
      name: `time of a pass, ${passes[0]!.rows} to ${passes.at(-1)!.rows} × 8, diagonal K = 64: exponent of N`,
      value: exponent.toFixed(3),
      target: '0.97 to 1.03',
      met: exponent >= 0.97 && exponent <= 1.03,
    },
    {
      name: 'labels of 1,000,000 × 32 rows, diagonal K = 64',
      value: `${predict.toFixed(2)} s`,
      target: '< 1 s',
      met: predict < 1,
    },
    {
      name: `fit of 100 × 2, full K = 3, screen 0, warm`,
      value: `${(1000 * small).toFixed(2)} ms`,
      target: '< 3 ms',
      met: small < 0.003,
    },
  ];
  console.log(figureTable(figures));
  const results = join(repository, 'packages/bench/results');
  await mkdir(results, { recursive: true });
  const kept = { machine: machine(), passes, exponent, predictSeconds: predict, smallFitSeconds: small };
  await writeFile(join(results, 'scale.json'), `${JSON.stringify(kept, null, 1)}\n`);
  if (figures.some(({ met }) => !met)) process.exitCode = 1;
});

async function passesOf(sizes: readonly number[]): Promise<{ readonly rows: number; readonly seconds: number }[]> {
  const executor = inline(wasm());
  const passes: { rows: number; seconds: number }[] = [];
  for (const rows of sizes) {
    const problem = emProblem(`${rows} rows`, 'gaussian-diagonal', 64, plantedGaussians(rows, 8, 64));
    let least = Number.POSITIVE_INFINITY;
    for (let pass = -Math.ceil(WARM_ROWS / rows); pass < PASSES; pass++) {
      const seconds = await cpuSeconds(() => problem.iterate(executor));
      if (pass >= 0) least = Math.min(least, seconds);
    }
    passes.push({ rows, seconds: least });
  }
  await executor.close();
  return passes;
}

async function predictSeconds(): Promise<number> {
  const x = plantedGaussians(1_000_000, 32, 64);
  const part = { data: x.data.subarray(0, 20_000 * x.cols), rows: 20_000, cols: x.cols };
  const options = { components: 64, covariance: 'diagonal', screen: 0, maxIterations: 5, start: 'random' } as const;
  const { model } = await fit(part, options);
  const backend = wasm();
  model.predict(part, { backend });
  const seconds: number[] = [];
  for (let i = 0; i < PREDICTIONS; i++) seconds.push(await cpuSeconds(async () => model.predict(x, { backend })));
  return Math.min(...seconds);
}

async function smallFitSeconds(): Promise<number> {
  const x = plantedGaussians(100, 2, 3);
  const seconds: number[] = [];
  for (let i = -WARM_FITS; i < FITS; i++) {
    const one = await cpuSeconds(() => fit(x, { components: 3, screen: 0 }));
    if (i >= 0) seconds.push(one);
  }
  return median(seconds);
}

/** Of the process: that of one thread, whatever else the machine does. */
async function cpuSeconds(work: () => Promise<unknown>): Promise<number> {
  const spent = stopwatch();
  await work();
  return spent().cpuSeconds;
}
