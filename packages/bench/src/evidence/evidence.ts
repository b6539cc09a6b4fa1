import { checkCount } from '@mixtention/mixture/fit';
import { type Approximation, pathfinder, svi } from '@mixtention/svi';
import { runCommand } from '../run-command.ts';
import { machine } from '../speed/machine.ts';
import { figureTable, table } from '../speed/table.ts';
import { type Target, targets, unseen } from './targets.ts';

/** An error of log evidence is told untrue where it is so many standard errors, and beyond what anybody minds, in nats. */
const MOST_ERRORS = 4;
const MINDED = 0.01;
/** Share of the standard errors that are told. */
const MOST_UNTRUE = 0.02;

type Method = { readonly name: string; readonly run: (target: Target, seed: number) => Approximation };

const methods: readonly Method[] = [
  { name: 'svi', run: ({ model }, seed) => svi(model, null, { seed }) },
  { name: 'svi, autoNormal', run: ({ model }, seed) => svi(model, null, { seed, guide: 'autoNormal' }) },
  { name: 'pathfinder', run: ({ model }, seed) => pathfinder(model, null, { seed }) },
];
const stated: readonly Method[] = [
  { name: 'svi, as stated', run: ({ model }, seed) => svi(model, null, { seed, nonCentred: [] }) },
  { name: 'pathfinder, as stated', run: ({ model }, seed) => pathfinder(model, null, { seed, nonCentred: [] }) },
];

/**
 * `npm run bench:evidence`: whether log evidence lies within the standard error that is told, over models that know theirs, guides and `SEEDS` (default 6) seeds; with `STATED=1` in the coordinates of the model alone.
 */
await runCommand(async (signal) => {
  const seeds = Number(process.env.SEEDS ?? 6);
  checkCount('bench/evidence', 'SEEDS', seeds, 1);
  const { cpu, node } = machine();
  console.log(`${cpu}, Node ${node}`);
  const isStated = process.env.STATED === '1';
  const rows: string[][] = [];
  let [told, untrue, missed] = [0, 0, 0];
  for (const target of [...targets, unseen])
    for (const { name, run } of isStated ? stated : methods) {
      const errors: number[] = [];
      let [sum, wrong] = [0, 0];
      for (let seed = 0; seed < seeds; seed++) {
        signal.throwIfAborted();
        const { logEvidence, logEvidenceStandardError: error } = run(target, seed);
        if (!Number.isFinite(error)) continue;
        const off = Math.abs(logEvidence - target.logEvidence);
        errors.push(off);
        sum += error;
        if (off > MOST_ERRORS * error && off > MINDED) wrong++;
      }
      if (target === unseen) missed += wrong;
      else {
        told += errors.length;
        untrue += wrong;
      }
      const worst = errors.length === 0 ? '' : Math.max(...errors).toFixed(3);
      const mean = errors.length === 0 ? '' : (sum / errors.length).toFixed(3);
      rows.push([target.name, name, `${errors.length} of ${seeds}`, mean, worst, String(wrong)]);
      if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${target.name}, ${name}`);
    }
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
  console.log(table([['model', 'method', 'errors told', 'their mean', 'farthest off', 'untrue'], ...rows]));
  const each = (isStated ? stated : methods).length * seeds;
  console.log(`\n${unseen.name}: one of them found by no path in ${missed} of ${each} fits, which cannot know`);
  const figures = [
    {
      name: `standard errors of log evidence that are told, and ${MOST_ERRORS} of them or more off`,
      value: `${untrue} of ${told}, of ${targets.length * each} fits`,
      target: `≤ ${100 * MOST_UNTRUE} %`,
      met: untrue <= MOST_UNTRUE * told,
    },
  ];
  console.log(`\n${figureTable(figures)}`);
  if (figures.some(({ met }) => !met)) process.exitCode = 1;
});
