"""The operations on whole layers: one row each, with shapes, entries, pullbacks and source.

A row is data.  ``arrays`` are its operands with the names of their sizes, ``result`` the sizes of what comes out; ``index`` is
one entry of the result, written with ``at(A, i, v)`` (which is 0 outside of A) and ``sum_over(v, n, …)``; it serves the index form
that is shown *and* the write-out neuron by neuron.  ``pullbacks`` say, for each operand, what the derivative of the loss with respect
to the result (``G``) becomes: in the operands, their sizes and the operation's own result (``out``).  Indices count from 1.

Everything that is applied entry by entry (activations, losses, sums, differences, ⊙) needs no row: its scalar row does.

To add a layer, write a row here and its phrases in `tutor.explain.words.array_rules`; the tests hold its
pullbacks against the scalar form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tutor.errors import TutorError
from tutor.expression.nodes import Expr
from tutor.expression.parse import parse
from tutor.rules.functions import FUNCTIONS

UPSTREAM = "G"
OUT = "out"


@dataclass(frozen=True, slots=True)
class Layer:
    """One row.

    ``arrays`` are written ``"A: m n"``; a size may be a product of the settings (``"x: m*n"``).  ``settings`` are the whole numbers
    that follow them (a stride, a size), each with its least value; the last ones may be missing and have the value in ``defaults`` (a
    text is another setting's value); ``within`` has pairs of which the first is at most the second.  ``letters`` are the indices of
    the result in ``index``.  ``internal`` rows only appear in pullbacks.  ``written`` is how it is printed, in the words
    of `tutor.render.layer_maths` ("sign star", "name vec"), on the first row of a name; empty, it is printed by its own name.
    ``indexed`` says that the index form tells more than the name, ``padded`` that it looks outside of its operands, where an entry
    is 0 (so an operand in index form is a plain array).
    """

    name: str
    arrays: tuple[str, ...]
    result: tuple[str, ...]
    letters: tuple[str, ...]
    index: str
    pullbacks: tuple[str, ...] = ()
    settings: tuple[tuple[str, int], ...] = ()
    defaults: tuple[int | str, ...] = ()
    source: str = ""
    internal: bool = False
    within: tuple[str, ...] = ()
    written: str = ""
    indexed: bool = True
    padded: bool = False

    def __post_init__(self) -> None:
        if len(self.letters) != len(self.result) or (self.pullbacks and len(self.pullbacks) != len(self.arrays)):
            raise TutorError(
                "sizes, letters and pullbacks do not match", where=f"rules.layers, row {self.name}",
                hint='one letter for each size of the result, such as letters=("i",), and one pullback for each operand',
            )  # fmt: skip

    @property
    def operands(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each operand's name and the names of its sizes."""
        return tuple((name, tuple(sizes.split())) for name, _, sizes in (text.partition(":") for text in self.arrays))


_1D, _2D = ("i",), ("i", "j")
_3D, _4D = ("i", "j", "l"), ("i", "j", "l", "h")  # k is a window's size
_CHANNELS = "X: c n r"
_KERNELS = "K: o c m q"
"""An image of c channels, and o kernels of as many: each makes one channel of the result."""
_WINDOW = (("s", 1), ("p", 0))
_GOODFELLOW = "qmul, Convolution; Goodfellow et al., Deep Learning, ch. 9"



def _over_all(sizes: str) -> tuple[Layer, ...]:
    """What all entries of an array of three or four axes are summed to, and what makes one of equal numbers."""
    letters = sizes.split()
    loops = ("t", "u", "v", "w")[: len(letters)]
    entry = f"at(A, {', '.join(loops)})"
    for loop, size in reversed(list(zip(loops, letters, strict=True))):
        entry = f"sum_over({loop}, {size}, {entry})"
    listed, count = ", ".join(letters), "*".join(letters)
    return (
        Layer("sum", (f"A: {sizes}",), (), (), entry, (f"fill(G, {listed})",)),
        Layer("mean", (f"A: {sizes}",), (), (), f"{entry}/({count})", (f"fill(G/({count}), {listed})",)),
        Layer("fill", ("c:",), tuple(letters), (_3D, _4D)[len(letters) - 3], "c", ("sum(G)",), tuple((size, 1) for size in letters)),
    )


_ROWS = (
    Layer("matmul", ("A: m n", "B: n q"), ("m", "q"), _2D, "sum_over(v, n, at(A, i, v)*at(B, v, j))",
          ("matmul(G, transpose(B))", "matmul(transpose(A), G)"), source="Z = W X for a batch", written="beside"),
    Layer("matmul", ("A: m n", "x: n"), ("m",), _1D, "sum_over(v, n, at(A, i, v)*at(x, v))",
          ("outer(G, x)", "matmul(transpose(A), G)"), source="qmul: ∂E/∂w^l = x^(l−1) (δ^l)^T; dl: W x"),
    Layer("matmul", ("x: n", "B: n q"), ("q",), _1D, "sum_over(v, n, at(x, v)*at(B, v, i))",
          ("matmul(B, G)", "outer(x, G)")),
    Layer("matmul", ("x: n", "y: n"), (), (), "sum_over(v, n, at(x, v)*at(y, v))", ("G*y", "G*x"), source="dl: w^T x"),
    Layer("transpose", ("A: m n",), ("n", "m"), _2D, "at(A, j, i)", ("transpose(G)",), written="transposed"),
    Layer("outer", ("x: m", "y: n"), ("m", "n"), _2D, "at(x, i)*at(y, j)",
          ("matmul(G, y)", "matmul(transpose(G), x)"), written="beside transposed"),
    Layer("columns", ("b: m",), ("m", "N"), _2D, "at(b, i)", ("row_sums(G)",), (("N", 1),),
          source="a bias for a batch whose samples are columns", written="times ones lying"),
    Layer("rows", ("b: n",), ("N", "n"), _2D, "at(b, j)", ("column_sums(G)",), (("N", 1),),
          source="a bias for a batch whose samples are rows", written="ones times lying"),
    Layer("row_sums", ("A: m n",), ("m",), _1D, "sum_over(v, n, at(A, i, v))", ("columns(G, n)",), written="times ones"),
    Layer("column_sums", ("A: m n",), ("n",), _1D, "sum_over(v, m, at(A, v, i))", ("rows(G, m)",), written="transposed times ones"),
    Layer("fill", ("c:",), ("m",), _1D, "c", ("sum(G)",), (("m", 1),), source="a bias that a layer shares",
          written="multiple of ones"),
    Layer("fill", ("c:",), ("m", "n"), _2D, "c", ("sum(G)",), (("m", 1), ("n", 1))),
    Layer("sum", ("x: n",), (), (), "sum_over(v, n, at(x, v))", ("fill(G, n)",)),
    Layer("sum", ("A: m n",), (), (), "sum_over(u, m, sum_over(v, n, at(A, u, v)))", ("fill(G, m, n)",)),
    Layer("mean", ("x: n",), (), (), "sum_over(v, n, at(x, v))/n", ("fill(G/n, n)",),
          source="qmul, cmu: the mean over the samples"),
    Layer("mean", ("A: m n",), (), (), "sum_over(u, m, sum_over(v, n, at(A, u, v)))/(m*n)", ("fill(G/(m*n), m, n)",)),
    Layer("softmax", ("z: n",), ("n",), _1D, "exp(at(z, i))/sum_over(v, n, exp(at(z, v)))",
          ("hadamard(out, G - fill(matmul(G, out), n))",), source="neuron, qmul: exp(z_k)/Σ exp(z_i)"),
    Layer("softmax_columns", ("Z: m n",), ("m", "n"), _2D, "exp(at(Z, i, j))/sum_over(v, m, exp(at(Z, v, j)))",
          ("hadamard(out, G - rows(column_sums(hadamard(G, out)), m))",), source="a batch whose samples are columns",
          written="name softmax by col"),
    Layer("softmax_rows", ("Z: m n",), ("m", "n"), _2D, "exp(at(Z, i, j))/sum_over(v, n, exp(at(Z, i, v)))",
          ("hadamard(out, G - columns(row_sums(hadamard(G, out)), n))",), source="a batch whose samples are rows",
          written="name softmax by row"),
    # Convolution and correlation with stride s and padding p; entries outside of the input are 0.
    Layer("correlate", ("x: n", "k: m"), ("windows(n, m, s, p)",), _1D,
          "sum_over(a, m, at(k, a)*at(x, s*(i - 1) + a - p))",
          ("spread(G, k, n, s, p)", "kernel_gradient(G, x, m, s, p)"), _WINDOW, (1, 0), _GOODFELLOW, written="sign star", padded=True),
    Layer("correlate", ("x: n r", "k: m q"), ("windows(n, m, s, p)", "windows(r, q, s, p)"), _2D,
          "sum_over(a, m, sum_over(b, q, at(k, a, b)*at(x, s*(i - 1) + a - p, s*(j - 1) + b - p)))",
          ("spread(G, k, n, r, s, p)", "kernel_gradient(G, x, m, q, s, p)"), _WINDOW, (1, 0), _GOODFELLOW),
    Layer("convolve", ("x: n", "k: m"), ("windows(n, m, s, p)",), _1D,
          "sum_over(a, m, at(k, a)*at(x, s*(i - 1) + m + 1 - a - p))",
          ("spread_flipped(G, k, n, s, p)", "kernel_gradient_flipped(G, x, m, s, p)"), _WINDOW, (1, 0),
          "qmul: Convolution (1-D)", written="sign asterisk", padded=True),
    Layer("convolve", ("x: n r", "k: m q"), ("windows(n, m, s, p)", "windows(r, q, s, p)"), _2D,
          "sum_over(a, m, sum_over(b, q, at(k, a, b)*at(x, s*(i - 1) + m + 1 - a - p, s*(j - 1) + q + 1 - b - p)))",
          ("spread_flipped(G, k, n, r, s, p)", "kernel_gradient_flipped(G, x, m, q, s, p)"), _WINDOW, (1, 0),
          "qmul: Convolution (2-D), the kernel (0 −1 0; −1 4 −1; 0 −1 0)"),
    Layer("spread", ("G: o", "k: m"), ("n",), _1D, "sum_over(u, o, at(G, u)*at(k, i - s*(u - 1) + p))",
          settings=(("n", 1), *_WINDOW), internal=True, written="sign asterisk full", padded=True),
    Layer("spread", ("G: o w", "k: m q"), ("n", "r"), _2D,
          "sum_over(u, o, sum_over(v, w, at(G, u, v)*at(k, i - s*(u - 1) + p, j - s*(v - 1) + p)))",
          settings=(("n", 1), ("r", 1), *_WINDOW), internal=True),
    Layer("spread_flipped", ("G: o", "k: m"), ("n",), _1D, "sum_over(u, o, at(G, u)*at(k, m + 1 - i + s*(u - 1) - p))",
          settings=(("n", 1), *_WINDOW), internal=True, written="sign star full", padded=True),
    Layer("spread_flipped", ("G: o w", "k: m q"), ("n", "r"), _2D,
          "sum_over(u, o, sum_over(v, w, at(G, u, v)*at(k, m + 1 - i + s*(u - 1) - p, q + 1 - j + s*(v - 1) - p)))",
          settings=(("n", 1), ("r", 1), *_WINDOW), internal=True),
    Layer("kernel_gradient", ("G: o", "x: n"), ("m",), _1D, "sum_over(u, o, at(G, u)*at(x, s*(u - 1) + i - p))",
          settings=(("m", 1), *_WINDOW), internal=True, written="sign star swapped", padded=True),
    Layer("kernel_gradient", ("G: o w", "x: n r"), ("m", "q"), _2D,
          "sum_over(u, o, sum_over(v, w, at(G, u, v)*at(x, s*(u - 1) + i - p, s*(v - 1) + j - p)))",
          settings=(("m", 1), ("q", 1), *_WINDOW), internal=True),
    Layer("kernel_gradient_flipped", ("G: o", "x: n"), ("m",), _1D,
          "sum_over(u, o, at(G, u)*at(x, s*(u - 1) + m + 1 - i - p))", settings=(("m", 1), *_WINDOW), internal=True,
          written="sign star swapped flipped", padded=True),
    Layer("kernel_gradient_flipped", ("G: o w", "x: n r"), ("m", "q"), _2D,
          "sum_over(u, o, sum_over(v, w, at(G, u, v)*at(x, s*(u - 1) + m + 1 - i - p, s*(v - 1) + q + 1 - j - p)))",
          settings=(("m", 1), ("q", 1), *_WINDOW), internal=True),
    # The same over channels: each kernel goes over all channels of the input, and makes one of the result.
    Layer("correlate", (_CHANNELS, _KERNELS), ("o", "windows(n, m, s, p)", "windows(r, q, s, p)"), _3D,
          "sum_over(v, c, sum_over(a, m, sum_over(b, q, at(K, i, v, a, b)*at(X, v, s*(j - 1) + a - p, s*(l - 1) + b - p))))",
          ("spread(G, K, n, r, s, p)", "kernel_gradient(G, X, m, q, s, p)"), _WINDOW, (1, 0), _GOODFELLOW),
    Layer("convolve", (_CHANNELS, _KERNELS), ("o", "windows(n, m, s, p)", "windows(r, q, s, p)"), _3D,
          "sum_over(v, c, sum_over(a, m, sum_over(b, q, "
          "at(K, i, v, a, b)*at(X, v, s*(j - 1) + m + 1 - a - p, s*(l - 1) + q + 1 - b - p))))",
          ("spread_flipped(G, K, n, r, s, p)", "kernel_gradient_flipped(G, X, m, q, s, p)"), _WINDOW, (1, 0), _GOODFELLOW),
    Layer("spread", ("G: o w z", _KERNELS), ("c", "n", "r"), _3D,
          "sum_over(t, o, sum_over(u, w, sum_over(v, z, at(G, t, u, v)*at(K, t, i, j - s*(u - 1) + p, l - s*(v - 1) + p))))",
          settings=(("n", 1), ("r", 1), *_WINDOW), internal=True),
    Layer("spread_flipped", ("G: o w z", _KERNELS), ("c", "n", "r"), _3D,
          "sum_over(t, o, sum_over(u, w, sum_over(v, z, "
          "at(G, t, u, v)*at(K, t, i, m + 1 - j + s*(u - 1) - p, q + 1 - l + s*(v - 1) - p))))",
          settings=(("n", 1), ("r", 1), *_WINDOW), internal=True),
    Layer("kernel_gradient", ("G: o w z", _CHANNELS), ("o", "c", "m", "q"), _4D,
          "sum_over(u, w, sum_over(v, z, at(G, i, u, v)*at(X, j, s*(u - 1) + l - p, s*(v - 1) + h - p)))",
          settings=(("m", 1), ("q", 1), *_WINDOW), internal=True),
    Layer("kernel_gradient_flipped", ("G: o w z", _CHANNELS), ("o", "c", "m", "q"), _4D,
          "sum_over(u, w, sum_over(v, z, at(G, i, u, v)*at(X, j, s*(u - 1) + m + 1 - l - p, s*(v - 1) + q + 1 - h - p)))",
          settings=(("m", 1), ("q", 1), *_WINDOW), internal=True),
    # Pooling over windows of k (by k) entries, moved on by the stride s.
    Layer("max_pool", ("x: n",), ("windows(n, k, s, 0)",), _1D, "max_over(a, k, at(x, s*(i - 1) + a))",
          ("route(G, x, k, s)",), (("k", 1), ("s", 1)), ("k",), source="qmul: Max-pooling", written="name maxpool by window"),
    Layer("max_pool", ("x: n r",), ("windows(n, k, s, 0)", "windows(r, k, s, 0)"), _2D,
          "max_over(a, k, max_over(b, k, at(x, s*(i - 1) + a, s*(j - 1) + b)))",
          ("route(G, x, k, s)",), (("k", 1), ("s", 1)), ("k",), source="qmul: Max-pooling 2×2"),
    Layer("route", ("G: o", "x: n"), ("n",), _1D, "sum_over(u, o, at(G, u)*winner(x, i, s*(u - 1), k))",
          settings=(("k", 1), ("s", 1)), internal=True, indexed=False),
    Layer("route", ("G: o w", "x: n r"), ("n", "r"), _2D,
          "sum_over(u, o, sum_over(v, w, at(G, u, v)*winner(x, i, s*(u - 1), j, s*(v - 1), k)))",
          settings=(("k", 1), ("s", 1)), internal=True),
    Layer("average_pool", ("x: n",), ("windows(n, k, s, 0)",), _1D, "sum_over(a, k, at(x, s*(i - 1) + a))/k",
          ("share(G, n, k, s)",), (("k", 1), ("s", 1)), ("k",), written="name avgpool by window"),
    Layer("average_pool", ("x: n r",), ("windows(n, k, s, 0)", "windows(r, k, s, 0)"), _2D,
          "sum_over(a, k, sum_over(b, k, at(x, s*(i - 1) + a, s*(j - 1) + b)))/(k*k)",
          ("share(G, n, r, k, s)",), (("k", 1), ("s", 1)), ("k",)),
    Layer("average_pool", ("x: c n r",), ("c", "windows(n, k, s, 0)", "windows(r, k, s, 0)"), _3D,
          "sum_over(a, k, sum_over(b, k, at(x, i, s*(j - 1) + a, s*(l - 1) + b)))/(k*k)",
          ("share(G, n, r, k, s)",), (("k", 1), ("s", 1)), ("k",)),
    Layer("share", ("G: c o w",), ("c", "n", "r"), _3D,
          "sum_over(u, o, sum_over(v, w, at(G, i, u, v)*inside(j - s*(u - 1), k)*inside(l - s*(v - 1), k)))/(k*k)",
          settings=(("n", 1), ("r", 1), ("k", 1), ("s", 1)), internal=True, indexed=False),
    Layer("share", ("G: o",), ("n",), _1D, "sum_over(u, o, at(G, u)*inside(i - s*(u - 1), k))/k",
          settings=(("n", 1), ("k", 1), ("s", 1)), internal=True),
    Layer("share", ("G: o w",), ("n", "r"), _2D,
          "sum_over(u, o, sum_over(v, w, at(G, u, v)*inside(i - s*(u - 1), k)*inside(j - s*(v - 1), k)))/(k*k)",
          settings=(("n", 1), ("r", 1), ("k", 1), ("s", 1)), internal=True),
    Layer("flatten", ("A: m n",), ("m*n",), _1D, "at(A, quotient(i - 1, n) + 1, remainder(i - 1, n) + 1)",
          ("unflatten(G, m, n)",), source="row after row", written="name vec", indexed=False),
    Layer("flatten", ("A: m n q",), ("m*n*q",), _1D,
          "at(A, quotient(i - 1, n*q) + 1, remainder(quotient(i - 1, q), n) + 1, remainder(i - 1, q) + 1)", ("unflatten(G, m, n, q)",),
          source="channel after channel, row after row"),
    Layer("unflatten", ("x: m*n*q",), ("m", "n", "q"), _3D, "at(x, n*q*(i - 1) + q*(j - 1) + l)", ("flatten(G)",),
          (("m", 1), ("n", 1), ("q", 1)), written="name mat by sizes"),
    Layer("unflatten", ("x: m*n",), ("m", "n"), _2D, "at(x, n*(i - 1) + j)", ("flatten(G)",), (("m", 1), ("n", 1))),
    Layer("concat", ("x: m", "y: n"), ("m + n",), _1D, "at(x, i) + at(y, i - m)", ("part(G, 0, m)", "part(G, m, n)"), indexed=False),
    Layer("one_hot", (), ("n",), _1D, "inside(i - k + 1, 1)", settings=(("k", 1), ("n", 1)), within=("k", "n"),
          source="the target of a classification: label k of n classes", written="name onehot"),
    Layer("entry", ("x: n",), (), (), "at(x, k)", ("G*one_hot(k, n)",), (("k", 1),), within=("k", "n"),
          source="−log p_2: the probability of the label; entries are counted from 1", written="indexed"),
    Layer("entry", ("A: m n",), (), (), "at(A, k, l)", ("G*outer(one_hot(k, m), one_hot(l, n))",), (("k", 1), ("l", 1)),
          within=("k", "m", "l", "n")),
    *_over_all("m n q"),
    *_over_all("m n q r"),
    Layer("part", ("x: n",), ("l",), _1D, "at(x, i + f)", settings=(("f", 0), ("l", 1)), internal=True,
          written="name part by place", padded=True),
)  # fmt: skip

LAYERS: dict[str, tuple[Layer, ...]] = {
    name: tuple(row for row in _ROWS if row.name == name) for name in dict.fromkeys(row.name for row in _ROWS)
}
ENTRYWISE = "hadamard"
"""A ⊙ B, entry by entry; written ``*`` between arrays of one shape."""

NAMES = frozenset({*LAYERS, ENTRYWISE})
WRITABLE = frozenset({name for name, rows in LAYERS.items() if not rows[0].internal} | {ENTRYWISE})
"""What an exercise may write."""

_SPECIAL = frozenset(
    {"at", "sum_over", "max_over", "windows", "winner", "inside", "quotient", "remainder"} | set(FUNCTIONS) | NAMES
)


def row_of(name: str, ranks: Sequence[int], settings: int) -> Layer | None:
    """The row for operands of these ranks and this number of settings, or nothing."""
    for row in LAYERS.get(name, ()):
        least = len(row.settings) - len(row.defaults)
        if [len(sizes) for _, sizes in row.operands] == list(ranks) and least <= settings <= len(row.settings):
            return row
    return None


@cache
def formula(text: str) -> Expr:
    """A text of a row, read."""
    return parse(text, functions=_SPECIAL)
