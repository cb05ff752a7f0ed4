"""Every spelling of an asked quantity is its question; what is no spelling of one is none."""

from functools import cache

import pytest

from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker

MEANT = [  # the id, its spellings
    ("L", ["L", "E", "L_total", "E_total", "$E_{total}$", "L_{\\text{total}}", "Loss", "**L**", "the loss L", "`L`", "3. L", "(a) L",
           "L (2 marks)", "L (total loss)", "J", "cost"]),
    ("L_o1", ["L_{o1}", "E_o1", "l_O1"]),
    ("in_h1", ["net_h1", "net_{h_1}", "in_{h1}", "\\mathit{in}_{h1}", "inh1", "In_H1", "a_1^{(1)}"]),
    ("dL/dw5", ["∂L/∂w5", "dL_total/dw5", "∂L_total/∂w5", "\\frac{\\partial L}{\\partial w_5}", "dL/dw_5", "dE/dw5", "dL_dw5",
                "dLdw5", "dL/d(w5)",
                "\\dfrac{dE}{dw_{5}}", "{\\partial L \\over \\partial w_5}", "∂L/∂w₅", "grad w5", "\\nabla_{w_5} L", "d/dw5 L", "DL/DW5",
                "derivative of L with respect to w5", "dL / dw5", "Question 3: dL/dw5",
                "\\partial_{w_5} L", "∂_{w5} L", "gradient of w5", "w5.grad", "dC/dw5", "∂J/∂w_5"]),
    ("dL/dw5.chain", ["∂L/∂w5.chain", "dE/dw5 (chain)", "dL/dw_5 as a chain"]),
    ("w5@1", ["w5 after 1", "w5 after update", "w_{5,new}", "w₅⁽¹⁾",
              "w_5 after 1 update", "w5 @ 1", "w_5^{(1)}", "w5[1]", "w5+", "w_5^+", "w_5^{new}", "w_5^{\\text{new}}",
              "w5_new", "new w5",
              "w5'", "w₅ nach 1 Schritt", "w5 (new)", "w_{11}^{(2)} after 1"]),
    ("dout_o1/din_o1", ["∂out_o1/∂net_o1", "\\frac{d\\,out_{o1}}{d\\,in_{o1}}", "dout_o1_din_o1"]),
    ("", ["w6", "dL/dw55", "hello", "", "x" * 200, "dL/dw5 dL/dw6", "1", "dL/db1", "i1"]),
]  # fmt: skip


@cache
def names(exercise="neuron/two-two-two"):
    return Marker(load(exercise)).names


@pytest.mark.parametrize(("ident", "spellings"), MEANT, ids=[ident or "none" for ident, _ in MEANT])
def test_every_spelling(ident, spellings):
    assert {spelling: names().find(spelling) for spelling in spellings} == dict.fromkeys(spellings, ident)


COURSES = ["qmul/network-deltas", "cmu/three-layer-chain", "graz/two-two-one", "dl/index-network", "dl/bce", "graz/neuron"]


@pytest.mark.parametrize("exercise", COURSES)
def test_what_the_course_writes_is_read(exercise):
    """The symbols of the exercise's own notation, made here by the notation and not by the reader."""
    from tutor.expression.keys import read_after, read_derivative
    from tutor.results.feedback import course_notation

    marker = Marker(load(exercise))
    notation = course_notation(marker.exercise)
    for question in marker.questions:
        if len(question.targets) != 1 or question.kind not in ("number",) or question.targets[0].startswith("count"):
            continue
        key = question.targets[0]
        if read_after(key).updates:
            continue
        derivative = read_derivative(key)
        symbol = notation.partial(derivative.of, derivative.wrt) if derivative else notation.symbol(key)
        for shown in (symbol.latex, symbol.text, f"${symbol.latex}$"):
            found = names_of(marker).find(shown)
            assert found == question.id or marker.sheet.by_id[found].targets == question.targets, shown


def names_of(marker):
    return marker.names


def test_case_counts_only_where_it_distinguishes():
    from tutor.answer.read.asked_names import AskedNames
    from tutor.exercise.question import Question

    both = AskedNames.make_of_questions([Question(key, key, targets=(key,)) for key in ("dL/dW1", "dL/dw1", "out_h1")])
    assert [both.find(text) for text in ("dL/dW1", "dL/dw1", "DL/DW1", "OUT-H1")] == ["dL/dW1", "dL/dw1", "", "out_h1"]
