import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { type Arrays, type LearningRate, type TrainOptions, type TrainState, train } from '@mixtention/core/optimize';
import { writeFileAtomic } from '@mixtention/files';
import { type Spent, stopwatch } from '../speed/stopwatch.ts';

/** A model to train: the same parts make the same parameters, bit for bit, however often the training was interrupted. */
export type Recipe = Pick<TrainOptions, 'gradient' | 'rows' | 'batch' | 'optimizer' | 'seed'> & {
  readonly name: string;
  /** What else the result depends on, sizes and data: a checkpoint of another text is left alone. */
  readonly text: string;
  init(): Arrays;
  learningRate(steps: number): LearningRate;
};

export type TrainingPlan = {
  /** Steps in all, or how many minutes they may take: the first steps tell how many that is, once and for all. */
  readonly budget: { readonly steps: number } | { readonly minutes: number };
  /** Where its checkpoint lies. */
  readonly folder: string;
  /** Stops at the next step, which is written down. */
  readonly signal: AbortSignal;
  readonly show?: (text: string) => void;
};

export type TrainedModel = Spent & { readonly parameters: Arrays; readonly steps: number };

type Checkpoint = Spent & { readonly text: string; readonly steps: number; readonly state: TrainState };

const [WARM, TIMED] = [8, 16];
/** An end of the schedule that the first steps do not feel. */
const FAR = 1e6;
const EVERY_MS = 60_000;
const NOTHING_SPENT: Spent = { seconds: 0, cpuSeconds: 0 };

/** Trains as long as it may, from where it was interrupted; the parameters once all steps are done. */
export async function trainModel(recipe: Recipe, plan: TrainingPlan): Promise<TrainedModel> {
  const path = join(plan.folder, `${recipe.name}.checkpoint`);
  const text = JSON.stringify([recipe.text, plan.budget]);
  let kept = await readCheckpoint(path, text);
  kept ??= { text, steps: 'steps' in plan.budget ? plan.budget.steps : 0, ...NOTHING_SPENT, state: untrained(recipe) };
  if (kept.steps === 0) kept = await settled(recipe, kept, plan);
  await mkdir(plan.folder, { recursive: true });
  let written = performance.now();
  for await (const now of continued(recipe, kept, plan.signal)) {
    kept = now;
    const { step, loss } = now.state;
    plan.show?.(`step ${step} of ${now.steps}, ${loss.toFixed(2)} nats in its minibatch`);
    if (performance.now() - written < EVERY_MS && !plan.signal.aborted) continue;
    await writeFileAtomic(path, serialize(now));
    written = performance.now();
    plan.signal.throwIfAborted();
  }
  await writeFileAtomic(path, serialize(kept));
  const { steps, seconds, cpuSeconds } = kept;
  return { parameters: kept.state.parameters, steps, seconds, cpuSeconds };
}

/** The state before the first step. */
function untrained({ init, optimizer }: Recipe): TrainState {
  const parameters = init();
  return { step: 0, parameters, optimizer: optimizer.init(parameters), loss: Number.NaN };
}

/** Makes the first steps, whose rate warms up and does not know yet how many there will be, and finds that out. */
async function settled(recipe: Recipe, begun: Checkpoint, { budget, signal }: TrainingPlan): Promise<Checkpoint> {
  const { minutes } = budget as { readonly minutes: number };
  let kept = begun;
  let before = begun;
  for await (const now of continued(recipe, { ...begun, steps: FAR }, signal)) {
    signal.throwIfAborted();
    kept = now;
    if (now.state.step === WARM) before = now;
    if (now.state.step === WARM + TIMED) break;
  }
  const each = (kept.seconds - before.seconds) / TIMED;
  const more = Math.floor((60 * minutes - kept.seconds) / each);
  return { ...kept, steps: WARM + TIMED + Math.max(0, more) };
}

async function* continued(recipe: Recipe, from: Checkpoint, signal: AbortSignal): AsyncGenerator<Checkpoint> {
  const { gradient, rows, batch, optimizer, seed, learningRate } = recipe;
  const { steps } = from;
  const options = { gradient, rows, batch, optimizer, seed, learningRate: learningRate(steps), steps };
  let { seconds, cpuSeconds } = from;
  let spent = stopwatch();
  for (const state of train({ ...options, from: from.state })) {
    const own = spent();
    seconds += own.seconds;
    cpuSeconds += own.cpuSeconds;
    yield { ...from, seconds, cpuSeconds, state };
    if (signal.aborted) return;
    // Signals are heard between two steps.
    await setImmediate();
    spent = stopwatch();
  }
}

async function readCheckpoint(path: string, text: string): Promise<Checkpoint | null> {
  try {
    const found = deserialize(await readFile(path)) as Checkpoint;
    return found.text === text ? found : null;
  } catch {
    return null;
  }
}
