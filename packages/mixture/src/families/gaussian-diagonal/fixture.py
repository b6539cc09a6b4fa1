"""Densities, normal–inverse-gamma density, evidence and estimates of Gaussians with diagonal covariances, by SciPy."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import numpy as np
from fixtures import D, K, gaussian_setting, mixture, moments, save
from scipy.stats import invgamma, norm, t

rng, x, labels, log_weights, r, means = gaussian_setting(3)
variances = invgamma.rvs(3, size=(K, D), random_state=rng)
log_components = norm.logpdf(x[:, None, :], means, np.sqrt(variances)).sum(axis=2)
log_density, responsibilities = mixture(log_components, log_weights)

m, beta, nu, s = rng.normal(size=D), 0.7, 2.5, rng.gamma(3, size=D)
log_prior = norm.logpdf(means, m, np.sqrt(variances / beta)).sum() + invgamma.logpdf(variances, nu / 2, scale=s / 2).sum()

# The evidence of rows whose components are known, one predictive Student density after the other, column by column.
log_evidence = 0.0
state = [(m.copy(), beta, nu, s.copy()) for _ in range(K)]
for row, k in zip(x, labels):
    mk, bk, nk, sk = state[k]
    log_evidence += t.logpdf(row, nk, mk, np.sqrt(sk * (bk + 1) / (bk * nk))).sum()
    state[k] = ((bk * mk + row) / (bk + 1), bk + 1, nk + 1, sk + bk / (bk + 1) * (row - mk) ** 2)

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
    estimate={'means': estimated_means, 'variances': np.einsum('kii->ki', estimated_covariances)},
)
