"""The episode as PyTorch's users write it: plain autograd through the whole unrolled adaptation."""
import torch


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


def plain(data, terms, oja):
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
