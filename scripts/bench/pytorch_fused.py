"""
The strongest rival that we could write in PyTorch: no autograd. W changes in place by rank-1 updates, the way back
undoes them one by one, and the adjoints are written out by hand. Fixed feedback; F0, F2 and F9.

Vectors and matrices one by one (mv, addr_): with several runs along a leading axis (bmm, baddbmm_) a run took twice as
long, as PyTorch's products for small batches are plain loops.
"""
import torch


@torch.no_grad()
def fused(data, terms):
    beta, W, B = data["beta"], [w.clone() for w in data["W"]], data["B"]
    theta0, theta2, theta9 = (data["theta"][name] if name in terms else 0.0 for name in ("F0", "F2", "F9"))
    ehebb, oja = "F2" in terms, "F9" in terms
    steps = [adapt(W, B, beta, image, label, (theta0, theta2, theta9), ehebb, oja) for image, label in zip(*data["train"])]
    loss, Lam = query(W, beta, *data["query"])
    gradient = {"F0": 0.0, "F2": 0.0, "F9": 0.0}
    for step in reversed(steps):
        back(W, B, Lam, beta, step, (theta0, theta2, theta9), ehebb, oja, gradient)
    return loss, [float(gradient[name]) for name in terms]


def adapt(W, B, beta, image, label, theta, ehebb, oja):
    """One image: the updates are e v1' and, for Oja, y v2'. Returns what the way back needs."""
    theta0, theta2, theta9 = theta
    L = len(W)
    y = [image]
    for w in W[:-1]:
        y.append(torch.nn.functional.softplus(torch.mv(w, y[-1]), beta=beta))
    y.append(torch.softmax(torch.mv(W[-1], y[-1]), dim=0))
    e, fed, slope = [None] * (L + 1), [None] * L, [None] * L
    e[L] = y[L].clone()
    e[L][label] -= 1
    for l in range(L - 1, -1 if ehebb else 0, -1):
        fed[l] = torch.mv(B[l].T, e[l + 1])
        slope[l] = 1 - torch.exp(-beta * y[l])
        e[l] = fed[l] * slope[l]
    v1, v2 = [], []
    for l in range(L):
        v1.append(y[l] * -theta0)
        if ehebb:
            v1[l].add_(e[l], alpha=-theta2)
        if oja:
            v2.append((y[l] - torch.mv(W[l].T, y[l + 1])).mul_(theta9))
            W[l].addr_(y[l + 1], v2[l])
        W[l].addr_(e[l + 1], v1[l])
    return y, e, fed, slope, v1, v2


def query(W, beta, images, labels):
    """The loss on the query set, and its derivatives by the final W."""
    x = [images]
    for w in W[:-1]:
        x.append(torch.nn.functional.softplus(x[-1] @ w.T, beta=beta))
    logp = torch.log_softmax(x[-1] @ W[-1].T, dim=1)
    rows = torch.arange(len(labels))
    zbar = logp.exp()
    zbar[rows, labels] -= 1
    zbar /= len(labels)
    Lam = [None] * len(W)
    for l in range(len(W) - 1, -1, -1):
        Lam[l] = zbar.T @ x[l]
        if l:
            zbar = (zbar @ W[l]) * (1 - torch.exp(-beta * x[l]))
    return -logp[rows, labels].mean().item(), Lam


def back(W, B, Lam, beta, step, theta, ehebb, oja, gradient):
    """Undoes one image's updates of W, carries Lam (the loss by W) back over them and adds to the gradient by theta."""
    y, e, fed, slope, v1, v2 = step
    theta0, theta2, theta9 = theta
    L = len(W)
    ybar, ebar = [0.0] * (L + 1), [0.0] * (L + 1)
    for l in range(L):
        v1bar = torch.mv(Lam[l].T, e[l + 1])
        ebar[l + 1] = ebar[l + 1] + torch.mv(Lam[l], v1[l])
        gradient["F0"] -= torch.dot(v1bar, y[l])
        if l:
            ybar[l] = ybar[l] - theta0 * v1bar
        if l or oja:
            W[l].addr_(e[l + 1], v1[l], alpha=-1)
        if ehebb:
            gradient["F2"] -= torch.dot(v1bar, e[l])
            ebar[l] = ebar[l] - theta2 * v1bar
        if oja:
            W[l].addr_(y[l + 1], v2[l], alpha=-1)
            v2bar = torch.mv(Lam[l].T, y[l + 1])
            gradient["F9"] += torch.dot(v2bar, v2[l]) / theta9
            v2bar *= theta9
            if l:
                ybar[l] = ybar[l] + v2bar
            ybar[l + 1] = ybar[l + 1] + torch.mv(Lam[l], v2[l]) - torch.mv(W[l], v2bar)
            v2[l] = v2bar
    for l in range(0 if ehebb else 1, L):
        ebar[l + 1] = ebar[l + 1] + torch.mv(B[l], ebar[l] * slope[l])
        if l:
            ybar[l] = ybar[l] + beta * ebar[l] * fed[l] * (1 - slope[l])
    pbar = ebar[L] + ybar[L]
    zbar = y[L] * (pbar - torch.dot(y[L], pbar))
    for l in range(L - 1, -1, -1):
        below = (ybar[l] + torch.mv(W[l].T, zbar)) * slope[l] if l else None
        Lam[l].addr_(zbar, y[l])
        if oja:
            Lam[l].addr_(y[l + 1], v2[l], alpha=-1)
        zbar = below
