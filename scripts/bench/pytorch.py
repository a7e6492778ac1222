"""
The episode in PyTorch, from the equations, float32, in two ways: plain autograd (pytorch_plain.py) and fused by hand
(pytorch_fused.py).

Reads a folder written by pytorch.ts (episode.json, weights and images as raw bytes), then, for each line on standard
input, "<terms> <way> <threads>" such as "F0,F2,F9 plain 1", runs the episode once and prints one line of JSON: wall,
user and system seconds, loss and gradient. Ways: `plain` and `fused` compute Oja's (y y') W as y (y' W), `release` is
plain autograd with the product of two matrices that the release writes.
"""
import json
import math
import resource
import sys
import time
from pathlib import Path

import numpy
import torch

from pytorch_fused import fused
from pytorch_plain import plain

WAYS = {
    "plain": lambda data, terms: plain(data, terms, "rank1"),
    "release": lambda data, terms: plain(data, terms, "matrix"),
    "fused": fused,
}


def load(folder):
    meta = json.loads((folder / "episode.json").read_text())
    sizes = meta["layers"]

    def matrices(letter):
        return [
            torch.from_numpy(numpy.fromfile(folder / f"{letter}{l + 1}.f32", numpy.float32)).reshape(rows, columns)
            for l, (columns, rows) in enumerate(zip(sizes, sizes[1:]))
        ]

    def images(name):
        pixels = numpy.fromfile(folder / f"{name}_images.u8", numpy.uint8).reshape(-1, sizes[0])
        labels = numpy.fromfile(folder / f"{name}_labels.u8", numpy.uint8)
        return torch.from_numpy(pixels).float() / 255, torch.from_numpy(labels).long()

    fixed = meta["feedback"] == "fix"
    return {
        "beta": meta["beta"],
        "theta": meta["theta"],
        "W": matrices("W"),
        "B": matrices("B") if fixed else None,
        "train": images("train"),
        "query": images("query"),
    }


def main():
    data = load(Path(sys.argv[1]))
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        terms, way, threads = line.split()
        torch.set_num_threads(int(threads))
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        loss, gradient = WAYS[way](data, terms.split(","))
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
        if not math.isfinite(loss):
            sys.exit(f"the loss is {loss}")
        user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
        answer = {"wall": wall, "user": user, "system": system, "loss": loss, "gradient": gradient}
        print(json.dumps(answer), flush=True)


main()
