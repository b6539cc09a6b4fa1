"""A step of EM written in PyTorch and compiled by torch.compile, one iteration at a time (see serve.py): what a fast library-built step costs.

Tiles of rows, as everywhere in this project: a whole `[N, K]` would leave the caches between any two operations.
"""
import math

import torch
from serve import THREADS, serve

TILES = 25


def finish(scores, features):
    """Responsibilities from scores `[B, K]`; what a tile adds to counts, sums of features `[B, P]` and log-likelihood."""
    evidence = torch.logsumexp(scores, 1, keepdim=True)
    responsibilities = torch.exp(scores - evidence)
    return responsibilities.sum(0), responsibilities.T @ features, evidence.sum(dtype=torch.float64)


def diagonal_tile(x, keys, bias):
    features = torch.cat([x, x * x], 1)
    return finish(torch.addmm(bias, features, keys), features)


def full_tile(x, factors, offsets, bias, pairs):
    whitened = (x @ factors - offsets).view(len(x), len(bias), -1)
    scores = bias - 0.5 * (whitened * whitened).sum(2)
    return finish(scores, torch.cat([x, x[:, pairs[0]] * x[:, pairs[1]]], 1))


class Model:
    def __init__(self, x, start):
        self.tiles = torch.from_numpy(x).chunk(TILES)
        self.rows, self.width = x.shape
        self.start = [torch.from_numpy(a) for a in start[1:]]
        self.pairs = torch.tril_indices(self.width, self.width)
        self.is_full = start.shape == "full"
        self.tile = torch.compile(full_tile if self.is_full else diagonal_tile, dynamic=False)

    def reset(self):
        self.weights, self.means, self.covariances = self.start

    def iterate(self):
        given = self.full_scores() if self.is_full else self.diagonal_scores()
        parts = [self.tile(x, *given) for x in self.tiles]
        counts, sums, evidence = (sum(part[i] for part in parts) for i in range(3))
        moments = sums / counts[:, None]
        self.weights = counts / self.rows
        self.means = moments[:, : self.width]
        self.covariances = self.covariances_of(moments[:, self.width :])
        return evidence / self.rows

    def diagonal_scores(self):
        precisions = 1 / self.covariances
        logs = self.means**2 * precisions + torch.log(self.covariances) + math.log(2 * math.pi)
        keys = torch.cat([self.means * precisions, -0.5 * precisions], 1)
        return keys.T.contiguous(), torch.log(self.weights) - 0.5 * logs.sum(1)

    def full_scores(self):
        lower = torch.linalg.cholesky(self.covariances)
        factors = torch.linalg.inv(lower)
        logs = torch.log(lower.diagonal(dim1=1, dim2=2)) + 0.5 * math.log(2 * math.pi)
        offsets = torch.einsum("kij,kj->ki", factors, self.means).reshape(-1)
        return factors.reshape(-1, self.width).T.contiguous(), offsets, torch.log(self.weights) - logs.sum(1), self.pairs

    def covariances_of(self, squares):
        if not self.is_full:
            return squares - self.means**2
        products = squares.new_empty(len(squares), self.width, self.width)
        products[:, self.pairs[0], self.pairs[1]] = squares
        products[:, self.pairs[1], self.pairs[0]] = squares
        return products - self.means[:, :, None] * self.means[:, None, :]


torch.set_num_threads(THREADS)
serve(f"PyTorch {torch.__version__.split('+')[0]}, compiled", Model)
