"""No right answer is ever called wrong: right formulas and numbers, rewritten at random in ways that keep their value.

The rewriting is done on the display tree with rules that hold everywhere; the text is typed in one of many ways.  What is wrong by a
coefficient, a sign or a name stays wrong, too.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from some_now import some_now

from tutor.answer.handed_in import Submission
from tutor.answer.read.reading import MAX_LENGTH
from tutor.derive.working import list_referred
from tutor.exercise.load import load
from tutor.exercise.question import Question
from tutor.expression.limits import MAX_ANSWER_TOKENS
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Mul, Name, Neg, Number, Partial, Pow, children, rebuild
from tutor.expression.plain import write_plain
from tutor.marking.mark_submission import Marker
from tutor.notation.profile import Notation
from tutor.numbers.arithmetic import CONTEXT, as_real
from tutor.numbers.floats import evaluate_at_points
from tutor.render import maths

EXERCISES = (
    "neuron/two-two-two", "cmu/three-layer-chain", "dl/relu-regression", "neuron/softmax-cross-entropy", "dl/bce", "dl/add-multiply",
    "graz/two-two-one", "dl/activations",
)  # fmt: skip
TWO = Number("2")
MOST = 900
"""Longer formulas are not rewritten any further."""


# The exercises, with a question for the formula of every step.


@cache
def marker(ident):
    exercise = load(ident)
    sheet = Marker(exercise).sheet
    steps = [step for step in sheet.working.steps if not step.after and "|" not in step.target]
    questions = tuple(Question(f"e:{step.target}", step.target, "expression", (step.target,)) for step in steps)
    numbers = tuple(
        Question(f"n:{step.target}", step.target, "number", (step.target,)) for step in steps if sheet.truth.get(step.target)
    )
    return Marker(replace(exercise, questions=(*questions, *numbers)))


@cache
def formulas(ident):
    """The steps that say something: target and formula."""
    steps = {step.target: step for step in marker(ident).sheet.working.steps if not step.after}
    asked = {question.targets[0] for question in marker(ident).questions}
    return tuple((target, step.expr) for target, step in steps.items() if target in asked and list_referred(step.expr))


def verdict(ident, question, text):
    marked = marker(ident).mark(Submission("x", {question: text}))
    return next(answer for answer in marked.answers if answer.question == question)


# Rewriting.


def exp(z):
    return Call("exp", (z,))


def minus(a):
    return a.arg if type(a) is Neg else Neg(a)


def times(*factors):
    return Mul(tuple(factors))


def plus(*terms):
    return Add(tuple(terms))


CALLS = {
    "sigmoid": (
        lambda z: Div(exp(z), plus(ONE, exp(z))),
        lambda z: Div(ONE, plus(ONE, exp(Neg(z)))),
        lambda z: plus(ONE, Neg(Call("sigmoid", (Neg(z),)))),
        lambda z: Pow(plus(ONE, exp(Neg(z))), Neg(ONE)),
        lambda z: times(Div(ONE, TWO), plus(ONE, Call("tanh", (Div(z, TWO),)))),
        lambda z: Div(exp(Div(z, TWO)), plus(exp(Div(z, TWO)), exp(Neg(Div(z, TWO))))),
    ),
    "tanh": (
        lambda z: Div(plus(exp(z), Neg(exp(Neg(z)))), plus(exp(z), exp(Neg(z)))),
        lambda z: plus(times(TWO, Call("sigmoid", (times(TWO, z),))), Neg(ONE)),
        lambda z: plus(ONE, Neg(Div(TWO, plus(exp(times(TWO, z)), ONE)))),
        lambda z: Neg(Call("tanh", (Neg(z),))),
    ),
    "relu": (
        lambda z: Call("max", (ZERO, z)),
        lambda z: Call("max", (z, ZERO)),
        lambda z: Call("if_positive", (z, z, ZERO)),
        lambda z: times(z, Call("if_positive", (z, ONE, ZERO))),
        lambda z: Div(plus(z, Call("abs", (z,))), TWO),
    ),
    "heaviside": (lambda z: Call("if_positive", (z, ONE, ZERO)), lambda z: Call("heaviside", (times(TWO, z),))),
    "log": (lambda z: Neg(Call("log", (Div(ONE, z),))), lambda z: Div(Call("log", (Pow(z, TWO),)), TWO)),
    "exp": (lambda z: Div(ONE, exp(Neg(z))), lambda z: Pow(exp(Div(z, TWO)), TWO)),
    "sqrt": (lambda z: Pow(z, Div(ONE, TWO)), lambda z: Pow(z, Number("0.5"))),
    "abs": (lambda z: Call("max", (z, Neg(z))), lambda z: Call("abs", (Neg(z),))),
    "max": (lambda a, b: plus(b, Call("relu", (plus(a, Neg(b)),))), lambda a, b: Neg(Call("min", (minus(a), minus(b))))),
}
"""Other ways to write a function."""


def _sum(node, pick, leaves):
    args = list(node.args)
    kind = pick.randrange(4)
    if kind == 0:
        pick.shuffle(args)
    elif kind == 1 and len(args) > 2:
        at = pick.randrange(len(args) - 1)
        args[at : at + 2] = [Add(tuple(args[at : at + 2]))]
    elif kind == 2:
        args = [times(Neg(ONE), arg.arg) if type(arg) is Neg else arg for arg in args]
    else:
        return Neg(Add(tuple(minus(arg) for arg in args)))
    return Add(tuple(args))


def _product(node, pick, leaves):
    args = list(node.args)
    kind = pick.randrange(5)
    if kind == 0:
        pick.shuffle(args)
    elif kind == 1 and len(args) > 2:
        at = pick.randrange(len(args) - 1)
        args[at : at + 2] = [Mul(tuple(args[at : at + 2]))]
    elif kind == 2:
        at = next((i for i, arg in enumerate(args) if type(arg) is Add), None)
        if at is not None:
            rest = args[:at] + args[at + 1 :]
            return Add(tuple(Neg(Mul((term.arg, *rest))) if type(term) is Neg else Mul((term, *rest)) for term in args[at].args))
    elif kind == 3:
        twice = next((arg for arg in args if args.count(arg) > 1), None)
        if twice is not None:
            args.remove(twice)
            args[args.index(twice)] = Pow(twice, TWO)
            return args[0] if len(args) == 1 else Mul(tuple(args))
    else:
        flat = [part for arg in args for part in (arg.args if type(arg) is Mul else (arg,))]
        return Mul(tuple(flat))
    return Mul(tuple(args))


def _quotient(node, pick, leaves):
    return pick.choice((
        times(node.num, Pow(node.den, Neg(ONE))), times(Div(ONE, node.den), node.num), Div(times(TWO, node.num), times(TWO, node.den)),
        Neg(Div(minus(node.num), node.den)), Div(ONE, Div(node.den, node.num)) if type(node.num) is Number and node.num.value else node,
    ))  # fmt: skip


def _power(node, pick, leaves):
    if node.exp == TWO:
        return pick.choice((times(node.base, node.base), Pow(minus(node.base), TWO), Div(Pow(node.base, Number("3")), node.base)))
    return node


def _number(node, pick, leaves):
    value = Fraction(node.value)
    if value < 0 or value.denominator > 10**6 or value.numerator > 10**6:
        return node
    choices = [Div(Number(str(k * value.numerator)), Number(str(k * value.denominator))) for k in (1, 2)]
    if value.denominator == 1:
        choices += [Number(f"{value}.0"), plus(Number(str(value + 1)), Neg(ONE)), Number(f"{value}e0") if value else node]
    return pick.choice(choices)


def _anything(node, pick, leaves):
    other = Name(pick.choice(leaves))
    return pick.choice((
        times(ONE, node), plus(node, ZERO), Neg(Neg(node)), Neg(times(Neg(ONE), node)), Div(times(TWO, node), TWO),
        plus(node, other, Neg(other)),
        times(Number("0.5"), plus(node, node)), Div(node, ONE), Pow(node, ONE), plus(times(TWO, node), Neg(node)),
    ))  # fmt: skip


RULES = {Add: _sum, Mul: _product, Div: _quotient, Pow: _power, Number: _number}


def rewritten(expr, pick, leaves, share):
    """A formula of the same value."""
    parts = children(expr)
    if parts:
        frozen = type(expr) is Pow and type(expr.exp) is Number
        expr = rebuild(expr, tuple(part if frozen and place else rewritten(part, pick, leaves, share) for place, part in enumerate(parts)))
    if pick.random() < share:
        if type(expr) is Call and expr.func in CALLS and (expr.func != "max" or len(expr.args) == 2):
            return pick.choice(CALLS[expr.func])(*expr.args)
        if type(expr) in RULES and pick.random() < 0.9:
            return RULES[type(expr)](expr, pick, leaves)
        if pick.random() < 0.3 and type(expr) is not Number:
            return _anything(expr, pick, leaves)
    return expr


def substituted(expr, pick, table, share):
    """A formula with some quantities and derivatives replaced by what their steps say."""
    if type(expr) is Name or type(expr) is Partial:
        name = expr.name if type(expr) is Name else f"d{expr.of}/d{expr.wrt}"
        if name in table and pick.random() < share:
            return substituted(table[name], pick, table, share)
        return expr
    parts = children(expr)
    return rebuild(expr, tuple(substituted(part, pick, table, share) for part in parts)) if parts else expr


# Typing.


def typed(expr, pick, ident):
    """A formula as somebody types it."""
    kind = pick.randrange(4)
    if kind == 0:
        return maths.latex(expr, Notation())
    if kind == 1:
        return maths.text(expr, Notation())
    text = write_plain(expr)
    if kind == 2:
        text = text.replace("*", pick.choice(("*", " * ", "·", " × ", "⋅"))).replace("^", pick.choice(("^", "**")))
        if "/" not in text:
            text = text.replace(")*(", ")(")
            text = re.sub(r"(?<![\w.])(\d+)\*(?=[a-z(])", r"\1 ", text)
        text = text.replace("-", pick.choice(("-", "−")))
        text = re.sub(r"\bexp\(", lambda match: pick.choice(("exp(", "e^(")), text) if "^" not in text and "**" not in text else text
    target = pick.random()
    return text if target < 0.6 else f"  {text} " if target < 0.8 else f"${text}$"


@st.composite
def right(draw, ident):
    """A target, a right formula for it, and a random number generator."""
    pick = draw(st.randoms(use_true_random=False))
    target, expr = draw(st.sampled_from(formulas(ident)))
    sheet = marker(ident).sheet
    share = draw(st.sampled_from((0, 0, 0.3, 0.7, 1.0)))
    table = {name: step for name, step in formulas(ident) if name != target}
    expr = substituted(expr, pick, table, share)
    leaves = [name for name in sheet.points.world.leaves if name in list_referred(expr)] or list(sheet.points.world.leaves)
    for _ in range(draw(st.integers(1, 3))):
        if len(write_plain(expr)) < MOST:
            expr = rewritten(expr, pick, leaves, draw(st.sampled_from((0.2, 0.5, 0.8))))
    assume(len(write_plain(expr)) < 6 * MOST)
    return target, expr, pick


def is_over_a_limit(text, answer):
    """Whether a formula was refused for its size, and rightly: rewriting may make more signs of one than an answer may have."""
    signs = len(re.findall(r"\\?[A-Za-z]+|\d+|[^A-Za-z\d\s]", text))
    return answer.verdict == "unreadable" and (len(text) > MAX_LENGTH or signs > MAX_ANSWER_TOKENS)


@pytest.mark.parametrize("ident", some_now(EXERCISES, 9))
@given(data=st.data())
@settings(max_examples=30)
def test_a_right_formula_is_right_however_it_is_written(ident, data):
    target, expr, pick = data.draw(right(ident))
    text = typed(expr, pick, ident)
    answer = verdict(ident, f"e:{target}", text)
    assume(not is_over_a_limit(text, answer))
    assert answer.verdict == "correct", (target, text, answer.verdict, answer.tag, answer.message, answer.refutation)


@pytest.mark.parametrize("ident", some_now(EXERCISES, 9))
@given(data=st.data())
@settings(max_examples=20)
def test_a_wrong_formula_is_never_right(ident, data):
    target, expr, pick = data.draw(right(ident))
    sheet = marker(ident).sheet
    by = data.draw(st.sampled_from(("1.000001", "0.999999", "1.001", "-1", "2", "0.5")))
    spoilt = data.draw(st.sampled_from(("whole", "part", "added")))
    bent = times(Number(by) if by[0] != "-" else Neg(ONE), expr)
    if spoilt == "part":
        bent = in_one_place(expr, pick, lambda node: times(Number(by) if by[0] != "-" else Neg(ONE), node))
    elif spoilt == "added":
        bent = plus(expr, times(Number("0.000001"), Name(sheet.points.world.leaves[0])))
    points = sheet.points
    env = points.columns.fill((*list_referred(bent), target))
    with np.errstate(all="ignore"):
        mine = np.broadcast_to(np.asarray(evaluate_at_points(bent, env), dtype=float), len(points.near))
        theirs = np.broadcast_to(np.asarray(env[target], dtype=float), len(points.near))
        apart = np.abs(mine - theirs) > 1e-8 * (np.abs(mine) + np.abs(theirs))
    assume(np.any(apart & np.isfinite(mine) & np.isfinite(theirs)))
    text = typed(bent, pick, ident)
    answer = verdict(ident, f"e:{target}", text)
    assert answer.verdict not in ("correct", "follow-through"), (target, text, answer.verdict)


def in_one_place(expr, pick, change):
    """A formula with one part changed."""
    parts = children(expr)
    if not parts or pick.random() < 0.2 or (type(expr) is Pow and type(expr.exp) is Number):
        return change(expr)
    at = pick.randrange(len(parts))
    return rebuild(expr, tuple(in_one_place(part, pick, change) if place == at else part for place, part in enumerate(parts)))


# Numbers.

NUMBERS = tuple(ident for ident in EXERCISES if load(ident).values)


def decimal(value, digits, cut):
    """A value with so many significant digits, rounded or cut off, as mantissa and power of ten."""
    number = Fraction(int(CONTEXT.floor(as_real(value) * CONTEXT.mpf(10) ** 60)), 10**60) if type(value) is not Fraction else value
    size = abs(number)
    power = 0
    while size >= 10:
        size, power = size / 10, power + 1
    while size < 1:
        size, power = size * 10, power - 1
    scaled = size * 10 ** (digits - 1)
    whole = int(scaled) if cut else int(scaled + Fraction(1, 2))
    if len(str(whole)) > digits:
        whole, power = whole // 10, power + 1
    text = str(whole)
    return ("-" if number < 0 else "") + text[0] + ("." + text[1:] if len(text) > 1 else ""), power


def shifted(mantissa, power):
    """A mantissa and a power of ten as a plain decimal."""
    sign, digits = ("-", mantissa[1:]) if mantissa[0] == "-" else ("", mantissa)
    digits = digits.replace(".", "")
    if power < 0:
        return f"{sign}0.{'0' * (-power - 1)}{digits}"
    digits = digits.ljust(power + 1, "0")
    return f"{sign}{digits[: power + 1]}" + (f".{digits[power + 1 :]}" if digits[power + 1 :] else "")


@st.composite
def numbers(draw):
    ident = draw(st.sampled_from(NUMBERS))
    sheet = marker(ident).sheet
    question = draw(st.sampled_from([question for question in sheet.questions if question.kind == "number"]))
    value = sheet.truth[question.targets[0]]
    assume(abs(as_real(value)) > CONTEXT.mpf(10) ** -20)
    return ident, question, value


WAYS = ("{m}e{p}", "{m}E{p}", "{m}×10^{p}", "{m}*10^({p})", "{m}·10^{{{p}}}", "{m} \\cdot 10^{{{p}}}", "{m}*10**{p}")


@given(numbers(), st.integers(0, 12), st.booleans(), st.sampled_from((*WAYS, "plain", "plain", "cut zeros")), st.booleans())
@settings(max_examples=300)
def test_a_right_number_is_right_however_it_is_written(asked, more, cut, way, named):
    ident, question, value = asked
    mantissa, power = decimal(value, question.tolerance.digits + more, cut)
    text = shifted(mantissa, power) if way in ("plain", "cut zeros") else way.format(m=mantissa, p=power)
    assume("." in text or way not in ("plain", "cut zeros") or power < question.tolerance.digits + more)
    if way == "cut zeros" and text.startswith("0."):
        text = text[1:]
    answer = verdict(ident, question.id, f"{question.targets[0]} = {text}" if named else text.replace("-", "−"))
    assert answer.verdict == "correct", (question.id, text, answer.verdict, answer.tag, answer.message)


FRACTIONS = ("{n}/{d}", "-(-{n}/{d})", "\\frac{{{n}}}{{{d}}}", "{n}*{d}^-1", "2*{n}/(2*{d})", "({n}+{d})/{d} - 1", "{n}÷{d}")


@given(numbers(), st.sampled_from(FRACTIONS))
def test_a_right_fraction_is_right(asked, way):
    ident, question, value = asked
    assume(type(value) is Fraction and max(abs(value.numerator), value.denominator) < 10**12)
    over = value.numerator if value > 0 else f"({value.numerator})"
    text = way.format(n=over, d=value.denominator).replace("{(", "{").replace(")}", "}")
    answer = verdict(ident, question.id, text)
    assert answer.verdict == "correct", (question.id, text, answer.verdict, answer.tag, answer.message)


@pytest.mark.slow
@given(numbers(), st.floats(0.02, 5), st.sampled_from((-1, 1)), st.integers(3, 12))
@settings(max_examples=200)
def test_a_wrong_number_is_never_right(asked, far, side, digits):
    ident, question, value = asked
    wrong = as_real(value) * (1 + side * far)
    assume(abs(wrong) > 0)
    mantissa, power = decimal(wrong, digits, False)
    text = shifted(mantissa, power)
    answer = verdict(ident, question.id, text)
    assert answer.verdict not in ("correct", "follow-through"), (question.id, text, str(value), answer.verdict)
