"""What to practise next: the weakest skill first, one new thing at a time; the table of skills is what the exercises ask."""

import pytest
from chosen_exercises import chosen_ids
from write_skills import describe

from tutor.exercise.catalogue import FOLDER, SKILLS, Trained, ids, list_trained
from tutor.practice.learner import propose_next
from tutor.practice.tracing import MASTERY

ROWS = [Trained("one", 3, ("chain",)), Trained("two", 2, ("chain", "sum")), Trained("long", 90, ("sum",)), Trained("odd", 1, ("odd",))]


@pytest.mark.parametrize(("known", "finished", "wanted"), [
    ({}, (), ("one", "chain")),  # what most exercises need, with nothing else that is new
    ({"chain": 0.99}, (), ("two", "sum")),  # not the long one
    ({"sum": 0.1}, (), ("two", "sum")),  # what was tried and failed goes before what was never tried
    ({"chain": 0.1}, ("one",), ("two", "chain")),
    ({"chain": 0.99, "sum": 0.99}, (), ("odd", "odd")),
    ({"chain": 0.99, "odd": 0.99}, ("two",), ("long", "sum")),
])  # fmt: skip
def test_what_comes_next(known, finished, wanted):
    found = propose_next(known, ROWS, finished)
    assert (found.exercise, found.skill) == wanted
    assert found.known == known.get(found.skill, 0.4)


def test_when_nothing_is_left():
    assert propose_next({}, ROWS, [row.id for row in ROWS]) is None
    assert propose_next(dict.fromkeys(("chain", "sum", "odd"), MASTERY), ROWS) is None


def test_who_does_all_that_is_proposed_masters_everything():
    known, done = {}, []
    while (found := propose_next(known, list_trained(), done)) is not None:
        assert found.exercise not in done
        done.append(found.exercise)
        known |= dict.fromkeys(next(row.skills for row in list_trained() if row.id == found.exercise), 0.96)
    assert set(known) == {skill for row in list_trained() for skill in row.skills}


LINES = (FOLDER / SKILLS).read_text("utf-8").splitlines()


def test_the_table_has_every_exercise():
    assert [line.partition(",")[0] for line in LINES[1:]] == ids()


@pytest.mark.slow
@pytest.mark.parametrize("line", [line for line in LINES[1:] if line.partition(",")[0] in chosen_ids()])
def test_the_table_says_what_is_asked(line):
    """Run ``python tests/write_skills.py`` to write it anew."""
    assert describe(line.partition(",")[0]) == line
