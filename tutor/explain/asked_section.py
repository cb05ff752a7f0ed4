"""What is asked, once and in front of a worked solution: derivatives, updated parameters, counts, in the words of a sheet's questions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tutor.explain.asked_quantity import MOST_NAMED
from tutor.explain.document import Block, Inline, Math, Paragraph
from tutor.explain.words.sentence_grammar import split_places
from tutor.explain.words.wording import Wording
from tutor.expression.nodes import Expr, Name, Partial
from tutor.expression.walk import find_partials
from tutor.solving.worked import Worked


def write_asked(worked: Worked, words: Wording) -> list[Block]:
    """The paragraph that says what is asked; nothing where a page only computes forwards.

    With numbers something is to be computed, without them to be given as a formula.
    """
    pages, sheets = words.pages, words.sheets
    some = [_flatten(part, words) for part in _list_asked(worked, words)]
    listed = [piece for part in some if part for piece in (pages.BETWEEN, *part)][1:]
    if not listed:
        return []
    counted = worked.request.exercise.graph is None
    formulas = sheets.ASKS_FORMULAS if sum(isinstance(piece, Math) for piece in listed) > 1 else sheets.ASKS["expression"]
    said = [*split_places(sheets.ASKS["number"] if counted or worked.numbers is not None else formulas, {"asked": listed})]
    if values := _list_values(worked):
        places: dict[str, Sequence[Inline]] = {"source": [pages.THE_SOURCE[worked.request.exercise.source_kind]]}
        places["loss"] = [Math(Name(worked.request.graph.loss))]
        said += [" ", *split_places(pages.OURS if worked.request.graph.loss in values else pages.OURS_TOO, places)]
    return [Paragraph(tuple(said), pages.LABELS["asked"])]


def _flatten(parts: Iterable[Sequence[Inline]], words: Wording) -> list[Inline]:
    """Parts as a list in a sentence: a, b and c."""
    listed = words.pages.grammar.enumerate_parts([*parts], words.pages.COMMA, words.pages.AND)
    return [piece for part in listed for piece in ((part,) if isinstance(part, str) else part)]


def _list_asked(worked: Worked, words: Wording) -> Iterator[list[list[Inline]]]:
    """What is asked, each kind by itself: what is counted; values that are printed, derivatives, updated parameters."""
    request, sheets = worked.request, words.sheets
    if request.exercise.graph is None:
        yield [[sheets.COUNT[what]] for what in request.exercise.counts]
        return
    yield _shorten([Name(name) for name in _list_values(worked)], words)
    asked = ((of, [name for name in names if name != of] or names) for of, names in request.wanted)  # ∂f/∂f is where it starts
    yield [part for of, names in asked for part in _shorten([Partial(of, name) for name in names], words)]
    course = request.course
    updates = course.updates if course is not None else request.updates or bool(request.trained)
    trained = course.trained if course is not None else request.trained
    if updates and trained:
        named = _flatten(_shorten([Name(name) for name in trained], words), words)
        yield [split_places(sheets.grammar.choose(sheets.AFTER, int(updates)), {"quantity": named, "count": [f"{updates:,}"]})]


def _list_values(worked: Worked) -> list[str]:
    """The values that a source prints which prints no derivative and no update, in the order in which they are computed.

    Such a source asks for its forward pass; the derivatives come after it.
    """
    request, exercise = worked.request, worked.request.exercise
    if request.focused or not request.own or worked.numbers is None:
        return []
    claims = [claim for claim in exercise.claims if not claim.follows]
    if exercise.asked and any(claim.is_formula for claim in claims):  # who asks for derivatives of a formula does not ask for its value
        return []
    if any(claim.after or claim.update or claim.subject is None or find_partials(claim.subject) for claim in claims):
        return []
    entries = request.layered.entries if request.layered is not None else {}
    owners = {single: name for name, array in entries.items() for single in array.items}
    printed = {claim.subject.name for claim in claims if type(claim.subject) is Name and not claim.at}
    shown = {owners.get(name, name) for name in printed}
    return [step.target for step in request.graph.steps if step.target in shown]


def _shorten(exprs: Sequence[Expr], words: Wording) -> list[list[Inline]]:
    """All of a few, else as one part the first ones, dots, and the last."""
    if len(exprs) <= MOST_NAMED + 1:  # dots are for more than one
        return [[Math(expr)] for expr in exprs]
    first = [part for expr in exprs[: MOST_NAMED - 1] for part in (Math(expr), words.pages.COMMA)]
    return [[*first, "…", words.pages.COMMA, Math(exprs[-1])]]
