// What becomes of the rows of a tile before and after their softmax.
#pragma once
#include "exp.h"

namespace {

constexpr double INFINITE = __builtin_huge_val();

/** labels(L, stride, rows, columns, out), before `softmax`: the first column with the largest score of each row, −1 where all are −∞. */
void labels(const Arguments& args) {
  const char* L = args.at(0);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), columns = args.size(3);
  char* out = args.at(4);
  for (ptrdiff_t n = 0; n < rows; n++) {
    Lanes m = all((Real)-INFINITE);
    for (ptrdiff_t k = 0; k < columns; k += LANES) m = most(m, load(L + k * SIZE));
    Real top = (Real)-INFINITE;
    for (int i = 0; i < LANES; i++)
      if (m[i] > top) top = m[i];
    ptrdiff_t best = top == -INFINITE ? -1 : 0;
    if (best == 0)
      while (number(L + best * SIZE) != top) best++;
    *(Label*)out = (int32_t)best;
    L += stride;
    out += 4;
  }
}

/** harden(R, stride, rows, columns, weights, best, counts), after `softmax`: the whole weight of each row to its label, and to the counts, in doubles. */
void harden(const Arguments& args) {
  char *R = args.at(0), *counts = args.at(6);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), bytes = args.size(3) * SIZE;
  const char *weights = args.at(4), *best = args.at(5);
  for (ptrdiff_t n = 0; n < rows; n++) {
    memset(R, 0, bytes);
    const ptrdiff_t k = *(const Label*)best;
    if (k >= 0) {
      const Real w = number(weights);
      *(Number*)(R + k * SIZE) = w;
      ((Wide*)counts)[k] += w;
    }
    R += stride;
    weights += SIZE;
    best += 4;
  }
}

/** addPairs(L, stride, rows, columns, pairs): `L += pairs`, pairs `[rows, columns]` packed. */
void addPairs(const Arguments& args) {
  char* L = args.at(0);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), columns = args.size(3);
  const char* pairs = args.at(4);
  for (ptrdiff_t n = 0; n < rows; n++) {
    ptrdiff_t k = 0;
    for (; k + LANES <= columns; k += LANES) store(L + k * SIZE, load(L + k * SIZE) + load(pairs + k * SIZE));
    for (; k < columns; k++) ((Number*)L)[k] += ((const Number*)pairs)[k];
    L += stride;
    pairs += columns * SIZE;
  }
}

/** The sums of four rows, 1 at least: that of a row of −∞ is 0. */
inline Four sumsOf(const char* sum) {
  const Four s = widen(sum);
  return s < allFour(1) ? allFour(1) : s;
}

/** evidences(top, sum, rows, out): `top + log sum` of each row in doubles `[rows]`, rows a multiple of 4; −∞ where top is. */
void evidences(const Arguments& args) {
  const char *top = args.at(0), *sum = args.at(1);
  const ptrdiff_t rows = args.size(2);
  char* out = args.at(3);
  for (ptrdiff_t n = 0; n < rows; n += 4)
    storeFour(out + n * 8, widen(top + n * SIZE) + logarithm(sumsOf(sum + n * SIZE)));
}

/**
 * totals(top, sum, spreads, rows, weights, out): sums over rows that some column owns, in doubles: `Σ w·top`, `Σ w log sum`, `Σ w·spread/sum`, `Σ w`,
 * and the number of rows with w > 0 that none owns. Weights `[rows]` in doubles, rows a multiple of 4; spreads of `spreads`, or 0.
 */
void totals(const Arguments& args) {
  const char *top = args.at(0), *sum = args.at(1), *spreads = args.at(2), *weights = args.at(4);
  const bool hasSpreads = args.size(2) != 0;
  const ptrdiff_t rows = args.size(3);
  Four tops = Four{}, logs = Four{}, sizes = Four{}, weight = Four{}, orphans = Four{};
  for (ptrdiff_t n = 0; n < rows; n += 4) {
    const Four w = four(weights + n * 8);
    const Four m = widen(top + n * SIZE);
    const Four s = sumsOf(sum + n * SIZE);
    const FourBits isOrphan = (FourBits)(m == -INFINITE);
    const FourBits isWeightless = (FourBits)(w == 0.0);
    const FourBits isNothing = isOrphan | isWeightless;
    tops += without(w * m, isNothing);
    logs += without(w * logarithm(s), isNothing);
    weight += without(w, isNothing);
    orphans += without(without(allFour(1), ~isOrphan), isWeightless);
    if (hasSpreads) sizes += without(w * widen(spreads + n * SIZE) / s, isNothing);
  }
  Wide* out = (Wide*)args.at(5);
  out[0] = total(tops);
  out[1] = total(logs);
  out[2] = total(sizes);
  out[3] = total(weight);
  out[4] = total(orphans);
}

/**
 * student(Q, stride, rows, columns, parameters, …to): `out = base + linear·Q − power·ln(1 − ratio·Q)` for Q ≤ 0 `[rows, columns]`, columns a multiple
 * of 4; `out` may be `base`. Parameters: ratio, power and linear, `[3, columns]` in doubles.
 */
void student(const Arguments& args) {
  const char *Q = args.at(0), *ratios = args.at(4);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), columns = args.size(3);
  const char *powers = ratios + columns * 8, *linears = powers + columns * 8;
  const Into into = intoOf(args, 5);
  for (ptrdiff_t n = 0; n < rows; n++) {
    const Into to = into.shifted(n, 0);
    for (ptrdiff_t k = 0; k < columns; k += 4) {
      const Four q = widen(Q + k * SIZE);
      const Four logs = logarithm1p(-(four(ratios + k * 8) * q));
      storeNarrow(to.out + k * SIZE, widen(to.base + k * SIZE) + (four(linears + k * 8) * q - four(powers + k * 8) * logs));
    }
    Q += stride;
  }
}

/** slopes(R, stride, rows, columns, M, mStride, level): `R = R·(M + level)`, row by row: R and M `[rows, columns]`, level `[rows]`. */
void slopes(const Arguments& args) {
  char* R = args.at(0);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), bytes = args.size(3) * SIZE, mStride = args.size(5);
  const char *M = args.at(4), *level = args.at(6);
  for (ptrdiff_t n = 0; n < rows; n++) {
    const Lanes own = spread(level);
    for (ptrdiff_t o = 0; o < bytes; o += BYTES) store(R + o, load(R + o) * (load(M + o) + own));
    R += stride;
    M += mStride;
    level += SIZE;
  }
}

/**
 * addPositions(L, stride, rows, columns, p, q, isCausal, window, slope): `L += −slope·|p − q|`, and −∞ where `q > p` (causal) or `|p − q| > window`: rows
 * at p `[rows]`, columns at q `[columns]`, both in doubles; columns a multiple of 4.
 */
void addPositions(const Arguments& args) {
  char* L = args.at(0);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), columns = args.size(3);
  const char *p = args.at(4), *q = args.at(5);
  const Four furthest = allFour(args.size(6) ? 0 : INFINITE), widest = allFour(args.values[7]);
  const Four steep = allFour(args.values[8]), never = allFour(-INFINITE);
  for (ptrdiff_t n = 0; n < rows; n++) {
    const Four own = allFour(((const Wide*)p)[n]);
    for (ptrdiff_t k = 0; k < columns; k += 4) {
      const Four ahead = four(q + k * 8) - own;
      const Four away = ahead < allFour(0) ? -ahead : ahead;
      const Four score = widen(L + k * SIZE) - steep * away;
      storeNarrow(L + k * SIZE, (ahead > furthest) | (away > widest) ? never : score);
    }
    L += stride;
  }
}

/**
 * join(x, stride, rows, width, stays, comes, means, meansStride): `means = stays·means + comes·x`, row by row in doubles: x `[rows, width]`, stays and
 * comes `[rows]`. Reads and writes up to the next multiple of 4 of width.
 */
void join(const Arguments& args) {
  const char *x = args.at(0), *stays = args.at(4), *comes = args.at(5);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), width = args.size(3), meansStride = args.size(7);
  char* means = args.at(6);
  for (ptrdiff_t n = 0; n < rows; n++) {
    const Four a = allFour(((const Wide*)stays)[n]), b = allFour(((const Wide*)comes)[n]);
    for (ptrdiff_t p = 0; p < width; p += 4) storeFour(means + p * 8, a * four(means + p * 8) + b * widen(x + p * SIZE));
    x += stride;
    means += meansStride;
  }
}

/** widen(x, stride, rows, width, out, outStride): rows of single numbers `[rows, width]` as doubles. Reads and writes up to the next multiple of 4 of width. */
void widenRows(const Arguments& args) {
#if !MIXTENTION_DOUBLE
  const char* x = args.at(0);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), width = args.size(3), outStride = args.size(5);
  char* out = args.at(4);
  for (ptrdiff_t n = 0; n < rows; n++) {
    for (ptrdiff_t p = 0; p < width; p += 4) storeFour(out + p * 8, widen(x + p * SIZE));
    x += stride;
    out += outStride;
  }
#else
  (void)args;
#endif
}

}  // namespace
