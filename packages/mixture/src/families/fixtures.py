"""Shared by the fixture.py of every family: writes <name>.fixture.json beside the script.

Run one with   python3 -m venv venv && venv/bin/pip install numpy==2.4.6 scipy==1.17.1 && venv/bin/python gaussian-full/fixture.py
"""

import json
import pathlib

import numpy as np
from scipy.special import logsumexp

N, D, K = 12, 3, 3


def mixture(log_components, log_weights):
    """Log density of rows and responsibilities from log p(x_n | k) [N, K]."""
    joint = log_components + log_weights
    log_density = logsumexp(joint, axis=1)
    return log_density, np.exp(joint - log_density[:, None])


def moments(x, r):
    """Counts, means [K, D] and covariances [K, D, D] of softly assigned rows, from deviations."""
    counts = r.sum(axis=0)
    means = (r.T @ x) / counts[:, None]
    deviations = x[:, None, :] - means[None]
    covariances = np.einsum('nk,nki,nkj->kij', r, deviations, deviations) / counts[:, None, None]
    return counts, means, covariances


def gaussian_setting(seed):
    """Rows, labels, weights, soft responsibilities and means that the Gaussian families share in kind."""
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(K, D)) * 2
    labels = np.arange(N) % K
    x = means[labels] + rng.normal(size=(N, D))
    return rng, x, labels, np.log(rng.dirichlet(np.full(K, 4.0))), rng.dirichlet(np.ones(K), size=N), means


def save(script, **values):
    path = pathlib.Path(script)
    plain = {name: encode(value) for name, value in values.items()}
    target = path.with_name(f'{path.parent.name}.fixture.json')
    target.write_text(json.dumps(plain, indent=1) + '\n')
    print(target.name, target.stat().st_size)


def encode(value):
    if isinstance(value, dict):
        return {name: encode(inner) for name, inner in value.items()}
    return np.asarray(value).ravel().tolist() if isinstance(value, (np.ndarray, list)) else float(value)
