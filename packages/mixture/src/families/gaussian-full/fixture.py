"""Densities, normal–inverse–Wishart density, evidence and estimates of full Gaussians, by SciPy."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import numpy as np
from fixtures import D, K, gaussian_setting, mixture, moments, save
from scipy.stats import invwishart, multivariate_normal, multivariate_t

rng, x, labels, log_weights, r, means = gaussian_setting(1)
covariances = np.stack([invwishart.rvs(D + 3, np.eye(D), random_state=rng) for _ in range(K)])
log_components = np.stack([multivariate_normal.logpdf(x, means[k], covariances[k]) for k in range(K)], axis=1)
log_density, responsibilities = mixture(log_components, log_weights)

m, beta, nu, psi = rng.normal(size=D), 0.7, D + 1.5, invwishart.rvs(D + 4, np.eye(D), random_state=rng)
log_prior = sum(
    multivariate_normal.logpdf(means[k], m, covariances[k] / beta) + invwishart.logpdf(covariances[k], nu, psi) for k in range(K)
)

# The evidence of rows whose components are known, one predictive Student density after the other.
log_evidence = 0.0
state = [(m.copy(), beta, nu, psi.copy()) for _ in range(K)]
for row, k in zip(x, labels):
    mk, bk, nk, pk = state[k]
    freedom = nk + 1 - D
    log_evidence += multivariate_t.logpdf(row, mk, pk * (bk + 1) / (bk * freedom), df=freedom)
    gap = row - mk
    state[k] = ((bk * mk + row) / (bk + 1), bk + 1, nk + 1, pk + bk / (bk + 1) * np.outer(gap, gap))

counts, estimated_means, estimated_covariances = moments(x, r)
save(
    __file__,
    x=x,
    logWeights=log_weights,
    params={'means': means, 'covariances': covariances},
    logComponents=log_components,
    logDensity=log_density,
    responsibilities=responsibilities,
    prior={'mean': m, 'shrinkage': beta, 'degrees': nu, 'inverseScale': psi},
    logPrior=log_prior,
    labels=labels,
    logEvidence=log_evidence,
    soft=r,
    estimate={'means': estimated_means, 'covariances': estimated_covariances},
)
