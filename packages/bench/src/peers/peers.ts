import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { plantedBits, plantedGaussians } from '../speed/planted.ts';
import { ATTENTION, raceAttention } from './attention.ts';
import { CASES, TABLES } from './cases.ts';
import { checkSides, checkTable } from './check-sides.ts';
import { ourSides, writeProblems } from './our-sides.ts';
import { race, raceTable } from './race.ts';
import { NUMPYRO, raceSviSteps } from './svi-steps.ts';
import { theirSides } from './their-sides.ts';

const THREADS = 2;
const ROUNDS = Number(process.env.ROUNDS ?? 9);
const ASKED_CASES = process.env.CASES ? process.env.CASES.split(',') : null;
const isAsked = (id: string): boolean => ASKED_CASES?.includes(id) ?? true;
const ASKED = process.env.PEERS ? process.env.PEERS.split(',') : null;

/**
 * `npm run bench:peers`: one EM iteration here, in this library before its fused kernels, and in other libraries, each in float32 and in float64, on the same rows, from the same start, on
 * as many threads, in interleaved rounds; then steps of variational inference, beside NumPyro's (`svi-steps.ts`), and attention, beside PyTorch's (`attention.ts`). `ROUNDS` sets their number, `PEERS` (as `scikit-learn,oneDAL,before`) leaves others out, and so does `CASES` (as `diagonal,svi,attention`).
 */
await runCommand(async (signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-peers-'));
  const closes: (() => void | Promise<void>)[] = [];
  try {
    if (CASES.some(({ id }) => isAsked(id))) await raceEm(folder, closes, signal);
    const isNumPyroAsked = ASKED?.includes(NUMPYRO) ?? true;
    if (isAsked('svi') && isNumPyroAsked) await raceSviSteps(folder, { rounds: ROUNDS, threads: THREADS, signal });
    if (isAsked(ATTENTION.id)) await raceAttention(folder, { asked: ASKED, rounds: ROUNDS, threads: THREADS, signal });
  } finally {
    for (const close of closes) await close();
    await rm(folder, { recursive: true, force: true });
  }
});

/** Iterations of EM. */
async function raceEm(folder: string, closes: (() => void | Promise<void>)[], signal: AbortSignal): Promise<void> {
  const { x, bits } = TABLES;
  const tables = { x: plantedGaussians(x.rows, x.columns, 64), bits: plantedBits(bits.rows, bits.columns, 100) };
  const problems = await writeProblems(tables, folder);
  const peers = await theirSides(folder, {
    asked: ASKED?.filter((name) => name !== NUMPYRO) ?? null,
    threads: THREADS,
  });
  closes.push(peers.close);
  const ours = await ourSides(problems, THREADS);
  closes.push(ours.close);
  const { cpu, cores, node, loadAverage } = machine();
  console.log(
    `${cpu}, ${cores} cores, Node ${node}, load average ${loadAverage.toFixed(2)}; one EM iteration (Gaussians: N = ${x.rows.toLocaleString('en')}, D = ${x.columns}; bits: ${bits.rows.toLocaleString('en')} × ${bits.columns}), every side on ${THREADS} threads; medians of ${ROUNDS} interleaved rounds\n`,
  );
  for (const line of [...ours.missing, ...peers.missing]) console.log(`not here: ${line}\n`);
  for (const one of CASES.filter(({ id }) => isAsked(id))) {
    const solvers = [...ours.sides, ...peers.sides].filter((side) => side.solves(one));
    const checks = await checkSides(solvers, one);
    console.log(`${one.name}: does each side compute the same?\n${checkTable(checks)}\n`);
    if (checks.some(({ agrees }) => !agrees)) process.exitCode = 1;
    const sides = checks.filter(({ agrees }) => agrees).map(({ side }) => side);
    console.log(`${one.name}\n${raceTable(await race(sides, one, { rounds: ROUNDS, signal }), THREADS)}\n`);
  }
}
