"""The table of layers: every pullback against the scalar form, against independent code, and against a slip of one in a thousand."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from random import Random

import numpy as np
import pytest
from independent import close, number
from independent_layers import OPERATIONS, array, nd
from some_now import some_now

from tutor.derive.backward import derive
from tutor.errors import ProofError, TutorError
from tutor.graph.entries import Array, places
from tutor.graph.layered import from_layers
from tutor.numbers.form_agreement import agree
from tutor.numbers.run_arrays import evaluate_layers
from tutor.rules.layer_row import Layer
from tutor.rules.operations import ALONG_AXES, LAYERS, LONGER, NAMES, SHAPING, WRITABLE, row_of


def list_along():
    """What is done along one axis, for each rank and each axis: two shapes of each."""
    for shape in ((2, 3, 2, 2, 1), (3, 1, 2, 3, 2)):
        for rank in (1, 2, 3, 4, 5):
            for place in range(rank):
                word, own, each = LONGER[rank - 1 - place], shape[:rank], ("_each" if rank > 2 and rank - place <= 2 else "")
                one = (*own[:place], 1, *own[place + 1 :])
                first = "" if place == 0 else f"_{word}"
                yield f"largest_{word}", [own], ()
                yield f"part{first}", [own], (own[place] - 1, 1)
                yield f"pad_{word}", [own], (1, 2)
                yield f"concat{first}", [own, (*own[:place], 2, *own[place + 1 :])], ()
                if rank > 1:
                    yield f"keep_{word}{each}", [own[: rank - 1]], ()
                    yield f"drop_{word}{each}", [one], ()
                    yield f"stretch_{word}{each}", [one], (3,)


def leave_some(inputs, kernel, settings):
    """Inputs of which a border that is cut off a transposed convolution leaves some, where all axes have the same settings."""
    if len(settings) > 4:
        return inputs
    stride, border, dilation = (*settings, *(1, 0, 1)[len(settings) :])[:3]
    least = [1 + max(0, -((dilation * (width - 1) - 2 * border) // stride)) for width in kernel[2:]]
    return tuple(max(pair) for pair in zip(inputs, least, strict=True))


def list_windows():
    """What slides, over channels and batches of them, with a dilation and groups; poolings with a padding: two shapes of each row."""
    for name in ("correlate", "convolve"):
        yield from ((name, shapes, settings) for shapes, settings in (
            ([(7,), (3,)], (1, 0, 2)), ([(5,), (2,)], (2, 1, 3)), ([(5, 4), (2, 2)], (1, 1, 2)), ([(4, 4), (1, 2)], (2, 0, 3)),
            ([(3, 4), (2, 2)], (2, 1, 1, 0, 1, 2)), ([(4, 3), (1, 2)], (1, 2, 0, 1, 1, 1)),
        ))  # fmt: skip
    for name in ("correlate", "convolve", "transposed_convolution"):
        swapped = name == "transposed_convolution"  # there the input has as many channels as there are kernels
        for lead in ((), (2,)):
            for kernel, inputs, settings in (
                ((2, 3, 2), (4,), ()), ((3, 1, 3), (5,), (2, 1)), ((2, 2, 2), (5,), (2, 1, 2)), ((1, 2, 3), (6,), (1, 1, 2)),
                ((4, 1, 2), (4,), (1, 0, 1, 2)), ((2, 2, 2), (5,), (2, 1, 2, 2)),
                ((2, 2, 2, 1), (3, 2), ()), ((1, 2, 2, 2), (2, 3), (2, 1)), ((2, 1, 2, 2), (4, 3), (2, 1, 2)),
                ((1, 1, 1, 2), (3, 5), (1, 0, 3)),
                ((2, 1, 2, 2), (3, 3), (2, 1, 1, 2)), ((4, 1, 1, 2), (2, 3), (1, 0, 2, 2)),
                ((1, 1, 2, 2), (3, 2), (2, 1, 1, 0, 1, 1)), ((2, 1, 1, 2), (2, 3), (1, 2, 0, 1, 1, 2, 2)),
                *(((*channels, 1, 2, 2), inputs, settings) for channels, inputs, settings in (
                    ((1, 2), (1, 2, 2), ()), ((2, 1), (2, 2, 3), (2, 1)), ((1, 1), (2, 3, 3), (1, 0, 2)), ((2, 1), (1, 2, 3), (1, 1, 1)),
                    ((2, 1), (1, 2, 2), (1, 0, 1, 2)), ((2, 2), (1, 3, 2), (2, 1, 1, 2)),
                    ((1, 1), (1, 2, 3), (1, 2, 1, 0, 1, 0, 1, 1, 2)), ((2, 1), (2, 2, 2), (1, 1, 2, 0, 0, 1, 1, 1, 1, 2)),
                )),
            ):  # fmt: skip
                inputs = leave_some(inputs, kernel, settings) if swapped else inputs
                groups = settings[3] if len(settings) == 4 else settings[-1] if len(settings) in (7, 10) else 1
                yield name, [(*lead, kernel[0] if swapped else kernel[1] * groups, *inputs), kernel], settings
    for name in ("max_pool", "average_pool"):
        yield from ((name, [shape], settings) for shape, settings in (
            ((5,), (3, 2, 1)), ((4,), (2, 1, 1)), ((4, 3), (2, 2, 1)), ((3, 3), (3, 1, 1)), ((2, 3, 4), (2, 2, 1)), ((1, 3, 3), (2, 1, 1)),
            ((2, 1, 4, 4), (2,)), ((1, 2, 3, 4), (2, 1)), ((2, 1, 3, 4), (3, 2, 1)), ((1, 2, 3, 2), (2, 2, 1)),
            *(((*lead, *shape), settings) for lead in ((), (2,), (2, 1)) for shape, settings in (
                ((3, 4), (2, 3, 1, 2, 1, 0)), ((4, 2), (3, 1, 2, 1, 0, 0)))),
        ))  # fmt: skip
        yield from ((f"{name}_3d", [(*lead, *shape)], settings) for lead in ((2,), (1, 2)) for shape, settings in (
            ((2, 2, 4), (2,)), ((2, 2, 3), (2, 1)), ((1, 3, 2), (2, 2, 1)), ((2, 1, 3), (3, 2, 1)),
            ((2, 2, 3), (1, 2, 2, 1, 1, 2, 0, 0, 1)), ((1, 3, 2), (1, 2, 1, 1, 2, 1, 0, 1, 0)),
        ))  # fmt: skip
        yield from ((f"{name}_1d", [shape], settings) for shape, settings in (
            ((2, 5), (2,)), ((1, 4), (3, 1)), ((2, 5), (3, 2, 1)), ((3, 3), (2, 1, 1)), ((2, 2, 4), (2,)), ((1, 2, 5), (2, 1)),
            ((2, 2, 4), (2, 2, 1)), ((2, 1, 5), (3, 1, 1)),
        ))  # fmt: skip


CASES = [  # operation, shapes of its operands, its settings
    ("matmul", [(2, 3), (3, 4)], ()),
    ("matmul", [(1, 1), (1, 1)], ()),
    ("matmul", [(3, 1), (1, 2)], ()),
    ("matmul", [(2, 3), (3,)], ()),
    ("matmul", [(1, 1), (1,)], ()),
    ("matmul", [(3,), (3, 2)], ()),
    ("matmul", [(1,), (1, 3)], ()),
    ("matmul", [(3,), (3,)], ()),
    ("matmul", [(1,), (1,)], ()),
    ("transpose", [(2, 3)], ()),
    ("transpose", [(1, 3)], ()),
    ("outer", [(2,), (3,)], ()),
    ("outer", [(1,), (1,)], ()),
    ("columns", [(2,)], (3,)),
    ("columns", [(2,)], (1,)),
    ("rows", [(2,)], (3,)),
    ("rows", [(1,)], (2,)),
    ("row_sums", [(2, 3)], ()),
    ("row_sums", [(1, 1)], ()),
    ("column_sums", [(2, 3)], ()),
    ("column_sums", [(3, 1)], ()),
    ("fill", [()], (3,)),
    ("fill", [()], (1,)),
    ("fill", [()], (2, 3)),
    ("fill", [()], (1, 1)),
    ("sum", [(3,)], ()),
    ("sum", [(1,)], ()),
    ("sum", [(2, 3)], ()),
    ("sum", [(1, 1)], ()),
    ("mean", [(3,)], ()),
    ("mean", [(1,)], ()),
    ("mean", [(2, 3)], ()),
    ("mean", [(1, 1)], ()),
    ("softmax", [(3,)], ()),
    ("softmax", [(1,)], ()),
    ("softmax_columns", [(3, 2)], ()),
    ("softmax_columns", [(1, 2)], ()),
    ("softmax_rows", [(2, 3)], ()),
    ("softmax_rows", [(2, 1)], ()),
    *((f"{name}{along}", [shape], ()) for name in ("logsumexp", "log_softmax") for along, shape in (
        ("", (3,)), ("", (1,)), ("_columns", (3, 2)), ("_columns", (1, 2)), ("_rows", (2, 3)), ("_rows", (2, 1)), ("_columns", (2, 3, 1)),
        ("_rows", (2, 2, 2)), ("_columns", (1, 2, 2, 1)), ("_rows", (2, 1, 2, 2)), ("_columns", (1, 1, 2)), ("_rows", (1, 2, 1)),
        ("_columns", (2, 1, 1, 2)), ("_rows", (1, 1, 2, 1)))),
    *(
        (name, shapes, settings)
        for name in ("correlate", "convolve")
        for shapes, settings in (
            ([(5,), (2,)], ()),
            ([(5,), (3,)], (2,)),  # the windows do not reach the end
            ([(6,), (3,)], (2,)),  # one entry is left over
            ([(3,), (3,)], (1, 1)),
            ([(2,), (4,)], (3, 2)),  # the kernel is larger than the input without its padding
            ([(1,), (1,)], ()),
            ([(4, 3), (2, 2)], ()),
            ([(4, 5), (3, 2)], (2, 1)),
            ([(3, 3), (3, 3)], ()),
            ([(1, 2), (1, 1)], (1, 1)),
        )
    ),
    *(
        (name, shapes, settings)
        for name in ("max_pool", "average_pool")
        for shapes, settings in (
            ([(6,)], (2,)),
            ([(5,)], (2,)),  # the last entry is in no window
            ([(5,)], (3, 1)),  # the windows overlap
            ([(5,)], (1, 2)),
            ([(1,)], (1,)),
            ([(4, 4)], (2,)),
            ([(3, 5)], (2,)),
            ([(3, 4)], (2, 1)),
            ([(3, 3)], (1, 2)),
        )
    ),
    *(("masked_softmax", [shape, shape], ()) for shape in ((3,), (1,), (2, 3), (2, 1), (2, 2, 2), (1, 1, 3), (2, 1, 2, 2), (1, 1, 1, 2))),
    *(("split_heads", [shape], settings) for shape, settings in (
        ((2, 6), (2, 3)), ((1, 2), (1, 2)), ((2, 1, 4), (2, 2)), ((1, 2, 2), (2, 1)))),
    *(("join_heads", [shape], ()) for shape in ((2, 3, 2), (1, 2, 1), (2, 2, 1, 3), (1, 1, 2, 1))),
    ("positional_encoding", [], (2, 3)),
    ("positional_encoding", [], (3, 2)),
    ("causal_mask", [], (3,)),
    ("causal_mask", [], (1,)),
    ("flatten", [(2, 3)], ()),
    ("flatten", [(1, 1)], ()),
    ("unflatten", [(6,)], (2, 3)),
    ("unflatten", [(3,)], (1, 3)),
    *((name, [shape], ()) for name in ("sum", "mean") for shape in (
        (2, 1, 3), (2, 2, 2), (2, 1, 2, 2), (1, 1, 1, 1), (2, 1, 2, 1, 2), (1, 2, 1, 2, 1))),
    *(("fill", [()], sizes) for sizes in (
        (2, 1, 3), (1, 2, 1), (2, 1, 2, 2), (1, 1, 1, 2), (2, 1, 1, 2, 1), (1, 1, 2, 1, 1))),
    *(
        (name, shapes, settings)
        for name in ("correlate", "convolve")
        for shapes, settings in (
            ([(2, 3, 3), (2, 2, 2, 2)], ()),
            ([(1, 3, 4), (2, 1, 2, 3)], (2, 1)),
            ([(2, 2, 2), (1, 2, 1, 1)], ()),
        )
    ),
    ("average_pool", [(2, 2, 4)], (2,)),
    ("average_pool", [(2, 3, 3)], (2, 1)),
    ("flatten", [(2, 2, 3)], ()),
    ("flatten", [(1, 3, 1)], ()),
    ("unflatten", [(12,)], (2, 3, 2)),
    ("unflatten", [(3,)], (1, 3, 1)),
    ("one_hot", [], (2, 3)),
    ("one_hot", [], (1, 1)),
    ("entry", [(3,)], (2,)),
    ("entry", [(1,)], (1,)),
    ("entry", [(2, 3)], (2, 1)),
    ("entry", [(1, 2)], (1, 2)),
    ("concat", [(2,), (3,)], ()),
    ("concat", [(1,), (1,)], ()),
    *(("concat", shapes, ()) for shapes in (
        [(2, 3), (1, 3)], [(1, 1), (2, 1)], [(2, 1, 3), (1, 1, 3)], [(1, 2, 1), (1, 2, 1)], [(1, 2, 1, 2), (2, 2, 1, 2)],
        [(1, 1, 1, 2), (1, 1, 1, 2)],
    )),
    # of more axes: what a matrix has for its last two, a batch in front of them
    *(("matmul", shapes, ()) for shapes in (
        [(2, 2, 3), (2, 3, 2)], [(3, 1, 2), (3, 2, 1)], [(2, 1, 2, 3), (2, 1, 3, 2)], [(1, 2, 2, 1), (1, 2, 1, 2)],
        [(2, 2, 3), (3, 2)], [(1, 2, 2), (2, 3)], [(2, 1, 2, 2), (2, 3)], [(1, 2, 2, 1), (1, 2)],
        [(2, 3), (2, 3, 2)], [(3, 2), (1, 2, 2)], [(2, 2), (2, 1, 2, 3)], [(1, 2), (1, 2, 2, 1)],
    )),
    *((name, [shape], ()) for name in ("transpose", "batch_sums", "row_sums", "column_sums", "softmax_columns", "softmax_rows")
      for shape in ((2, 3, 2), (1, 2, 3), (2, 1, 2, 3), (1, 2, 3, 1))),
    *(("batch", [shape], (2,)) for shape in ((2, 3), (1, 2), (1, 2, 3), (2, 1, 2))),
    *((name, [shape], (2,)) for name in ("columns", "rows") for shape in ((2, 3), (1, 2), (2, 1, 3), (1, 2, 2))),
    ("max_pool", [(2, 4, 4)], (2,)),
    ("max_pool", [(2, 3, 4)], (2, 1)),
    ("max_pool", [(3, 2, 2)], (2,)),  # as many channels as none of the windows
    *((name, [shape], ()) for name in ("flatten", "transpose", "batch_sums", "row_sums", "column_sums", "channel_sums", "sample_sums")
      for shape in ((2, 1, 2, 1, 3), (1, 2, 1, 3, 1))),
    *(("unflatten", [(12,)], sizes) for sizes in ((2, 1, 3, 1, 2), (1, 2, 2, 3, 1))),
    *((name, [shape], (2,)) for name in ("batch", "columns", "rows") for shape in ((2, 1, 3, 1), (1, 2, 1, 2))),
    *(("entry", [shape], place) for shape, place in (((2, 1, 2, 1, 3), (2, 1, 1, 1, 3)), ((1, 2, 1, 2, 1), (1, 1, 1, 2, 1)))),
    *(("one_hot", [], sizes) for sizes in ((2, 1, 1, 1, 3, 2, 1, 2, 1, 3), (1, 1, 1, 2, 1, 1, 2, 1, 2, 1))),
    ("flatten", [(2, 1, 2, 3)], ()),
    ("flatten", [(1, 2, 2, 1)], ()),
    ("unflatten", [(12,)], (2, 1, 2, 3)),
    ("unflatten", [(4,)], (1, 2, 2, 1)),
    ("one_hot", [], (2, 1, 3, 2, 2, 3)),
    ("one_hot", [], (1, 1, 1, 1, 2, 1)),
    ("one_hot", [], (2, 1, 2, 1, 2, 1, 2, 2)),
    ("one_hot", [], (1, 1, 1, 1, 1, 1, 1, 1)),
    ("entry", [(2, 3, 2)], (2, 3, 1)),
    ("entry", [(1, 2, 2)], (1, 1, 2)),
    ("entry", [(2, 1, 2, 2)], (2, 1, 2, 1)),
    ("entry", [(1, 2, 1, 1)], (1, 2, 1, 1)),
    ("channel_sums", [(2, 3, 1, 2)], ()),
    ("channel_sums", [(1, 2, 2, 1)], ()),
    *list_windows(),
    *list_along(),
    ("embed", [(3,)], (2,)), ("embed", [(1,)], (0,)), ("embed", [(3, 2)], (1,)), ("embed", [(2, 1)], (1,)),
    ("embed", [(4, 2)], (2, 0, 2)), ("embed", [(3,)], (1, 1, 0, 1)),
    ("embed_batch", [(3,)], (1, 2)), ("embed_batch", [(2,)], (1, 0)), ("embed_batch", [(3, 2)], (1, 0)), ("embed_batch", [(2, 3)], (1, 1)),
    ("embed_batch", [(4, 2)], (2, 3, 1, 1, 0)), ("embed_batch", [(3,)], (3, 2, 2, 0)),
    ("pick_each", [(1, 3)], (1,)), ("pick_each", [(1, 1)], (0,)), ("pick_each", [(3, 4)], (3, 0, 3)),
    *((f"axes_{''.join(map(str, order))}", [shape[: len(order)]], ()) for shape in ((2, 3, 1, 2), (1, 2, 2, 3))
      for size in (3, 4) for order in permutations(range(1, size + 1))
      if list(order) not in ([*range(1, size + 1)], [*range(1, size - 1), size, size - 1])),
]
IDS = [f"{name}{shapes}{list(settings)}".replace(" ", "") for name, shapes, settings in CASES]
TINY = Fraction(1, 10**15)
LETTERS = "AB"


def graph(name, shapes, settings):
    """L = Σ r ⊙ op(A, B), with a weight for every entry of the result."""
    call = f"{name}({', '.join([*LETTERS[: len(shapes)], *map(str, settings)])})"
    given = {letter: shape for letter, shape in zip(LETTERS, shapes, strict=False) if shape}
    result = OPERATIONS[name](*(np.full(shape, Fraction(1), dtype=object) for shape in shapes), *settings)
    shape = np.shape(result)
    return from_layers([f"z = {call}", "L = sum(r ⊙ z)" if shape else "L = r*z"], {**given, **({"r": shape} if shape else {})})


def leaves(layered, seed):
    """Numbers for all leaves, no two equal and none on a kink."""
    generator = Random(seed)
    found = {}
    for quantity in layered.graph.leaves:
        count = len(layered.entries[quantity.name].items)
        values = [Fraction(n, 7) for n in generator.sample(range(-60, 61), count)]
        found[quantity.name] = nd(Array(quantity.shape, tuple(values)))
    return found


def weighted(name, values, settings):
    """The same number by independent code."""
    operands = [values[letter] for letter in LETTERS if letter in values]
    result = OPERATIONS[name](*operands, *settings)
    return number(np.sum(values["r"] * result))


@pytest.mark.parametrize(("name", "shapes", "settings"), some_now(CASES, 8, rows=True), ids=IDS)
def test_a_pullback_is_the_scalar_derivation_entry_by_entry(name, shapes, settings):
    layered = graph(name, shapes, settings)
    found = agree(layered, None, None)
    assert found.points == 2
    assert found.entries == sum(len(entry.items) for entry in layered.entries.values())


@pytest.mark.parametrize(("name", "shapes", "settings"), some_now(CASES, 6, 1, rows=True), ids=IDS)
def test_a_row_is_what_independent_code_computes(name, shapes, settings):
    layered = graph(name, shapes, settings)
    values = leaves(layered, 1)
    found = evaluate_layers(derive(layered.graph), {key: array(value) for key, value in values.items()})
    assert close(found["L"].items[0], weighted(name, values, settings))
    for letter in LETTERS[: len(shapes)]:
        for place in places(values[letter].shape):
            ends = []
            for sign in (1, -1):
                moved = {**values, letter: values[letter].copy()}
                index = tuple(i - 1 for i in place)
                moved[letter][index] = moved[letter][index] + sign * TINY
                ends.append(weighted(name, moved, settings))
            slope = (ends[0] - ends[1]) / number(2 * TINY)
            assert close(found[f"dL/d{letter}"].pick_entry(place), slope, 20), (letter, place)


@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
def test_a_stride_is_the_window_where_none_is_given(name):
    short, long = graph(name, [(5,)], (2,)), graph(name, [(5,)], (2, 2))
    assert short.shapes == long.shapes


def cases_of(row):
    return [case for case in CASES if row_of(case[0], [len(shape) for shape in case[1]], len(case[2])) is row]


ROWS = [row for rows in LAYERS.values() for row in rows]
PULLED = [(row, place) for row in ROWS for place in range(len(row.pullbacks))]


def test_every_row_has_its_cases():
    counted = Counter(id(row_of(name, [len(shape) for shape in shapes], len(settings))) for name, shapes, settings in CASES)
    for row in ROWS:
        assert row.internal or counted[id(row)] >= 2, row
        assert row.internal or len(row.pullbacks) == len(row.arrays), row
        assert row.internal == (row.name not in WRITABLE), row
        assert len(row.letters) == len(row.result), row


@pytest.mark.parametrize(
    ("row", "place"), some_now(PULLED, 6, rows=True), ids=[f"{row.name}-{len(row.letters)}-{place}" for row, place in PULLED]
)
def test_a_pullback_that_is_wrong_by_a_thousandth_is_caught(row, place, monkeypatch):
    bent = list(row.pullbacks)
    bent[place] = f"1001/1000*({bent[place]})"
    table = tuple(replace(row, pullbacks=tuple(bent)) if other is row else other for other in LAYERS[row.name])
    name, shapes, settings = next(case for case in cases_of(row) if np.prod(case[1][0]) > 1 or row.name == "fill")
    monkeypatch.setitem(LAYERS, row.name, table)
    with pytest.raises(ProofError, match="neuron by neuron"):
        agree(graph(name, shapes, settings), None, None)


PRINTED = " ".join(row.written for row in ROWS)
"""What pullbacks are printed as: ``flip`` is the word for one that is ``flipped``."""


@pytest.mark.parametrize("name", sorted({row.name for row in ROWS if row.internal}))
def test_what_only_pullbacks_use_is_used(name):
    assert any(f"{name}(" in text for row in ROWS for text in (*row.pullbacks, *row.first)) or f"{name}ped" in PRINTED


def test_ties_and_edges_are_the_scalar_rows():
    """Where two entries of a window are equal, both forms give each a half: the convention of max."""
    layered = from_layers(["L = sum(max_pool(x, 2))"], {"x": (4,)})
    values = {"x_1": Fraction(2), "x_2": Fraction(2), "x_3": Fraction(1), "x_4": Fraction(3)}
    assert agree(layered, None, values).error == 0
    found = evaluate_layers(derive(layered.graph), {"x": array([Fraction(2), Fraction(2), Fraction(1), Fraction(3)])})
    assert found["dL/dx"].items == (Fraction(1, 2), Fraction(1, 2), 0, 1)


def test_the_first_of_equal_entries_has_it_all_where_that_is_declared():
    for lines, expected in ((["L = sum(max_pool(x, 2)^2)"], (4, 0, 0, 6)), (["L = sum(max_pool(x, 3, 1)^2)"], (4, 0, 0, 6))):
        layered = from_layers(lines, {"x": (4,)})
        layered = replace(layered, graph=replace(layered.graph, ties="first"))
        values = {"x_1": Fraction(2), "x_2": Fraction(2), "x_3": Fraction(1), "x_4": Fraction(3)}
        assert agree(layered, None, values).error == 0
        found = evaluate_layers(derive(layered.graph), {"x": array(list(values.values()))})
        assert found["dL/dx"].items == expected


def test_a_row_checks_itself():
    with pytest.raises(TutorError, match=r"rules\.layers, row twice.*\n.*one letter for each size"):
        Layer("twice", ("x: n",), ("n",), (), "2*at(x, i)", ("2*G",))
    with pytest.raises(TutorError, match="do not match"):
        Layer("twice", ("x: n",), ("n",), ("i",), "2*at(x, i)", ("2*G", "G"))


def test_the_names():
    assert WRITABLE - ALONG_AXES - SHAPING < NAMES
    assert "hadamard" in WRITABLE
    assert set(OPERATIONS) == WRITABLE - ALONG_AXES - SHAPING
