"""Questions of a problem sheet on the terminal."""

import pytest
from rich.cells import cell_len

from tutor.explain.document import AnswerPlace, Math, SheetQuestion
from tutor.expression.nodes import Name
from tutor.notation.profile import Notation
from tutor.render.terminal.columns import Pen
from tutor.render.terminal.sheet_lines import set_blank_lines, set_question_lines

PEN = Pen(Notation())


def lines(block, width=60):
    return [line.text for line in set_question_lines(block, PEN, width)]


def test_id_and_marks_stand_at_the_right():
    block = SheetQuestion("1.1", ("Compute ", Math(Name("w")), "."), "w", "1 mark")
    assert lines(block, 40) == ["1.1   Compute w.               w  1 mark"]


def test_options_and_boxes_stand_below():
    block = SheetQuestion("1.10", ("What?",), options=(("a", ("yes",)), ("b", ("no",))), place=AnswerPlace(1, 2, framed=True))
    assert lines(block) == ["1.10  What?", "      [ ] a) yes", "      [ ] b) no", "      [        ] [        ]"]


@pytest.mark.parametrize("width", [24, 40, 80])
def test_nothing_leaves_the_page(width):
    options, place = (("a", ("and so on " * 9,)),), AnswerPlace(2, 6, framed=True)
    block = SheetQuestion("10.12", ("a long sentence " * 8,), "dL/dw11_dL/dw21", "2 marks", options, place)
    assert all(cell_len(line) <= width for line in lines(block, width))


def test_blanks():
    assert [line.text for line in set_blank_lines(["Name", "No\x1b"], PEN, 20)] == ["Name: ______________", "No␛: _______________"]
