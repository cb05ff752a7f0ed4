"""Documents in layer form by compiling them: every exercise in every notation, without an overfull box; pages of the terminal."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from functools import cache

import pytest
from chosen_exercises import chosen_ids, load_once
from some_now import some_now

import tutor
from tutor.notation.profile import profile_names


def columns(line):
    """How many columns a terminal needs: the hat of ŷ has none of its own."""
    return sum(not unicodedata.combining(sign) for sign in line)


END = "\\end{document}"


def layered_ids():
    exercises = [load_once(ident) for ident in chosen_ids()]
    return [e.id for e in exercises if e.layers is not None or (e.network is not None and e.graph is not None)]


LAYERED = layered_ids()


@cache
def solved(ident, course):
    return tutor.solve(ident, form="layer", notation_name=course)


COURSES = some_now(profile_names(), 6)


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.usefixtures("tex")
def test_every_exercise_compiles_in_every_notation(course, tmp_path):
    """All exercises of a notation are one document, a page each."""
    whole = solved(LAYERED[0], course).to_latex()
    before, start, _ = whole.partition("\\begin{document}\n")
    assert start
    bodies = [solved(ident, course).to_latex().partition(start)[2].partition(END)[0] for ident in LAYERED]
    marked = [f"\\typeout{{BODY {ident}}}\n{body}" for ident, body in zip(LAYERED, bodies, strict=True)]
    (tmp_path / "all.tex").write_text(before + start + "\n\\clearpage\n".join(marked) + END, encoding="ascii")
    command = ["pdflatex", "-no-shell-escape", "-interaction=batchmode", "-halt-on-error", "all.tex"]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, check=False, timeout=300)
    log = (tmp_path / "all.log").read_text(encoding="latin-1")
    faults = re.findall(r"^(?:BODY|Overfull|Underfull|! |.*Warning).*", log, re.MULTILINE)
    assert [line for line in faults if not line.startswith("BODY")] == [], faults
    assert done.returncode == 0
    assert len(faults) == len(LAYERED)
    pages = re.search(r"Output written on all.pdf \((\d+) page", log.replace("\n", ""))
    assert pages is not None
    assert int(pages[1]) >= len(LAYERED)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("ident", some_now(LAYERED, 7))
def test_pages_of_the_terminal_keep_their_width(ident, width):
    for course in profile_names():
        lines = solved(ident, course).to_text(width).splitlines()
        assert [line for line in lines if columns(line) > width] == []
        assert not any("\\" in line for line in lines)
