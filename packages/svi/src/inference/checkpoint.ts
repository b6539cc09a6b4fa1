import type { Tree } from '@mixtention/core';
import { copyTree, decodeAs, encodeAs, encodeTree, fail, isRecord, show } from '@mixtention/core/base';
import { generator, key, split } from '@mixtention/core/numeric';
import type { Objective } from './objective.ts';
import type { SviCheckpoint } from './run-state.ts';
import type { SettledSvi } from './svi-options.ts';
import { ruleOf } from './walk.ts';

/** All of a run, as it stands; what it does afterwards changes nothing. */
export const checkpointOf = (parts: SviCheckpoint): SviCheckpoint =>
  copyTree(parts as unknown as Tree) as unknown as SviCheckpoint;

/** What a checkpoint is held to. */
export function identityOf(
  objective: Objective,
  { guide, seed, ...options }: SettledSvi,
): Pick<SviCheckpoint, 'guide' | 'options' | 'fingerprint'> {
  const {
    nonCentred,
    estimator,
    discrete,
    temperature,
    draws,
    optimizer,
    learningRate,
    accuracy,
    resultDraws,
    rounds,
  } = options;
  return {
    guide: guide.name,
    options: {
      estimator,
      discrete,
      temperature: temperature as Tree,
      draws,
      optimizer: ruleTold(optimizer),
      parameters: objective.begin.length,
      learningRate: learningRate ?? null,
      nonCentred: nonCentred ?? null,
      accuracy,
      resultDraws,
      rounds,
      seed,
    },
    fingerprint: fingerprintOf(objective, seed),
  };
}

/** Estimates of the bound where the guide begins, summed over minibatches that hold every row. */
function fingerprintOf({ step, begin, subsets }: Objective, seed: number): number {
  step.inputs.fill(0);
  step.inputs.set(begin);
  if (step.inputs.length > begin.length) step.inputs[step.inputs.length - 1] = 1;
  const batches = subsets.reduce((most, { rows, size }) => Math.max(most, Math.ceil(size / rows.length)), 1);
  let total = 0;
  for (let batch = 0; batch < batches; batch++) {
    for (const { rows, size } of subsets)
      for (let i = 0; i < rows.length; i++) rows[i] = (batch * rows.length + i) % size;
    step.run(generator(split(key(seed), 'svi', 'fingerprint', batch)));
    total += step.outputs[0]!;
  }
  return total;
}

/** An optimizer by its name and by where two steps of it lead: rules of one name may have settings of their own. */
function ruleTold(named: SettledSvi['optimizer']): string {
  const rule = ruleOf(named);
  if (named === 'natural') return rule.name;
  let at = Float64Array.of(1);
  let state = rule.init({ guide: at });
  for (const slope of [1, -0.3]) {
    const next = rule.update({ guide: Float64Array.of(slope) }, state, 0.1, { guide: at });
    at = Float64Array.of(at[0]! + next.updates.guide![0]!);
    state = next.state;
  }
  return `${rule.name} (${at[0]})`;
}

/**
 * Refuses a checkpoint of another run.
 *
 * @throws BAD_OPTION with what differs
 */
export function checkSviResume(checkpoint: SviCheckpoint, now: ReturnType<typeof identityOf>): void {
  const refuse = (what: string): never => fail('svi/svi', 'BAD_OPTION', `the checkpoint is of another run: ${what}`);
  if (checkpoint.guide !== now.guide) refuse(`its guide is ${checkpoint.guide}, this is ${now.guide}`);
  for (const [name, due] of Object.entries(now.options)) {
    const then = checkpoint.options[name] ?? null;
    if (encodeTree(then) !== encodeTree(due)) refuse(`${name} is ${show(then)}, here it is ${show(due)}`);
  }
  if (!Object.is(checkpoint.fingerprint, now.fingerprint))
    refuse(
      `with its draws the model has the bound ${checkpoint.fingerprint}, here ${now.fingerprint}; same model, data and backend were due`,
    );
}

const FORMAT = { format: 'mixtention/svi-checkpoint', formatVersion: 4 };

/**
 * A checkpoint of `svi` as text, every bit of it.
 *
 * @throws BAD_MODEL where it would be longer than a text can be
 *
 * @example
 * const coin = ({ sample, observe, beta, bernoulli }, heads) => observe('heads', bernoulli(sample('p', beta(10, 10))), heads);
 * let text = '';
 * const onCheckpoint = (checkpoint) => { text = encodeSviCheckpoint(checkpoint); };
 * const whole = svi(coin, [1, 1, 0, 1], { onCheckpoint, checkpointEveryMs: 0 });
 * const again = svi(coin, [1, 1, 0, 1], { resume: decodeSviCheckpoint(text) });
 * again.bound === whole.bound; // true
 */
export function encodeSviCheckpoint(checkpoint: SviCheckpoint): string {
  return encodeAs(FORMAT, checkpoint as unknown as { readonly [name: string]: Tree });
}

/**
 * The checkpoint that `encodeSviCheckpoint` wrote. Whether it is one of a certain run is seen when that resumes.
 *
 * @throws BAD_MODEL for anything else
 *
 * @example
 * try {
 *   decodeSviCheckpoint('{}');
 * } catch (error) {
 *   error.code; // 'BAD_MODEL'
 * }
 */
export function decodeSviCheckpoint(text: string): SviCheckpoint {
  const where = 'svi/decodeSviCheckpoint';
  const checkpoint = decodeAs(where, 'the checkpoint', FORMAT, text);
  const { guide, options, start, climb } = checkpoint;
  const isWhole =
    typeof guide === 'string' &&
    isRecord(options ?? null) &&
    isRecord(start ?? null) &&
    isRecord(climb ?? null) &&
    isRecord((climb as { readonly [name: string]: Tree }).walk ?? null);
  if (!isWhole) fail(where, 'BAD_MODEL', 'parts of the checkpoint are missing, or not what they should be');
  return checkpoint as unknown as SviCheckpoint;
}
