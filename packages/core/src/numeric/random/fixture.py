"""Makes random.fixture.json: digests and first draws of some keys, by a second, big-integer implementation.

    python fixture.py

It pins the streams: a change that moves these numbers changes every result that anybody has reproduced.
"""

import json
from pathlib import Path

WORD = 2**32


def philox(counter, key):
    c0, c1, c2, c3 = counter
    k0, k1 = key
    for _ in range(10):
        p0, p1 = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (p1 // WORD) ^ c1 ^ k0, p1 % WORD, (p0 // WORD) ^ c3 ^ k1, p0 % WORD
        k0, k1 = (k0 + 0x9E3779B9) % WORD, (k1 + 0xBB67AE85) % WORD
    return [c0, c1, c2, c3]


def absorb(state, w0, w1, left, kind):
    return philox([w0 ^ state[2], w1 ^ state[3], left, kind], state[:2])


def digest(seed, path):
    state = absorb([0, 0, 0, 0], seed % WORD, seed // WORD % WORD, 0, 0)
    for label in path:
        if isinstance(label, int):
            state = absorb(state, label % WORD, label // WORD % WORD, 0, 1)
            continue
        raw = label.encode("utf-16-le")
        units = [int.from_bytes(raw[i:i + 2], "little") for i in range(0, len(raw), 2)]
        for i in range(0, max(len(units), 1), 4):
            a, b, c, d = (units[i:i + 4] + [0] * 4)[:4]
            state = absorb(state, a | b << 16, c | d << 16, len(units) - i, 2)
    return state


def draws(state, count):
    words = [w for block in range(count) for w in philox([block, 0, *state[2:]], state[:2])]
    pairs = list(zip(words[::2], words[1::2]))[:count]
    return [(2 * ((a << 20) + (b >> 12)) + 1) / 2**53 for a, b in pairs]


keys = [(0, []), (1, []), (-1, []), (2**53 - 1, []), (0, [0]), (0, ["0"]), (0, [""]), (0, ["init", 3]), (0, [3, "init"]),
        (7, ["assignments"]), (7, ["assign", "ments"]), (7, ["Zufall \u03c8 \U0001f3b2", -5, 2**40])]
rows = [{"seed": s, "path": p, "digest": digest(s, p), "uniforms": draws(digest(s, p), 5)} for s, p in keys]
Path(__file__).with_name("random.fixture.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
