"""The text of functions of a session with what they use; what has no text, and that nothing is called."""

import math

import numpy as np
import pytest

from tutor.errors import ProgramError
from tutor.program.live_sources import SourceTexts, read_class_of, read_source_of, write_plain_value
from tutor.results.live_target import read_live_target

SCALE = 0.5
CALLED = []


def squash(z):
    CALLED.append(z)
    return np.tanh(z) * SCALE


class Loud:
    """An object whose every attribute shouts."""

    def __getattr__(self, name):
        CALLED.append(name)
        raise AttributeError(name)


LOUD = Loud()


def forward(x, w):
    LOUD.there  # noqa: B018
    return squash(x @ w)


def test_a_function_has_what_it_uses_behind_it():
    CALLED.clear()
    texts = SourceTexts()
    texts.add_function(forward)
    texts_of = "\n".join(texts.lines)
    assert texts.lines[0] == "def forward(x, w):"
    assert all(line in texts.lines for line in ("import numpy as np", "SCALE = 0.5", "def squash(z):"))
    assert texts.places[0] == f"test_live_sources.py:{forward.__code__.co_firstlineno}"
    assert CALLED == []
    compile(texts_of, "a", "exec")


def test_what_has_no_text_is_told():
    made = {}
    exec("def f(x): return x\nclass C:\n    def forward(self, x): return x", made)
    for one, told in ((math.exp, "the source of exp is not there"), (lambda x: x, "a lambda is not read"), (made["f"], "source of f")):
        with pytest.raises(ProgramError, match=told):
            read_source_of(one)
    with pytest.raises(ProgramError, match="the source of C is not there"):
        read_class_of(made["C"])
    assert read_class_of(Loud)[0].startswith("class Loud:")


def test_values_are_written_as_they_are():
    assert write_plain_value({"a": [1.5, float("inf")], 2: None}) == "{'a': [1.5, float('inf')], 2: None}"
    assert write_plain_value([object()]) is None


def test_a_line_of_a_session_is_told_with_its_column():
    with pytest.raises(ProgramError) as caught:
        read_live_target(Odd().forward, {"x": [1.0, 2.0]}, {})
    line = Odd.forward.__code__.co_firstlineno + 1
    assert (caught.value.where, caught.value.spot.split("\n")[0].strip()) == (f"test_live_sources.py:{line}:16", "return np.median(x)")


class Odd:
    def forward(self, x):
        return np.median(x)
