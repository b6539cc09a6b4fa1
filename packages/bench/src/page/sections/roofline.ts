import type { Precision } from '@mixtention/core';
import { type Content, decimal, type Html, html, percent } from '@mixtention/core/page';
import type { KernelTime, ShapeResult } from '../../kernel/kernel-results.ts';
import type { LimitName } from '../../kernel/limits.ts';
import type { Results } from '../../main-job/results.ts';
import { table } from '../table.ts';

const KERNELS: Readonly<Record<string, string>> = {
  'tfjs-node': 'tfjs-node',
  'tfjs-wasm': 'tfjs-wasm',
  plain: 'plain JavaScript',
  wasm: 'WebAssembly',
  avx512: 'native, AVX-512',
  avx2: 'native, AVX2',
  portable: 'native, portable',
};

const LIMITS: Readonly<Record<LimitName, string>> = {
  products: 'products',
  exponentials: 'exponentials',
  memory: 'memory',
};

/** Every kernel at every shape, as a share of what the machine can do at most; nothing where `npm run bench:kernel` never measured its limits. */
export function rooflineSection({ kernel }: Results): Html | null {
  if (kernel === null || kernel.shapes.some(({ limits }) => limits === null)) return null;
  const { shapes, machine } = kernel;
  const columns = [
    { name: 'one thread' },
    ...shapes.map(({ name }) => ({ name: name.replaceAll(' = ', '\u00a0=\u00a0'), isNumber: true })),
  ];
  const groups = (['float32', 'float64'] as const).map((precision) => ({
    name: precision,
    rows: [nearest(shapes, precision), ...namesIn(shapes, precision).map((name) => rowOf(shapes, name))],
  }));
  return html`<section id="roofline" class="roofline">
<h2>How close to the machine</h2>
<p>The time that the nearest limit leaves at least, over the time taken: products at the rate of the fastest library at hand, exponentials at NumPy’s, rows read once from memory. More than 100&nbsp;% is faster than that library’s products. ${machine.cpu}, Node ${machine.node}, load average ${decimal(machine.loadAverage)}; medians of ${kernel.rounds} interleaved rounds of <code>npm run bench:kernel</code>.</p>
${table(columns, groups)}
</section>`;
}

/** Kernels of a precision, each once, as they were measured. */
function namesIn(shapes: readonly ShapeResult[], precision: Precision): readonly string[] {
  const times = shapes.flatMap(({ backends }) => backends.filter((one) => one.precision === precision));
  return [...new Set(times.map(({ name }) => name))];
}

function rowOf(shapes: readonly ShapeResult[], name: string): readonly Content[] {
  const label = name.replace(/ float(32|64)$/, '');
  const cells = shapes.map(({ backends }) => cell(backends.find((one) => one.name === name)));
  return [html`<b class="model">${KERNELS[label] ?? label}</b>`, ...cells];
}

function cell(time: KernelTime | undefined): Content {
  const share = time?.share ?? null;
  if (share === null) return '';
  const width = Math.min(100, 100 * share).toFixed(1);
  return html`<span class="roof">${percent(share)}<span class="track"><span class="bar" style="width:${width}%"></span></span></span>`;
}

/** Which limit is the nearest: the same for all kernels of a precision. */
function nearest(shapes: readonly ShapeResult[], precision: Precision): readonly Content[] {
  const names = shapes.map(({ backends }) => {
    const limit = backends.find((one) => one.precision === precision)?.limit;
    return html`<span class="quiet">${limit ? LIMITS[limit] : ''}</span>`;
  });
  return [html`<span class="quiet">nearest limit</span>`, ...names];
}
