"""scikit-learn's GaussianMixture and BayesianGaussianMixture, one iteration at a time (see serve.py). They compute in the precision of their rows."""
import copy

import numpy as np
import sklearn
from serve import serve
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky


class Model:
    def __init__(self, x, start):
        self.x = x
        self.start = start
        shape = {"diagonal": "diag", "full": "full"}[start.shape]
        self.mixture = GaussianMixture(len(start.weights), covariance_type=shape, reg_covar=0)

    def reset(self):
        _, weights, means, covariances = self.start
        self.mixture.weights_ = weights
        self.mixture.means_ = means
        self.mixture.covariances_ = covariances
        self.mixture.precisions_cholesky_ = _compute_precision_cholesky(covariances, self.mixture.covariance_type)

    def iterate(self):
        log_likelihood, log_responsibilities = self.mixture._e_step(self.x)
        self.mixture._m_step(self.x, log_responsibilities)
        assert self.mixture.means_.dtype == self.x.dtype == log_responsibilities.dtype
        return log_likelihood


class BayesianModel:
    """Begins with what the M-step makes of the start's responsibilities: mean 0, shrinkage 1, D degrees of freedom and inverse scale 1 are the prior."""

    def __init__(self, x, start):
        self.x = x
        K, D = start.means.shape
        shape = start.shape.removesuffix("-vb")
        first = Model(x, start._replace(shape=shape))
        first.reset()
        _, log_responsibilities = first.mixture._e_step(x)
        covariance_type = first.mixture.covariance_type
        self.first = BayesianGaussianMixture(
            n_components=K, covariance_type=covariance_type, reg_covar=0, weight_concentration_prior_type="dirichlet_distribution",
            weight_concentration_prior=1.0, mean_precision_prior=1.0, mean_prior=np.zeros(D, x.dtype), degrees_of_freedom_prior=D,
            covariance_prior=np.ones(D, x.dtype) if covariance_type == "diag" else np.eye(D, dtype=x.dtype))
        self.first._check_parameters(x)
        self.first._m_step(x, log_responsibilities)

    def reset(self):
        self.mixture = copy.copy(self.first)

    def iterate(self):
        evidence, log_responsibilities = self.mixture._e_step(self.x)
        self.mixture._m_step(self.x, log_responsibilities)
        return evidence


serve(f"scikit-learn {sklearn.__version__}", lambda x, start: (BayesianModel if start.shape.endswith("-vb") else Model)(x, start))
