"""The compact gradient of the multi-class hinge: in which spellings, proved at random points; and where there is none."""

import re

import pytest

from tutor.derive.backward import derive
from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.derive.rewrites.margins import MARGINS, find_margins, find_single_margins
from tutor.derive.rewrites.named import find_named
from tutor.expression.plain import write_plain
from tutor.graph.build import from_steps
from tutor.graph.layered import Layered, from_layers
from tutor.numbers import prove_layer_rewrites, prove_rewrites

SHAPES = {"S": (2, 3), "Y": (2, 3), "s": (3,), "y": (3,)}
INNER = "if_positive(s - fill(entry(s, 3), 3) + 1, 1, 0)"
FOUND = [  # steps over arrays, the gradient of the scores
    (["r = row_sums(S ⊙ Y)", "M = max(0, S - r[:, None] + 1)", "L = mean(sum(M, axis=1) - 1)"],
     "1/2*(if_positive(M, 1, 0) - hadamard(columns(row_sums(if_positive(M, 1, 0)), 3), Y))"),
    (["M = relu(S - S[arange(2), [0, 2]][:, None] + 1)", "L = sum((1 - Y)*M)/2"],
     "hadamard(dL/dM, if_positive(M, 1, 0)) - place_each(row_sums(hadamard(dL/dM, if_positive(M, 1, 0))), 3, 0, 2)"),
    (["h = multi_hinge(s, fill(s[3], 3), 1)", "L = sum(h) - 1"], "if_positive(h, 1, 0) - sum(if_positive(h, 1, 0))*one_hot(3, 3)"),
    (["L = sum(relu(s - s[3] + 1)) - 1"], f"{INNER} - sum({INNER})*one_hot(3, 3)"),
    (["L = sum(relu(s - s[3] + 1)^2)"], ""),  # the upstream gradient has the margins in it
    (["L = sum(relu(s - s[3] + 1)) - sum(s)"], ""), (["L = sum(relu(s - y + 1))"], ""), (["L = sum(relu(s - sum(s) + 1))"], ""),
    (["r = sum(s*y)", "h = relu(s - r + 1)", "L = sum(h) + r"], ""),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "gradient"), FOUND, ids=[" ".join(row[0]) for row in FOUND])
def test_it_is_found_in_every_spelling_and_holds(lines, gradient):
    letters = {*re.findall(r"\b[a-zA-Z]\b", " ".join(lines))} - {line[0] for line in lines}
    layered = from_layers(lines, {name: shape for name, shape in SHAPES.items() if name in letters})
    assert [write_plain(expr) for _, expr in find_margins(layered)] == ([gradient] if gradient else [])
    rewrites = [rewrite for rewrite in find_layer_rewrites(layered) if rewrite.rule == MARGINS]
    prove_layer_rewrites.prove(layered, rewrites, None)


def test_of_single_numbers_the_right_class_has_minus_how_many_miss_the_margin():
    graph = from_steps(["a = multi_hinge(s2, s1, D)", "b = max(0, s3 - s1 + D)", "L = (a + b)/N"])
    found = {name: write_plain(expr) for name, expr in find_single_margins(Layered(graph, {}))}
    assert found["s1"] == "-(if_positive(s2 - s1 + D, 1, 0) + if_positive(s3 - s1 + D, 1, 0))/N"
    derivation = derive(graph)
    prove_rewrites.prove([rewrite for rewrite in find_named(derivation) if rewrite.rule == MARGINS], derivation, None)
    for other in ("L = max(0, s2 - s1 + 1) + 2*max(0, s3 - s1 + 1)", "L = max(0, s2 - s1 + 1)", "L = max(0, s2 - s1 + 1) + s1"):
        assert "s1" not in dict(find_single_margins(Layered(from_steps([other]), {})))
