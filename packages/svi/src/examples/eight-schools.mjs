/** Eight schools, non-centred (Rubin 1981; Gelman et al., Bayesian Data Analysis): effects of coaching, each with its standard error. */
export default ({ sample, observe, plate, deterministic, normal, halfCauchy, add, mul }, { J, y, sigma }) => {
  const mu = sample('mu', normal(0, 5));
  const tau = sample('tau', halfCauchy(5));
  const theta = plate('schools', J, () => deterministic('theta', add(mu, mul(tau, sample('t', normal(0, 1))))));
  observe('y', normal(theta, sigma), y);
};
