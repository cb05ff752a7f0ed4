"""What the grammar reads, tokens, and what it says where they make no sense; nothing here reads a whole formula.

The kinds of tokens stand in `tutor.expression.grammar`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, NoReturn

from tutor.errors import Told, TutorError, tell
from tutor.expression.letters import LETTERS
from tutor.expression.limits import MAX_BITS, MAX_DEPTH, MAX_EXPONENT, constant_bits, constant_size
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial
from tutor.expression.plain import write_plain
from tutor.expression.spelling import split_word
from tutor.expression.walk import take_entry

Token = tuple[str, Any]
UNIT: Token = ("a", ONE)
STEPS = tell("write it in several steps")
BARE = frozenset("aeFrf|")
"""What an argument without brackets may begin with: a name or a number, e, a fraction, a root, another function, |x|."""
BEGINS = frozenset("aefpdrFC1([wS")
"""What a factor may begin with where no sign stands before it."""
CHOICE = tell("write (1 if z > 0 else 0), or 1[z > 0]")
STOPS_EARLY = tell("it stops too early")
"""Told with the noun of what is read (`tutor.expression.parse`)."""
GIVEN = "given "
"""Before the word of what is given by name, ``eps=0.1``: the function that has it as its argument; nobody can type the blank."""
EULER = Name("e")
"""Euler's number, until its exponent is read; by identity, so that a quantity e is another thing."""


class Named(NamedTuple):
    """A function with its settings, its last arguments: they stand before its operands, maxpool[2](X), or at its sign, x ⋆[full] k."""

    func: str
    settings: tuple[Expr, ...]


class How(NamedTuple):
    """How tokens are read: which have blanks before them, if known, how many arguments a function takes, if that is to be checked, and
    whether there are ``lists`` in brackets, concat([X, Y]), or only in those of a function (``listed``): elsewhere a comma is decimal."""

    spaced: frozenset[int] | None = None
    arity: Callable[[str, int], int] | None = None
    lists: bool = False
    listed: bool = False


class Stop(Exception):
    """The grammar is broken at a token: its number, what is wrong, what would be understood."""

    def __init__(self, at: int, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.at = at
        self.what = what
        self.hint = hint


class Spacing(Exception):
    """Whether blanks stand before a token decides; only the careful reading knows."""


LIST = "list"
"""Things in brackets with commas between them, where they are read: the arrays of concat([X, Y])."""
UNKNOWN = How()
"""Nothing is known of blanks, and nothing checked."""


def refuse_depth(at: int) -> NoReturn:
    """Brackets, roots or exponents are nested too deep for a formula: always raises `Stop`."""
    raise Stop(at, tell("nested deeper than {limit}", limit=MAX_DEPTH), STEPS)


def refuse_inverse(at: int, func: str) -> NoReturn:
    """sin^-1, which may be the inverse function or a quotient: always raises `Stop`."""
    inverse = INVERSES.get(func)
    hint = tell("write {inverse}(x) or 1/{func}(x)", inverse=inverse, func=func) if inverse else tell("write 1/{func}(x)", func=func)
    raise Stop(at, tell("{func}^-1 may be the inverse function or a quotient", func=func), hint)


def refuse_power(at: int, func: str) -> NoReturn:
    """The power of a function that stands where its argument is expected: always raises `Stop`."""
    what = tell("the power of a function stands behind its argument: {func}(x)^2", func=func)
    raise Stop(at, what, tell("write {func}(x)^2", func=func))


def refuse_reach(begun: int, func: str, argument: Expr, following: Token) -> NoReturn:
    """An argument without brackets, and behind it what may belong to it or not: always raises `Stop`."""
    kind, value = following
    own, mark = show_operand(argument), kind if kind in "*/" else "*"
    more = "…" if kind in "*/@t" else show_operand(value) if kind == "a" else "(…)"
    hint = tell("write {func}({own}){mark}{more} or {func}({own}{mark}{more})", func=func, own=own, mark=mark, more=more)
    raise Stop(begun, tell("how far the argument of {func} goes is not clear", func=func), hint)


def refuse_misplaced(tokens: list[Token], at: int) -> NoReturn:
    """Say why a token cannot stand where it stands: always raises `Stop`."""
    kind = tokens[at][0]
    if kind == ",":
        if tokens[at][1] == ";":
            raise Stop(at, tell("a semicolon stands outside of a function's brackets"),
                       tell("write one formula; steps have names: d = x + y; f = d*z"))  # fmt: skip
        raise Stop(at, tell("a comma stands outside of a function's brackets"), comma_hint(tokens, at))
    if kind == ")":
        raise Stop(at, tell("a bracket is closed that was never opened"), tell("remove it, or open it"))
    if kind in "><":
        raise Stop(at, tell("a comparison stands outside of a choice"), CHOICE)
    if kind == "'":
        raise Stop(at, tell("a prime belongs to a function"), tell("write sigmoid'(z), or dL/dx"))
    if kind == "$":
        raise Stop(at, STOPS_EARLY, tell("something is missing at the end"))
    if kind in "il":
        raise Stop(at, tell("this choice has no condition"), tell("write (a if z > 0 else b)"))
    raise Stop(at, "this is out of place", tell("a number, a name or a bracket belongs here"))


_GROUPED = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
"""A number that may be grouped by a point: 1.234."""


def _show_both(whole: str, sign: str, first: str, second: str) -> str:
    """Both readings of 1,234.5 and 1.234,5: one number whose digits stand in groups, or two."""
    places = {"whole": whole, "first": first, "second": second[:20]}
    if sign == "comma":
        return tell("write {whole} where the comma groups the digits, or {first} and {second} apart where they are two numbers", **places)
    return tell("write {whole} where the point groups the digits, or {first} and {second} apart where they are two numbers", **places)


def comma_hint(tokens: list[Token], at: int) -> str:
    """A decimal comma is shown with its point: 0,5 is 0.5."""
    before, after = tokens[at - 1][1] if at else None, tokens[at + 1][1] if at + 1 < len(tokens) else None
    if isinstance(before, Number) and isinstance(after, Number) and _GROUPED.fullmatch(before.text) and after.text.isdigit():  # 1.234,5
        return _show_both(f"{before.text.replace('.', '')}.{after.text[:20]}", "point", before.text, after.text)
    if isinstance(before, Number) and isinstance(after, Number) and before.text.isdigit() and len(after.text) < 30:
        if "." in after.text and len(before.text) < 4 and len(after.text.partition(".")[0]) == 3:  # 1,234.5
            return _show_both(f"{before.text}{after.text}", "comma", before.text, after.text)
        if len(before.text) < 4 and before.text[0] != "0" and len(after.text) == 3:
            return tell("write {first}.{rest} or {first}{rest}", first=before.text, rest=after.text)
        return tell("a decimal is written with a point: {first}.{rest}", first=before.text[:20], rest=after.text)
    return tell("a decimal is written with a point: 0.5")


def find_close(tokens: list[Token], at: int, opened: int) -> int:
    """The token behind the bracket that closes the one at ``opened``."""
    kind, value = tokens[at]
    if kind == ")":
        if value == tokens[opened][1]:
            return at + 1
        raise Stop(at, tell("this bracket closes one of another kind"), tell("close it with {bracket}", bracket=tokens[opened][1]))
    if kind in ("$", "&", "n", "E", "|", ",", "l", "i"):
        raise Stop(opened, tell("this bracket is never closed"), tell("close it with {bracket}", bracket=tokens[opened][1]))
    refuse_misplaced(tokens, at)


def check_beside(tokens: list[Token], at: int, before: Expr | None, how: How) -> None:
    """Refuse what readers would disagree about: 1/2x, and two numbers side by side; ``before`` is nothing behind a quotient."""
    kind, value = tokens[at]
    if before is None and kind != "(" and kind != "1":
        if how.spaced is None:
            raise Spacing
        if at not in how.spaced:
            raise Stop(at, tell("readers disagree about this quotient"), tell("write (a/b)*c or a/(b*c)"))
    if kind == "a" and type(value) in (Number, Div) and tokens[at - 1][0] in ("a", "s"):
        last = tokens[at - 1][1]
        if type(last) in (Number, Div):
            raise Stop(at, tell("two numbers stand side by side"), tell("put a sign between them"))


class Compared(NamedTuple):
    """A comparison: what must be positive, and whether it is the opposite that is asked (z >= 0 is: not 0 - z > 0)."""

    positive: Expr
    opposite: bool


def write_choice(compared: Compared, yes: Expr, no: Expr) -> Expr:
    """The choice between two values by a comparison, as the function if_positive."""
    return Call("if_positive", (compared.positive, no, yes) if compared.opposite else (compared.positive, yes, no))


def skip_token(tokens: list[Token], at: int, kind: str) -> int:
    """Behind a token of this kind, if it stands here."""
    return at + (tokens[at][0] == kind)


def is_rest(first: Compared, other: Compared) -> bool:
    """Whether a second condition is what the first leaves over: z <= 0 for z > 0; at the border itself the first one counts."""
    return (
        _oppose(first.positive) == other.positive
        if first.opposite == other.opposite
        else first.positive == other.positive
    )


def _oppose(positive: Expr) -> Expr:
    """What is positive where this is negative: b - a for a - b."""
    if type(positive) is Neg:
        return positive.arg
    if type(positive) is Add and len(positive.args) == 2 and type(positive.args[1]) is Neg:
        return Add((positive.args[1].arg, Neg(positive.args[0])))
    return Neg(positive)


INVERSES = {
    "sin": "arcsin", "cos": "arccos", "tan": "arctan", "sinh": "arsinh", "cosh": "arcosh", "tanh": "artanh", "exp": "log",
    "log": "exp", "sigmoid": "logit",
}  # fmt: skip


def show_operand(node: Expr) -> str:
    """A short operand for a hint."""
    return node.name if type(node) is Name else node.text[:20] if type(node) is Number else "(…)"


def check_arity(arity: Callable[[str, int], int], func: str, args: list[Expr], primes: str, begun: int) -> None:
    """Refuse a number of arguments that a function does not take, and a prime at a function of several."""
    try:
        params = arity(func, len(args))
    except TutorError as error:
        hint = error.hint
        if len(args) == 2 and all(type(arg) is Number for arg in args):
            hint = tell("{hint}; a decimal is written with a point", hint=hint)
        raise Stop(begun, error.what, hint) from None
    if primes and params != 1:
        raise Stop(begun, tell("{func}' of a function of several arguments", func=func), tell("write dL/dx instead"))


def read_partial(tokens: list[Token], at: int) -> tuple[Expr, int]:
    """∂L/∂w5 or dL/dw5."""
    of, end = read_differential(tokens, at, at)
    if tokens[end][0] != "/":
        raise Stop(at, tell("this derivative cannot be read"), tell("write ∂L/∂w5 or dL/dw5"))
    wrt, end = read_differential(tokens, end + 1, at)
    return make_derivative(of, wrt), end


def multiply_factors(factors: list[Expr]) -> Expr:
    """The product of some factors; of one it is that one."""
    return factors[0] if len(factors) == 1 else Mul(tuple(factors))


def refuse_fractions(at: int, above: Expr, below: Expr) -> None:
    """df/dg/dg/dx is typed for a product of two fractions as often as it is a quotient: nothing is guessed."""
    first, second = write_plain(above), write_plain(below)
    raise Stop(at, tell("a derivative over a derivative can be read in two ways"),
               tell("write {first} * {second} for their product, {first} / ({second}) for their quotient", first=first, second=second))


def make_derivative(of: Expr, wrt: Expr) -> Expr:
    """∂L/∂w, or an entry of it: ∂L/∂w_ij."""
    if type(wrt) is Call and type(of) is Name and type(wrt.args[0]) is Name:
        return Call("at", (Partial(of.name, wrt.args[0].name), *wrt.args[1:]))
    if type(of) is not Name or type(wrt) is not Name:
        raise Stop(-1, tell("this derivative cannot be read"), tell("write ∂L/∂w5 or dL/dw5"))
    return Partial(of.name, wrt.name)


def read_entry(node: Expr, index: Sequence[Expr], at: int) -> Expr:
    """The entry of what stands in brackets, (P - Y)_ij.  Raises `Stop` at the token where arrays are multiplied in it."""
    entry = take_entry(node, index)
    if entry is None:
        raise Stop(at, tell("an index behind a bracket in which arrays are multiplied"), tell("write the sum out: \\sum_k W_{jk} x_k"))
    return entry


def read_differential(tokens: list[Token], at: int, begun: int) -> tuple[Expr, int]:
    """∂w, dw, or an entry of it (∂w_ij), and the token behind; a refusal names the token ``begun``."""
    kind, value = tokens[at]
    inside = tokens[at : at + 5]
    if [token[0] for token in inside] == ["p", "(", "a", ")", "I"] and type(inside[2][1]) is Name:  # ∂(M₁)ᵢⱼₖ
        return Call("at", (inside[2][1], *inside[4][1])), at + 5
    if kind == "p":
        at += 1
        kind, value = tokens[at]
        kind = "d" if kind == "a" else ""
    if kind == "d" and (type(value) is Name or (type(value) is Call and value.func == "at")):
        return value, at + 1
    raise Stop(begun, tell("this derivative cannot be read"), tell("write ∂L/∂w5 or dL/dw5"))


def check_power(at: int, base: Expr, exponent: Expr) -> None:
    """Refuse a constant power whose exponent, or whose value, is too large to be computed."""
    size = constant_size(exponent)
    if size is not None:
        if size > MAX_EXPONENT:
            raise Stop(at, tell("an exponent over {limit:,}", limit=MAX_EXPONENT), tell("no formula needs one; use a smaller power"))
        bits = constant_bits(base)
        if bits is not None and bits * max(size, 1) > MAX_BITS:
            raise Stop(at, tell("a constant of thousands of digits"), tell("no formula needs one; use a smaller power"))


def apply_sign(sign: str | Named, first: Expr, second: Expr) -> Expr:
    """A product of arrays by its function, with what is said of it."""
    return Call(sign.func, (first, second, *sign.settings)) if isinstance(sign, Named) else Call(sign, (first, second))


def read_single(tokens: list[Token], at: int, begun: int, what: Told) -> tuple[Expr, int]:
    r"""The one sign that LaTeX takes where no braces stand: \frac1N, \frac y{n}; raises `Stop` for more than one."""
    kind, value = tokens[at]
    digit = type(value) is Number and len(value.text) == 1
    letter = type(value) is Name and (len(split_word(value.name)[0]) == 1 or value.name in LETTERS.values())
    if kind != "a" or not (digit or letter):
        raise Stop(begun, what, tell("write \\frac{a}{b}"))
    return value, at + 1
