"""NumPyro's SVI, jitted, many steps a call (see serve.py for how it answers). Its one argument is the precision of everything.

The folder holds `svi-x.npy` `[N, D]` for the mixture, `regression-x.npy`, `network-x.npy` and the like, and `<id>-<site>.npy`, values of every latent at which `check` tells the log joint density.
`time` takes the seconds of one step of AutoNormal, Adam and one draw, over calls of some hundred steps.
"""
import json
import os
import sys
import time

folder, precision = sys.argv[1:3]

import jax

jax.config.update("jax_enable_x64", precision == "float64")

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax import lax, random
from numpyro.infer import SVI, Trace_ELBO
from numpyro.infer.autoguide import AutoNormal
from numpyro.infer.util import log_density

COMPONENTS = 16
Y = [28.0, 8, -3, 7, -1, 1, 18, 12]
SIGMA = [15.0, 10, 16, 11, 9, 11, 10, 18]


def mixture(x):
    n, d = x.shape
    weights = numpyro.sample("weights", dist.Dirichlet(jnp.ones(COMPONENTS)))
    means = numpyro.sample("means", dist.Normal(0, 5).expand([COMPONENTS, d]).to_event(2))
    deviations = numpyro.sample("deviations", dist.LogNormal(0, 1).expand([COMPONENTS, d]).to_event(2))
    with numpyro.plate("rows", n):
        parts = dist.Normal(means, deviations).to_event(1)
        numpyro.sample("x", dist.MixtureSameFamily(dist.Categorical(weights), parts), obs=x)


def eight_schools(y, sigma):
    mu = numpyro.sample("mu", dist.Normal(0, 5))
    tau = numpyro.sample("tau", dist.HalfCauchy(5))
    with numpyro.plate("schools", 8):
        t = numpyro.sample("t", dist.Normal(0, 1))
        numpyro.sample("y", dist.Normal(mu + tau * t, sigma), obs=y)


def regression(x, y, subsample=None):
    b = numpyro.sample("b", dist.Normal(0, 1).expand([x.shape[1]]).to_event(1))
    with numpyro.plate("rows", x.shape[0], subsample_size=subsample):
        some_x, some_y = numpyro.subsample(x, 1), numpyro.subsample(y, 0)
        numpyro.sample("y", dist.Bernoulli(logits=some_x @ b), obs=some_y)


def minibatches(x, y):
    regression(x, y, 1024)


def network(x, y):
    def layer(n, h):
        w = numpyro.sample(f"w{n}", dist.Normal(0, 1).expand([h.shape[1], 32]).to_event(2))
        b = numpyro.sample(f"b{n}", dist.Normal(0, 1).expand([32]).to_event(1))
        return jnp.tanh(h @ w + b)

    last = layer(2, layer(1, x))
    mean = last @ numpyro.sample("w3", dist.Normal(0, 1).expand([32]).to_event(1))
    sd = numpyro.sample("sd", dist.HalfNormal(1))
    with numpyro.plate("rows", x.shape[0]):
        numpyro.sample("y", dist.Normal(mean, sd), obs=y)


def read(name):
    return jnp.asarray(np.load(os.path.join(folder, f"{name}.npy")), dtype=precision)


def regression_data():
    return read("regression-x"), read("regression-y")[0]


# Model, its data, its latents, and steps of a call.
CASES = {
    "mixture": (mixture, lambda: (read("svi-x"),), ["weights", "means", "deviations"], 50),
    "regression": (regression, regression_data, ["b"], 100),
    "minibatches": (minibatches, regression_data, ["b"], 500),
    "network": (network, lambda: (read("network-x"), read("network-y")[0]), ["w1", "b1", "w2", "b2", "w3", "sd"], 100),
    "eight-schools": (eight_schools, lambda: (jnp.asarray(Y), jnp.asarray(SIGMA)), ["mu", "tau", "t"], 20_000),
}
runs = {}


def open_run(case):
    model, data, _, steps = CASES[case]
    data = data()
    svi = SVI(model, AutoNormal(model), numpyro.optim.Adam(0.001), Trace_ELBO())
    many = jax.jit(lambda state: lax.scan(lambda s, _: svi.update(s, *data), state, None, length=steps))
    state, losses = many(svi.init(random.PRNGKey(0), *data))
    losses.block_until_ready()
    assert losses.dtype == precision
    return {"many": many, "state": state, "steps": steps}


def time_of(case):
    if case not in runs:
        runs[case] = open_run(case)
    run = runs[case]
    begun = time.perf_counter()
    run["state"], losses = run["many"](run["state"])
    losses.block_until_ready()
    return (time.perf_counter() - begun) / run["steps"]


def check(case):
    # Minibatches estimate what all rows tell.
    model, data, sites, _ = CASES["regression" if case == "minibatches" else case]
    values = {site: jnp.squeeze(read(f"{case}-{site}")) for site in sites}
    return float(log_density(model, data(), {}, values)[0])


print(json.dumps({"version": f"NumPyro {numpyro.__version__}"}), flush=True)
for line in sys.stdin:
    what, case, _ = line.split()
    try:
        answer = {"value": check(case) if what == "check" else time_of(case)}
    except Exception as error:  # whatever it is, the other side names it
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
