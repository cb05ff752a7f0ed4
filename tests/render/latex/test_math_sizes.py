"""Indices of indices, beside type of every size, are set in letters of seven points at least."""

import re
import subprocess

import pytest
from page_audit import read_pages

from tutor.render.latex.math_sizes import LEAST, set_math_sizes, write_math_sizes

SIZES = ("\\footnotesize", "\\small", "\\normalsize", "\\large", "\\Large")


def smallest(head: str, body: str, folder) -> float:
    text = f"\\documentclass[10pt]{{article}}\n{head}\\begin{{document}}\n{body}\n\\end{{document}}\n"
    (folder / "page.tex").write_text(text, encoding="ascii")
    subprocess.run(["pdflatex", "-interaction=batchmode", "page.tex"], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    assert not re.search("Warning", (folder / "page.log").read_text(encoding="latin-1"))
    return min(page.smallest for page in read_pages((folder / "page.pdf").read_bytes()))


ALL = " ".join(f"{size} words $a_{{b_{{c}}}}$" for size in SIZES)


@pytest.mark.usefixtures("tex")
def test_no_index_of_an_article_is_too_small(tmp_path):
    assert smallest("", ALL, tmp_path) == 5  # as LaTeX does it: the measure sees what is mended
    assert smallest(write_math_sizes(), ALL, tmp_path) >= LEAST


@pytest.mark.usefixtures("tex")
def test_in_a_group_of_another_document_only_there(tmp_path):
    own = "\n".join(set_math_sizes(8, 9))
    inside = f"{{{own}\n\\small $a_{{b_{{c}}}}$ \\footnotesize $a_{{b_{{c}}}}$}}"
    assert smallest("", inside, tmp_path) >= LEAST
    assert smallest("", inside + " $x$ {\\small $x_{y_{z}}$}", tmp_path) == 5
