import { availableParallelism } from 'node:os';
import { type Backend, type BackendName, inFloat64, MixtentionError } from '@mixtention/core';
import { counted } from '@mixtention/core/base';
import { type KernelRates, measureRates, type Rates, storedRates } from '@mixtention/core/plan';
import { loadBackend } from '@mixtention/core/threads';
import { inspectKernel, inspectTfjsNode, type KernelInspection, type TfjsNodeInspection } from '@mixtention/native';
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
  /** Sets of instructions that the native kernel has and this processor runs, best first; null without it */
  readonly kernel: readonly string[] | null;
  /** Of tfjs-node */
  readonly tensorflow: string | null;
  readonly instructionSets: readonly string[];
  readonly threads: { readonly cores: number; readonly workers: number; readonly intraOp: number };
  /** Measured now: what the fused kernels take on one thread, nanoseconds */
  readonly rates: Rates;
  readonly node: string;
  readonly cache: string;
  readonly advice: readonly string[];
  readonly native: KernelInspection;
  readonly tfjsNode: TfjsNodeInspection;
};

/** `mixtention doctor`: which backend is used, why, and what to do about anything missing. */
export function doctorCommand(signal: AbortSignal): Command {
  return new Command('doctor')
    .description('Say which backend is used, why, and what to do about anything missing.')
    .option('--verify', 'hash the cached files of tfjs-node')
    .addOption(jsonOption())
    .action(async ({ verify = false, json }: { verify?: boolean; json?: boolean }) => {
      const diagnosis = await diagnose(verify, signal);
      await (json ? printJson(diagnosis) : print(forPeople(diagnosis)));
    });
}

async function diagnose(verify: boolean, signal: AbortSignal): Promise<Diagnosis> {
  const native = await inspectKernel({ root: packageRoot, signal });
  const tfjsNode = await inspectTfjsNode({ root: packageRoot, verify, signal });
  // A library that is not the pinned one is not loaded, not even to say that it is there.
  if (tfjsNode.damaged) process.env.MIXTENTION_NATIVE = 'off';
  const backend = await loadBackend('auto');
  const cores = availableParallelism();
  return {
    version,
    backend: backend.name,
    reason: reasonFor(backend, native),
    kernel: native.loads ? native.sets : null,
    tensorflow: tfjsNode.tensorflow,
    instructionSets: tfjsNode.instructionSets,
    threads: { cores, workers: cores, intraOp: Number(process.env.TF_NUM_INTRAOP_THREADS) || 1 },
    rates: await ratesHere(),
    node: process.version,
    cache: tfjsNode.cacheDir,
    advice: [...new Set([...native.advice, ...tfjsNode.advice])],
    native,
    tfjsNode,
  };
}

/** Of the fused kernels that load here. */
async function ratesHere(): Promise<Rates> {
  const rates: { -readonly [name in 'native' | 'wasm']?: Rates[name] & object } = {};
  for (const name of ['native', 'wasm'] as const)
    try {
      const backend = await loadBackend(name);
      rates[name] = { float32: measureRates(backend), float64: measureRates(inFloat64(backend)) };
    } catch (error) {
      // Why is said elsewhere.
      if (!(error instanceof MixtentionError && error.code === 'BACKEND_UNAVAILABLE')) throw error;
    }
  return rates;
}

function reasonFor({ name, kernel }: Backend, native: KernelInspection): string {
  const asked = process.env.MIXTENTION_BACKEND;
  if (asked && asked !== 'auto') return `MIXTENTION_BACKEND=${asked}`;
  if (name === 'native') return `the native kernel loads (${kernel})`;
  const missing = `the native kernel is not in use: ${native.reason ?? 'it does not load here'}`;
  return name === 'wasm' ? missing : `${missing}; WebAssembly does not work either`;
}

function forPeople(d: Diagnosis): string {
  const notes = {
    native: ' (of small problems wasm)',
    wasm: ' (takes two to four times as long as native; of wide problems, P from 500, tfjs-node where it is there)',
    'tfjs-node': ' (1.3 to 7 times slower than native)',
    'tfjs-wasm': ' (2 to 20 times slower than wasm)',
    plain: ' (5 to 20 times slower than wasm)',
  };
  const lines: [string, string][] = [
    ['version', d.version],
    ['backend', `${d.backend === 'plain' ? pc.yellow(d.backend) : pc.green(d.backend)}${notes[d.backend]}`],
    ['reason', d.reason],
    ['native kernel', d.kernel?.join(', ') ?? `none: ${d.native.reason}`],
    ['tfjs-node', d.tensorflow === null ? `none: ${d.tfjsNode.reason}` : `TensorFlow ${d.tensorflow}`],
    ['instruction sets', d.instructionSets.join(' ') || 'unknown'],
    [
      'threads',
      `${counted(d.threads.cores, 'core')}: ${counted(d.threads.workers, 'worker')} × ${d.threads.intraOp} inside TensorFlow`,
    ],
    ...rateLines(d.rates),
    ['node', d.node],
    ['cache', `${d.cache}${d.tfjsNode.cachedBuild === null ? ' (no build in it)' : ''}`],
    [
      'python, compiler',
      `${d.tfjsNode.python ? `${d.tfjsNode.python.command}, pip ${d.tfjsNode.python.pip}` : 'no Python with pip'}; ${d.tfjsNode.compiler?.version ?? 'no C++ compiler'}`,
    ],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  const text = lines.map(([name, value]) => `${pc.bold(name.padEnd(width))}  ${value}\n`).join('');
  return text + (d.advice.length === 0 ? 'Nothing is missing.\n' : d.advice.map((line) => `→ ${line}\n`).join(''));
}

/** Beside those that `plan` chooses by: a line a kernel and precision. */
function rateLines(rates: Rates): [string, string][] {
  const shown = ({ none: { product, pair }, each }: KernelRates): string =>
    `${product.toFixed(3)} ns a product, ${each.product.toFixed(3)} under full covariances, ${pair.toFixed(1)} ns a row and component`;
  return (['native', 'wasm'] as const).flatMap((name) =>
    (['float32', 'float64'] as const).flatMap((precision): [string, string][] => {
      const [own, stored] = [rates[name]?.[precision], storedRates[name]?.[precision]];
      if (own === undefined) return [];
      const beside =
        stored === undefined
          ? ''
          : ` (stored: ${stored.none.product.toFixed(3)}, ${stored.each.product.toFixed(3)}, ${stored.none.pair.toFixed(1)})`;
      return [[`rate, ${name} ${precision}`, `${shown(own)}${beside}`]];
    }),
  );
}
