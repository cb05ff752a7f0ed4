"""Documents by compiling them: every exercise as LaTeX, and one weight of the 2-2-2 network on one page."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

import tutor
from tutor.exercise.catalogue import ids


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


@pytest.mark.parametrize("ident", ids())
def test_every_exercise_compiles(pages, ident):
    assert pages(tutor.solve(ident).to_latex()) >= 1


@pytest.mark.parametrize("weight", [f"w{number}" for number in range(1, 9)])
def test_one_weight_fits_one_page(pages, weight):
    assert pages(tutor.solve("neuron/two-two-two", wrt=[weight]).to_latex()) == 1


@pytest.mark.parametrize("course", ["dl", "qmul", "graz", "cmu", "plain"])
def test_the_network_compiles_in_every_notation(pages, course):
    for chain in ("full", "reuse"):
        assert pages(tutor.solve("neuron/two-two-two", notation_name=course, chain=chain).to_latex()) >= 1
