"""Sizes of axes with letters in them: the 4h rows of an LSTM's weights, the h + k entries of two vectors in a row.

A size is a whole number, or the text of a polynomial of letters in one canonical order, ``"4*h"``, ``"h + k"``, ``"n - h"``: equal sizes
are equal texts.  A letter stands for any whole number from 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

from tutor.expression.nodes import Add, Expr, Mul, Name, Neg, Number
from tutor.expression.program_signs import read_count

Size: TypeAlias = int | str
"""A number of entries, or a letter for one, or what is computed of letters."""
_Terms: TypeAlias = Mapping[tuple[str, ...], int]
"""The factor of each product of letters; that of no letters is the constant."""
MOST_TERMS, MOST_LETTERS, LARGEST = 12, 6, 10**12
"""So many terms a size has, so many letters a term, and so large are its factors."""


def compute_size(expr: Expr) -> Size | None:
    """A formula of whole numbers and letters as a size; nothing for any other formula.

    >>> compute_size(Add((Name("h"), Mul((Number("3"), Name("h")))))), compute_size(Add((Name("h"), Neg(Name("h")))))
    ('4*h', 0)
    """
    terms = _read(expr)
    return None if terms is None else _write(terms)


@cache
def write_size(size: Size) -> Expr:
    """A size inside a formula.

    >>> write_size("4*h")
    Mul(args=(Number(text='4'), Name(name='h')))
    """
    if isinstance(size, int):
        return Number(str(size)) if size >= 0 else Neg(Number(str(-size)))
    if size.isidentifier():
        return Name(size)
    terms: list[Expr] = []
    for letters, weight in _terms_of(size).items():
        factors: list[Expr] = list(map(Name, letters))
        if abs(weight) != 1 or not letters:
            factors.insert(0, Number(str(abs(weight))))
        term = factors[0] if len(factors) == 1 else Mul(tuple(factors))
        terms.append(Neg(term) if weight < 0 else term)
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def read_size(text: str) -> Size | None:
    """A size as somebody types it, ``4h``, ``4*h``, ``h + k``; nothing for what is none.

    >>> read_size("4h"), read_size("k+2*h"), read_size("12"), read_size("h/2")
    ('4*h', '2*h + k', 12, None)
    """
    text = text.strip()
    text = text[1:-1] if text[:1] == "(" and text[-1:] == ")" else text
    if len(text) > 60 or (text.isdecimal() and len(text) > 9):
        return None
    expr = read_count(text)
    return None if expr is None else compute_size(expr)


def list_size_letters(sizes: Iterable[Size]) -> tuple[str, ...]:
    """The letters in some sizes, each once.

    >>> list_size_letters(["4*h", 3, "h + k"])
    ('h', 'k')
    """
    return tuple(dict.fromkeys(
        letter for size in sizes if isinstance(size, str) for letters in _terms_of(size) for letter in letters))  # fmt: skip


def put_in_size(size: Size, values: Mapping[str, int]) -> Size:
    """A size with numbers for letters.

    >>> put_in_size("4*h", {"h": 2}), put_in_size("h + k", {"h": 2})
    (8, 'k + 2')
    """
    if isinstance(size, int):
        return size
    found: dict[tuple[str, ...], int] = {}
    for letters, weight in _terms_of(size).items():
        for letter in letters:
            weight *= values.get(letter, 1)
        left = tuple(letter for letter in letters if letter not in values)
        found[left] = found.get(left, 0) + weight
    return _write(found)


def put_in_shape(shape: Iterable[Size], values: Mapping[str, int]) -> tuple[int, ...]:
    """A shape with numbers for letters; 0 where a letter has none.

    >>> put_in_shape(("4*h", 3), {"h": 2})
    (8, 3)
    """
    sized = (put_in_size(size, values) for size in shape)
    return tuple(size if isinstance(size, int) else 0 for size in sized)


def show_size(size: Size) -> str:
    """A size for people, beside a × of others: 4h, (h+k).

    >>> show_size("4*h"), show_size("h + k"), show_size("m*n")
    ('4h', '(h+k)', 'm·n')
    """
    if isinstance(size, int) or size.isidentifier():
        return str(size)
    shown: list[str] = []
    for letters, weight in _terms_of(size).items():
        number = str(abs(weight)) if abs(weight) != 1 or not letters else ""
        shown.append(("-" if weight < 0 else "+" if shown else "") + number + "·".join(letters))
    return shown[0] if len(shown) == 1 else f"({''.join(shown)})" if shown else size


def add_sizes(one: Size, other: Size, times: int = 1) -> Size:
    """The sum of two sizes, the second one so many times.

    >>> add_sizes("h", "h"), add_sizes("n", "h", -1)
    ('2*h', 'n - h')
    """
    found = dict(_terms_of(one))
    for letters, weight in _terms_of(other).items():
        found[letters] = found.get(letters, 0) + times * weight
    return _write(found)


def sum_sizes(sizes: Iterable[Size]) -> Size:
    """The sum of some sizes.

    >>> sum_sizes(["h", "h", 1])
    '2*h + 1'
    """
    return compute_size(Add((Number("0"), *map(write_size, sizes)))) or 0


def multiply_sizes(sizes: Iterable[Size]) -> Size | None:
    """The product of some sizes; nothing for one that is too large to be written.

    >>> multiply_sizes(["h", 4]), multiply_sizes([])
    ('4*h', 1)
    """
    return compute_size(Mul((Number("1"), *map(write_size, sizes))))


def list_ends(settings: Iterable[Expr]) -> tuple[Expr, Expr]:
    """The first and the last place of a part, counted from 1, from what stands before it and how long it is.

    >>> list_ends((Name("h"), Mul((Number("2"), Name("h")))))
    (Add(args=(Name(name='h'), Number(text='1'))), Mul(args=(Number(text='3'), Name(name='h'))))
    """
    before, length = ((0 if size is None else size) for size in map(compute_size, settings))
    return write_size(add_sizes(before, 1)), write_size(add_sizes(before, length))


def divide_size(size: Size, number: Size) -> Size | None:
    """A size in so many equal parts; nothing where that leaves a rest, or is not known to leave none.

    >>> divide_size("4*h", 4), divide_size("4*h", "h"), divide_size("n", 2)
    ('h', 4, None)
    """
    divisor = _terms_of(number)
    if len(divisor) != 1:
        return 1 if size == number else None
    ((below, factor),) = divisor.items()
    found = {}
    for letters, weight in _terms_of(size).items():
        left = list(letters)
        for letter in below:
            if letter not in left:
                return None
            left.remove(letter)
        if factor == 0 or weight % factor:
            return None
        found[tuple(left)] = weight // factor
    return _write(found)


def is_at_least(size: Size, least: Size) -> bool | None:
    """Whether a size is at least another, whatever the letters stand for; nothing where that depends on them.

    >>> is_at_least("4*h", "3*h"), is_at_least("h", "2*h"), is_at_least("n", "h")
    (True, False, None)
    """
    rest = _terms_of(add_sizes(size, least, -1))
    ones = sum(rest.values())
    weights = [weight for letters, weight in rest.items() if letters]
    if all(weight >= 0 for weight in weights) and ones >= 0:
        return True
    return False if all(weight <= 0 for weight in weights) and ones < 0 else None


def _read(expr: Expr) -> dict[tuple[str, ...], int] | None:
    match expr:
        case Number(text):
            return {(): int(text)} if text.isdecimal() and len(text) <= 12 else None
        case Name(name):
            return {(name,): 1} if name.isidentifier() else None
        case Neg(arg):
            inner = _read(arg)
            return None if inner is None else {letters: -weight for letters, weight in inner.items()}
        case Add(args) | Mul(args):
            read = [_read(arg) for arg in args]
            found: dict[tuple[str, ...], int] | None = {} if type(expr) is Add else {(): 1}
            for terms in read:
                if terms is None or found is None:
                    return None
                found = _add(found, terms) if type(expr) is Add else _multiply(found, terms)
            return found
    return None


def _add(one: _Terms, other: _Terms) -> dict[tuple[str, ...], int]:
    return {letters: one.get(letters, 0) + other.get(letters, 0) for letters in {**one, **other}}


def _multiply(one: _Terms, other: _Terms) -> dict[tuple[str, ...], int] | None:
    found: dict[tuple[str, ...], int] = {}
    for first, weight in one.items():
        for second, times in other.items():
            letters = tuple(sorted((*first, *second)))
            found[letters] = found.get(letters, 0) + weight * times
    small = len(found) <= MOST_TERMS and all(len(letters) <= MOST_LETTERS and abs(weight) <= LARGEST for letters, weight in found.items())
    return found if small else None


@cache
def _terms_of(size: Size) -> _Terms:
    """The terms of a size, in their canonical order."""
    if isinstance(size, int):
        return {(): size} if size else {}
    if size.isidentifier():
        return {(size,): 1}
    expr = read_count(size)
    return (_read(expr) if expr is not None else None) or {}


def _write(terms: _Terms) -> Size:
    """The canonical text: what is added before what is taken away, products of more letters first, then by the alphabet."""
    kept = sorted(((letters, weight) for letters, weight in terms.items() if weight),
                  key=lambda term: (term[1] < 0, -len(term[0]), term[0]))  # fmt: skip
    if not kept or not any(letters for letters, _ in kept):
        return kept[0][1] if kept else 0
    text = ""
    for letters, weight in kept:
        factors = [*([str(abs(weight))] if abs(weight) != 1 or not letters else []), *letters]
        sign = (" - " if weight < 0 else " + ") if text else "-" if weight < 0 else ""
        text += sign + "*".join(factors)
    return text
