"""A function of one variable as a sum of translated and scaled ReLUs: how near it comes, and its chart."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from tutor.errors import TutorError, ValueProblem
from tutor.exercise.catalogue import is_exercise_name
from tutor.explain.chart import Axis, Chart, Mark, Point, Series, Words
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.expression.nodes import Add, Call, Expr, Mul, Name, Neg
from tutor.expression.parse import parse
from tutor.expression.walk import names
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.numbers.arithmetic import Value, add, as_real, divide, multiply, signum, subtract
from tutor.numbers.printed import as_printed
from tutor.numbers.run import compute
from tutor.render.maths import Printer
from tutor.results.curves import SAMPLES, number, space_evenly, split_phrase
from tutor.rules.functions import FUNCTIONS, check_calls
from tutor.text import make_visible

MAX_PIECES, FORMULA_TERMS = 200, 12
PER_PIECE = 40


@dataclass(frozen=True, slots=True)
class ReluFit:
    """c + Σ s·ReLU(x − t): ``terms`` are the pairs (s, t), ``end`` is where the interval ends.

    ``error`` is the largest distance from the function among the places that were compared, ``worst`` where it is.
    """

    variable: str
    constant: Value
    terms: tuple[tuple[Value, Fraction], ...]
    end: Fraction
    error: Value
    worst: Fraction

    def __call__(self, x: Value) -> Value:
        """The value of the sum."""
        total = self.constant
        for scale, kink in self.terms:
            if signum(subtract(x, kink)) > 0:
                total = add(total, multiply(scale, subtract(x, kink)))
        return total

    def formula(self, digits: int = 3) -> Expr:
        """The sum as it is written, with rounded numbers."""
        x = Name(self.variable)
        terms: list[Expr] = []
        for scale, kink in self.terms:
            if scale == 0:
                continue
            inside: Expr = x if kink == 0 else Add((x, Neg(as_printed(abs(kink), digits)) if kink > 0 else as_printed(-kink, digits)))
            size = as_printed(abs(as_real(scale)), digits)
            product: Expr = Call("relu", (inside,)) if abs(scale) == 1 else Mul((size, Call("relu", (inside,))))
            terms.append(Neg(product) if scale < 0 else product)
        if self.constant != 0 or not terms:
            rounded = as_printed(self.constant if isinstance(self.constant, Fraction) else abs(self.constant), digits)
            terms.insert(0, rounded if isinstance(self.constant, Fraction) or self.constant > 0 else Neg(rounded))
        return terms[0] if len(terms) == 1 else Add(tuple(terms))


def read_one_variable(text: str) -> tuple[Expr, str]:
    """A function as it is written, and the name of its variable.

    Raises `TutorError` for a formula of several variables, or of none.
    """
    if is_exercise_name(text) and not text.isalpha():
        hint = 'write it, such as tutor plot relus "sin(x)"; tutor plot loss draws an exercise'
        raise TutorError(f"{make_visible(text)} is an exercise, not a function of one variable", hint=hint)
    expr = parse(text, functions=FUNCTIONS)
    check_calls(expr)
    found = list(dict.fromkeys(names(expr)))
    if len(found) > 1:
        raise ValueProblem(f"{make_visible(text)} has {len(found)} variables: {', '.join(found[:5])}",
                           hint="write a function of one: sin(x)")  # fmt: skip
    return expr, found[0] if found else "x"


def relu_fit(expr: Expr, variable: str, low: Fraction, high: Fraction, pieces: int) -> ReluFit:
    """The function that equals ``expr`` at ``pieces`` + 1 places, evenly apart, and is straight between them.

    c = f(t₀), s₀ = the slope of the first piece, each further s = how much steeper the next piece is than the one before.
    Source: neuron, "Any real function in an interval (a,b) can be approximated with a linear combination of translated
    and scaled ReLU functions".  Raises `ValueProblem` where the function does not exist.
    """
    if not 1 <= pieces <= MAX_PIECES:
        raise ValueProblem(f"{pieces} pieces", where="--pieces", hint=f"1 to {MAX_PIECES}")

    def evaluate_at(x: Fraction) -> Value:
        try:
            return compute(expr, {variable: x})
        except ValueProblem as error:
            raise error.put_at(f"at {variable} = {float(x):g}") from None

    kinks = space_evenly(low, high, pieces + 1)
    heights = [evaluate_at(kink) for kink in kinks]
    slopes = [divide(subtract(b, a), high / pieces - low / pieces) for a, b in pairwise(heights)]
    scales = [slopes[0], *(subtract(after, before) for before, after in pairwise(slopes))]
    fit = ReluFit(variable, heights[0], tuple(zip(scales, kinks, strict=False)), high, Fraction(0), low)
    error, worst = max(
        (
            (abs(as_real(subtract(evaluate_at(x), fit(x)))), -x)
            for x in space_evenly(low, high, pieces * min(PER_PIECE, 2000 // pieces) + 1)
        ),
    )
    return ReluFit(variable, heights[0], fit.terms, high, error, -worst)


def relu_chart(expr: Expr, fit: ReluFit, notation: Notation, words: Wording = ENGLISH) -> Chart:
    """In ``words``: the function, the sum of ReLUs, each of them alone (thin), and a dot at each kink."""
    low, high = fit.terms[0][1], fit.end
    x = Name(fit.variable)
    printer, phrases = Printer(notation), words.charts

    def say_variable(of: Expr) -> Symbol:
        return Symbol(printer.latex(of), printer.text(of))

    def point(at: Fraction, value: Value) -> Point | None:
        height = number(value)
        return None if height is None else (float(at), height)

    curve = [point(at, compute(expr, {fit.variable: at})) for at in space_evenly(low, high, SAMPLES + 1)]
    kinks = [*(kink for _, kink in fit.terms), high]
    straight = [point(at, fit(at)) for at in kinks]
    parts = []
    for place, (scale, kink) in enumerate(fit.terms):
        single = (point(low, Fraction(0)), point(kink, Fraction(0)), point(high, multiply(scale, subtract(high, kink))))
        parts.append(Series((phrases.EACH_RELU,) if place == 0 else (), single[1:] if kink == low else single, "thin"))
    dots = [Mark(at, label=() if place else (phrases.EQUAL,)) for place, at in enumerate(straight) if at]
    pieces = len(fit.terms)
    notes: list[Words] = []
    if pieces <= FORMULA_TERMS:
        sum_is = phrases.grammar.choose(phrases.SUM_IS, pieces)
        notes.append(split_phrase(sum_is, {"count": (str(pieces),), "formula": (say_variable(fit.formula()),)}))
    else:
        notes.append((phrases.SUM_LONG.format(count=pieces),))
    if fit.error == 0:
        notes.append((phrases.EXACT,))
    else:
        places: dict[str, Words] = {
            "error": (say_variable(as_printed(fit.error, 3)),), "variable": (fit.variable,),
            "worst": (say_variable(as_printed(fit.worst, 3)),),
        }  # fmt: skip
        notes.append(split_phrase(phrases.ERROR, places))
    return Chart(
        (phrases.BUILT,), Axis((say_variable(x),)), Axis(()),
        (*parts, Series((say_variable(expr),), tuple(curve), "solid"), Series((phrases.SUM,), tuple(straight), "dashed")),
        tuple(dots), notes=tuple(notes), words=words.drawn,
    )  # fmt: skip
