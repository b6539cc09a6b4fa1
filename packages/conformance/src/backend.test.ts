import type { Backend, Term, Written } from '@mixtention/core';
import { plain } from '@mixtention/core';
import { describe, expect, it } from 'vitest';
import { agreementRows } from './backend-agreement.ts';
import { maskRows } from './backend-masks.ts';
import { resourceRows } from './backend-resources.ts';
import { termRows } from './backend-terms.ts';
import { tileRows } from './backend-tiles.ts';
import { weightRows } from './backend-weights.ts';

type Write = Backend['write'];
type Read = Backend['read'];

const withWrite = (write: (own: Write) => Write): Backend => ({ ...plain, write: write(plain.write) });
const withRead = (read: (own: Read) => Read): Backend => ({ ...plain, read: read(plain.read) });
const changed = (change: (written: Written) => Partial<Written>): Backend =>
  withWrite((own) => (...call) => {
    const written = own(...call);
    return { ...written, ...change(written) };
  });

// One planted bug for each row that must notice it.
const planted: readonly (readonly [row: string, bug: string, backend: Backend])[] = [
  [
    'write-agrees',
    'sums are a ten-thousandth too large',
    changed(({ sums }) => ({ sums: sums.map((own) => own.map((s) => 1.0001 * s)) })),
  ],
  [
    'read-agrees',
    'labels start from 1',
    withRead((own) => (...call) => ({
      ...own(...call),
      ...(call[3]?.labels && { labels: own(...call).labels!.map((l) => l + 1) }),
    })),
  ],
  [
    'hard-agrees',
    'hard is taken for soft',
    withWrite((own) => (rows, scores, options) => own(rows, scores, { ...options, hard: false })),
  ],
  [
    'larger-sizes',
    'the last of many rows is forgotten',
    withWrite(
      (own) => (rows, scores, options) =>
        own(
          rows.map((own) => (own.rows > 1000 ? { ...own, rows: own.rows - 1 } : own)),
          scores,
          options,
        ),
    ),
  ],
  [
    'strided',
    'padding is read as data',
    withWrite(
      (own) => (rows, scores, options) =>
        own(
          rows.map((r) => ({ ...r, stride: r.cols }) as typeof r),
          scores,
          options,
        ),
    ),
  ],
  ['no-rows', 'no rows count as one', changed(({ weight }) => ({ weight: weight === 0 ? 1 : weight }))],
  [
    'row-weights',
    'row weights are ignored',
    withWrite(
      (own) =>
        (rows, scores, { rowWeights: _, ...rest } = {}) =>
          own(rows, scores, rest),
    ),
  ],
  ['zero-weight', 'orphans of weight 0 are counted', changed(({ orphans }) => ({ orphans: orphans + 1 }))],
  [
    'pair-bias',
    'a masked pair gets a score of −10',
    withWrite(
      (own) =>
        (rows, scores, options = {}) =>
          own(rows, scores, {
            ...options,
            ...(options.pairBias && {
              pairBias: (start, count, out) => {
                options.pairBias!(start, count, out);
                out.forEach((b, i) => {
                  out[i] = Math.max(-10, b);
                });
              },
            }),
          }),
    ),
  ],
  [
    'pair-bias-tiles',
    'every tile asks for the bias of the first',
    withWrite(
      (own) =>
        (rows, scores, options = {}) =>
          own(rows, scores, {
            ...options,
            ...(options.pairBias && { pairBias: (_, count, out) => options.pairBias!(0, count, out) }),
          }),
    ),
  ],
  [
    'component-off',
    'a component that is off keeps a trace',
    changed(({ counts }) => ({ counts: counts.map((n) => n + 1e-12) })),
  ],
  ['orphans', 'orphans are not counted', changed(() => ({ orphans: 0 }))],
  [
    'huge-spreads',
    'exponentials are taken of raw scores',
    withRead((own) => (rows, scores, values, options) => {
      const reading = own(rows, scores, values, options);
      const shift = (n: number): number =>
        Math.exp(reading.logEvidence[n]!) === Number.POSITIVE_INFINITY ? Number.NaN : 1;
      return options?.responsibilities
        ? {
            ...reading,
            responsibilities: {
              ...reading.responsibilities!,
              data: reading.responsibilities!.data.map((r, i) => r * shift(Math.floor(i / scores.components))),
            },
          }
        : reading;
    }),
  ],
  [
    'cancelled-between-tiles',
    'cancellation is asked once',
    withWrite(
      (own) =>
        (rows, scores, { cancel, ...rest } = {}) =>
          own(rows, scores, { ...rest, ...(cancel && { cancel: { aborted: cancel.aborted } }) }),
    ),
  ],
  [
    'inputs-untouched',
    'weights are normalised in place',
    withWrite(
      (own) =>
        (rows, scores, options = {}) =>
          own(rows, scores, { ...options, ...(options.rowWeights && { rowWeights: options.rowWeights.fill(1) }) }),
    ),
  ],
  [
    'repeats',
    'the sum depends on what came before',
    (() => {
      let calls = 0;
      return changed(({ logEvidence }) => ({ logEvidence: logEvidence * (1 + 1e-15 * ++calls) }));
    })(),
  ],
  [
    'score-agrees',
    'biases of pairs are left out',
    { ...plain, score: (rows, scores, visit) => plain.score(rows, scores, visit) },
  ],
  [
    'accumulate-agrees',
    'row weights are left out of the entropy',
    {
      ...plain,
      accumulate: (rows, into, fill, options) => ({
        ...plain.accumulate(rows, into, fill, options),
        entropy: plain.accumulate(rows, into, fill).entropy,
      }),
    },
  ],
  [
    'accumulate-tiles',
    'every tile is asked for as the first',
    {
      ...plain,
      accumulate: (rows, into, fill, options) =>
        plain.accumulate(rows, into, (_, count, out) => fill(0, count, out), options),
    },
  ],
  ['terms-write', 'sums come in the wrong order', changed(({ sums }) => ({ sums: [...sums].reverse() }))],
  [
    'terms-read',
    'only the first term counts',
    withRead(
      (own) => (rows, scores, values, options) =>
        own(rows.slice(0, 1), { ...scores, terms: scores.terms.slice(0, 1) }, values, options),
    ),
  ],
  [
    'pooled-far',
    'products are summed in float32 about 0',
    changed(({ sums }) => ({ sums: sums.map((own) => own.map(Math.fround)) })),
  ],
  [
    'student-density',
    'the normalizer is left out',
    withRead(
      (own) => (rows, scores, values, options) =>
        own(rows, { ...scores, bias: scores.bias.map(() => 0) }, values, options),
    ),
  ],
  [
    'student-limit',
    'infinitely many degrees are a million',
    withRead(
      (own) => (rows, scores, values, options) =>
        own(rows, { ...scores, terms: scores.terms.map(withDegrees(1e6)) }, values, options),
    ),
  ],
  [
    'student-read-only',
    'a Student-t is written as if it were whitened',
    withWrite(
      (own) => (rows, scores, options) => own(rows, { ...scores, terms: scores.terms.map(asWhitened) }, options),
    ),
  ],
];

function withDegrees(most: number): (term: Term) => Term {
  return (term) => (term.form === 'student' ? { ...term, degrees: term.degrees.map((v) => Math.min(v, most)) } : term);
}

function asWhitened(term: Term): Term {
  if (term.form !== 'student') return term;
  const { scale: _, degrees: __, ...rest } = term;
  return { ...rest, form: 'whitened' };
}

describe('the suite of backends notices', () => {
  const rows = [...agreementRows, ...weightRows, ...maskRows, ...termRows, ...tileRows, ...resourceRows];
  for (const [name, bug, backend] of planted) {
    it(`${bug}, in the row "${name}"`, async () => {
      const row = rows.find((own) => own.name === name)!;
      const combinations = 'pairs';
      await expect(async () => row.check({ backend, runs: 100, combinations })).rejects.toThrow();
      await row.check({ backend: plain, runs: 20, combinations });
    });
  }
});
