r"""Sums over time as pages and students write them, written out: ``Σ_(t=1..T) ∂L/∂hₜ · hₜ₋₁``, ``\sum_{t=1}^{T} \delta_t x_t``.

What is written out is text again, one term a time in brackets, for whoever reads formulas; the index is put in wherever a place is
written: ``h_{t-1}``, ``hₜ₋₁``, ``h[t-1]``, ``h^{\langle t-1 \rangle}``.  A sum over anything else stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from tutor.expression.letters import SUB
from tutor.graph.repetition import MOST_TERMS, Place, read_place
from tutor.late_patterns import compile_late

_HEAD = compile_late(r"(?:[Σ∑]|\\sum(?![A-Za-z])|(?<![\w.\\])sum(?=\s?_(?:[({]|[a-z](?![a-z]))))\s*(?:\\limits\s*)?")
_CALL = compile_late(r"(?<![\w.\\])(?:(?P<json>sum_times)|sum|(?P<divided>mean))\s?\(")
_LOW = compile_late(r"\s*(?:_\s?(?:\{(?P<braced>[^{}]*)\}|\((?P<round>[^()]*)\)|(?P<bare>[A-Za-z](?![A-Za-z])))|(?P<small>[ₐ-ₜ]))")
_HIGH = compile_late(r"\s*\^\s?(?:\{(?P<braced>[^{}]*)\}|\((?P<round>[^()]*)\)|(?P<bare>\w))")
_SPAN = compile_late(
    r"\s*(?P<index>[A-Za-z])\s*(?:(?:=|\\in)\s*(?P<low>[^=]+?)\s*(?:(?:\.\.|…|,\s?(?:…|\.\.\.|\\[a-z]*dots)\s?,)\s*(?P<high>.+?))?)?\s*"
)
_PLACES = compile_late(
    r"_\s?\{(?P<braced>[^{}]*)\}|_\((?P<round>[^()]*)\)|_(?P<bare>[A-Za-z](?![A-Za-z\d]))|\[(?P<square>[^\[\]]*)\]"
    r"|⟨(?P<angle>[^⟨⟩]*)⟩|\\langle(?P<tex>.*?)\\rangle|\^\{\((?P<raised>[^()]*)\)\}|\^\((?P<power>[^()]*)\)|(?P<small>[₀-₉₊₋ₐ-ₜ]*[ₐ-ₜ][₀-₉₊₋ₐ-ₜ]*)"
)
_LOWERED, _RAISED = str.maketrans(SUB), str.maketrans({small: plain for plain, small in SUB.items()})
"""Signs as they stand below, and small ones as usual ones."""
_OPEN, _CLOSE = "([{", ")]}"
_CONTINUES = "·*×⋅⊙+-−/(=∗"
_ENDS = ("\\\\", "\\quad", "\\qquad", "\\text", "\\tag", "\\end", "\\right", "&", "$", "=", "≈", ";", "←")
"""Behind these a term is over: a new row, its reason, its number."""


def write_out_times(text: str, spans: Mapping[str, tuple[int, int]], ends: Mapping[str, Place]) -> str:
    """A text with every sum over an index of ``spans`` written out, and the last time, a letter of ``ends``, as its number.

    >>> write_out_times("Σ_(t=1..T) dₜ · hₜ₋₁ + w", {"t": (1, 2)}, {"T": 2})
    '((d_1 · h_0) + (d_2 · h_1)) + w'
    >>> write_out_times(r"\\sum_{t=2}^{T} \\delta_t x_{t-1}", {"t": (1, 3)}, {"T": 3})
    '((\\\\delta_2 x_1) + (\\\\delta_3 x_2))'
    """
    at = 0
    while True:
        match = min(filter(None, (_HEAD.search(text, at), _CALL.search(text, at))), key=lambda found: found.start(), default=None)
        if match is None:
            return put_places(text, ends)
        read = _read_sum(text, match, spans, ends)
        if read is None:
            at = match.end()
            continue
        index, low, high, body, end, divided = read
        inner = ((time, write_out_times(body, spans, {**ends, index: time})) for time in range(low, high + 1))
        terms = [f"({put_places(term, {index: time}, alone=True).strip()})" for time, term in inner]
        total = f"({' + '.join(terms)})" if terms else "0"
        written = f"({total}/{len(terms)})" if divided and terms else total
        text = text[: match.start()] + written + text[end:]
        at = match.start() + len(written)


_Sum = tuple[str, int, int, str, int, bool]


def _read_sum(text: str, match: re.Match[str], spans: Mapping[str, tuple[int, int]], ends: Mapping[str, Place]) -> _Sum | None:
    """One sum over time: its index, from where to where, what is added up, where it ends, whether it is a mean; or nothing."""
    if "json" in match.re.groupindex:  # a call
        return _read_call(text, match, spans, ends)
    at, said, upper = match.end(), "", ""
    for _ in range(2):
        if (low := _LOW.match(text, at)) is not None and not said:
            said = _read_inside(low)
            at = low.end()
        elif (high := _HIGH.match(text, at)) is not None and not upper:
            upper = _read_inside(high)
            at = high.end()
    found = _read_span(said, upper, spans, ends)
    if found is None:
        return None
    end = find_term_end(text, at)
    return (*found, " ".join(text[at:end].split()), end, False)


def _read_call(text: str, match: re.Match[str], spans: Mapping[str, tuple[int, int]], ends: Mapping[str, Place]) -> _Sum | None:
    """``sum(h[t], t)``, ``sum(h[t], t=1..T)``, ``sum(h_t, t, 1, T)``, and ``sum_times(t, 1, T, h_t)`` as JSON has it."""
    parts, end = _split(text, match.end())
    if match["json"]:
        parts = [parts[-1], *parts[:-1]]
    if len(parts) not in (2, 4) or not parts[0].strip():
        return None
    said = parts[1] if len(parts) == 2 else f"{parts[1]}={parts[2]}"
    found = _read_span(said, "" if len(parts) == 2 else parts[3], spans, ends)
    return (*found, parts[0], end, bool(match["divided"])) if found is not None else None


def _read_span(
    said: str, upper: str, spans: Mapping[str, tuple[int, int]], ends: Mapping[str, Place]
) -> tuple[str, int, int] | None:
    """The index with its first and its last time: ``t=1`` and ``T``, ``t = 1..T``, ``t``."""
    span = _SPAN.fullmatch(said.replace("−", "-"))
    if span is None:
        return None
    texts = (span["low"], span["high"] or upper or None)
    if span["index"] not in spans and (texts[0] is None or _drop_blanks(texts[1] or "")[:1] not in ends):  # another letter, up to T
        return None
    low, high = spans.get(span["index"], (1, 1))
    read = [fallback if text is None else read_place(_drop_blanks(text), ends) for text, fallback in zip(texts, (low, high), strict=True)]
    first, last = read
    if not isinstance(first, int) or not isinstance(last, int) or last - first >= MOST_TERMS:
        return None
    return span["index"], first, last


def find_term_end(text: str, at: int) -> int:
    """Where the term ends that begins at a place: before the next sign of a sum outside of brackets, at a new row.

    >>> find_term_end("a·(b + c)·d − e", 0)
    11
    """
    depth, begun, past = 0, False, at
    for place in range(at, len(text)):
        sign = text[place]
        if place < past:
            continue
        if sign in _OPEN:
            depth += 1
        elif sign in _CLOSE:
            if depth == 0:
                return place
            depth -= 1
        elif depth == 0 and begun:
            before = text[at:place].rstrip()[-1:]
            if sign in "+-−" and before not in _CONTINUES and text[place - 1] not in "^_":
                return place - (text[place - 1] == " ")
            if text[place - 1] != "\\" and (sign == "," or text.startswith(_ENDS, place)):  # no space of LaTeX, \, or \;
                return place
            if sign == "\n" or text.startswith("   ", place):
                next_one = text[place:].lstrip()
                if "\n" not in text[place : len(text) - len(next_one)] or (
                    before not in _CONTINUES and next_one[:1] not in _CONTINUES.replace("(", "").replace("=", "") + "\0"
                ):
                    return place
                past = len(text) - len(next_one)
        begun = begun or not sign.isspace()
    return len(text)


def put_places(text: str, env: Mapping[str, Place], *, alone: bool = False) -> str:
    """A text with numbers in the place of letters, wherever a place is written; ``alone`` also where a letter stands by itself.

    >>> put_places("h_{t-1} + xₜ₊₁·t + h[t]", {"t": 2}), put_places("t·xₜ", {"t": 2}, alone=True)
    ('h_1 + x_3·t + h[2]', '2·x_2')
    """

    def put(match: re.Match[str]) -> str:
        whole, inner = match.group(), _read_inside(match)
        start, end = match.span(match.lastgroup or 0)
        pieces = [_put_piece(piece, env) for piece in inner.split(",")]
        if pieces == inner.split(","):
            return whole
        written = ",".join(pieces)
        if match["small"] and text[match.start() - 1 : match.start()] in tuple(",₀₁₂₃₄₅₆₇₈₉"):
            return written.translate(_LOWERED)
        if match.lastgroup in ("braced", "round", "bare", "small"):
            follows = text[match.end() : match.end() + 1]
            return f"_{written}" if written.isdigit() and not follows.isalnum() else f"_{{{written}}}"
        return whole[: start - match.start()] + written + whole[end - match.start() :]

    text = _PLACES.sub(put, text)
    for letter, place in env.items() if alone else ():
        text = re.sub(rf"(?<![\w\\]){re.escape(letter)}(?!\w|['′(])", str(place), text)
    return text


def put_counts(text: str, ends: Mapping[str, Place]) -> str:
    """A text with numbers in the place of the last times that it divides by: a mean over all times.

    >>> put_counts("(a + b)/T·x^T", {"T": 3})
    '(a + b)/3·x^T'
    """
    for letter, place in ends.items():
        text = re.sub(rf"(/\s?|\}}\s?\{{\s?){re.escape(letter)}(?=\s?\}}|(?!\s?[\w'′(\[{{]))", rf"\g<1>{place}", text)
    return text


def _put_piece(piece: str, env: Mapping[str, Place]) -> str:
    """One place: t − 1 as its number, anything else as it is."""
    plain = _drop_blanks(piece)
    if not any(letter in plain for letter in env):
        return piece
    place = read_place(plain, env)
    return piece if place is None else str(place)


def _read_inside(match: re.Match[str]) -> str:
    """What the group of a match has in it; small letters as usual ones."""
    text = match[match.lastgroup] if match.lastgroup else ""
    return text.translate(_RAISED)


def _drop_blanks(text: str) -> str:
    return text.replace("−", "-").replace("\\,", "").strip()


def _split(text: str, at: int) -> tuple[list[str], int]:
    """The parts between the commas of a bracket that was opened before ``at``, and the place behind it."""
    depth, begun = 0, at
    parts: list[str] = []
    for place in range(at, len(text)):
        sign = text[place]
        if (sign == "," and depth == 0) or (sign in _CLOSE and depth == 0):
            parts.append(text[begun:place])
            begun = place + 1
            if sign != ",":
                return parts, place + 1
        depth += (sign in _OPEN) - (sign in _CLOSE)
    return [*parts, text[begun:]], len(text)


def spell_small(text: str) -> str:
    """A text with its small letters below as usual ones.

    >>> spell_small("hₜ₊₁ + h₂")
    'h_{t+1} + h₂'
    """
    return re.sub(r"[₀-₉₊₋ₐ-ₜ]*[ₐ-ₜ][₀-₉₊₋ₐ-ₜ]*", lambda match: f"_{{{match.group().translate(_RAISED)}}}", text)


def has_free_index(written: str, index: str) -> bool:
    """Whether an index stands in a place of a text whose sums are written out.

    >>> has_free_index("dL/dh[t]", "t"), has_free_index("h_2·t", "t")
    (True, False)
    """
    return put_places(written, {index: 1}) != written
