// What products could reach at most.
#pragma once
#include "lanes.h"

namespace {

/**
 * multiplyAdd(steps, factors, out): multiplies and adds in registers alone, as a tile of `product` does, so many times. Factors are six numbers; out
 * returns how many multiply–adds were made, in doubles, and behind it their sums.
 */
void multiplyAdd(const Arguments& args) {
#if MIXTENTION_SET == 128 && !defined(__aarch64__)
  // Without an instruction for both, a product that two sums share would be made once.
  constexpr int rows = 4, different = 4;
#else
  constexpr int rows = MOST_ROWS, different = 2;
#endif
  const ptrdiff_t steps = args.size(0);
  const char* factors = args.at(1);
  char* out = args.at(2);
  Lanes x[different], b[2], c[rows][2];
  UNROLL for (int i = 0; i < different; i++) x[i] = spread(factors + i * SIZE);
  UNROLL for (int v = 0; v < 2; v++) b[v] = spread(factors + (4 + v) * SIZE);
  UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < 2; v++) c[i][v] = all((Real)(2 * i + v));
  for (ptrdiff_t n = 0; n < steps; n++) {
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int v = 0; v < 2; v++) c[i][v] = mad(x[i % different], b[v], c[i][v]);
    const Lanes first = b[0];
    b[0] = b[1];
    b[1] = first;
  }
  *(Wide*)out = (double)(rows * 2 * LANES) * steps;
  UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < 2; v++) store(out + 64 + (i * 2 + v) * BYTES, c[i][v]);
}

}  // namespace
