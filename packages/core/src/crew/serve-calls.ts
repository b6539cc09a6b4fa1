import { errorFrom, fail, MixtentionError } from '../base/errors.ts';
import type { AnyAlgorithm, Backend, RowPart, Tree } from '../contracts/index.ts';
import type { ShardCache } from '../data/shard-cache.ts';
import { collectPart, partsAsked } from '../loop/collect-part.ts';
import { openWait, ring } from './bell.ts';
import { readCell } from './cell.ts';
import { type CellStore, cellStore } from './cell-store.ts';
import {
  type Asked,
  type Job,
  KEPT_JOBS,
  type LineMemory,
  MOST_LISTED,
  type ServeTask,
  STATE,
  type Told,
  WORD,
  type WorkError,
} from './protocol.ts';

/** How long a worker waits, in shared memory, to be called again; its event loop stands still meanwhile. */
const LISTEN_MS = 50;

/** Bytes of statistics whose adding can wait until the pass is over. */
const LITTLE = 2 ** 18;

/** What a job needs in this thread. */
export type Ready = { readonly algorithm: AnyAlgorithm; readonly backend: Backend };

export type Worker = {
  readonly shards: ShardCache;
  readonly prepare: (job: Job) => Promise<Ready>;
};

/** A job that was told, and what follows from it here. */
type Known = {
  readonly job: Job;
  ready: Ready | null;
  /** Of the pass with this number: one object as long as it is made, since what follows from a message is kept by it. */
  read:
    | (Pick<Asked, 'message'> & {
        readonly rows: readonly RowPart[];
        readonly pass: number;
        readonly order: readonly number[];
      })
    | null;
};

/** What a worker does with calls: it works, answers and listens, until it has something to tell by message or nobody calls. */
export function serveCalls({ shards, prepare }: Worker): (task: ServeTask) => Promise<Told> {
  const jobs = new Map<number, Known>();
  const cells = cellStore();
  const wait = openWait();
  let line: LineMemory | null = null;

  return async ({ line: number, memory, told, into }) => {
    if (memory !== null) {
      line = memory;
      cells.clear();
    }
    if (line === null || line.number !== number) return { kind: 'unknown' };
    const { words } = line;
    if (told !== null) jobs.set(told.number, { job: told, ready: null, read: null });
    cells.lend(into);
    const last = (answer: Told): Told => {
      Atomics.store(words, WORD.state, STATE.away);
      return answer;
    };
    while (isCalled(line, wait)) {
      const call = Atomics.load(words, WORD.call);
      const known = remember(jobs, words[WORD.job]!);
      let failure: WorkError | null = null;
      if (known?.ready === null) {
        try {
          known.ready = await prepare(known.job);
        } catch (error) {
          failure = errorOf(error, 0);
        }
      }
      if (!begins(words, call)) continue;
      if (known === undefined) return last({ kind: 'unknown' });
      for (let i = 0; i < words[WORD.freed]!; i++) cells.free(words[WORD.lists + i]!);
      if (failure !== null) return last({ ...failure, piece: orderOf(known, words)[0]! });
      const worked = await work(known, words, { shards, cells });
      if ('kind' in worked) return last(worked);
      const news = cells.news();
      const isWord = news === null && words[WORD.listens] !== 0;
      if (isWord) {
        Atomics.store(words, WORD.answered, call);
        Atomics.store(words, WORD.state, STATE.listens);
      }
      // A message is heard by itself; what others answered by their word before it is not.
      if (worked.isAwaited) ring(line.bell);
      if (!isWord) return last({ kind: 'brought', ...(news ?? { fresh: [], dropped: [] }) });
    }
    return { kind: 'idle' };
  };
}

/** Waits for a call; false when the main thread asks for the end, or for too long: then it is away. */
function isCalled({ words, bell }: LineMemory, wait: ReturnType<typeof openWait>): boolean {
  for (;;) {
    const state = Atomics.load(words, WORD.state);
    if (state !== STATE.listens) return state === STATE.called;
    const isOver = !wait(words, STATE.listens, bell, LISTEN_MS);
    if (isOver && Atomics.compareExchange(words, WORD.state, STATE.listens, STATE.away) === STATE.listens) return false;
  }
}

/** From here on the call is not taken back; false where it has been, or is another by now. */
function begins(words: Int32Array, call: number): boolean {
  if (Atomics.compareExchange(words, WORD.state, STATE.called, STATE.works) !== STATE.called) return false;
  if (Atomics.load(words, WORD.call) === call) return true;
  Atomics.store(words, WORD.state, STATE.called);
  return false;
}

/** The last jobs, so that no more data than theirs are held. */
function remember(jobs: Map<number, Known>, number: number): Known | undefined {
  const known = jobs.get(number);
  if (known === undefined) return undefined;
  jobs.delete(number);
  jobs.set(number, known);
  while (jobs.size > KEPT_JOBS) jobs.delete(jobs.keys().next().value!);
  return known;
}

/** Whether the main thread waits for it: as long as others are at work, it need not wake for a little. */
type Worked = { readonly isAwaited: boolean };

/** Statistics of every piece that it gets hold of, until it has as many as it may hold. */
async function work(
  known: Known,
  words: Int32Array,
  { shards, cells }: { readonly shards: ShardCache; readonly cells: CellStore },
): Promise<WorkError | Worked> {
  const { job, ready } = known;
  const { data, tiles, owners, flag, left, begun, begunAt } = job;
  const { algorithm, backend } = ready!;
  const worker = words[WORD.worker]!;
  const keeps = words[WORD.keeps] !== 0;
  const { message, rows } = read(known, words);
  const order = orderOf(known, words);
  const cancel = {
    get aborted() {
      return Atomics.load(flag, 0) !== 0;
    },
  };
  let [brought, bytes] = [0, 0];
  let hasMore = false;
  let piece = order[0]!;
  try {
    for (const [place, next] of order.entries()) {
      piece = next;
      const owner = Atomics.compareExchange(owners, piece, 0, worker + 1);
      // Its own already: a piece that cost its predecessor's life.
      if (owner !== 0 && owner !== worker + 1) continue;
      if (cancel.aborted) fail('core/worker', 'ABORTED', 'the run was cancelled');
      Atomics.store(begunAt, worker, BigInt(Date.now()));
      Atomics.store(begun, worker, piece);
      const reading = readNext(job, { rows, order, place }, { backend, shards });
      const stats = collectPart(algorithm, { message, data, part: rows[piece]! }, { shards, backend, tiles, cancel });
      const at = WORD.lists + MOST_LISTED + 2 * brought++;
      words[at] = piece;
      const cell = cells.store(stats, keeps);
      words[at + 1] = cell.id;
      bytes += cell.bytes;
      if (reading !== null) await reading;
      hasMore = brought >= MOST_LISTED || (brought >= words[WORD.roomPieces]! && bytes >= words[WORD.roomBytes]!);
      if (hasMore) break;
    }
    words[WORD.brought] = brought;
    const isLast = Atomics.sub(left, 0, brought) <= brought;
    return { isAwaited: isLast || hasMore || bytes > LITTLE };
  } catch (error) {
    // What it does not bring is free.
    for (let i = 0; i < brought; i++) cells.free(words[WORD.lists + MOST_LISTED + 2 * i + 1]!);
    return errorOf(error, piece);
  }
}

/** Begins to read the rows of the piece that comes next, unless another worker has it. */
function readNext(
  { owners, data }: Job,
  {
    rows,
    order,
    place,
  }: { readonly rows: readonly RowPart[]; readonly order: readonly number[]; readonly place: number },
  { backend, shards }: { readonly backend: Backend; readonly shards: ShardCache },
): Promise<void> | null {
  if (data.source.kind === 'memory') return null;
  const next = order.find((piece, i) => i > place && Atomics.load(owners, piece) === 0);
  return next === undefined ? null : shards.ahead(data, rows[next]!.shard, backend);
}

function read(known: Known, words: Int32Array): NonNullable<Known['read']> {
  const pass = words[WORD.pass]!;
  if (known.read?.pass === pass) return known.read;
  const { asked, data, begun } = known.job;
  const { message, rows } = readCell(asked) as Asked & Tree;
  // All shards are the same ones in every pass.
  if (rows === null && known.read !== null) return (known.read = { ...known.read, pass, message });
  const all = partsAsked(rows === null ? { message } : { message, rows }, data);
  return (known.read = { pass, message, rows: all, order: ownFirst(all, words[WORD.worker]!, begun.length) });
}

/** What it looks for first, and then: pieces in turn, or those of its own shards, as their tensors are kept here, and the others', the last ones first. */
function orderOf(known: Known, words: Int32Array): readonly number[] {
  const { rows, order: usual } = read(known, words);
  const first = words[WORD.first]!;
  const order = words[WORD.inTurn] === 0 ? usual : [...rows.keys()];
  return first < 0 ? order : [first, ...order.filter((piece) => piece !== first)];
}

function ownFirst(rows: readonly RowPart[], worker: number, workers: number): readonly number[] {
  const pieces = [...rows.keys()];
  const isOwn = (piece: number): boolean => rows[piece]!.shard % workers === worker;
  return [...pieces.filter(isOwn), ...pieces.filter((piece) => !isOwn(piece)).reverse()];
}

export function errorOf(error: unknown, piece: number): WorkError {
  const code = error instanceof MixtentionError ? error.code : 'TASK';
  const { message, stack = '' } = errorFrom(error);
  return { kind: 'error', piece, code, message, stack };
}
