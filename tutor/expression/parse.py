"""Reading expressions, safely.

One grammar serves exercise files, the command line and (later) students: infix with ``^`` or ``**``, implicit products
(``2x``, ``w5 out_h1``, ``x(1-x)``), functions of the rule tables, Unicode (``· × − ÷ ² ½ σ ∂ √``).  Nothing is ever
evaluated as code, and the limits are applied *before* anything is computed.

Precedence, loosest first: sum and difference; product and quotient (implicit products bind like written ones, so ``1/2x`` is
(1/2)·x and is refused with a hint, since readers disagree about it); sign; power (to the right).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import accumulate

from tutor.errors import ExpressionError, near
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow, children
from tutor.expression.together import names_together
from tutor.expression.walk import depth
from tutor.text import visible

MAX_LENGTH = 20_000
MAX_DEPTH = 40
MAX_TREE = 120
MAX_FACTORS = 200
MAX_TERMS = 400
MAX_DIGITS = 400
MAX_EXPONENT = 1_000
MAX_BITS = 8_000
"""How long a constant may be, in bits of its numerator and denominator."""

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "ο": "omicron", "π": "pi", "ρ": "rho",
    "σ": "sigma", "τ": "tau", "υ": "upsilon",
    "φ": "phi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "ℓ": "ell",
}  # fmt: skip
ALIASES = {
    "sigma": "sigmoid", "sigm": "sigmoid", "logistic": "sigmoid", "ln": "log", "soft_relu": "softplus",
    "maxout": "max", "step": "heaviside", "H": "heaviside", "phi": "sigmoid",
}  # fmt: skip
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_HALVES = {"½": ("1", "2"), "¼": ("1", "4"), "¾": ("3", "4"), "⅓": ("1", "3"), "⅔": ("2", "3")}
_SIGNS = {"·": "*", "×": "*", "⋅": "*", "∗": "*", "−": "-", "–": "-", "÷": "/", "∕": "/", "√": "sqrt"}

_LETTER = "A-Za-z" + "".join(GREEK)
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>[{_LETTER}][{_LETTER}0-9₀-₉]*(?:_[{_LETTER}0-9]+)*)
    |(?P<prime>['′])
    |(?P<partial>∂)
    |(?P<power>\*\*|\^)
    |(?P<super>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)
    |(?P<transposed>[ᵀ⊤])
    |(?P<array>[@⊙])
    |(?P<half>[½¼¾⅓⅔])
    |(?P<sign>[-+*/·×⋅∗−–÷∕√])
    |(?P<open>[(\[])
    |(?P<close>[)\]])
    |(?P<bar>\|)
    |(?P<comma>[,;])
    |(?P<bad>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int
    spaced: bool


def parse(text: str, *, names: Collection[str] | None = None, functions: Collection[str] = ()) -> Expr:
    """Read an expression.

    ``names`` are the quantities that exist; a name outside them is an error with near misses, and inside them it is always a
    quantity, whatever else it may mean.  With ``names=None`` every name that is no function is a quantity.
    ``functions`` are the callable ones (see `tutor.rules.functions.FUNCTIONS`); ``softmax_1`` and the like count as ``softmax``.

    Raises `ExpressionError` with a caret under the spot.

    >>> parse("w5 out_h1 + b", functions=())
    Add(args=(Mul(args=(Name(name='w5'), Name(name='out_h1'))), Name(name='b')))
    """
    return _Reader(text, names, functions).read()


def read_name(text: str) -> str:
    """The canonical spelling of a quantity's name: Greek letters and index digits as ASCII (``η₁`` is ``eta1``)."""
    text = text.strip().translate(_SUBSCRIPTS)
    return "".join(GREEK.get(c, c) for c in text)


class _Reader:
    """An operator-precedence parser; its recursion is bounded by `MAX_DEPTH`."""

    def __init__(self, text: str, names: Collection[str] | None, functions: Collection[str]) -> None:
        self.text = text
        self.names = names
        self.functions = functions
        self.depth = 0
        self.place = 0
        if len(text) > MAX_LENGTH:
            raise ExpressionError(
                f"an expression of {len(text):,} characters is over the limit of {MAX_LENGTH:,}",
                hint="write it in several steps, one formula each",
            )
        self.tokens = self._scan()
        self.plain = {read_name(t.text) for i, t in enumerate(self.tokens[:-1]) if t.kind == "name"
                      and self.tokens[i + 1].kind != "open"}  # fmt: skip

    def fail(self, what: str, at: int, hint: str = "") -> ExpressionError:
        start = max(0, at - 30)
        piece = visible(self.text[start : at + 30].replace("\n", " ").replace("\t", " "), 80)
        lead = len(visible(self.text[start:at].replace("\n", " ").replace("\t", " "), 80))
        return ExpressionError(what, spot=f"    {piece}\n    {' ' * lead}^", hint=hint)

    def _scan(self) -> list[_Token]:
        tokens: list[_Token] = []
        spaced = False
        level = 0
        for match in _TOKEN.finditer(self.text):
            kind, word, at = match.lastgroup or "bad", match.group(), match.start()
            if kind == "space":
                spaced = True
                continue
            if kind == "bad":
                raise self._unknown(word, at)
            if kind == "number":
                self._check_number(word, at)
            level += (kind == "open") - (kind == "close")
            if level > MAX_DEPTH:
                raise self.fail(f"brackets nested deeper than {MAX_DEPTH}", at, "write it in several steps")
            together = self.run_together(word, match.end()) if kind == "name" else ()
            if together:
                starts = accumulate(map(len, together), initial=at)
                tokens += [_Token(kind, name, place, spaced and place == at) for name, place in zip(together, starts, strict=False)]
            else:
                tokens.append(_Token(kind, _SIGNS.get(word, word), at, spaced))
            spaced = False
        tokens.append(_Token("end", "", len(self.text), spaced))
        return tokens

    def run_together(self, word: str, end: int) -> tuple[str, ...]:
        """The names of a product without signs: ``wx`` where w and x are declared, and wx is nothing."""
        names = self.names
        if names is None or word in names or self.callable(word) or self.text.startswith("(", end):
            return ()
        return names_together(word, names)

    def _check_number(self, word: str, at: int) -> None:
        mantissa, _, exponent = word.lower().partition("e")
        if len(mantissa) > MAX_DIGITS or (exponent and abs(int(exponent[:9])) > MAX_DIGITS):
            raise self.fail(f"a number over the limit of {MAX_DIGITS} digits", at, "round it")

    def _unknown(self, word: str, at: int) -> ExpressionError:
        hints = {"=": "an expression has no equals sign; write steps as d = x + y", "$": "write it without dollar signs",
                 ">": "write heaviside(a - b) for a > b", "\\": "LaTeX is not read here; write x^2, w*x, sigmoid(z)"}  # fmt: skip
        shown = word if word.isprintable() else f"U+{ord(word):04X}"
        return self.fail(f"{shown!r} (U+{ord(word):04X}) means nothing here" if word.isprintable() else
                         f"the character {shown} means nothing here", at, hints.get(word, "remove it"))  # fmt: skip

    # The parser proper: `expression(level)` reads operators that bind at least as tightly as `level`.

    def read(self) -> Expr:
        if self.tokens[0].kind == "end":
            raise ExpressionError("an empty expression", hint="write a formula such as (x + y)*z")
        expr = self.sum()
        token = self.peek()
        if token.kind == "end":
            if depth(expr) > MAX_TREE:
                raise ExpressionError(
                    f"a formula nested deeper than {MAX_TREE} operations", hint="write it in several steps"
                )
            return expr
        what = (
            "a bracket is closed that was never opened" if token.kind == "close" else f"{token.text!r} is out of place"
        )
        if token.kind == "comma":
            raise self.fail("a comma stands outside of a function's brackets", token.at, "a decimal is written 0.5")
        raise self.fail(what, token.at)

    def enter(self, at: int) -> None:
        """One level deeper; the recursion of this parser, and of all that walk its trees, is bounded here."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(f"nested deeper than {MAX_DEPTH}", at, "write it in several steps")

    def peek(self) -> _Token:
        return self.tokens[self.place]

    def take(self) -> _Token:
        token = self.tokens[self.place]
        if token.kind != "end":
            self.place += 1
        return token

    def sum(self) -> Expr:
        self.enter(self.peek().at)
        terms = [self.product()]
        while self.peek().kind == "sign" and self.peek().text in "+-":
            sign = self.take().text
            term = self.product()
            terms.append(Neg(term) if sign == "-" else term)
        if len(terms) > MAX_TERMS:
            raise self.fail(f"a sum of more than {MAX_TERMS} terms", self.peek().at, "write it in several steps")
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Add(tuple(terms))

    def product(self) -> Expr:
        negative = self.signs()
        result: Expr = self.power()
        factors: list[Expr] = [result]
        divided = 0
        while True:
            token = self.peek()
            if token.kind == "array":
                factors = [self.arrays(self.take(), _product(factors))]
            elif token.kind == "sign" and token.text in "*/":
                self.take()
                flip = self.signs()
                part = self.power()
                if flip:
                    part = Neg(part)
                if token.text == "*":
                    factors.append(part)
                    continue
                result = Div(_product(factors), part)
                factors, divided = [result], divided + 1
                if divided > MAX_DEPTH:
                    raise self.fail(f"more than {MAX_DEPTH} quotients in a row", token.at, "write it in several steps")
            elif token.kind in ("number", "name", "open", "half", "partial") or (token.kind, token.text) == (
                "sign",
                "sqrt",
            ):
                if divided and isinstance(factors[-1], Div) and token.kind != "open" and not token.spaced:
                    raise self.fail("readers disagree about this quotient", token.at,
                                    "write (a/b)*c or a/(b*c)")  # fmt: skip
                if token.kind in ("number", "half") and isinstance(factors[-1], Number):
                    raise self.fail("two numbers stand side by side", token.at, "put a sign between them")
                factors.append(self.power())
            else:
                break
        if len(factors) > MAX_FACTORS:
            raise self.fail(
                f"a product of more than {MAX_FACTORS} factors", self.peek().at, "use powers, or several steps"
            )
        result = _product(factors)
        return Neg(result) if negative else result

    def arrays(self, token: _Token, left: Expr) -> Expr:
        """``A @ B`` is the matrix product, ``A ⊙ B`` the product entry by entry."""
        func = {"@": "matmul", "⊙": "hadamard"}[token.text]
        self.check_arrays(token, func)
        flip = self.signs()
        right = self.power()
        return Call(func, (left, Neg(right) if flip else right))

    def check_arrays(self, token: _Token, func: str) -> None:
        if func not in self.functions:
            raise self.fail(f"{token.text!r} is for matrices, and here are none", token.at, "give the quantities [shapes]")

    def signs(self) -> bool:
        negative = False
        while self.peek().kind == "sign" and self.peek().text in "+-":
            negative ^= self.take().text == "-"
        return negative

    def power(self) -> Expr:
        base = self.atom()
        token = self.peek()
        if token.kind == "super":
            self.take()
            digits = token.text.translate(_SUPERSCRIPTS)
            if not re.fullmatch(r"-?\d+", digits):
                raise self.fail("this exponent cannot be read", token.at)
            return self.raised(base, Neg(Number(digits[1:])) if digits[0] == "-" else Number(digits), token.at)
        if token.kind == "transposed":
            self.check_arrays(self.take(), "transpose")
            return Call("transpose", (base,))
        if token.kind != "power":
            return base
        self.take()
        if self.peek().text in ("T", "⊤") and "transpose" in self.functions and "T" not in (self.names or ()):
            self.take()
            return Call("transpose", (base,))
        self.enter(token.at)
        negative = self.signs()
        exponent = self.power()
        self.depth -= 1
        return self.raised(base, Neg(exponent) if negative else exponent, token.at)

    def raised(self, base: Expr, exponent: Expr, at: int) -> Expr:
        """A power; a constant exponent over the limit is refused here, before anything is computed."""
        if base == Name("e") and (self.names is None or "e" not in self.names):
            return Call("exp", (exponent,))
        size = _constant_size(exponent)
        if size is not None and size > MAX_EXPONENT:
            raise self.fail(f"an exponent over {MAX_EXPONENT:,}", at, "no derivation needs one; use a smaller power")
        bits = _constant_bits(base)
        if size is not None and bits is not None and bits * max(size, 1) > MAX_BITS:
            raise self.fail("a constant of thousands of digits", at, "no derivation needs one; use a smaller power")
        return Pow(base, exponent)

    def atom(self) -> Expr:
        token = self.take()
        match token.kind:
            case "number":
                return Number(_digits(token.text))
            case "half":
                over, under = _HALVES[token.text]
                return Div(Number(over), Number(under))
            case "open":
                inner = self.sum()
                self.close(token)
                return inner
            case "bar":
                inner = self.sum()
                if self.take().kind != "bar":
                    raise self.fail("this | is never closed", token.at)
                return Call("abs", (inner,))
            case "partial":
                return self.derivative(token)
            case "name":
                return self.name(token)
            case "sign" if token.text == "sqrt":
                self.enter(token.at)
                root = Call("sqrt", (self.atom(),))
                self.depth -= 1
                return root
            case "end":
                raise self.fail("the expression stops too early", token.at, "something is missing at the end")
        raise self.fail(f"{token.text!r} is out of place", token.at, "a number, a name or a bracket belongs here")

    def close(self, opened: _Token) -> None:
        token = self.take()
        if token.kind == "comma":
            raise self.fail("a comma inside plain brackets", token.at, "a decimal is written 0.5, not 0,5")
        if token.kind != "close":
            raise self.fail("this bracket is never closed", opened.at)

    def derivative(self, token: _Token) -> Expr:
        of = self.take()
        slash, mark = self.take(), self.take()
        wrt = self.take()
        kinds = (of.kind, slash.text, mark.kind, wrt.kind)
        if kinds != ("name", "/", "partial", "name"):
            raise self.fail("this derivative cannot be read", token.at, "write ∂L/∂w5 or dL/dw5")
        return Partial(self.known(of), self.known(wrt))

    def known(self, token: _Token) -> str:
        name = read_name(token.text)
        if self.names is not None and name not in self.names:
            raise self.fail(f"there is no quantity {name}", token.at, near(name, self.names))
        return name

    def name(self, token: _Token) -> Expr:
        name = read_name(token.text)
        declared = self.names is not None and name in self.names
        if not declared:
            partial = self.typed_derivative(name, token)
            if partial is not None:
                return partial
        following = self.peek()
        prime = following.kind == "prime"
        if prime:
            self.take()
            following = self.peek()
        if following.kind == "open" and not (declared and not prime and not self.callable(name)):
            func = self.callable(name)
            if func and not (declared and following.spaced and not prime):
                return self.call(func + ("'" if prime else ""), following)
            if prime or not (declared or (self.names is None and name in self.plain)):
                raise self.fail(f"there is no function {name}", token.at, self.nearest(name))
        if prime:
            raise self.fail("a prime belongs to a function: sigmoid'(z)", following.at)
        if name == "e" and not declared and following.kind in ("power", "super"):
            return Name("e")  # Euler's number: `raised` makes exp of it
        if self.names is not None and not declared:
            if name == "pi":
                return Call("pi", ())
            if name == "e":
                return Call("exp", (Number("1"),))
            if self.callable(name):
                raise self.fail(f"the function {name} needs its argument in brackets", token.at, f"write {name}(x)")
            raise self.fail(f"there is no quantity {name}", token.at, near(name, self.names))
        if not declared and name == "pi":
            return Call("pi", ())
        return Name(name)

    def nearest(self, name: str) -> str:
        """The functions most like a name, or all of them."""
        return near(name, self.functions) or "the functions are: " + ", ".join(sorted(self.functions))

    def callable(self, name: str) -> str:
        """The function that a name stands for, or nothing."""
        if name in self.functions:
            return name
        if re.fullmatch(r"softmax_[1-9]\d{0,3}", name) and "softmax" in self.functions:
            return name
        alias = ALIASES.get(name, "")
        return alias if alias in self.functions else ""

    def typed_derivative(self, name: str, token: _Token) -> Expr | None:
        """``dL/dw5``, where dL and dw5 are no quantities themselves but L and w5 are."""
        if self.names is None or not name.startswith("d") or len(name) < 2:
            return None
        slash, bottom = self.peek(), self.tokens[min(self.place + 1, len(self.tokens) - 1)]
        under = read_name(bottom.text)
        if slash.text != "/" or bottom.kind != "name" or not under.startswith("d") or under in self.names:
            return None
        for part, place in ((name[1:], token), (under[1:], bottom)):
            if part not in self.names:
                raise self.fail(f"there is no quantity {part}", place.at, near(part, self.names))
        self.place += 2
        return Partial(name[1:], under[1:])

    def call(self, func: str, opened: _Token) -> Expr:
        self.take()
        args = [self.sum()]
        while self.peek().kind == "comma":
            self.take()
            args.append(self.sum())
        if self.peek().kind != "close":
            raise self.fail("this bracket is never closed", opened.at)
        self.take()
        return Call(func, tuple(args))


def _product(factors: list[Expr]) -> Expr:
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def _digits(text: str) -> str:
    if text.startswith("."):
        text = "0" + text
    return text.replace(".e", "e").replace(".E", "e") if not text.endswith(".") else text[:-1]


def _constant_bits(expr: Expr) -> float | None:
    """How many bits a constant's numerator and denominator have at most, when it is one; nothing is computed."""
    match expr:
        case Number(text):
            mantissa, _, exponent = text.partition("e")
            return 3.4 * (2 * len(mantissa) + abs(int(exponent or 0)))
        case Pow(base, exp):
            low, high = _constant_bits(base), _constant_size(exp)
            return None if low is None or high is None else low * max(high, 1)
        case Name() | Partial() | Call():
            return None
    parts = [_constant_bits(part) for part in children(expr)]
    return None if any(bits is None for bits in parts) else sum(bits or 0 for bits in parts)


def _constant_size(expr: Expr) -> float | None:
    """The size of a constant, when it is one; computed with floats, so that a power tower costs nothing."""
    match expr:
        case Number():
            return abs(float(expr.text))
        case Neg(arg):
            return _constant_size(arg)
        case Pow(base, exp):
            low, high = _constant_size(base), _constant_size(exp)
            if low is None or high is None:
                return None
            try:
                return float(low**high)
            except OverflowError:
                return float("inf")
        case Mul(args) | Add(args):
            sizes = [_constant_size(arg) for arg in args]
            if any(size is None for size in sizes):
                return None
            total = 1.0 if isinstance(expr, Mul) else 0.0
            for size in sizes:
                total = total * (size or 0.0) if isinstance(expr, Mul) else total + (size or 0.0)
            return total
        case Div(num, den):
            low, high = _constant_size(num), _constant_size(den)
            return None if low is None or high is None else (low / high if high else float("inf"))
    return None
