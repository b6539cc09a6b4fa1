// Vectors of numbers. The build says which (`MIXTENTION_DOUBLE`) and for which instructions (`MIXTENTION_SET`: 512, 256 or 128 bits). All of it is of
// this file alone: a function that two files shared might be linked from the one that was compiled for the newer processor.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if MIXTENTION_SET > 128
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#elif defined(__x86_64__)
#include <emmintrin.h>
#endif

/**
 * A function of its own: loops over tiles of registers need all of them. What it is called with are numbers and pointers, since a structure would be
 * written in halves and read as a whole, which waits until the stores before it are done.
 */
#define APART __attribute__((noinline))

#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

namespace {

#if MIXTENTION_DOUBLE
typedef double Real;
typedef int64_t Bits;
#else
typedef float Real;
typedef int32_t Bits;
#endif

constexpr ptrdiff_t SIZE = sizeof(Real);
/** Bytes and numbers of a vector */
constexpr ptrdiff_t BYTES = MIXTENTION_SET / 8;
constexpr ptrdiff_t LANES = BYTES / SIZE;
/** Columns of a panel: two vectors */
constexpr ptrdiff_t PANEL = 2 * LANES;

typedef Real Lanes __attribute__((vector_size(BYTES)));
typedef Bits LaneBits __attribute__((vector_size(BYTES)));
typedef Real LooseLanes __attribute__((vector_size(BYTES), aligned(SIZE), may_alias));
typedef Real Number __attribute__((may_alias));
typedef double Wide __attribute__((may_alias));
typedef int32_t Label __attribute__((may_alias));

/** The narrowest vectors that panels hold: halves of those of AVX-512, two of which many processors multiply and add in the time of a whole one. */
#if MIXTENTION_SET == 512
constexpr ptrdiff_t NARROW = LANES / 2;
#else
constexpr ptrdiff_t NARROW = LANES;
#endif
typedef Real Half __attribute__((vector_size(NARROW * SIZE)));

inline Lanes load(const char* p) { return *(const LooseLanes*)p; }
inline void store(char* p, Lanes x) { *(LooseLanes*)p = x; }
inline Real number(const char* p) { return *(const Number*)p; }

/** The number x in all lanes; a·b + c in one rounding where there is such an instruction; a < b ? b : a, so a NaN in a stays. */
#if MIXTENTION_SET == 512 && MIXTENTION_DOUBLE
inline Lanes all(Real x) { return _mm512_set1_pd(x); }
inline Lanes mad(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_pd(a, b, c); }
inline Lanes most(Lanes a, Lanes b) { return _mm512_max_pd(b, a); }
inline Half halfOf(Real x) { return _mm256_set1_pd(x); }
inline Half mad(Half a, Half b, Half c) { return _mm256_fmadd_pd(a, b, c); }
#elif MIXTENTION_SET == 512
inline Lanes all(Real x) { return _mm512_set1_ps(x); }
inline Lanes mad(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }
inline Lanes most(Lanes a, Lanes b) { return _mm512_max_ps(b, a); }
inline Half halfOf(Real x) { return _mm256_set1_ps(x); }
inline Half mad(Half a, Half b, Half c) { return _mm256_fmadd_ps(a, b, c); }
#elif MIXTENTION_SET == 256 && MIXTENTION_DOUBLE
inline Lanes all(Real x) { return _mm256_set1_pd(x); }
inline Lanes mad(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_pd(a, b, c); }
inline Lanes most(Lanes a, Lanes b) { return _mm256_max_pd(b, a); }
#elif MIXTENTION_SET == 256
inline Lanes all(Real x) { return _mm256_set1_ps(x); }
inline Lanes mad(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }
inline Lanes most(Lanes a, Lanes b) { return _mm256_max_ps(b, a); }
#else
inline Lanes all(Real x) { return x - Lanes{}; }
#if defined(__aarch64__) && MIXTENTION_DOUBLE
inline Lanes mad(Lanes a, Lanes b, Lanes c) { return vfmaq_f64(c, a, b); }
#elif defined(__aarch64__)
inline Lanes mad(Lanes a, Lanes b, Lanes c) { return vfmaq_f32(c, a, b); }
#else
inline Lanes mad(Lanes a, Lanes b, Lanes c) { return a * b + c; }
#endif
#if defined(__x86_64__) && MIXTENTION_DOUBLE
inline Lanes most(Lanes a, Lanes b) { return _mm_max_pd(b, a); }
#elif defined(__x86_64__)
inline Lanes most(Lanes a, Lanes b) { return _mm_max_ps(b, a); }
#else
inline Lanes most(Lanes a, Lanes b) { return a < b ? b : a; }
#endif
#endif

/** The number at p in all lanes */
inline Lanes spread(const char* p) { return all(number(p)); }

/** Columns of a tile of registers: so many vectors of a kind */
template <class Vector, int count>
struct Panel {
  typedef Vector V;
  static constexpr int wide = count;
  static constexpr ptrdiff_t STEP = sizeof(V);
  static constexpr ptrdiff_t COLUMNS = count * STEP / SIZE;
  static V load(const char* p, int v) {
    V x;
    memcpy(&x, p + v * STEP, sizeof x);
    return x;
  }
  static void store(char* p, int v, V x) { memcpy(p + v * STEP, &x, sizeof x); }
  static V spread(const char* p) {
#if MIXTENTION_SET == 512
    if constexpr (STEP < BYTES) return halfOf(number(p));
    else
#endif
      return all(number(p));
  }
  /** out = base + c; what is beyond half a vector is the base. */
  static void finish(char* out, const char* base, const V (&c)[count], bool isLess) {
    UNROLL for (int v = 0; v < count; v++) store(out, v, isLess ? load(base, v) - c[v] : load(base, v) + c[v]);
    if constexpr (STEP < BYTES) store(out, 1, load(base, 1));
  }
};

/** Calls with the place and the form of each panel of so many columns: two vectors, then what is left in one, and in half of one where there are such. */
template <class Visit>
inline void eachPanel(ptrdiff_t columns, Visit visit) {
  ptrdiff_t j = 0;
  for (; j + PANEL - NARROW < columns; j += PANEL) visit(j, Panel<Lanes, 2>());
  if (j + LANES - NARROW < columns) {
    visit(j, Panel<Lanes, 1>());
    j += LANES;
  }
#if MIXTENTION_SET == 512
  if (j < columns) visit(j, Panel<Half, 1>());
#endif
}

/** Rows of a tile of registers: what is called with them comes in multiples of 4. */
template <int count>
struct Rows {
  static constexpr int value = count;
};

#if MIXTENTION_SET == 512 || defined(__aarch64__)
constexpr int MOST_ROWS = 12;
/** Cuts rows into tiles of 12, 8 and 4. */
template <class Visit>
inline void eachRows(ptrdiff_t rows, Visit visit) {
  for (ptrdiff_t i = 0; i < rows;) {
    const ptrdiff_t left = rows - i;
    if (left == 12 || left >= 20) {
      visit(i, Rows<12>());
      i += 12;
    } else if (left >= 8) {
      visit(i, Rows<8>());
      i += 8;
    } else {
      visit(i, Rows<4>());
      i += 4;
    }
  }
}
#else
constexpr int MOST_ROWS = 6;
/** Cuts rows into tiles of 6 and 4. */
template <class Visit>
inline void eachRows(ptrdiff_t rows, Visit visit) {
  for (ptrdiff_t i = 0; i < rows;) {
    const ptrdiff_t left = rows - i;
    if (left == 6 || left >= 10) {
      visit(i, Rows<6>());
      i += 6;
    } else {
      visit(i, Rows<4>());
      i += 4;
    }
  }
}
#endif

/**
 * Where the rows of a tile of registers are read: three rows a pointer, which instructions reach by 0, 1 and 2 strides. A pointer for each row would not
 * fit into registers; compilers would make them, but for what `next` tells them.
 */
template <int rows>
struct Walk {
  static constexpr int POINTERS = (rows + 2) / 3;
  const char* at[POINTERS];
  ptrdiff_t stride;
  Walk(const char* first, ptrdiff_t stride) : stride(stride) {
    UNROLL for (int i = 0; i < POINTERS; i++) at[i] = first + 3 * i * stride;
  }
  const char* row(int i) const { return at[i / 3] + i % 3 * stride; }
  void next() {
    UNROLL for (int i = 0; i < POINTERS; i++) {
      at[i] += SIZE;
      asm("" : "+r"(at[i]));
    }
  }
};

/** Four doubles: what is made in float64 whatever the precision, for counts that come in multiples of 4. */
typedef double Four __attribute__((vector_size(32)));
typedef uint64_t FourBits __attribute__((vector_size(32)));
typedef double LooseFour __attribute__((vector_size(32), aligned(8), may_alias));
typedef Real LooseNarrow __attribute__((vector_size(4 * SIZE), aligned(SIZE), may_alias));
typedef Real Narrow __attribute__((vector_size(4 * SIZE)));

inline Four four(const char* p) { return *(const LooseFour*)p; }
inline void storeFour(char* p, Four x) { *(LooseFour*)p = x; }
inline Four allFour(double x) { return x - Four{}; }
/** Four numbers as doubles, and back */
inline Four widen(const char* p) { return __builtin_convertvector((Narrow) * (const LooseNarrow*)p, Four); }
inline void storeNarrow(char* p, Four x) { *(LooseNarrow*)p = __builtin_convertvector(x, Narrow); }
inline double total(Four x) { return (x[0] + x[1]) + (x[2] + x[3]); }
/** x where the mask is 0 */
inline Four without(Four x, FourBits mask) { return (Four)((FourBits)x & ~mask); }

/** What a verb is called with: places in the memory of the machine, sizes and numbers. */
struct Arguments {
  char* base;
  const double* values;
  char* at(int i) const { return base + (ptrdiff_t)values[i]; }
  ptrdiff_t size(int i) const { return (ptrdiff_t)values[i]; }
};

/** A tile that is added to, and where the sum goes: rows `stride` bytes apart, a base of stride 0 is one row for all. */
struct Into {
  const char* base;
  ptrdiff_t baseStride;
  char* out;
  ptrdiff_t outStride;
  Into shifted(ptrdiff_t row, ptrdiff_t bytes) const {
    return {base + row * baseStride + bytes, baseStride, out + row * outStride + bytes, outStride};
  }
};

inline Into intoOf(const Arguments& a, int i) { return {a.at(i), a.size(i + 1), a.at(i + 2), a.size(i + 3)}; }

}  // namespace
