"""What stands in a box: titles shortened to their shape, numbers low and short, roles, a legend in rows."""

from itertools import pairwise

import pytest
from pictures_drawn import NOTATION, error_of, weighted_sum

from tutor.explain.document import Node, Picture
from tutor.expression.nodes import Add, Call, Div, Expr, Name, Number
from tutor.render.picture.label import Phrase, em, labels, place_legend


def test_without_gradients_all_that_is_not_used_again_is_an_output() -> None:
    def roles(gradient: Expr | None) -> list[str]:
        nodes = (Node("x", "input"), *(Node(name, "node", Call("tanh", (Name("x"),)), None, gradient) for name in ("f", "g")))
        return [label.role for label in labels(Picture(nodes, (("x", "f"), ("x", "g")), "f"), NOTATION, 0.0).values()]

    assert (roles(None), roles(Number("1"))) == (["input", "output", "output"], ["input", "output", "operation"])


@pytest.mark.parametrize(
    ("expr", "title"),
    [
        (Add((Name("a"), Name("b"))), "y = a + b"),
        (Call("sigmoid", (Name("z"),)), "y = σ(z)"),
        (weighted_sum(["w1", "w2", "w3"], ["x1", "x2", "x3"], "b"), "y = w_1·x_1 + … + b"),
        (error_of("target_o1", "out_o1"), "y = (1/2)·(…)²"),
        (Call("sigmoid", (Add((Name("a_long_name"), Name("another_long_name"))),)), "y = σ(…)"),
        (Call("sigmoid", (weighted_sum(["w1", "w2"], ["x1", "x2"], "b"),)), "y = σ(w_1·x_1 + … + b)"),
        (Name("a_name_that_fills_the_box"), "y"),
        (Name("anamethatfillsthebox"), "y = anamethatfillsthebox"),  # it takes a little more room rather
        (None, "y"),
    ],
)
def test_titles_are_shortened_to_their_shape(expr: Expr | None, title: str) -> None:
    picture = Picture((Node("y", "value", expr),), (), "")
    label = labels(picture, NOTATION, 13.0)["y"]
    assert label.title.plain == title
    assert em(label.title.text) <= 14.0
    assert labels(picture, NOTATION, 0.0)["y"].title.plain == "y"


def test_roles_come_from_the_kind_and_from_the_edges() -> None:
    picture = Picture(
        (Node("w", "weight"), Node("x", "input"), Node("t", "target"), Node("v", "odd"), Node("L", "loss")),
        (("w", "L"), ("x", "L"), ("t", "L"), ("v", "L")),
        "L",
    )
    roles = {name: label.role for name, label in labels(picture, NOTATION, 10.0).items()}
    assert roles == {"w": "parameter", "x": "input", "t": "input", "v": "input", "L": "output"}


@pytest.mark.parametrize(
    ("value", "text", "latex"),
    [
        (Number("-0.0226"), "−0.0226", "$-0.0226$"),
        (Number("4.38568e-4"), "4.38568×10⁻⁴", "$4.38568\\times 10^{-4}$"),
        (Div(Number("8"), Number("3")), "8/3", "$8/3$"),
        (Div(Number("123456789"), Number("987654321")), "≈0.125", "$\\approx 0.125$"),
    ],
)
def test_numbers_are_printed_low_and_short(value: Expr, text: str, latex: str) -> None:
    label = labels(Picture((Node("x", "input", None, value),), ()), NOTATION, 10.0)["x"]
    assert label.value is not None
    assert (label.value.text, label.value.latex) == (text, latex)


BOXES, NUMBERS = ("input", "parameter", "operation", "output"), ("value", "gradient")


@pytest.mark.parametrize(
    ("roles", "widths", "most", "rows"),
    [
        (BOXES + NUMBERS, [30] * 6, 300, [[0, 1, 2, 3, 4, 5]]),  # all side by side
        (BOXES + NUMBERS, [30] * 6, 215, [[0, 1, 2, 3, 4, 5]]),  # closer
        (BOXES + NUMBERS, [30] * 6, 200, [[0, 1, 2, 3], [4, 5]]),  # the numbers below the boxes
        (BOXES, [30] * 4, 120, [[0, 1], [2, 3]]),  # alike in width, and not one alone
        (BOXES + NUMBERS, [70, 70, 70, 70, 30, 30], 150, [[0, 1], [2, 3], [4, 5]]),
        (("input",), [500], 100, [[0]]),
        ((), [], 100, [[]]),
    ],
)
def test_a_legend_is_broken_where_its_pieces_part(roles, widths, most, rows) -> None:
    placed = place_legend([(role, Phrase("", "")) for role in roles], widths, 10, 160, most)
    assert [[which for which, _ in row] for row in placed] == rows
    for row in placed:
        assert all(later[1] >= one[1] + widths[one[0]] + 7 for one, later in pairwise(row))
