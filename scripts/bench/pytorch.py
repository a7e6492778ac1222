"""
The episode in PyTorch, from the equations: plain autograd through the whole unrolled adaptation, one thread, float32.

Reads a folder written by pytorch.ts (episode.json, weights and images as raw bytes), then, for each line on standard
input, "<terms> <oja>" such as "F0,F2,F9 rank1", runs the episode once and prints one line of JSON: seconds, loss and
gradient. `rank1` computes Oja's (y y') W as y (y' W), `matrix` as the product of two matrices that the release writes.
"""
import json
import math
import sys
import time
from pathlib import Path

import numpy
import torch

torch.set_num_threads(1)


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


def forward(W, beta, x):
    """Activities y_0 .. y_{L-1} and logits; rows are samples."""
    y = [x]
    for w in W[:-1]:
        y.append(torch.nn.functional.softplus(y[-1] @ w.T, beta=beta))
    return y, y[-1] @ W[-1].T


def errors(B, beta, y, p, target):
    """e_0 .. e_L, from the top down."""
    e = [p - target]
    for b, activity in zip(reversed(B), reversed(y)):
        e.insert(0, (e[0] @ b) * (1 - torch.exp(-beta * activity)))
    return e


def adapt(W, e, y, theta, oja):
    """One update of one layer from its error and activity and those below (row vectors)."""
    (e_pre, e_post), (y_pre, y_post) = e, y
    change = torch.zeros_like(W)
    if "F0" in theta:
        change = change - theta["F0"] * e_post.T @ y_pre
    if "F2" in theta:
        change = change - theta["F2"] * e_post.T @ e_pre
    if "F9" in theta:
        decay = y_post.T @ (y_post @ W) if oja == "rank1" else (y_post.T @ y_post) @ W
        change = change + theta["F9"] * (y_post.T @ y_pre - decay)
    return W + change


def episode(data, terms, oja):
    beta = data["beta"]
    theta = {name: torch.tensor(data["theta"][name], requires_grad=True) for name in terms}
    W = [w.clone() for w in data["W"]]
    outputs = W[-1].shape[0]
    for image, label in zip(*data["train"]):
        y, logits = forward(W, beta, image[None, :])
        p = torch.softmax(logits, dim=1)
        target = torch.nn.functional.one_hot(label[None], outputs).float()
        e = errors(W if data["B"] is None else data["B"], beta, y, p, target)
        y = y + [p]
        W = [adapt(w, e[l : l + 2], y[l : l + 2], theta, oja) for l, w in enumerate(W)]
    images, labels = data["query"]
    loss = torch.nn.functional.cross_entropy(forward(W, beta, images)[1], labels)
    gradient = torch.autograd.grad(loss, list(theta.values()))
    return loss.item(), [g.item() for g in gradient]


def main():
    data = load(Path(sys.argv[1]))
    print(json.dumps({"torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        terms, oja = line.split()
        start = time.perf_counter()
        loss, gradient = episode(data, terms.split(","), oja)
        seconds = time.perf_counter() - start
        if not math.isfinite(loss):
            sys.exit(f"the loss is {loss}")
        print(json.dumps({"seconds": seconds, "loss": loss, "gradient": gradient}), flush=True)


main()
