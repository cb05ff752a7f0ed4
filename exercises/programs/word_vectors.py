"""Word vectors: the skip-gram loss of one word with negative sampling."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def negative_sampling(center, outside, negatives):
    """center of shape (D,), outside of shape (D,), negatives of shape (K, D)."""
    up = sigmoid(outside @ center)
    down = sigmoid(-negatives @ center)
    loss = -np.log(up) - np.sum(np.log(down))
    dcenter = (up - 1) * outside + (1 - down) @ negatives
    doutside = (up - 1) * center
    dnegatives = np.outer(1 - down, center)
    return loss, dcenter, doutside, dnegatives


# slip sign: doutside = (up - 1) * center => doutside = (up + 1) * center
# slip difference-reversed: doutside = (up - 1) * center => doutside = (1 - up) * center
# slip sign: + (1 - down) @ negatives => - (1 - down) @ negatives
# slip another-variable: doutside = (up - 1) * center => doutside = (up - 1) * outside
# slip factor-forgotten: np.outer(1 - down, center) => np.outer(1 - down, outside)
# right: (1 - down) @ negatives => negatives.T @ (1 - down)
