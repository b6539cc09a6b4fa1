"""Values and gradients of PyTorch's scaled dot-product attention in float64: writes attend.fixture.json beside this file.

    pip install torch && python fixture.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(12)
HEADS, GROUPS, N, K, D, V = 4, 2, 5, 7, 4, 3


def draw(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def flat(tensor):
    return tensor.detach().flatten().tolist()


q, k, v = draw(HEADS, N, D), draw(GROUPS, K, D), draw(GROUPS, K, V)
bias, pairs, sinks, table = draw(K), draw(N, K), draw(HEADS), draw(5)
out, level = draw(HEADS, N, V), draw(HEADS, N)
causal = torch.ones(N, K, dtype=torch.bool).tril(K - N)
slopes = torch.tensor([0.5, 0.25, 0.125, 0.0625], dtype=torch.float64)
distance = torch.arange(K).unsqueeze(0) - torch.arange(K - N, K).unsqueeze(1)
hidden = torch.zeros(N, K, dtype=torch.float64).masked_fill(~causal, float("-inf"))


def rotate_half(x, positions):
    """As Llama turns queries and keys."""
    frequencies = 10000.0 ** (-torch.arange(0, D, 2, dtype=torch.float64) / D)
    angles = positions.to(torch.float64).unsqueeze(1) * frequencies
    angles = torch.cat([angles, angles], dim=-1)
    turned = torch.cat([-x[..., D // 2 :], x[..., : D // 2]], dim=-1)
    return x * angles.cos() + turned * angles.sin()


def case(name, prior, scale=None, sink=False, turn=False, leaves=()):
    """Output, log-sum-exp of the logits, and gradients of sum(out * output) + sum(level * log-sum-exp)."""
    own = [x.clone().requires_grad_() for x in (q, k, v)]
    rest = [x.clone().requires_grad_() for x in leaves]
    queries, keys, values = own
    if turn:
        queries = rotate_half(queries, torch.arange(K - N, K))
        keys = rotate_half(keys, torch.arange(K))
    each = HEADS // GROUPS
    keys, values = keys.repeat_interleave(each, 0), values.repeat_interleave(each, 0)
    mask = prior(*rest) if callable(prior) else prior
    logits = queries @ keys.transpose(-1, -2) * (D**-0.5 if scale is None else scale)
    if mask is not None:
        logits = logits + mask
    if sink:
        column = rest[0].view(HEADS, 1, 1).expand(HEADS, N, 1)
        logits = torch.cat([logits, column], dim=-1)
        output = torch.softmax(logits, dim=-1)[..., :K] @ values
    else:
        output = F.scaled_dot_product_attention(queries, keys, values, attn_mask=mask, scale=scale)
    evidence = torch.logsumexp(logits, dim=-1)
    ((out * output).sum() + (level * evidence).sum()).backward()
    return {
        "name": name,
        "output": flat(output),
        "logEvidence": flat(evidence),
        "gradient": {n: flat(x.grad) for n, x in zip(("q", "k", "v"), own)} | {"rest": [flat(x.grad) for x in rest]},
    }


fixture = {
    "shape": {"heads": HEADS, "groups": GROUPS, "queries": N, "keys": K, "width": D, "values": V},
    "torch": torch.__version__.split("+")[0],
    "q": flat(q),
    "k": flat(k),
    "v": flat(v),
    "bias": flat(bias),
    "pairs": flat(pairs),
    "sinks": flat(sinks),
    "table": flat(table),
    "slopes": flat(slopes),
    "loss": {"output": flat(out), "logEvidence": flat(level)},
    "cases": [
        case("plain", None),
        case("scale", None, scale=0.7),
        case("causal", hidden),
        case("bias", lambda b: b.expand(HEADS, N, K), leaves=(bias,)),
        case("pairs", lambda b: b.expand(HEADS, N, K), leaves=(pairs,)),
        case("sink", None, sink=True, leaves=(sinks,)),
        case("alibi", hidden - slopes.view(HEADS, 1, 1) * distance.abs()),
        case("relative", lambda t: t[distance.clamp(-2, 2) + 2].expand(HEADS, N, K), leaves=(table,)),
        case("rotary", hidden, turn=True),
    ],
}
path = pathlib.Path(__file__).with_name("attend.fixture.json")
path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
