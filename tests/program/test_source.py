"""Nothing of a program runs: whatever it wants, it is refused with a place and a word, and in bounded work."""

import re

from hostile_programs import HOSTILE

from tutor.errors import ProgramError
from tutor.program.read_program import read_program
from tutor.program.source import read_source


def test_hostile_programs_are_refused_with_a_word():
    shapes = {"labels from a mask": {"x": (3,)}, "a condition on numbers": {"x": (3,)}}
    told = {}
    for name, (text, word) in HOSTILE.items():
        try:
            told[name] = str(read_program(text, "f.py", "f", shapes.get(name, {})))
        except ProgramError as error:
            told[name] = "" if re.search(word, str(error)) and error.where.startswith("f.py") else str(error)
    assert {name: text for name, text in told.items() if text} == {}


def test_a_refusal_has_its_file_line_column_and_a_caret():
    source = read_source("y = 1\nz = y +  w", "model.py")
    error = source.refuse(source.tree.body[1].value.right, "nobody knows w", "say it")
    assert str(error) == "model.py:2:10: nobody knows w\n    z = y +  w\n             ^\n  say it"


def test_greek_letters_are_read():
    assert read_source("def f(μ, σ):\n    return μ * σ  # 𝑥", "f.py").lines[1].startswith("    return μ")
