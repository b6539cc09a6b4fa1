"""Writes bert.fixture.json, gpt2.fixture.json and llama.fixture.json: small models of random weights, and what Hugging Face's transformers reads of them in
float64: hidden states after every layer, and the attention of every head.

Run: python3 -m pip install numpy==2.4.6 torch==2.15.0 transformers==5.24.0 && python3 fixture.py
"""

import base64
import json
from pathlib import Path

import numpy as np
import torch
from transformers import BertConfig, BertModel, GPT2Config, GPT2Model, LlamaConfig, LlamaModel

HERE = Path(__file__).parent
IDS = [3, 17, 5, 29, 11, 5, 30]


def b64(values: torch.Tensor) -> str:
    return base64.b64encode(np.ascontiguousarray(values.detach().numpy(), dtype="<f4").tobytes()).decode("ascii")


def models():
    common = {"vocab_size": 32, "attn_implementation": "eager"}
    yield "bert", BertModel(BertConfig(hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24, max_position_embeddings=16, **common), add_pooling_layer=False)
    yield "gpt2", GPT2Model(GPT2Config(n_embd=16, n_layer=2, n_head=4, n_inner=24, n_positions=16, **common))
    # Grouped queries, a head width that is not width / heads, and another base of the rotation.
    yield "llama", LlamaModel(LlamaConfig(hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, head_dim=6, intermediate_size=24, rope_theta=500.0, **common))


def fixture(name: str, model) -> dict:
    generator = torch.Generator().manual_seed(7)
    for key, weight in model.named_parameters():
        # Norms about 1, so that the streams keep their size; all else large enough for heads to have something to say.
        middle = 1.0 if weight.ndim == 1 and key.endswith("weight") else 0.0
        weight.data = middle + 0.35 * torch.randn(weight.shape, generator=generator)
    tensors = {key: {"shape": list(weight.shape), "data": b64(weight)} for key, weight in model.named_parameters()}
    with torch.no_grad():
        read = model.double().eval()(torch.tensor([IDS]), output_hidden_states=True, output_attentions=True)
    config = {key: value for key, value in model.config.to_dict().items() if not key.startswith("_")}
    return {
        "config": config,
        "tensors": tensors,
        "ids": IDS,
        "hidden": [b64(state[0]) for state in read.hidden_states],
        "attentions": [b64(layer[0]) for layer in read.attentions],
    }


if __name__ == "__main__":
    for name, model in models():
        (HERE / f"{name}.fixture.json").write_text(json.dumps(fixture(name, model), indent=1) + "\n")
