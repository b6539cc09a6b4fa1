// Exponentials and logarithms of vectors.
#pragma once
#include "lanes.h"

namespace {

#if MIXTENTION_DOUBLE
constexpr Real MAGIC = 6755399441055744.0;  // 1.5·2⁵²
constexpr Real LN2_HIGH = 0.6931471803691238, LN2_LOW = 1.9082149292705877e-10;
constexpr Real LEAST = -700;
constexpr int MANTISSA = 52;
#else
constexpr Real MAGIC = 12582912.0f;  // 1.5·2²³
constexpr Real LN2_HIGH = 0.693145752f, LN2_LOW = 1.42860677e-6f;
constexpr Real LEAST = -80;
constexpr int MANTISSA = 23;
#endif
constexpr Real LOG2_E = (Real)1.4426950408889634;

/** The bits of q, 0 where x is less than the least argument; a NaN is not. */
inline Lanes cut(LaneBits q, Lanes x) {
#if MIXTENTION_SET == 512 && MIXTENTION_DOUBLE
  return _mm512_maskz_mov_pd(_mm512_cmp_pd_mask(x, all(LEAST), _CMP_NLT_UQ), (Lanes)q);
#elif MIXTENTION_SET == 512
  return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, all(LEAST), _CMP_NLT_UQ), (Lanes)q);
#else
  return (Lanes)(q & ~(LaneBits)(x < all(LEAST)));
#endif
}

/** exp x for x ≤ 0, within 1.5 ulp (2 in float64); exactly 1 for 0, exactly 0 below −80 (−700 in float64). */
inline Lanes exponential(Lanes x) {
  const Lanes u = mad(x, all(LOG2_E), all(MAGIC));
  const Lanes n = u - all(MAGIC);
  // ln 2 in two parts, the first short; a polynomial on ±½ ln 2, interpolated at Chebyshev nodes, by pairs
  const Lanes r = mad(n, all(-LN2_LOW), mad(n, all(-LN2_HIGH), x));
  const Lanes r2 = r * r;
#if MIXTENTION_DOUBLE
  const Lanes r4 = r2 * r2;
  const Lanes a = mad(all(1.0), r, all(1.0));
  const Lanes b = mad(all(0.1666666666666668), r, all(0.5000000000000019));
  const Lanes c = mad(all(0.008333333333319601), r, all(0.0416666666664881));
  const Lanes d = mad(all(0.00019841269890047113), r, all(0.0013888888952314775));
  const Lanes e = mad(all(2.755724091857897e-6), r, all(2.4801485482328494e-5));
  const Lanes f = mad(all(2.5110037605963777e-8), r, all(2.763263963904103e-7));
  const Lanes q = mad(mad(mad(f, r2, e), r4, mad(d, r2, c)), r4, mad(b, r2, a));
#else
  const Lanes a = mad(all(1.000000037716214f), r, all(1.0f));
  const Lanes b = mad(all(0.16666415514653277f), r, all(0.5000000047117757f));
  const Lanes c = mad(all(0.008375126398153335f), r, all(0.04166635289677516f));
  const Lanes q = mad(mad(mad(all(0.0013941108433972674f), r2, c), r2, b), r2, a);
#endif
  return cut((LaneBits)q + ((LaneBits)u << MANTISSA), x);
}

/** ln x of normal doubles above 0, within 2 ulp or 1e-16: `e ln 2 + 2 artanh((m − 1)/(m + 1))` with m in [√½, √2]. */
inline Four logarithm(Four x) {
  // Exponent and mantissa as of x/√½, so that the mantissa is cut there.
  const FourBits half = FourBits{} + 0x3fe6a09e667f3bcdULL;
  const FourBits shifted = (FourBits)x - half;
  const FourBits exponent = (shifted + (1ULL << 62)) >> 52;
  const Four e = (Four)(exponent | 0x4330000000000000ULL) - allFour(4503599627370496.0 + 1024.0);
  const Four m = (Four)((shifted & 0x000fffffffffffffULL) + half);
  const Four f = (m - 1.0) / (m + 1.0);
  const Four z = f * f;
  Four q = allFour(2.0 / 23);
  UNROLL for (int i = 21; i >= 3; i -= 2) q = q * z + 2.0 / i;
  return e * 0.6931471805599453 + ((f + f) + q * z * f);
}

/** ln(1 + x) of doubles x ≥ 0, to the relative precision of `logarithm` however small they are (what 1 + x rounds away is given back). */
inline Four logarithm1p(Four x) {
  const Four u = 1.0 + x;
  const Four lost = x - (u - 1.0);
  return logarithm(u) + lost / u;
}

}  // namespace
