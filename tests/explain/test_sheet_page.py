"""What stands on a problem sheet: what is given, the wording of questions, room for answers."""

from fractions import Fraction

import pytest

from tutor.exercise.load import from_text
from tutor.exercise.question import Question, Tolerance
from tutor.explain.document import AnswerPlace, Equations, Paragraph, Section, SheetQuestion, Table
from tutor.explain.sheet_page import choose_digits, choose_place
from tutor.results.sheet import sheet


def part_of(target, **choices):
    """The first exercise of a sheet."""
    return next(block for block in sheet(target, **choices).document().blocks if isinstance(block, Section)).document


def blocks_of(target, kind, **choices):
    return [block for block in part_of(target, **choices).blocks if isinstance(block, kind)]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        (Question("w", "w", "number", ("w",)), AnswerPlace()),
        (Question("w", "w", "fraction", ("w",)), AnswerPlace()),
        (Question("v", "v", "vector", ("a", "b", "c")), AnswerPlace(3, 1)),
        (Question("W", "W", "matrix", tuple("abcdef"), (3, 2)), AnswerPlace(3, 2)),
        (Question("T", "T", "array", tuple("abcdefghijkl"), (2, 3, 2)), AnswerPlace(3, 2, 2)),
        (Question("w", "w", "column", tuple("abcd")), AnswerPlace(1, 4)),
        (Question("W", "W", "matrix", ("w",) * 90, (9, 10)), AnswerPlace(lines=5, whole=True)),
        (Question("w", "w", "expression", ("w",)), AnswerPlace(lines=2, whole=True)),
        (Question("w", "w", "chain", ("w",)), AnswerPlace(lines=2, whole=True)),
        (Question("c", "", "choice", options=(("a", "yes"),)), None),
    ],
)
def test_room_is_as_large_as_the_kind_of_an_answer(question, place):
    assert choose_place(question, framed=False) == place


def test_usual_digits_are_said_once():
    three, exact = Tolerance(digits=3), Tolerance(relative=Fraction(0))
    some = [Question("a", "a"), *(Question(name, name, tolerance=three) for name in "bc"), Question("n", "n", tolerance=exact)]
    assert choose_digits(some) == 3
    assert choose_digits(some[:2]) == 2
    assert choose_digits([]) == choose_digits(some[3:]) == 0


def test_the_computation_is_given_and_no_results():
    given, forward = part_of("graz/sqrt-cos").blocks[:2]
    assert isinstance(given, Paragraph)
    assert given.label == "Given"
    assert isinstance(forward, Equations)
    assert all(len(row.sides) == 1 and not row.sides[0].result and row.number is None for row in forward.rows)


def test_large_arrays_are_given_whole():
    (given, _) = blocks_of("qmul/laplacian", Equations)
    assert [len(row.sides[0].expr.args) - 1 for row in given.rows] == [16, 9]


def test_arrays_are_given_in_one_style_with_the_digits_of_a_page():
    """1/29 has as many digits as it has elsewhere, and fractions do not stand beside decimals; what ends is given whole."""
    text = sheet(["sequences/rnn-step"]).to_text()
    assert "0.0172414 " in text
    assert "0.233333" in text
    assert "7/30" not in text
    given = from_text('title = "t"\nsteps = ["L = sum(x^2)"]\n[shapes]\nx = [2]\n[values]\nx = [1.23456789, 2]\n', "t")
    assert "1.23456789" in sheet([given]).to_text()


def test_a_data_set_is_given_without_its_losses():
    (table,) = blocks_of("cmu/smallest-perceptron", Table)
    assert len(table.header) == 3
    assert len(table.rows) == 4


@pytest.mark.parametrize(("target", "said"), [("neuron/adam", "Method"), ("cmu/smallest-perceptron", "Step size"), ("graz/sqrt-cos", "")])
def test_training_is_told_where_it_is_asked_for(target, said):
    labels = [block.label for block in blocks_of(target, Paragraph)]
    assert said in labels if said else not {"Method", "Step size"} & set(labels)


def test_wording_of_the_exercise_comes_first():
    texts = {block.ident: "".join(part for part in block.parts if isinstance(part, str)) for block in blocks_of("dl/bce", SheetQuestion)}
    assert texts["dL/dyhat1.formula"] == ": In terms of target and output. Without derivatives in it."
    assert texts["s1"] == "Compute ."


def test_a_network_that_is_counted():
    texts = [block.parts[0] for block in blocks_of("cmu/counting", Paragraph)]
    assert texts == ["A network whose layers have the sizes 3, 4, 2, the inputs first."]


SOLUTIONS = [  # target, notation, what its solutions say, what they do not
    ("cmu/three-layer-chain", "qmul", "\\partial f_{3}/\\partial a_{3} \\cdot \\partial a_{3}/\\partial w_{3}", "/\\partial a_{3}\\, "),
    ("qmul/linear-neuron-samples", "cmu", "\\leftarrow 0.956667$", "after 1 update~=~"),
    ("qmul/linear-neuron-samples", "cmu", "First update", "{Lm1}"),
    ("dl/linear-collapse", "plain", "\\enspace $x$, $w$ and $w_{2}$", "Given}\\enspace\\par"),
]  # fmt: skip


@pytest.mark.parametrize(("target", "notation", "said", "unsaid"), SOLUTIONS)
def test_a_key_can_be_read_in_one_way(target, notation, said, unsaid):
    text = sheet([target], solutions="after", notation_name=notation).to_latex()
    assert said in text
    assert unsaid not in text


def test_a_new_value_is_not_called_by_its_old_name():
    text = sheet(["cmu/smallest-perceptron"], solutions="only").to_text()
    assert "\nw     ← 1.55" in text
    assert "\nw     = 1.55" not in text


def test_a_solution_is_one_derivation_in_one_style():
    text = sheet(["dl/batch-of-two", "qmul/linear-neuron-samples", "neuron/activations"], solutions="only").to_text()
    first, second, third = text.split("\nSolution ")[1:]
    assert "= (1/2)·(4/3)·(1/3)" in first
    assert " 0.5" not in first.replace("0.1", "")
    assert second.index("Backward pass") < second.index("First update") < second.index("Lecture")
    assert [second.count(said) for said in ("Forward pass", "Checked", "0.433333", "13/30")] == [1, 1, 3, 0]
    assert "\n 6  ∂s/∂x" in third
    assert "\n\n 7  ∂t/∂x" not in third
