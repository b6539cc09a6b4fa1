// Whitened scores: lanes are components, so no product is lost to a transposition, and triangular factors cost half. And products of columns.
#pragma once
#include "product.h"

namespace {

template <int rows, class Form>
APART void whitenTile(const char* x, ptrdiff_t stride, const char* w, ptrdiff_t factorRows, ptrdiff_t length, ptrdiff_t step,
                      const char* base, ptrdiff_t baseStride, char* out, ptrdiff_t outStride) {
  constexpr int wide = Form::wide;
  typedef typename Form::V V;
  V squares[rows][wide];
  UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < wide; v++) squares[i][v] = V{};
  for (ptrdiff_t f = 0; f < factorRows; f++) {
    V y[rows][wide];
    UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < wide; v++) y[i][v] = Form::load(w, v);
    w += wide * Form::STEP;
    Walk<rows> walk(x, stride);
    for (ptrdiff_t p = 0; p < length; p++) {
      V b[wide];
      UNROLL for (int v = 0; v < wide; v++) b[v] = Form::load(w, v);
      UNROLL for (int i = 0; i < rows; i++) {
        const V a = Form::spread(walk.row(i));
        UNROLL for (int v = 0; v < wide; v++) y[i][v] = mad(a, b[v], y[i][v]);
      }
      walk.next();
      w += wide * Form::STEP;
    }
    length += step;
    UNROLL for (int i = 0; i < rows; i++)
      UNROLL for (int v = 0; v < wide; v++) squares[i][v] = mad(y[i][v], y[i][v], squares[i][v]);
  }
  UNROLL for (int i = 0; i < rows; i++) {
    Form::finish(out, base, squares[i], true);
    base += baseStride;
    out += outStride;
  }
}

/**
 * whiten(x, stride, rows, width, factorRows, isTriangular, panels, columns, …to): `out = base − Σᵢ (Wᵢ·x − cᵢ)²` for x `[rows, width]`; factors
 * and offsets come times √½. Panels `[columns / PANEL][factorRows]` of −cᵢ and the first `i + 1` (triangular) or all of `width` numbers of Wᵢ,
 * each PANEL components wide.
 */
void whiten(const Arguments& args) {
  const char *x = args.at(0), *panels = args.at(6);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), width = args.size(3), factorRows = args.size(4);
  const ptrdiff_t isTriangular = args.size(5), columns = args.size(7);
  const Into to = intoOf(args, 8);
  const ptrdiff_t numbers = factorRows + (isTriangular ? width * (width + 1) / 2 : factorRows * width);
  eachPanel(columns, [&](ptrdiff_t j, auto panel) {
    eachRows(rows, [&](ptrdiff_t i, auto tile) {
      const Into own = to.shifted(i, j * SIZE);
      whitenTile<decltype(tile)::value, decltype(panel)>(x + i * stride, stride, panels + j * numbers * SIZE,
                                                               factorRows, isTriangular ? 1 : width, isTriangular ? 1 : 0,
                                                               own.base, own.baseStride, own.out, own.outStride);
    });
  });
}

template <int rows, class Form>
APART void distancesTile(const char* y, ptrdiff_t stride, const char* b, ptrdiff_t width, const char* base,
                         ptrdiff_t baseStride, char* out, ptrdiff_t outStride) {
  constexpr int wide = Form::wide;
  typedef typename Form::V V;
  Walk<rows> walk(y, stride);
  V squares[rows][wide];
  UNROLL for (int i = 0; i < rows; i++) UNROLL for (int v = 0; v < wide; v++) squares[i][v] = V{};
  for (ptrdiff_t p = 0; p < width; p++) {
    V own[wide];
    UNROLL for (int v = 0; v < wide; v++) own[v] = Form::load(b, v);
    UNROLL for (int i = 0; i < rows; i++) {
      const V a = Form::spread(walk.row(i));
      UNROLL for (int v = 0; v < wide; v++) {
        const V d = a - own[v];
        squares[i][v] = mad(d, d, squares[i][v]);
      }
    }
    walk.next();
    b += wide * Form::STEP;
  }
  UNROLL for (int i = 0; i < rows; i++) {
    Form::finish(out, base, squares[i], true);
    base += baseStride;
    out += outStride;
  }
}

/**
 * distances(y, stride, rows, width, panels, columns, …to): `out = base − Σᵢ (yᵢ − cᵢ)²` for y `[rows, width]`: one factor has served all components.
 * Panels: c as `[columns / PANEL][width][PANEL]`.
 */
void distances(const Arguments& args) {
  const char *y = args.at(0), *panels = args.at(4);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), width = args.size(3), columns = args.size(5);
  const Into to = intoOf(args, 6);
  eachPanel(columns, [&](ptrdiff_t j, auto panel) {
    eachRows(rows, [&](ptrdiff_t i, auto tile) {
      const Into own = to.shifted(i, j * SIZE);
      distancesTile<decltype(tile)::value, decltype(panel)>(y + i * stride, stride, panels + j * width * SIZE, width,
                                                                  own.base, own.baseStride, own.out, own.outStride);
    });
  });
}

/**
 * triangle(x, stride, rows, width, out, outStride): each row of x and the lower triangle of x·xᵀ, `[rows, width + width·(width + 1)/2]`. Writes up to
 * a vector less a number beyond the end of the last row.
 */
void triangle(const Arguments& args) {
  const char* x = args.at(0);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), width = args.size(3), outStride = args.size(5);
  char* out = args.at(4);
  const ptrdiff_t bytes = width * SIZE;
  for (ptrdiff_t n = 0; n < rows; n++) {
    char* at = out;
    for (ptrdiff_t o = 0; o < bytes; o += BYTES) store(at + o, load(x + o));
    at += bytes;
    // Each line is written in whole vectors; what is too much the next one overwrites.
    for (ptrdiff_t i = 0; i < bytes; i += SIZE) {
      const Lanes own = spread(x + i);
      for (ptrdiff_t o = 0; o <= i; o += BYTES) store(at + o, own * load(x + o));
      at += i + SIZE;
    }
    x += stride;
    out += outStride;
  }
}

/** scale(x, stride, rows, width, weights, weightStride, out, outStride): `out = w·x`, row by row. Writes up to the next multiple of LANES of width. */
void scale(const Arguments& args) {
  const char *x = args.at(0), *weights = args.at(4);
  const ptrdiff_t stride = args.size(1), rows = args.size(2), width = args.size(3), weightStride = args.size(5);
  const ptrdiff_t outStride = args.size(7);
  char* out = args.at(6);
  for (ptrdiff_t n = 0; n < rows; n++) {
    const Lanes w = spread(weights);
    for (ptrdiff_t o = 0; o < width * SIZE; o += BYTES) store(out + o, w * load(x + o));
    x += stride;
    weights += weightStride;
    out += outStride;
  }
}

}  // namespace
