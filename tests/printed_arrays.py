"""A reader of formulas over arrays as they are printed, in the terminal's text and in LaTeX: what stands on paper, taken at its word.

A vector is a column.  Two things side by side are a product of matrices, ``·`` stands beside a number only, and ⊙, a fraction and every
function go entry by entry; what does not fit by these rules is refused, as a reader of the page would refuse it.  Of more than two axes
the last two multiply, as with NumPy's @.  What has no shape on paper (`LEFT_OUT`) has one by which everything fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product
from typing import Any

import numpy as np
from independent import call, dual, number, power
from printed_operations import OPERATORS, UnreadableError, Value, refuse, slide

from tutor.expression.nodes import Expr, Name, Partial
from tutor.notation.profile import Notation
from tutor.render.maths import LATEX, TEXT, Style, Writer
from tutor.rules.functions import FUNCTIONS

LEFT_OUT = {
    "𝟏": "an array of equal numbers has the shape that fits",
    "onehot": "a label says its place; how many classes there are is the shape of what it stands beside",
    "⋆": "a strided or a full correlation is cut to the shape of the quantity it is the gradient of",
    "∗": "the same",
    "route": "its windows are those of the pooling that it belongs to, whose step says them",
    "share": "the same, and its shape is that of what was pooled",
}
"""What a printed form leaves out, and why: every reading is tried."""
MOST = 5_000


def is_number(value: Value) -> bool:
    """Whether a value may stand beside an array as a number: one entry alone may."""
    return np.size(value) == 1


def each(function: Callable[..., Any], *values: Value) -> Value:
    """Entry by entry; a number goes with every entry."""
    shapes = {np.shape(value) for value in values if np.shape(value) != ()}
    if len(shapes) > 1:
        shapes -= {(1, 1)}
        values = tuple(value.item() if np.shape(value) == (1, 1) else value for value in values)
    if len(shapes) > 1 and max(map(len, shapes)) > 2:  # an axis of one entry is not printed of arrays with three and more
        values = tuple(np.squeeze(value) if np.shape(value) else value for value in values)
        shapes = {np.shape(value) for value in values if np.shape(value) != ()}
    if len(shapes) > 1:
        refuse(f"entry by entry: {shapes}")
    made = np.vectorize(lambda *items: function(*(number(item) for item in items)), otypes=[object])(*values)
    return made if shapes else made[()]


def beside(a: Value, b: Value) -> Value:
    """Two things side by side: a product of matrices, or a number before an array."""
    if np.shape(a) == () or np.shape(b) == ():
        return each(lambda x, y: x * y, a, b)
    if a.shape[-1] != b.shape[-2] and (is_number(a) or is_number(b)):
        return each(lambda x, y: x * y, a, b)
    front = {array.shape[:-2] for array in (a, b) if array.ndim > 2}
    if a.shape[-1] != b.shape[-2] or len(front) > 1:
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
    for name in OPERATORS:
        words[f"\\operatorname{{{name}}}" if writer.style.markup else name] = ("array", name)
    for name in known:
        words[writer.show(Name(name))] = ("value", name)
    for partial in partials:
        words[writer.show(partial)] = ("value", f"d{partial.of}/d{partial.wrt}")
    return words


_SETTING = re.compile(r"(?:\[|_\{)(?P<text>[^\]{}]*(?:\{[a-z]+\}[^\]{}]*)?)(?:\]|\})")


def settings_of(text: str) -> dict[str, Any]:
    """What stands as the index of an operation: 2, s=1; 2×3; 1..2; batch; full, d=2."""
    plain = re.sub(r"\\(?:text|mathrm)\{(\w+)\}", r"\1", text)
    for command, sign in (("\\times", "×"), ("\\dots", ".."), ("\\cdot", "·"), (" ", "")):
        plain = plain.replace(command, sign)
    found: dict[str, Any] = {}
    if margins := re.fullmatch(r"([0-9]+),([0-9]+)", plain):
        return {"margins": tuple(map(int, margins.groups()))}
    for part in plain.split(","):
        match re.split(r"(=|×|\.\.)", part):
            case [word] if word.isdigit():
                found |= {"k": int(word), "sizes": (int(word),)}
            case [word]:
                found[word] = 1
            case sizes if "·" in sizes:
                found["axes"] = tuple(None if size == "·" else int(size) for size in sizes[::2])
            case [letter, "=", value]:
                found[letter] = int(value)
            case [first, "..", last]:
                found |= {"first": int(first), "last": int(last)}
            case sizes:
                found["sizes"] = tuple(int(size) for size in sizes[::2])
    return found


SLIDES = {"⋆": "⋆", "∗": "∗", "\\star": "⋆", "\\ast": "∗"}
SIGNS = {
    LATEX.markup: {"\\odot": "⊙", "\\cdot": "·", "\\times": "·", "\\,": " ", "\\;": " ", "-": "−",
                   "\\mathbf{1}_": "[", "\\mathbf{1}": "𝟏", "\\mathbf{0}": "𝟎",
                   "^{\\top}": "ᵀ", "\\left(": "(", "\\right)": ")", "\\bigl(": "(", "\\bigr)": ")", "\\Bigl(": "(", "\\Bigr)": ")",
                   "\\biggl(": "(", "\\biggr)": ")", "\\Biggl(": "(", "\\Biggr)": ")",
                   "\\bigl\\lvert ": "|(", "\\bigr\\rvert ": "|)", "\\Bigl\\lvert ": "|(", "\\Bigr\\rvert ": "|)",
                   "\\lvert": "|(",
                   "\\left\\lvert": "|(", "\\rvert": "|)", "\\right\\rvert": "|)", "\\pi": "π", "\\sqrt": "√", "\\frac": "frac"},
    TEXT.markup: {"×": "·", "𝟏": "𝟏", "𝟎": "𝟎", "1[": "[", "√": "√", "ᵀ": "ᵀ"},
}  # fmt: skip
CASES = (("\\begin{cases} ", "("), (" & \\text{if } ", " if "), (" \\\\ ", " else "), (" & \\text{else} \\end{cases}", ")"))
DOWN = dict(zip("₀₁₂₃₄₅₆₇₈₉", "0123456789", strict=True))
UP = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True))


def tokens(text: str, style: Style, words: Mapping[str, tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The symbols of a printed formula, the longest that fits first."""
    for marked, said in CASES:
        text = text.replace(marked, said)
    signs = SIGNS[style.markup]
    listed = sorted([*words, *signs, *SLIDES], key=len, reverse=True)
    found: list[tuple[str, Any]] = []
    at = 0
    while at < len(text):
        hit = next((word for word in listed if text.startswith(word, at)), "")
        digits = re.compile(r"\d+(\.\d+)?").match(text, at)
        if text.startswith(("1[", "\\mathbf{1}_"), at):
            hit = "1[" if not style.markup else "\\mathbf{1}_"
        named = hit in SLIDES or (hit in words and words[hit][0] == "array")
        mark = _SETTING.match(text, at + len(hit)) if named else None
        if hit in SLIDES:
            found.append(("slide", (SLIDES[hit], settings_of(mark["text"]) if mark else {})))
            at = mark.end() - len(hit) if mark else at
        elif hit in words and words[hit][0] == "array":
            found.append(("array", (words[hit][1], settings_of(mark["text"]) if mark else {})))
            at = mark.end() - len(hit) if mark else at
        elif hit in words:
            found.append(words[hit])
        elif hit:
            found.append((signs[hit], None))
        elif digits:
            hit = digits[0]
            found.append(("number", Fraction(hit)))
        elif text[at] in UP:
            hit = re.compile(f"[{''.join(UP)}]+").match(text, at)[0]  # type: ignore[index]
            found.append(("power", Fraction("".join(UP[sign] for sign in hit))))
        elif text[at] in DOWN:
            hit = re.compile(f"[{''.join(DOWN)}]+").match(text, at)[0]  # type: ignore[index]
            found += [("_", None), ("number", Fraction("".join(DOWN[sign] for sign in hit)))]
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

    def __init__(self, found: list[tuple[str, Any]], known: Mapping[str, Value], free: Mapping[int, Any]) -> None:
        self.found, self.known, self.free = [*found, ("end", None)], known, free
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
            elif kind == "slide":
                free = self.free.get(self.at)
                sign, marks = self.take()
                value = slide(sign, marks, value, self.factor(), free)
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
                value = refuse("the transpose of a number") if np.shape(value) == () else np.swapaxes(np.asarray(value), -1, -2)
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
        free = self.free.get(self.at)
        value = self.take()
        match kind:
            case "number":
                return value
            case "value":
                return self.known[value]
            case "_":
                return refuse("an index of nothing")
            case "𝟏" | "𝟎":
                return np.full(free, Fraction(kind == "𝟏"), dtype=object)
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
            case "function":
                return self.applied(value)
            case "array":
                name, settings = value
                args = [np.asarray(arg, dtype=object) for arg in self.arguments()]
                return OPERATORS[name](settings, free, *args)
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

    def arguments(self) -> list[Value]:
        self.take("(")
        args = [self.sum()]
        while self.peek() == ",":
            self.take()
            if self.peek() == " ":
                self.take()
            args.append(self.sum())
        self.take(")")
        return args

    def applied(self, name: str) -> Value:
        args = self.arguments()
        if name == "max" and len(args) == 1:
            return max(np.asarray(args[0], dtype=object).flat)
        if name.endswith("'"):
            return each(lambda x: call(name[:-1], [dual(x, 1)]).slope, *args)
        return each(lambda *items: call(name, [dual(item) for item in items]).value, *args)


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
    sizes = sorted({size for value in known.values() for size in np.shape(value)} | {*shape, 1})
    deep = [np.shape(value) for value in known.values() if np.ndim(value) > 2]
    shapes = list(dict.fromkeys([*((size, 1) for size in sizes), *product(sizes, sizes), *deep]))
    windows = list(product(range(1, max(sizes) + 1), repeat=2))
    choices = {place: options for place, token in enumerate(found) if (options := left_out(token, shapes, windows))}
    last: UnreadableError | None = None
    any_found = False
    paper = {name: column(value) for name, value in known.items()}
    refused: list[tuple[Any, ...]] = []
    for chosen in islice(untried(list(choices.values()), refused), MOST):
        reader = Reader(found, paper, dict(zip(choices, chosen, strict=True)))
        try:
            value = reader.whole()
        except (UnreadableError, ValueError, IndexError, AttributeError) as error:  # or NumPy's own words for what does not fit
            last = error if isinstance(error, UnreadableError) else UnreadableError(str(error))
            refused.append(chosen[: sum(place < reader.at for place in choices)])  # it was read from the left so far
        else:
            any_found = True
            yield value
    if not any_found:
        raise last or UnreadableError(text)


def untried(options: Sequence[Sequence[Any]], refused: Sequence[tuple[Any, ...]], begun: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every choice of one of each, without those that begin as the last one that was refused."""
    if len(begun) == len(options):
        yield begun
        return
    for one in options[len(begun)]:
        yield from untried(options, refused, (*begun, one))
        if refused and begun[: len(refused[-1])] == refused[-1]:
            return


def left_out(token: tuple[str, Any], shapes: Sequence[Any], windows: Sequence[tuple[int, int]]) -> Sequence[Any]:
    """What a symbol may mean that leaves something out; nothing for any other symbol."""
    kind, value = token
    word = value[0] if kind in ("slide", "array") else "𝟏" if kind == "𝟎" else kind
    if word not in LEFT_OUT or (kind == "array" and value[1]):  # an axis is said
        return ()
    if word == "route":
        return windows
    return [(shape, *window) for shape in shapes for window in windows] if word == "share" else shapes


def printed(expr: Expr, style: Style, notation: Notation) -> str:
    """The formula as a page shows it."""
    return Writer(style, notation).show(expr)
