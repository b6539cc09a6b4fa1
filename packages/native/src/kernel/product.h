// Products of matrices: a few rows and one panel of columns at a time, whose sums stay in registers.
#pragma once
#include "lanes.h"

namespace {

/** Products are summed from zero over so many numbers at most, and these sums added: rounding grows with the root of a block, not of a row. */
constexpr ptrdiff_t BLOCK = 256;

template <int rows, class Form>
APART void productTile(const char* a, ptrdiff_t stride, const char* b, ptrdiff_t width, const char* base, ptrdiff_t baseStride,
                       char* out, ptrdiff_t outStride) {
  constexpr int wide = Form::wide;
  typedef typename Form::V V;
  Walk<rows> walk(a, stride);
  V c[rows][wide];
  UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < wide; v++) c[i][v] = V{};
  for (ptrdiff_t p = 0; p < width; p++) {
    V own[wide];
    UNROLL for (int v = 0; v < wide; v++) own[v] = Form::load(b, v);
    UNROLL for (int i = 0; i < rows; i++) {
      const V x = Form::spread(walk.row(i));
      UNROLL for (int v = 0; v < wide; v++) c[i][v] = mad(x, own[v], c[i][v]);
    }
    walk.next();
    b += wide * Form::STEP;
  }
  UNROLL for (int i = 0; i < rows; i++) {
    Form::finish(out, base, c[i], false);
    base += baseStride;
    out += outStride;
  }
}

/**
 * product(a, stride, rows, width, panels, columns, …to): `out = base + a·bᵀ` for a `[rows, width]`, b as panels
 * `[columns / PANEL][width][PANEL]`, the last narrower, see `eachPanel`: columns a multiple of NARROW, out whole vectors of them.
 */
void product(const Arguments& args) {
  const char* a = args.at(0);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), width = args.size(3), columns = args.size(5);
  const char* panels = args.at(4);
  Into to = intoOf(args, 6);
  for (ptrdiff_t from = 0; from < width; from += BLOCK) {
    const ptrdiff_t length = width - from < BLOCK ? width - from : BLOCK;
    eachPanel(columns, [&](ptrdiff_t j, auto panel) {
      typedef decltype(panel) Form;
      const char* b = panels + (j * width + from * Form::COLUMNS) * SIZE;
      eachRows(rows, [&](ptrdiff_t i, auto tile) {
        constexpr int count = decltype(tile)::value;
        const Into own = to.shifted(i, j * SIZE);
        productTile<count, Form>(a + i * stride + from * SIZE, stride, b, length, own.base, own.baseStride, own.out,
                                 own.outStride);
      });
    });
    to.base = to.out;
    to.baseStride = to.outStride;
  }
}

template <int columns, class Form>
APART void gatherTile(const char* r, ptrdiff_t rStride, ptrdiff_t rows, const char* s, ptrdiff_t stride, char* sums,
                       ptrdiff_t sumsStride) {
  constexpr int wide = Form::wide;
  typedef typename Form::V V;
  V c[columns][wide];
  UNROLL for (int i = 0; i < columns; i++)
    UNROLL for (int v = 0; v < wide; v++) c[i][v] = Form::load(sums + i * sumsStride, v);
  for (ptrdiff_t n = 0; n < rows; n++) {
    V own[wide];
    UNROLL for (int v = 0; v < wide; v++) own[v] = Form::load(s, v);
    UNROLL for (int i = 0; i < columns; i++) {
      const V x = Form::spread(r + i * SIZE);
      UNROLL for (int v = 0; v < wide; v++) c[i][v] = mad(x, own[v], c[i][v]);
    }
    r += rStride;
    s += stride;
  }
  UNROLL for (int i = 0; i < columns; i++)
    UNROLL for (int v = 0; v < wide; v++) Form::store(sums + i * sumsStride, v, c[i][v]);
}

/**
 * How many rows of r the first level of cache holds beside their part of s: more of them come from the second level anew for each panel, which costs
 * AVX2 a quarter, and AVX-512, whose tiles take two lines a row, nothing.
 */
inline ptrdiff_t heldRows(ptrdiff_t rStride) {
  const ptrdiff_t rows = 32768 / (rStride + 1) & ~3;
  return rows < 48 ? 48 : rows;
}

/**
 * gather(r, rStride, rows, columns, s, stride, width, sums, sumsStride): `sums += rᵀ·s` for r `[rows, columns]`, s `[rows, width]`; columns a
 * multiple of 4. Reads s, and adds to sums, up to the next multiple of LANES of width: what lies there is nobody's.
 */
void gather(const Arguments& args) {
  const char *r = args.at(0), *s = args.at(4);
  const ptrdiff_t rStride = args.size(1), rows = args.size(2), columns = args.size(3), stride = args.size(5);
  const ptrdiff_t width = args.size(6), sumsStride = args.size(8);
  char* sums = args.at(7);
  const ptrdiff_t most = MIXTENTION_SET == 512 ? rows : heldRows(rStride);
  for (ptrdiff_t from = 0; from < rows; from += most) {
    const ptrdiff_t count = rows - from < most ? rows - from : most;
    eachPanel(width, [&](ptrdiff_t j, auto panel) {
      eachRows(columns, [&](ptrdiff_t k, auto tile) {
        gatherTile<decltype(tile)::value, decltype(panel)>(r + from * rStride + k * SIZE, rStride, count,
                                                                 s + from * stride + j * SIZE, stride,
                                                                 sums + k * sumsStride + j * SIZE, sumsStride);
      });
    });
  }
}

}  // namespace
