import { type Backend, float64, inFloat64, type RandomSource } from '@mixtention/core';
import { fail, lookUp, show } from '@mixtention/core/base';
import { evaluateStatic } from './collect-items.ts';
import { functions } from './elementwise.ts';
import { emit } from './emit.ts';
import { evaluator } from './evaluate-node.ts';
import type { Memory, Place } from './kernel-types.ts';
import { kernels } from './kernels.ts';
import { lower } from './lower.ts';
import { planProgram } from './plan.ts';
import type { Item, Plan } from './plan-types.ts';
import { showShape } from './shape.ts';
import type { Signature } from './signature.ts';
import type { Value } from './value.ts';

/** How a graph is run: as JavaScript made for it, or node by node, where a page forbids that. */
export type Execution = 'emitted' | 'interpreted';

const executions: { readonly [name in Execution]: true } = { emitted: true, interpreted: true };

/** A graph made ready to run, over memory of its own. */
export type Program = {
  readonly execution: Execution;
  /** The inputs one after another; written to before a run. */
  readonly inputs: Float64Array;
  /** The outputs one after another; overwritten by every run. */
  readonly outputs: Float64Array;
  /** The row numbers of an index; written to before a run. */
  readonly rowsOf: (index: Value) => Int32Array;
  /**
   * Exchanges two members in all that an index looks up, where tables that are known are all that it does; else null. So rows can be put in the order in which they come up, and lie side by side when they do: a
   * minibatch then costs what a pass over so many rows costs.
   */
  readonly swapperOf: (index: Value) => Swap | null;
  /** Computes the outputs; draws are taken from the source. */
  readonly run: (random?: RandomSource | null) => void;
  /** The emitted JavaScript; empty for the interpreter. */
  readonly source: string;
};

/** Exchanges two members. */
export type Swap = (i: number, j: number) => void;

export type CompileOptions = {
  /** Default: `emitted` where it is allowed. */
  readonly execution?: Execution | undefined;
  /** Whose float64 kernel serves mixtures of many rows (default: `float64`; on Node `await loadBackend('native')` is two to three times as fast). */
  readonly backend?: Backend | undefined;
};

/**
 * A graph as a program in float64.
 *
 * @param outputs  what is to be computed
 * @param inputs   what is given, in the order in which it lies in `inputs`
 * @returns the same bits from either execution
 * @throws BAD_MODEL for an input that is not listed, UNKNOWN_NAME for another execution, BAD_OPTION for what is no backend
 *
 * Cost: each array passes once through each loop that needs it; nothing is allocated in a run.
 *
 * @example
 * const x = input('x', [2]);
 * const program = compile([sum(mul(x, x))], [x]);
 * program.inputs.set([3, 4]);
 * program.run();
 * program.outputs[0]; // 25
 */
export const compile = (outputs: readonly Value[], inputs: readonly Value[], options: CompileOptions = {}): Program =>
  compileParts(outputs, inputs, options, null).program;

/** Refuses an execution that there is not, and what is no backend. */
function checkHow({ execution, backend }: CompileOptions): void {
  const where = 'svi/compile';
  if (execution !== undefined) lookUp(where, 'execution', execution, executions);
  if (backend !== undefined && typeof backend?.write !== 'function')
    fail(where, 'BAD_OPTION', `backend is ${show(backend)}, a backend was due (of loadBackend)`);
}

/** The same, and what gives the program the arrays of another graph of the same form. */
export function compileParts(
  outputs: readonly Value[],
  inputs: readonly Value[],
  options: CompileOptions,
  bound: Signature | null,
): { readonly program: Program; readonly bind: (signature: Signature) => void } {
  checkHow(options);
  const backend = inFloat64(options.backend ?? float64);
  const execution = options.execution ?? (canEmit() ? 'emitted' : 'interpreted');
  const plan = planProgram(lower(outputs), inputs, execution === 'interpreted', bound);
  const listed = new Set(inputs);
  for (const { kind, node } of plan.items)
    if (kind === 'input' && !listed.has(node))
      fail('svi/compile', 'BAD_MODEL', `input "${node.name}" ${showShape(node.shape)} is needed, but not listed`);
  const memory = { m: new Float64Array(plan.memorySize), x: new Int32Array(plan.placesSize) };
  for (const item of plan.items) {
    if (item.data !== undefined && item.place >= 0) memory.m.set(item.data, item.place);
    if (item.node.positions !== undefined && item.places >= 0) memory.x.set(item.node.positions, tableAt(item));
  }
  const { m, x } = memory;
  const made =
    execution === 'emitted' ? emitted(plan, memory, backend) : { run: interpreted(plan, memory, backend), source: '' };
  const program: Program = {
    ...made,
    execution,
    inputs: m.subarray(0, plan.inputSize),
    outputs: m.subarray(plan.inputSize, plan.inputSize + plan.outputSize),
    rowsOf: (index) => {
      const item = plan.items.find(({ node }) => node === index);
      if (item === undefined) return new Int32Array(index.shape[0]!);
      return x.subarray(item.places, item.places + item.size);
    },
    swapperOf: (index) => {
      const tables = tablesOf(plan, index);
      return tables === null ? null : (i, j) => swap(memory, tables, i, j);
    },
  };
  return { program, bind: binder(plan, memory, bound) };
}

/** Where rows of a width stand, in `m` or in `x`. */
type Table = { readonly at: number; readonly width: number; readonly isWhole: boolean };

/** All that an index looks up; null where that is not known, or looked at otherwise too. */
function tablesOf({ items, segments }: Plan, index: Value): readonly Table[] | null {
  const own = items.find(({ node }) => node === index);
  if (own === undefined) return null;
  const used = segments.flatMap((segment) => segment.items.map((id) => items[id]!));
  const readers = used.filter(({ operands }) => operands.some(({ base }) => base === own.id));
  const tables = new Map<Item, Table>();
  for (const item of readers) {
    if (item.kind === 'places') tables.set(item, { at: tableAt(item), width: 1, isWhole: true });
    else {
      const isLookUp = item.node.op === 'rows' || item.via === own.id;
      const base = items[item.operands[0]!.base]!;
      const isOther = used.some(
        (reader) => !readers.includes(reader) && reader.operands.some((x) => x.base === base.id),
      );
      if (!isLookUp || base.kind !== 'static' || base.varies || isOther) return null;
      const [members = 1] = item.operands[0]!.shape;
      tables.set(base, { at: base.place, width: base.size / members, isWhole: false });
    }
  }
  return [...tables.values()];
}

function swap({ m, x }: Memory, tables: readonly Table[], i: number, j: number): void {
  for (const { at, width, isWhole } of tables) {
    const memory = isWhole ? x : m;
    const [from, to] = [at + i * width, at + j * width];
    for (let c = 0; c < width; c++) {
      const own = memory[from + c]!;
      memory[from + c] = memory[to + c]!;
      memory[to + c] = own;
    }
  }
}

/** Writes arrays and places of a graph of the same form, and computes again what follows from them alone. */
function binder({ items }: Plan, { m, x }: Memory, bound: Signature | null): (signature: Signature) => void {
  if (bound === null) return () => {};
  const arrayAt = new Map(bound.arrays.map((array, i) => [array, i]));
  const positionsAt = new Map(bound.positions.map((own, i) => [own, i]));
  const steps = items.flatMap((item) => {
    const { data, positions } = item.node;
    const moved = positions === undefined ? undefined : positionsAt.get(positions);
    if (!item.varies && moved === undefined) return [];
    return [{ item, moved, array: data === undefined ? undefined : arrayAt.get(data) }];
  });
  return ({ arrays, positions }) => {
    const numbers = new Map<Item, Float64Array>();
    for (const { item, moved, array } of steps) {
      const places = moved === undefined ? item.node.positions : positions[moved]!;
      if (moved !== undefined && item.places >= 0) x.set(places!, tableAt(item));
      if (!item.varies) continue;
      const from = item.operands.map(({ base }) => numbers.get(items[base]!) ?? items[base]!.data!);
      const own = array === undefined ? evaluateStatic(item.node, from, places) : arrays[array]!;
      numbers.set(item, own);
      if (item.place >= 0) m.set(own, item.place);
    }
  };
}

type Run = (random?: RandomSource | null) => void;

function emitted(plan: Plan, { m, x }: Memory, backend: Backend): { run: Run; source: string } {
  const { source, kernels: called } = emit(plan);
  const K = called.map((item) => kernels(item.node, placeOf(item, plan), backend));
  const make = new Function('m', 'x', 'F', 'K', `"use strict";\n${source}`);
  const body = make(m, x, functions, K) as (random: RandomSource | null) => void;
  return { run: (random = null) => body(random), source };
}

function interpreted(plan: Plan, memory: Memory, backend: Backend): Run {
  const { m } = memory;
  const steps = plan.segments.flatMap(({ items }) => items.map((id) => plan.items[id]!));
  const evaluators = steps.map((item) => evaluator(item.node, placeOf(item, plan), memory, backend));
  return (random = null) => {
    for (const evaluate of evaluators) evaluate(random);
    plan.outputs.forEach(({ base }, i) => {
      const { place, size } = plan.items[base]!;
      const to = plan.outputPlaces[i]!;
      if (place !== to) m.copyWithin(to, place, place + size);
    });
  };
}

/** Where whole numbers stand that a program holds: of `places` behind those that follow from them. */
const tableAt = ({ kind, places, size }: Item): number => (kind === 'places' ? places + size : places);

const isOfRows = ({ kind }: Item): boolean => kind === 'index' || kind === 'places';

const placeOf = (item: Item, { items }: Plan): Place => ({
  at: item.operands.map(({ base }) => (isOfRows(items[base]!) ? items[base]!.places : items[base]!.place)),
  out: item.place,
  places: item.places,
  via: item.via === undefined ? undefined : items[item.via]!.places,
});

let allowed: boolean | undefined;

/** Whether code may be made here: pages with a content security policy often forbid it. */
function canEmit(): boolean {
  if (allowed === undefined) {
    try {
      allowed = new Function('return true')() as boolean;
    } catch {
      allowed = false;
    }
  }
  return allowed;
}
