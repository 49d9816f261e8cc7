"""The workloads of Nabla.Benchmarks in NumPy, as one would write them for speed: 32-bit floats, whole batches, in place.

  numpy_workloads.py version            prints the versions of NumPy and OpenBLAS
  numpy_workloads.py WORKLOAD FOLDER    reads FOLDER/workload.json and the arrays it names, then obeys lines on its
                                        standard input: 'check' prints figures to compare, 'run N' runs N times and
                                        prints the seconds
"""
import ctypes
import json
import os
import sys
import time

import numpy as np


class Training:
    """Steps of plain gradient descent on batches in the order of the data. Dropout is inverted; in the check its rate is 0."""

    def __init__(self, options, arrays):
        self.x, self.y = arrays["x"], arrays["y"]
        self.first = arrays["parameter"]
        self.batch, self.checked = options["batch"], options["checked"]
        self.rate, self.dropout = np.float32(options["rate"]), options["dropout"]
        self.random = np.random.default_rng(1)
        self.prepare()
        self.restart()

    def prepare(self):
        """Gives the images the shape that the network wants."""
        self.x = self.x.reshape(len(self.x), -1)

    def restart(self):
        self.p = [parameter.copy() for parameter in self.first]
        self.next = 0

    def check(self):
        wanted, self.dropout = self.dropout, 0
        losses = [self.step() for _ in range(self.checked)]
        self.dropout = wanted
        moved = sum(float(np.sum((after - before).astype(np.float64) ** 2)) for after, before in zip(self.p, self.first))
        self.restart()
        return losses + [moved ** 0.5]

    def run(self, count):
        for _ in range(count):
            self.step()

    def step(self):
        start = self.next * self.batch
        self.next = (self.next + 1) % (len(self.x) // self.batch)
        loss, gradients = self.gradients(self.x[start:start + self.batch], self.y[start:start + self.batch])
        for parameter, gradient in zip(self.p, gradients):
            gradient *= self.rate
            parameter -= gradient
        return loss

    def mask(self, shape):
        """What dropout multiplies by."""
        if self.dropout == 0:
            return np.float32(1)
        return (self.random.random(shape, dtype=np.float32) >= self.dropout) * np.float32(1 / (1 - self.dropout))


def squared_error(output, y):
    """Half the squared error, mean over the batch, and its gradient."""
    difference = output - y
    loss = float(np.vdot(difference, difference)) / 2 / len(y)
    difference /= np.float32(len(y))
    return loss, difference


def cross_entropy(logits, y):
    """Cross-entropy of the softmax, mean over the batch, and its gradient."""
    logits -= logits.max(axis=1, keepdims=True)
    e = np.exp(logits)
    total = e.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(total[:, 0]) - (logits * y).sum(axis=1)))
    e /= total
    e -= y
    e /= np.float32(len(y))
    return loss, e


def sigmoid(x):
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += 1
    return np.reciprocal(x, out=x)


class DeepSigmoid(Training):
    def gradients(self, x, y):
        w1, b1, w2, b2, w3, b3 = self.p
        a1 = sigmoid(x @ w1 + b1)
        a2 = sigmoid(a1 @ w2 + b2)
        a3 = sigmoid(a2 @ w3 + b3)
        loss, d = squared_error(a3, y)
        d3 = d * a3 * (1 - a3)
        d2 = d3 @ w3.T * a2 * (1 - a2)
        d1 = d2 @ w2.T * a1 * (1 - a1)
        return loss, [x.T @ d1, d1.sum(axis=0), a1.T @ d2, d2.sum(axis=0), a2.T @ d3, d3.sum(axis=0)]


class ReluSoftmax(Training):
    def gradients(self, x, y):
        w1, b1, w2, b2 = self.p
        hidden = x @ w1
        hidden += b1
        np.maximum(hidden, 0, out=hidden)
        loss, d2 = cross_entropy(hidden @ w2 + b2, y)
        d1 = d2 @ w2.T
        d1 *= hidden > 0
        return loss, [x.T @ d1, d1.sum(axis=0), hidden.T @ d2, d2.sum(axis=0)]


class OneImageAtATime(Training):
    def prepare(self):
        self.x = self.x.reshape(len(self.x), -1)
        self.images = list(zip(self.x, self.y))

    def step(self):
        x, y = self.images[self.next]
        self.next = (self.next + 1) % len(self.images)
        w1, w2 = self.p
        hidden = np.maximum(x @ w1, 0)
        mask = self.mask(hidden.shape)
        dropped = hidden * mask
        d2 = dropped @ w2 - y
        loss = float(d2 @ d2) / 2
        d1 = w2 @ d2 * mask * (hidden > 0)
        w2 -= np.outer(dropped, self.rate * d2)
        w1 -= np.outer(x, self.rate * d1)
        return loss


class TanhDropoutBatch(Training):
    def gradients(self, x, y):
        w1, w2 = self.p
        hidden = np.tanh(x @ w1)
        mask = self.mask(hidden.shape)
        dropped = hidden * mask
        loss, d2 = cross_entropy(dropped @ w2, y)
        d1 = d2 @ w2.T * mask * (1 - hidden * hidden)
        return loss, [x.T @ d1, dropped.T @ d2]


def patches(images, size):
    """[images, height, width, channels] -> [positions of all images, size * size * channels]."""
    windows = np.lib.stride_tricks.sliding_window_view(images, (size, size), axis=(1, 2))
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, size * size * images.shape[3])


def spread(d_patches, shape, size):
    """The twin of patches: adds the gradients of all places to which a pixel was copied."""
    count, height, width, channels = shape
    d_images = np.zeros(shape, dtype=np.float32)
    parts = d_patches.reshape(count, height - size + 1, width - size + 1, size, size, channels)
    for row in range(size):
        for column in range(size):
            d_images[:, row:row + parts.shape[1], column:column + parts.shape[2]] += parts[:, :, :, row, column]
    return d_images


class Convolution(Training):
    def prepare(self):
        self.x = np.ascontiguousarray(self.x[:, :27, :27, np.newaxis])

    def gradients(self, x, y):
        kernels, w = self.p
        columns = patches(x, 3)
        maps = columns @ kernels.reshape(-1, 16)
        np.tanh(maps, out=maps)
        flat = maps.reshape(len(x), -1)
        mask = self.mask(flat.shape)
        dropped = flat * mask
        loss, d2 = cross_entropy(dropped @ w, y)
        d1 = d2 @ w.T
        d1 *= mask
        d1 *= 1 - flat * flat
        return loss, [(columns.T @ d1.reshape(-1, 16)).reshape(kernels.shape), dropped.T @ d2]


def corners(images):
    """The four pixels of each window of 2x2, row by row; an odd last row or column is in none."""
    height, width = images.shape[1] // 2 * 2, images.shape[2] // 2 * 2
    return [images[:, row:height:2, column:width:2] for row in range(2) for column in range(2)]


def max_pool(images):
    a, b, c, d = corners(images)
    return np.maximum(np.maximum(a, b), np.maximum(c, d))


def max_pool_gradient(images, pooled, d_pooled):
    """The first of the greatest gets the gradient."""
    d_images = np.zeros_like(images)
    free = np.ones(pooled.shape, dtype=bool)
    for corner, d_corner in zip(corners(images), corners(d_images)):
        taken = (corner == pooled) & free
        d_corner[...] = d_pooled * taken
        free &= ~taken
    return d_images


class PooledConvolution(Training):
    def prepare(self):
        self.x = self.x[..., np.newaxis]

    def gradients(self, x, y):
        k1, b1, k2, b2, w3, b3, w4, b4 = self.p
        columns1 = patches(x, 3)
        maps1 = np.maximum(columns1 @ k1.reshape(-1, 32) + b1, 0).reshape(len(x), 26, 26, 32)
        pooled1 = max_pool(maps1)
        columns2 = patches(pooled1, 3)
        maps2 = np.maximum(columns2 @ k2.reshape(-1, 64) + b2, 0).reshape(len(x), 11, 11, 64)
        pooled2 = max_pool(maps2)
        flat = pooled2.reshape(len(x), -1)
        hidden = np.maximum(flat @ w3 + b3, 0)
        loss, d4 = cross_entropy(hidden @ w4 + b4, y)
        d3 = d4 @ w4.T * (hidden > 0)
        d_maps2 = max_pool_gradient(maps2, pooled2, (d3 @ w3.T).reshape(pooled2.shape))
        d2 = (d_maps2 * (maps2 > 0)).reshape(-1, 64)
        d_pooled1 = spread(d2 @ k2.reshape(-1, 64).T, pooled1.shape, 3)
        d1 = (max_pool_gradient(maps1, pooled1, d_pooled1) * (maps1 > 0)).reshape(-1, 32)
        return loss, [(columns1.T @ d1).reshape(k1.shape), d1.sum(axis=0), (columns2.T @ d2).reshape(k2.shape), d2.sum(axis=0),
                      flat.T @ d3, d3.sum(axis=0), hidden.T @ d4, d4.sum(axis=0)]


class Product:
    """The three products of a dense layer."""

    def __init__(self, options, arrays):
        left, right = arrays["left"], arrays["right"]
        self.left = left.T if options["kind"] == "WeightGradient" else left
        self.right = right.T if options["kind"] == "InputGradient" else right
        self.result = np.empty((self.left.shape[0], self.right.shape[1]), dtype=np.float32)

    def check(self):
        self.run(1)
        flat = self.result.reshape(-1)
        return [float(flat[0]), float(flat[flat.size // 2]), float(flat[-1]), float(np.sum(flat.astype(np.float64) ** 2))]

    def run(self, count):
        for _ in range(count):
            np.matmul(self.left, self.right, out=self.result)


WORKLOADS = {
    "deep-sigmoid": DeepSigmoid,
    "relu-softmax-full-batch": ReluSoftmax,
    "relu-softmax-class": ReluSoftmax,
    "one-image-at-a-time": OneImageAtATime,
    "tanh-softmax": TanhDropoutBatch,
    "convolution": Convolution,
    "pooled-convolution": PooledConvolution,
    "product": Product,
}


def versions():
    np.ones((2, 2), dtype=np.float32) @ np.ones((2, 2), dtype=np.float32)
    with open("/proc/self/maps") as maps:
        libraries = sorted({line.split()[-1] for line in maps if "openblas" in line})
    if not libraries:
        sys.exit("This NumPy does not use OpenBLAS.")
    openblas = ctypes.CDLL(libraries[0])
    openblas.openblas_get_config.restype = openblas.openblas_get_corename.restype = ctypes.c_char_p
    version = " ".join(openblas.openblas_get_config().decode().split()[:2])
    return f"NumPy {np.__version__} with {version}, kernels for {openblas.openblas_get_corename().decode()}"


def read(folder):
    with open(os.path.join(folder, "workload.json")) as file:
        options = json.load(file)
    arrays = {"parameter": []}
    for array in options["arrays"]:
        values = np.fromfile(os.path.join(folder, array["file"]), dtype=np.float32).reshape(array["shape"])
        if array["name"] == "parameter":
            arrays["parameter"].append(values)
        else:
            arrays[array["name"]] = values
    return options, arrays


def main():
    if sys.argv[1] == "version":
        print(versions())
        return
    workload = WORKLOADS[sys.argv[1]](*read(sys.argv[2]))
    print("ready", flush=True)
    for line in sys.stdin:
        order, *count = line.split()
        if order == "check":
            print(json.dumps(workload.check()), flush=True)
        else:
            start = time.perf_counter()
            workload.run(int(count[0]))
            print(time.perf_counter() - start, flush=True)


main()
