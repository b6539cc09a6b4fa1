"""Densities, normal–inverse-gamma density, evidence and estimates of spherical Gaussians, by SciPy."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import numpy as np
from fixtures import D, K, gaussian_setting, mixture, moments, save
from scipy.stats import invgamma, multivariate_normal, multivariate_t

rng, x, labels, log_weights, r, means = gaussian_setting(4)
variances = invgamma.rvs(3, size=K, random_state=rng)
log_components = np.stack([multivariate_normal.logpdf(x, means[k], variances[k] * np.eye(D)) for k in range(K)], axis=1)
log_density, responsibilities = mixture(log_components, log_weights)

m, beta, nu, s = rng.normal(size=D), 0.7, 2.5, 1.9
log_prior = sum(
    multivariate_normal.logpdf(means[k], m, variances[k] / beta * np.eye(D)) + invgamma.logpdf(variances[k], nu / 2, scale=s / 2)
    for k in range(K)
)

# The evidence of rows whose components are known, one predictive Student density after the other.
log_evidence = 0.0
state = [(m.copy(), beta, nu, s) for _ in range(K)]
for row, k in zip(x, labels):
    mk, bk, nk, sk = state[k]
    log_evidence += multivariate_t.logpdf(row, mk, sk * (bk + 1) / (bk * nk) * np.eye(D), df=nk)
    state[k] = ((bk * mk + row) / (bk + 1), bk + 1, nk + D, sk + bk / (bk + 1) * ((row - mk) ** 2).sum())

counts, estimated_means, estimated_covariances = moments(x, r)
save(
    __file__,
    x=x,
    logWeights=log_weights,
    params={'means': means, 'variances': variances},
    logComponents=log_components,
    logDensity=log_density,
    responsibilities=responsibilities,
    prior={'mean': m, 'shrinkage': beta, 'degrees': nu, 'inverseScale': s},
    logPrior=log_prior,
    labels=labels,
    logEvidence=log_evidence,
    soft=r,
    estimate={'means': estimated_means, 'variances': np.einsum('kii->k', estimated_covariances) / D},
)
