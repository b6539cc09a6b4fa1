/** A line through test scores of children by the intelligence quotient of their mothers (posteriordb: kidscore_momiq). */
export default ({ sample, observe, flat, halfCauchy, normal, add, mul, take }, { kid_score, mom_iq }) => {
  const beta = sample('beta', flat(), { shape: [2] });
  const sigma = sample('sigma', halfCauchy(2.5));
  observe('kid_score', normal(add(take(beta, 0), mul(take(beta, 1), mom_iq)), sigma), kid_score);
};
