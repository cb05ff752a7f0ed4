"""The operations on whole layers: one row each, with shapes, entries, pullbacks and source.

A row is data.  ``arrays`` are its operands with the names of their sizes, ``result`` the sizes of what comes out; ``index`` is
one entry of the result, written with ``at(A, i, v)`` (which is 0 outside of A) and ``sum_over(v, n, …)``; it serves the index form
that is shown *and* the write-out neuron by neuron.  ``pullbacks`` say, for each operand, what the derivative of the loss with respect
to the result (``G``) becomes: in the operands, their sizes and the operation's own result (``out``).  Indices count from 1.

Everything that is applied entry by entry (activations, losses, sums, differences, ⊙) needs no row: its scalar row does.

To add a layer, write a row here (what slides stands in `tutor.rules.window_rows`) and its phrases in
`tutor.explain.words.array_rules`; the tests hold its pullbacks against the scalar form.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from itertools import permutations

from tutor.expression.nodes import Expr
from tutor.expression.parse import parse
from tutor.rules.functions import FUNCTIONS
from tutor.rules.layer_row import INDEX, Layer
from tutor.rules.look_up_rows import LOOK_UP_ROWS, LOOK_UPS, make_look_up
from tutor.rules.window_rows import WINDOW_ROWS

UPSTREAM = "G"
OUT = "out"
_1D, _2D, _3D, _4D = INDEX[1:5]
_SIZES = ("m", "n", "q", "r", "D")
_OF_MATRICES = frozenset({"matmul", "masked_softmax", *(
    f"{name}_{each}" for name in ("softmax", "logsumexp", "log_softmax") for each in ("rows", "columns"))})  # fmt: skip
"""What arrays of five axes do not have: they are images of three dimensions, and the kernels that slide over them."""


def _make_deep(sizes: str, leave_out: Collection[str] = ()) -> tuple[Layer, ...]:
    """The rows that every array of three axes or more has: what a matrix has for its last two axes, a batch in front of them."""
    return tuple(row for row in _list_deep(sizes) if row.name not in leave_out)


def _list_deep(sizes: str) -> tuple[Layer, ...]:
    letters = sizes.split()
    lead, (m, n) = " ".join(letters[:-2]), letters[-2:]
    loops = ("t", "u", "v", "w", "x")[: len(letters)]
    index, shorter = INDEX[len(letters)], INDEX[len(letters) - 1]
    less = ", ".join(shorter[:-1])
    first, (row, column) = ", ".join(index[:-2]), index[-2:]
    labels = ("e", "f", "g", "t", "p")[: len(letters)]
    every = f"at(A, {', '.join(loops)})"
    for loop, size in reversed(list(zip(loops, letters, strict=True))):
        every = f"sum_over({loop}, {size}, {every})"
    listed, count, axes = ", ".join(letters), "*".join(letters), tuple(letters)
    batch = tuple(letters[:-2])
    return (
        Layer("sum", (f"A: {sizes}",), (), (), every, (f"fill(G, {listed})",)),
        Layer("mean", (f"A: {sizes}",), (), (), f"{every}/({count})", (f"fill(G/({count}), {listed})",)),
        Layer("fill", ("c:",), axes, index, "c", ("sum(G)",), tuple((size, 1) for size in letters)),
        Layer("transpose", (f"A: {sizes}",), (*batch, n, m), index, f"at(A, {first}, {column}, {row})", ("transpose(G)",)),
        Layer("matmul", (f"A: {sizes}", f"B: {lead} {n} z"), (*batch, m, "z"), index,
              f"sum_over(v, {n}, at(A, {first}, {row}, v)*at(B, {first}, v, {column}))",
              ("matmul(G, transpose(B))", "matmul(transpose(A), G)"), source="as NumPy's @: the last two axes multiply"),
        Layer("matmul", (f"A: {sizes}", f"B: {n} z"), (*batch, m, "z"), index,
              f"sum_over(v, {n}, at(A, {first}, {row}, v)*at(B, v, {column}))",
              ("matmul(G, transpose(B))", f"{_write_summed('matmul(transpose(A), G)', len(batch))}"), source="one matrix for a batch"),
        Layer("matmul", (f"A: z {m}", f"B: {sizes}"), (*batch, "z", n), index,
              f"sum_over(v, {m}, at(A, {row}, v)*at(B, {first}, v, {column}))",
              (f"{_write_summed('matmul(G, transpose(B))', len(batch))}", "matmul(transpose(A), G)"), source="one matrix for a batch"),
        Layer("batch", (f"B: {' '.join(letters[1:])}",), axes, index, f"at(B, {', '.join(index[1:])})", ("batch_sums(G)",),
              ((letters[0], 1),), source="the same matrix for every sample of a batch", written="name batch by sizes"),
        Layer("batch_sums", (f"A: {sizes}",), tuple(letters[1:]), shorter,
              f"sum_over(v, {letters[0]}, at(A, v, {', '.join(shorter)}))", (f"batch(G, {letters[0]})",),
              written="name sum by batch"),
        Layer("columns", (f"b: {lead} {m}",), (*batch, m, "N"), index, f"at(b, {first}, {row})", ("row_sums(G)",), (("N", 1),)),
        Layer("rows", (f"b: {lead} {n}",), (*batch, "N", n), index, f"at(b, {first}, {column})", ("column_sums(G)",), (("N", 1),)),
        Layer("row_sums", (f"A: {sizes}",), (*batch, m), shorter,
              f"sum_over(v, {n}, at(A, {', '.join(shorter)}, v))", (f"columns(G, {n})",)),
        Layer("column_sums", (f"A: {sizes}",), (*batch, n), shorter,
              f"sum_over(v, {m}, at(A, {first}, v, {shorter[-1]}))", (f"rows(G, {m})",)),
        Layer("softmax_columns", (f"Z: {sizes}",), axes, index,
              f"exp(at(Z, {', '.join(index)}))/sum_over(v, {m}, exp(at(Z, {first}, v, {column})))",
              (f"hadamard(out, G - rows(column_sums(hadamard(G, out)), {m}))",)),
        Layer("softmax_rows", (f"Z: {sizes}",), axes, index,
              f"exp(at(Z, {', '.join(index)}))/sum_over(v, {n}, exp(at(Z, {first}, {row}, v)))",
              (f"hadamard(out, G - columns(row_sums(hadamard(G, out)), {n}))",), source="attention: softmax(Q K^T)"),
        _make_masked(sizes, axes, index, first + ", ", row, column),
        Layer("logsumexp_columns", (f"Z: {sizes}",), (*batch, n), shorter,
              f"log(sum_over(v, {m}, exp(at(Z, {less}, v, {shorter[-1]}))))", (f"hadamard(rows(G, {m}), softmax_columns(Z))",)),
        Layer("logsumexp_rows", (f"Z: {sizes}",), (*batch, m), shorter,
              f"log(sum_over(v, {n}, exp(at(Z, {', '.join(shorter)}, v))))", (f"hadamard(columns(G, {n}), softmax_rows(Z))",)),
        Layer("log_softmax_columns", (f"Z: {sizes}",), axes, index,
              f"at(Z, {', '.join(index)}) - log(sum_over(v, {m}, exp(at(Z, {first}, v, {column}))))",
              (f"G - hadamard(rows(column_sums(G), {m}), softmax_columns(Z))",)),
        Layer("log_softmax_rows", (f"Z: {sizes}",), axes, index,
              f"at(Z, {', '.join(index)}) - log(sum_over(v, {n}, exp(at(Z, {first}, {row}, v))))",
              (f"G - hadamard(columns(row_sums(G), {n}), softmax_rows(Z))",)),
        Layer("one_hot", (), axes, index, "*".join(f"inside({i} - {label} + 1, 1)" for i, label in zip(index, labels, strict=True)),
              settings=(*((label, 1) for label in labels), *((size, 1) for size in letters)),
              within=tuple(part for pair in zip(labels, letters, strict=True) for part in pair)),
        Layer("entry", (f"A: {sizes}",), (), (), f"at(A, {', '.join(labels)})", (f"G*one_hot({', '.join(labels)}, {listed})",),
              tuple((label, 1) for label in labels), within=tuple(part for pair in zip(labels, letters, strict=True) for part in pair)),
    )  # fmt: skip


def _make_masked(
    sizes: str, axes: tuple[str, ...], index: tuple[str, ...], first: str = "", row: str = "", column: str = "j"
) -> Layer:
    """Softmax of each row over the places where a mask is 1: what the mask takes out is exactly 0, and so is what goes back to it."""
    n = axes[-1]
    total, spread = ("sum", "fill") if len(axes) == 1 else ("row_sums", "columns")
    place, other = (f"{first}{row}, {column}", f"{first}{row}, v") if len(axes) > 1 else ("i", "v")
    weights = f"exp(Z)/{spread}({total}(hadamard(M, exp(Z))), {n})"
    inner = f"G - {spread}({total}(hadamard(G, out)), {n})"
    return Layer(
        "masked_softmax", (f"Z: {sizes}", f"M: {sizes}"), axes, index,
        f"at(M, {place})*exp(at(Z, {place}))/sum_over(v, {n}, at(M, {other})*exp(at(Z, {other})))",
        (f"hadamard(out, {inner})", f"hadamard({weights}, {inner})"), source="attention with a mask of 0 and 1", whole=True,
        written="name maskedsoftmax", alike=True, unmasked="softmax" if len(axes) == 1 else "softmax_rows",
    )  # fmt: skip


def _write_summed(text: str, axes: int) -> str:
    """A pullback summed over the first axes, of a matrix that every sample shares."""
    return "batch_sums(" * axes + text + ")" * axes


def _make_heads(lead: str) -> tuple[Layer, ...]:
    """The columns of a matrix in equal parts along a new axis before its rows, one for each head, and back."""
    index, flat = (_4D, _3D) if lead else (_3D, _2D)
    first = f"{index[0]}, " if lead else ""
    head, row, column = index[-3:]
    batch = ("u",) if lead else ()
    joined = flat[-1]
    return (
        Layer("split_heads", (f"X: {lead}t r*q",), (*batch, "r", "t", "q"), index, f"at(X, {first}{row}, q*({head} - 1) + {column})",
              ("join_heads(G)",), (("r", 1), ("q", 1)), source="attention with several heads", written="name heads by sizes",
              by_place=True),
        Layer("join_heads", (f"X: {lead}r t q",), (*batch, "t", "r*q"), flat,
              f"at(X, {first}quotient({joined} - 1, q) + 1, {flat[-2]}, remainder({joined} - 1, q) + 1)", ("split_heads(G, r, q)",),
              written="name joinheads", by_place=True),
    )  # fmt: skip


LONGER = ("row", "column", "channel", "sample", "set")
"""The axes of an array from the last one on; of a vector the last is its only one."""
SUMS = {2: ("column_sums", "row_sums"), 3: ("batch_sums", "column_sums", "row_sums"),
         4: ("batch_sums", "channel_sums", "column_sums", "row_sums"),
         5: ("batch_sums", "sample_sums", "channel_sums", "column_sums", "row_sums")}  # fmt: skip
"""What sums along each axis of an array of two, three, four or five."""
_PRINTED = {"row": "row", "column": "col", "channel": "channel", "sample": "batch", "set": "set"}
_PARTS = {"row": "columns", "column": "rows", "channel": "channels", "sample": "samples", "set": "sets"}
_PADDED = {"row": "pad", "column": "padrows", "channel": "padchannels", "sample": "padsamples", "set": "padsets"}
"""What is printed of what is done along one axis."""


def _make_joined(rank: int, place: int) -> tuple[Layer, ...]:
    """Two arrays of one rank joined along an axis, a part of an array, and an array with zeros around it."""
    word, letters, index = LONGER[rank - 1 - place], [*_SIZES[:rank]], INDEX[rank]
    size, own = letters[place], index[place]

    def write_sizes(middle: str) -> tuple[str, ...]:
        return (*letters[:place], middle, *letters[place + 1 :])

    def write_entry(name: str, at: str) -> str:
        return f"at({name}, {', '.join(at if i == own else i for i in index)})"

    joined, part, padded = (name_along(what, rank, place) for what in ("concat", "part", "pad"))
    return (
        Layer(joined, (f"x: {' '.join(letters)}", f"y: {' '.join(write_sizes('z'))}"), write_sizes(f"{size} + z"), index,
              f"{write_entry('x', own)} + {write_entry('y', f'{own} - {size}')}", (f"{part}(G, 0, {size})", f"{part}(G, {size}, z)"),
              written="" if place == 0 else f"name concat by {_PRINTED[word]}", indexed=False, by_place=True, padded=True,
              said="concat"),
        Layer(part, (f"x: {' '.join(letters)}",), write_sizes("z"), index, write_entry("x", f"{own} + f"),
              (f"{padded}(G, f, {size} - f - z)",), (("f", 0), ("z", 1)), within=("f + z", size),
              written="name part by place" if place == 0 else f"name {_PARTS[word]} by place", padded=True, by_place=True,
              said="part"),
        Layer(padded, (f"x: {' '.join(letters)}",), write_sizes(f"{size} + f + t"), index, write_entry("x", f"{own} - f"),
              (f"{part}(G, f, {size})",), (("f", 0), ("t", 0)), source="zeros before and behind, as np.pad", padded=True,
              written=f"name {_PADDED[word]} by margins", by_place=True, indexed=False, said="pad"),
    )  # fmt: skip


def name_along(what: str, rank: int, place: int) -> str:
    """What ``what`` is called along one axis, counted from 0, of an array of so many; of a matrix it is printed with 𝟏 and ᵀ.

    >>> name_along("keep", 2, 1), name_along("keep", 3, 2), name_along("part", 3, 0)
    ('keep_row', 'keep_row_each', 'part')
    """
    word = LONGER[rank - 1 - place]
    if what in ("part", "concat"):
        return what if place == 0 else f"{what}_{word}"
    return f"{what}_{word}_each" if rank > 2 and what in ("keep", "drop", "stretch") and word in ("row", "column") else f"{what}_{word}"


def name_permutation(axes: Sequence[int]) -> str:
    """What an array with its axes in another order is called; nothing for the order as it is.

    >>> name_permutation([0, 2, 1]), name_permutation([1, 0, 2]), name_permutation([0, 1])
    ('transpose', 'axes_213', '')
    """
    if list(axes) == sorted(axes):
        return ""
    last = [*range(len(axes) - 2), len(axes) - 1, len(axes) - 2]
    return "transpose" if list(axes) == last else f"axes_{''.join(str(axis + 1) for axis in axes)}"


def _make_permuted(axes: tuple[int, ...]) -> Layer:
    """An array with its axes in another order; the gradient goes back into the first one."""
    letters, index = [*_SIZES[: len(axes)]], INDEX[len(axes)]
    back = [axes.index(axis) for axis in range(len(axes))]
    name = name_permutation(axes)
    return Layer(
        name, (f"A: {' '.join(letters)}",), tuple(letters[axis] for axis in axes), index, f"at(A, {', '.join(index[i] for i in back)})",
        (f"{name_permutation(back)}(G)",), source="np.transpose(A, axes)", written=f"name {name.replace('_', '')}", by_place=True,
        said="axes",
    )  # fmt: skip


def _make_along(rank: int, place: int) -> tuple[Layer, ...]:
    """What is done along one axis of an array: an axis of one entry put in, left out, or made longer, and the largest entries along it."""
    word, letters, index = LONGER[rank - 1 - place], [*_SIZES[:rank]], INDEX[rank]
    size, rest = letters[place], tuple(letters[:place] + letters[place + 1 :])
    one, longer = (*rest[:place], "1", *rest[place:]), (*rest[:place], "N", *rest[place:])
    short = INDEX[rank - 1]

    def write_entry(name: str, places: Sequence[str], at: str) -> str:
        return f"at({name}, {', '.join((*places[:place], at, *places[place:]))})"

    own = index[place]
    windows = [part for i in index for part in ((i, "0", size) if i == own else (i, f"{i} - 1", "1"))]
    kept = tuple(i for i in index if i != own)
    upstream = f"at(G, {', '.join(kept)})" if kept else "G"
    rows = [
        Layer(f"largest_{word}", (f"A: {' '.join(letters)}",), rest, short, f"max_over(v, {size}, {write_entry('A', short, 'v')})",
              (f"to_largest_{word}(G, A)",), source="max(A, axis), as NumPy has it", first=(f"to_first_{word}(G, A)",),
              written=f"name max by {_PRINTED[word]}", by_place=True, said="largest"),
        *(Layer(f"to_{which}_{word}", (f"G: {' '.join(rest)}", f"A: {' '.join(letters)}"), tuple(letters), index,
                f"{upstream}*{winner}(A, {', '.join(windows)})", internal=True, indexed=False, written=f"name route by {_PRINTED[word]}",
                by_place=True, said=f"to_{which}") for which, winner in (("largest", "winner"), ("first", "first_winner"))),
    ]  # fmt: skip
    if rank == 1:
        return tuple(rows)
    total = SUMS[rank][place]
    keep, drop, stretch = (name_along(what, rank, place) for what in ("keep", "drop", "stretch"))
    kept_as = "transposed" if rank == 2 and word == "column" else "itself"
    return (
        *rows,
        Layer(keep, (f"A: {' '.join(rest)}",), one, index, f"at(A, {', '.join(kept)})", (f"{drop}(G)",),
              source="an axis of one entry, as keepdims leaves it", written=kept_as, indexed=False, said="keep"),
        Layer(drop, (f"A: {' '.join(one)}",), rest, short, write_entry("A", short, "1"), (f"{keep}(G)",),
              written=kept_as, indexed=False, said="drop"),
        Layer(stretch, (f"A: {' '.join(one)}",), longer, index, f"at(A, {', '.join('1' if i == own else i for i in index)})",
              (f"{keep}({total}(G))",), (("N", 1),), source="broadcasting along an axis of one entry", indexed=False, said="stretch",
              written="itself" if rank > 2 else "itself times ones lying" if word == "row" else "ones times"),
    )  # fmt: skip


_ROWS = (
    Layer("matmul", ("A: m n", "B: n q"), ("m", "q"), _2D, "sum_over(v, n, at(A, i, v)*at(B, v, j))",
          ("matmul(G, transpose(B))", "matmul(transpose(A), G)"), source="Z = W X for a batch", written="beside"),
    Layer("matmul", ("A: m n", "x: n"), ("m",), _1D, "sum_over(v, n, at(A, i, v)*at(x, v))",
          ("outer(G, x)", "matmul(transpose(A), G)"), source="qmul: ∂E/∂w^l = x^(l−1) (δ^l)^T; dl: W x"),
    Layer("matmul", ("x: n", "B: n q"), ("q",), _1D, "sum_over(v, n, at(x, v)*at(B, v, i))",
          ("matmul(B, G)", "outer(x, G)")),
    Layer("matmul", ("x: n", "y: n"), (), (), "sum_over(v, n, at(x, v)*at(y, v))", ("G*y", "G*x"), source="dl: w^T x"),
    Layer("transpose", ("A: m n",), ("n", "m"), _2D, "at(A, j, i)", ("transpose(G)",), written="transposed", whole=True),
    Layer("outer", ("x: m", "y: n"), ("m", "n"), _2D, "at(x, i)*at(y, j)",
          ("matmul(G, y)", "matmul(transpose(G), x)"), written="beside transposed", whole=True),
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
          ("hadamard(out, G - fill(matmul(G, out), n))",), source="neuron, qmul: exp(z_k)/Σ exp(z_i)", normalises="sum", whole=True),
    Layer("softmax_columns", ("Z: m n",), ("m", "n"), _2D, "exp(at(Z, i, j))/sum_over(v, m, exp(at(Z, v, j)))",
          ("hadamard(out, G - rows(column_sums(hadamard(G, out)), m))",), source="a batch whose samples are columns",
          written="name softmax by col", normalises="column_sums", whole=True),
    Layer("softmax_rows", ("Z: m n",), ("m", "n"), _2D, "exp(at(Z, i, j))/sum_over(v, n, exp(at(Z, i, v)))",
          ("hadamard(out, G - columns(row_sums(hadamard(G, out)), n))",), source="a batch whose samples are rows",
          written="name softmax by row", normalises="row_sums", whole=True),
    _make_masked("n", ("n",), _1D),
    _make_masked("m n", ("m", "n"), _2D, "", "i", "j"),
    Layer("logsumexp", ("z: n",), (), (), "log(sum_over(v, n, exp(at(z, v))))", ("G*softmax(z)",), source="a soft maximum: log Σ exp(z_k)"),
    Layer("logsumexp_columns", ("Z: m n",), ("n",), _1D, "log(sum_over(v, m, exp(at(Z, v, i))))",
          ("hadamard(rows(G, m), softmax_columns(Z))",), written="name logsumexp by col", whole=True),
    Layer("logsumexp_rows", ("Z: m n",), ("m",), _1D, "log(sum_over(v, n, exp(at(Z, i, v))))",
          ("hadamard(columns(G, n), softmax_rows(Z))",), written="name logsumexp by row", whole=True),
    Layer("log_softmax", ("z: n",), ("n",), _1D, "at(z, i) - log(sum_over(v, n, exp(at(z, v))))",
          ("G - sum(G)*softmax(z)",), source="z_k − log Σ exp(z_i)", written="name logsoftmax", whole=True),
    Layer("log_softmax_columns", ("Z: m n",), ("m", "n"), _2D, "at(Z, i, j) - log(sum_over(v, m, exp(at(Z, v, j))))",
          ("G - hadamard(rows(column_sums(G), m), softmax_columns(Z))",), written="name logsoftmax by col", whole=True),
    Layer("log_softmax_rows", ("Z: m n",), ("m", "n"), _2D, "at(Z, i, j) - log(sum_over(v, n, exp(at(Z, i, v))))",
          ("G - hadamard(columns(row_sums(G), n), softmax_rows(Z))",), written="name logsoftmax by row", whole=True),
    *WINDOW_ROWS,
    *LOOK_UP_ROWS,
    Layer("flatten", ("A: m n",), ("m*n",), _1D, "at(A, quotient(i - 1, n) + 1, remainder(i - 1, n) + 1)",
          ("unflatten(G, m, n)",), source="row after row", written="name vec", indexed=False, by_place=True),
    Layer("flatten", ("A: m n q",), ("m*n*q",), _1D,
          "at(A, quotient(i - 1, n*q) + 1, remainder(quotient(i - 1, q), n) + 1, remainder(i - 1, q) + 1)", ("unflatten(G, m, n, q)",),
          source="channel after channel, row after row"),
    Layer("flatten", ("A: m n q r",), ("m*n*q*r",), _1D,
          "at(A, quotient(i - 1, n*q*r) + 1, remainder(quotient(i - 1, q*r), n) + 1, remainder(quotient(i - 1, r), q) + 1, "
          "remainder(i - 1, r) + 1)", ("unflatten(G, m, n, q, r)",)),
    Layer("flatten", ("A: m n q r D",), ("m*n*q*r*D",), _1D,
          "at(A, quotient(i - 1, n*q*r*D) + 1, remainder(quotient(i - 1, q*r*D), n) + 1, remainder(quotient(i - 1, r*D), q) + 1, "
          "remainder(quotient(i - 1, D), r) + 1, remainder(i - 1, D) + 1)", ("unflatten(G, m, n, q, r, D)",)),
    Layer("unflatten", ("x: m*n*q*r*D",), _SIZES, INDEX[5],
          "at(x, n*q*r*D*(i - 1) + q*r*D*(j - 1) + r*D*(l - 1) + D*(h - 1) + y)", ("flatten(G)",),
          tuple((size, 1) for size in _SIZES), written="name mat by sizes", by_place=True),
    Layer("unflatten", ("x: m*n*q*r",), ("m", "n", "q", "r"), _4D, "at(x, n*q*r*(i - 1) + q*r*(j - 1) + r*(l - 1) + h)", ("flatten(G)",),
          (("m", 1), ("n", 1), ("q", 1), ("r", 1)), written="name mat by sizes", by_place=True),
    Layer("unflatten", ("x: m*n*q",), ("m", "n", "q"), _3D, "at(x, n*q*(i - 1) + q*(j - 1) + l)", ("flatten(G)",),
          (("m", 1), ("n", 1), ("q", 1))),
    Layer("unflatten", ("x: m*n",), ("m", "n"), _2D, "at(x, n*(i - 1) + j)", ("flatten(G)",), (("m", 1), ("n", 1))),
    *(row for lead in ("", "u ") for row in _make_heads(lead)),
    *(row for rank in (1, 2, 3, 4, 5) for place in range(rank) for row in _make_joined(rank, place)),
    *(Layer("flip", (f"x: {' '.join(sizes)}",), sizes, index, f"at(x, {', '.join(turned)})", internal=True,
            source="a kernel turned round, as convolution takes it", written="name flip", indexed=False, by_place=True)
      for sizes, index, turned in (
          (("n",), _1D, ("n + 1 - i",)), (("n", "r"), _2D, ("n + 1 - i", "r + 1 - j")),
          (("o", "c", "n", "r", "D"), INDEX[5], ("i", "j", "n + 1 - l", "r + 1 - h", "D + 1 - y")),
          (("c", "n", "r"), _3D, ("i", "n + 1 - j", "r + 1 - l")), (("o", "c", "n", "r"), _4D, ("i", "j", "n + 1 - l", "r + 1 - h")))),
    Layer("one_hot", (), ("n",), _1D, "inside(i - k + 1, 1)", settings=(("k", 1), ("n", 1)), within=("k", "n"),
          source="the target of a classification: label k of n classes", written="name onehot", by_place=True, whole=True),
    Layer("causal_mask", (), ("n", "n"), _2D, "inside(i - j + 1, n)", settings=(("n", 1),), source="attention that looks back only",
          written="name causal", by_place=True, whole=True, indexed=False),
    Layer("positional_encoding", (), ("t", "d"), _2D, "inside(remainder(j - 1, 2) + 1, 1)*sin((i - 1)/10000^((j - 1)/d)) "
          "+ inside(remainder(j - 1, 2), 1)*cos((i - 1)/10000^((j - 2)/d))", settings=(("t", 1), ("d", 1)),
          source="Vaswani et al. 2017, section 3.5: sin and cos of pos/10000^(2i/d)", written="name positions", by_place=True, whole=True,
          indexed=False),
    Layer("entry", ("x: n",), (), (), "at(x, k)", ("G*one_hot(k, n)",), (("k", 1),), within=("k", "n"),
          source="−log p_2: the probability of the label; entries are counted from 1", written="indexed", by_place=True, whole=True),
    Layer("entry", ("A: m n",), (), (), "at(A, k, l)", ("G*outer(one_hot(k, m), one_hot(l, n))",), (("k", 1), ("l", 1)),
          within=("k", "m", "l", "n")),
    *_make_deep("m n q"),
    *_make_deep("m n q r"),
    *_make_deep("m n q r D", _OF_MATRICES),
    Layer("channel_sums", ("A: m n q r",), ("m", "q", "r"), _3D, "sum_over(v, n, at(A, i, v, j, l))",
          ("stretch_channel(keep_channel(G), n)",), written="name sum by channel", said="batch_sums"),
    Layer("channel_sums", ("A: m n q r D",), ("m", "n", "r", "D"), _4D, "sum_over(v, q, at(A, i, j, v, l, h))",
          ("stretch_channel(keep_channel(G), q)",)),
    Layer("sample_sums", ("A: m n q r D",), ("m", "q", "r", "D"), _4D, "sum_over(v, n, at(A, i, v, j, l, h))",
          ("stretch_sample(keep_sample(G), n)",), written="name sum by sample", said="batch_sums"),
    *(row for rank in (1, 2, 3, 4, 5) for place in range(rank) for row in _make_along(rank, place)),
    *(_make_permuted(axes) for rank in (3, 4) for axes in permutations(range(rank)) if name_permutation(axes) not in ("", "transpose")),
)  # fmt: skip

LAYERS: dict[str, tuple[Layer, ...]] = {
    name: tuple(row for row in _ROWS if row.name == name) for name in dict.fromkeys(row.name for row in _ROWS)
}
SAID = {name: rows[0].said or name for name, rows in LAYERS.items()}
"""Whose phrases explain an operation."""
ONE_OF = {f"{word}s": word for word in LONGER}
"""How a single one is called: rows[1..2](A), row[1](A)."""
JOINED = frozenset(name for name, said in SAID.items() if said == "concat")
"""What sets arrays side by side; a joined array in a joined array is one of its parts."""
OF_EACH = {name: f"{name}_of_each" for name, rows in LAYERS.items() if {"times", "ones"} <= {*rows[0].written.split()}}
"""What is a product of a matrix with 𝟏 on paper, and how it is called where it is done to each matrix of a batch: no product says that."""
PRINTED = {words[1]: name for name, rows in reversed(LAYERS.items())  # of two that are written alike the first
           if (words := rows[0].written.split())[:1] == ["name"] and words[-1] not in ("row", "col", "batch", "channel", "sample", "set")}
"""Operations by the names that pages print: onehot, flip, route."""
BY_PLACE = frozenset(name for name, rows in LAYERS.items() if rows[0].by_place)
"""The operations that do not treat all entries alike."""
ALIKE = frozenset(name for name, rows in LAYERS.items() if rows[0].alike)
"""The operations whose operands are broadcast, as those of a sum are."""
SLIDING = frozenset(name for name, rows in LAYERS.items() if ("p", 0) in rows[0].settings and not rows[0].internal)
"""What slides a kernel over its input, by a stride and with a padding."""
POOLS = frozenset(name for name, rows in LAYERS.items() if rows[0].settings == (("k", 1), ("s", 1)) and not rows[0].internal)
"""What takes windows of its input together."""
SOFTMAXES = {name: rows[0].normalises for name, rows in LAYERS.items() if rows[0].normalises}
"""Each softmax with the sum of its exponentials, which says what one sample is: a vector, a column or a row."""
MASKED = frozenset(name for name, rows in LAYERS.items() if rows[0].unmasked)
"""What has a mask of 0 and 1 as its last operand."""
ENTRYWISE = "hadamard"
"""A ⊙ B, entry by entry; written ``*`` between arrays of one shape."""

NAMES = frozenset({*LAYERS, ENTRYWISE})
SPLITS = frozenset({"split", "chunk", "hsplit", "vsplit"})
"""What has as many results as there are targets: a, b = split(x, 2)."""
ALONG_AXES = frozenset({"norm", "var", "std"})
SHAPING = frozenset({*SPLITS, "stack", "permute", "swapaxes", "squeeze", "unsqueeze", "vstack", "hstack", "einsum"})
"""What is written of arrays and made of these operations, along axes or over all entries (`tutor.graph.axis_forms`)."""
WRITABLE = frozenset({name for name, rows in LAYERS.items() if not rows[0].internal} | {ENTRYWISE} | ALONG_AXES | SHAPING)
"""What an exercise may write."""

_SPECIAL = frozenset(
    {"at", "at_inside", "sum_over", "max_over", "windows", "spans", "winner", "first_winner", "inside", "quotient", "remainder", "listed"}
    | set(FUNCTIONS) | NAMES
)


def row_of(name: str, ranks: Sequence[int], settings: int) -> Layer | None:
    """The row for operands of these ranks and this number of settings, or nothing."""
    for row in (*LAYERS.get(name, ()), *(make_look_up(name, settings) if name in LOOK_UPS else ())):
        least = len(row.settings) - len(row.defaults)
        if [len(sizes) for _, sizes in row.operands] == list(ranks) and least <= settings <= len(row.settings):
            return row
    return None


@cache
def formula(text: str) -> Expr:
    """A text of a row, read."""
    return parse(text, functions=_SPECIAL)
