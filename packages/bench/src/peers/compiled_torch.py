"""A step of EM written in PyTorch and compiled by torch.compile, one iteration at a time (see serve.py): what a fast library-built step costs.

Tiles of 2,000 rows (as fast as 1,000, faster than 4,000 and 8,000): a whole `[N, K]` would leave the caches between any two operations.
"""
import math

import torch
from serve import THREADS, serve

TILE_ROWS = 2000


def posterior(scores):
    """Responsibilities from scores `[B, K]`, and what the tile adds to the log-likelihood."""
    evidence = torch.logsumexp(scores, 1, keepdim=True)
    return torch.exp(scores - evidence), evidence.sum(dtype=torch.float64)


def diagonal_tile(x, keys, bias):
    """Counts `[K]`, sums `[K, D]`, sums of squares `[K, D]`, log-likelihood."""
    statistics = torch.cat([x, x * x], 1)
    responsibilities, evidence = posterior(torch.addmm(bias, statistics, keys))
    sums = responsibilities.T @ statistics
    width = x.shape[1]
    return responsibilities.sum(0), sums[:, :width], sums[:, width:], evidence


def full_tile(x, factors, offsets, bias):
    """Counts `[K]`, sums `[K, D]`, sums of products `[K, D, D]`, log-likelihood."""
    rows, width = x.shape
    whitened = (x @ factors - offsets).view(rows, -1, width)
    responsibilities, evidence = posterior(bias - 0.5 * (whitened * whitened).sum(2))
    weighted = (responsibilities[:, :, None] * x[:, None, :]).view(rows, -1)
    return responsibilities.sum(0), responsibilities.T @ x, (weighted.T @ x).view(-1, width, width), evidence


class Model:
    def __init__(self, x, start):
        self.tiles = torch.from_numpy(x).split(TILE_ROWS)
        self.rows, self.width = x.shape
        self.start = [torch.from_numpy(a) for a in start[1:]]
        self.is_full = start.shape == "full"
        self.tile = torch.compile(full_tile if self.is_full else diagonal_tile, dynamic=False)

    def reset(self):
        self.weights, self.means, self.covariances = self.start

    def iterate(self):
        scores = self.full_scores() if self.is_full else self.diagonal_scores()
        parts = [self.tile(x, *scores) for x in self.tiles]
        counts, sums, squares, evidence = (sum(part[i] for part in parts) for i in range(4))
        self.weights = counts / self.rows
        self.means = sums / counts[:, None]
        if self.is_full:
            self.covariances = squares / counts[:, None, None] - self.means[:, :, None] * self.means[:, None, :]
        else:
            self.covariances = squares / counts[:, None] - self.means**2
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
        return factors.reshape(-1, self.width).T.contiguous(), offsets, torch.log(self.weights) - logs.sum(1)


# Responsibilities too small for a float32 of full precision would slow products tenfold.
torch.set_flush_denormal(True)
torch.set_num_threads(THREADS)
serve(f"PyTorch {torch.__version__.split('+')[0]}, compiled", Model)
