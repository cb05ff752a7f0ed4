r"""Reading one answer, safely: text of a student in, display tree out, or a refusal that shows the place.

The grammar is the one of all formulas (`tutor.expression.parse`); what is special to answers is what may stand around them: "ca." and
"(rounded)", dollar signs, backticks, a full stop.
"""

from __future__ import annotations

import re

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.answer_refusals import as_answer
from tutor.errors import ExpressionError, tell
from tutor.expression.lexicon import Vocabulary
from tutor.expression.nodes import Expr
from tutor.expression.parse import read_fast, read_slowly
from tutor.expression.signs import NUMBER
from tutor.late_patterns import compile_late

MAX_LENGTH = 10_000
_WRAPPERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"), ("```", "```"), ("`", "`"), ('"', '"'), ("**", "**"))
_BOX = compile_late(r"\\(?:boxed|fbox|underline)\s?\{")
_PLAIN = rf"[-+−]?\s?{NUMBER}"
MAX_NUMBER = 120
_ABOUT = compile_late(
    r"(?:ca\.|circa|approx\.?|approximately|about|roughly|[≈≃∼~]|\\(?:approx|sim|simeq)(?![A-Za-z]))"
    rf"\s{{0,8}}(?={_PLAIN}(?:\s|\Z))", re.IGNORECASE,
)  # fmt: skip
_ROUNDED = compile_late(
    rf"(?P<number>{_PLAIN})\s{{1,8}}\((?:rounded|approx\.?|approximately"
    r"|[0-9]{1,2}\s?(?:s\.?f\.?|d\.?p\.?|digits|decimals|decimal places))\)", re.IGNORECASE,
)  # fmt: skip
"""What may stand around a plain number: ca. 0.378, 0.378 (rounded)."""


def read(text: str, vocabulary: Vocabulary) -> Expr:
    r"""Read one formula or number.

    Raises `AnswerError` with the student's own text and a caret under the place.

    >>> from tutor.answer.read.vocabulary import vocabulary
    >>> from tutor.exercise.load import load
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(read(r"\frac{\partial L}{\partial w_5} · 2i_1^2", vocabulary(load("neuron/two-two-two"))))
    'dL/dw5*2*i1^2'
    """
    if len(text) > MAX_LENGTH:
        raise AnswerError(
            tell("an answer of {count:,} characters is over the limit of {limit:,}", count=len(text), limit=MAX_LENGTH),
            hint=tell("write the formula only")
        )
    tree = read_fast(text, vocabulary)
    if tree is not None:
        return tree
    start, end = trim_answer(text)
    if text.endswith("\\\\", start, end):  # the end of a row of LaTeX
        start, end = trim_answer(text, start, end - 2)
    try:
        return read_slowly(text, *_number_only(text, start, end), vocabulary)
    except ExpressionError as error:
        raise as_answer(error) from None


def _number_only(text: str, start: int, end: int) -> tuple[int, int]:
    """Where a plain number begins and ends without "ca." in front and "(rounded)" behind; any other text as it is."""
    if end - start > MAX_NUMBER:  # a longer one is searched in vain, and for long
        return start, end
    about = _ABOUT.match(text, start, end)
    begin = about.end() if about else start
    rounded = _ROUNDED.fullmatch(text, begin, end)
    return (begin, rounded.end("number")) if rounded else (begin, end)


def trim_answer(text: str, start: int = 0, end: int | None = None) -> tuple[int, int]:
    """Where an answer begins and ends without blanks, a full stop or a comma at its end and dollar signs around it."""
    end = len(text) if end is None else end
    for _ in range(4):
        start, end = _strip_blanks(text, start, end)
        if text[start:end].endswith((".", "\\.")) and end - start > 1:
            start, end = _strip_blanks(text, start, end - 1)
        if text[start:end].endswith((",", ";")) and end - start > 1 and text[end - 2] != "\\":
            start, end = _strip_blanks(text, start, end - 1)
        if (box := _BOX.match(text, start, end)) and _is_closed_at_end(text, box.end(), end):
            start, end = box.end(), end - 1
            continue
        for opening, closing in _WRAPPERS:
            both = len(opening) + len(closing)
            if (
                end - start > both
                and text.startswith(opening, start)
                and text.endswith(closing, start + len(opening), end)
            ):
                inside = text[start + len(opening) : end - len(closing)]
                if opening not in inside and closing not in inside:
                    start, end = start + len(opening), end - len(closing)
                    break
        else:
            break
    return _strip_blanks(text, start, end)


def _is_closed_at_end(text: str, start: int, end: int) -> bool:
    """Whether the last character is the brace that closes what begins at ``start``."""
    level = 1
    for at in range(start, end):
        level += (text[at] == "{") - (text[at] == "}")
        if not level:
            return at == end - 1
    return False


def _strip_blanks(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
