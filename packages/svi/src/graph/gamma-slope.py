"""Writes gamma-slope.fixture.json: how gamma draws move with their shape, by mpmath in 40 digits (run: python gamma-slope.py)."""
import json
import os

from mpmath import diff, exp, gammainc, log, loggamma, mp, mpf

mp.dps = 40
rows = []
for a in [0.01, 0.1, 0.5, 1, 2.5, 10, 100, 3000, 99999, 100001]:
    for z in [-3, -1, 0, 1, 4]:
        g = a * max(1 - 1 / (9 * a) + z / (3 * a**0.5), 1e-3) ** 3
        a_, g_ = mpf(a), mpf(g)
        density = exp((a_ - 1) * log(g_) - g_ - loggamma(a_))
        slope = -diff(lambda s: gammainc(s, 0, g_, regularized=True), a_) / density
        rows.append([a, g, float(slope)])
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gamma-slope.fixture.json"), "w") as file:
    json.dump(rows, file)
