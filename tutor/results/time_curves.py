"""A gradient over time as a chart: the norm of ∂L/∂h_t against t, of each quantity that is handed on from time to time."""

from __future__ import annotations

from tutor.errors import GraphError, ValueProblem
from tutor.explain.chart import Axis, Chart, Point, Series
from tutor.explain.recursion_section import keep_block, print_growth
from tutor.explain.written_maths import set_maths, set_title, write_words
from tutor.expression.keys import derivative_key
from tutor.graph.repetition import Moved
from tutor.notation.symbol import Symbol
from tutor.numbers.growth import describe_growth, find_norm
from tutor.render.maths import text
from tutor.results.curves import LINES, MAX_CURVES, split_phrase
from tutor.results.solution import Solution
from tutor.solving.work_recursion import note_truncation

STEEP = 50.0
"""From this factor between the largest and the smallest norm on, the axis has powers of ten."""


def draw_norms(solution: Solution) -> Chart:
    """The chart of a solution with repeated steps and values, solved as a recursion.

    Raises `GraphError` where nothing is handed on over time, and `ValueProblem` without values.

    >>> from tutor.exercise.load import load
    >>> from tutor.results.solution import solve
    >>> chart = draw_norms(solve("sequences/bptt-weights", recursion=True))
    >>> [point[0] for point in chart.series[0].points]
    [1.0, 2.0, 3.0, 4.0]
    """
    worked, words, notation = solution.worked, solution.words, solution.notation
    recursion, repetition = worked.recursion, worked.request.exercise.repetition
    if recursion is None or repetition is None or not recursion.list_states():
        raise GraphError(f"{solution.name} hands nothing on from time to time", hint="steps over time are [[repeat]]: docs/repetition.md")
    if worked.numbers is None:
        raise ValueProblem("a chart of norms needs numbers", hint='write to = 3 and give every input a value under [values], not to = "T"')
    times, graph = repetition.list_times(worked.request.graph), worked.request.graph
    computed = {step.target for step in graph.steps}
    series, notes = [], []
    for line, state in zip(LINES, recursion.list_states()[:MAX_CURVES], strict=False):
        found = sorted(
            (timed.time, find_norm(worked.numbers[derivative_key(graph.loss, name)]))
            for name, timed in times.items() if timed.spell(Moved(recursion.index)) == state and name in computed
        )  # fmt: skip
        size = f"‖{notation.partial(graph.loss, state).text}‖"
        series.append((size, found, line))
        said = keep_block(found, recursion)
        growth = describe_growth([norm for _, norm in reversed(said)])
        if growth is not None:
            told = {"size": size, "index": recursion.index, "last": str(said[-1][0]), "first": str(said[0][0])}
            numbers = {key: text(number, notation) for key, number in print_growth(growth).items()}
            places = {key: (said,) for key, said in (told | numbers).items()}
            phrase = words.pages.GROWTH[growth.kind]
            notes.append(split_phrase(words.pages.grammar.capital(phrase), places))
    for remark in note_truncation(worked.request):
        notes.append((write_words(set_maths(words.pages.remark(remark), notation), notation),))
    positive = [norm for _, found, _ in series for _, norm in found if norm > 0]
    log = bool(positive) and max(positive) > STEEP * min(positive)
    curves = []
    for size, found, line in series:
        points: list[Point | None] = [(float(time), norm) if norm > 0 or not log else None for time, norm in found]
        curves.append(Series((size,), tuple(points), line))
    title = set_title(solution.exercise.say(solution.exercise.title, words.language), notation)[0]
    across, upward = Axis((Symbol(recursion.index, recursion.index),), whole=True), Axis((words.charts.NORM,), log)
    return Chart((title,), across, upward, tuple(curves), notes=tuple(notes), words=words.drawn)
