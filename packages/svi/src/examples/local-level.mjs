/** A level that drifts, seen with noise: states are integrated out by a Kalman filter, so that two deviations are left whatever the number of steps. */
export default (
  { sample, observe, deterministic, normal, halfNormal, add, sub, mul, div, square, sqrt, value },
  { y },
) => {
  const drift = sample('drift', halfNormal(1));
  const noise = sample('noise', halfNormal(1));
  let [mean, variance] = [value(0), value(1)];
  y.forEach((seen, t) => {
    const total = add(variance, square(noise));
    observe(`y${t}`, normal(mean, sqrt(total)), seen);
    const gain = div(variance, total);
    mean = add(mean, mul(gain, sub(seen, mean)));
    variance = add(mul(variance, sub(1, gain)), square(drift));
  });
  deterministic('next', mean);
};
