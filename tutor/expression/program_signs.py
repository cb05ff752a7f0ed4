"""Signs of programs in formulas over arrays, as NumPy and PyTorch write them: axis=0, X[:, 1:], X.sum(0)."""

from __future__ import annotations

import re
from collections.abc import Collection

from tutor.expression.nodes import Add, Call, Expr, Mul, Name, Neg, Number
from tutor.expression.tokens import LIST, Named, Token
from tutor.late_patterns import compile_late

_GO_ALONG = "sum|mean|max|min|var|std|log_softmax|softmax"
METHOD = compile_late(
    rf"\.(?:(?P<word>{_GO_ALONG}|dot|matmul|transpose|flatten|ravel|reshape|view|permute|squeeze|unsqueeze|swapaxes|split|chunk"
    r"|exp|log|sqrt|abs|tanh|sigmoid|relu)(?=\s?\()"
    r"|shape\s?\[\s?(?P<axis>[0-3])\s?\])"
)
"""What NumPy's arrays have behind a point: X.sum(0), X.T.dot(D), X.shape[0]."""
_KEEPDIMS = r"keepdims?\s?=\s?(?:True|False|1|0)"
_AXES = r"-?\s?[0-9]{1,2}|[(\[]\s?-?\s?[0-9]{1,2}(?:\s?,\s?-?\s?[0-9]{1,2}){0,3}\s?,?\s?[)\]]"
METHOD_ALONG = compile_late(
    rf"\.(?P<word>{_GO_ALONG})\s?\(\s?(?P<axes>{_AXES})\s?(?:,\s?(?P<kept>{_KEEPDIMS})\s?)?,?\s?\)"
)
"""The same with the axes in the first place: X.max(1), T.mean((0, 2), keepdims=True)."""
AXIS = compile_late(
    rf"(?:(?:axis|dim)\s?=\s?(?P<axes>{_AXES})|{_KEEPDIMS})(?:\s?,\s?(?:(?:axis|dim)\s?=\s?(?P<more>{_AXES})|{_KEEPDIMS}))?(?=\s?[,)])"
)
"""Along which axes a sum or a mean is taken, as NumPy and PyTorch count, and whether they are kept: axis=(0, 2), keepdims=True."""
_LABELS = r"\[(?:[0-9\s,\[\]-]{1,1200})\]"
LABELLED = compile_late(rf"\[\s?(?:(?P<each>(?:np\.|torch\.)?a?range\s?\([^()\[\]]{{1,30}}\))\s?,\s?)?(?P<labels>{_LABELS})\s?\]")
"""Rows of an array by their labels, E[[2, 0, 2]], and one entry of each row, P[arange(3), [2, 0, 1]]."""
TURNED = compile_late(r"\.(?:T(?![A-Za-z0-9_(])|transpose\s?\(\s?\))")
"""All axes the other way round, as a program has it: X.T, which of a vector is the vector."""
SUBSCRIPTS = compile_late(r"(?P<quote>['\"])(?P<text>\s?[A-Za-z]{1,5}(?:\s?,\s?[A-Za-z]{1,5}){0,3}\s?->\s?[A-Za-z]{0,4})\s?(?P=quote)")
"""The letters of einsum: 'ij,jk->ik'."""
_PLACE = r"(?:-\s?)?[0-9]{1,5}"
_FACTOR = r"(?:[0-9]{1,5}\s?)?(?!None\b|np\.|newaxis\b|Ellipsis\b)[A-Za-z]\w{0,20}|[0-9]{1,5}"
_COUNT = rf"(?:-\s?)?(?:{_FACTOR})(?:\s?[*+·-]\s?(?:{_FACTOR})){{0,6}}"
_SPAN = rf"(?:{_COUNT}\s?)?:(?:\s?{_COUNT})?|{_PLACE}|None|(?:np\.)?newaxis|\.\.\.|Ellipsis"
SLICED = compile_late(
    rf"\[\s?(?:(?=[^\[\]]{{0,60}}:)(?P<parts>(?:{_SPAN}|{_COUNT})(?:\s?,\s?(?:{_SPAN}|{_COUNT})){{0,4}})"
    r"|(?=[^\[\]]{0,60}(?:-|None|newaxis|\.\.\.|Ellipsis))"
    rf"(?P<places>(?:{_SPAN})(?:\s?,\s?(?:{_SPAN})){{0,4}}))\s?,?\s?\]"
)
"""A part of an array as Python writes it: X[:, 0:2], h[-1], x[:, None], z[h:2*h].  Places are counted from 0."""
ENTRY = compile_late(r"\[\s?-?[0-9]{1,5}(?:\s?,\s?-?[0-9]{1,5}){0,3}\s?\]")
"""Numbers alone in brackets: an entry, which only a name has."""
AXIS_WORD, KEPT_WORD = "axis", "axis kept"
ALL_AXES = Call(AXIS_WORD, ())
"""Behind an array that a program turns: all of its axes, in the opposite order."""
SLICE, SPAN, NEW, REST = "slice", "span", "new axis", "rest"
END = Call("end", ())
OWN, BROADCAST, SUMMED = Call("own axis", ()), "broadcast", "sum along"
"""An axis that an array has, or keeps, among those along which it is repeated, or summed: the dot in broadcast[N×·](x)."""
PIECE = "piece of"
"""Before the word of what gives several arrays: one of them, with its number and how many there are."""
PROGRAM_WORDS = frozenset({"end", AXIS_WORD, KEPT_WORD, "size", SLICE, SPAN, NEW, REST, OWN.func, BROADCAST, SUMMED, LIST})
"""What the reader makes of the signs of programs; `tutor.graph` writes it with the operations that there are."""


_KEYWORD = compile_late(r"(?P<word>[A-Za-z]\w{0,40})\s?=(?!=)")


def read_keyword(text: str, at: int, end: int, known: Collection[str]) -> tuple[str, int]:
    """The word of an argument that is given by name, and how long it is with its equals sign; nothing where none or an axis is given.

    >>> read_keyword("f(x, eps = 1)", 5, 13, ["eps"])
    ('eps', 5)
    """
    match = _KEYWORD.match(text, at, end)
    named = match is not None and (match["word"] in known or not AXIS.match(text, at, end))
    return (match["word"], len(match.group())) if match and named else ("", 0)


def read_sign(text: str, at: int, end: int, *, behind: bool) -> tuple[Token | None, int]:
    """The token of an axis or of a slice that stands at a place, and how long it is; only a length for numbers alone in brackets.

    ``behind`` says that an array stands before it.

    >>> read_sign("x[1:]", 1, 5, behind=True)[1], read_sign("(x)[1]", 3, 6, behind=True), read_sign("[1]", 0, 3, behind=False)
    (4, (None, 3), (None, 0))
    """
    if match := AXIS.match(text, at, end):
        return read_axis(match), len(match.group())
    if not behind and (match := SUBSCRIPTS.match(text, at, end)):
        return ("a", read_subscripts(match["text"])), len(match.group())
    if behind and text[at - 1] != " " and (match := LABELLED.match(text, at, end)):
        return read_labels(match), len(match.group())
    if behind and (match := SLICED.match(text, at, end)):
        return read_slice(match), len(match.group())
    match = ENTRY.match(text, at, end) if behind and text[at - 1] != " " else None
    return None, len(match.group()) if match else 0


def read_point(text: str, at: int, end: int) -> tuple[Token | None, int]:
    """The token of a method behind an array, from its point on, and how long it is.

    >>> read_point("X.shape[0]", 1, 10)
    (('m', Named(func='size', settings=(Number(text='0'),))), 9)
    """
    if match := TURNED.match(text, at, end):
        return ("m", Named("transpose", (ALL_AXES,))), len(match.group())
    for pattern, read in ((METHOD_ALONG, read_method_along), (METHOD, read_method)):
        if match := pattern.match(text, at, end):
            return read(match), len(match.group())
    return None, 0


def read_subscripts(text: str) -> Call:
    """The letters of einsum as lists of their numbers, those of the result last: a letter alone would be a quantity.

    >>> read_subscripts("i->")
    Call(func='list', args=(Call(func='list', args=(Number(text='105'),)), Call(func='list', args=())))
    """
    parts = text.replace(" ", "").replace("->", ",").split(",")
    return Call(LIST, tuple(Call(LIST, tuple(Number(str(ord(letter))) for letter in part)) for part in parts))


def read_labels(match: re.Match[str]) -> Token:
    """The token of labels behind an array.

    >>> read_labels(LABELLED.match("[[2, 0]]"))[1].settings
    (Call(func='list', args=(Number(text='2'), Number(text='0'))),)
    """
    rows = re.findall(r"\[([0-9\s,-]*)\]", match["labels"])
    nested = match["labels"].count("[") > 1
    listed = [Call(LIST, tuple(_read_slice_place(label.replace(" ", "")) for label in row.split(",") if label.strip())) for row in rows]
    return ("m", Named("pick_each" if match["each"] else "embed", (Call(LIST, tuple(listed)) if nested else listed[0],)))


def read_axis(match: re.Match[str]) -> Token:
    """The token of the axes along which something is done, and of whether they are kept.

    >>> read_axis(AXIS.match("axis=-1, keepdims=True)"))
    ('a', Call(func='axis kept', args=(Neg(arg=Number(text='1')),)))
    """
    kept = re.search(r"keepdims?\s?=\s?(?:True|1)", match.group())
    return ("a", _write_axes(match["axes"] or match["more"] or "", kept.group() if kept else ""))


def read_method_along(match: re.Match[str]) -> Token:
    """The token of a method with the axes along which it goes.

    >>> read_method_along(METHOD_ALONG.match(".max(1)"))
    ('m', Named(func='max', settings=(Call(func='axis', args=(Number(text='1'),)),)))
    """
    return ("m", Named(match["word"], (_write_axes(match["axes"], match["kept"] or ""),)))


def _write_axes(axes: str, kept: str) -> Call:
    found = [axis.replace(" ", "") for axis in re.findall(r"-?\s?[0-9]+", axes)]
    numbers = tuple(Neg(Number(axis[1:])) if axis[0] == "-" else Number(axis) for axis in found)
    return Call(KEPT_WORD if re.search(r"=\s?(?:True|1)", kept) else AXIS_WORD, numbers)


def read_slice(match: re.Match[str]) -> Token:
    """The token of a slice: a span for ``0:2``, a place for a number.

    >>> read_slice(SLICED.match("[:, 0:2]"))[1].settings
    (Call(func='span', args=()), Call(func='span', args=(Number(text='0'), Number(text='2'))))
    """
    return ("m", Named(SLICE, tuple(_read_slice_part(part.replace(" ", "")) for part in (match["parts"] or match["places"]).split(","))))


def _read_slice_part(text: str) -> Expr:
    if text in ("...", "Ellipsis"):
        return Call(REST, ())
    if text == "None" or text.endswith("newaxis"):
        return Call(NEW, ())
    if ":" not in text:
        return _read_slice_place(text) if text.lstrip("-").isdigit() else read_count(text) or END
    begin, _, end = text.partition(":")
    if not begin and not end:
        return Call(SPAN, ())
    return Call(SPAN, (read_count(begin or "0") or END, (read_count(end) if end else None) or END))


def _read_slice_place(text: str) -> Expr:
    return Neg(Number(text[1:])) if text[0] == "-" else Number(text)


_TERM = compile_late(rf"\s?(?P<plus>[+-]?)\s?(?P<product>(?:{_FACTOR})(?:\s?[*·]\s?(?:{_FACTOR}))*)\s?", re.ASCII)
_JOINED = compile_late(r"([0-9]+)\s?(?=[A-Za-z])")


def read_count(text: str) -> Expr | None:
    """A number of entries that is computed of letters, as slices and shapes have it; nothing for any other text.

    >>> read_count("2*h"), read_count("h/2")
    (Mul(args=(Number(text='2'), Name(name='h'))), None)
    """
    terms: list[Expr] = []
    at = 0
    while match := _TERM.match(text, at):
        if terms and not match["plus"]:
            return None
        factors = [part.strip() for part in re.split(r"[*·]", _JOINED.sub(r"\1*", match["product"]))]
        read = tuple(Number(part) if part.isdigit() else Name(part) for part in factors)
        term = read[0] if len(read) == 1 else Mul(read)
        terms.append(Neg(term) if match["plus"] == "-" else term)
        at = match.end()
    if not terms or at < len(text):
        return None
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def read_method(match: re.Match[str]) -> Token:
    """The token of a method behind an array.

    >>> read_method(METHOD.match(".shape[0]"))
    ('m', Named(func='size', settings=(Number(text='0'),)))
    """
    if match["axis"]:
        return ("m", Named("size", (Number(match["axis"]),)))
    return ("m", {"dot": "matmul", "ravel": "flatten", "reshape": "unflatten", "view": "unflatten"}.get(match["word"], match["word"]))
