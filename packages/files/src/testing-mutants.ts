import { integers, utf8 } from './testing.ts';

/** Kept: a mutant that ever failed can be made again from its format and index. */
const SEED = 20_261_125;

/** Pieces at which parsers stumble. */
const TOKENS = [
  '\0',
  '\n',
  '\r\n',
  ',',
  ';',
  ' ',
  '\t',
  '"',
  '""',
  '-',
  '.',
  'e',
  '1e999',
  'NaN',
  'inf',
  '0x',
  '()',
  '{',
  '}',
  "'",
  ':',
  'True',
  '9007199254740993',
]
  .map(utf8)
  .concat(Uint8Array.of(0xff), Uint8Array.of(0xff, 0xff, 0xff, 0xff), Uint8Array.of(0x7f, 0xf0), new Uint8Array(8));

type Mutation = (bytes: Uint8Array, next: (n: number) => number) => Uint8Array;

const splice = (bytes: Uint8Array, start: number, end: number, piece: Uint8Array) =>
  Uint8Array.of(...bytes.subarray(0, start), ...piece, ...bytes.subarray(end));

const MUTATIONS: readonly Mutation[] = [
  (bytes, next) => bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ (1 << next(8)) : byte)),
  (bytes, next) => flip(bytes, next(bytes.length), 1 << next(8)),
  (bytes, next) => flip(bytes, next(Math.min(bytes.length, 16)), 1 + next(255)),
  (bytes, next) => bytes.slice(0, next(bytes.length)),
  (bytes, next) => bytes.slice(next(bytes.length)),
  (bytes, next) => range(bytes, next, (start, end) => splice(bytes, start, end, new Uint8Array())),
  (bytes, next) => range(bytes, next, (start, end) => splice(bytes, end, end, bytes.slice(start, end))),
  (bytes, next) => range(bytes, next, (start, end) => splice(bytes, start, end, bytes.slice(start, end).reverse())),
  (bytes, next) => insert(bytes, next(bytes.length + 1), TOKENS[next(TOKENS.length)]!),
  (bytes, next) => range(bytes, next, (start, end) => splice(bytes, start, end, TOKENS[next(TOKENS.length)]!)),
];

function flip(bytes: Uint8Array, at: number, mask: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ mask : byte));
}

function insert(bytes: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
  return splice(bytes, at, at, piece);
}

function range(
  bytes: Uint8Array,
  next: (n: number) => number,
  change: (start: number, end: number) => Uint8Array,
): Uint8Array {
  const start = next(bytes.length + 1);
  return change(start, Math.min(bytes.length, start + next(12)));
}

/** A file damaged at one to three places; a mutant that ever failed can be made again from its seeds and index. */
export function mutant(seeds: readonly Uint8Array[], index: number): Uint8Array {
  const next = integers(SEED + index);
  let bytes = seeds[next(seeds.length)]!;
  for (let steps = 1 + next(3); steps > 0; steps--) bytes = MUTATIONS[next(MUTATIONS.length)]!(bytes, next);
  return bytes;
}
