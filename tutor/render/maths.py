r"""Expressions as LaTeX and as one line of Unicode, by one and the same set of bracket rules.

What differs between the two is a row of the `Style` table: the fraction (``\frac{a}{b}`` or ``a/b``), the signs, how a
power of ten is written.  What is common is *where a bracket goes*: round a negative number that is not in front, round
a sum inside a sum (that is how written brackets are stored), round the base of a power.

>>> from tutor.expression.nodes import Add, Mul, Name, Number
>>> from tutor.notation.profile import Notation
>>> expr = Add((Mul((Number("0.5"), Number("-0.3"))), Mul((Name("w1"), Name("i1")))))
>>> latex(expr, Notation())
'0.5\\cdot (-0.3) + w_{1}\\,i_{1}'
>>> text(expr, Notation())
'0.5·(−0.3) + w₁·i₁'
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.expression.walk import as_indicator
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.brackets import put_in_brackets
from tutor.render.factor_words import Written, is_word, is_word_between
from tutor.render.latex.words import ascii_maths
from tutor.render.layer_maths import ARRAYS, OVER, find_subtracted, is_last_factor, is_loose_factor

# How tightly a printed thing holds together; an operand that is looser than its place allows gets brackets.
_SUM, _NEGATIVE, _QUOTIENT, _PRODUCT, _FACTOR, _POWER, _ATOM = range(1, 8)

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_RAISED = frozenset("^⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ᴸ")
_NAMED = {name: Symbol("\\" + name, name) for name in ("exp", "log", "sin", "cos", "tan", "tanh", "max", "min")}


@dataclass(frozen=True, slots=True)
class Style:
    """One way of writing maths: what the two printers do not share.

    ``signs`` are the signs of `tutor.notation.Notation` between numbers, ``chain`` those between the factors of a chain
    rule, ``names`` the one between other factors and ``touch`` the one before a bracket; ``applied`` stands between a
    function and its bracket.  ``quotient`` says how tightly a fraction holds together.
    """

    markup: bool
    minus: str
    plus: str
    subtract: str
    signs: dict[str, str]
    chain: dict[str, str]
    names: str
    touch: str
    fraction: tuple[str, str, str]
    quotient: int
    ten: tuple[str, str]
    root: tuple[str, str]
    prime: str
    positive: tuple[str, str]
    cases: str
    above: str
    applied: str = ""


LATEX = Style(
    markup=True,
    minus="-",
    plus=" + ",
    subtract=" - ",
    # Between numbers a thin space would read as one number: "2 3" is not a product.
    signs={"dot": "\\cdot ", "cross": "\\times ", "none": "\\cdot "},
    chain={"dot": " \\cdot ", "cross": " \\times ", "none": "\\,"},
    names="\\,",
    touch="",
    fraction=("\\frac{", "}{", "}"),
    quotient=_POWER,
    ten=("\\times 10^{", "}"),
    root=("\\sqrt{", "}"),
    prime="'",
    positive=("\\mathbf{1}_{", "}"),
    cases="\\begin{cases} %(yes)s & \\text{%(when)s } %(above)s \\\\ %(no)s & \\text{%(otherwise)s} \\end{cases}",
    above=" > ",
)

TIMES_MARK, APPLY_MARK = "\N{INVISIBLE TIMES}", "\N{FUNCTION APPLICATION}"
MARKED = replace(LATEX, touch=TIMES_MARK, applied=APPLY_MARK)
"""LaTeX that tells a product, x(y + z), from a function of something, σ(y + z): what `tutor.render.mathml_reader` reads."""

TEXT = Style(
    markup=False,
    minus="−",
    plus=" + ",
    subtract=" − ",
    signs={"dot": "·", "cross": "×", "none": "·"},
    chain={"dot": " · ", "cross": " × ", "none": " · "},
    names="·",
    touch="·",
    fraction=("", "/", ""),
    quotient=_QUOTIENT,
    ten=("×10", ""),
    root=("√(", ")"),
    prime="′",
    positive=("1[", "]"),
    cases="(%(yes)s %(when)s %(above)s %(otherwise)s %(no)s)",
    above=" > ",
)


def _is_entry_of_derivative(expr: Expr) -> bool:
    return type(expr) is Call and expr.func == "at" and type(expr.args[0]) is Partial


class Piece(NamedTuple):
    """One term of a sum or one factor of a product, as printed: ``sign`` + ``body``.

    ``expr`` is what stands inside (inside the brackets, when ``bracketed``), for a reader who must break it further.
    """

    sign: str
    body: str
    expr: Expr
    bracketed: bool


def is_numeric(expr: Expr) -> bool:
    """Whether only numbers occur: 0.5·(1 − 0.5) does, 2·x does not."""
    match expr:
        case Number():
            return True
        case Name() | Partial():
            return False
        case Neg(arg):
            return is_numeric(arg)
        case Add(args) | Mul(args) | Call(_, args):
            return all(is_numeric(arg) for arg in args)
        case Div(first, second) | Pow(first, second):
            return is_numeric(first) and is_numeric(second)


def condition_sides(condition: Expr) -> tuple[Expr, Expr]:
    """The two sides of "condition > 0" as people write it: p − q > 0 is p > q."""
    if type(condition) is Add and len(condition.args) == 2:
        first, second = condition.args
        if type(second) is Neg:
            return first, second.arg
    return condition, Number("0")


def _is_indicator(call: Call) -> bool:
    return call.args[1:] == (Number("1"), Number("0"))


_ABOVE = "\\;}{"
"""Between the shape below a factor and what it is (`tutor.render.layer_maths`)."""
_OPEN = ("(", "\\left(", "\\bigl(", "\\Bigl(", "\\biggl(", "\\Biggl(")
_CASES = "\\begin{cases} "


class _Memo(dict[Any, Written]):
    """Symbols by name, looked up once."""

    def __init__(self, look_up: Callable[[Any], Written]) -> None:
        super().__init__()
        self.look_up = look_up

    def __missing__(self, key: Any) -> Written:
        found = self[key] = self.look_up(key)
        return found


class Writer:
    """Prints expressions in one style and one notation; remembers the symbols it has looked up."""

    def __init__(self, style: Style, notation: Notation) -> None:
        self.style = style
        self.notation = notation
        self._names = _Memo(self._name)
        self._partials = _Memo(self._partial)
        self._numbers_sign = style.signs[notation.numbers]
        close = notation.slashed and notation.factors == "none"  # ∂L/∂a ∂a/∂w could be read in two ways
        self._chain_sign = style.chain["dot" if close else notation.factors]
        self._print: dict[type, Callable[[Any, bool], str]] = {
            Number: self._number,
            Name: lambda expr, lead: self._names[expr.name][0],
            Partial: lambda expr, lead: self._partials[expr.of, expr.wrt][0],
            Neg: self._neg,
            Add: self._add,
            Mul: self._mul,
            Div: self._div,
            Pow: self._pow,
            Call: self._call,
        }

    def show(self, expr: Expr, lead: bool = True) -> str:
        """The expression as it stands.  ``lead`` says that a minus sign in front needs no bracket here."""
        return self._print[type(expr)](expr, lead)

    def write_within(self, expr: Expr, level: int) -> str:
        """The expression as an operand: in brackets where it is looser than ``level``."""
        return self._operand(expr, self._level(expr) < level, False)

    def bracket(self, body: str) -> str:
        """The same in brackets, which grow with what is high in them, and with the brackets in them."""
        return put_in_brackets(body) if self.style.markup else f"({body})"

    def terms(self, expr: Add) -> list[Piece]:
        """The terms of a sum, each with the sign before it."""
        pieces: list[Piece] = []
        plus, subtract = self.style.plus, self.style.subtract
        for term in expr.args:
            if not pieces:
                bracketed = type(term) is Add
                pieces.append(Piece("", self._operand(term, bracketed, True), term, bracketed))
                continue
            sign = plus
            if type(term) is Neg:
                sign, term = subtract, term.arg
            elif type(term) is Call and (opposite := find_subtracted(term)) is not None:
                sign, term = subtract, opposite
            bracketed = self._level(term) < _QUOTIENT and not (type(term) is Call and term.func in OVER)  # Σ reaches as far as a product
            pieces.append(Piece(sign, self._operand(term, bracketed, False), term, bracketed))
        return pieces or [Piece("", "0", expr, False)]

    def factors(self, expr: Mul, lead: bool = True) -> list[Piece]:
        """The factors of a product, each with the sign before it."""
        pieces: list[Piece] = []
        kinds = {*map(type, expr.args)}
        chain = Partial in kinds or (Call in kinds and any(map(_is_entry_of_derivative, expr.args)))
        before: Expr = expr
        left = ""
        for factor in expr.args:
            bracketed = self._level(factor) < _FACTOR
            if bracketed and pieces and factor is expr.args[-1] and is_last_factor(factor, expr.args[:-1]):
                bracketed = False
            if bracketed and lead and not pieces and self._is_minus(factor):
                bracketed = False
            body = self._operand(factor, bracketed, lead and not pieces)
            close = chain and self._chain_sign == self.style.names and body[0].isdigit()  # ∂L/∂z 2 could be read as one thing
            between = self._numbers_sign if close else self._chain_sign if chain else ""
            sign = "" if not pieces else between or self.join_factors(before, factor, self._sign(before, factor, left, body))
            pieces.append(Piece(sign, body, factor, bracketed))
            before, left = factor, body
        return pieces or [Piece("", "1", expr, False)]

    def join_factors(self, before: Expr, after: Expr, usual: str) -> str:
        """The sign between two factors: one that is seen beside a word (dout, weight), else the usual one."""
        unseen = usual.strip() in ("", LATEX.names, TIMES_MARK)
        if not unseen or not is_word_between(before, after, self._names, self._partials):
            return usual
        loose = not self.style.markup and Partial in (type(before), type(after))  # ∂L/∂out·x would be a derivative by a product
        return self._chain_sign if loose else self.style.signs["dot"]

    def _add(self, expr: Add, lead: bool) -> str:
        return "".join([part for piece in self.terms(expr) for part in piece[:2]])

    def _mul(self, expr: Mul, lead: bool) -> str:
        names, partials = self._names, self._partials
        chain = False
        bodies: list[str] = []
        for (
            factor
        ) in expr.args:  # names and derivatives alone, by far the most frequent product, have a short way through
            if type(factor) is Name:
                written, _, worded = names[factor.name]
                if worded:
                    return "".join([part for piece in self.factors(expr, lead) for part in piece[:2]])
                bodies.append(written)
            elif type(factor) is Partial:
                chain = True
                bodies.append(partials[factor.of, factor.wrt][0])
            else:
                return "".join([part for piece in self.factors(expr, lead) for part in piece[:2]])
        return (self._chain_sign if chain else self.style.names).join(bodies) or "1"

    def _operand(self, expr: Expr, bracketed: bool, lead: bool) -> str:
        if type(expr) is Call and self.is_lone_indicator(expr):
            return self._write_indicator(as_indicator(expr))
        if bracketed:
            return self.bracket(self._print[type(expr)](expr, True))
        return self._print[type(expr)](expr, lead)

    def _is_minus(self, expr: Expr) -> bool:
        """A minus sign before something that needs no thought: −0.3 or −x, but not −a/b."""
        if type(expr) is Number:
            return True
        return type(expr) is Neg and self._level(expr.arg) >= _FACTOR

    def _sign(self, before: Expr, factor: Expr, left: str, right: str) -> str:
        """The sign between two factors when no derivative takes part in the product."""
        style = self.style
        if right[0].isdigit() or type(before) is Number or type(factor) is Number:
            numbers = right[0].isdigit() or (is_numeric(before) and is_numeric(factor))
            if numbers or type(factor) is Number:
                return self._numbers_sign
        if right.startswith(_OPEN):
            return self._numbers_sign if is_numeric(before) and is_numeric(factor) else style.touch
        if type(factor) is Call and factor.func in OVER:
            return style.names
        if type(before) is Div and right.startswith("\\underset") and right.partition(_ABOVE)[2].startswith(_OPEN):
            return style.touch  # ½(c − y)², also where its shape stands below
        if type(before) is Div or type(factor) is Div:
            return self._numbers_sign
        return style.touch if left.endswith(")") and type(before) is not Call else style.names

    def _level(self, expr: Expr) -> int:
        kind = type(expr)
        if kind is Name:
            return self._names[expr.name][1]  # type: ignore[union-attr]
        if kind is Number:
            written: str = expr.text  # type: ignore[union-attr]
            if written[0] == "-":
                return _NEGATIVE
            return _FACTOR if "e" in written or "E" in written else _ATOM
        if kind is Partial:
            return self._partials[expr.of, expr.wrt][1]  # type: ignore[union-attr]
        if kind is Div:
            return self.style.quotient
        if kind is Call:
            known = ARRAYS.get(expr.func)  # type: ignore[union-attr]
            if expr.func == "shaped" and not self.style.markup:  # type: ignore[union-attr]
                return self._level(expr.args[0])  # type: ignore[union-attr]
            if known is not None:
                return _ATOM if known.is_sign(expr.args) else known.level  # type: ignore[union-attr]
            if expr.func == "sqrt":  # type: ignore[union-attr]
                return _POWER  # (√x)², since √(x + y)² could be the root of a square
            loose = self.style.markup and self._is_cases(expr) and not self.is_lone_indicator(expr)  # type: ignore[arg-type]
            return _SUM if loose else _ATOM
        if type(expr) is Mul and expr.args and is_loose_factor(expr.args[-1], expr.args[:-1]):
            return _QUOTIENT  # 2·a ⊙ b, and 2 Σ x
        return _LEVELS[kind]

    def _write_symbol(self, symbol: Symbol) -> str:
        return ascii_maths(symbol.latex) if self.style.markup else symbol.text

    def _name(self, name: str) -> Written:
        symbol = self.notation.symbol(name)
        written = self._write_symbol(symbol)
        return written, _ATOM if _RAISED.isdisjoint(written) else _POWER, symbol.latex[:1] == "\\" and is_word(symbol)

    def _partial(self, key: tuple[str, str]) -> Written:
        written = self._write_symbol(self.notation.partial(*key))
        loose = "\\frac" in written or "/" in written
        worded = "\\frac" not in written and any(is_word(self.notation.symbol(name)) for name in key)
        return written, _FACTOR if loose else _POWER if "^" in written else _ATOM, worded

    def _number(self, expr: Number, lead: bool) -> str:
        written = expr.text
        digits, mark, power = written.lower().partition("e")
        if not mark:
            return written.replace("-", self.style.minus)
        power = str(int(power))
        before, after = self.style.ten
        if not self.style.markup:
            power = power.translate(_SUPERSCRIPTS)
        return digits.replace("-", self.style.minus) + before + power + after

    def _neg(self, expr: Neg, lead: bool) -> str:
        loose = self._level(expr.arg) < _QUOTIENT and not (type(expr.arg) is Call and expr.arg.func in OVER)
        return self.style.minus + self._operand(expr.arg, loose, False)

    def _div(self, expr: Div, lead: bool) -> str:
        before, between, after = self.style.fraction
        num, den = expr.num, expr.den
        if self.style.markup:
            return before + self.show(num) + between + self.show(den) + after
        loose = self._level(num) < _PRODUCT and not (lead and type(num) is Number)
        if type(num) is Partial:
            loose = self._level(num) <= _FACTOR
        elif type(num) is Mul:
            loose = any(type(factor) is Partial for factor in num.args)
        return self._operand(num, loose, lead) + between + self._operand(den, self._level(den) < _POWER, False)

    def _pow(self, expr: Pow, lead: bool) -> str:
        base = self._operand(expr.base, self._level(expr.base) < _ATOM, False)
        exp = expr.exp
        if self.style.markup:
            if type(exp) is Div and type(exp.num) is Number and type(exp.den) is Number:
                return base + "^{" + self.show(exp.num) + "/" + self._operand(exp.den, exp.den.text < "0", False) + "}"
            return base + "^{" + self.show(exp) + "}"
        digits = exp.text if type(exp) is Number else ""
        if digits.lstrip("-").isdecimal() and len(digits) <= 3:
            return base + digits.translate(_SUPERSCRIPTS)
        shown = self.show(exp)
        return base + "^" + (shown if type(exp) is Name and shown.isalnum() else f"({shown})")

    def _is_cases(self, call: Call) -> bool:
        call = as_indicator(call)
        if call.func != "if_positive" or len(call.args) != 3:
            return False
        return self.notation.indicator == "cases" or not _is_indicator(call)

    def is_lone_indicator(self, call: Call) -> bool:
        """Whether it is written as cases where it stands alone, and as an indicator among others: cases have no end at their right."""
        shown = as_indicator(call)
        return self._is_cases(shown) and _is_indicator(shown)

    def _call(self, expr: Call, lead: bool) -> str:
        expr = as_indicator(expr)
        func, args, style = expr.func, expr.args, self.style
        if func == "pi" and not args:
            return "\\pi " if style.markup else "π"
        if func == "if_positive" and len(args) == 3:
            return self._write_conditional(expr)
        array = ARRAYS.get(func)
        if array is not None:
            return array.write(self, args)
        shown = [self.show(arg) for arg in args]
        if self._is_bare_root(expr):
            return style.root[0].rstrip("(") + shown[0]
        if func == "sqrt" and len(args) == 1:
            return style.root[0] + shown[0] + style.root[1]
        if func == "abs" and len(args) == 1:
            return self._write_absolute(shown[0])
        return self.function(func) + style.applied + self.bracket(", ".join(shown))

    def _is_bare_root(self, call: Call) -> bool:
        """Whether a root needs no brackets in text: √2, √d, √x₁."""
        if self.style.markup or call.func != "sqrt" or len(call.args) != 1 or type(call.args[0]) not in (Name, Number):
            return False
        return _BARE.fullmatch(self.show(call.args[0])) is not None

    def _write_absolute(self, body: str) -> str:
        if not self.style.markup:
            return f"abs({body})" if "|" in body else f"|{body}|"
        left, right = ("\\left", "\\right") if "\\frac" in body else ("", "")
        return f"{left}\\lvert {body}{right}\\rvert "

    def function(self, func: str) -> str:
        """The name of a function; a prime for its derivative."""
        plain = func.rstrip("'")
        known = self.notation.functions.get(plain) or _NAMED.get(plain) or self.notation.function(plain)
        written = self._write_symbol(known)
        primes = len(func) - len(plain)
        if primes and self.style.markup and "^" in written:
            written = "{" + written + "}"
        return written + self.style.prime * primes

    def _write_conditional(self, expr: Call) -> str:
        if not self._is_cases(expr):
            return self._write_indicator(expr)
        when, otherwise = self.notation.choice
        yes, no = self.show(expr.args[1]), self.show(expr.args[2])
        if self.style.markup and no.startswith(_CASES) and type(expr.args[2]) is Call:  # cases in cases are further rows
            return f"{_CASES}{yes} & \\text{{{when} }} {self._write_condition(expr)} \\\\ {no.removeprefix(_CASES)}"
        return self.style.cases % {"yes": yes, "when": when, "above": self._write_condition(expr), "no": no, "otherwise": otherwise}

    def _write_indicator(self, expr: Call) -> str:
        return self.style.positive[0] + self._write_condition(expr) + self.style.positive[1]

    def _write_condition(self, expr: Call) -> str:
        left, right = condition_sides(expr.args[0])
        if type(left) is Neg and right == Number("0"):
            return f"{self.show(left.arg)} < 0"
        return self.show(left) + self.style.above + self.show(right)


_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)?|[^\W\d_][₀-₉ₐ-ₜᵢ-ᵪⱼ]*")
"""A number, or a letter with its index."""
_LEVELS: dict[type, int] = {Add: _SUM, Neg: _NEGATIVE, Mul: _PRODUCT, Pow: _POWER}


class Printer:
    """Both ways of writing, for one notation.  Keep one for a whole document: it remembers the symbols.

    >>> from tutor.expression.nodes import Partial
    >>> Printer(Notation()).text(Partial("L", "w5"))
    '∂L/∂w₅'
    """

    def __init__(self, notation: Notation) -> None:
        self.notation = notation
        self.latex_writer = Writer(LATEX, notation)
        self.text_writer = Writer(TEXT, notation)

    def latex(self, expr: Expr) -> str:
        """The expression in LaTeX, without dollar signs."""
        return self.latex_writer.show(expr)

    def text(self, expr: Expr) -> str:
        """The expression on one line of Unicode."""
        return self.text_writer.show(expr)


def latex(expr: Expr, notation: Notation) -> str:
    r"""The expression in LaTeX, ASCII only and without dollar signs: ``\frac{\partial L}{\partial w_{5}}``."""
    return Printer(notation).latex(expr)


def text(expr: Expr, notation: Notation) -> str:
    """The expression on one line of Unicode, for the terminal: ``∂L/∂w₅``."""
    return Printer(notation).text(expr)
