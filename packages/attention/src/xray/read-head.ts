import { counted, fail, rowsOf } from '@mixtention/core/base';
import { attend } from '../attend/attend.ts';
import { pairPrior } from './edit-head.ts';
import { type Head, type HeadReader, levelOf, type ReaderOptions, type ScoredHead } from './head.ts';
import { mixRows } from './mix-rows.ts';
import { priorOf } from './part-of.ts';
import { scoresOf } from './scores-of.ts';

/** How far a row of probabilities may be from a sum of 1: float16 attention is. */
const LOOSE = 2e-3;

/**
 * Reads a head a tile of queries at a time: through the kernel where queries and keys are there, else from what was given.
 *
 * @throws as `attend`; NOT_FINITE for logits that are NaN or +∞, BAD_DATA for rows that are no probabilities, each naming the row
 */
export function readHead(head: Head, options: ReaderOptions): HeadReader {
  if ('q' in head) return readScored(head, options);
  const { where } = options;
  const given = 'logits' in head ? head.logits : head.probabilities;
  const { v } = head;
  if (v !== null && v.rows !== given.cols)
    fail(
      where,
      'BAD_SHAPE',
      `v has ${counted(v.rows, 'row')} [${v.rows}, ${v.cols}], one for each of ${counted(given.cols, 'key')} was due`,
    );
  return {
    level: levelOf(head),
    queries: given.rows,
    keys: given.cols,
    values: v,
    scores: 'logits' in head ? (query) => Float64Array.from(rowsOf(given, query, query + 1).data) : null,
    rows(start, count) {
      const r = Float64Array.from(rowsOf(given, start, start + count).data);
      const tile = { r, keys: given.cols, start, where };
      const logEvidence = 'logits' in head ? softmaxRows(tile) : null;
      if (logEvidence === null) checkRows(tile);
      return { r, logEvidence, output: v === null ? null : mixRows(r, v) };
    },
  };
}

function readScored(head: ScoredHead, { backend, where }: ReaderOptions): HeadReader {
  const { q, k, v, scale } = head;
  const seen = pairPrior(head);
  return {
    level: 'queries and keys',
    queries: q.rows,
    keys: k.rows,
    values: v,
    scores: scoresOf(head),
    rows(start, count) {
      const prior = priorOf(head, { start, count });
      const reading = attend(rowsOf(q, start, start + count), k, v, {
        ...prior,
        scale,
        backend,
        responsibilities: true,
      });
      const { output, logEvidence, responsibilities } = reading;
      const lost = logEvidence.findIndex(
        (L, n) => L === Number.NEGATIVE_INFINITY && someKey(k.rows, (key) => seen(start + n, key) > L),
      );
      if (lost >= 0)
        fail(
          where,
          'NOT_FINITE',
          `the scores of query ${start + lost} (counted from 0) are too large to be numbers; give smaller queries, keys or scales`,
        );
      return { r: Float64Array.from(responsibilities!.data), logEvidence, output: v === null ? null : output };
    },
  };
}

function someKey(keys: number, is: (key: number) => boolean): boolean {
  for (let key = 0; key < keys; key++) if (is(key)) return true;
  return false;
}

type Tile = { readonly r: Float64Array; readonly keys: number; readonly start: number; readonly where: string };

/** Logits become rows of R; returns L. */
function softmaxRows({ r, keys, start, where }: Tile): Float64Array {
  return Float64Array.from({ length: r.length / keys }, (_, n) => {
    const row = r.subarray(n * keys, (n + 1) * keys);
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < keys; k++) {
      if (!(row[k]! < Number.POSITIVE_INFINITY))
        fail(
          where,
          'NOT_FINITE',
          `the logit of query ${start + n}, key ${k} (counted from 0) is ${row[k]}, a finite number or −∞ was due`,
        );
      if (row[k]! > top) top = row[k]!;
    }
    if (top === Number.NEGATIVE_INFINITY) {
      row.fill(0);
      return top;
    }
    let total = 0;
    for (let k = 0; k < keys; k++) total += row[k] = Math.exp(row[k]! - top);
    for (let k = 0; k < keys; k++) row[k]! /= total;
    return top + Math.log(total);
  });
}

/** Rows are probabilities, or 0 for a query that sees nothing; what float16 rounded is put right. */
function checkRows({ r, keys, start, where }: Tile): void {
  for (let at = 0; at < r.length; at += keys) {
    let total = 0;
    for (let k = 0; k < keys; k++) {
      const p = r[at + k]!;
      if (!(p >= 0 && p <= 1 + LOOSE))
        fail(
          where,
          'BAD_DATA',
          `the probability of query ${start + at / keys}, key ${k} (counted from 0) is ${p}, a number from 0 to 1 was due`,
        );
      total += p;
    }
    if (total === 0) continue;
    if (Math.abs(total - 1) > LOOSE)
      fail(
        where,
        'BAD_DATA',
        `the probabilities of query ${start + at / keys} (counted from 0) sum to ${total}, 1 was due; scores before the softmax are logits`,
      );
    for (let k = 0; k < keys; k++) r[at + k]! /= total;
  }
}
