"""What is printed of a solution over arrays is read back, and is what was derived: terminal text, LaTeX and JSON, at random points."""

import json
import random
import re
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from chosen_exercises import chosen_ids, load_once
from independent import close
from independent_layers import ALONG_AXES, indexed, nd
from printed_arrays import LEFT_OUT, UnreadableError, column, printed, readings
from random_layers import random_layers, random_network
from some_now import some_now

import tutor
from tutor.derive.backward import derive
from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.exercise.load import from_text
from tutor.exercise.over_layers import layers_of
from tutor.explain.layer_formulas import dress_expr, strip_shapes
from tutor.expression.nodes import Call, Partial, children
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.array_products import arrange_products
from tutor.graph.entries import Entries
from tutor.graph.layered import LAYER_FUNCTIONS, choose_sizes, from_layers, from_network_layers, write_out
from tutor.graph.network import quantities
from tutor.graph.shapes import bind
from tutor.notation.profile import notation
from tutor.numbers.prove_layer_rewrites import norm_targets
from tutor.numbers.run_arrays import Numbers, as_arrays, evaluate_layers
from tutor.numbers.verify import random_points
from tutor.render.latex.rows import explode
from tutor.render.maths import LATEX, TEXT, Writer
from tutor.rules.look_up_rows import LOOK_UP_ROWS
from tutor.rules.operations import LAYERS
from tutor.rules.window_rows import WINDOW_ROWS

STYLES = {"text": TEXT, "latex": LATEX}
LINES = {  # graphs by hand: what was once wrong on paper, or looks as if it could be
    "dot in a function": (["L = -log(sigmoid(u^T v)) - sum(log(sigmoid(-(K v))))"], {"u": (3,), "v": (3,), "K": (2, 3)}),
    "neuron": (["z = w^T x + b", "L = (z - y)^2/2"], {"w": (3,), "x": (3,)}),
    "dot beside a vector": (["z = (u^T v) u - v", "L = sum(z^2)"], {"u": (3,), "v": (3,)}),
    "vector times matrix": (["z = x @ B + b", "L = sum(sigmoid(x @ B) ⊙ z)"], {"x": (3,), "B": (3, 2), "b": (2,)}),
    "dot below": (["L = sum(x/(1 + u^T v))"], {"u": (3,), "v": (3,), "x": (2,)}),
    "dot raised": (["L = (u^T v)^2 + exp(u^T v)*sqrt(u^T u)"], {"u": (3,), "v": (3,)}),
    "attention": (["s = K q", "a = softmax(s)", "o = V^T a", "L = o^T y"], {"K": (4, 2), "q": (2,), "V": (4, 3), "y": (3,)}),
    "square matrices": (["H = A @ B + A^T", "L = sum(H ⊙ B)"], {"A": (2, 2), "B": (2, 2)}),
    "log-sum-exp": (["L = log(sum(exp(x))) - x^T y"], {"x": (3,), "y": (3,)}),
    "logistic": (["p = sigmoid(X w + fill(b, 4))", "L = mean(-y*log(p) - (1 - y)*log(1 - p)) + l/2*sum(w^2)"],
                 {"X": (4, 2), "w": (2,), "y": (4,)}),
    "one-hot": (["p = softmax(W x)", "L = -sum(one_hot(2, 4) ⊙ log(p))"], {"W": (4, 2), "x": (2,)}),
    "attention in heads": (["P = softmax_rows(Q @ K^T)", "O = (P @ V) W + batch(batch(rows(b, 2), 2), 1)", "L = sum(O ⊙ Y)"],
                           {"Q": (1, 2, 2, 3), "K": (1, 2, 3, 3), "V": (1, 2, 3, 2), "W": (2, 1), "b": (1,), "Y": (1, 2, 2, 1)}),
    "batch": (["P = softmax_rows(X W + batch(rows(b, 2), 2))", "L = -sum(Y ⊙ log(P))"],
              {"X": (2, 2, 3), "W": (3, 2), "b": (2,), "Y": (2, 2, 2)}),
    "sums of heads": (["r = row_sums(X)", "c = column_sums(X)", "L = sum(columns(r, 3) ⊙ X) + mean(rows(c, 2) ⊙ X^2)"],
                      {"X": (1, 2, 2, 3)}),
    "labels": (["P = softmax_rows(X W)", "L = -log(P[1, 2]) - log(P_2_1)"], {"X": (2, 3), "W": (3, 2)}),
    "entries": (["L = A[1, 2]*B[2, 1, 2] + C_1_2_1_2*A[2, 2] - B_1_1_1"], {"A": (2, 2), "B": (2, 1, 2), "C": (1, 2, 1, 2)}),
    "channels": (["P = average_pool(X, 2, 1)", "C = concat(P, max_pool(X, 2, 1))", "L = sum(C ⊙ Y)"], {"X": (1, 3, 2), "Y": (2, 2, 1)}),
    "four axes joined": (["C = concat(A, B)", "L = sum(C^2)"], {"A": (1, 2, 1, 2), "B": (2, 2, 1, 2)}),
    "heads with a mask": (["Q = split_heads(X @ A, 2, 1)", "S = Q @ Q^T", "P = masked_softmax(S, causal_mask(3))", "O = join_heads(P @ Q)",
                           "L = sum(O ⊙ Y)"], {"X": (3, 2), "A": (2, 2), "Y": (3, 2)}),
    "heads of a batch": (["Q = split_heads(X, 2, 1)", "P = masked_softmax(Q, M)", "L = sum(join_heads(P) ⊙ Y)"],
                         {"X": (2, 2, 2), "Y": (2, 2, 2), "M": (2, 2, 2, 1)}),
    "masks": (["p = masked_softmax(x, m)", "P = masked_softmax(X, causal_mask(2))",
               "L = sum(p^2) + sum(P^2) + sum((X + positional_encoding(2, 2))^3)"],
              {"x": (3,), "m": (3,), "X": (2, 2)}),
    "penalty": (["z = W x", "L = sum(z^2) + l/2*sum(W^2) + l/2*(x^T x)"], {"W": (3, 2), "x": (2,)}),
}  # fmt: skip


def write_along(rank):
    """Everything that is done along one axis, along each of arrays of so many, one array for each."""
    shape, lines, ends = (3, 3, 2, 2, 2)[:rank], [], []
    for axis in range(rank):
        cut = ", ".join(f"1:{shape[axis]}" if place == axis else ":" for place in range(rank))
        lines += [f"m{axis} = max(M{axis}, axis={axis})", f"k{axis} = K{axis}*sum(K{axis}, axis={axis}, keepdims=True)"]
        lines += [f"p{axis} = P{axis}[{cut}]", f"c{axis} = concat(A{axis}, B{axis}, axis={axis})"]
        ends += [f"sum(m{axis}^3)" if rank > 1 else f"m{axis}^3", f"sum(k{axis})", f"sum(p{axis}^3)", f"sum(c{axis}^2)"]
        lines += [f"s{axis} = sum(S{axis}, axis={axis}, keepdims=True)^2", f"r{axis} = R{axis} + A{axis}"]
        ends += [f"sum(s{axis})", f"sum(r{axis}^2)"]
    for number, order in enumerate(permutations(range(rank)) if 2 < rank < 5 else ()):
        lines.append(f"t{number} = transpose(T{number}, {', '.join(map(str, order))})")
        ends.append(f"sum(t{number}^2)")
    names = [f"{letter}{axis}" for letter in "MKPABS" for axis in range(rank)]
    names += [f"T{number}" for number in range(factorial(rank) if 2 < rank < 5 else 0)]
    single = {f"R{axis}": (*shape[:axis], 1, *shape[axis + 1 :]) for axis in range(rank)}
    return [*lines, f"L = {' + '.join(ends)}"], {**dict.fromkeys(names, shape), **single}


def write_log_sums(rank):
    """log Σ exp and log-softmax of a vector, or along the last two axes of more."""
    names = [f"{of}{each}" for of in ("logsumexp", "log_softmax") for each in (("",) if rank == 1 else ("_rows", "_columns"))]
    lines = [f"y{n} = {name}(Z{n})" for n, name in enumerate(names)]
    ends = [f"y{n}^2" if name == "logsumexp" else f"sum(y{n}^2)" for n, name in enumerate(names)]
    return [*lines, f"L = {' + '.join(ends)}"], {f"Z{n}": (3, 2, 2, 2)[-rank:] if rank > 1 else (3,) for n in range(len(names))}


LINES |= {f"log sums of {rank}": write_log_sums(rank) for rank in (1, 2, 3, 4)}
LINES |= {f"along axes of {rank}": write_along(rank) for rank in (1, 2, 3, 4, 5)}
FIRST = {  # where the first of equal entries has the whole gradient
    "first of a line": (["L = sum(max_pool(x, 2)^2)"], {"x": (4,)}), "first of windows": (["L = sum(max_pool(X, 2, 1)^2)"], {"X": (3, 3)}),
    "first of channels": (["L = sum(max_pool(X, 2)^2)"], {"X": (2, 2, 2)}),
    **{f"first along axes of {rank}": write_along(rank) for rank in (1, 2, 3, 4)},
}  # fmt: skip


def of_first(lines, shapes):
    layered = from_layers(lines, shapes)
    return replace(layered, graph=replace(layered.graph, ties="first"))


def graphs():
    for name, (lines, shapes) in LINES.items():
        yield name, lambda lines=lines, shapes=shapes: (from_layers(lines, shapes), "plain", {})
    for name, (lines, shapes) in FIRST.items():
        yield name, lambda lines=lines, shapes=shapes: (of_first(lines, shapes), "plain", {})
    for ident in chosen_ids():
        exercise = load_once(ident)
        if exercise.layers is not None or (exercise.network is not None and exercise.graph is not None):
            yield ident, lambda exercise=exercise: (layers_of(exercise, exercise.notation), exercise.notation, exercise.symbols)
    for seed in range(60):
        yield f"random-{seed}", lambda seed=seed: (random_layers(random.Random(seed)), "plain", {})
    for seed in range(10):
        yield f"network-{seed}", lambda seed=seed: (from_network_layers(random_network(random.Random(seed))), "qmul", {})


GRAPHS = dict(graphs())


def numbers_of(layered):
    """A derivation, its rewrites and the arrays of all its steps at a random point; admissible targets are probabilities."""
    small, _ = choose_sizes(layered)
    rewrites = find_layer_rewrites(small)
    points = random_points(write_out(small), 1, seed=11)
    if not points:
        pytest.skip("no point at which everything exists")
    arrays = norm_targets(small, rewrites, as_arrays(small, points[0]))
    derivation = derive(small.graph)
    known = evaluate_layers(derivation, arrays)
    for rewrite in rewrites:
        known[str(rewrite.left)] = Entries(known, Numbers()).value(rewrite.equals)
        if write_plain(rewrite.left) not in known:
            known[write_plain(rewrite.left)] = known[str(rewrite.left)]
    return small, derivation, rewrites, {name: nd(array) for name, array in known.items() if "(" not in name}


def formulas(derivation, rewrites):
    for step in (*derivation.graph.steps, *derivation.backward):
        yield step.target, step.expr
    for rewrite in rewrites:
        yield write_plain(rewrite.left), rewrite.expr


def equal(value, wanted):
    value, wanted = np.asarray(value, dtype=object), np.asarray(column(wanted), dtype=object)
    if wanted.ndim > 2:
        value, wanted = np.squeeze(value), np.squeeze(wanted)
    fits = value.shape == wanted.shape or value.size == wanted.size == 1
    return fits and all(close(a, b, 25) for a, b in zip(value.flat, wanted.flat, strict=True))


@pytest.mark.parametrize("form", STYLES)
@pytest.mark.parametrize("name", some_now(GRAPHS, 7))
def test_what_is_printed_is_what_was_derived(name, form):
    layered, course, symbols = GRAPHS[name]()
    small, derivation, rewrites, known = numbers_of(layered)
    loss = small.graph.loss
    profile = notation(course, list(quantities(small.graph)), symbols, loss=loss)
    partials = [Partial(loss, quantity) for quantity in small.graph.names]
    shapes = {**small.shapes, **{key: value.shape for key, value in known.items() if "/" not in key}}
    read = 0
    for left, expr in formulas(derivation, rewrites):
        text = printed(strip_shapes(dress_expr(expr, shapes)), STYLES[form], profile)
        wanted = known[left]
        try:
            values = list(readings(text, STYLES[form], profile, known, partials, np.shape(wanted)))
        except UnreadableError as error:
            pytest.fail(f"{left} = {text} cannot be read: {error}")
        assert any(equal(value, wanted) for value in values), f"{left} = {text}"
        read += 1
    assert read


@pytest.mark.parametrize("name", some_now(GRAPHS, 6, 1))
def test_a_formula_broken_over_rows_says_the_same(name):
    layered, course, symbols = GRAPHS[name]()
    small, derivation, rewrites, known = numbers_of(layered)
    profile = notation(course, list(quantities(small.graph)), symbols, loss=small.graph.loss)
    partials = [Partial(small.graph.loss, quantity) for quantity in small.graph.names]
    shapes = {**small.shapes, **{key: value.shape for key, value in known.items() if "/" not in key}}
    for left, expr in formulas(derivation, rewrites):
        whole = strip_shapes(dress_expr(expr, shapes))
        for limit in (12, 20):
            text = "".join(chunk.flow for chunk in explode(Writer(LATEX, profile), whole, limit))
            assert not NAMES_INSIDE.search(text), text
            if "resizebox" in text or "text{ if }" in text:
                continue
            values = list(readings(text, LATEX, profile, known, partials, np.shape(known[left])))
            assert any(equal(value, known[left]) for value in values), f"{left} = {text}"


def rows_in(expr, shapes):
    """The rows of the table that a formula uses."""
    own = [bind(expr, shapes)[0]] if type(expr) is Call and expr.func in LAYERS else []
    return [*own, *(row for part in children(expr) for row in rows_in(part, shapes))]


def is_read_later(row):
    """Whether the independent reader does not have it yet: batches and lines of channels, dilation, groups, padded pooling, look-ups,
    settings of each axis, five axes (answers have them: tests/marking/test_shown_is_accepted.py)."""
    sizes = [size for _, some in row.operands for size in some]
    settings = {name for name, _ in row.settings}
    lines = any(text.endswith((": c n", ": o w")) for text in row.arrays) and row in WINDOW_ROWS
    five = max(len(row.result), *(len(own) for _, own in row.operands), 0) > 4
    wide = {"d", "s1"} & settings or {"k", "p"} <= settings or row.name == "transposed_convolution" or row.name.endswith(("_1d", "_3d"))
    return row in LOOK_UP_ROWS or five or (row in WINDOW_ROWS and (lines or wide or "N" in sizes))


def test_every_operation_is_read_back():
    """Every row of the table is printed and read in one of the graphs, and every symbol that leaves something out.

    ``flip`` by itself is what students write; a page has it as a part of another row.
    """
    reached, text = [], ""
    for name in GRAPHS:
        small, _ = choose_sizes(GRAPHS[name]()[0])
        for step in (*small.graph.steps, *derive(small.graph).backward):
            reached += rows_in(step.expr, small.shapes)
            text += printed(strip_shapes(dress_expr(step.expr, small.shapes)), TEXT, notation("plain", list(quantities(small.graph))))
    missing = [row for rows in LAYERS.values() for row in rows if row not in reached and row.name != "flip"]
    assert [(row.name, row.arrays) for row in missing if not is_read_later(row)] == []
    assert [word for word in LEFT_OUT if word not in text] == []


NAMES_INSIDE = re.compile(r"matmul|hadamard|shaped|transpose|outer|column_?sums|row_?sums|fill|sum_?over")


@pytest.mark.parametrize("name", some_now(GRAPHS, 7, 2))
def test_json_is_what_was_derived(name):
    layered, _, _ = GRAPHS[name]()
    small, derivation, _, known = numbers_of(layered)
    names = [*small.graph.names]
    for left, expr in formulas(derivation, ()):
        read = arrange_products(parse(write_plain(expr), names=names, functions={*LAYER_FUNCTIONS, *INTERNAL, *ALONG_AXES}), small.shapes)
        assert read == expr, (left, write_plain(expr))
        assert np.shape(known[left]) == small.shapes[left.removeprefix(f"d{small.graph.loss}/d")]


INTERNAL = ("route", "route_first", "share", "spread", "spread_flipped", "kernel_gradient", "kernel_gradient_flipped", "part")


def test_the_solution_in_json_is_read_back():
    text = 'title = "t"\nsteps = ["L = -log(sigmoid(u^T v)) - sum(log(sigmoid(-(K v))))"]\n[shapes]\nu = [3]\nv = [3]\nK = [2, 3]\n'
    solution = tutor.solve(from_text(text, "mine"))
    small, derivation, _, known = numbers_of(solution.layered)
    steps = json.loads(solution.to_json())["steps"]
    letters = {"sum_over", "max_over", "at", "equal"}
    derived = {step.target: step.expr for step in (*small.graph.steps, *derivation.backward)}
    for step in steps:
        read = parse(step["expression"], names=small.graph.names, functions=LAYER_FUNCTIONS)
        assert arrange_products(read, small.shapes) == derived[step["target"]]
        if step["index"] is None or not step["shape"]:
            continue
        form = parse(step["index"], functions={*LAYER_FUNCTIONS, *letters})
        for place in np.ndindex(*step["shape"]):
            at = {letter: i + 1 for letter, i in zip("ij", place, strict=False)}
            assert close(indexed(form, at, known), known[step["target"]][place], 25)


@pytest.mark.parametrize(("text", "why"), [
    ("u v", "beside"), ("u·v", "two arrays"), ("uᵀ ⊙ v", "entry by entry"), ("u + uᵀ", "entry by entry"), ("bᵀ", "transpose of a number"),
])  # fmt: skip
def test_the_reader_refuses_what_is_wrong_on_paper(text, why):
    known = {"u": np.array([Fraction(1), Fraction(2)], dtype=object), "v": np.array([Fraction(3), Fraction(4)], dtype=object),
             "b": np.array(Fraction(2), dtype=object)}  # fmt: skip
    with pytest.raises(UnreadableError, match=why):
        list(readings(text, TEXT, notation("plain"), known, [], ()))
