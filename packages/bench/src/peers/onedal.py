"""EM of oneDAL by daal4py, one iteration at a time (see serve.py)."""
from importlib.metadata import version

import daal4py
import numpy as np
from serve import THREADS, serve

FPTYPE = {"float32": "float", "float64": "double"}


class Model:
    def __init__(self, x, start):
        self.x = x
        self.start = start
        self.algorithm = daal4py.em_gmm(
            nComponents=len(start.weights),
            fptype=FPTYPE[x.dtype.name],
            maxIterations=1,
            accuracyThreshold=0,
            covarianceStorage=start.shape,
        )

    def reset(self):
        _, weights, means, covariances = self.start
        self.parameters = weights[np.newaxis], means, [np.atleast_2d(c) for c in covariances]

    def iterate(self):
        result = self.algorithm.compute(self.x, *self.parameters)
        self.parameters = result.weights, result.means, result.covariances
        return result.goalFunction[0, 0] / len(self.x)


daal4py.daalinit(THREADS)
serve(f"oneDAL {version('daal')}", Model)
