// How numbers that come in doubles get into panels.
#pragma once
#include "lanes.h"

namespace {

/**
 * pack(data, rowStep, step, rows, length, packed, centers, units, out): panels `[packed / PANEL][length][PANEL]` as `product` reads them, of number i of
 * row k at `data[k·rowStep + i·step]`, doubles, less the center of its row and over its unit `[rows]`, as it is where these are 0. Rows beyond `rows` are 0.
 */
void pack(const Arguments& args) {
  const Wide* data = (const Wide*)args.at(0);
  const ptrdiff_t rowStep = args.size(1), step = args.size(2), rows = args.size(3), length = args.size(4), packed = args.size(5);
  const bool isMoved = args.size(6) != 0;
  const Wide *centers = (const Wide*)args.at(6), *units = (const Wide*)args.at(7);
  char* out = args.at(8);
  eachPanel(packed, [&](ptrdiff_t j, auto panel) {
    constexpr ptrdiff_t columns = decltype(panel)::COLUMNS;
    const ptrdiff_t some = rows - j < columns ? (rows < j ? 0 : rows - j) : columns;
    const Wide *center = centers + j, *unit = units + j;
    for (ptrdiff_t i = 0; i < length; i++) {
      const Wide* own = data + j * rowStep + i * step;
      Number* to = (Number*)out;
      ptrdiff_t k = 0;
      if (!isMoved)
        for (; k < some; k++) to[k] = (Real)own[k * rowStep];
      else {
        if (rowStep == 1)
          for (; k + 4 <= some; k += 4)
            storeNarrow((char*)(to + k), (four((const char*)(own + k)) - four((const char*)(center + k))) / four((const char*)(unit + k)));
        for (; k < some; k++) to[k] = (Real)((own[k * rowStep] - center[k]) / unit[k]);
      }
      for (; k < columns; k++) to[k] = 0;
      out += columns * SIZE;
    }
  });
}

/** extremes(data, rows, columns, least, greatest): of each column of doubles `[rows, columns]` and of what is in `least` and `greatest` `[columns]` before. */
void extremes(const Arguments& args) {
  const char* data = args.at(0);
  const ptrdiff_t rows = args.size(1), columns = args.size(2);
  char *least = args.at(3), *greatest = args.at(4);
  for (ptrdiff_t n = 0; n < rows; n++) {
    ptrdiff_t o = 0;
    for (; o + 32 <= columns * 8; o += 32) {
      const Four x = four(data + o), low = four(least + o), high = four(greatest + o);
      storeFour(least + o, x < low ? x : low);
      storeFour(greatest + o, x > high ? x : high);
    }
    for (; o < columns * 8; o += 8) {
      const double x = *(const Wide*)(data + o);
      if (x < *(Wide*)(least + o)) *(Wide*)(least + o) = x;
      if (x > *(Wide*)(greatest + o)) *(Wide*)(greatest + o) = x;
    }
    data += columns * 8;
  }
}

}  // namespace
