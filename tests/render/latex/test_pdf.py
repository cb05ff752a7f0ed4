"""PDF by the TeX on this machine: a failure says why, files stay closed, endless work is stopped."""

import shutil
from pathlib import Path

import pytest

from tutor.errors import OutputError
from tutor.render.latex import pdf


def test_a_failure_says_why(tex: str) -> None:
    with pytest.raises(pdf.TexFailed, match="Undefined control sequence"):
        pdf.compile_pdf("\\documentclass{article}\\begin{document}\\nothing\\end{document}")


def test_files_outside_stay_closed(tex: str, tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("secret")
    with pytest.raises(pdf.TexFailed):
        pdf.compile_pdf(f"\\documentclass{{article}}\\begin{{document}}\\input{{{tmp_path}/secret}}\\end{{document}}")


def test_endless_work_is_stopped(tex: str) -> None:
    with pytest.raises(pdf.TexFailed, match="stopped after 1 seconds"):
        pdf.compile_pdf("\\def\\x{\\x}\\x", timeout=1.0)


def test_no_tex_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(OutputError, match="install TeX Live"):
        pdf.compile_pdf("x")
