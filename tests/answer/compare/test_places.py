"""The world that an answer is compared in: bent steps carry on, and where nothing has a value nothing is decided."""

from functools import cache

from justice import graph

from tutor.answer.compare.formulas import compare, points_of, sample
from tutor.answer.read.reading import read
from tutor.answer.read.vocabulary import vocabulary
from tutor.derive.backward import derive
from tutor.exercise.load import load
from tutor.expression.parse import parse
from tutor.graph.nouns import Step
from tutor.rules.functions import FUNCTIONS


@cache
def of_exercise(ident):
    return points_of(derive(graph(ident)), load(ident).values), vocabulary(load(ident))


def test_bent_steps_carry_an_earlier_answer_on():
    points, words = of_exercise("neuron/two-two-two")
    wrong = read("(out_o1 - target_o1)*out_o1", words)
    bent = points.bend_steps({"dL/din_o1": wrong})
    answer = read("(out_o1 - target_o1)*out_o1*out_h1", words)
    assert compare(answer, "dL/dw5", points).outcome == "different"
    assert compare(answer, "dL/dw5", bent).outcome == "equal"
    assert compare(read("dL/din_o1*out_h1", words), "dL/dw5", bent).outcome == "equal"
    assert compare(read("dL/din_o2*out_h1", words), "dL/dw7", bent).outcome == "equal"
    assert compare(read("(out_o1 - target_o1)*out_o1*(1 - out_o1)*out_h1", words), "dL/dw5", points).outcome == "equal"


def test_a_computation_without_a_value_anywhere_is_undecided():
    points = sample([Step("L", parse("log(0 - x^2)", functions=FUNCTIONS), "formula")], ["x"])
    assert compare(parse("x"), "L", points).outcome == "undecided"
