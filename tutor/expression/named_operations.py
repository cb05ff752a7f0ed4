r"""Operations on arrays with their settings, as the product shows them: ``maxpool[2](X)``, ``\\operatorname{part}_{2\\dots 3}(h)``.

What may stand there is told by its kind: a window (``2``, ``3, s=1``), a place (``2..3``, ``2``), sizes (``2×3``), or an axis (``row``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from tutor.expression.nodes import Expr, Number
from tutor.expression.program_signs import OWN
from tutor.expression.sizes import add_sizes, is_at_least, read_size, write_size
from tutor.expression.tokens import Named, Token
from tutor.late_patterns import compile_late

Settings = tuple[Expr, ...]
_HEAD = compile_late(
    r"(?:\\operatorname\s?\{\s?(?P<set>[a-z][a-z0-9]{1,12})\s?\}\s?_\s?(?:\{(?P<below>(?:[^{}]|\{[a-z]{1,12}\}){1,400})\}|(?P<one>[0-9A-Za-z]))"
    r"|(?P<word>[a-z][a-z0-9]{1,12})\[(?P<inside>[^\[\]()]{1,400})\])(?=\s?(?:\(|\\(?:left|[bB]igg?l?)(?![A-Za-z])))"
)
_BLANK = compile_late(r"\s+|\\[,;:! ]|\\(?:thin|med|thick)space(?![A-Za-z])")
_AXIS = compile_late(r"(?:\\(?:text|mathrm)\{)?(?P<axis>row|col|batch|channel|sample|set)\}?")
_COUNT = r"\(?[0-9A-Za-z][0-9A-Za-z_+*·−-]{0,20}\)?"
"""A number of entries, or what is computed of letters: h, 2h, h+k."""
_PLACE = compile_late(rf"(?P<first>{_COUNT})(?:\.\.\.?|…|\\l?dots)(?P<last>{_COUNT})")
_ONE_PLACE = compile_late(_COUNT)
_MARGINS = compile_late(rf"({_COUNT}),({_COUNT})")
_CROSS = r"(?:×|\\times)"
_LONG, _WIDE = (rf"{number}(?:{_CROSS}{number}){{0,2}}" for number in ("[1-9][0-9]{0,2}", "[0-9]{1,3}"))
"""A number for all axes, or one for each, 2×1."""
_WINDOW = compile_late(rf"(?P<size>{_LONG})(?:,s=(?P<stride>{_LONG}))?(?:,p=(?P<padding>{_WIDE}))?")
_SLIDE = compile_late(rf"[spdg]={_WIDE}(?:,[spdg]={_WIDE}){{0,3}}")
_LABELS = compile_late(r"[0-9]{1,5}(?:,[0-9]{1,5})*")
_AMONG = compile_late(r"[1-9][0-9]{0,5}:[0-9]{1,5}(?:,[0-9]{1,5})*")
"""Labels, and how many rows there are before the labels that some of them have."""
_AXES = compile_late(rf"(?:{_COUNT}|[·⋅]|\\cdot)(?:(?:×|\\times)(?:{_COUNT}|[·⋅]|\\cdot)){{1,4}}")
"""A size, or a dot for an axis that stays."""
_SIZES = compile_late(rf"{_COUNT}(?:(?:×|\\times){_COUNT}){{0,4}}")


def _read_place(match: re.Match[str]) -> Settings:
    first, last = read_size(match["first"]), read_size(match["last"])
    if first is None or last is None or is_at_least(first, 1) is False or is_at_least(last, first) is False:
        return ()
    return write_size(add_sizes(first, -1)), write_size(add_sizes(add_sizes(last, first, -1), 1))


def _read_one_place(match: re.Match[str]) -> Settings:
    place = read_size(match.group())
    return () if place is None or is_at_least(place, 1) is False else (write_size(add_sizes(place, -1)), Number("1"))


def _read_sizes(match: re.Match[str]) -> Settings:
    return _read_counts(re.split(r"×|\\times", match.group()))


def _read_counts(parts: Iterable[str]) -> Settings:
    """Sizes, or nothing where one is none."""
    sizes = [read_size(part) for part in parts]
    return () if None in sizes else tuple(write_size(size) for size in sizes if size is not None)


def _read_axes(match: re.Match[str]) -> Settings:
    parts = re.split(r"×|\\times", match.group())
    own = ("·", "⋅", "\\cdot")
    sizes = iter(_read_counts([part for part in parts if part not in own]))
    found = tuple(OWN if part in own else next(sizes, None) for part in parts)
    return () if None in found else tuple(part for part in found if part is not None)


def _read_window(match: re.Match[str]) -> Settings:
    size, stride, padding = match["size"], match["stride"], match["padding"]
    each = read_each([size, stride or size, padding or "0"])
    return each or tuple(map(Number, (size, *(() if stride is padding is None else (stride or size,) if padding is None else
                                              (stride or size, padding)))))  # fmt: skip


def _read_slide(match: re.Match[str]) -> Settings:
    said = dict(part.split("=") for part in match.group().split(","))
    values = [said.get(name, usual) for name, usual in zip("spdg", "1011", strict=True)]
    each = read_each(values[:3])
    return (*each, Number(values[3])) if each else tuple(map(Number, values))


def read_each(values: Sequence[str]) -> Settings:
    """Settings of which one is written for each axis, 2×1, all of them for each; nothing where none is, or they differ in how many.

    >>> read_each(["2×1", "0"]), read_each(["2", "1"])
    ((Number(text='2'), Number(text='1'), Number(text='0'), Number(text='0')), ())
    """
    parts = [re.split(_CROSS, value) for value in values]
    axes = max(map(len, parts))
    if axes == 1 or any(len(own) not in (1, axes) for own in parts):
        return ()
    return tuple(Number(number.strip()) for own in parts for number in (own if len(own) > 1 else own * axes))


def _read_labels(match: re.Match[str]) -> Settings:
    return tuple(map(Number, re.split("[,:]", match.group())))


_KINDS: dict[str, tuple[re.Pattern[str], Callable[[re.Match[str]], Settings]]] = {
    "place": (_PLACE, _read_place),
    "one place": (_ONE_PLACE, _read_one_place),
    "window": (_WINDOW, _read_window),
    "slide": (_SLIDE, _read_slide),
    "back": (_SLIDE, _read_slide),
    "labels": (_LABELS, _read_labels),
    "among": (_AMONG, _read_labels),
    "margins": (_MARGINS, lambda match: _read_counts(match.groups())),
    "sizes": (_SIZES, _read_sizes),
    "axes": (_AXES, _read_axes),
}


def read_named(text: str, at: int, end: int, named: Mapping[tuple[str, str], str]) -> tuple[Token | None, int]:
    """The token of an operation with its settings that stands at a place, and how long it is; ``named`` are functions by word and kind.

    >>> read_named("maxpool[2, s=1](X)", 0, 18, {("maxpool", "window"): "max_pool"})
    (('f', Named(func='max_pool', settings=(Number(text='2'), Number(text='1')))), 15)
    """
    match = _HEAD.match(text, at, end)
    if match is None:
        return None, 0
    word = match["set"] or match["word"]
    inside = _BLANK.sub("", match["below"] or match["one"] or match["inside"])
    for kind, settings in _list_readings(inside):
        func = named.get((word, kind))
        if func is not None:
            return ("f", Named(func, settings)), match.end() - at
    return None, 0


def _list_readings(inside: str) -> Iterator[tuple[str, Settings]]:
    if axis := _AXIS.fullmatch(inside):
        yield axis["axis"], ()
    for kind, (pattern, read) in _KINDS.items():
        if (match := pattern.fullmatch(inside)) and (settings := read(match)):
            yield kind, settings
