import { join } from 'node:path';
import { MixtentionError } from '@mixtention/core';
import { cacheDirectory } from '@mixtention/native';
import { pythonEnvironment } from './python-environment.ts';
import { type PythonPeer, startPython } from './python-peer.ts';
import type { Side } from './side.ts';

type Peer = { readonly name: string; readonly script: string; readonly requirements: readonly string[] };

/** NumPy and SciPy as they resolve. */
const PEERS: readonly Peer[] = [
  { name: 'scikit-learn', script: 'scikit_learn.py', requirements: ['scikit-learn==1.9.1'] },
  {
    name: 'oneDAL',
    script: 'onedal.py',
    requirements: ['daal4py==2024.7.0', 'scikit-learn<1.6', 'packaging', 'scipy'],
  },
  { name: 'PyTorch', script: 'compiled_torch.py', requirements: ['torch==2.15.0', 'numpy'] },
];

export type TheirSides = {
  readonly sides: readonly Side[];
  /** What is not here, and why. */
  readonly missing: readonly string[];
  close(): void;
};

/**
 * Every peer that installs, in both precisions, each in a virtual environment of its own in the user's cache.
 *
 * @param asked  names of peers, all of them by default
 * @throws BAD_OPTION for a name that is none of theirs
 */
export async function theirSides(
  folder: string,
  { asked, threads }: { readonly asked: readonly string[] | null; readonly threads: number },
): Promise<TheirSides> {
  const names = PEERS.map(({ name }) => name);
  const unknown = asked?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new MixtentionError('BAD_OPTION', `[bench] peers: PEERS names "${unknown}", ${names.join(', ')} were due`);
  const running: PythonPeer[] = [];
  const missing: string[] = [];
  for (const { name, script, requirements } of PEERS) {
    if (asked !== null && !asked.includes(name)) {
      missing.push(`${name}: not asked for`);
      continue;
    }
    try {
      const python = await pythonEnvironment(join(cacheDirectory(), 'peers', name), requirements, console.log);
      running.push(await startPython(python, { script, folder, threads }));
    } catch (error) {
      if (!(error instanceof MixtentionError)) throw error;
      missing.push(`${name}: ${error.message}`);
    }
  }
  const close = (): void => {
    for (const peer of running) peer.close();
  };
  return { sides: running.flatMap(sidesOf), missing, close };
}

function sidesOf({ version, ask }: PythonPeer): Side[] {
  return (['float32', 'float64'] as const).map((precision) => ({
    name: version,
    precision,
    check: ({ shape }) => ask('check', shape, precision),
    iterate: ({ shape }) => ask('time', shape, precision),
  }));
}
