import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AnyAlgorithm, Tree } from '@mixtention/core';
import type { AlgorithmTable } from '@mixtention/core/loop';

/** What goes wrong at one shard; `once` only at the first try. */
export type Fault = { readonly kind: 'throw' | 'exit' | 'exit-once' | 'slow'; readonly shard: number };

export type ProbeState = { readonly natural: Float64Array; readonly bias: Float64Array };

/** An algorithm in a file of its own, which threads can load, and the folder it lies in. */
export type Probe = {
  algorithm(fault?: Fault): AnyAlgorithm;
  readonly message: ProbeState;
  remove(): void;
};

/** Components and columns of the probe: the executor's data need as many columns. */
export const PROBE = { components: 5, width: 3 } as const;

/**
 * Writes the probe: statistics of linear scores, a ledger of the shards visited, and faults on demand.
 *
 * Plain JavaScript without imports, since a worker thread of Node 20 loads it as it is.
 */
export async function writeProbe(): Promise<Probe> {
  const folder = mkdtempSync(join(tmpdir(), 'mixtention-probe-'));
  const url = pathToFileURL(join(folder, 'probe.mjs')).href;
  writeFileSync(join(folder, 'probe.mjs'), SOURCE);
  const { algorithms } = (await import(/* @vite-ignore */ url)) as { algorithms: AlgorithmTable };
  let made = 0;
  return {
    algorithm: (fault) =>
      algorithms.probe!({ url, fault: fault ?? null, marker: join(folder, `marker-${++made}`) } as Tree),
    message: {
      natural: Float64Array.from({ length: PROBE.components * PROBE.width }, (_, i) => Math.sin(3 * i + 1)),
      bias: Float64Array.from({ length: PROBE.components }, (_, k) => -0.3 * k),
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const SOURCE = `
import { existsSync, writeFileSync } from 'node:fs';
const identity = { key: 'probe', squares: 'none', width: (columns) => columns, statistics: (x) => x, logBaseMeasure: () => null };
const COMPONENTS = ${PROBE.components};
const WIDTH = ${PROBE.width};
const MOST_SHARDS = 64;
const MOST_ROWS = 200;
export const algorithms = {
  probe: (config) => ({
    spec: { kind: 'algorithm', name: 'probe', module: config.url, from: config.url, config },
    claims: { objective: 'noisy' },
    // Of the key and of every row of the sample.
    init: ({ seed }, { data }) => ({
      natural: Float64Array.from({ length: COMPONENTS * WIDTH }, (_, i) => Math.sin(seed + data.reduce((sum, cell, j) => sum + cell * Math.cos(i + j), i))),
      bias: new Float64Array(COMPONENTS),
    }),
    ask: (message) => ({ message }),
    collect({ natural, bias }, shard, cancel) {
      misbehave(config, shard.index);
      const term = { form: 'linear', statistics: identity, columns: null, width: shard.width, natural };
      const scores = { components: bias.length, bias, terms: [term] };
      const { counts, sums, logEvidence, weight, orphans } = shard.write(scores, cancel ? { cancel } : {});
      const visits = new Float64Array(MOST_SHARDS);
      visits[shard.index] = 1;
      const seen = new Float64Array(MOST_ROWS);
      for (const n of shard.numbers()) seen[n] += 1;
      return { counts, sums, total: { logEvidence, weight, orphans }, visits, seen, name: 'probe' };
    },
    update: (state, { sum }) => ({ state, info: { objective: sum.total.logEvidence, logLikelihood: sum.total.logEvidence } }),
  }),
};
function misbehave({ fault, marker }, index) {
  if (fault === null || (fault.shard !== index && fault.kind !== 'slow')) return;
  if (fault.kind === 'throw') throw new TypeError('the probe broke on purpose');
  if (fault.kind === 'exit') process.exit(1);
  if (fault.kind === 'exit-once' && !existsSync(marker)) {
    writeFileSync(marker, '');
    process.exit(1);
  }
  // Busy, as real work is: the thread's event loop stands still.
  if (fault.kind === 'slow') for (const end = performance.now() + 15; performance.now() < end; );
}
`;
