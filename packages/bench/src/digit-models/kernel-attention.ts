import { bernoulliKeys } from './bernoulli-keys.ts';
import { lowest } from './lowest.ts';
import type { CompletionModel } from './results.ts';
import { scoreMixture } from './score-mixture.ts';
import type { Setting } from './setting.ts';
import { type Smoothing, smoother } from './smooth-images.ts';

const GRID = {
  own: [0.2, 0.3, 0.4, 0.5, 0.6, 0.7],
  common: [0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08],
  T: [0.04, 0.05, 0.06, 0.07, 0.085, 0.1, 0.12, 0.15, 0.2],
} as const;
const FROM = { own: 0.3, common: 0.01, T: 0.07 };

export type KernelAttention = {
  readonly smoothing: Smoothing;
  readonly logitScale: number;
  readonly score: CompletionModel;
};

/** Attention whose keys are all training images, smoothed: how much, and T, are what validation images choose. */
export async function kernelAttention(
  { train, chosenOn, scoredOn, backend, signal }: Setting,
  show: (text: string) => void,
): Promise<KernelAttention> {
  const begun = performance.now();
  const smooth = smoother(train);
  const equal = new Float64Array(train.rows).fill(-Math.log(train.rows));
  const at = ({ own, common, T }: typeof FROM) => bernoulliKeys(smooth({ own, common }), equal, T);
  const { point } = await lowest(GRID, FROM, async (own) => {
    const { nats } = await scoreMixture(at(own), chosenOn, { backend, signal, exactOnly: true });
    show(`${nats.toFixed(2)} nats at ${JSON.stringify(own)}`);
    return nats;
  });
  const seconds = (performance.now() - begun) / 1000;
  const scored = await scoreMixture(at(point), scoredOn, { backend, signal });
  const { own, common, T: logitScale } = point;
  return {
    smoothing: { own, common },
    logitScale,
    score: { model: 'kernel attention', keys: train.rows, logitScale, ...scored, seconds },
  };
}
