"""What the product shows, it reads: every symbol, derivative and step of every exercise in every notation."""

import re

import pytest
from chosen_exercises import chosen_ids, load_once
from some_now import some_now

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.reading import read
from tutor.answer.read.vocabulary import notation_of, vocabulary
from tutor.derive.backward import derive
from tutor.errors import TutorError
from tutor.exercise.load import load
from tutor.expression.nodes import Name, Partial
from tutor.notation.profile import profile_names
from tutor.numbers.arithmetic import as_real
from tutor.numbers.run import compute
from tutor.numbers.verify import random_points
from tutor.render.maths import Printer

EXERCISES = {ident: exercise for ident in chosen_ids() if (exercise := load_once(ident)).graph is not None}


@pytest.mark.parametrize("profile", some_now(profile_names(), 5))
def test_every_symbol_and_derivative_reads_back(profile):
    for ident, exercise in EXERCISES.items():
        graph = exercise.graph
        known = vocabulary(exercise, [profile])
        shown = notation_of(exercise, graph, profile)
        for name in graph.names:
            for text in (shown.symbol(name).latex, shown.symbol(name).text, name):
                assert read(text, known) == Name(name), (ident, text)
        edges = {(graph.loss, name) for name in graph.names} | {
            (factor.of, factor.wrt) for step in derive(graph).backward for path in step.paths for factor in path.factors
        }
        for of, wrt in sorted(edges):
            symbol = shown.partial(of, wrt)
            for text in (symbol.latex, symbol.text, f"d{of}/d{wrt}"):
                assert read(text, known) == Partial(of, wrt), (ident, text)


SMALL = {ident: exercise for ident, exercise in EXERCISES.items() if len(exercise.graph.names) <= 150}


@pytest.mark.parametrize("profile", some_now(profile_names(), 6, 1))
def test_every_step_that_is_printed_reads_back_with_the_same_value(profile):
    for ident, exercise in SMALL.items():
        derivation = derive(exercise.graph)
        known = vocabulary(exercise, [profile])
        printer = Printer(notation_of(exercise, exercise.graph, profile))
        locals_ = [factor for step in derivation.backward for path in step.paths for factor in path.factors]
        steps = [*exercise.graph.steps, *derivation.backward]
        point = dict(next(iter(random_points(exercise.graph, 1, seed=5))))
        point = {quantity.name: point[quantity.name] for quantity in exercise.graph.leaves}
        for step in steps:
            point.setdefault(step.target, _value(step.expr, point))
        for factor in locals_:
            point.setdefault(f"d{factor.of}/d{factor.wrt}", _value(factor.expr, point))
        for expr in dict.fromkeys([step.expr for step in steps] + [factor.expr for factor in locals_]):
            value = _value(expr, point)
            for text in (printer.latex(expr), printer.text(expr)):
                again = read(text, known)
                if value is not None:
                    assert abs(as_real(value) - as_real(compute(again, point))) <= 1e-40 * (1 + abs(as_real(value))), (
                        ident,
                        text,
                    )


def _value(expr, point):
    try:
        return compute(expr, point)
    except (TutorError, TypeError):  # a derivative that does not exist at this point
        return None


@pytest.mark.parametrize("ident", EXERCISES)
def test_by_default_the_notation_of_the_exercise_wins(ident):
    exercise = EXERCISES[ident]
    known = vocabulary(exercise)
    own = notation_of(exercise, exercise.graph, exercise.notation)
    for name in exercise.graph.names:
        for text in (own.symbol(name).latex, own.symbol(name).text, name):
            assert read(text, known) == Name(name), text


def clash(**symbols):
    from dataclasses import replace

    from tutor.graph.build import from_steps
    from tutor.notation.symbol import read_symbol

    exercise = load("dl/add-multiply")
    steps = [f"s = {' + '.join(symbols)}", "L = s^2"]
    shown = {name: read_symbol(symbol).symbol() for name, symbol in symbols.items() if symbol}
    return replace(exercise, graph=from_steps(steps), symbols=shown, layers=None, network=None)


@pytest.mark.parametrize(
    ("symbols", "text", "said"),
    [
        ({"x1": "", "x_1": ""}, "x_{1}", "may be x1 or x_1"),
        ({"w1_11": "", "w11_1": ""}, "w_{111}", "may be w1_11 or w11_1"),
        ({"b": "", "b2": "b^2"}, "b^2", "may be b2 or b to the power 2"),
        ({"p": "x_1", "q": "x_1^2"}, "x_1^2", "may be q or p to the power 2"),
        ({"p": r"\hat{y}", "q": r"\hat{y}"}, "ŷ", "may be p or q"),
    ],
)
def test_a_spelling_of_two_quantities_is_refused_with_both(symbols, text, said):
    with pytest.raises(AnswerError, match=re.escape(said)):
        read(text, vocabulary(clash(**symbols)))


@pytest.mark.parametrize(
    ("symbols", "text", "name"),
    [
        ({"x1": "", "x_1": ""}, "x_1", "x_1"),  # as declared
        ({"x1": "", "x_1": ""}, "x1", "x1"),
        ({"x1": "x_0", "x2": "x_1"}, "x_1", "x2"),  # the course counts from 0
        ({"x1": "x_0", "x2": "x_1"}, "x1", "x1"),
        ({"a": r"\alpha"}, "α", "a"),  # and not the step size
        ({"a": r"\alpha"}, "alpha", "a"),
        ({"w_1_2": ""}, "w_{12}", "w_1_2"),
        ({"w_1_2": ""}, "w₁₂", "w_1_2"),
        ({"x_L": "x^Q", "w": ""}, "x^Q", "x_L"),
        ({"x_L": "x^{L-1}", "w": ""}, "xᴸ⁻¹", "x_L"),
    ],
)
def test_the_better_reason_wins(symbols, text, name):
    assert read(text, vocabulary(clash(**symbols))) == Name(name)
