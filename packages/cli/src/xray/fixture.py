"""Writes minilm.fixture.json: what Hugging Face's transformers reads of all-MiniLM-L6-v2 in float64: tokens, hidden states after every layer, the rows of every
head, and the sentence embedding.

Run: python3 -m pip install numpy==2.4.6 torch==2.15.0 transformers==5.24.0 && python3 fixture.py MODEL_FOLDER
"""

import base64
import json
import sys
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

HERE = Path(__file__).parent
TEXT = "Attention is Bayes' theorem: each query asks who made it."
OTHERS = ["The bank raised its rates.", "She sat on the bank of the river.", "Naïve café, 42 %!"]


def b64(values: torch.Tensor) -> str:
    return base64.b64encode(np.ascontiguousarray(values.numpy(), dtype="<f4").tobytes()).decode("ascii")


if __name__ == "__main__":
    folder = sys.argv[1]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, attn_implementation="eager").double().eval()

    def read(text: str):
        encoded = tokenizer(text, return_tensors="pt")
        with torch.no_grad():
            out = model(**encoded, output_hidden_states=True, output_attentions=True)
        mean = out.last_hidden_state[0].mean(0)
        return encoded["input_ids"][0].tolist(), out, mean / mean.norm()

    ids, out, embedding = read(TEXT)
    content = {
        "text": TEXT,
        "ids": ids,
        "tokens": tokenizer.convert_ids_to_tokens(ids),
        "hidden": [b64(state[0]) for state in out.hidden_states],
        "attentions": [b64(layer[0]) for layer in out.attentions],
        "embedding": b64(embedding),
        "others": [{"text": text, "ids": read(text)[0], "embedding": b64(read(text)[2])} for text in OTHERS],
    }
    (HERE / "minilm.fixture.json").write_text(json.dumps(content, indent=1) + "\n")
