import { loadBackend, threads } from '@mixtention/core/threads';
import { fit } from '@mixtention/em';
import type { MixtureModel } from '@mixtention/mixture';
import { readSplit } from '../digits/read-split.ts';
import { RECIPES } from '../main-job/recipes.ts';
import { runCommand } from '../run-command.ts';
import { table } from '../speed/table.ts';
import { chooseIterations, type Mark } from './choose-iterations.ts';

/** Nats a validation image that are given up for fewer iterations. */
const WITHIN = 0.3;
const CHECKPOINTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 25, 30, 40, 50, 60, 80, 100];

/** `npm run bench:iterations`: the iterations that the main job gives each mixture of digits, chosen on the validation file of the standard split. */
await runCommand(async (signal) => {
  const train = await readSplit('train');
  const validation = await readSplit('valid');
  const executor = await threads();
  const backend = await loadBackend(executor.backend);
  try {
    for (const { components, start, maxIterations } of Object.values(RECIPES)) {
      const marks: (Mark & { train: number })[] = [];
      let model: MixtureModel | undefined;
      for (const iterations of CHECKPOINTS) {
        const more = iterations - (marks.at(-1)?.iterations ?? 0);
        const done = await fit(train, {
          components,
          family: 'bernoulli',
          start: model ?? start,
          screen: 0,
          maxIterations: more,
          executor,
          signal,
        });
        model = done.model;
        marks.push({
          iterations,
          train: done.logLikelihood / train.rows,
          validation: model.score(validation, { backend }),
        });
      }
      console.log(
        table([
          ['iterations', 'training', 'validation'],
          ...marks.map((mark) => [String(mark.iterations), mark.train.toFixed(2), mark.validation.toFixed(2)]),
        ]),
      );
      console.log(
        `K = ${components}: ${chooseIterations(marks, WITHIN)} iterations come within ${WITHIN} nats of the best; the job makes ${maxIterations}\n`,
      );
    }
  } finally {
    await executor.close();
  }
});
