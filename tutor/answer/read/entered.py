r"""What of an answer is the array: ``W1 = H (∂L/∂S)ᵀ = ⎡ 1  2 ⎤ …`` from the product's page, ``W = [[1, 2], [3, 4]]``, ``w1 = 1, w2 = 2``.

>>> from tutor.answer.read.vocabulary import vocabulary
>>> from tutor.exercise.load import load
>>> known = vocabulary(load("neuron/two-two-two"))
>>> array_of("W = A B   (matrix product)\n  = ⎡ 1  2 ⎤\n    ⎣ 3  4 ⎦", known), array_of("w1 = 1, w2 = 2", known)
('1  2\n3  4', ' 1, 2')
"""

from __future__ import annotations

import re

from tutor.answer.read.pasted import without_setting
from tutor.answer.read.reading import trimmed
from tutor.answer.read.vocabulary import Vocabulary

_DRAWN = re.compile(r"[⎡⎢⎣](?P<row>[^⎡⎢⎣⎤⎥⎦\n]*)[⎤⎥⎦]")
_RELATION = re.compile(r":=|[=≈≃≔←]|\\(?:approx|coloneqq|leftarrow|gets|simeq)(?![A-Za-z])")
_MARK = re.compile(
    rf"\\[,;:!]|(?P<open>[(\[{{]|\\begin(?![A-Za-z]))|(?P<close>[)\]}}]|\\end(?![A-Za-z]))"
    rf"|(?P<sign>{_RELATION.pattern})|(?P<part>[,;\n])"
)
_BESIDE = re.compile(r"(?<!\s)\s{2,}+(?=[(\[][^()\[\]\n]{1,2000}[)\]]\s*\Z)")


def array_of(text: str, known: Vocabulary) -> str:
    """The part of an answer that has the entries: without the name in front, the working, and the reasons of a row of the product."""
    bare = without_setting(text, known)
    bare = bare[slice(*trimmed(bare))]
    drawn = _last_drawn(bare)
    if drawn:
        return "\n".join(drawn)
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
    beside = _BESIDE.search(rest)
    return rest[beside.end() :] if behind and beside and rest[: beside.start()].strip() else rest


def _last_drawn(text: str) -> list[str]:
    """The rows of the last matrix that is drawn with long brackets."""
    rows: list[str] = []
    for match in _DRAWN.finditer(text):
        rows = [match["row"].strip()] if text[match.start()] == "⎡" else [*rows, match["row"].strip()]
    return rows
