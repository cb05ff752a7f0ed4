"""Reports on marked work, by compiling them: a student's, the class's, and one made of everything that hostile students write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace

import pytest
from marked_class import CLASS, HOSTILE, OWN, QUESTIONS, RULES, SOLUTIONS, TITLE, hostile

import tutor
from tutor.explain.document import Document, Verbatim
from tutor.feedback import Feedback, class_report
from tutor.notation.profile import Notation
from tutor.render import latex


@pytest.fixture
def pages(tmp_path):
    """Compile a document; returns its number of pages, and fails for an error, a warning or an overfull box."""
    if shutil.which("pdflatex") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdflatex is missing, and under CI=true that is a failure")
        pytest.skip("pdflatex is missing")

    def compile_tex(tex: str) -> int:
        (tmp_path / "page.tex").write_text(tex, encoding="ascii")
        command = ["pdflatex", "-no-shell-escape", "-interaction=batchmode", "-halt-on-error", "page.tex"]
        done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, check=False, timeout=120)
        log = (tmp_path / "page.log").read_text(encoding="latin-1")
        assert re.findall(r"^(?:Overfull|Underfull|! |.*Warning).*", log, re.MULTILINE) == []
        assert done.returncode == 0
        written = re.search(r"Output written on page.pdf \((\d+) page", log.replace("\n", ""))
        assert written is not None
        return int(written[1])

    return compile_tex


def joined(documents, notation):
    """Many documents as one article."""
    blocks = tuple(block for each in documents for block in each.blocks)
    return latex.document(Document("All", blocks=blocks), replace(notation, slashed=True))


@pytest.mark.parametrize("reveal", ["none", "hint", "solution"])
def test_every_student_s_report_compiles(pages, reveal):
    notation = tutor.solve("neuron/two-two-two").notation
    made = [Feedback(work, reveal, TITLE, notation, QUESTIONS, OWN, RULES, SOLUTIONS) for work in CLASS]
    assert pages(joined([each.document() for each in made], notation)) >= 2
    assert pages(made[0].to_latex()) == 1


@pytest.mark.parametrize("course", ["neuron", "graz"])
def test_the_class_compiles(pages, course):
    notation = tutor.solve("neuron/two-two-two", notation_name=course).notation
    assert pages(class_report(CLASS, title=TITLE, notation=notation, questions=QUESTIONS).to_latex()) == 2


def test_hostile_students_compile(pages):
    works = [hostile(words) for words in HOSTILE]
    made = [Feedback(work, "solution", work.student[:50]).document() for work in works]
    made.append(class_report(works, title=HOSTILE[0]).document())
    assert pages(joined(made, Notation())) > 5


def test_carets_and_long_lines_compile(pages):
    text = "\n".join(["漢é·σ\\{}$%#&_^~`'\"<>|-- " * 20, " " * 37 + "^", "", "   x", "w" * 400, "ff fi ?` !` --- ,,"])
    assert pages(latex.document(Document("Verbatim", blocks=(Verbatim(text), Verbatim(""), Verbatim("^"))), Notation())) == 1
