"""Random networks over the rows of today: normalisation, attention, cells, convolution of every kind, what NumPy's users write."""

from __future__ import annotations

import random

from random_layers import Maker

from tutor.errors import TutorError
from tutor.graph.layered import Layered

OF_ALL = (
    "gelu({0})", "silu({0})", "mish({0})", "softsign({0})", "selu({0})", "hard_tanh({0})", "log_sigmoid({0})", "gelu_tanh({0})",
    "residual({0}, tanh({0}))", "gate(sigmoid({0}), {0}, tanh({0}))", "({0} - mean({0}))/std({0})", "{0}/norm({0})",
    "{0} - max({0})", "softmax({0}/0.5, axis=-1)", "log_softmax({0}, axis=-1)", "max({0}, axis=0, keepdims=True)*{0}",
)  # fmt: skip
VECTORS = (
    "layer_norm({0}, {b:n}, {b:n}, eps=1/10)", "rms_norm({0}, eps=1/10)", "rnn_cell({0}, {b:m}, {W:m,n}, {W:m,m}, {b:m})",
    "gru_cell({0}, {b:m}, {W:m,n}, {W:m,n}, {W:m,n}, {W:m,m}, {W:m,m}, {W:m,m})", "{0}[1:]*{0}[0]", "stack({0}, {0}, axis=1)",
    "correlate({0}, {b:k}, dilation=1, padding=1)", "{0}[:, None] + {0}", "concat({0}, tanh({0}))",
)  # fmt: skip
MATRICES = (
    "layer_norm({0}, eps=1/10)", "batch_norm({0}, {b:r}, {b:r}, eps=1/10)", "rms_norm({0}, eps=1/10)", "attention({0}, {0}, {0})",
    "attention({0}, {0}, {0}, mask=causal_mask({n}))", "multi_head_attention({0}, {W:r,r}, {W:r,r}, {W:r,r}, {W:r,m})",
    "{0} + {b:r}", "{0} - mean({0}, axis=0)", "{0} - mean({0}, axis=1, keepdims=True)", "{0}[:, 0:1]*{0}", "{0}[[0, 0]]",
    "correlate({0}, {W:k,q}, stride=(1, 2), padding=(0, 1))", "max_pool({0}, ({k}, {q}), stride=(1, 2))",
    "average_pool({0}, ({k}, {q}), padding=(0, 0))", "concat({0}, {0}, axis=1)", "add_positions({0})", "einsum('ij,kj->ik', {0}, {0})",
)  # fmt: skip
CUBES = (
    "conv2d({0}, {W:m,n,k,q}, {b:m}, stride=(2, 1), padding=(1, 0))", "conv2d({0}, {W:m,n,k,q}, padding=1, dilation=(1, 2))",
    "max_pool2d({0}, ({k}, 1), stride=(1, 1))", "avg_pool2d({0}, 1, stride=(2, 1))", "global_average_pool({0})",
    "conv1d({0}, {W:m,l,k}, stride=2, padding=1)", "max_pool1d({0}, 1, stride=2)", "conv_transpose2d({0}, {W:n,m,k,q}, stride=(2, 1))",
    "softmax({0} @ transpose({0}, (0, 2, 1)), axis=-1)", "{0}.transpose(1, 0, 2)", "mean({0}, axis=(0, 2), keepdims=True)*{0}",
)  # fmt: skip
FOURS = (
    "conv2d({0}, {W:m,d,k,q}, {b:m}, stride=(1, 2), padding=(0, 1))", "conv_transpose2d({0}, {W:d,m,k,1}, stride=2)",
    "max_pool2d({0}, (1, {k}), stride=1)", "avg_pool2d({0}, ({k}, 1))", "batch_norm({0}, eps=1/10)", "group_norm({0}, groups=1, eps=1/10)",
    "max_pool3d({0}, 1, stride=(1, 2, 1))", "conv3d({0}, {W:m,n,1,k,q}, padding=(0, 1, 0))", "sum({0}, axis=(0, 2, 3))",
    "unsqueeze({0}, 0)",
)  # fmt: skip
FIVES = (
    "conv3d({0}, {W:m,d,1,k,q}, {b:m}, padding=(0, 1, 0))", "avg_pool3d({0}, (1, 1, {q}))", "sum({0}, axis=(0, 1))", "flatten({0})",
    "conv_transpose3d({0}, {W:d,m,1,1,k}, stride=(1, 1, 2))", "squeeze({0})", "mean({0}, axis=2, keepdims=True)*{0}",
)  # fmt: skip
BY_RANK = {1: VECTORS, 2: MATRICES, 3: CUBES, 4: FOURS, 5: FIVES}
ENDS = ("sum({0}*{y})", "sum(({0} - {y})^2)/2", "mean({0}^2)", "sum(softplus({0}) - {y}*{0})", "sum(huber({0}, {y}, 1))", "norm({0})")


def random_today(generator: random.Random) -> Layered | None:
    """Up to three steps over arrays and a loss; nothing where no step fits what was drawn."""
    maker = Maker(generator)
    rank = generator.choice([1, 1, 2, 2, 3, 4, 5])
    shape = tuple(maker.number(1, (4, 3, 3, 2, 2)[rank - 1]) for _ in range(rank))
    maker.nodes[maker.leaf("x", shape)] = shape
    for _ in range(maker.number(1, 3)):
        name, own = list(maker.nodes.items())[-1]
        template = generator.choice(generator.choice([OF_ALL, BY_RANK[len(own)], BY_RANK[len(own)]]))
        kept = list(maker.lines), dict(maker.shapes)
        try:
            maker.step(template, name)
        except TutorError:  # a window that is larger than what it slides over, an axis of one entry, …
            maker.lines[:], maker.shapes = kept
    if not maker.lines:
        return None
    last, shape = list(maker.nodes.items())[-1]
    return maker.built(maker.filled(generator.choice(ENDS), last, shape))
