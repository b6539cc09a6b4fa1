import { join } from 'node:path';
import { MixtentionError, type Precision } from '@mixtention/core';
import { cacheDirectory } from '@mixtention/native';
import { repository } from '../repository.ts';
import { BEFORE, beforeCheckout } from './before-checkout.ts';
import { type PeerProcess, startPeer } from './peer-process.ts';
import { pythonEnvironment } from './python-environment.ts';
import type { Problem, Side } from './side.ts';

const TORCH: readonly string[] = ['torch==2.15.0', 'numpy'];

/** NumPy and SciPy as they resolve. */
const PYTHON: readonly { readonly name: string; readonly script: string; readonly requirements: readonly string[] }[] =
  [
    { name: 'scikit-learn', script: 'scikit_learn.py', requirements: ['scikit-learn==1.9.1'] },
    {
      name: 'oneDAL',
      script: 'onedal.py',
      requirements: ['daal4py==2024.7.0', 'scikit-learn<1.6', 'packaging', 'scipy'],
    },
    { name: 'PyTorch', script: 'compiled_torch.py', requirements: TORCH },
  ];

/** What the backends of the code before compute in. */
const BEFORE_BACKENDS = { native: 'float32', wasm: 'float32', plain: 'float64' } as const;

export type TheirSides = {
  readonly sides: readonly Side[];
  /** What is not here, and why. */
  readonly missing: readonly string[];
  close(): void;
};

type Setting = { readonly asked: readonly string[] | null; readonly threads: number };

/**
 * Every peer that installs, in both precisions, each in a virtual environment of its own in the user's cache, and `before`: this library before its fused kernels.
 *
 * @param asked  names of peers, all of them by default
 * @throws BAD_OPTION for a name that is none of theirs
 */
export async function theirSides(folder: string, { asked, threads }: Setting): Promise<TheirSides> {
  const starts = new Map<string, (at: string) => Promise<Started[]>>(
    PYTHON.map(({ name, script, requirements }) => [
      name,
      async (at) => {
        const python = await pythonEnvironment(at, requirements, console.log);
        const path = join(repository, 'packages/bench/src/peers', script);
        return [pythonSides(name, await startPeer(script, [python, path, folder], { threads }))];
      },
    ]),
  );
  starts.set('before', (at) => startBefore(at, folder, threads));
  const unknown = asked?.find((name) => !starts.has(name));
  if (unknown !== undefined)
    throw new MixtentionError(
      'BAD_OPTION',
      `[bench] peers: PEERS names "${unknown}", ${[...starts.keys()].join(', ')} were due`,
    );
  const started: Started[] = [];
  const missing: string[] = [];
  for (const [name, start] of starts) {
    if (asked !== null && !asked.includes(name)) {
      missing.push(`${name}: not asked for`);
      continue;
    }
    try {
      started.push(...(await start(join(cacheDirectory(), 'peers', name))));
    } catch (error) {
      if (!(error instanceof MixtentionError)) throw error;
      missing.push(`${name}: ${error.message}`);
    }
  }
  const close = (): void => {
    for (const { peer } of started) peer.close();
  };
  return { sides: started.flatMap(({ sides }) => sides), missing, close };
}

type Started = { readonly peer: PeerProcess; readonly sides: readonly Side[] };

function pythonSides(name: string, peer: PeerProcess): Started {
  const solves: Side['solves'] = ({ peers }) => peers === 'all' || peers === name;
  const sides = (['float32', 'float64'] as const).map((precision) => sideOf(peer, precision, solves));
  return { peer, sides };
}

/** A process a backend: libraries that are loaded together would share the threads of one. */
async function startBefore(at: string, folder: string, threads: number): Promise<Started[]> {
  const checkout = await beforeCheckout(at, console.log);
  const program = join(repository, 'packages/bench/src/peers/before.mjs');
  const started: Started[] = [];
  for (const [backend, precision] of Object.entries(BEFORE_BACKENDS)) {
    const command = [process.execPath, program, checkout, folder, backend, BEFORE] as const;
    const peer = await startPeer(`${BEFORE} on ${backend}`, [...command], { threads });
    started.push({ peer, sides: [sideOf(peer, precision, ({ inference }) => inference === 'ml')] });
  }
  return started;
}

function sideOf<One extends Problem>(
  { version, ask }: PeerProcess,
  precision: Precision,
  solves: Side<One>['solves'],
): Side<One> {
  return {
    name: version,
    precision,
    solves,
    check: ({ id }) => ask('check', id, precision),
    iterate: ({ id }) => ask('time', id, precision),
  };
}

/** PyTorch's attention in both precisions, in the environment of its compiled step. */
export async function theirAttention(
  folder: string,
  { asked, threads }: Setting,
): Promise<{ readonly sides: readonly Side<Problem>[]; readonly missing: readonly string[]; close(): void }> {
  if (asked !== null && !asked.includes('PyTorch'))
    return { sides: [], missing: ['PyTorch: not asked for'], close() {} };
  try {
    const python = await pythonEnvironment(join(cacheDirectory(), 'peers', 'PyTorch'), TORCH, console.log);
    const script = join(repository, 'packages/bench/src/peers/torch_attention.py');
    const peer = await startPeer('torch_attention.py', [python, script, folder], { threads });
    const sides = (['float32', 'float64'] as const).map((precision) => sideOf<Problem>(peer, precision, () => true));
    return { sides, missing: [], close: peer.close };
  } catch (error) {
    if (!(error instanceof MixtentionError)) throw error;
    return { sides: [], missing: [`PyTorch: ${error.message}`], close() {} };
  }
}
