"""The same episode in PyTorch, differentiated by plain autograd: what bench.ts alternates our engines with.

    python3 scripts/bench/pytorch.py FOLDER          then one rule a line on standard input

FOLDER holds one episode: episode.json (layers, beta, T, Q), W1.f32 ... B1.f32 ... (out x in, row-major), and
train_images.u8, train_labels.u8, query_images.u8, query_labels.u8. A line is `F0 fix`, `bio fix`, `bio-release fix`,
`F0 sym`, followed by the coefficients; the answer is one line of JSON: ms, loss, gradient. `bio` takes Oja's term as
y (y'W), of rank one; `bio-release` as (y y')W, the matrix product of the original release. One thread, float32.
"""
import json
import sys
import time

import torch

torch.set_num_threads(1)
folder = sys.argv[1]
meta = json.load(open(f"{folder}/episode.json"))
layers, beta = meta["layers"], meta["beta"]
L = len(layers) - 1


def load(name, dtype, *shape):
    data = bytearray(open(f"{folder}/{name}", "rb").read())
    return torch.frombuffer(data, dtype=dtype).reshape(shape)


W0 = [load(f"W{l + 1}.f32", torch.float32, layers[l + 1], layers[l]) for l in range(L)]
B0 = [load(f"B{l + 1}.f32", torch.float32, layers[l + 1], layers[l]) for l in range(L)]
images = {k: load(f"{k}_images.u8", torch.uint8, -1, layers[0]).float() / 255 for k in ("train", "query")}
labels = {k: load(f"{k}_labels.u8", torch.uint8, -1).long() for k in ("train", "query")}


def softplus(z):
    return torch.nn.functional.softplus(z, beta=beta)


def episode(rule, feedback, coefficients):
    theta = torch.tensor(coefficients, requires_grad=True)
    W = W0
    for x, label in zip(images["train"], labels["train"]):
        y = [x]
        for l in range(L):
            z = W[l] @ y[l]
            y.append(softplus(z) if l < L - 1 else torch.softmax(z, 0))
        e = [None] * L + [y[L] - torch.nn.functional.one_hot(label, layers[L])]
        B = W if feedback == "sym" else B0
        lowest = 1 if rule == "F0" else 0
        for l in range(L, lowest, -1):
            e[l - 1] = (B[l - 1].T @ e[l]) * (1 - torch.exp(-beta * y[l - 1]))
        new = []
        for l in range(L):
            post, pre, w = y[l + 1], y[l], W[l]
            dw = -theta[0] * torch.outer(e[l + 1], pre)
            if rule != "F0":
                decay = torch.outer(post, post @ w) if rule == "bio" else torch.outer(post, post) @ w
                dw = dw - theta[1] * torch.outer(e[l + 1], e[l]) + theta[2] * (torch.outer(post, pre) - decay)
            new.append(w + dw)
        W = new
    out = images["query"]
    for l in range(L):
        out = out @ W[l].T
        if l < L - 1:
            out = softplus(out)
    loss = torch.nn.functional.cross_entropy(out, labels["query"])
    loss.backward()
    return loss.item(), theta.grad.tolist()


for line in sys.stdin:
    rule, feedback, *coefficients = line.split()
    start = time.perf_counter()
    loss, gradient = episode(rule, feedback, [float(c) for c in coefficients])
    ms = 1000 * (time.perf_counter() - start)
    print(json.dumps({"ms": ms, "loss": loss, "gradient": gradient}), flush=True)
