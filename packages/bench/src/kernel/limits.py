"""What this machine does of products, exponentials and reads from memory, by NumPy: one JSON line.

    python limits.py ROWS WIDTH COMPONENTS PRECISION ROUNDS

Threads are those of OMP_NUM_THREADS and its like. Medians; products `[ROWS, WIDTH]` by `[WIDTH, COMPONENTS]`.
"""
import json
import statistics
import sys
import time

import numpy as np

rows, width, components = (int(a) for a in sys.argv[1:4])
precision, rounds = sys.argv[4], int(sys.argv[5])


def rate(work, run):
    run()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return work / statistics.median(times)


random = np.random.default_rng(1)
a = random.standard_normal((rows, width)).astype(precision)
b = random.standard_normal((width, components)).astype(precision)
out = np.empty((rows, components), precision)
# Exponentials in the cache, reads out of memory.
few = random.standard_normal(4096).astype(precision)
into = np.empty_like(few)
many = np.zeros(2**24, np.float64)


def exponentials():
    for _ in range(100):
        np.exp(few, out=into)


print(
    json.dumps(
        {
            "numpy": np.__version__,
            "multiplyAdds": rate(rows * width * components, lambda: np.matmul(a, b, out=out)),
            "exponentials": rate(100 * few.size, exponentials),
            "bytes": rate(many.nbytes, many.sum),
        }
    )
)
