import { fail } from '@mixtention/core/base';
import type { OptimizerName } from '@mixtention/core/optimize';
import type { SviOptions } from '@mixtention/svi';
import type { CheckpointFlags } from './fit-checkpoint.ts';
import type { RowsFlags } from './vi-rows.ts';

export type ViFlags = {
  guide?: string;
  estimator: NonNullable<SviOptions['estimator']>;
  discrete?: NonNullable<SviOptions['discrete']>;
  steps: number;
  stepDraws: number;
  accuracy: number;
  learningRate?: number;
  resultDraws: number;
  seed: number;
  optimizer: OptimizerName | 'natural';
  sites?: readonly string[];
  nonCentred?: readonly string[];
  onRows?: boolean;
  draws?: string;
  predict?: string;
  report?: string;
  out?: string;
  json?: boolean;
} & Omit<CheckpointFlags, 'force'> &
  RowsFlags;

export const GUIDES: readonly string[] = [
  'autoCoupling',
  'autoDelta',
  'autoLaplace',
  'autoLowRank',
  'autoMixture',
  'autoMultivariateNormal',
  'autoNormal',
  'autoStructured',
];

/** Methods without steps to go on with. */
export const STEPLESS: readonly string[] = ['pathfinder', 'autoDelta', 'autoLaplace'];

/** Options that only rows in parts look at, or cannot have. */
export function checkRowsFlags(flags: ViFlags): void {
  const { onRows, minibatch, workers, stream, guide, optimizer, discrete, predict, nonCentred } = flags;
  const refuse = (what: string): never => fail('cli/vi', 'BAD_OPTION', what);
  if (onRows) {
    if (guide !== undefined && STEPLESS.includes(guide)) refuse(`--on-rows takes steps, and ${guide} takes none`);
    if (discrete !== undefined && discrete !== 'summed-out')
      refuse(`--on-rows sums discrete latents out, and takes no --discrete ${discrete}`);
    if (optimizer === 'natural') refuse('--optimizer natural needs curvatures, which --on-rows does not have');
    if (nonCentred !== undefined)
      refuse('--on-rows fits a model as it is stated; its file may export nonCentred(model, sites)');
    if (predict !== undefined)
      refuse('--predict runs the model with all of its data at once, which --on-rows does not');
    return;
  }
  const alone = Object.entries({ minibatch, stream, workers: workers || undefined });
  const [name] = alone.find(([, given]) => given !== undefined) ?? [];
  if (name !== undefined) refuse(`--${name} goes with --on-rows, which is not given`);
  if (guide === 'pathfinder' && discrete !== undefined && discrete !== 'summed-out')
    refuse(`pathfinder sums discrete latents out, and takes no --discrete ${discrete}`);
}
