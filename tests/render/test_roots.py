"""Roots in words: what the root reaches over is mathematics in every format, and everything else stays as it is."""

import pytest

from tutor.explain.document import Document, Math, Paragraph
from tutor.expression.nodes import Call
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.page_formats import PAGE_FORMATS
from tutor.render.roots import set_roots

OWN = Notation(symbols={"x": Symbol("x^{0}", "x⁰")})
"""A notation that writes the quantity x otherwise: the x of a rule is not that quantity."""


@pytest.mark.parametrize(
    ("words", "in_latex"),
    [
        ("(√x)′ = 1/(2√x)", r"\sqrt{\mathit{x}}"),
        ("arcsin′(x) = 1/√(1 − x²)", r"\sqrt{1 - \mathit{x}^{2}}"),
        ("divided by √ε", r"\sqrt{\varepsilon}"),
        ("PyTorch has √v\u0302 + ε", r"\sqrt{\hat{\mathit{v}}}"),
        ("as √2 is", r"\sqrt{2}"),
        ("(log x)′ = 1/x", r"(log $\mathit{x}$)\ensuremath{'}~=~1/$\mathit{x}$"),
        ("logit′(p) = 1/(p·(1 − p))", r"($\mathit{p}$)~=~1/($\mathit{p}$"),
        ("a slope f′ of Bob’s b", r"a slope $\mathit{f}$\ensuremath{'} of Bob"),
        # left as they are: words, and what nothing can be read of
        ("√ of it", r"\surd"), ("√(, x)", r"\surd"), ("√xyz", r"\surd"),
        ("√(a word)", r"\surd"), ("no root", "no root"),
    ],
)  # fmt: skip
def test_a_root_is_drawn_over_what_stands_below_it(words, in_latex):
    document = Document("t", blocks=(Paragraph((words,)),))
    assert in_latex in PAGE_FORMATS["latex"].write(document, OWN)
    assert words in PAGE_FORMATS["terminal"].write(document, OWN)  # which has no bars


def test_other_parts_of_a_sentence_are_kept():
    part = Math(Call("sqrt", ()))
    assert set_roots(("w is ", part, " and 2√y.")) == ("w is ", part, " and 2", set_roots(("√y",))[0], ".")
    assert set_roots((part, "é")) == (part, "é")


def test_html_has_a_root_of_a_plain_letter():
    document = Document("t", blocks=(Paragraph(("(√x)′",)),))
    assert "<msqrt><mi>x</mi></msqrt>" in PAGE_FORMATS["html"].write(document, OWN)
