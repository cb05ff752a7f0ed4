"""Parts for documents of somebody's own: two in an article, one in beamer, one in an exam; nothing of theirs is touched."""


import pytest
from latex_articles import compiled, complaints
from some_now import some_now

from tutor.errors import OutputError
from tutor.render.latex.fragments import FragmentStyle
from tutor.results.solution import solve

PACKAGES = "\\usepackage{amsmath,mathtools,booktabs,xcolor,tikz}"
EXERCISES = ["graz/sqrt-cos", "cmu/three-layer-chain", "neuron/two-two-two"]
DOCUMENTS = {
    "article": ("article}" + PACKAGES + "\\usepackage{hyperref", "\\section{One}%s\nSee (\\ref{xor:3}).\\section{Two}%s", 12.0),
    "beamer": ("beamer}" + PACKAGES + "{", "\\begin{frame}[allowframebreaks]{Backpropagation}%s\\end{frame}", 10.0),
    "exam": ("exam}" + PACKAGES + "{", "\\begin{questions}\\question Read this.\n\n%s\\end{questions}", 12.0),
}


@pytest.mark.parametrize(("ident", "kind"), some_now([(ident, kind) for ident in EXERCISES for kind in DOCUMENTS], every=9, rows=True))
def test_they_compile_without_a_warning(tex, tmp_path, ident, kind):
    head, body, width = DOCUMENTS[kind]
    solution = solve(ident, steps=1) if "two-two" in ident else solve(ident)
    parts = tuple(solution.to_latex(fragment=FragmentStyle(prefix, width)) for prefix in ("xor", "again")[: body.count("%s")])
    source = f"\\documentclass{{{head}}}\n\\begin{{document}}\n{body % parts}\n\\end{{document}}\n"
    for _ in range(2 + ("hyperref" in head)):
        log, _ = compiled(tex, source, tmp_path)
        labels = (tmp_path / "page.aux").read_text("latin-1")
    assert complaints(log) == []
    assert "\\newlabel{xor:3}{{3}" in labels


def test_their_sections_are_left_alone():
    part = solve("neuron/two-two-two", steps=1).to_latex(fragment=FragmentStyle("xor"))
    assert "section" not in part
    assert "two-two-two" not in part
    assert "two-two-two" in solve("neuron/two-two-two", steps=1).to_latex(fragment=FragmentStyle(named=True)).replace("\\penalty5000{}", "")


def test_without_a_prefix_there_are_no_labels():
    assert "label" not in solve("graz/chain").to_latex(fragment=True)


@pytest.mark.parametrize(("style", "said"), [
    ({"prefix": "a}b"}, "cannot begin a label"), ({"prefix": "\\input"}, "cannot begin a label"), ({"width_cm": 1.0}, "a line of 1 cm"),
    ({"width_cm": float("nan")}, "a line of nan cm"),
])  # fmt: skip
def test_refusals(style, said):
    with pytest.raises(OutputError, match=said):
        FragmentStyle(**style)


@pytest.mark.parametrize(("options", "said"), [
    (("--prefix", "xor"), "--prefix goes with --fragment"), (("--width", "9"), "--width goes with --fragment"),
    (("--to", "latex", "--fragment", "--prefix", "a b"), "cannot begin a label"),
])  # fmt: skip
def test_on_the_command_line(tutor, options, said):
    code, out, err = tutor("solve", "graz/chain", *options)
    assert (code, out) == (2, "")
    assert said in err
