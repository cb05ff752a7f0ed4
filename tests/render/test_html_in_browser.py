"""Pages in Chromium: the font is used, nothing runs off a phone's screen, brackets grow, indices and rows stand where they belong.

They run under TUTOR_NEEDS_BROWSER=1.
"""

from itertools import pairwise

import pytest
from browser import measure_page

import tutor
from tutor.explain.document import Document, Equation, Equations, Math, Paragraph, Side
from tutor.expression.nodes import Add, Call, Div, Mul, Name, Number, Partial
from tutor.notation.profile import Notation
from tutor.render.html_page import write_html
from tutor.results.sheet import sheet

SIDEWAYS = "(page, view) => [page.documentElement.scrollWidth, view.innerWidth]"
PAGES = {
    "scalar": lambda: tutor.solve("neuron/two-two-two").to("html"),
    "layers": lambda: tutor.solve("neuron/softmax-loss-batch", form="layer").to("html"),
    "nested": lambda: tutor.solve("dl/nested-layers-matrices").to("html"),
    "training": lambda: tutor.train("neuron/adam", steps=3).to("html"),
    "sheet": lambda: sheet(["cmu/smallest-perceptron", "qmul/laplacian"], boxes=True, marks=True, solutions="end").to("html"),
}


@pytest.mark.parametrize("width", [320, 390, 820, 1440])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways(name, width, tmp_path):
    found, room = measure_page(PAGES[name](), SIDEWAYS, tmp_path, width)
    assert found <= room


X, Y = Name("x"), Name("y")
HIGH = Div(Add((X, Y)), Add((X, Number("1"))))
SHOWN = (
    Call("sigmoid", (HIGH,)), Mul((Partial("L", "w5"), X)), Call("matrix", (Number("1"), X, Y, X, Y)),
    Call("sum_over", (Name("v"), Number("3"), X)),
)  # fmt: skip
ROWS = tuple(
    Equation(Name(f"out_h{place}"), (Side(each), Side(Number("0.5"), result=True)), None, ("why",)) for place, each in enumerate(SHOWN)
)
PAGE = Document("Page", blocks=(Equations(ROWS), Paragraph(("Then ", Math(HIGH), " and so on."))))
FOUND = """(page, view) => {
  const box = each => { const {left, right, top, bottom, height} = each.getBoundingClientRect();
                        return {left, right, top, bottom, height}; };
  const all = kind => [...page.querySelectorAll(kind)].map(box);
  return {font: page.fonts.check('16px "Tutor Maths"'), family: view.getComputedStyle(page.querySelector("mi")).fontFamily,
          loaded: [...page.fonts].map(each => each.status), sides: all(".side > math"), rows: all(".row"), why: all(".why"),
          table: all("mtable"), brackets: [...page.querySelectorAll("mo")].filter(each => each.textContent == "[").map(box),
          signs: [...page.querySelectorAll(".side math > semantics > mrow > mo:first-child")].map(box), hidden: all("annotation"),
          sizes: [...page.querySelectorAll(".row math")].map(each => view.getComputedStyle(each).fontSize)};
}"""


def test_mathematics_is_set(tmp_path):
    found = measure_page(write_html(PAGE, Notation()), FOUND, tmp_path, 820)
    assert found["loaded"] == ["loaded"]
    assert "Tutor Maths" in found["family"]
    assert {each["height"] for each in found["hidden"]} == {0}
    (table,), (bracket,) = found["table"], found["brackets"]
    assert bracket["height"] >= 0.95 * table["height"]
    assert len({round(each["left"]) for each in found["signs"]}) == 1  # the relations stand below each other
    pairs = zip(found["rows"], found["sides"], strict=True)
    assert all(row["top"] <= side["top"] and side["bottom"] <= row["bottom"] for row, side in pairs)
    assert all(before["bottom"] <= after["top"] + 1 for before, after in pairwise(found["rows"]))
    assert min(each["left"] for each in found["why"]) >= max(each["right"] for each in found["sides"])


def test_reasons_stand_above_on_a_phone(tmp_path):
    found = measure_page(write_html(PAGE, Notation()), FOUND, tmp_path, 390)
    first = found["sides"][::2]
    assert all(why["bottom"] <= side["top"] + 1 for why, side in zip(found["why"], first, strict=True))
    assert len({*found["sizes"]}) == 1  # both sides of a formula have letters of one size
