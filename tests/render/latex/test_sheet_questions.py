"""Questions of a problem sheet in LaTeX: they compile, whatever they say and however large the answer is."""

import pytest
from latex_articles import HOSTILE, LONG

from tutor.explain.document import AnswerPlace, Blanks, Document, Heading, Math, Section, SheetQuestion
from tutor.expression.nodes import Name
from tutor.notation.profile import Notation
from tutor.render.latex.article import document, fragment
from tutor.render.latex.sheet_questions import keep_room, set_blanks

PLACES = [
    None, AnswerPlace(), AnswerPlace(framed=True), AnswerPlace(3, 2, framed=True), AnswerPlace(8, 8, 3, framed=True), AnswerPlace(2, 3),
    AnswerPlace(lines=4, whole=True, framed=True), AnswerPlace(lines=2, whole=True), AnswerPlace(1, 8, framed=True),
]  # fmt: skip


def questions(place):
    options = (("a", ("it grows",)), ("b", (HOSTILE, Math(Name("w")))))
    return (
        SheetQuestion("1.1", ("Compute ", Math(Name("w"))), "dL/dw", "2 marks", (), place),
        SheetQuestion("12.34", (HOSTILE, Math(LONG)), HOSTILE[:60], "0.3333 marks", options, place),
        SheetQuestion("1.3", ("words " * 18,), "dL/dW_1_1_dL/dW_1_2_dL/dW_2_1_dL/dW_2_2", "", (), place),
    )


@pytest.mark.parametrize("place", PLACES)
def test_it_compiles(pages, place):
    inner = Section(Document("Inner", "an/id", (("3 marks",),), "source", (Heading("Deeper"), *questions(place))), Notation())
    assert pages(document(Document("Sheet", blocks=(Blanks(("Name", "Number")), inner, *questions(place))), Notation())) >= 1


def test_a_box_is_never_torn():
    """It is a box of TeX's own, and no page ends between it and its question."""
    text = document(Document("Sheet", blocks=questions(AnswerPlace(8, 8, framed=True))[:1]), Notation())
    assert text.count("\\nopagebreak") == 1
    assert text.count("\\hline") == 9


def test_a_title_is_never_alone():
    part = Section(Document("Inner", blocks=questions(None)[:1]), Notation())
    assert keep_room() in document(Document("Sheet", blocks=(part,)), Notation())
    assert keep_room() in fragment(Document("Sheet", blocks=(part,)), Notation())


def test_what_is_given_stays_with_its_title_where_it_is_short():
    rows = ["\\\\\n" * 12]
    assert "<23\\baselineskip" in keep_room(rows)
    assert keep_room(rows * 9) == keep_room()


def test_blanks_are_as_wide_as_the_line():
    assert set_blanks(Blanks(("Name",)), 40).count("\\rule") == 1
