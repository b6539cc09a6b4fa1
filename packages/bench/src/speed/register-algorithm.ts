import type { Algorithm, Backend } from '@mixtention/core';
import { instructionSets, registerLoop } from '@mixtention/core/fused';
import { loadAddon } from '@mixtention/core/threads';

export type RegisterConfig = { readonly steps: number };

/**
 * No algorithm but a measure: every shard multiplies and adds in registers alone, as the fused kernel of the backend that runs it does at best. With one shard per worker it shares
 * neither memory nor caches with others, so two workers over one are what the machine's cores themselves give.
 */
export function registerAlgorithm(config: RegisterConfig): Algorithm<number, null, number> {
  return {
    spec: { kind: 'algorithm', name: 'bench/registers', module: '@mixtention/bench', from: import.meta.url, config },
    claims: { objective: 'noisy' },
    init: () => 0,
    ask: () => ({ message: null }),
    collect: (_, { backend }) => loopOf(backend.name)(config.steps),
    update: (state) => ({ state, info: { objective: 0, logLikelihood: 0 } }),
  };
}

const loops = new Map<Backend['name'], ReturnType<typeof registerLoop>>();

/** Once a thread: they have memory of their own. */
function loopOf(name: Backend['name']): ReturnType<typeof registerLoop> {
  let loop = loops.get(name);
  if (loop === undefined) loops.set(name, (loop = openLoop(name)));
  return loop;
}

function openLoop(name: Backend['name']): ReturnType<typeof registerLoop> {
  if (name !== 'native') return registerLoop({ precision: 'float32', rounding: 'common' });
  const addon = loadAddon();
  const instructions = instructionSets.find((set) => addon.sets[set] !== undefined)!;
  return registerLoop({ precision: 'float32', addon, instructions });
}
