"""What is shown lies where a computation with many times the digits says: random formulas that cancel, grow, vanish and have kinks."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tutor.derive.backward import derive
from tutor.errors import TutorError
from tutor.expression.nodes import Add, Call, Div, Mul, Name, Neg, Number, Pow
from tutor.expression.plain import write_plain
from tutor.graph.build import from_steps
from tutor.numbers.arithmetic import Undecided, compute_rigorously
from tutor.numbers.balls import as_decimal, enclose
from tutor.numbers.printed import round_significant
from tutor.numbers.run import LEVELS, evaluate, read_value, run, run_backward

MANY = 4 * 2 * LEVELS[-1]
"""Four times the digits with which a number that nothing tells from 0 is looked at last."""
SHOWN = 6
VALUES = ("1/3", "-2", "0.75", "1", "40", "-700", "1e-30", "1e-300", "1e20", "sqrt(2)", "exp(1)", "123456789/987654321")
ONE = ("exp", "log", "sqrt", "sigmoid", "tanh", "sin", "cos", "abs", "relu", "softplus", "arctan", "sign")

leaves = st.sampled_from([Name("x"), Name("y"), Number("1"), Number("2"), Number("0.1")])


def larger(parts):
    """Formulas of formulas; what is taken from itself beside something else cancels."""
    return st.one_of(
        st.builds(lambda func, a: Call(func, (a,)), st.sampled_from(ONE), parts),
        st.builds(lambda a, b: Add((a, b)), parts, parts),
        st.builds(lambda a, b: Mul((a, b)), parts, parts),
        st.builds(Div, parts, parts),
        st.builds(lambda a, n: Pow(a, Number(n)), parts, st.sampled_from(("2", "3", "0.5"))),
        st.builds(lambda func, a, b: Call(func, (a, b)), st.sampled_from(("max", "min")), parts, parts),
        st.builds(lambda a, b: Add((Add((a, b)), Neg(a))), parts, parts),
        st.builds(lambda a: Add((Call("exp", (Call("log", (a,)),)), Neg(a))), parts),
    )


formulas = st.recursive(leaves, larger, max_leaves=6)


def within(text, ball):
    """Whether a printed decimal is a ball's middle, rounded, but for its radius."""
    unit = Fraction(10) ** (Decimal(text).adjusted() - SHOWN + 1)
    middle, radius = (Fraction(as_decimal(part, MANY)) for part in (ball.mid(), ball.rad()))
    if text == "0":
        return abs(middle) <= radius
    return abs(Fraction(text) - middle) <= unit / 2 + radius * 2 and radius < unit


@given(formulas, st.sampled_from(VALUES), st.sampled_from(VALUES))
@settings(max_examples=60, deadline=None)
def test_shown_decimals_lie_in_the_ball(formula, x, y):
    try:
        derivation = derive(from_steps([f"f = {write_plain(formula)}"]))
        values = {"x": read_value(x), "y": read_value(y)}
        given_ = {quantity.name: values[quantity.name] for quantity in derivation.graph.leaves}
        trace = evaluate(derivation, given_).values
    except TutorError:
        assume(False)
    with compute_rigorously(MANY):
        try:
            right = run_backward(derivation, run(derivation.graph.steps, given_))
        except Undecided:  # the sign of what is 0
            assume(False)
        balls = {name: enclose(value) for name, value in right.items()}
    for name, value in trace.items():
        if name not in given_ and not isinstance(value, Fraction):
            assert within(round_significant(value, SHOWN), balls[name]), (write_plain(formula), x, y, name, round_significant(value, SHOWN))
        elif name not in given_:
            assert balls[name].overlaps(enclose(value)) or within("0", balls[name] - enclose(value)), (
                write_plain(formula),
                x,
                y,
                name,
                value,
            )
