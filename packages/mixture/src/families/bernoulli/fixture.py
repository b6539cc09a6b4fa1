"""Probabilities, beta density, evidence and estimates of Bernoulli components, by SciPy."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import numpy as np
from fixtures import D, K, N, mixture, save
from scipy.stats import bernoulli, beta

rng = np.random.default_rng(5)
theta = rng.beta(2, 2, size=(K, D))
labels = np.arange(N) % K
x = (rng.random((N, D)) < theta[labels]).astype(float)
log_weights = np.log(rng.dirichlet(np.full(K, 4.0)))
log_components = bernoulli.logpmf(x[:, None, :], theta).sum(axis=2)
log_density, responsibilities = mixture(log_components, log_weights)

a, b = 1.7, 0.6
log_prior = beta.logpdf(theta, a, b).sum()

# The evidence of rows whose components are known, one predictive probability after the other.
log_evidence = 0.0
yes, no = np.full((K, D), a), np.full((K, D), b)
for row, k in zip(x, labels):
    log_evidence += bernoulli.logpmf(row, yes[k] / (yes[k] + no[k])).sum()
    yes[k] += row
    no[k] += 1 - row

r = rng.dirichlet(np.ones(K), size=N)
save(
    __file__,
    x=x,
    logWeights=log_weights,
    params={'probabilities': theta},
    logComponents=log_components,
    logDensity=log_density,
    responsibilities=responsibilities,
    prior={'a': a, 'b': b},
    logPrior=log_prior,
    labels=labels,
    logEvidence=log_evidence,
    soft=r,
    estimate={'probabilities': (r.T @ x) / r.sum(axis=0)[:, None]},
)
