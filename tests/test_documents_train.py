"""Pages about training, by compiling them: every optimiser, every course's notation, long tables, many parameters."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

import pytest

import tutor
from tutor.exercise.catalogue import ids
from tutor.exercise.load import load
from tutor.rules.optimisers import optimiser_names


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


TRAINED = [ident for ident in ids() if load(ident).samples is not None or load(ident).plan.optimiser != "gd"]


@pytest.mark.parametrize("ident", TRAINED)
def test_every_trained_exercise_compiles(pages, ident):
    assert 1 <= pages(tutor.train(ident).to_latex()) <= 4


@pytest.mark.parametrize("name", [name for name in optimiser_names() if name != "newton"])
def test_the_network_compiles_with_every_optimiser(pages, name):
    batch = 1 if name == "minibatch" else None
    trained = tutor.train("neuron/two-two-two", optimiser=name, rate="0.1", steps=80, batch=batch)
    assert pages(trained.to_latex()) >= 1


@pytest.mark.parametrize("course", ["dl", "qmul", "graz", "cmu", "plain"])
def test_adam_and_newton_compile_in_every_notation(pages, course):
    assert pages(tutor.train("neuron/adam", notation_name=course).to_latex()) >= 1
    assert pages(tutor.train("neuron/newton", notation_name=course).to_latex()) >= 1
