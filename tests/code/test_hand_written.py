"""Programs as students write them: the right ones are called right, each slip is told in its line, with its name."""

import pytest
from hand_slips import list_hand_programs

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source

PROGRAMS = [*list_hand_programs()]
SLIPS = [slip for program in PROGRAMS for slip in program.slips]
OPEN = ("netz_objekte",)
"""A net of layers that nobody gives is left open, beside its layers that are right."""
FIRST = ("another-slope", "path-dropped", "label-forgotten", "penalty-forgotten", "parts-exchanged")
"""Of these slips the first row is tried at every commit, all rows in the slow stage."""


def judge(text, name):
    return judge_code(read_source(text, f"{name}.py"))


@pytest.mark.parametrize("program", PROGRAMS, ids=[one.name for one in PROGRAMS])
def test_a_right_program_is_called_right(program):
    allowed = {"right", "undecided"} if program.name in OPEN else {"right"}
    assert {one.verdict for one in judge(program.text, program.name)} <= allowed


def check(slip):
    roots = [root for one in judge(slip.text, slip.name) for root in one.roots]
    told = [(root.line, root.last, root.tag) for top in roots for root in (top, *top.others)]
    assert any(line <= slip.line <= last and tag == slip.tag for line, last, tag in told), told


@pytest.mark.parametrize("tag", FIRST)
def test_the_first_slip_of_a_kind_is_named_in_its_line(tag):
    check(min((slip for slip in SLIPS if slip.tag == tag), key=lambda slip: len(slip.text)))


NAMED = [one for one in SLIPS if one.tag != "?"]


@pytest.mark.slow
@pytest.mark.parametrize("slip", NAMED, ids=[f"{one.name}-{one.change}" for one in NAMED])
def test_a_slip_is_named_in_its_line(slip):
    check(slip)
