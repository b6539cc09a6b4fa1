"""scikit-learn's GaussianMixture, one EM iteration at a time (see serve.py). It computes in the precision of its rows."""
import sklearn
from serve import serve
from sklearn.mixture import GaussianMixture
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


serve(f"scikit-learn {sklearn.__version__}", Model)
