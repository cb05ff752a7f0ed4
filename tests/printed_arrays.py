"""A reader of formulas over arrays as they are printed, in the terminal's text and in LaTeX: what stands on paper, taken at its word.

A vector is a column.  Two things side by side are a product of matrices, ``·`` stands beside a number only, and ⊙, a fraction and every
function go entry by entry; what does not fit by these rules is refused, as a reader of the page would refuse it.  Only 𝟏 has no shape on
paper: it has one by which everything fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product
from typing import Any

import numpy as np
from independent import call, dual, number, power
from independent_layers import OPERATIONS

from tutor.expression.nodes import Expr, Name, Partial
from tutor.notation.profile import Notation
from tutor.render.maths import LATEX, TEXT, Style, Writer
from tutor.rules.functions import FUNCTIONS

HIDDEN = re.compile(r"route|share|full|flip|part\[|part\}|part\(|d=|vec|\bmat|maxpool|avgpool|⋆|∗|\\star|\\ast|concat")
"""Operations that leave out on paper what the shapes of their operands tell: they are read as words, not as formulas."""
MOST = 5_000
Value = Any


class UnreadableError(Exception):
    """What is printed has no meaning by the rules of a reader."""


def refuse(text: str) -> Value:
    raise UnreadableError(text)


def is_number(value: Value) -> bool:
    """Whether a value may stand beside an array as a number: one entry alone may."""
    return np.size(value) == 1


def each(function: Callable[..., Any], *values: Value) -> Value:
    """Entry by entry; a number goes with every entry."""
    shapes = {np.shape(value) for value in values if np.shape(value) != ()}
    if len(shapes) > 1:
        shapes -= {(1, 1)}
        values = tuple(value.item() if np.shape(value) == (1, 1) else value for value in values)
    if len(shapes) > 1:
        refuse(f"entry by entry: {shapes}")
    made = np.vectorize(lambda *items: function(*(number(item) for item in items)), otypes=[object])(*values)
    return made if shapes else made[()]


def beside(a: Value, b: Value) -> Value:
    """Two things side by side: a product of matrices, or a number before an array."""
    if np.shape(a) == () or np.shape(b) == ():
        return each(lambda x, y: x * y, a, b)
    if a.shape[1] != b.shape[0] and (is_number(a) or is_number(b)):
        return each(lambda x, y: x * y, a, b)
    if a.shape[1] != b.shape[0]:
        refuse(f"{a.shape} beside {b.shape}")
    return a @ b


def dotted(a: Value, b: Value) -> Value:
    return each(lambda x, y: x * y, a, b) if is_number(a) or is_number(b) else refuse("· between two arrays")


def raised(base: Value, exponent: Value) -> Value:
    return each(lambda x, y: power(dual(x), dual(y)).value, base, exponent)


def table_of(writer: Writer, known: Mapping[str, Value], partials: Sequence[Partial]) -> dict[str, tuple[str, Any]]:
    """What each printed symbol stands for."""
    words: dict[str, tuple[str, Any]] = {}
    for name in FUNCTIONS:
        for primes in ("'", ""):
            words[writer.function(name + primes)] = ("function", name + primes)
    for name in ("sum", "mean", "onehot"):
        words[f"\\operatorname{{{name}}}" if writer.style.markup else name] = ("array", name)
    softmax = "\\operatorname{softmax}" if writer.style.markup else "softmax"
    for short, name in (("col", "softmax_columns"), ("row", "softmax_rows")):
        words[softmax + (f"_{{\\text{{{short}}}}}" if writer.style.markup else f"[{short}]")] = ("array", name)
    words[softmax] = ("array", "softmax")
    for name in known:
        words[writer.show(Name(name))] = ("value", name)
    for partial in partials:
        words[writer.show(partial)] = ("value", f"d{partial.of}/d{partial.wrt}")
    return words


SIGNS = {
    LATEX.markup: {"\\odot": "⊙", "\\cdot": "·", "\\times": "·", "\\,": " ", "-": "−",
                   "\\mathbf{1}_": "[", "\\mathbf{1}": "𝟏", "\\mathbf{0}": "𝟎",
                   "^{\\top}": "ᵀ", "\\left(": "(", "\\right)": ")", "\\bigl(": "(", "\\bigr)": ")", "\\Bigl(": "(", "\\Bigr)": ")",
                   "\\bigl\\lvert ": "|(", "\\bigr\\rvert ": "|)", "\\Bigl\\lvert ": "|(", "\\Bigr\\rvert ": "|)",
                   "\\lvert": "|(",
                   "\\left\\lvert": "|(", "\\rvert": "|)", "\\right\\rvert": "|)", "\\pi": "π", "\\sqrt": "√", "\\frac": "frac"},
    TEXT.markup: {"×": "·", "𝟏": "𝟏", "𝟎": "𝟎", "1[": "[", "√": "√", "ᵀ": "ᵀ"},
}  # fmt: skip
CASES = (("\\begin{cases} ", "("), (" & \\text{if } ", " if "), (" \\\\ ", " else "), (" & \\text{else} \\end{cases}", ")"))
UP = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True))


def tokens(text: str, style: Style, words: Mapping[str, tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The symbols of a printed formula, the longest that fits first."""
    for marked, said in CASES:
        text = text.replace(marked, said)
    signs = SIGNS[style.markup]
    listed = sorted([*words, *signs], key=len, reverse=True)
    found: list[tuple[str, Any]] = []
    at = 0
    while at < len(text):
        hit = next((word for word in listed if text.startswith(word, at)), "")
        digits = re.compile(r"\d+(\.\d+)?").match(text, at)
        if text.startswith(("1[", "\\mathbf{1}_"), at):
            hit = "1[" if not style.markup else "\\mathbf{1}_"
        if hit in words:
            found.append(words[hit])
        elif hit:
            found.append((signs[hit], None))
        elif digits:
            hit = digits[0]
            found.append(("number", Fraction(hit)))
        elif text[at] in UP:
            hit = re.compile(f"[{''.join(UP)}]+").match(text, at)[0]  # type: ignore[index]
            found.append(("power", Fraction("".join(UP[sign] for sign in hit))))
        else:
            hit = text[at]
            found.append((hit, None))
        at += len(hit)
    return [token for place, token in enumerate(found) if token[0] != " " or needed(found, place)]


OPENING = ("value", "function", "array", "number", "(", "𝟏", "𝟎", "|(", "√", "frac", "[", "{")
CLOSING = ("value", "number", ")", "𝟏", "𝟎", "|)", "ᵀ", "power", "}", "|", "]")


def needed(found: Sequence[tuple[str, Any]], place: int) -> bool:
    """Whether a space is a product: between two factors."""
    after = found[place + 1][0] if place + 1 < len(found) else ""
    return place > 0 and found[place - 1][0] in CLOSING and (after in OPENING or after == "|")


class Reader:
    """Reads one printed formula and computes what it says."""

    def __init__(self, found: list[tuple[str, Any]], known: Mapping[str, Value], ones: Iterator[tuple[int, int]]) -> None:
        self.found, self.known, self.ones = [*found, ("end", None)], known, ones
        self.at = 0

    def peek(self) -> str:
        return self.found[self.at][0]

    def take(self, *wanted: str) -> Any:
        kind, value = self.found[self.at]
        if wanted and kind not in wanted:
            refuse(f"{kind} for {wanted} in {self.found}")
        self.at += 1
        return value if value is not None else kind

    def whole(self) -> Value:
        value = self.sum()
        self.take("end")
        return value

    def sum(self) -> Value:
        total = self.term()
        while self.peek() in "+−":
            sign = 1 if self.take() == "+" else -1
            total = each(lambda x, y, sign=sign: x + sign * y, total, self.term())
        return total

    def term(self) -> Value:
        if self.peek() == "−":
            self.take()
            return each(lambda x: -x, self.term())
        value = self.factor()
        while True:
            kind = self.peek()
            if kind == "·":
                self.take()
                value = dotted(value, self.factor())
            elif kind == "⊙":
                self.take()
                right = self.factor()
                arrays = np.shape(value) != () and np.shape(right) != ()
                value = each(lambda x, y: x * y, value, right) if arrays else refuse("⊙ with a number")
            elif kind == "/":
                self.take()
                value = each(lambda x, y: x / y, value, self.factor())
            elif kind == " ":
                self.take()
                value = beside(value, self.factor())
            elif kind in OPENING:
                value = beside(value, self.factor())
            else:
                return value

    def factor(self) -> Value:
        value = self.atom()
        while self.peek() in ("power", "^", "ᵀ", "_"):
            if self.peek() == "_":
                value = self.indexed(value)
                continue
            if self.peek() == "ᵀ":
                self.take()
                value = refuse("the transpose of a number") if np.shape(value) == () else np.asarray(value).T
            elif self.peek() == "power":
                value = raised(value, self.take())
            else:
                self.take()
                value = raised(value, self.group())
        return value

    def indexed(self, value: Value) -> Value:
        """One entry of an array: p_2, W_12; counted from 1."""
        self.take("_")
        closed = self.peek() == "{"
        if closed:
            self.take()
        places = str(self.take("number"))
        if closed:
            self.take("}")
        return value[tuple(int(place) - 1 for place in places) if len(places) == np.ndim(value) else (int(places) - 1, 0)]

    def group(self) -> Value:
        """What stands in braces or in brackets."""
        close = {"{": "}", "(": ")"}[self.take("{", "(")]
        value = self.sum()
        self.take(close)
        return value

    def atom(self) -> Value:
        kind = self.peek()
        if kind == "{" or kind == "(":
            return self.group() if not self.cases() else self.chosen()
        value = self.take()
        match kind:
            case "number":
                return value
            case "value":
                return self.known[value]
            case "_":
                return refuse("an index of nothing")
            case "𝟏" | "𝟎":
                return np.full(next(self.ones), Fraction(kind == "𝟏"), dtype=object)
            case "frac":
                return each(lambda x, y: x / y, self.group(), self.group())
            case "√":
                return raised(self.group(), Fraction(1, 2))
            case "|(" | "|":
                inner = self.sum()
                self.take("|)", "|")
                return each(abs, inner)
            case "[":
                return self.indicator()
            case "function" | "array":
                return self.applied(kind, value)
        return refuse(f"{kind} in {self.found}")

    def indicator(self) -> Value:
        if self.peek() == "{":
            self.take()
        left = self.sum()
        self.take(">")
        right = self.sum()
        self.take("]", "}")
        return each(lambda x, y: Fraction(x > y), left, right)

    def cases(self) -> bool:
        """Whether a bracket holds "a if b > c else d"."""
        depth = 0
        for kind, _ in self.found[self.at :]:
            depth += (kind == "(") - (kind == ")")
            if depth == 0:
                return False
            if depth == 1 and kind == ">":
                return True
        return False

    def chosen(self) -> Value:
        self.take("(")
        yes = self.sum()
        self.word("if")
        left = self.sum()
        self.take(">")
        right = self.sum()
        self.word("else")
        no = self.sum()
        self.take(")")
        return each(lambda l, r, y, n: y if l > r else n, left, right, yes, no)  # noqa: E741

    def word(self, text: str) -> None:
        for sign in [" ", *text, " "]:
            if self.peek() == " " or sign != " ":
                self.take(sign)

    def applied(self, kind: str, name: str) -> Value:
        self.take("(")
        args = [self.sum()]
        while self.peek() == ",":
            self.take()
            if self.peek() == " ":
                self.take()
            args.append(self.sum())
        self.take(")")
        if kind == "function" and not name.startswith("softmax"):
            if name.endswith("'"):
                return each(lambda x: call(name[:-1], [dual(x, 1)]).slope, *args)
            return each(lambda *items: call(name, [dual(item) for item in items]).value, *args)
        if name == "onehot":
            rows, _ = next(self.ones)
            return np.array([[Fraction(i + 1 == args[0])] for i in range(rows)], dtype=object)
        return OPERATIONS[name](np.asarray(args[0], dtype=object))


def column(value: Value) -> Value:
    """An array of the product as it stands on paper: a vector is a column, and one entry alone a number."""
    value = np.asarray(value, dtype=object)
    return value[:, None] if value.ndim == 1 else value if value.ndim else value[()]


def readings(
    text: str, style: Style, notation: Notation, known: Mapping[str, Value], partials: Sequence[Partial], shape: tuple[int, ...]
) -> Iterator[Value]:
    """Every value that a printed formula may have: one, unless 𝟏 may have several shapes.

    Raises `UnreadableError` where it has none.
    """
    found = tokens(text, style, table_of(Writer(style, notation), known, partials))
    count = sum(kind in ("𝟏", "𝟎") or value == "onehot" for kind, value in found)
    sizes = sorted({size for value in known.values() for size in np.shape(value)} | {*shape, 1})
    deep = [np.shape(value) for value in known.values() if np.ndim(value) > 2]
    shapes = list(dict.fromkeys([*((size, 1) for size in sizes), *product(sizes, sizes), *deep]))
    last: UnreadableError | None = None
    any_found = False
    paper = {name: column(value) for name, value in known.items()}
    for chosen in islice(product(shapes, repeat=count), MOST):
        try:
            value = Reader(found, paper, iter(chosen)).whole()
        except UnreadableError as error:
            last = error
            continue
        any_found = True
        yield value
    if not any_found:
        raise last or UnreadableError(text)


def printed(expr: Expr, style: Style, notation: Notation) -> str:
    """The formula as a page shows it."""
    return Writer(style, notation).show(expr)
