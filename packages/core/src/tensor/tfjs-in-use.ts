import type { GradConfig } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';

let inUse: Tf | null = null;

/** The copy of tfjs-core that gradients work with: the one that was handed over last. All copies of a process share one engine. */
export function tfjsInUse(): Tf {
  if (inUse === null) throw new Error('gradients were asked for before tfjs was there');
  return inUse;
}

export function useTfjs(tf: Tf): void {
  inUse = tf;
}

const collected: GradConfig[] = [];

/** Takes the place of tfjs-core's own function while its files of gradients are loaded. */
export function collectGradient(config: GradConfig): void {
  collected.push(config);
}

/** All gradients of ordinary ops. */
export function collectedGradients(): readonly GradConfig[] {
  return collected;
}
