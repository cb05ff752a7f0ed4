r"""What of an answer is the array: ``W1 = H (∂L/∂S)ᵀ = ⎡ 1  2 ⎤ …`` from the product's page, ``W = [[1, 2], [3, 4]]``, ``w1 = 1, w2 = 2``.

>>> from tutor.answer.read.vocabulary import vocabulary
>>> from tutor.exercise.load import load
>>> known = vocabulary(load("neuron/two-two-two"))
>>> array_of("W = A B   (matrix product)\n  = ⎡ 1  2 ⎤\n    ⎣ 3  4 ⎦", known), array_of("w1 = 1, w2 = 2", known)
('1  2\n3  4', ' 1, 2')
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from tutor.answer.read.pasted import drop_setting
from tutor.answer.read.reading import trim_answer
from tutor.answer.read.vocabulary import Vocabulary
from tutor.late_patterns import compile_late

_DRAWN = compile_late(r"[⎡⎢⎣](?P<row>[^⎡⎢⎣⎤⎥⎦\n]*)[⎤⎥⎦]")
_RELATION = compile_late(r":=|[=≈≃≔←]|\\(?:approx|coloneqq|leftarrow|gets|simeq)(?![A-Za-z])")
_MARK = compile_late(
    rf"\\[,;:!]|(?P<open>[(\[{{]|\\begin(?![A-Za-z]))|(?P<close>[)\]}}]|\\end(?![A-Za-z]))"
    rf"|(?P<sign>{_RELATION.pattern})|(?P<part>[,;\n])"
)
_BESIDE = compile_late(r"(?<!\s)\s{2,}+(?=[(\[][^()\[\]\n]{1,2000}[)\]]\s*\Z)")


def array_of(text: str, known: Vocabulary, front: Sequence[int] = ()) -> str:
    """The part of an answer that has the entries: without the name in front, the working, and the reasons of a row of the product.

    ``front`` are the axes before the last two: so many matrices are asked for.
    """
    bare = drop_setting(text, known)
    bare = bare[slice(*trim_answer(bare))]
    drawn = _find_drawn(bare)
    if drawn:
        return _nest_matrices([f"[{'; '.join(rows)}]" for rows in drawn[-prod(front) :]], front) if front else "\n".join(drawn[-1])
    parts: list[tuple[int, int]] = []
    begin = behind = level = 0
    named = True
    for mark in _MARK.finditer(bare):
        kind = mark.lastgroup
        level += (kind == "open") - (kind == "close")
        if level > 0:
            continue
        if kind == "sign":
            named = named and behind <= begin and bool(bare[begin : mark.start()].strip(" \t\u00a0&"))
            behind = mark.end()
        elif kind == "part":
            parts.append((begin, behind))
            named = named and behind > begin
            begin = mark.end()
    parts.append((begin, behind))
    if len(parts) > 1 and named and behind > begin:  # w1 = 1, w2 = 2
        ends = [*(start - 1 for start, _ in parts[1:]), len(bare)]
        return "".join(bare[sign : end + 1] for (_, sign), end in zip(parts, ends, strict=True))
    rest = bare[behind:].lstrip("& ")
    if front:
        return _find_last_groups(rest, front)
    beside = _BESIDE.search(rest)
    return rest[beside.end() :] if behind and beside and rest[: beside.start()].strip() else rest


def _find_drawn(text: str) -> list[list[str]]:
    """The rows of each matrix that is drawn with long brackets; several may stand beside each other."""
    found: list[list[str]] = []
    beside: list[list[str]] = []
    for line in text.split("\n"):
        pieces = list(_DRAWN.finditer(line))
        if any(piece[0][0] == "⎡" for piece in pieces) or len(pieces) > len(beside):
            beside = [[] for _ in pieces]
            found += beside
        for rows, piece in zip(beside, pieces, strict=False):
            rows.append(piece["row"].strip())
    return found


def _find_last_groups(text: str, front: Sequence[int]) -> str:
    """The nested list that a text ends with, or as many matrices beside each other as are asked for; any other text as it is."""
    groups: list[str] = []
    count = prod(front)
    end = level = 0
    at = len(text)
    while at and len(groups) < count:
        at -= 1
        level += (text[at] in ")]}") - (text[at] in "([{")
        if level == 1 and text[at] in ")]}" and not end:
            end = at + 1
        elif level == 0 and end:
            groups.insert(0, text[at:end])
            end = 0
        elif level == 0 and not (text[at].isspace() or (groups and text[at] in ",;")):
            at += 1
            break
    depths = [_depth(group) for group in groups]
    if len(groups) == count > 1 and len(set(depths)) == 1:
        taken, before = _nest_matrices(groups, front), text[:at]
    elif groups and depths[-1] > 1:
        taken, before = groups[-1], text[: text.rindex(groups[-1])]
    else:
        return text
    attached = before[-1:].isalnum() or any(before.count(a) != before.count(b) for a, b in ("()", "[]", "{}"))  # np.array(…
    return text if attached else taken


def _depth(text: str) -> int:
    """How many brackets a text begins with."""
    return next((place for place, sign in enumerate("".join(text.split())) if sign not in "([{"), 0)


def _nest_matrices(parts: list[str], front: Sequence[int]) -> str:
    """The texts of matrices as one nested list."""
    for size in front[:0:-1]:
        parts = [f"[{', '.join(parts[place : place + size])}]" for place in range(0, len(parts), size)]
    return f"[{', '.join(parts)}]"
