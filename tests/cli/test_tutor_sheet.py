"""``tutor sheet``: files of every format, a second file for the solutions, and messages where something cannot be."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tutor.explain.sheet_layout import LEFT_OUT, SOLUTIONS

TWO = ("dl/add-multiply", "graz/chain")


def test_a_sheet_and_its_solutions_in_two_files(tutor, folder):
    assert tutor("sheet", *TWO, "-o", "sheet.md", "--boxes", "--marks", "--title", "Week 3", "--cover", "Due on Friday") == (0, "", "")
    assert tutor("sheet", *TWO, "-o", "solutions.md", "--solutions", "only", "--title", "Week 3") == (0, "", "")
    asked, solved = ((folder / name).read_text("utf-8") for name in ("sheet.md", "solutions.md"))
    assert asked.startswith("# Week 3\n\nDue on Friday\n")
    assert "Answers" not in asked
    assert solved.startswith("# Week 3: solutions\n")
    assert "### Answers" in solved


def test_it_shows_itself_in_the_terminal(tutor):
    code, out, err = tutor("sheet", *TWO, "d = x + y; f = d*z")
    assert (code, err) == (0, "")
    assert "3.1   Give ∂f/∂d as a formula." in out
    assert all(len(line) <= 80 for line in out.splitlines())


def test_every_choice_is_taken(tutor):
    assert tutor("sheet", *TWO, *(word for part in LEFT_OUT for word in ("--without", part)))[0] == 0
    for place in SOLUTIONS:
        assert tutor("sheet", TWO[0], "--solutions", place)[0] == 0
    assert [one["exercise"] for one in json.loads(tutor("sheet", *TWO, "--to", "json")[1])["exercises"]] == list(TWO)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("dl/add-multipy",), "did you mean dl/add-multiply"),
        (("nothing.toml",), "nothing.toml"),
        (("dl/bce", "--to", "word"), "word"),
        (("dl/bce", "--solutions", "middle"), "middle"),
        (("dl/bce", "--preamble", "none.tex", "-o", "x.tex"), "none.tex cannot be read"),
        (("dl/bce", "--preamble", "own.tex"), "--preamble goes with a whole .tex or .pdf"),
        (("dl/bce", "--preamble", "own.tex", "-o", "x.tex", "--fragment"), "--preamble goes with"),
        (("dl/bce", "--preamble", "evil.tex", "-o", "x.tex"), "evil.tex: 1 fault\n- line 2: a preamble may not use \\input"),
        (("dl/bce", "--preamble", "bytes.tex", "-o", "x.tex"), "no text in UTF-8"),
        (("dl/bce", "--theme", "own.toml"), "--theme goes with a whole .tex or .pdf or .html"),
        (("dl/bce", "--theme", "bad.toml", "-o", "x.html"), "bad.toml: 2 faults\n- a theme has no coarse\n    did you mean course?"),
        (("dl/bce", "-o", "no/such/folder/x.tex"), "cannot be written"),
        ((), "Missing argument"),
    ],
)
def test_what_cannot_be_is_said(tutor, folder, arguments, said):
    (folder / "own.tex").write_text("\\newcommand{\\R}{R}")
    (folder / "own.toml").write_text('course = "x"')
    (folder / "bad.toml").write_text('coarse = "x"\naccent = "red"')
    (folder / "evil.tex").write_text("\n\\input{/etc/passwd}")
    (folder / "bytes.tex").write_bytes(b"\xff\xfe")
    code, out, err = tutor("sheet", *arguments)
    assert code == 2
    assert said in err
    assert "Traceback" not in err
    assert not out


def test_a_theme_is_put_on_every_page(tutor, folder):
    (folder / "own.toml").write_text('course = "Neural networks"\naccent = "#00509b"')
    assert tutor("sheet", *TWO, "--theme", "own.toml", "-o", "sheet.html")[0] == 0
    assert "<span>Neural networks</span>" in (folder / "sheet.html").read_text("utf-8")


def test_a_folder_that_nobody_may_write_to(tutor, folder):
    (folder / "closed").mkdir()
    (folder / "closed").chmod(0o500)
    if os.access(folder / "closed", os.W_OK):
        pytest.skip("root may write anywhere")
    assert "cannot be written" in tutor("sheet", *TWO, "-o", "closed/x.md")[2]


def test_without_tex_the_source_is_kept(tutor, folder, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda program: None)
    code, _, err = tutor("sheet", *TWO, "-o", "x.pdf")
    assert code == 2
    assert "install TeX Live" in err
    assert Path("x.tex").read_text("ascii").startswith("% Made by")


@pytest.mark.usefixtures("tex")
def test_what_tex_complains_about_is_said(tutor, folder):
    (folder / "twice.tex").write_text("\\newcommand{\\R}{x}\n\\newcommand{\\R}{y}")
    code, _, err = tutor("sheet", TWO[0], "-o", "x.pdf", "--preamble", "twice.tex")
    assert code == 2
    assert "Command \\R already defined" in err
    assert "the source is in x.tex" in err
    assert not Path("x.pdf").exists()
