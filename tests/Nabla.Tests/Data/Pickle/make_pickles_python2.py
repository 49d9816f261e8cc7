#!/usr/bin/env python2
"""Makes the files in Files/ that Python 2 writes, as make_pickles.py does for Python 3. Needs no NumPy: it brings what NumPy
gives to the pickler."""
import pickle
import struct
import sys
import types

for name in ["numpy", "numpy.core", "numpy.core.multiarray"]:
    sys.modules[name] = types.ModuleType(name)


def _reconstruct():
    pass


class dtype(object):
    def __init__(self, name):
        self.name = name

    def __reduce__(self):
        return dtype, (self.name, 0, 1), (3, "<", None, None, None, -1, -1, 0)


class ndarray(object):
    def __init__(self, shape, kind, data):
        self.state = 1, shape, kind, False, data

    def __reduce__(self):
        return _reconstruct, (ndarray, (0,), "b"), self.state


_reconstruct.__module__ = "numpy.core.multiarray"
sys.modules["numpy.core.multiarray"]._reconstruct = _reconstruct
for kind in [dtype, ndarray]:
    kind.__module__ = "numpy"
    setattr(sys.modules["numpy"], kind.__name__, kind)

f4, i8 = dtype("f4"), dtype("i8")


def part(start, count):
    pixels = [((37 * i + 11) % 256) / 256.0 for i in range(16 * start, 16 * (start + count))]
    labels = [i % 10 for i in range(start, start + count)]
    return (ndarray((count, 16), f4, struct.pack("<%df" % len(pixels), *pixels)),
            ndarray((count,), i8, struct.pack("<%dq" % len(labels), *labels)))


for protocol in range(3):
    with open("Files/python2_protocol%d.pkl" % protocol, "wb") as file:
        pickle.dump((part(0, 32), part(32, 8), part(40, 4)), file, protocol)
