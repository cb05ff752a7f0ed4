"""What is said about a name that stands for nothing."""

import pytest

from tutor.expression.lexicon import Vocabulary
from tutor.expression.nodes import Name
from tutor.expression.unknown_names import refuse_no_quantity

KNOWN = Vocabulary({name: Name(name) for name in ("w", "x", "out_h1")}, {}, functions={"cos": "cos"})


@pytest.mark.parametrize(("text", "typed", "tokens", "hint"), [
    ("cosx", "cosx", [], "did you mean cos(x)?"), ("wx + 1", "wx", [], "write w*x for a product"),
    ("out_h2", "out_h2", [], "did you mean out_h1?"), ("q", "q", [], "the names are: w, x, out_h1"),
    ("cos(q)", "q", [("f", "cos"), ("(", ")")], "write by its name what the function is applied to, such as w, x, out_h1"),
])  # fmt: skip
def test_the_hint(text, typed, tokens, hint):
    error = refuse_no_quantity(text, typed, text.index(typed), KNOWN, tokens)
    assert (error.what, error.hint) == (f"there is no quantity {typed}", hint)


def test_of_an_array_its_entries_are_named():
    known = Vocabulary({name: Name(name) for name in ("X_1_1", "X_1_2", "Xh")}, {})
    assert refuse_no_quantity("X", "X", 0, known).hint == "X is no single quantity here; there are X_1_1, X_1_2"


def test_a_strange_letter_that_ends_a_name_is_what_is_refused():
    error = refuse_no_quantity("wж", "w", 0, KNOWN)
    assert "CYRILLIC" in error.what
    assert "^" in error.spot
