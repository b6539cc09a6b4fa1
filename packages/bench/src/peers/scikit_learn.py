"""One EM iteration of scikit-learn's GaussianMixture at a time, on request, so that both sides are measured in one run.

Reads the matrix from the .npy file named first; each line "full 16" or "diag 64" on stdin runs one iteration from the
latest state and answers with its seconds. Uses all cores that the BLAS library takes.
"""
import sys
import time

import numpy as np
import sklearn
from sklearn.mixture import GaussianMixture

x = np.load(sys.argv[1]).astype(np.float64)
print(f"scikit-learn {sklearn.__version__}", flush=True)
models = {}
for line in sys.stdin:
    covariance, components = line.split()
    model = models.get(line)
    if model is None:
        model = GaussianMixture(int(components), covariance_type=covariance, random_state=0)
        rng = np.random.RandomState(0)
        responsibilities = rng.dirichlet(np.ones(int(components)), len(x))
        model._initialize(x, responsibilities)
        models[line] = model
    start = time.perf_counter()
    _, log_responsibilities = model._e_step(x)
    model._m_step(x, log_responsibilities)
    print(time.perf_counter() - start, flush=True)
