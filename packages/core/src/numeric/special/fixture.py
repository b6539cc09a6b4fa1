"""Makes special.fixture.json: reference values by mpmath at 50 digits.

    pip install mpmath && python fixture.py

Each entry is [argument, ..., value]; arguments are exact float64 numbers, values are rounded once, at the end.
"""

import json
from pathlib import Path

from mpmath import digamma, exp, fsum, log, loggamma, mp, mpf, pi, psi

mp.dps = 50

positive = [1e-300, 1e-10, 1e-6, 0.001, 0.1, 0.25, 0.5, 0.75, 0.999999, 1.0, 1.000001, 1.25, 1.46, 1.4616321449683623,
            1.5, 1.75, 1.999999, 2.0, 2.000001, 2.5, 3.0, 4.75, 7.5, 9.99, 10.0, 10.5, 12.0, 20.0, 33.25, 100.0, 1234.5,
            1e4, 1e6, 12345678.9, 1e8, 1e12, 1e15]
negative = [-0.5, -1.5, -2.25, -10.75]
sizes = [1e-10, 1e-3, 0.1, 0.5, 1.1, 2.3, 9.5, 9.99, 10.0, 10.1, 33.3, 1e3, 1e4, 123456.7, 1e6, 1e8, 1e12]


def log_beta(a, b):
    return loggamma(a) + loggamma(b) - loggamma(a + b)


def multivariate(a, d):
    return mpf(d) * (d - 1) / 4 * log(pi) + fsum(loggamma(a - mpf(i) / 2) for i in range(d))


def log_c(alpha):
    return loggamma(fsum(alpha)) - fsum(loggamma(a) for a in alpha)


def log_sum_exp(x):
    top = max(x)
    return top + log(fsum(exp(v - top) for v in x))


def one(f, points):
    return [[x, float(f(mpf(x)).real)] for x in points]


fixture = {
    "digamma": one(digamma, positive + negative),
    "trigamma": one(lambda x: psi(1, x), [x for x in positive if x > 1e-100] + negative),
    "lgamma": one(loggamma, positive + negative),
    "multivariateLogGamma": [[a, d, float(multivariate(mpf(a), d))]
                             for d in (1, 2, 3, 8, 64) for a in ((d - 1) / 2 + 0.01, d + 0.5, 10.0 * d, 1e6)],
    "logBeta": [[a, b, float(log_beta(mpf(a), mpf(b)))] for a in sizes for b in sizes],
    "logGammaRatio": [[a, b, float(loggamma(mpf(b)) - loggamma(mpf(a) + mpf(b)))]
                      for a in (1e-3, 0.5, 7.0, 1e3, 1e8) for b in (10.0, 17.5, 1e4, 1e8)],
    "logDirichletNormalizer": [[alpha, float(log_c([mpf(a) for a in alpha]))] for alpha in (
        [3.5], [1.0, 1.0, 1.0], [0.001] * 6, [10.0] * 6, [0.3, 2.0, 71.5], [1e8, 1.0, 2.5, 1e-3],
        [1e-3, 2.5, 1.0, 1e8], [1e7] * 20, [1e-10, 1e10, 3.0])],
    "logSumExp": [[x, float(log_sum_exp([mpf(v) for v in x]))] for x in (
        [0.5], [1.0, 2.0, 3.0], [-1000.0, -1000.5, -1001.0], [710.0, 711.0], [0.1, -40.0, -80.0], [-1e4, 0.0, 1e4],
        [1e308, 1e308], [-1e308, -1e308, 1.25], [0.25] * 7)],
}

text = ",\n".join(f' "{name}": [\n' + ",\n".join("  " + json.dumps(row) for row in rows) + "\n ]" for name, rows in fixture.items())
Path(__file__).with_name("special.fixture.json").write_text("{\n" + text + "\n}\n")
