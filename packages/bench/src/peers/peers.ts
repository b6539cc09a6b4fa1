import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { plantedGaussians } from '../speed/planted.ts';
import { CASES, COLUMNS, ROWS } from './cases.ts';
import { checkSides, checkTable } from './check-sides.ts';
import { ourSides, writeProblems } from './our-sides.ts';
import { race, raceTable } from './race.ts';
import { theirSides } from './their-sides.ts';

const THREADS = 2;
const ROUNDS = Number(process.env.ROUNDS ?? 9);
const ASKED = process.env.PEERS ? process.env.PEERS.split(',') : null;

/**
 * `npm run bench:peers`: one EM iteration here and in other libraries, each in float32 and in float64, on the same rows, from the same start, on
 * as many threads, in interleaved rounds. `ROUNDS` sets their number, `PEERS` (as `scikit-learn,oneDAL`) leaves others out.
 */
await runCommand(async (signal) => {
  const folder = await mkdtemp(join(tmpdir(), 'mixtention-peers-'));
  const closes: (() => void | Promise<void>)[] = [];
  try {
    const problems = await writeProblems(plantedGaussians(ROWS, COLUMNS, 64), folder);
    const peers = await theirSides(folder, { asked: ASKED, threads: THREADS });
    closes.push(peers.close);
    const ours = await ourSides(problems, THREADS);
    closes.push(ours.close);
    const { cpu, cores, node, loadAverage } = machine();
    console.log(
      `${cpu}, ${cores} cores, Node ${node}, load average ${loadAverage.toFixed(2)}; one EM iteration, N = ${ROWS.toLocaleString('en')}, D = ${COLUMNS}, every side on ${THREADS} threads; medians of ${ROUNDS} interleaved rounds\n`,
    );
    for (const line of [...ours.missing, ...peers.missing]) console.log(`not here: ${line}\n`);
    for (const one of CASES) {
      const checks = await checkSides([...ours.sides, ...peers.sides], one);
      console.log(`${one.name}: does each side compute the same?\n${checkTable(checks)}\n`);
      if (checks.some(({ agrees }) => !agrees)) process.exitCode = 1;
      const sides = checks.filter(({ agrees }) => agrees).map(({ side }) => side);
      console.log(`${one.name}\n${raceTable(await race(sides, one, { rounds: ROUNDS, signal }), THREADS)}\n`);
    }
  } finally {
    for (const close of closes) await close();
    await rm(folder, { recursive: true, force: true });
  }
});
