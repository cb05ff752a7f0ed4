"""Operations as pages show them, made whole by shapes: how far they go, and which windows they have."""

import pytest

from tutor.errors import GraphError
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.graph.layered import from_layers
from tutor.graph.named_forms import Resolver
from tutor.rules.operations import NAMES

SHAPES = {"G": (3,), "k": (2,), "x": (7,), "X": (2, 4, 4), "H": (3, 3, 3), "P": (2,), "y": (5,), "M": (3, 3), "N": (2, 4)}
FUNCTIONS = {*NAMES, "correlate_full", "correlate_apart", "convolve_full", "convolve_apart"}


def resolved(text, wanted=(), steps=()):
    from tutor.expression.nodes import Call, children, rebuild

    def name(expr):  # no name that is typed has a blank
        parts = tuple(map(name, children(expr)))
        made = rebuild(expr, parts) if parts else expr
        return Call(made.func.replace("_full", " full").replace("_apart", " apart"), made.args) if type(made) is Call else made

    return write_plain(Resolver(SHAPES, wanted, steps, True).resolve(name(parse(text, functions=FUNCTIONS))))


WHOLE = [
    ("correlate_full(G, k, 1, 0)", (), "spread_flipped(G, k, 4, 1, 0)"), ("convolve_full(G, k, 1, 0)", (), "spread(G, k, 4, 1, 0)"),
    ("convolve_full(G, k, 2, 1)", (), "spread(G, k, 4, 2, 1)"), ("convolve_full(G, k, 2, 0)", (7,), "spread(G, k, 7, 2, 0)"),
    ("convolve_full(G, k, 2, 0)", (8,), "spread(G, k, 6, 2, 0)"), ("correlate_apart(x, G, 2, 0)", (2,), "kernel_gradient(G, x, 2, 2, 0)"),
    ("flip(correlate_apart(x, G, 2, 0))", (), "kernel_gradient_flipped(G, x, 3, 2, 0)"), ("flip(k)", (), "flip(k)"),
    ("correlate(x, k)", (), "correlate(x, k)"), ("correlate(X, H)", (), "kernel_gradient(H, X, 2, 2, 1, 0)"),
    ("one_hot(1, 2, 2)", (2, 2, 3), "one_hot(1, 2, 2, 2, 2, 3)"),
    ("concat_row(k, P)", (2, 2), "concat_row(keep_row(k), keep_row(P))"), ("concat(k, P, G)", (7,), "concat(concat(k, P), G)"),
    ("convolve_full(fill(1, 9), M, 2, 1)", (5, 5), "spread(fill(1, 3, 3), M, 5, 5, 2, 1)"),
    ("correlate_apart(X, fill(1, 9), 2, 1)", (3, 2, 3, 3), "kernel_gradient(fill(1, 3, 2, 2), X, 3, 3, 2, 1)"),
    ("to_largest_row(keep_row(P), N)", (), "to_largest_row(drop_row(keep_row(P)), N)"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted", "whole"), WHOLE, ids=[f"{row[0]} for {row[1]}" for row in WHOLE])
def test_what_is_left_out_is_found(text, wanted, whole):
    assert resolved(text, wanted) == whole


def steps(*lines):
    return from_layers([*lines, "L = sum(q^2)"], {"x": (7,), "y": (5,)}).graph.steps


def test_windows_are_those_of_the_pooling_with_these_shapes():
    assert resolved("route(P, y)", (), steps("q = max_pool(y, 3, 2)")) == "route(P, y, 3, 2)"
    assert resolved("share(P)", (), steps("q = average_pool(y, 3, 2)")) == "share(P, 5, 3, 2)"


REFUSED = [
    ("route(P, y)", ["q = average_pool(y, 3, 2)"]), ("route(P, y)", ["r = max_pool(y, 3, 2)", "q = r + max_pool(y, 2, 2)"]),
    ("convolve_apart(x, G, 2, 0)", []), ("correlate_apart(k, x, 1, 0)", []), ("correlate_full(G, k, s, 0)", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "lines"), REFUSED, ids=[f"{row[0]} of {len(row[1])}" for row in REFUSED])
def test_what_nothing_tells_is_refused(text, lines):
    with pytest.raises(GraphError):
        resolved(text, (), steps(*lines) if lines else ())
