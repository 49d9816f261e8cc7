#!/usr/bin/env python3
"""Makes the files in Files/: what NumPy writes, and what NumPy makes of it as 32-bit floats. Run with NumPy 1.24 in this folder."""
import os
import numpy as np

os.makedirs("Files", exist_ok=True)
random = np.random.RandomState(1)

# Every type, byte order and memory order; extremes and roundings of each type come first.
arrays = {}
for name in ["b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]:
    kind, size = name[0], int(name[1])
    if kind == "b":
        values = random.randint(0, 2, 24) != 0
    elif kind in "ui":
        info = np.iinfo(name)
        raw = np.frombuffer(random.bytes(24 * size), name).copy()
        raw[:4] = [info.min, info.max, info.max - 1, info.max // 2 + 1]
        if size == 8:
            # Half-way between two floats: to even, and just beyond.
            raw[4:8] = [2**24 + 1, 2**24 + 3, 2**53 + 1, 2**25 + 3]
        values = raw
    else:
        info = np.finfo(name)
        values = (random.randn(24) * 100).astype(name)
        values[:6] = [0.0, -0.0, float(info.smallest_subnormal), 1 + float(info.eps), 16777217.0 if size == 8 else 2.0, 1 / 3]
        if size == 2:
            values[6:8] = [65504, -65504]
    values = values.reshape(2, 3, 4)
    for order, endian in [("<", "little"), (">", "big")]:
        for layout in "CF":
            key = f"{name}_{endian}_{layout}"
            arrays[key] = np.array(values.astype(values.dtype.newbyteorder(order)), order=layout)
            arrays[key + "_as_f4"] = np.ascontiguousarray(arrays[key]).astype("<f4")
np.savez_compressed("Files/types.npz", **arrays)

# Versions of the header.
small = np.arange(6, dtype="<i2").reshape(2, 3)
for version in [1, 2, 3]:
    with open(f"Files/version{version}.npy", "wb") as file:
        np.lib.format.write_array(file, small, version=(version, 0))

np.save("Files/object.npy", np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
np.save("Files/structured.npy", np.zeros(2, dtype=[("a", "<i4"), ("b", "<f8")]))
np.save("Files/complex.npy", np.zeros(2, dtype="<c8"))
np.save("Files/text.npy", np.array(["a", "bc"]))
np.save("Files/scalar.npy", np.float32(1.5))
np.save("Files/empty.npy", np.zeros((0, 4), dtype="<f4"))

digits = {
    "x_train": random.randint(0, 256, (12, 4, 4)).astype("u1"),
    "y_train": (np.arange(12) % 10).astype("u1"),
    "x_test": random.randint(0, 256, (5, 4, 4)).astype("u1"),
    "y_test": (np.arange(5) % 3).astype("u1"),
}
np.savez("Files/stored.npz", **digits)
np.savez_compressed("Files/deflated.npz", **digits)
np.savez_compressed(
    "Files/other_types.npz",
    x_train=np.asfortranarray(digits["x_train"].reshape(12, 16).astype(">f8")),
    y_train=digits["y_train"].astype(">i8").reshape(12, 1),
    x_test=digits["x_test"].astype("<i2"),
    y_test=digits["y_test"].astype("<f4"))
