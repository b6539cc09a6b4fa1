// Exponentials and logarithms of vectors.

import { add, mad, mul, sub } from './lanes';

// Constants lie in memory: as literals they would fill registers (Node 24 needs twice the time). Polynomials go by pairs (Estrin): what limits
// them is the length of the chain, not the number of operations.

// 1.5·2²³ | log₂ e | ln 2 in two parts, the first short | least argument | polynomial of exp on ±½ ln 2, interpolated at Chebyshev nodes, without
// the coefficient of its argument, which is 1 in this precision
const SINGLE: usize = memory.data<f32>([
  12582912.0, 1.44269504, 0.693145752, 1.42860677e-6, -80.0, 1.0, 0.5000000047117757, 0.16666415514653277,
  0.04166635289677516, 0.008375126398153335, 0.0013941108433972674,
]);
// The same with 1.5·2⁵²
const DOUBLE: usize = memory.data<f64>([
  6755399441055744.0, 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10, -700.0, 1.0, 0.5000000000000019,
  0.1666666666666668, 0.0416666666664881, 0.008333333333319601, 0.0013888888952314775, 0.00019841269890047113,
  2.4801485482328494e-5, 2.755724091857897e-6, 2.763263963904103e-7, 2.5110037605963777e-8,
]);

/** Where the constants of `exp` lie */
@inline
export const EXP: usize = sizeof<Real>() == 4 ? SINGLE : DOUBLE;

/** The least argument of `exp` whose result is not 0 */
@inline
export function least(): v128 {
  return sizeof<Real>() == 4 ? v128.load32_splat(SINGLE, 16) : v128.load64_splat(DOUBLE, 32);
}

/** exp x for x ≤ 0, within 1.5 ulp (2 in float64); exactly 1 for 0, exactly 0 below −80 (−700 in float64). */
@inline
export function exp(x: v128, t: usize): v128 {
  return sizeof<Real>() == 4 ? expSingle(x, t) : expDouble(x, t);
}

@inline
function expSingle(x: v128, t: usize): v128 {
  const magic = v128.load32_splat(t);
  const u = mad(x, v128.load32_splat(t, 4), magic);
  const n = sub(u, magic);
  const r = sub(sub(x, mul(n, v128.load32_splat(t, 8))), mul(n, v128.load32_splat(t, 12)));
  const r2 = mul(r, r);
  const a = add(r, v128.load32_splat(t, 20));
  const b = mad(v128.load32_splat(t, 28), r, v128.load32_splat(t, 24));
  const c = mad(v128.load32_splat(t, 36), r, v128.load32_splat(t, 32));
  const q = mad(mad(mad(v128.load32_splat(t, 40), r2, c), r2, b), r2, a);
  // A NaN is not less than the least argument, so it stays one.
  return v128.andnot(i32x4.add(q, i32x4.shl(u, 23)), f32x4.lt(x, v128.load32_splat(t, 16)));
}

@inline
function expDouble(x: v128, t: usize): v128 {
  const magic = v128.load64_splat(t);
  const u = mad(x, v128.load64_splat(t, 8), magic);
  const n = sub(u, magic);
  const r = sub(sub(x, mul(n, v128.load64_splat(t, 16))), mul(n, v128.load64_splat(t, 24)));
  const r2 = mul(r, r);
  const r4 = mul(r2, r2);
  const a = add(r, v128.load64_splat(t, 40));
  const b = mad(v128.load64_splat(t, 56), r, v128.load64_splat(t, 48));
  const c = mad(v128.load64_splat(t, 72), r, v128.load64_splat(t, 64));
  const d = mad(v128.load64_splat(t, 88), r, v128.load64_splat(t, 80));
  const e = mad(v128.load64_splat(t, 104), r, v128.load64_splat(t, 96));
  const f = mad(v128.load64_splat(t, 120), r, v128.load64_splat(t, 112));
  const q = mad(mad(mad(f, r2, e), r4, mad(d, r2, c)), r4, mad(b, r2, a));
  return v128.andnot(i64x2.add(q, i64x2.shl(u, 52)), f64x2.lt(x, v128.load64_splat(t, 32)));
}

/** ln x of two normal doubles above 0, within 2 ulp or 1e-16: `e ln 2 + 2 artanh((m − 1)/(m + 1))` with m in [√½, √2]. */
@inline
export function log(x: v128): v128 {
  // Exponent and mantissa as of x/√½, so that the mantissa is cut there.
  const shifted = i64x2.sub(x, i64x2.splat(0x3fe6a09e667f3bcd));
  const exponent = i64x2.shr_u(i64x2.add(shifted, i64x2.splat(1 << 62)), 52);
  const e = f64x2.sub(v128.or(exponent, i64x2.splat(0x4330000000000000)), f64x2.splat(4503599627370496.0 + 1024.0));
  const m = i64x2.add(v128.and(shifted, i64x2.splat(0x000fffffffffffff)), i64x2.splat(0x3fe6a09e667f3bcd));
  const f = f64x2.div(f64x2.sub(m, f64x2.splat(1)), f64x2.add(m, f64x2.splat(1)));
  const z = f64x2.mul(f, f);
  let q = f64x2.splat(2.0 / 23);
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 21));
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 19));
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 17));
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 15));
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 13));
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 11));
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 9));
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 7));
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 5));
  q = f64x2.add(f64x2.mul(q, z), f64x2.splat(2.0 / 3));
  const tail = f64x2.mul(f64x2.mul(q, z), f);
  return f64x2.add(f64x2.mul(e, f64x2.splat(0.6931471805599453)), f64x2.add(f64x2.add(f, f), tail));
}

/** ln(1 + x) of two doubles x ≥ 0, to the relative precision of `log` however small they are (what 1 + x rounds away is given back). */
@inline
export function log1p(x: v128): v128 {
  const u = f64x2.add(f64x2.splat(1), x);
  const lost = f64x2.sub(x, f64x2.sub(u, f64x2.splat(1)));
  return f64x2.add(log(u), f64x2.div(lost, u));
}
