"""Numbers → charts: the loss of a training, a path over contours, activation functions, and a function built from ReLUs."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from tutor.errors import TutorError, ValueProblem
from tutor.explain.chart import Axis, Chart, Contours, Line, Mark, Point, Series, Words
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.expression.elsewhere import function_hint
from tutor.expression.nodes import Call, Expr, Name, Number
from tutor.expression.walk import substitute
from tutor.graph.network import activation
from tutor.graph.nouns import Graph
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.numbers.arithmetic import CONTEXT, Value, as_real
from tutor.numbers.data_set import Samples
from tutor.numbers.run import compute, read_value, run
from tutor.numbers.slices import slice_dependent
from tutor.render.maths import Printer
from tutor.rules.functions import FUNCTIONS, OUT, Function, function, partials_of, value_of
from tutor.text import make_visible

LINES: tuple[Line, ...] = ("solid", "dashed", "dotted", "dashdot")
MAX_CURVES = len(LINES)
SAMPLES = 320
POLE = 10.0
"""Up to what height a function is drawn that has a pole."""

DIGITS, BESIDE = 25, Fraction(1, 10**15)
"""Digits of what is only drawn, and how far beside a kink a one-sided limit is read."""

GRID, WORK, LEVELS = 41, 120_000, 10
"""Grid points a side; steps to run for the whole grid, from where on it is made coarser; contour lines."""


@dataclass(frozen=True, slots=True)
class LossRun:
    """One training as a curve: what it is called, the loss after each number of updates, and why it ended early."""

    label: Words
    losses: tuple[tuple[int, Value], ...]
    stopped: str = ""


def number(value: Value) -> float | None:
    """A value as a float; nothing where it is too large for one.

    >>> number(Fraction(1, 4))
    0.25
    """
    try:
        found = float(as_real(value))
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


# --------------------------------------------------------------------------------------------------------- loss, by update


def loss_curve(
    title: str, loss: str, runs: Sequence[LossRun], notation: Notation, *, log: bool = False, words: Wording = ENGLISH
) -> Chart:
    """The loss against the number of updates, one curve a run, in ``words``.

    Raises `ValueProblem` for too many curves, and for a loss that is nowhere positive on an axis of powers of ten.
    """
    if len(runs) > MAX_CURVES:
        raise ValueProblem(f"{len(runs)} curves in one chart", hint=f"up to {MAX_CURVES} can be told apart")
    series, notes, said = [], [], words.charts
    for line, of in zip(LINES, runs, strict=False):
        points: list[Point | None] = []
        for step, value in of.losses:
            height = number(value)
            points.append(None if height is None or (log and height <= 0) else (float(step), height))
        series.append(Series(of.label, tuple(points), line))
        if of.stopped:
            phrase = said.STOPPED_RUN if of.label else said.STOPPED
            notes.append(split_phrase(phrase, {"run": of.label, "stopped": (of.stopped,)}))
    if log and not any(point for one in series for point in one.points):
        raise ValueProblem("the loss is never positive, so it has no place on an axis of powers of ten",
                           hint="leave out --log")  # fmt: skip
    if log and any(number(value) == 0 for of in runs for _, value in of.losses):
        notes.append((said.NO_ZERO,))
    upward = Axis(split_phrase(said.LOSS, {"loss": (notation.symbol(loss),)}), log)
    return Chart((title,), Axis((said.UPDATES,), whole=True), upward, tuple(series), notes=tuple(notes), words=words.drawn)


def split_phrase(phrase: str, places: Mapping[str, Words]) -> Words:
    """A phrase with symbols in its places."""
    found: list[str | Symbol] = []
    for part in re.split(r"(\{[a-z_]+\})", phrase):
        found += places[part[1:-1]] if part.startswith("{") else [part] if part else []
    return tuple(found)


# -------------------------------------------------------------------------------------------------- a path over contours


def path(
    title: str, graph: Graph, values: Mapping[str, Value], pair: tuple[str, str], way: Sequence[tuple[Value, Value]],
    notation: Notation, *, updates: int | None = None, samples: Samples | None = None, at_right_angles: bool = False,
    stopped: str = "", words: Wording = ENGLISH,
) -> Chart:  # fmt: skip
    """The way of two parameters through a training, over the contour lines of the loss.

    ``values`` has every leaf; all but the two keep their value, in the training too, so that the way lies on the very
    surface whose lines are drawn.  Both axes have the same scale: a step of plain gradient descent (``at_right_angles``)
    then leaves its line at a right angle.
    """
    points = [(u, v) for a, b in way if (u := number(a)) is not None and (v := number(b)) is not None]
    contours = contour_grid(graph, values, pair, _square(points), notation, samples)
    x, y = (notation.symbol(name) for name in pair)
    notes: list[Words] = []
    said = words.charts
    others = [quantity.name for quantity in graph.parameters if quantity.name not in pair]
    if others:
        places: dict[str, Words] = {"x": (x,), "y": (y,), "others": _list_words(others[:6], notation), "count": (str(len(others) - 6),)}
        notes.append(split_phrase(said.TRAINED_MORE if len(others) > 6 else said.TRAINED, places))
    if at_right_angles:
        notes.append((said.EQUAL_SCALES,))
    if stopped:
        notes.append((said.STOPPED.format(stopped=stopped),))
    updates = len(points) - 1 if updates is None else updates
    marks = [Mark(points[0], "start", (said.START,))]
    if len(points) > 1:
        marks.append(Mark(points[-1], "end", (said.grammar.count(said.AFTER, updates),)))
    way_series = Series((), tuple(points), "path")
    return Chart((title,), Axis((x,)), Axis((y,)), (way_series,), tuple(marks), contours, tuple(notes), same_scale=True, words=words.drawn)


def contour_grid(
    graph: Graph, values: Mapping[str, Value], pair: tuple[str, str], spans: tuple[Point, Point], notation: Notation,
    samples: Samples | None = None,
) -> Contours:  # fmt: skip
    """The loss on a grid of two parameters, of a whole data set where there is one.

    Only the steps that depend on the two are run again.
    """
    each: list[dict[str, Value]] = [samples.sample(place) for place in range(len(samples))] if samples else [{}]
    share = len(each) if samples and samples.reduce == "mean" else 1
    moving = {step.target for name in pair for step in slice_dependent(graph, name).steps}
    steps = [step for step in graph.steps if step.target in moving]
    side = max(min(GRID, math.isqrt(WORK // (max(len(steps), 1) * len(each)))), 9)
    xs, ys = (space_evenly(Fraction(low), Fraction(high), side) for low, high in spans)
    rows: list[tuple[float | None, ...]] = []
    with CONTEXT.workdps(DIGITS):
        still = [step for step in graph.steps if step.target not in moving]
        bases = [run(still, _reals({**values, **sample})) for sample in each]
        for y in ys:
            row: list[float | None] = []
            for x in xs:
                try:
                    at = {pair[0]: as_real(x), pair[1]: as_real(y)}
                    row.append(number(sum(as_real(run(steps, {**base, **at})[graph.loss]) for base in bases) / share))
                except ValueProblem:
                    row.append(None)
            rows.append(tuple(row))
    label = (notation.symbol(graph.loss),)
    return Contours(tuple(map(float, xs)), tuple(map(float, ys)), tuple(rows), _levels(rows), label)


def _reals(values: Mapping[str, Value]) -> dict[str, Value]:
    """Fractions grow from step to step; where only a picture is made, reals will do."""
    return {name: as_real(value) for name, value in values.items()}


def _levels(rows: Sequence[Sequence[float | None]]) -> tuple[float, ...]:
    """Heights that are closer to each other near the lowest point, so that the lines of a bowl are evenly apart."""
    found = [value for row in rows for value in row if value is not None]
    if not found or min(found) == max(found):
        return ()
    low, high = min(found), max(found)
    return tuple(low + (high - low) * (k / (LEVELS + 1)) ** 2 for k in range(1, LEVELS + 1))


def _square(points: Sequence[Point]) -> tuple[Point, Point]:
    """A window round a path, as wide as it is high."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    side = max(max(xs) - min(xs), max(ys) - min(ys)) * 1.5
    size = max(abs(number) for number in (*xs, *ys))
    if side <= size * 1e-9:
        side = max(size, 1.0)
    spans = []
    for found in (xs, ys):
        middle = (max(found) + min(found)) / 2
        spans.append((middle - side / 2, middle + side / 2))
    return spans[0], spans[1]


def _list_words(found: Sequence[str], notation: Notation) -> Words:
    words: list[str | Symbol] = []
    for place, name in enumerate(found):
        words += [", " if place else "", notation.symbol(name)]
    return tuple(words)


# ------------------------------------------------------------------------------------------------------------- activations


def activations(
    texts: Sequence[str], notation: Notation, low: str | None = None, high: str | None = None, words: Wording = ENGLISH
) -> list[Chart]:
    """A chart for each function with its derivative: ``sigmoid``, ``leaky_relu(0.1)``.

    Where the derivative jumps there is a gap, with an open dot at each one-sided limit, and a filled one where a
    convention gives it a value.  Raises `TutorError` for a function that does not exist, with near misses.
    """
    if len(texts) > 9:
        raise ValueProblem(f"{len(texts)} functions in one picture", hint="up to 9 have room")
    return [_activation(text, notation, low, high, words) for text in dict.fromkeys(texts)]


def _activation(text: str, notation: Notation, low: str | None, high: str | None, words: Wording) -> Chart:
    row, given = _row(text)
    default = (-4.0, 4.0) if row.sample == (-3.0, 3.0) else row.sample
    a, b = interval(low or str(default[0]), high or str(default[1]))
    fixed = dict(zip(row.params[1:], (value.value for value in given), strict=True))
    call, slope = Call(row.name, (Name("x"), *given)), partials_of(row)[0]

    def evaluate_at(x: Value) -> tuple[Value, Value] | None:
        try:
            height = compute(call, {"x": x})
            return height, compute(slope, {**fixed, row.params[0]: x, OUT: height})
        except ValueProblem:
            return None

    kinks = [kink for text in row.kinks if a < (kink := Fraction(text)) < b]
    upper: list[Point | None] = []
    lower: list[Point | None] = []
    marks: list[Mark] = []
    with CONTEXT.workdps(DIGITS):
        for place, (start, end) in enumerate(pairwise([a, *kinks, b])):
            inside = [start + BESIDE if place else start, *space_evenly(start, end, SAMPLES)[1:-1]]
            inside.append(end - BESIDE if end in kinks else end)
            if _follow(inside, [evaluate_at(x) for x in inside], upper, lower):
                for curve in (upper, lower):
                    curve[:] = [point if point and abs(point[1]) <= POLE else None for point in curve]
            if end in kinks:
                jumps = _mark_kink(end, evaluate_at(end - BESIDE), evaluate_at(end), evaluate_at(end + BESIDE), row.flat)
                belongs = {mark.at for mark in jumps if mark.dot == "filled"}
                marks += [mark for mark in jumps if mark.dot == "filled" or mark.at not in belongs]
                if jumps:
                    _cut(upper, lower, jumps)
    if not any(upper):
        raise ValueProblem(f"{row.name} has no value between {float(a):g} and {float(b):g}", hint="choose --from and --to")
    told = bool(marks)
    formulas = _formulas(row, given, call, notation)
    name = notation.function(row.name)
    said = words.charts
    title = said.grammar.capital(said.TITLES.get(row.name) or words.rules.FORWARD.get(row.name, row.name))
    if given:
        settings = f"{', '.join(row.params[1:])} = {', '.join(value.text for value in given)}"
        title = said.WITH_SETTINGS.format(title=title, settings=settings)
    conventions = (words.rules.grammar.stop(words.rules.convention(row.convention)),) if told and row.convention else ()
    return Chart(
        (title,),
        Axis((Symbol("x", "x"),)), Axis(()),
        (Series((Symbol(f"{name.latex}(x)", f"{name.text}(x)"),), tuple(upper), "solid"),
         Series((Symbol(f"{name.latex}'(x)", f"{name.text}′(x)"),), tuple(lower), "dashed")),
        tuple(marks), notes=(*formulas, *((sentence,) for sentence in conventions)), words=words.drawn,
    )  # fmt: skip


def _row(text: str) -> tuple[Function, tuple[Number, ...]]:
    """The row of a function of one number, with the numbers of its parameters."""
    known = activation(text)
    if known is not None and not FUNCTIONS[known[0]].layer:
        return function(known[0], 1 + len(known[1])), known[1]
    bare = text.partition("(")[0].strip()
    row = FUNCTIONS.get(bare)
    drawable = [one.name for one in FUNCTIONS.values() if one.partials and len(one.params) <= 2 and "y" not in one.params]
    if row is not None and row.name in drawable and len(row.params) == 2:
        raise TutorError(f"{bare} has a parameter of its own", hint=f'write its number too: "{bare}(0.1)"')
    if row is not None and bare != text.strip() and row.name in drawable:
        raise TutorError(f"a chart of {bare} takes its name alone, not {make_visible(text)}", hint=f"write tutor plot activation {bare}")
    if row is not None:
        raise TutorError(f"{bare} is no function of one number", hint="those are: " + ", ".join(drawable))
    if any(sign in text for sign in "+-*/^"):
        hint = "write its name, such as tanh; tutor plot relus draws a formula of one variable, tutor plot loss an exercise"
        raise TutorError(f"{make_visible(text)} is no activation function", hint=hint)
    raise TutorError(f"there is no function {make_visible(text)}", hint=function_hint(bare, drawable))


def _follow(
    xs: Sequence[Value], found: Sequence[tuple[Value, Value] | None], upper: list[Point | None], lower: list[Point | None]
) -> bool:  # fmt: skip
    """Add a stretch of the function and of its derivative, with gaps where they do not exist or leap over a pole.

    Returns whether there is a pole.
    """
    before: tuple[float, float] | None = None
    pole = False
    for x, pair in zip(xs, found, strict=True):
        height, slope = (number(pair[0]), number(pair[1])) if pair is not None else (None, None)
        if height is None or slope is None:
            upper.append(None)
            lower.append(None)
            before = None
            continue
        if before is not None and before[1] * slope > 0 and (height - before[0]) * slope < 0:
            upper.append(None)
            lower.append(None)
            pole = True
        upper.append((float(x), height))
        lower.append((float(x), slope))
        before = height, slope
    return pole


def _mark_kink(
    x: Fraction, left: tuple[Value, Value] | None, here: tuple[Value, Value] | None, right: tuple[Value, Value] | None,
    flat: bool,
) -> list[Mark]:  # fmt: skip
    """The dots at a place where the function or its derivative jumps; none where both go on."""
    if left is None or here is None or right is None:
        return []
    marks: list[Mark] = []
    for which in (0, 1):
        sides = [round(float(as_real(side[which])), 9) + 0.0 for side in (left, right)]
        own = round(float(as_real(here[which])), 9) + 0.0
        ends = [own] if which == 0 or not flat else []
        if set(sides) == set(ends) or (which == 0 and sides[0] == sides[1] == own):
            continue
        marks += [Mark((float(x), side), "open") for side in dict.fromkeys(sides) if side not in ends]
        marks += [Mark((float(x), end)) for end in ends]
    return marks


def _cut(upper: list[Point | None], lower: list[Point | None], jumps: Sequence[Mark]) -> None:
    """A gap in each curve that ends in one of the dots."""
    for curve in (upper, lower):
        end = curve[-1] if curve else None
        if end and any(abs(mark.at[1] - end[1]) < 1e-9 for mark in jumps):
            curve.append(None)


def _formulas(row: Function, given: tuple[Number, ...], call: Call, notation: Notation) -> tuple[Words, ...]:
    """The definition and the derivative, as the course writes them."""
    printer = Printer(notation)
    params: dict[str, Expr] = dict(zip(row.params, call.args, strict=True))
    value = value_of(row)
    said: list[Words] = []
    name = notation.function(row.name)
    ahead = Symbol(f"{name.latex}(x)", f"{name.text}(x)")
    if value is not None:
        expr = substitute(value, params)
        said.append((ahead, " = ", Symbol(printer.latex(expr), printer.text(expr))))
    slope = substitute(partials_of(row)[0], {**params, OUT: Call(row.name, (Name("x"), *given)) if given else call})
    said.append((Symbol(f"{name.latex}'(x)", f"{name.text}′(x)"), " = ",
                 Symbol(printer.latex(slope), printer.text(slope))))  # fmt: skip
    return tuple(said)


def space_evenly(low: Fraction, high: Fraction, count: int) -> list[Fraction]:
    """``count`` places from ``low`` to ``high``, both ends among them."""
    return [low + (high - low) * place / (count - 1) for place in range(count)]


def interval(low: str, high: str) -> tuple[Fraction, Fraction]:
    """The ends of an interval, as exact numbers in order.

    >>> interval("0", "1/3")
    (Fraction(0, 1), Fraction(1, 3))
    """
    ends = []
    for text, name in ((low, "--from"), (high, "--to")):
        value = read_value(text, name)
        exact = value if isinstance(value, Fraction) else Fraction(str(as_real(value)))
        if abs(exact) > 10**9:
            raise ValueProblem(f"{make_visible(text)} is too far out to draw", where=name, hint="up to 10^9")
        ends.append(exact)
    if ends[0] >= ends[1]:
        raise ValueProblem(f"the interval from {make_visible(low)} to {make_visible(high)} is empty",
                           hint="--from is smaller than --to: --from 0 --to 3")  # fmt: skip
    return ends[0], ends[1]
