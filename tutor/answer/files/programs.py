"""Python files that were handed in: which of the programs that are asked for they hold.  Nothing of them is imported or run."""

from __future__ import annotations

import re

from tutor.answer.files.decode import FileProblem
from tutor.answer.files.file_answers import Found, Read
from tutor.answer.handed_in import Unused
from tutor.answer.read.ids import Ids

SHOWN = 300


def read_python(text: str, stem: str, ids: Ids) -> Read:
    """The student of a Python file: its whole text answers each question whose function stands in it.

    Raises `FileProblem` where no question asks for a program.
    """
    asked = ids.names.programs
    if not asked:
        raise FileProblem("files that end in .py are not read", hint="no question here asks for a program; hand in the answers as text")
    chosen = find_programs(text, stem, ids)
    wanted = ", ".join(dict.fromkeys(asked.values()))
    left = () if chosen else (Unused("", text[:SHOWN], f"none of the functions that are asked for stands in it: {wanted}"),)
    return Read((Found(stem, tuple((question, text) for question in chosen), unused=left),))


def find_programs(text: str, stem: str, ids: Ids) -> tuple[str, ...]:
    r"""The questions that a program answers: the one that the file is called after, else all whose functions it defines.

    >>> from tutor.answer.read.asked_names import AskedNames
    >>> ids = Ids(AskedNames(("a", "b"), {}, programs={"a": "a_backward", "b": "Net.loss"}))
    >>> find_programs("class Net:\n    def loss(self): pass\n", "anna", ids)
    ('b',)
    """
    asked = ids.names.programs
    own = ids.find(stem)
    named = tuple(question for question, function in asked.items() if _has_function(text, function))
    if own in asked and (own in named or not named):
        return (own,)
    return named


def _has_function(text: str, function: str) -> bool:
    owner, _, name = function.rpartition(".")
    first = re.search(rf"^(?:def|class)[ \t]+{re.escape(owner or name)}\b", text, re.MULTILINE)
    if first is None or not owner:
        return first is not None
    return re.search(rf"^[ \t]+def[ \t]+{re.escape(name)}\b", text[first.end() :], re.MULTILINE) is not None
