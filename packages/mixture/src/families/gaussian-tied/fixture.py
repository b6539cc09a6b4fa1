"""Densities, prior density, evidence and estimates of Gaussians with one covariance, by SciPy."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import numpy as np
from fixtures import D, K, gaussian_setting, mixture, moments, save
from scipy.stats import invwishart, multivariate_normal, multivariate_t

rng, x, labels, log_weights, r, means = gaussian_setting(2)
covariance = invwishart.rvs(D + 3, np.eye(D), random_state=rng)
log_components = np.stack([multivariate_normal.logpdf(x, means[k], covariance) for k in range(K)], axis=1)
log_density, responsibilities = mixture(log_components, log_weights)

m, beta, nu, psi = rng.normal(size=D), 0.7, D + 1.5, invwishart.rvs(D + 4, np.eye(D), random_state=rng)
log_prior = invwishart.logpdf(covariance, nu, psi)
log_prior += sum(multivariate_normal.logpdf(means[k], m, covariance / beta) for k in range(K))

# The evidence of rows whose components are known, one predictive Student density after the other; the covariance learns from all.
log_evidence = 0.0
mk, bk, nk, pk = np.tile(m, (K, 1)), np.full(K, beta), nu, psi.copy()
for row, k in zip(x, labels):
    freedom = nk + 1 - D
    log_evidence += multivariate_t.logpdf(row, mk[k], pk * (bk[k] + 1) / (bk[k] * freedom), df=freedom)
    gap = row - mk[k]
    pk = pk + bk[k] / (bk[k] + 1) * np.outer(gap, gap)
    mk[k] = (bk[k] * mk[k] + row) / (bk[k] + 1)
    bk[k] += 1
    nk += 1

counts, estimated_means, estimated_covariances = moments(x, r)
save(
    __file__,
    x=x,
    logWeights=log_weights,
    params={'means': means, 'covariance': covariance},
    logComponents=log_components,
    logDensity=log_density,
    responsibilities=responsibilities,
    prior={'mean': m, 'shrinkage': beta, 'degrees': nu, 'inverseScale': psi},
    logPrior=log_prior,
    labels=labels,
    logEvidence=log_evidence,
    soft=r,
    estimate={'means': estimated_means, 'covariance': np.tensordot(counts, estimated_covariances, 1) / counts.sum()},
)
