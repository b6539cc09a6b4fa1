"""Writes distributions.fixture.json: log densities, entropies and moments by scipy (run: python distributions.py).

A row: the function and its arguments, points with their log densities, entropy (null where scipy has none), mean and standard deviation (null where
there is none), and of a reparameterised one the slope of the mean with each scalar argument, by central differences.
"""
import json
import os

import numpy as np
from scipy import stats
from scipy.special import expit, log_ndtr


class HalfT:
    """|x| of Student's t about 0, which scipy has as foldnorm and halfcauchy but not by itself: by its t, and quadrature of the mean."""

    def __init__(self, v, s):
        self.t, self.v, self.s = stats.t(v, 0, s), v, s

    def logpdf(self, x):
        return self.t.logpdf(x) + np.log(2)

    def mean(self):
        return 2 * self.t.expect(lambda x: x, lb=0)

    def std(self):
        return np.sqrt(self.t.var() - self.mean() ** 2)

    def entropy(self):
        return self.t.entropy() - np.log(2)


UNIVARIATE = {
    "normal": (lambda m, s: stats.norm(m, s), [[0.5, 2.0], [-3.0, 0.1]], [-3.1, 0, 0.5, 4]),
    "studentT": (lambda v, m, s: stats.t(v, m, s), [[5.0, 1.0, 2.0], [30.0, -1.0, 0.5]], [-3, 0.2, 5]),
    "cauchy": (lambda m, s: stats.cauchy(m, s), [[1.0, 2.0]], [-30, 0, 1, 5]),
    "laplace": (lambda m, s: stats.laplace(m, s), [[1.0, 2.0]], [-3, 0.5, 4]),
    "gumbel": (lambda m, s: stats.gumbel_r(m, s), [[1.0, 2.0]], [-3, 0.5, 9]),
    "halfNormal": (lambda s: stats.halfnorm(0, s), [[2.0]], [0.01, 1, 5]),
    "halfCauchy": (lambda s: stats.halfcauchy(0, s), [[2.0]], [0.01, 1, 50]),
    "logNormal": (lambda m, s: stats.lognorm(s, scale=np.exp(m)), [[0.5, 0.4]], [0.3, 1, 5]),
    "exponential": (lambda r: stats.expon(scale=1 / r), [[2.5]], [0.01, 1, 3]),
    "gamma": (lambda a, b: stats.gamma(a, scale=1 / b), [[0.4, 2.0], [7.0, 0.5], [300.0, 10.0]], [0.01, 1, 12, 31]),
    "inverseGamma": (lambda a, b: stats.invgamma(a, scale=b), [[5.0, 2.0]], [0.1, 0.5, 3]),
    "beta": (lambda a, b: stats.beta(a, b), [[0.5, 0.7], [4.0, 9.0]], [0.01, 0.3, 0.97]),
    "uniform": (lambda a, b: stats.uniform(a, b - a), [[-1.0, 3.0]], [-0.5, 2.9]),
    "bernoulli": (lambda p: stats.bernoulli(p), [[0.3]], [0, 1]),
    "binomial": (lambda n, p: stats.binom(n, p), [[9, 0.3], [400, 0.7]], [0, 3, 9]),
    "poisson": (lambda r: stats.poisson(r), [[0.5], [40.0]], [0, 1, 30]),
    "logistic": (lambda m, s: stats.logistic(m, s), [[1.0, 2.0]], [-90, 0, 5]),
    "halfStudentT": (lambda v, s: HalfT(v, s), [[5.0, 2.0]], [0.01, 1, 50]),
    "chiSquared": (lambda v: stats.chi2(v), [[3.0]], [0.01, 1, 12]),
    "weibull": (lambda a, s: stats.weibull_min(a, scale=s), [[1.7, 2.0]], [0.01, 1, 5]),
    "pareto": (lambda s, a: stats.pareto(a, scale=s), [[2.0, 5.5]], [2.1, 3, 50]),
    "negativeBinomial": (lambda m, c: stats.nbinom(c, c / (c + m)), [[3.0, 0.7], [40.0, 1e4]], [0, 1, 30]),
    "geometric": (lambda p: stats.geom(p, loc=-1), [[0.3]], [0, 1, 30]),
    "betaBinomial": (lambda n, a, b: stats.betabinom(n, a, b), [[9, 0.5, 2.0]], [0, 3, 9]),
}
WITHOUT_ENTROPY = {"binomial", "poisson", "negativeBinomial", "geometric", "betaBinomial"}
DISCRETE = WITHOUT_ENTROPY | {"bernoulli"}
NO_MOMENTS = {"cauchy", "halfCauchy"}


def row(name, make, arguments, points):
    d = make(*arguments)
    log_density = d.logpmf if name in DISCRETE else d.logpdf
    moments = None if name in NO_MOMENTS else [float(d.mean()), float(d.std())]
    slopes = None
    if moments and name not in DISCRETE:
        slopes = []
        for i, x in enumerate(arguments):
            h = 1e-4 * max(1, abs(x))
            up, down = [[*arguments[:i], x + s * h, *arguments[i + 1 :]] for s in (1, -1)]
            slopes.append(float((make(*up).mean() - make(*down).mean()) / (2 * h)))
    entropy = None if name in WITHOUT_ENTROPY else float(d.entropy())
    return {
        "name": name,
        "arguments": arguments,
        "points": points,
        "logDensities": [float(log_density(x)) for x in points],
        "entropy": entropy,
        "moments": moments,
        "slopes": slopes,
    }


rows = [row(name, make, a, points) for name, (make, cases, points) in UNIVARIATE.items() for a in cases]

mean, covariance = [1.0, -2.0, 0.5], [[2.0, 0.3, -0.2], [0.3, 1.0, 0.4], [-0.2, 0.4, 0.8]]
mvn = stats.multivariate_normal(mean, covariance)
xs = [[0.0, 0.0, 0.0], [2.0, -1.0, 1.5]]
vectors = [
    {"name": "multivariateNormal", "arguments": [mean, {"covariance": covariance}], "points": xs,
     "logDensities": [float(mvn.logpdf(x)) for x in xs], "entropy": float(mvn.entropy()), "mean": mean},
    {"name": "multivariateNormal", "arguments": [mean, {"deviations": [1.0, 2.0, 0.5]}], "points": xs,
     "logDensities": [float(stats.multivariate_normal(mean, np.diag([1, 4, 0.25])).logpdf(x)) for x in xs],
     "entropy": float(stats.multivariate_normal(mean, np.diag([1, 4, 0.25])).entropy()), "mean": mean},
]
directions = np.array([[1.0, 0.0], [0.5, 0.3], [-0.4, 0.8]])
low_rank = stats.multivariate_normal(mean, directions @ directions.T + np.diag([1, 4, 0.25]))
vectors.append({"name": "multivariateNormal", "arguments": [mean, {"deviations": [1.0, 2.0, 0.5], "directions": directions.tolist()}],
                "points": xs, "logDensities": [float(low_rank.logpdf(x)) for x in xs], "entropy": float(low_rank.entropy()), "mean": mean})
a = [0.5, 2.0, 3.5]
dirichlet = stats.dirichlet(a)
xs = [[0.2, 0.3, 0.5], [0.01, 0.9, 0.09]]
vectors.append({"name": "dirichlet", "arguments": [a], "points": xs, "logDensities": [float(dirichlet.logpdf(x)) for x in xs],
                "entropy": float(dirichlet.entropy()), "mean": [float(x) for x in dirichlet.mean()]})
scale = [[0.5, 0.1], [0.1, 0.3]]
wishart = stats.wishart(4.5, scale)
xs = [[[2.0, 0.3], [0.3, 1.0]], [[0.4, -0.1], [-0.1, 3.0]]]
vectors.append({"name": "wishart", "arguments": [4.5, {"scale": scale}], "points": xs,
                "logDensities": [float(wishart.logpdf(x)) for x in xs], "entropy": float(wishart.entropy()),
                "mean": [float(x) for x in wishart.mean().ravel()]})
scale = [[0.5, 0.1, 0.0], [0.1, 0.3, -0.1], [0.0, -0.1, 0.4]]
wishart = stats.wishart(3.2, scale)
xs = [[[2.0, 0.3, 0.1], [0.3, 1.0, 0.2], [0.1, 0.2, 1.5]]]
vectors.append({"name": "wishart", "arguments": [3.2, {"scale": scale}], "points": xs,
                "logDensities": [float(wishart.logpdf(x)) for x in xs], "entropy": float(wishart.entropy()),
                "mean": [float(x) for x in wishart.mean().ravel()]})
logits = [0.3, -1.0, 2.0]
p = np.exp(logits) / np.exp(logits).sum()
categorical = stats.rv_discrete(values=([0, 1, 2], p))
vectors.append({"name": "categorical", "arguments": [{"logits": logits}], "points": [0, 1, 2],
                "logDensities": [float(x) for x in np.log(p)], "entropy": float(-(p * np.log(p)).sum()), "mean": [float(categorical.mean())]})
vectors.append({"name": "oneHotCategorical", "arguments": [{"logits": logits}], "points": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
                "logDensities": [float(x) for x in np.log(p)], "entropy": float(-(p * np.log(p)).sum()), "mean": [float(x) for x in p]})
vectors.append({"name": "bernoulli", "arguments": [{"logits": 0.7}], "points": [0, 1],
                "logDensities": [float(stats.bernoulli(expit(0.7)).logpmf(x)) for x in (0, 1)],
                "entropy": float(stats.bernoulli(expit(0.7)).entropy()), "mean": [float(expit(0.7))]})
vectors.append({"name": "binomial", "arguments": [9, {"logits": -0.4}], "points": [0, 4, 9],
                "logDensities": [float(stats.binom(9, expit(-0.4)).logpmf(x)) for x in (0, 4, 9)],
                "entropy": None, "mean": [float(9 * expit(-0.4))]})

def other(name, arguments, points, logs, mean):
    vectors.append({"name": name, "arguments": arguments, "points": points, "logDensities": [float(x) for x in logs], "entropy": None,
                    "mean": None if mean is None else [float(x) for x in mean]})


xs = [[2, 0, 3], [0, 5, 0]]
multinomial = stats.multinomial(5, [0.2, 0.3, 0.5])
other("multinomial", [5, [0.2, 0.3, 0.5]], xs, [multinomial.logpmf(x) for x in xs], [1.0, 1.5, 2.5])
dirichlet_multinomial = stats.dirichlet_multinomial([0.5, 2.0, 3.5], 5)
other("dirichletMultinomial", [5, [0.5, 2.0, 3.5]], xs, [dirichlet_multinomial.logpmf(x) for x in xs], dirichlet_multinomial.mean())
above = np.concatenate([[0], stats.logistic(0.4, 1).cdf([-1.0, 0.5, 3.0]), [1]])
p = np.diff(above)
other("orderedLogistic", [0.4, [-1.0, 0.5, 3.0]], [0, 1, 2, 3], np.log(p), None)
vectors[-1].update(entropy=float(-(p * np.log(p)).sum()), mean=[float((p * np.arange(4)).sum())])
for m, s, bounds in [(1.0, 2.0, {"lower": 0.0}), (1.0, 2.0, {"upper": 0.0}), (0.0, 1.0, {"lower": 7.0, "upper": 9.0}), (0.0, 1.0, {"lower": -9.0, "upper": -7.0}), (1.0, 2.0, {"lower": 0.0, "upper": 3.0})]:
    lower, upper = bounds.get("lower", -np.inf), bounds.get("upper", np.inf)
    truncated = stats.truncnorm((lower - m) / s, (upper - m) / s, m, s)
    points = [float(x) for x in truncated.ppf([0.1, 0.6])]
    other("truncatedNormal", [m, s, bounds], points, truncated.logpdf(points), None)
xs = [-1000.0, -40.0, -6.0, -3.1, -2.9, -0.5, 0.0, 0.5, 2.9, 3.1, 9.0]
normal_log_cdf = {"points": xs, "values": [float(x) for x in log_ndtr(xs)]}

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "distributions.fixture.json"), "w") as file:
    json.dump({"univariate": rows, "others": vectors, "normalLogCdf": normal_log_cdf}, file)
