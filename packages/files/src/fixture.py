"""Writes npy.fixture.json, csv.fixture.json, idx.fixture.json and tensors/tensors.fixture.json: files made by NumPy and safetensors, with the values
that they read back from them.

Run: python3 -m pip install numpy==2.4.6 safetensors==0.8.0 && python3 fixture.py
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


def tensor_case(name: str, file: bytes, arrays: dict) -> dict:
    read = {key: {"shape": list(a.shape), "values": doubles(a.astype("f8"))} for key, a in arrays.items()}
    return {"name": name, "file": b64(file), "tensors": read}


def brain_float(values: np.ndarray) -> tuple:
    """The upper halves of float32 numbers, and what they are as float32."""
    bits = values.astype("<f4").view("<u4") >> 16
    return bits.astype("<u2"), (bits << 16).astype("<u4").view("<f4")


def tensor_cases() -> list:
    from safetensors.numpy import load, save

    rng = np.random.default_rng(3)
    shapes = {"scalar": (), "vector": (5,), "matrix": (3, 4), "heads": (2, 3, 4), "layers": (2, 2, 3, 2), "none": (0, 3)}
    cases = []
    for kind in [*TYPES, "f2"]:
        draw = (lambda shape: rng.standard_normal(shape).astype("f2")) if kind == "f2" else (lambda shape: np.asarray(sample(kind, shape, rng)))
        arrays = {key: draw(shape) if shape and 0 not in shape else np.zeros(shape, kind) for key, shape in shapes.items()}
        if kind == "f2":
            arrays["extremes"] = np.array([6e-8, 65504, -6.1e-5, -0.0, 5.96e-8], "f2")
        file = save(arrays, {"format": "np"})
        cases.append(tensor_case(f"safetensors of {kind}", file, load(file)))
    bits, values = brain_float(rng.standard_normal((2, 3)))
    header = json.dumps({"x": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [0, 12]}}).encode()
    header += b" " * (-len(header) % 8)
    cases.append(tensor_case("safetensors of bfloat16", struct.pack("<Q", len(header)) + header + bits.tobytes(), {"x": values}))
    for save_archive in [np.savez, np.savez_compressed]:
        arrays = {"q": rng.standard_normal((2, 3, 4)), "k": np.asfortranarray(rng.standard_normal((2, 5, 4)).astype("f4")), "mask": np.tri(3, 5, dtype=bool)}
        out = io.BytesIO()
        save_archive(out, **arrays)
        cases.append(tensor_case(save_archive.__name__, out.getvalue(), dict(np.load(io.BytesIO(out.getvalue())))))
    for order in "CF":
        for shape in [(2, 3, 4), (2, 2, 3, 2), ()]:
            array = np.array(rng.standard_normal(shape), order=order)
            out = io.BytesIO()
            np.save(out, array)
            cases.append(tensor_case(f"npy of {shape} in {order} order", out.getvalue(), {"array": np.load(io.BytesIO(out.getvalue()))}))
    nested = rng.standard_normal((2, 3, 2))
    cases.append(tensor_case("JSON", json.dumps({"q": nested.tolist(), "k": {"shape": [2, 2], "data": [1, 2, 3, 4]}}).encode(), {"q": nested, "k": np.arange(1.0, 5).reshape(2, 2)}))
    return cases


if __name__ == "__main__":
    for name, content in [("npy", npy_cases()), ("csv", csv_cases()), ("idx", idx_cases()), ("tensors/tensors", tensor_cases())]:
        (HERE / f"{name}.fixture.json").write_text(json.dumps(content, indent=1) + "\n")
