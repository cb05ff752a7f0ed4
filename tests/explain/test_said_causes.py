"""What is said of a wrong figure, in each language, whatever is known of it."""

import pytest

from tutor.explain.said_causes import say_cause
from tutor.explain.words.languages import require_wording
from tutor.solving.check_claims import Cause

ROWS = [  # what is known, as it is said in English and German
    (Cause("consequence", follows=(("z", "1.2"),)), "Wrong only in consequence of z (printed 1.2): from there it follows.",
     "Nur in der Folge falsch: Es folgt aus z (gedruckt: 1.2)."),
    (Cause("slip", ((("digits-swapped", "z"),),), spoils=2), "Probably two digits were exchanged. From it follow 2 more wrong figures.",
     "Vermutlich wurden zwei Ziffern vertauscht. Daraus folgen 2 weitere falsche Angaben."),
    (Cause("slip", ((("another-quantity", "a"),), (("another-quantity", "b"),))),
     "Probably the value of another quantity was printed: a or b.", "Vermutlich wurde der Wert einer anderen Größe gedruckt: a oder b."),
    (Cause("slip", ((("step-up", "w"),),)), "Probably the step went up the gradient instead of down, in the step w.", None),
    (Cause("slip", ((("sign-turned", "w"),),), factor="−1"),
     "It is −1 times what is right: probably a minus sign was lost, or is one too many.", None),
]  # fmt: skip


@pytest.mark.parametrize(("cause", "english", "german"), ROWS, ids=[row[1][:30] for row in ROWS])
def test_it_is_said(cause, english, german):
    assert say_cause(cause, require_wording(None)) == english
    assert german is None or say_cause(cause, require_wording("de")) == german

