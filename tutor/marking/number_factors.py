"""The constant factors by which a result may be off, each said in the letters of the computation: N, 1/N, 2, ½, √d, −1, (N − 1)/N, 4/m."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

MOST_SIZES = 8


@dataclass(frozen=True, slots=True)
class NumberFactor:
    """A factor: its value, and what it is, the likeliest first (``N``, or ``4`` where N = 4); without texts one that has no name."""

    texts: tuple[str, ...]
    value: float

    @property
    def text(self) -> str:
        """What it is: its first name, or its value to six digits."""
        return self.texts[0] if self.texts else f"{self.value:.6g}"


def list_named_factors(letters: Mapping[str, int], sizes: Sequence[int] = ()) -> list[NumberFactor]:
    """The factors that are tried, 1 left out; those with one value are one factor with several texts.

    ``letters`` are the sizes that have names, ``sizes`` others; what is made of one size is tried before what is made of two.

    >>> found = {factor.text: factor.value for factor in list_named_factors({"N": 5, "d": 16})}
    >>> [found[text] for text in ("-1", "2", "1/N", "sqrt(d)", "2/N", "-N", "(N - 1)/N")]
    [-1.0, 2.0, 0.2, 4.0, 0.4, -5.0, 0.8]
    """
    known = {name: size for name, size in letters.items() if size > 1}
    known |= {str(size): size for size in dict.fromkeys(sizes) if size > 1 and size not in known.values()}
    found: dict[float, NumberFactor] = {}
    for text, exact in _list_texts(dict(list(known.items())[:MOST_SIZES])):
        value = float(exact)
        key = float(f"{value:.12g}")
        if key == 1:
            continue
        said = str(exact) if isinstance(exact, Fraction) and not _LETTER.search(text) else text
        texts = found[key].texts if key in found else ()
        found[key] = NumberFactor(texts if said in texts else (*texts, said), value)
    return list(found.values())


_LETTER = re.compile(r"[A-Za-z]")


def _list_texts(sizes: Mapping[str, int]) -> Iterator[tuple[str, Fraction | float]]:
    """Each factor as text, and what it is; fractions are written anew where nothing but numbers stands in them."""
    one = Fraction(1)
    halves = (("2", Fraction(2)), ("1/2", one / 2))
    plain = (("4", Fraction(4)), ("1/4", one / 4), ("3", Fraction(3)), ("1/3", one / 3))
    singles = list(_list_of_one(sizes))
    yield "-1", -one
    yield from (*halves, *singles, *plain)
    yield from ((f"2*{name}", Fraction(2 * size)) for name, size in sizes.items())
    yield from ((f"{name}/2", Fraction(size, 2)) for name, size in sizes.items())
    yield from ((f"2/{name}", Fraction(2, size)) for name, size in sizes.items())
    yield from ((f"1/(2*{name})", Fraction(1, 2 * size)) for name, size in sizes.items())
    yield from ((f"4/{name}", Fraction(4, size)) for name, size in sizes.items())
    named = sorted(sizes.items(), key=lambda one: not one[0].isdigit())  # 3*N
    for place, (first, size) in enumerate(named):
        yield f"{first}^2", Fraction(size * size)
        yield f"1/{first}^2", Fraction(1, size * size)
        for second, other in named[place + 1 :]:
            yield f"{first}*{second}", Fraction(size * other)
            yield f"1/({first}*{second})", Fraction(1, size * other)
            yield f"{first}/{second}", Fraction(size, other)
            yield f"{second}/{first}", Fraction(other, size)
    yield from ((f"-{text}", -value) for text, value in (*halves, *singles, *plain))
    yield from ((str(value), value) for value in (Fraction(10), one / 10, Fraction(100), one / 100, Fraction(8), one / 8))
    yield from (("log(2)", math.log(2)), ("1/log(2)", 1 / math.log(2)), ("log(10)", math.log(10)), ("1/log(10)", 1 / math.log(10)))


def _list_of_one(sizes: Mapping[str, int]) -> Iterator[tuple[str, Fraction | float]]:
    yield from ((name, Fraction(size)) for name, size in sizes.items())
    yield from ((f"1/{name}", Fraction(1, size)) for name, size in sizes.items())
    for name, size in sizes.items():
        if not name.isdigit() or math.isqrt(size) ** 2 != size:
            yield f"sqrt({name})", math.sqrt(size)
            yield f"1/sqrt({name})", 1 / math.sqrt(size)
        yield f"({name} - 1)/{name}", Fraction(size - 1, size)
        yield f"{name}/({name} - 1)", Fraction(size, size - 1)
