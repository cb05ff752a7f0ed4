"""A page's figures as a plain list, ``name = figure`` a line each, read for an exercise: so that an audit takes minutes.

Names are those of claims (docs/claims.md): ``dL/dw5 = 0.082``, ``w5 after 1 = 0.358``, ``S = [[0.29, 0.6], [0.77, 0.88]]``, an array on
several lines, too, as NumPy prints it.  What stands behind ``#`` is a comment.  No line is dropped: what cannot be read is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tutor.answer.read.number_forms import has_decimal_commas
from tutor.errors import ExerciseError, Told, TutorError, hint_near, tell
from tutor.exercise.claims import read_claim, read_update_claim
from tutor.exercise.conventions import read_commas
from tutor.exercise.model import Claim, Exercise
from tutor.expression.caret import refusal
from tutor.text import make_visible

MOST_LINES, LONGEST = 5_000, 20_000
_COMMENT = re.compile(r"(?:^|\s)#.*")
_SIGN = re.compile(r"(?<![<>=!:])[=≈](?!=)|:(?!=)|\\approx\b")
_ENTRY = re.compile(r"(?P<front>(?:\w+/d)?)(?P<name>[A-Za-z]\w*)\[(?P<places>\s*\d+\s*(?:,\s*\d+\s*)*)\]")
_BLANKS = re.compile(r"(?<=[\d.\]])\s+(?=[-+−]?[\d.]|\[)")


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A line of the list: its number, counted from 1, and the claim that it makes."""

    number: int
    claim: Claim


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line that could not be read, or not recomputed: its number, its text, and the reason, with a caret where one place is at fault."""

    number: int
    text: str
    reason: Told | str


def read_figure_list(text: str, exercise: Exercise) -> tuple[tuple[FigureLine, ...], tuple[UnreadLine, ...]]:
    """The claims of a list of figures, and the lines that could not be read.

    Raises `ExerciseError` for a list over the limits, and for one without a line.

    >>> from tutor.exercise.load import load
    >>> found, unread = read_figure_list("w5 after 1 = 0.358  # the slide\\nnonsense\\n", load("neuron/two-two-two"))
    >>> [(line.number, line.claim.text, line.claim.printed) for line in found], [line.number for line in unread]
    ([(1, 'w5 after 1', '0.358')], [2])
    """
    if len(text) > MOST_LINES * 200 or text.count("\n") > MOST_LINES:
        raise ExerciseError(tell("a list of more than {count:,} lines", count=MOST_LINES), hint=tell("give it in parts"))
    joined = list(_join_lines(text))
    if not joined:
        raise ExerciseError(tell("there is no figure in this list"), hint=tell("write a line for each: dL/dw5 = 0.082"))
    comma = has_decimal_commas([line.partition("=")[2] for _, line in joined])
    found: list[FigureLine] = []
    unread: list[UnreadLine] = []
    for number, line in joined:
        try:
            found.append(FigureLine(number, _read_line(read_commas(line) if comma else line, exercise)))
        except TutorError as error:
            unread.append(UnreadLine(number, line, describe_fault(error, line)))
    return tuple(found), tuple(unread)


def describe_fault(error: TutorError, line: str) -> Told:
    """What is wrong with a line: the message, with the line and a caret under the figure where it has no place of its own."""
    if error.spot:
        return error.said
    sign = _SIGN.search(line)
    spot = refusal(line, "", _skip_blanks(line, sign.end()) if sign else 0).spot
    return type(error)(error.what, spot=spot, hint=error.hint).said


def _skip_blanks(line: str, at: int) -> int:
    return at + len(line[at:]) - len(line[at:].lstrip())


def _join_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines without comments and blank ones, an array that goes on over several joined to one, each with the number of its first."""
    begun, first = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", raw).rstrip()
        if not line.strip() and not begun:
            continue
        if begun and _SIGN.search(line) and "[" not in line.partition("=")[0]:  # a bracket was left open: this line stands for itself
            yield first, begun
            begun = ""
        first = first if begun else number
        begun = f"{begun} {line.strip()}" if begun else line.strip()
        if begun.count("[") <= begun.count("]"):
            yield first, begun
            begun = ""
    if begun:
        yield first, begun


def _read_line(line: str, exercise: Exercise) -> Claim:
    if len(line) > LONGEST:
        raise ExerciseError(tell("a line of more than {count:,} characters", count=LONGEST))
    sign = _SIGN.search(line)
    if sign is None:
        raise refusal(line, tell("there is no = in this line"), len(line), tell("write name = figure, such as dL/dw5 = 0.082"))
    name, figure = line[: sign.start()].strip(), line[sign.end() :].strip()
    if not name or not figure:
        what = tell("a name is missing") if not name else tell("the figure is missing")
        raise refusal(line, what, sign.start() if not name else len(line), tell("write name = figure, such as dL/dw5 = 0.082"))
    if figure.startswith("["):
        figure = _BLANKS.sub(", ", figure)
    elif exercise.repetition is not None:
        figure = exercise.repetition.spell_out(figure)
    name = _name_entry(exercise.repetition.spell_out(name) if exercise.repetition is not None else name, exercise)
    if name.startswith("update "):
        return read_update_claim({"claim": name, "printed": figure}, exercise.plan, exercise.notation)
    entry = {"claim": name, "printed": figure, "erratum": ""}  # a formula whose shapes do not fit is a wrong one, not one that is unread
    claim = read_claim(entry, exercise.graph, exercise.network, exercise.notation, exercise.layers, exercise.plan)
    if claim.unknown and not claim.layers:
        known = exercise.graph.names if exercise.graph is not None else ()
        hint = hint_near(name, known) or tell("names are those of the exercise; tutor solve shows them")
        raise refusal(line, claim.unknown if isinstance(claim.unknown, Told) else make_visible(claim.unknown), 0, hint)
    return _drop_erratum(claim)


def _name_entry(name: str, exercise: Exercise) -> str:
    """The name of an entry that is written with brackets, ``dL/dg[1]`` as ``dL/dg_1``; any other as it is."""
    match = _ENTRY.fullmatch(name)
    if match is None or exercise.layers is None:
        return name
    places = match["places"].replace(" ", "").split(",")
    axes = len(exercise.layers.shapes.get(match["name"], ()))
    return match["front"] + "_".join((match["name"], *places)) if axes == len(places) else name


def _drop_erratum(claim: Claim) -> Claim:
    return replace(claim, erratum=None, parts=tuple(map(_drop_erratum, claim.parts)))
