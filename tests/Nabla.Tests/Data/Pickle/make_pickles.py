#!/usr/bin/env python3
"""Makes the files in Files/ that Python 3 writes: small data sets of every protocol. Run with NumPy 1.24 in this folder.

Each holds three parts of 4x4 images as deeplearning.net has them, k/256 as 32-bit floats with 64-bit labels:
image i of a part that begins with sample s has k = (37 * (16 * (s + i) + j) + 11) % 256 for pixel j, and label (s + i) % 10.
"""
import os
import pickle
import sys
import types
import numpy as np

os.makedirs("Files", exist_ok=True)


def part(start, count, order="C"):
    k = (37 * np.arange(16 * start, 16 * (start + count)) + 11) % 256
    images = np.array((k.reshape(count, 16) / 256).astype("f4"), order=order)
    return images, (np.arange(start, start + count) % 10).astype("i8")


def parts(order="C"):
    return part(0, 32, order), part(32, 8, order), part(40, 4, order)


def save(name, value, protocol):
    with open(f"Files/{name}.pkl", "wb") as file:
        pickle.dump(value, file, protocol)


for protocol in range(6):
    save(f"numpy1_protocol{protocol}", parts(), protocol)
    save(f"numpy1_fortran_protocol{protocol}", parts("F"), protocol)

(x_train, y_train), _, (x_test, y_test) = parts()
save("dictionary", {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test, "note": "text",
                    "more": [1, -2, 3.5, None, True, False, b"bytes", b"", 2**40, -2**40, np.float32(1.5), np.int64(-3), ("a",)]}, 4)
save("dictionary_protocol0", {"x_train": x_train, "y_train": y_train, "note": "text\n\\\u20ac\U0001f600",
                              "more": [1, -2, 3.5, None, True, False, b"bytes\xff", b"", 2**40, np.float32(1.5), ("a",)]}, 0)
save("pair", (x_train, y_train), 3)
save("two_pairs", [[x_train.astype(">f8"), y_train.astype("u1")], [x_test.astype(">f8"), y_test.astype("u1")]], 2)
save("lists", ((x_train, y_train.tolist()), (x_test, tuple(y_test.tolist()))), 2)
save("list_pair", (x_train, y_train.tolist()), 0)
save("list_of_floats", (x_train, [0.5] * len(y_train)), 2)
save("one_hot", {"x_train": x_train, "y_train": np.eye(10)[y_train], "x_test": x_test, "y_test": y_test.tolist()}, 4)
save("object_array", (np.array([{}, None], dtype=object), y_train), 2)

# NumPy 2 has the same functions in modules of other names.
for name in ["multiarray", "numeric"]:
    module = types.ModuleType("numpy._core." + name)
    sys.modules[module.__name__] = module
sys.modules["numpy._core"] = types.ModuleType("numpy._core")
for name, function in [("multiarray", np.core.multiarray._reconstruct), ("numeric", np.core.numeric._frombuffer)]:
    setattr(sys.modules["numpy._core." + name], function.__name__, function)
    function.__module__ = "numpy._core." + name
for protocol in range(6):
    save(f"numpy2_protocol{protocol}", parts(), protocol)
    with open(f"Files/numpy2_protocol{protocol}.pkl", "rb") as file:
        assert b"numpy._core" in file.read()
