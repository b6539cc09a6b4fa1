import { availableParallelism } from 'node:os';
import type { BackendName } from '@mixtention/core';
import { loadBackend } from '@mixtention/core/threads';
import { inspectNative, type NativeInspection } from '@mixtention/native';
import { Command } from 'commander';
import pc from 'picocolors';
import { jsonOption } from '../options.ts';
import { print, printJson } from '../print.ts';
import { version } from '../version.ts';
import { packageRoot } from './setup-native.ts';

/** What `doctor --json` prints. */
export type Diagnosis = {
  /** Of this package */
  readonly version: string;
  readonly backend: BackendName;
  readonly reason: string;
  readonly tensorflow: string | null;
  readonly instructionSets: readonly string[];
  readonly threads: { readonly cores: number; readonly workers: number; readonly intraOp: number };
  readonly node: string;
  readonly cache: string;
  readonly advice: readonly string[];
  readonly native: NativeInspection;
};

/** `mixtention doctor`: which backend is used, why, and what to do about anything missing. */
export function doctorCommand(signal: AbortSignal): Command {
  return new Command('doctor')
    .description('Say which backend is used, why, and what to do about anything missing.')
    .option('--verify', 'hash the cached files of the native backend')
    .addOption(jsonOption())
    .action(async ({ verify = false, json }: { verify?: boolean; json?: boolean }) => {
      const diagnosis = await diagnose(verify, signal);
      await (json ? printJson(diagnosis) : print(forPeople(diagnosis)));
    });
}

async function diagnose(verify: boolean, signal: AbortSignal): Promise<Diagnosis> {
  const native = await inspectNative({ root: packageRoot, verify, signal });
  // A library that is not the pinned one is not loaded, not even to say that it is there.
  if (native.damaged) process.env.MIXTENTION_NATIVE = 'off';
  const backend = await loadBackend('auto');
  const cores = availableParallelism();
  return {
    version,
    backend: backend.name,
    reason: reasonFor(backend.name, native),
    tensorflow: backend.name === 'native' ? native.tensorflow : null,
    instructionSets: native.instructionSets,
    threads: { cores, workers: cores, intraOp: Number(process.env.TF_NUM_INTRAOP_THREADS) || 1 },
    node: process.version,
    cache: native.cacheDir,
    advice: native.advice,
    native,
  };
}

function reasonFor(name: Diagnosis['backend'], native: NativeInspection): string {
  const asked = process.env.MIXTENTION_BACKEND;
  if (asked && asked !== 'auto') return `MIXTENTION_BACKEND=${asked}`;
  if (name === 'native')
    return `the native library loads (TensorFlow ${native.tensorflow}, ${native.source ?? 'own build'})`;
  const missing = `the native library is not in use: ${native.reason ?? 'it does not load here'}`;
  return name === 'wasm' ? missing : `${missing}; WebAssembly does not work either`;
}

function forPeople(d: Diagnosis): string {
  const notes = {
    native: ' (of wide problems, P from 500; of others wasm)',
    wasm: '',
    'tfjs-wasm': ' (2 to 20 times slower than wasm)',
    plain: ' (5 to 20 times slower than wasm)',
  };
  const lines: [string, string][] = [
    ['version', d.version],
    ['backend', `${d.backend === 'plain' ? pc.yellow(d.backend) : pc.green(d.backend)}${notes[d.backend]}`],
    ['reason', d.reason],
    ['tensorflow', d.tensorflow ?? 'none'],
    ['instruction sets', d.instructionSets.join(' ') || 'unknown'],
    ['threads', `${d.threads.cores} cores: ${d.threads.workers} workers × ${d.threads.intraOp} inside TensorFlow`],
    ['node', d.node],
    ['cache', `${d.cache}${d.native.cachedBuild === null ? ' (no build in it)' : ''}`],
    [
      'python, compiler',
      `${d.native.python ? `${d.native.python.command}, pip ${d.native.python.pip}` : 'no Python with pip'}; ${d.native.compiler?.version ?? 'no C++ compiler'}`,
    ],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  const text = lines.map(([name, value]) => `${pc.bold(name.padEnd(width))}  ${value}\n`).join('');
  return text + (d.advice.length === 0 ? 'Nothing is missing.\n' : d.advice.map((line) => `→ ${line}\n`).join(''));
}
