"""Random graphs over whole layers, of all kinds in the table: affine both ways, batches, convolution, pooling, softmax, losses."""

from __future__ import annotations

import random
from collections import Counter

from rows import LOSS_TEXTS, OF_PROBABILITIES

from tutor.graph.layered import Layered, from_layers
from tutor.graph.network import Network
from tutor.graph.shapes import Shape

ACTIVATIONS = (
    "sigmoid({0})", "tanh({0})", "relu({0})", "softplus({0})", "elu({0}, 1/2)", "leaky_relu({0}, 0.1)", "identity({0})",
    "exp(-{0}^2)", "sin({0})", "abs({0})", "max(0, {0})", "-{0}", "1 - {0}", "{0}/2", "2*{0} - {0}^3", "{0} ⊙ sigmoid({0})",
    "leaky_relu({0}, {s})", "{s}*{0}", "{0}*{s}^2 - {0}", "({0} - sigmoid({0}))^2/2", "{0}/(1 + {s}^2)", "max({0}, {s})",
    "{0} + fill({s}, {shape})", "sum({0})*{0}", "-({0} - tanh({0}))",
)  # fmt: skip
PAIRS = ("{0} + {1}", "{0} - 2*{1}", "{0} ⊙ {1}", "hadamard({0}, sigmoid({1}))", "{0}/(1 + {1}^2)", "max({0}, {1})", "3*{0} ⊙ {1}")
VECTORS = (
    "{W:m,n} @ {0} + {b:m}", "{W:n,m}^T @ {0} + {b:m}", "{W:m,n} @ {0}", "{W:m,n} @ {0} + fill({s}, {m})", "{0} @ {W:n,m}",
    "softmax({0})", "outer({0}, {b:m})", "outer({b:m}, {0})", "outer({0}, {0})", "columns({0}, {m})", "rows({0}, {m})",
    "concat({0}, {b:m})", "concat({b:m}, {0})", "concat({0}, {0})", "unflatten({0}, {n}, 1)", "unflatten({0}, 1, {n})",
    "convolve({0}, {b:k}, {s1}, {p})", "correlate({0}, {b:k}, {s1}, {p})", "convolve({0}, {b:k})", "correlate({b:m}, {0}, 1, {n})",
    "max_pool({0}, {k}, {s1})", "average_pool({0}, {k}, {s1})", "max_pool({0}, {k})", "average_pool({0}, {k})",
    "({0} @ {b:n})*{0}", "{0} ⊙ one_hot(1, {n})", "{0}[{k}]*{0}", "unflatten({0}, 1, {n}, 1)", "unflatten({0}, {n}, 1, 1, 1)",
)  # fmt: skip
MATRICES = (
    "{W:m,n} @ {0} + columns({b:m}, {r})", "{0} @ {W:r,m} + rows({b:m}, {n})", "{W:n,m}^T @ {0}", "{0}^T @ {W:n,m}", "{0} @ {0}^T",
    "{0}^T", "{0} @ {b:r}", "{b:n} @ {0}", "softmax_columns({0})", "softmax_rows({0})", "row_sums({0})", "column_sums({0})",
    "flatten({0})", "convolve({0}, {W:k,q}, {s1}, {p})", "correlate({0}, {W:k,q}, {s1}, {p})", "convolve({0}, {W:k,q})",
    "correlate({0}, {W:k,q})", "max_pool({0}, {j}, {s1})", "average_pool({0}, {j}, {s1})", "max_pool({0}, {j})",
    "average_pool({0}, {j})", "fill({s}, {n}, {r}) - {0}", "fill(mean({0}), {m})", "{0}[{k}, {q}]*{0}",
    "concat({0}, {W:m,r})", "batch({0}, {m})", "columns({0}, {m})", "rows({0}, {m})", "{W:m,l,n} @ {0}", "{0} @ {W:m,r,l}",
)  # fmt: skip
BATCHED = (
    "{0} @ {W:r,m}", "{W:m,l} @ {0}", "{0}^T", "{0} @ {0}^T", "softmax_rows({0})", "softmax_columns({0})", "row_sums({0})",
    "column_sums({0})", "batch_sums({0})", "concat({0}, {0})", "flatten({0})", "fill({s}, {shape}) - {0}",
)  # fmt: skip
CUBES = (
    *BATCHED, "correlate({0}, {W:m,n,k,q}, {s1}, {p})", "convolve({0}, {W:m,n,k,q}, {s1}, {p})", "correlate({0}, {W:m,n,k,q})",
    "average_pool({0}, {j}, {s1})", "average_pool({0}, {j})", "max_pool({0}, {j}, {s1})", "max_pool({0}, {j})",
    "fill(mean({0}), {m}, {n}, 2)", "{0} @ {W:n,r,m}", "{W:n,m,l} @ {0}", "{0}[{n}, {l}, {r}]*{0}", "concat({0}, {W:m,l,r})",
    "batch({0}, {m})", "columns({0}, {m})", "rows({0}, {m})",
)  # fmt: skip
FOURS = (*BATCHED, "{0} @ {W:n,d,r,m}", "{W:n,d,m,l} @ {0}", "{0}[{n}, 1, {l}, {r}]*{0}", "concat({W:m,d,l,r}, {0})")
BY_RANK = {1: VECTORS, 2: MATRICES, 3: CUBES, 4: FOURS}
ENDS = (
    "sum(half_squared_error({0}, {y}))", "mean(squared_error({0}, {y}))", "sum(({0} - {y})^2)/2", "sum(absolute_error({0}, {y}))",
    "mean(hinge({0}, {y}))", "sum(cross_entropy(sigmoid({0}), {y}))", "mean(binary_cross_entropy(sigmoid({0}), {y}))",
    "-sum({y} ⊙ log(sigmoid({0})))", "sum(2*{0})", "mean({0}) + sum({0})^2", "sum({0} ⊙ {y})", "sum({s}*{0})", "-mean(-{0})",
    "sum(zero_one({0}, {y}))", "sum(1 - {0})", "sum({0})", "1/2*sum(({y} - {0})^2) + {s}*sum({0}^2)",
)  # fmt: skip
VECTOR_ENDS = ("-sum({y} ⊙ log(softmax({0})))", "sum(cross_entropy(softmax({0}), {y}))", "{0}^T {y}", "{0} @ {0}", "{0} @ {y} + {s}",
               "-log(entry(softmax({0}), {n}))", "log(sum(exp({0}))) - {0}[{k}]")
MATRIX_ENDS = ("-sum({y} ⊙ log(softmax_rows({0})))", "-mean({y} ⊙ log(softmax_columns({0})))")
LARGEST = 24


class Maker:
    """Lines and shapes, growing; ``pick`` and ``number`` come from a `random.Random` (Hypothesis hands one that shrinks)."""

    def __init__(self, generator: random.Random) -> None:
        self.generator = generator
        self.shapes: dict[str, Shape] = {}
        self.lines: list[str] = []
        self.nodes: dict[str, Shape] = {}
        self.used: Counter[str] = Counter()

    def number(self, low: int, high: int) -> int:
        return self.generator.randint(low, high)

    def leaf(self, letter: str, shape: Shape) -> str:
        name = f"{letter}{sum(other[0] == letter for other in self.shapes)}"
        self.shapes[name] = shape
        return name

    def filled(self, template: str, name: str, shape: Shape) -> str:
        """A template with its letters: sizes, new leaves of a shape, a single number {s}."""
        sizes = {"m": self.number(1, 3), "s1": self.number(1, 2), "p": self.number(0, 1), "n": shape[0], "r": shape[-1]}
        sizes |= {"l": shape[-2], "d": shape[1]} if len(shape) > 1 else {}
        window = shape[len(shape) == 3]  # the first axis of an image of several channels is its channels
        sizes |= {"k": self.number(1, min(3, window)), "q": self.number(1, min(3, shape[-1]))}
        sizes["j"] = min(sizes["k"], sizes["q"])
        words: dict[str, object] = {"0": name, "shape": ", ".join(map(str, shape)), **sizes}
        made = template
        for letter in ("W", "b"):
            while f"{{{letter}:" in made:
                start = made.index(f"{{{letter}:")
                end = made.index("}", start)
                own = tuple(int(sizes.get(size, size)) for size in made[start + 3 : end].split(","))
                made = made[:start] + self.leaf(letter, own) + made[end + 1 :]
        if "{s}" in made:
            words["s"] = self.leaf("c", ())
        if "{y}" in made:
            words["y"] = self.leaf("y", shape)
        for key, value in words.items():
            made = made.replace(f"{{{key}}}", str(value))
        return made

    def step(self, template: str, name: str, other: str = "") -> bool:
        """Add a step, unless it does not fit or becomes too large."""
        before = dict(self.shapes)
        target = f"a{len(self.lines)}"
        line = f"{target} = {self.filled(template, name, self.nodes[name]).replace('{1}', other)}"
        self.lines.append(line)
        shape = self.built(f"sum({target})").shapes[target]
        if sum_of(shape) > LARGEST or not shape:
            self.lines.pop()
            self.shapes = before
            return False
        self.nodes[target] = shape
        self.used[template] += 1
        return True

    def built(self, loss: str) -> Layered:
        return from_layers([*self.lines, f"L = {loss}"], {name: shape for name, shape in self.shapes.items() if shape})


def sum_of(shape: Shape) -> int:
    total = 1
    for size in shape:
        total *= int(size)
    return total


def random_layers(generator: random.Random, used: Counter[str] | None = None) -> Layered:
    """Up to five steps over arrays and a loss."""
    maker = Maker(generator)
    rank = generator.choice([1, 1, 2, 2, 3, 4])
    shape = tuple(maker.number(1, (4, 4, 3, 2)[rank - 1]) for _ in range(rank))
    maker.nodes[maker.leaf("x", shape)] = shape
    for _ in range(maker.number(1, 5)):
        name = generator.choice(list(maker.nodes)[-2:])
        shape = maker.nodes[name]
        table = generator.choice([ACTIVATIONS, BY_RANK[len(shape)], BY_RANK[len(shape)], PAIRS])
        template = generator.choice(table)
        if table is PAIRS:
            same = [other for other, own in maker.nodes.items() if own == shape and (other != name or "max" not in template)]
            if not same:
                continue
            maker.step(template, name, generator.choice(same))
        else:
            maker.step(template, name)
    last, shape = list(maker.nodes.items())[-1]
    end = generator.choice(ENDS + (VECTOR_ENDS if len(shape) == 1 else MATRIX_ENDS))
    maker.used[end] += 1
    if used is not None:
        used.update(maker.used)
    return maker.built(maker.filled(end, last, shape))


def random_network(generator: random.Random) -> Network:
    """A small network: any activations, loss, biases and names."""
    sizes = tuple(generator.randint(1, 3) for _ in range(generator.randint(2, 4)))
    known = ["identity", "sigmoid", "tanh", "relu", "softplus", "leaky_relu(0.1)", "elu(1)", "softmax"]
    activations = [generator.choice(known) for _ in sizes[1:]]
    loss = generator.choice([text for text in LOSS_TEXTS if text != "kl divergence"])  # its targets are positive
    if loss in OF_PROBABILITIES:
        activations[-1] = generator.choice(["sigmoid", "softmax"] if sizes[-1] > 1 else ["sigmoid"])
    return Network(
        sizes, tuple(activations), loss, generator.choice(["neuron", "layer", "none"]),
        generator.choice(["plain", "numbered"]), generator.random() < 0.3,
    )  # fmt: skip


