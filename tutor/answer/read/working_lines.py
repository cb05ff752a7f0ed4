r"""A line of working: ``dL/dw5 = (out_o1 - t)·out_o1 ≈ 0.082`` taken apart into its members, each read by itself.

What the product prints on one row is understood when it is pasted back: ``&=``, ``\tag*{…}``, and from the terminal the number in front,
the reason in brackets and the number at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.pasted import drop_setting
from tutor.answer.read.reading import MAX_LENGTH, read, trim_answer
from tutor.answer.read.vocabulary import Vocabulary
from tutor.errors import tell
from tutor.expression.index_signs import EQUALS_INSIDE, KEYWORD, SUM
from tutor.expression.keys import make_after_key
from tutor.expression.nodes import Expr, Mul, Name, Number, Partial, Pow
from tutor.late_patterns import compile_late

MAX_MEMBERS = 100
MAX_FAR = 3

_RELATION = compile_late(
    r"""&?\s?(?P<sign>:=|==?>|=|≈|≃|≔|←|⇐|⇒|⟹|→(?=\s)
    |\\(?:approx|coloneqq|leftarrow|gets|Rightarrow|implies|Longrightarrow|simeq)(?![A-Za-z]))\s?&?""",
    re.VERBOSE,
)
_MEANS = {":=": ":=", "≔": ":=", "\\coloneqq": ":=", "←": "←", "\\leftarrow": "←", "\\gets": "←", "≈": "≈", "≃": "≈", "\\approx": "≈",
          "\\simeq": "≈", "=": "="}  # fmt: skip
_NEW = "\n"
_BREAK = compile_late(r"\\\\\*?(?:\[[0-9.a-z]{0,8}\])?|\r\n|[\n\r]|\\(?:newline|cr)(?![A-Za-z])")
_SPECIAL = compile_late(r"[=≈≃≔←⇐⇒⟹→:\\\n\r&({\[)}\]Σ∑]|max_\(")
_GOES_ON = compile_late(r"[\s&]{0,400}+(?:[+*/·×⋅÷^]|[-−]\s|\\(?:cdot|times|div)(?![A-Za-z]))")
_OPEN_END = compile_late(r"[^-+−*/·×⋅÷^\s]\s{0,20}(?:[-+−*/·×⋅÷]|\\(?:cdot|times|div))[ \t]{0,20}\Z")
_AFTER_ONE = compile_late(r"\s{0,20}(?P<name>[A-Za-z](?:[A-Za-z0-9_{}]|\s(?=_)){0,40}?)\s?(?:\^\s?\{?\s?\(1\)\s?\}?|\[1\])\s{0,20}")
_NUMBERED = compile_late(r"\s{0,8}[0-9]{1,4}\s{2,8}(?=\S)")
_RESULT = r"[-−]?[0-9]{1,20}(?:\.[0-9]{1,30}|/[0-9]{1,20})?(?:×10[⁻⁰¹²³⁴-⁹]{1,5})?"
_LAST = compile_late(rf"(?:(?<!\s)\s{{2,}}+|\A\s*+)(?P<number>{_RESULT})\s*\Z")
_ALONE = compile_late(rf"{_RESULT}\s*")
_FAR = compile_late(r"(?<!\s)(?:\s{4,}+(?=[-−]?[0-9])|\s{2,3}+(?=−?[0-9]))")
_PHRASE = compile_late(r"\(\s*[A-Za-z]{2,}(?:[ ,-]+[A-Za-z]{2,})+\s*\)\s*")
_FORMULA = compile_late(r"[_^*+/\\]|[A-Za-z][0-9]")
_WORD = compile_late(r"[A-Za-zÀ-ÿ]+(?:[-'’][A-Za-zÀ-ÿ]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """One member of a line of working.

    ``relation`` is the sign before it (``=``, ``≈``, ``:=``, ``←``, ``⇒``), empty for the first one; a member that begins a row of
    its own has ``⏎`` before it.  ``text`` is it as the student wrote it, ``at`` where it begins in the whole text.  ``expr`` is what
    was read, or why nothing was.
    """

    relation: str
    text: str
    at: int
    expr: Expr | AnswerError


def read_lines(text: str, vocabulary: Vocabulary) -> tuple[Line, ...]:
    """Read a line of working, or several; empty members (``= = 3``, an empty row) are left out.

    Raises `AnswerError` for a text over the limits; a member that cannot be read does not touch the others.
    """
    if len(text) > MAX_LENGTH:
        raise AnswerError(
            tell("an answer of {count:,} characters is over the limit of {limit:,}", count=len(text), limit=MAX_LENGTH),
            hint=tell("write the formulas only")
        )
    bare = drop_setting(text, vocabulary)
    start, end = trim_answer(bare)
    pieces = list(_split(bare, start, end))
    if len(pieces) > MAX_MEMBERS:
        raise AnswerError(
            tell("more than {limit} members in one answer", limit=MAX_MEMBERS), hint=tell("write one line, such as dL/dw = a*b = 0.5")
        )
    found: list[Line] = []
    for place, (relation, first, last) in enumerate(pieces):
        follows = place + 1 < len(pieces) and pieces[place + 1][0] not in (_NEW, "⇒")
        begins = relation in ("", _NEW)
        shown = "⏎" if relation == _NEW else relation
        for line in _members(bare, "" if not found else shown, first, last, vocabulary, begins and follows):
            found.append(Line(line.relation, text[line.at : line.at + len(line.text)], line.at, line.expr))
    return tuple(found)


def _split(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """The members between relations and rows: (relation before it, begin, end), without empty ones."""
    relation, begin, at, level, cases = "", start, start, 0, 0
    while at < end:
        special = _SPECIAL.search(text, at, end)
        if special is None:
            break
        at = special.start()
        following, length = "", 1
        if text.startswith(("\\begin", "\\end"), at):
            cases += 1 if text.startswith("\\begin{c", at) else -1 if text.startswith("\\end{c", at) else 0
            length = 6 if text.startswith("\\begin", at) else 4
        elif text.startswith("\\tag", at):
            stop = _row_end(text, at, end)
            if text[begin:at].strip():
                yield relation, begin, at
            begin, at, length = stop, stop, 0
        elif match := SUM.match(text, at, end) or EQUALS_INSIDE.match(text, at, end):  # that of Σ_{v=1} or 1[v = 2] relates nothing
            length = len(match.group())
        elif text[at] == "=" and at > start and text[at - 1] in "<>!":
            pass  # z >= 0 is a condition
        elif text[at] == "=" and level > 0 and KEYWORD.search(text, max(begin, at - 8), at):
            pass  # sum(P - Y, axis=0)
        elif match := _RELATION.match(text, at, end):
            following, length = _MEANS.get(match["sign"], "⇒"), len(match.group())
        elif cases <= 0 and (match := _BREAK.match(text, at, end)):
            length = len(match.group())
            inside = level > 0 and not match.group().startswith("\\\\")
            goes_on = _GOES_ON.match(text, match.end(), end) or _OPEN_END.search(text, max(begin, at - 60), at)
            following = "" if inside or (goes_on and begin < at) else _NEW
        elif (
            text[at] == "("
            and level <= 0
            and text[at - 3 : at] in ("   ", "  \t")
            and (closed := _find_close(text, at, end))
        ):
            length = closed - at  # the reason of a row in the terminal, perhaps an equation
        elif text[at] in "({[)}]":
            level += 1 if text[at] in "({[" else -1
        elif text[at] == "\\":
            length = 2
        if following:
            if text[begin:at].strip():
                yield relation, begin, at
                relation = following
            elif following != _NEW or not relation:
                relation = following
            begin, level = at + length, 0
        at += length
    if text[begin:end].strip():
        yield relation, begin, end


def _find_close(text: str, at: int, end: int) -> int:
    """Behind the bracket that closes the one at ``at``, in the same row and not far away; 0 where there is none."""
    level = 0
    for place in range(at, min(end, at + 200)):
        level += (text[place] == "(") - (text[place] == ")")
        if text[place] == "\n":
            return 0
        if level == 0:
            return place + 1
    return 0


def _row_end(text: str, at: int, end: int) -> int:
    """Where a \\tag*{…} ends: behind the brace that closes its first one, or with the text."""
    level = 0
    for place in range(at, end):
        level += (text[place] == "{") - (text[place] == "}")
        if text[place] == "}" and level <= 0:
            return place + 1
    return end


def _members(
    text: str, relation: str, start: int, end: int, known: Vocabulary, left: bool, most: int = MAX_FAR
) -> Iterator[Line]:
    """One member; where it cannot be read as it stands, without the row's number, reason and last number that the terminal prints.

    At most ``most`` numbers that stand apart at its end are taken off.
    """
    piece = text[start:end]
    far = _find_far_number(piece) if most else None
    if far:
        yield from _members(text, relation, start, start + far[0], known, left, most - 1)
        yield Line("=", piece[far[1] :].strip(), start + far[1], _try(piece[far[1] :], known))
        return
    numbered = _NUMBERED.match(piece) if left else None
    if numbered:
        inner = _try(piece[numbered.end() :], known)
        if isinstance(inner, Name | Partial):
            yield Line(relation, piece[numbered.end() :].strip(), start + numbered.end(), inner)
            return
    read_as_is = (_read_updated_weight(piece, known) if left else None) or _try(piece, known)
    line = Line(relation, piece.strip(), start + _blanks(piece), read_as_is)
    if not isinstance(read_as_is, AnswerError):
        yield line
        return
    last = _LAST.search(piece)
    rest = piece[: last.start()] if last else piece
    begun = _reason(rest)
    if begun and _is_prose(rest[begun:], known, rest[begun - 3 : begun].isspace()):
        rest = rest[:begun]
        formula = _try(rest, known)
        if not isinstance(formula, AnswerError):
            yield Line(relation, rest.strip(), start + _blanks(rest), formula)
            if last:
                yield Line("=", last["number"], start + last.start("number"), _try(last["number"], known))
            return
    yield line


def _read_updated_weight(piece: str, known: Vocabulary) -> Expr | None:
    """The weight after one update on the left of an equals sign: ``w5^(1) =``, ``w5[1] =`` where it can mean nothing else."""
    match = _AFTER_ONE.fullmatch(piece)
    if match is None or not isinstance(before := _try(match["name"], known), Name):
        return None
    as_is = _try(piece, known)
    if not isinstance(as_is, AnswerError) and as_is not in (Pow(before, Number("1")), Mul((before, Number("1")))):
        return None
    after = _try(make_after_key(before.name, 1), known)
    return after if isinstance(after, Name) else None


def _find_far_number(piece: str) -> tuple[int, int] | None:
    """Where a number stands alone at the end, four blanks or more behind the rest."""
    last = None
    for match in _FAR.finditer(piece):
        last = match
    if last is None or piece[: last.start()].rstrip()[-1:] in ("", *"+-−*/·×^,(&"):
        return None
    return (last.start(), last.end()) if _ALONE.fullmatch(piece, last.end()) else None


def _blanks(piece: str) -> int:
    return len(piece) - len(piece.lstrip())


def _try(piece: str, known: Vocabulary) -> Expr | AnswerError:
    try:
        return read(piece, known)
    except AnswerError as error:
        return error


def _reason(piece: str) -> int:
    """Where the bracket begins that ends a text, 0 where there is none."""
    level = 0
    if not piece.rstrip().endswith(")"):
        return 0
    for at in range(len(piece) - 1, 0, -1):
        level += (piece[at] == ")") - (piece[at] == "(")
        if piece[at] == "(" and level == 0:
            return at
    return 0


def _is_prose(bracket: str, known: Vocabulary, apart: bool) -> bool:
    """Whether a bracket holds a reason and no factor.

    In a column of its own (``apart``) that is an equation, or words; right behind a formula it is at least two words, of which none
    is a name or a function: a mistyped name is never taken for a reason.
    """
    words = _WORD.findall(bracket)
    named = [word for word in words if word in known.declared]
    if not apart:
        functions = [word for word in words if word.lower() in known.functions]
        return bool(_PHRASE.fullmatch(bracket)) and not named and not functions
    if "=" in bracket:
        return True
    if _FORMULA.search(bracket) or (named and len(words) < 4):
        return False
    return any(len(word) > 2 for word in words)
