"""PyTorch's attention, all heads at once (see serve.py for the protocol).

The folder named first holds `queries.npy`, `keys.npy`, `values.npy`, `[H*N, d]`. `check` answers the root mean square of the output.
"""
import json
import os
import sys
import time

import numpy as np
import torch

HEADS = 8
attention = torch.nn.functional.scaled_dot_product_attention


def read(name, precision):
    rows = np.load(os.path.join(sys.argv[1], f"{name}.npy")).astype(precision)
    return torch.from_numpy(rows.reshape(HEADS, -1, rows.shape[1]))


torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
torch.set_flush_denormal(True)
problems = {}
print(json.dumps({"version": f"PyTorch {torch.__version__.split('+')[0]}, attention"}), flush=True)
for line in sys.stdin:
    what, _, precision = line.split()
    if precision not in problems:
        problems[precision] = [read(name, precision) for name in ("queries", "keys", "values")]
    begun = time.perf_counter()
    output = attention(*problems[precision])
    seconds = time.perf_counter() - begun
    print(json.dumps({"value": float(output.double().square().mean().sqrt()) if what == "check" else seconds}), flush=True)
