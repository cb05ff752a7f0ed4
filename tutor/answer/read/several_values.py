"""Several values where one is asked: a list, or numbers under each other as they are copied out of a table; refused, since none is meant.

Lines of working are something else: they have a formula in them, or an equals sign.
"""

from __future__ import annotations

from tutor.answer.read.answer_refusals import refusal
from tutor.errors import tell
from tutor.exercise.question import Question
from tutor.expression.signs import NUMBER
from tutor.late_patterns import compile_late

LONGEST = 2_000
"""A longer text is left to the reader, which has limits of its own."""
_ONE = compile_late(rf"[-+−]?\s?(?:[0-9]{{1,15}},[0-9]{{1,30}}|{NUMBER})(?:\s?/\s?{NUMBER})?")
_BETWEEN = compile_late(r"\s{0,9}(?:[;\n|&]|,(?=\s)|\s(?=[0-9.])|\band\b|\bund\b)\s{0,9}")
_COMMAS = compile_late(r"\s{0,9},\s{0,9}")
_GROUPED = compile_late(r"[0-9]{1,3}(?:[, '][0-9]{3})+(?:\.[0-9]+)?")
_NESTED = compile_late(r"[-+−0-9.,;/eE\s()\[\]{}]*[\[({][-+−0-9.,;/eE\s()\[\]{}]*")
_EACH = compile_late(rf"[-+−]?{NUMBER}(?:/{NUMBER})?")
_MIXED = compile_late(r"[-+−]?[0-9]+\s+[0-9]+\s?/\s?[0-9]+")


def check_single(question: Question, text: str) -> None:
    """Raises `AnswerError` for several values where a question asks for one: it has no shape, and nothing to choose from."""
    if not question.shape and question.kind != "choice":
        refuse_several(text)


def refuse_several(text: str) -> None:
    """Raises `AnswerError` for more than one number, with a caret under the second one, and what would be understood.

    >>> refuse_several("0.5"), refuse_several("0,5"), refuse_several("0.1*5\\n0.5"), refuse_several("3 1/2")
    (None, None, None, None)
    >>> refuse_several("1, 2, 3")
    Traceback (most recent call last):
    tutor.answer.handed_in.AnswerError: 3 values where one is asked
        1, 2, 3
           ^
      write one of them: 1 alone would be read
    """
    places = _find_values(text) if len(text) <= LONGEST else []
    if len(places) < 2:
        return
    (begin, end), (second, _) = places[:2]
    what = tell("{count} values where one is asked", count=len(places))
    raise refusal(text, what, second, tell("write one of them: {first} alone would be read", first=text[begin:end]))


def _find_values(text: str) -> list[tuple[int, int]]:
    """Where each number stands, of a text that has nothing but numbers; outside of a list those that are all alike are one, said again."""
    start, end = _find_inside(text)
    inner = text[start:end]
    if _GROUPED.fullmatch(inner) or _MIXED.fullmatch(inner):
        return []
    opened = text[:start].rstrip()[-1:]
    is_list = opened in ("[", "(", "{")
    if opened == "[" and _NESTED.fullmatch(inner):  # a matrix
        return [found.span() for found in _EACH.finditer(text, start, end)]
    for between in (_BETWEEN, _COMMAS):
        found, at = [], start
        for gap in [*between.finditer(text, start, end), None]:
            stop = gap.start() if gap else end
            if stop > at:
                found.append((at, stop))
            at = gap.end() if gap else end
        several = len(found) > (2 if between is _COMMAS and not is_list else 1)  # 0,5 is a decimal
        if several and all(_ONE.fullmatch(text, *place) for place in found):
            return found if is_list or len({text[a:b] for a, b in found}) > 1 else []
    return []


def _find_inside(text: str) -> tuple[int, int]:
    """Where the numbers begin and end: behind the quantity that they are said to be, without blanks and the brackets of a list."""
    begin = max(map(text.rfind, "=≈")) + 1
    inner = text[begin:].strip()
    start = text.index(inner, begin) if inner else begin
    end = start + len(inner)
    if len(inner) > 1 and (inner[0], inner[-1]) in (("[", "]"), ("(", ")"), ("{", "}")):
        return start + 1 + len(inner[1:]) - len(inner[1:].lstrip()), end - 1
    return start, end
