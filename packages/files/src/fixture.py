"""Writes npy.fixture.json, csv.fixture.json and idx.fixture.json: files made by NumPy, with the values NumPy reads back from them.

Run: python3 -m pip install numpy==2.4.6 && python3 fixture.py
"""

import base64
import io
import json
import math
import random
import struct
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
TYPES = ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def doubles(values) -> str:
    return b64(np.ascontiguousarray(values, dtype="<f8").tobytes())


def sample(kind: str, shape, rng) -> np.ndarray:
    if kind.startswith("f"):
        return (rng.standard_normal(shape) * 10.0 ** rng.integers(-20, 20, shape)).astype(kind)
    if kind == "b1":
        return rng.integers(0, 2, shape).astype(bool)
    info = np.iinfo(kind)
    low, high = max(info.min, -(2**53) + 1), min(info.max, 2**53 - 1)
    values = rng.integers(low, high, shape, endpoint=True, dtype=np.int64)
    values.flat[0], values.flat[-1] = low, high
    return values.astype(kind)


def npy_case(name: str, array: np.ndarray, version=(1, 0)) -> dict:
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version, allow_pickle=False)
    back = np.load(io.BytesIO(out.getvalue()), allow_pickle=False)
    rows, cols = (back.shape[0], 1) if back.ndim == 1 else back.shape
    return {"name": name, "file": b64(out.getvalue()), "rows": rows, "cols": cols, "values": doubles(back.reshape(rows, cols))}


def npy_cases() -> list:
    rng = np.random.default_rng(0)
    cases = []
    for kind in TYPES:
        for order in ["<", ">"]:
            for fortran in [False, True]:
                array = sample(kind, (3, 5), rng)
                array = array.astype(array.dtype.newbyteorder(order))
                array = np.asfortranarray(array) if fortran else array
                cases.append(npy_case(f"{order}{kind} in {'Fortran' if fortran else 'C'} order", array))
    cases.append(npy_case("a vector", np.arange(7.0)))
    cases.append(npy_case("one row in Fortran order", np.asfortranarray(np.arange(4.0).reshape(1, 4))))
    cases.append(npy_case("one value", np.array([[-0.0]])))
    cases.append(npy_case("extremes of float64", np.array([[5e-324, 1.7976931348623157e308, -2.2250738585072014e-308]])))
    cases.append(npy_case("extremes of float32", np.array([[1e-45, 3.4028235e38, -1.1754944e-38]], dtype="f4")))
    for version in [(1, 0), (2, 0), (3, 0)]:
        cases.append(npy_case(f"version {version[0]}", sample("f8", (4, 3), rng), version))
    return cases


def decimals() -> list:
    rng = random.Random(0)
    texts = ["0", "-0", "+0", ".5", "5.", "-.5e1", "1E5", "1e+05", "00012.50", "0.1", "1e22", "1e23", "123456789012345678", "9007199254740993",
             "9007199254740992", "9007199254740991", "0.000000000000000000000000000001", "1.7976931348623157e308", "4.9e-324", "2.4e-324",
             "2.2250738585072011e-308", "1e-400", "8.5e-323", "1" + "0" * 300, "0." + "0" * 300 + "1", "1" * 40, "0." + "3" * 40, "9" * 16,
             "90071992547409.9", "900719925474099.5", "9007199254740.995e2", "123e-22", "123e-23", "7.2057594037927933e16", "1e-22", "3e-22"]
    for _ in range(400):
        value = struct.unpack("<d", struct.pack("<Q", rng.getrandbits(64)))[0]
        if math.isfinite(value):
            texts += [repr(value), f"{value:.17e}"]
    for _ in range(400):
        texts.append(f"{rng.randint(0, 10 ** rng.randint(1, 17))}.{rng.randint(0, 10 ** rng.randint(1, 17))}e{rng.randint(-30, 30)}")
        texts.append(f"{rng.uniform(-1e3, 1e3):.{rng.randint(0, 17)}f}")
    return texts


def csv_cases() -> dict:
    texts = decimals()
    rng = np.random.default_rng(1)
    table = rng.standard_normal((5, 3)) * 100
    out = io.BytesIO()
    np.savetxt(out, table)
    return {
        "texts": texts,
        "values": doubles([float(text) for text in texts]),
        "savetxt": {"file": b64(out.getvalue()), "rows": 5, "cols": 3, "values": doubles(np.loadtxt(io.BytesIO(out.getvalue())))},
    }


def idx_cases() -> list:
    rng = np.random.default_rng(2)
    cases = []
    for code, kind in [(8, "u1"), (9, "i1"), (11, "i2"), (12, "i4"), (13, "f4"), (14, "f8")]:
        for shape in [(4,), (3, 2), (2, 3, 2), (2, 1, 2, 2)]:
            array = sample(kind, shape, rng)
            file = struct.pack(">BBBB", 0, 0, code, len(shape)) + struct.pack(f">{len(shape)}I", *shape)
            file += array.astype(array.dtype.newbyteorder(">")).tobytes()
            rows, cols = shape[0], int(np.prod(shape[1:]))
            name = f"type {code}, {' x '.join(map(str, shape))}"
            cases.append({"name": name, "file": b64(file), "rows": rows, "cols": cols, "values": doubles(array.reshape(rows, cols))})
    return cases


if __name__ == "__main__":
    for name, content in [("npy", npy_cases()), ("csv", csv_cases()), ("idx", idx_cases())]:
        (HERE / f"{name}.fixture.json").write_text(json.dumps(content, indent=1) + "\n")
