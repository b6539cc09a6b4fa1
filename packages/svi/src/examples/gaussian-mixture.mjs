/** A mixture of two normal components on the line, assignments summed out (posteriordb: low_dim_gauss_mix). */
export default ({ sample, observe, ordered, normal, halfNormal, beta, mixture, stack, sub }, { y }) => {
  const mu = sample('mu', ordered(normal([0, 0], 2)));
  const sigma = sample('sigma', halfNormal(2), { shape: [2] });
  const theta = sample('theta', beta(5, 5));
  observe('y', mixture(stack([theta, sub(1, theta)]), normal(mu, sigma)), y);
};
