import '@tensorflow/tfjs-backend-wasm';
import {
  applyTransform,
  columnTransform,
  type FitPlan,
  faithful,
  fitMixture,
  inline,
  key,
  matrix,
} from '@mixtention/core';
import { tfjsBackend } from '@mixtention/core/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { test } from 'vitest';
import { discreteBound } from './discrete-bound.ts';
import { expectedMixture } from './expected-mixture.ts';
import {
  guideState,
  priorOf,
  type VariationalConfig,
  type VariationalInfo,
  type VariationalState,
  variational,
} from './variational.ts';

test('try', async () => {
  await tf.setBackend('wasm');
  const executor = inline(tfjsBackend(tf, 'wasm'));
  const raw = matrix(faithful());
  const t = columnTransform(raw, null);
  const f = Math.sqrt(272 / 271);
  const x = applyTransform(raw, { center: t.center, scale: t.scale.map((s) => s * f) });
  for (const o of [
    { assignments: 'exact', learningRate: 0.03 },
    { assignments: 'exact', learningRate: 0.1 },
    { assignments: 'exact', learningRate: 0.05, estimator: 'total' },
    { assignments: 'relaxed', learningRate: 0.05, temperature: 0.5 },
    { assignments: 'straight-through', learningRate: 0.05, temperature: 0.5 },
  ] as const) {
    const t0 = performance.now();
    let own!: VariationalConfig;
    const fit = await fitMixture(
      x,
      {
        components: 2,
        executor,
        maxIterations: 3000,
        prior: {
          concentration: 1,
          family: {
            mean: new Float64Array(2),
            shrinkage: 1,
            degrees: 2,
            inverseScale: Float64Array.of(f * f, 0, 0, f * f),
          },
        },
      },
      {
        where: 'svi/try',
        plan: ({ config, rows }): FitPlan => {
          own = {
            ...config,
            rows,
            assignments: 'exact',
            temperature: 1,
            draws: 8,
            estimator: 'path',
            learningRate: 0.03,
            fraction: 1,
            tolerance: 1e-6,
            window: 100,
            ...o,
          };
          return {
            algorithm: variational(own),
            mixtureOf: (s) => expectedMixture((s as VariationalState).guide),
            stateOf: (m, k) => guideState(own, m, k),
          };
        },
      },
    );
    const info = fit.info as VariationalInfo;
    const b = discreteBound({ guide: info.guide, assigned: info.assigned, prior: priorOf(own) }, key(9), 4000);
    console.log(
      JSON.stringify(o),
      fit.status,
      fit.iterations,
      fit.objective,
      info.relaxedObjective + (fit.objective - info.objective),
      'bound',
      b.mean + fit.objective - info.objective,
      b.standardError,
      fit.seconds,
      (performance.now() - t0) / 1000,
      'free -435.0934276803',
      tf.memory().numTensors,
      fit.logLikelihood,
    );
    console.log([100, 200, 300, 500, 800, 1200].map((i) => fit.trace[i]?.objective.toFixed(3)).join(' '));
  }
});
