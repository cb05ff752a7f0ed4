"""Patterns that are compiled when they are first used."""

import re

import pytest

from tutor.late_patterns import compile_late


def test_a_late_pattern_does_what_a_compiled_one_does():
    late, compiled = (make(r"(?P<name>[a-z]+)_?([0-9]*)", re.IGNORECASE) for make in (compile_late, re.compile))
    text = "W_12 + b3"
    assert late.sub("#", text) == compiled.sub("#", text)
    assert [found.groups() for found in late.finditer(text)] == [found.groups() for found in compiled.finditer(text)]
    assert late.fullmatch("W1")["name"] == compiled.fullmatch("W1")["name"]
    assert (late.pattern, late.flags, late.groupindex) == (compiled.pattern, compiled.flags, compiled.groupindex)


def test_a_wrong_one_is_told_at_its_first_use():
    wrong = compile_late("(")
    with pytest.raises(re.error):
        wrong.match("")
