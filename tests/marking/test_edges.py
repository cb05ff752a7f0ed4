"""∂c/∂a along one edge or as a whole: a student may mean either, and is read as what is right."""

import pytest

from tutor.answer.compare.formulas import sample
from tutor.derive.working import rename_formula, working
from tutor.expression.parse import parse
from tutor.graph.build import from_steps
from tutor.marking.edges import as_meant, edges

TWO_WAYS = from_steps(["b = a^2", "c = a + b", "f = c*c"])


def test_only_derivatives_with_several_ways_have_an_edge_of_their_own():
    assert edges(working(TWO_WAYS)) == {"dc/da": "c|a"}
    assert edges(working(from_steps(["b = a^2", "c = 3*b", "f = c*c"]))) == {}


MEANT = [
    ("df/dc*dc/da + df/dc*dc/db*db/da", "df/dc*c|a + df/dc*dc/db*db/da"),  # the sum over both ways: dc/da is one of them
    ("df/dc*dc/da", "df/dc*dc/da"),  # the whole derivative
    ("2*c*(1 + 2*a)", "2*c*(1 + 2*a)"),  # none in it
    ("df/dc*dc/da*7", "df/dc*dc/da*7"),  # wrong either way: as it is
]


@pytest.mark.parametrize(("text", "meant"), MEANT)
def test_a_formula_is_read_as_what_is_right(text, meant):
    made = working(TWO_WAYS)
    found = as_meant(parse(text, names=["a", "b", "c", "f"]), "df/da", edges(made), sample(made.steps, ["a"]))
    assert rename_formula(found, {"c|a": "edge"}) == parse(meant.replace("c|a", "edge"), names=["a", "b", "c", "f", "edge"])
