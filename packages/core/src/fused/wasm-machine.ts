import type { Precision } from '../contracts/index.ts';
import { type Machine, openMachine, type TileSize, type Verbs } from './machine.ts';
import { modules } from './modules.ts';

/** Whether multiply–adds of one rounding are used: where the engine has them, or never, so that all machines give the same bits. */
export type Rounding = 'fastest' | 'common';

const PAGE = 65_536;
/** Below lie the constants of the modules. */
const HEAP = 8192;
const VECTOR = 16;
/** Sums are loaded and stored once a tile, so it must not be short. */
const TILE: TileSize = { bytes: 49_152, least: 48, most: 512, components: 1024 };

/**
 * A machine of WebAssembly.
 *
 * @throws `RangeError` where there is no memory; `CompileError` where the engine has no SIMD
 */
export function openWasmMachine(precision: Precision, rounding: Rounding): Machine {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const isFused = isFusedIn(rounding);
  const verbsOf = (own: Precision): Verbs =>
    new WebAssembly.Instance(moduleOf(own, isFused), { env: { memory } }).exports as unknown as Verbs;
  return openMachine({
    precision,
    verbs: verbsOf(precision),
    openExact: () => verbsOf('float64'),
    vector: VECTOR,
    narrow: VECTOR,
    tile: TILE,
    reach: null,
    bottom: HEAP,
    buffer: () => ({ buffer: memory.buffer, offset: 0, bytes: memory.buffer.byteLength }),
    grow(bytes) {
      memory.grow(Math.ceil((bytes - memory.buffer.byteLength) / PAGE));
    },
  });
}

/** Whether multiply–adds are of one rounding. */
export function isFusedIn(rounding: Rounding): boolean {
  return rounding === 'fastest' && hasFusedRounding();
}

const compiled = new Map<string, WebAssembly.Module>();

function moduleOf(precision: Precision, isFused: boolean): WebAssembly.Module {
  const name = (['single', 'double'] as const)[Number(precision === 'float64')]!;
  const key = isFused ? (`${name}Fused` as const) : name;
  let module = compiled.get(key);
  if (module === undefined) compiled.set(key, (module = new WebAssembly.Module(bytesOf(modules[key]))));
  return module;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

let fusedRounding: boolean | null = null;

/**
 * Whether this engine has relaxed SIMD (Node ≥ 22): multiply–adds of one rounding, where the processor has them.
 *
 * @example
 * fusedBackend({ precision: 'float32', rounding: hasFusedRounding() ? 'fastest' : 'common' }).precision; // 'float32'
 */
export function hasFusedRounding(): boolean {
  fusedRounding ??= WebAssembly.validate(bytesOf(modules.singleFused));
  return fusedRounding;
}
