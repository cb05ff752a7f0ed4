"""Pages as HTML: well-formed, alone, harmless, and nothing of a page is lost."""

import re
from html.parser import HTMLParser

import pytest
from latex_articles import HOSTILE, hostile, solution

import tutor
from tutor.explain.document import (
    AnswerPlace,
    Document,
    Equation,
    Equations,
    Math,
    Paragraph,
    Section,
    SheetQuestion,
    Side,
)
from tutor.expression.nodes import Call, Name, Number, Partial
from tutor.notation.profile import Notation
from tutor.render.html_page import write_html, write_html_body
from tutor.results.sheet import sheet

EMPTY = {"meta", "input", "wbr"}


class Balanced(HTMLParser):
    """Reads a page: every element is closed in its order; remembers elements and what is read."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.said = [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said.append(data)


PAGES = {
    "hostile": lambda: write_html(hostile(), Notation()),
    "solution": lambda: write_html(solution(), Notation()),
    "arrays": lambda: tutor.solve("neuron/softmax-loss-batch").to("html"),
    "training": lambda: tutor.train("neuron/adam", steps=3).to("html"),
    "sheet": lambda: sheet(["cmu/smallest-perceptron", "qmul/laplacian"], boxes=True, marks=True, solutions="end").to("html"),
}


@pytest.mark.parametrize("name", PAGES)
def test_it_is_well_formed_and_stands_alone(name):
    text = PAGES[name]()
    page = Balanced(text)
    tags = {tag for tag, _ in page.seen}
    assert not tags & {"script", "link", "img", "iframe", "object", "base", "form"}
    assert not [key for _, attrs in page.seen for key in attrs if key.startswith("on") or key in ("href", "src")]
    assert re.findall(r"url\(.{21}", text) == ["url('data:font/woff2;base"] * ("<math" in text)
    assert not re.search(r"https?://", text.replace('xmlns="http://www.w3.org/2000/svg"', ""))
    assert "<!--" not in text


@pytest.mark.parametrize("name", PAGES)
def test_what_stands_in_a_page_has_no_style_of_its_own(name):
    body = PAGES[name]().partition("<main>")[2]
    page = Balanced("<main>" + body.partition("</body>")[0])
    assert "style" not in {tag for tag, _ in page.seen} | {key for _, attrs in page.seen for key in attrs}
    assert "data:" not in body


EQUAL = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(("sentence", "written"), [
    ((Math(Name("x")), ", then"), '<span class="kept">X,</span> then'),
    (("(", Math(Name("x")), ") or (", Math(Name("x")), " more)"), '<span class="kept">(X)</span> or <span class="kept">(X</span> more)'),
    ((Math(Name("x")), EQUAL, Math(Number("2")), "."), '<span class="kept">X&nbsp;=&nbsp;2.</span>'),
    ((Math(Name("x")), EQUAL, Math(Name("x"))), "X&nbsp;=&nbsp;X"),
    ((Math(Name("x")), EQUAL), "X&nbsp;="),
])  # fmt: skip
def test_what_belongs_together_stays_on_one_line(sentence, written):
    text = write_html(Document("", blocks=(Paragraph(sentence),)), Notation())
    (shown,) = re.findall("<p>(.*)</p>", text)
    assert re.sub(r"<math>.*?<m([in])>(.*?)</m[in]>.*?</math>", lambda m: m[2].upper(), shown) == written


def test_words_from_outside_are_words():
    text = write_html(Document(HOSTILE, HOSTILE, ((HOSTILE,),), (HOSTILE,), (Paragraph((HOSTILE,), HOSTILE),)), Notation())
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 6
    assert not [c for c in text if not c.isprintable() and c != "\n"]


def test_an_equation_is_a_row_with_its_step_and_its_reason():
    matrix = Call("matrix", (Number("2"), *map(Number, ("1", "2", "3", "4"))))
    text = write_html(Document("", blocks=(Equations((Equation(Name("W"), (Side(matrix, result=True),), 3, ("why",)),)),)), Notation())
    assert re.search(r"<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr>", text)
    assert '<div class="row first" data-step="W">' in text
    assert '<div class="why"><span class="place">(3)</span>why</div>' in text


@pytest.mark.parametrize(("left", "step"), [
    (Name("w5"), "w5"), (Name("w5@1"), "w5@1"), (Partial("L", "w5"), "dL/dw5"), (Call("shaped", (Partial("L", "W"), Number("2"))), "dL/dW"),
    (Name('"><b>'), "&quot;&gt;&lt;b&gt;"), (Number("2"), ""),
])  # fmt: skip
def test_a_page_can_find_each_step(left, step):
    text = write_html_body(Document("", blocks=(Equations((Equation(left, (Side(Name("x")), Side(Name("y")))),)),)), Notation())
    assert re.findall(r'data-step="([^"]*)"', text) == [step] * 2 * bool(step)


@pytest.mark.parametrize(
    ("place", "cells"),
    [(None, 0), (AnswerPlace(), 0), (AnswerPlace(2, 3, 2, framed=True), 12), (AnswerPlace(lines=2, whole=True, framed=True), 1)],
)
def test_boxes(place, cells):
    question = SheetQuestion("1.1", ("What is ", Math(Name("x")), "?"), "x", "1 mark", (("a", ("yes",)), ("b", ("no",))), place)
    page = Balanced(write_html(Document("Sheet", blocks=(question,)), Notation()))
    assert [tag for tag, _ in page.seen].count("td") == cells
    assert [attrs["type"] for tag, attrs in page.seen if tag == "input"] == ["checkbox"] * 2


def test_titles_are_one_level_deeper_in_a_section():
    inner = Section(Document("Inner", blocks=(Section(Document("Inmost"), Notation()),)), Notation(), apart=True)
    tags = [tag for tag, _ in Balanced(write_html(Document("Outer", blocks=(inner,), language="de"), Notation())).seen]
    assert [tag for tag in tags if re.fullmatch(r"h\d", tag)] == ["h1", "h2", "h3"]
