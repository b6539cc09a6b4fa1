// Softmax of tiles of scores in place, and what it tells of their rows.
#pragma once
#include "exp.h"

namespace {

typedef Real Quarter __attribute__((vector_size(16)));
typedef Real LooseQuarter __attribute__((vector_size(16), aligned(SIZE), may_alias));

#ifdef __clang__
#define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef Bits QuarterBits __attribute__((vector_size(16)));
#define PICK(a, b, ...) __builtin_shuffle(a, b, QuarterBits{__VA_ARGS__})
#endif

/** How vectors are joined: by their sum, or the larger of each two numbers */
struct Sum {
  template <class V>
  static V of(V a, V b) {
    return a + b;
  }
};
struct Most {
  template <class V>
  static V of(V a, V b) {
    return a < b ? b : a;
  }
};

/** Parts of 16 bytes of a vector, joined */
template <class Join>
inline Quarter folded(Lanes x) {
  Quarter parts[BYTES / 16];
  memcpy(parts, &x, sizeof x);
  for (int i = BYTES / 32; i > 0; i /= 2)
    UNROLL for (int j = 0; j < i; j++) parts[j] = Join::of(parts[j], parts[j + i]);
  return parts[0];
}

/** Stores what the numbers of each of four vectors make when joined. */
template <class Join>
inline void storeJoined(char* p, const Lanes (&x)[4]) {
  const Quarter a = folded<Join>(x[0]), b = folded<Join>(x[1]), c = folded<Join>(x[2]), d = folded<Join>(x[3]);
#if MIXTENTION_DOUBLE
  *(LooseQuarter*)p = Join::of(PICK(a, b, 0, 2), PICK(a, b, 1, 3));
  *(LooseQuarter*)(p + 16) = Join::of(PICK(c, d, 0, 2), PICK(c, d, 1, 3));
#else
  const Quarter ab = Join::of(PICK(a, b, 0, 4, 1, 5), PICK(a, b, 2, 6, 3, 7));
  const Quarter cd = Join::of(PICK(c, d, 0, 4, 1, 5), PICK(c, d, 2, 6, 3, 7));
  *(LooseQuarter*)p =
      Join::of(PICK(ab, cd, 0, 1, 4, 5), PICK(ab, cd, 2, 3, 6, 7));
#endif
}

/** −∞ less itself would be no number: rows of −∞ are taken from the largest negative number. */
#if MIXTENTION_DOUBLE
constexpr Real LOWEST = -__DBL_MAX__;
#else
constexpr Real LOWEST = -__FLT_MAX__;
#endif

/** Numbers of a row that each lane adds up in its own precision */
constexpr ptrdiff_t SHORT = 64 * BYTES;

/** The largest score of each row `[rows]`, rows a multiple of 4 */
inline void topsOf(const char* L, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t bytes, char* top) {
  for (ptrdiff_t n = 0; n < rows; n += 4) {
    Lanes m[4];
    UNROLL for (int i = 0; i < 4; i++) m[i] = load(L + i * stride);
    for (ptrdiff_t o = BYTES; o < bytes; o += BYTES)
      UNROLL for (int i = 0; i < 4; i++) m[i] = most(m[i], load(L + i * stride + o));
    storeJoined<Most>(top, m);
    L += 4 * stride;
    top += 4 * SIZE;
  }
}

/** In place: `exp(L − top)` of one row; returns the sums of each lane. A row of −∞ gives zeros. */
inline Lanes raiseRow(char* L, ptrdiff_t bytes, Lanes top) {
  const Lanes m = most(top, all(LOWEST));
  Lanes s = Lanes{};
  for (ptrdiff_t o = 0; o < bytes; o += BYTES) {
    const Lanes e = exponential(load(L + o) - m);
    s += e;
    store(L + o, e);
  }
  return s;
}

/** The numbers of a vector as doubles, added up */
inline double totalOf(Lanes x) {
  double sum = 0;
  for (int i = 0; i < LANES; i++) sum += x[i];
  return sum;
}

/** The same of a longer row: sums of blocks are added in float64, by what each addition loses (Neumaier 1974). */
inline double raiseLongRow(char* L, ptrdiff_t bytes, Lanes top) {
  double high = 0, low = 0;
  for (ptrdiff_t from = 0; from < bytes; from += SHORT) {
    const double s = totalOf(raiseRow(L + from, bytes - from < SHORT ? bytes - from : SHORT, top));
    // Sums only grow, so the larger of the two comes first but for the first blocks, which lose nothing that counts.
    const double sum = high + s;
    low += s - (sum - high);
    high = sum;
  }
  return high + low;
}

/** In place: four rows, which pass through the first level of cache once; `top` and `sum` return what `exponentials` tells. */
inline void raiseFour(char* L, ptrdiff_t stride, ptrdiff_t bytes, char* top, char* sum) {
  topsOf(L, stride, 4, bytes, top);
  if (bytes <= SHORT) {
    Lanes s[4];
    UNROLL for (int i = 0; i < 4; i++) s[i] = raiseRow(L + i * stride, bytes, spread(top + i * SIZE));
    storeJoined<Sum>(sum, s);
  } else {
    for (int i = 0; i < 4; i++)
      *(Number*)(sum + i * SIZE) = (Real)raiseLongRow(L + i * stride, bytes, spread(top + i * SIZE));
  }
}

/**
 * exponentials(L, stride, rows, columns, top, sum), in place: scores `[rows, columns]` become `exp(L − top)`, rows a multiple of 4. A row of −∞ becomes 0.
 * `top` and `sum` `[rows]` return `max L` and `Σ exp(L − top)`, 0 for a row of −∞.
 */
void exponentials(const Arguments& args) {
  char *L = args.at(0), *top = args.at(4), *sum = args.at(5);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), bytes = args.size(3) * SIZE;
  for (ptrdiff_t n = 0; n < rows; n += 4) raiseFour(L + n * stride, stride, bytes, top + n * SIZE, sum + n * SIZE);
}

/** Four rows of exponentials times weight / sum, and added to counts */
inline void normalize(char* L, ptrdiff_t stride, ptrdiff_t bytes, const char* weights, const char* sum, char* counts) {
  Lanes f[4];
  // The sum of a row that is no orphan is 1 at least.
  UNROLL for (int i = 0; i < 4; i++) {
    const Real s = number(sum + i * SIZE);
    f[i] = all(number(weights + i * SIZE) / (s < 1 ? 1 : s));
  }
  for (ptrdiff_t o = 0; o < bytes; o += BYTES) {
    Lanes r[4];
    UNROLL for (int i = 0; i < 4; i++) {
      r[i] = load(L + i * stride + o) * f[i];
      store(L + i * stride + o, r[i]);
    }
    store(counts + o, load(counts + o) + ((r[0] + r[1]) + (r[2] + r[3])));
  }
}

/** Adds counts to those in doubles, and sets them to 0. */
inline void drain(char* counts, ptrdiff_t columns, char* totals) {
  for (ptrdiff_t k = 0; k < columns; k += 4) {
    storeFour(totals + k * 8, four(totals + k * 8) + widen(counts + k * SIZE));
    storeNarrow(counts + k * SIZE, Four{});
  }
}

/**
 * softmax(L, stride, rows, columns, weights, counts, totals, top, sum), in place: scores `[rows, columns]` become responsibilities times the
 * weights of their rows, the rest as in `exponentials`. Counts `[columns]` are 0 before and after: sums of columns over 64 rows, which are added to `totals` in doubles.
 */
void softmax(const Arguments& args) {
  char *L = args.at(0), *counts = args.at(5), *totals = args.at(6), *top = args.at(7), *sum = args.at(8);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), columns = args.size(3);
  const char* weights = args.at(4);
  const ptrdiff_t bytes = columns * SIZE;
  for (ptrdiff_t n = 0; n < rows; n += 4) {
    raiseFour(L, stride, bytes, top, sum);
    normalize(L, stride, bytes, weights, sum, counts);
    L += 4 * stride;
    top += 4 * SIZE;
    sum += 4 * SIZE;
    weights += 4 * SIZE;
    if ((n & 63) == 60 || n + 4 >= rows) drain(counts, columns, totals);
  }
}

/** spreads(L, stride, rows, columns, top, out), before `softmax`: `Σ exp(L − top)·(L − top)` of each row `[rows]`, rows a multiple of 4. */
void spreads(const Arguments& args) {
  const char* L = args.at(0);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), bytes = args.size(3) * SIZE;
  char *top = args.at(4), *out = args.at(5);
  topsOf(L, stride, rows, bytes, top);
  for (ptrdiff_t n = 0; n < rows; n++) {
    const Lanes m = most(spread(top), all(LOWEST));
    double sum = 0;
    for (ptrdiff_t from = 0; from < bytes; from += SHORT) {
      const ptrdiff_t end = bytes - from < SHORT ? bytes : from + SHORT;
      Lanes s = Lanes{};
      for (ptrdiff_t o = from; o < end; o += BYTES) {
        const Lanes x = load(L + o) - m;
        // What is cut off is 0 times a finite number.
        s += exponential(x) * most(x, all(LEAST));
      }
      sum += totalOf(s);
    }
    *(Number*)out = (Real)sum;
    L += stride;
    top += SIZE;
    out += SIZE;
  }
}

}  // namespace
