"""Errors say where, what and what to do next; several faults of one file are said together."""

import pytest

from tutor.errors import ExpressionError, Problems, TutorError, hint_near


def test_where_what_and_what_next_are_lines_of_their_own():
    error = TutorError("there is no q", where="claim 3", hint="write d", spot="    q\n    ^")
    assert str(error) == "claim 3: there is no q\n    q\n    ^\n  write d"
    assert str(TutorError("there is no q")) == "there is no q"


def test_an_address_goes_before_the_one_that_is_there():
    error = ExpressionError("no", where="steps[2]", hint="h", spot="s").put_at("a.toml")
    assert (type(error), error.where, error.what, error.hint, error.spot) == (ExpressionError, "a.toml: steps[2]", "no", "h", "s")
    assert TutorError("no").put_at("a.toml").where == "a.toml"


@pytest.mark.parametrize(("count", "head"), [(1, "a.toml: 1 fault"), (2, "a.toml: 2 faults")])
def test_faults_are_listed_under_one_head(count, head):
    text = str(Problems([TutorError("first", hint="h")] * count, where="a.toml"))
    assert text.splitlines()[0] == head
    assert text.splitlines()[1:] == ["- first", "    h"] * count


NEAR = [
    ("w55", ["w5", "w6", "b1"], "did you mean w5?"),
    ("sigmod", ["tanh", "sigmoid"], "did you mean sigmoid?"),
    ("W", ["w_long_name", "b"], "did you mean w_long_name?"),  # part of the other, whatever the case
    ("q", ["w5", "b1"], ""),
    ("", ["w5"], ""),
    ("w5", [], ""),
    ("ab", ["abc", "abd", "abe", "abf"], "did you mean abf or abe or abd?"),
]


@pytest.mark.parametrize(("word", "known", "hint"), NEAR)
def test_near_misses(word, known, hint):
    assert hint_near(word, known) == hint
