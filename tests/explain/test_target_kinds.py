"""One letter for targets of two kinds is said; where all losses want the same, nothing is."""

import pytest

from tutor.explain.target_kinds import list_target_kinds
from tutor.graph.build import from_steps
from tutor.results.solution import solve

HINGE, BCE = "max(0, 1 - y*s)", "-(y*log(p) + (1 - y)*log(1 - p))"


@pytest.mark.parametrize(
    ("steps", "wanted"),
    [
        ([f"h = {HINGE}", f"c = {BCE}", "L = h + c"], {"y": {"signs": ["h"], "bits": ["c"]}}),
        (["h = hinge(s, y)", "c = focal(p, y, 2)", "L = h + c"], {"y": {"signs": ["h"], "bits": ["c"]}}),
        ([f"c = {BCE}", "L = c + (s - y)^2"], {"y": {"bits": ["c"]}}),
        ([f"L = {BCE} + hinge(s, t)"], {"y": {"bits": ["L"]}, "t": {"signs": ["L"]}}),
    ],
)
def test_which_kinds_of_target_losses_want(steps, wanted):
    assert list_target_kinds(from_steps(steps).steps) == wanted


def test_a_page_says_it_once_and_only_where_it_is_so():
    assert solve("cmu/losses").to_text().count("one letter for two kinds of target") == 1
    assert "kinds of target" not in solve("losses/focal").to_text()
