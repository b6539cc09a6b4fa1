/** A series by its own last K values (posteriordb: arK). */
export default ({ sample, observe, normal, halfCauchy, add, matmul }, { K, T, y }) => {
  const alpha = sample('alpha', normal(0, 10));
  const beta = sample('beta', normal(0, 10), { shape: [K] });
  const sigma = sample('sigma', halfCauchy(2.5));
  const times = Array.from({ length: T - K }, (_, i) => i + K);
  const lagged = times.map((t) => Array.from({ length: K }, (_, k) => y[t - 1 - k]));
  observe(
    'y',
    normal(add(alpha, matmul(lagged, beta)), sigma),
    times.map((t) => y[t]),
  );
};
