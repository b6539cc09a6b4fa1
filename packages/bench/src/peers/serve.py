"""What every peer's script has in common: it answers on stdout, a JSON line a request, so that all sides are measured in one run.

The folder named first holds `x.npy` and, for each case (a covariance shape, or one with `-vb`: variational Bayes), a start: `<case>-weights.npy` `[1, K]`,
`<case>-means.npy` `[K, D]`, `<case>-covariances.npy` `[K, D*D]`. A request is one line on stdin:

    check diagonal float32   the log-likelihood a row after one iteration from the start, by the E-step of the second one
    time diagonal float32    the seconds of one iteration from the start

A peer is a function `(x, start) -> model` with `model.reset()` (to the start, not timed) and `model.iterate()`, one E-step and one M-step,
which returns the log-likelihood a row of the parameters that it began with.
"""
import json
import os
import sys
import time
from typing import NamedTuple

import numpy as np


THREADS = int(os.environ["OMP_NUM_THREADS"])


class Start(NamedTuple):
    """Where the iteration begins; arrays in the precision of the run. `covariances` is `[K, D]` if diagonal, else `[K, D, D]`."""

    shape: str
    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


def read_start(folder, shape, precision):
    def part(name):
        return np.load(os.path.join(folder, f"{shape}-{name}.npy"))

    means = part("means")
    K, D = means.shape
    covariances = part("covariances").reshape(K, D, D)
    if shape.startswith("diagonal"):
        covariances = np.einsum("kdd->kd", covariances)
    kept = (np.ascontiguousarray(a, dtype=precision) for a in (part("weights").ravel(), means, covariances))
    return Start(shape, *kept)


def serve(version, make_model):
    """Answers requests until stdin ends. `version` is what the table calls this peer."""
    folder = sys.argv[1]
    rows = np.load(os.path.join(folder, "x.npy"))
    models = {}
    print(json.dumps({"version": version}), flush=True)
    for line in sys.stdin:
        what, shape, precision = line.split()
        try:
            if (shape, precision) not in models:
                start = read_start(folder, shape, precision)
                models[shape, precision] = make_model(np.ascontiguousarray(rows, dtype=precision), start)
            model = models[shape, precision]
            model.reset()
            if what == "check":
                model.iterate()
                answer = {"value": float(model.iterate())}
            else:
                begun = time.perf_counter()
                model.iterate()
                answer = {"value": time.perf_counter() - begun}
        except Exception as error:  # whatever it is, the other side names it
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
