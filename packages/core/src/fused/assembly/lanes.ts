// Vectors of `Real`, which the build sets to f32 or f64. `FUSED` is set for builds that multiply and add in one rounding (relaxed SIMD).

/** log₂ of the size of a number */
export const SHIFT: usize = alignof<Real>();
/** Size of a number */
export const SIZE: usize = sizeof<Real>();
/** Numbers in a vector */
export const LANES: i32 = 16 / sizeof<Real>();
/** Columns of a panel: two vectors */
export const PANEL: i32 = 2 * LANES;

/** a·b + c */
@inline
export function mad(a: v128, b: v128, c: v128): v128 {
  return isDefined(FUSED) ? v128.relaxed_madd<Real>(a, b, c) : v128.add<Real>(v128.mul<Real>(a, b), c);
}

@inline
export function add(a: v128, b: v128): v128 {
  return v128.add<Real>(a, b);
}

@inline
export function sub(a: v128, b: v128): v128 {
  return v128.sub<Real>(a, b);
}

@inline
export function mul(a: v128, b: v128): v128 {
  return v128.mul<Real>(a, b);
}

/** a < b ? b : a, so a NaN in a stays. */
@inline
export function max(a: v128, b: v128): v128 {
  return v128.pmax<Real>(a, b);
}

/** The number at p in all lanes */
@inline
export function spread(p: usize): v128 {
  return sizeof<Real>() == 4 ? v128.load32_splat(p) : v128.load64_splat(p);
}

/** The second to fourth number from p on, in all lanes */
@inline
export function spread1(p: usize): v128 {
  return sizeof<Real>() == 4 ? v128.load32_splat(p, 4) : v128.load64_splat(p, 8);
}

@inline
export function spread2(p: usize): v128 {
  return sizeof<Real>() == 4 ? v128.load32_splat(p, 8) : v128.load64_splat(p, 16);
}

@inline
export function spread3(p: usize): v128 {
  return sizeof<Real>() == 4 ? v128.load32_splat(p, 12) : v128.load64_splat(p, 24);
}

@inline
export function zero(): v128 {
  return v128.splat<Real>(0);
}

/** Two numbers from p on, as doubles */
@inline
export function pair(p: usize): v128 {
  return sizeof<Real>() == 4 ? f64x2.promote_low_f32x4(v128.load64_zero(p)) : v128.load(p);
}

/** Two doubles to p, in the precision of the module */
@inline
export function storePair(p: usize, x: v128): void {
  if (sizeof<Real>() == 4) v128.store64_lane(p, f32x4.demote_f64x2_zero(x), 0);
  else v128.store(p, x);
}
