"""Pictures as TikZ: they compile without a complaint, fit the room they are given, and nothing from outside acts."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures_drawn import EXAMPLES, NOTATION, chain, dense, diamond, hostile, pictures, product, two_two_two
from some_now import some_now

from tutor.errors import OutputError
from tutor.explain.document import Node, Picture
from tutor.expression.nodes import Call, Name
from tutor.expression.parse import parse
from tutor.render.latex.words import escape_label
from tutor.render.picture.label import labels
from tutor.render.picture.picture_room import PictureRoom
from tutor.render.picture.tikz import CM, fit_whole, standalone, tikz


def size_in_cm(fragment: str) -> tuple[float, float]:
    scale = float(re.findall(r"x=([\d.]+)pt", fragment)[0])
    width, height = re.findall(r"bounding box\] \(0,0\) rectangle \(([\d.]+),([\d.]+)\)", fragment)[0]
    return float(width) * scale / CM, float(height) * scale / CM


def compiled(source: str, folder: Path) -> str:
    """The log of pdflatex.  Without pdflatex the test is skipped, but not where the project is checked."""
    if shutil.which("pdflatex") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdflatex is missing, so no LaTeX was checked")
        pytest.skip("pdflatex is not installed")
    (folder / "picture.tex").write_text(source, encoding="ascii")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "picture.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = (folder / "picture.log").read_text(encoding="latin-1")
    assert done.returncode == 0, log[-3000:]
    return log


def complaints(log: str) -> list[str]:
    return [line for line in log.splitlines() if re.search("Overfull|Underfull|Warning|Missing character", line)]


def page_of(fragments: list[str], width_cm: float) -> str:
    pages = "\n\\clearpage\n".join(f"\\begin{{center}}\n{fragment}\\end{{center}}" for fragment in fragments)
    return (
        "\\documentclass{article}\n\\usepackage{amsmath,mathtools,booktabs,xcolor,tikz}\n"
        f"\\setlength{{\\textwidth}}{{{width_cm}cm}}\\setlength{{\\textheight}}{{24cm}}\\setlength{{\\topmargin}}{{-50pt}}\n"
        f"\\begin{{document}}\n{pages}\n\\end{{document}}\n"
    )


@pytest.mark.slow
@pytest.mark.parametrize("width_cm", some_now([12.0, 7.0, 16.0], 3))
def test_fragments_compile_without_a_complaint(width_cm: float, tmp_path: Path) -> None:
    fragments = [
        tikz(picture, NOTATION, width_cm) for picture in [*EXAMPLES.values(), dense((10, 8, 5)), chain(10_000)]
    ]
    log = compiled(page_of(fragments, width_cm), tmp_path)
    assert complaints(log) == []
    assert f"({len(fragments)} pages" in log


@pytest.mark.slow
@settings(deadline=None, max_examples=4)
@given(batch=st.lists(pictures(), min_size=3, max_size=6))
def test_any_graph_compiles_without_a_complaint(batch: list[Picture], tmp_path_factory: pytest.TempPathFactory) -> None:
    fragments = [tikz(picture, NOTATION, 12.0) for picture in batch]
    assert complaints(compiled(page_of(fragments, 12.0), tmp_path_factory.mktemp("tikz"))) == []


@pytest.mark.parametrize("name", some_now([*EXAMPLES, "deep"], 5))
def test_a_picture_of_its_own_compiles_without_a_complaint(name: str, tmp_path: Path) -> None:
    picture = EXAMPLES.get(name) or chain(300)
    log = compiled(standalone(picture, NOTATION), tmp_path)
    assert complaints(log) == []
    assert "(1 page" in log


def test_the_check_of_logs_sees_a_picture_that_is_too_wide(tmp_path: Path) -> None:
    assert complaints(compiled(page_of([tikz(two_two_two(), NOTATION, 16.0)], 10.0), tmp_path)) != []


@pytest.mark.parametrize("width_cm", [9.0, 16.0])
def test_words_fit_their_boxes_in_latex(width_cm: float, tmp_path: Path) -> None:
    checks = []
    for picture in (two_two_two(), dense((3, 4, 2)), diamond(), product()):
        fragment = tikz(picture, NOTATION, width_cm)
        scale = float(re.findall(r"x=([\d.]+)pt", fragment)[0])
        size = re.findall(r"fontsize\{(\d+)\}", fragment)[0]
        boxes = re.findall(r"rectangle \((-?[\d.]+),.*\n\\node\[tutorink\] at \((-?[\d.]+),[^{]*\{(.*)\};", fragment)
        assert len(boxes) >= 5
        for right, middle, title in boxes:
            room = 2 * (float(right) - float(middle)) * scale
            checks.append(f"\\fontsize{{{size}}}{{{size}}}\\selectfont\\settowidth{{\\dimen0}}{{{title}}}")
            checks.append(f"\\ifdim\\dimen0>{room:.2f}pt \\typeout{{TOO WIDE: {size} \\the\\dimen0}}\\fi")
        pairs = re.findall(
            r"\\node\[tutorvalue,tutor small,anchor=base west\] at \((-?[\d.]+),[^{]*\{(.*)\};\n"
            r"\\node\[tutorgradient,tutor small,anchor=base east\] at \((-?[\d.]+),[^{]*\{(.*)\};",
            fragment,
        )
        small = max(int(size) - 1, 6)
        for left, value, right, gradient in pairs:
            room = (float(right) - float(left)) * scale - 2
            checks.append(f"\\fontsize{{{small}}}{{{small}}}\\selectfont\\settowidth{{\\dimen0}}{{{value}{gradient}}}")
            checks.append(f"\\ifdim\\dimen0>{room:.2f}pt \\typeout{{TOO WIDE: {small} \\the\\dimen0}}\\fi")
    log = compiled(page_of(["\n".join([*checks, "x"])], 16.0), tmp_path)
    assert "TOO WIDE" not in log


@settings(deadline=None, max_examples=40)
@given(pictures(), st.sampled_from([8.0, 12.0, 16.0]), st.sampled_from([8.0, 22.0]))
def test_a_fragment_is_never_larger_than_asked_nor_its_letters_too_small(
    picture: Picture, width: float, high: float
) -> None:
    fragment = tikz(picture, NOTATION, width, high)
    assert fragment.isascii()
    wide, tall = size_in_cm(fragment)
    assert wide <= width + 0.001
    assert tall <= high + 0.001
    assert min(int(size) for size in re.findall(r"\\fontsize\{(\d+)\}", fragment)) >= 6


def test_formulas_stand_below_the_names_where_they_have_no_room_behind_them() -> None:
    long = [Node(f"phi_long{place}", "node", Call("elu", (Name("x"), Name("a")))) for place in range(6)]
    fan = Picture((Node("x", "input"), Node("a", "input"), *long), tuple((leaf, node.name) for node in long for leaf in ("x", "a")))
    found = fit_whole(fan, NOTATION, [PictureRoom(15.0, 5.0)])
    assert found is not None
    assert found[0].count("{$ = ") == len(long)
    loss = parse("0.5*(target - out_of_unit)^2")
    assert labels(Picture((Node("E", "node", loss),), ()), NOTATION, 9.0, folded=True)["E"].title.text == "E"  # = 0.5(…)² below, no 0.5…
    wide = fit_whole(fan, NOTATION, [PictureRoom(40.0, 5.0)])
    assert wide is not None
    assert "{$ = " not in wide[0]


def test_a_formula_is_whole_where_the_page_has_room_for_it() -> None:
    loss = parse("-(log(p_1) + log(p_2))/2", functions=["log"])
    picture = Picture((Node("p_1", "input"), Node("p_2", "input"), Node("E", "node", loss)), (("p_1", "E"), ("p_2", "E")))
    found = fit_whole(picture, NOTATION, [PictureRoom(16.0, 5.0)])
    assert found is not None
    assert "\\ldots" not in found[0]


def test_a_low_picture_grows_rather_than_leave_names_alone_in_its_boxes() -> None:
    outputs = [Node(f"phi_long{place}", "node", Call("elu", (Name("x"), Name("a")))) for place in range(5)]
    short = Node("s", "node", Call("relu", (Name("x"),)))
    edges = [("x", "s"), *((leaf, node.name) for node in outputs for leaf in ("x", "a"))]
    fan = Picture((Node("x", "input"), Node("a", "input"), short, *outputs), tuple(edges))
    found = fit_whole(fan, NOTATION, [PictureRoom(12.0, height) for height in (3.0, 8.0)])
    assert found is not None
    assert found[0].count(" = ") == len(outputs) + 1  # in each box, also in those of long formulas


def test_a_room_for_nothing_is_refused() -> None:
    with pytest.raises(OutputError, match=r"no room in 1 cm by 22 cm"):
        tikz(two_two_two(), NOTATION, 1.0)


def test_nothing_from_outside_reaches_latex_unescaped() -> None:
    fragment = tikz(hostile(), NOTATION)
    assert fragment.isascii()
    assert "\\input" not in fragment
    assert not re.search(r"(?<!\\)[%&#]", fragment)
    assert not re.search(r"\\end\b(?!\{(tikzpicture|scope)\})", fragment)


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50%", "50\\%"),
        ("\\input{a}", "\\ensuremath{\\backslash}input\\ensuremath{\\{}a\\ensuremath{\\}}"),
        ("η", "\\ensuremath{\\eta}"),
        ("Λ", "\\ensuremath{\\Lambda}"),
        ("é漢", "\\'{e}?"),
        ("a\nb\x00", "a b"),
    ],
)
def test_latex_escapes(text: str, latex: str) -> None:
    assert escape_label(text) == latex
