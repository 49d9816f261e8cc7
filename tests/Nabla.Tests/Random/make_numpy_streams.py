#!/usr/bin/env python3
"""Writes numpy_streams.json: values of NumPy's legacy random streams, which NumPyRandom must reproduce exactly.

    apt-get install python3-numpy
    ./make_numpy_streams.py            # rewrites numpy_streams.json beside this file

Every entry seeds afresh, then calls what its name says. Doubles are written as the 16 hex digits of their bits.
"""
import json, os, struct
import numpy as np


def bits(values):
    return [struct.pack(">d", v).hex() for v in np.asarray(values, float).ravel()]


def streams(seed):
    out = {}

    def entry(name, draw):
        np.random.seed(seed)
        out[name] = draw()

    entry("random_sample", lambda: bits(np.random.random_sample(1300)))      # crosses two refills of the 624 words
    entry("uniform(-0.5, 2.25)", lambda: bits(np.random.uniform(-0.5, 2.25, 20)))
    entry("randn", lambda: bits(np.random.randn(1001)))                      # odd: leaves a second value in hand
    entry("normal(3, 0.25)", lambda: bits(np.random.normal(3, 0.25, 20)))
    entry("randn, random_sample, randn", lambda: bits([np.random.randn(), np.random.random_sample(), np.random.randn(), np.random.randn()]))
    for low, high in ((0, 2), (0, 10), (-5, 12), (3, 4), (0, 60000), (0, 2**31 - 1), (-2**31, 2**31 - 1)):
        entry(f"randint({low}, {high})", lambda: [int(v) for v in np.random.randint(low, high, 50)])

    def shuffled(n):
        a = np.arange(n); np.random.shuffle(a); return [int(v) for v in a]

    def shuffled_rows(n, width):
        a = np.arange(n * width).reshape(n, width); np.random.shuffle(a); return [int(v) for v in a.ravel()]

    for n in (0, 1, 2, 3, 10, 1000):
        entry(f"shuffle({n})", lambda: shuffled(n))
    for n, width in ((1, 3), (7, 1), (64, 5)):
        entry(f"shuffle({n}, {width})", lambda: shuffled_rows(n, width))
    entry("permutation(33)", lambda: [int(v) for v in np.random.permutation(33)])
    entry("choice(50000, 30)", lambda: [int(v) for v in np.random.choice(50000, 30)])
    entry("choice(1, 3)", lambda: [int(v) for v in np.random.choice(1, 3)])
    return out


if __name__ == "__main__":
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "numpy_streams.json")
    with open(path, "w") as f:
        json.dump({"numpy": np.__version__, "seeds": {str(s): streams(s) for s in (0, 1, 42, 123456789, 2**32 - 1)}}, f, indent=0)
        f.write("\n")
