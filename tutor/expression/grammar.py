"""The one grammar of formulas: from tokens to the display tree, in one pass.

A token is a pair (kind, value).  Kinds are single characters: ``a`` an operand that is ready, ``e`` Euler's number, ``f`` a
function, ``m`` a method behind an array (X.sum), ``I`` an index behind a bracket, ``(`` and ``)`` with the bracket that closes,
``+ - * / ^``, ``@`` a product of arrays with its function, ``t`` transposed, ``s`` a superscript exponent, ``p`` ∂, ``d`` the d of dL
with its quantity, ``'``, ``,``, ``|``, ``r`` a root, ``F`` a fraction, ``o`` \\over, ``1`` the indicator 1_{, ``> <`` comparisons (with
``=`` where equal counts, too), ``w`` where, ``i`` if, ``l`` else, ``C & n E`` the parts of cases, ``k`` the word of what is given by
name, ``S`` a sum or a maximum over letters (Σ_v, max_v), and ``$`` the end.

Precedence, loosest first: choice (``a if c > 0 else b``); sum and difference; product and quotient (implicit products bind like written
ones, so ``1/2x`` is refused with a hint, since readers disagree about it); sign; power (to the right).  A comparison is read as what must
be positive: ``c > 0`` chooses its first value where c > 0, ``c >= 0`` also where c = 0; at a jump the derivative is that of the value
chosen there.  Recursion is bounded by `MAX_DEPTH` brackets, exponents, roots and fractions.
"""

from __future__ import annotations

from tutor.errors import tell
from tutor.expression.limits import MAX_ARGUMENTS, MAX_DEPTH, MAX_FACTORS, MAX_TERMS, MAX_TREE
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Name, Neg, Number, Pow
from tutor.expression.tokens import (
    BARE,
    BEGINS,
    EULER,
    GIVEN,
    LIST,
    STEPS,
    UNIT,
    UNKNOWN,
    Compared,
    How,
    Named,
    Spacing,
    Stop,
    Token,
    apply_sign,
    check_arity,
    check_beside,
    check_power,
    comma_hint,
    find_close,
    is_rest,
    make_derivative,
    multiply_factors,
    read_differential,
    read_entry,
    read_partial,
    read_single,
    refuse_depth,
    refuse_fractions,
    refuse_inverse,
    refuse_misplaced,
    refuse_power,
    refuse_reach,
    skip_token,
    write_choice,
)
from tutor.expression.walk import depth, move_letters


def grow(tokens: list[Token], how: How = UNKNOWN) -> Expr:
    """The tree of a list of tokens that ends in ``("$", None)``.

    Raises `Stop` at the token that cannot be read, `Spacing` where the blanks would have to be known.

    >>> grow([("a", Name("x")), ("+", None), ("a", Number("1")), ("$", None)])
    Add(args=(Name(name='x'), Number(text='1')))
    """
    node, at = _sum(tokens, 0, 1, how)
    kind = tokens[at][0]
    if kind == "o":
        node, at = _read_over(tokens, at, node, 1, how)
        kind = tokens[at][0]
    if kind == "i":
        node, at = _choose(tokens, at, node, 1, how)
        kind = tokens[at][0]
    if kind == "$":
        if len(tokens) > MAX_TREE and depth(node) > MAX_TREE:
            raise Stop(-1, tell("a formula nested deeper than {limit} operations", limit=MAX_TREE), STEPS)
        return node
    refuse_misplaced(tokens, at)


def _sum(tokens: list[Token], at: int, level: int, how: How, *, single: bool = False) -> tuple[Expr, int]:
    """A sum from token ``at`` on, or its first term (``single``), and the first token behind it."""
    if level > MAX_DEPTH:
        refuse_depth(at)
    terms: list[Expr] = []
    sign = ""
    while True:
        negative = False
        kind = tokens[at][0]
        while kind == "-" or kind == "+":
            negative ^= kind == "-"
            at += 1
            kind = tokens[at][0]
        node, at = _term(tokens, at, level, how)
        if negative:
            node = Neg(node)
        terms.append(Neg(node) if sign == "-" else node)
        sign = tokens[at][0]
        if single or (sign != "+" and sign != "-"):
            break
        at += 1
        if len(terms) >= MAX_TERMS:
            raise Stop(at, tell("a sum of more than {limit} terms", limit=MAX_TERMS), STEPS)
    return (terms[0] if len(terms) == 1 else Add(tuple(terms))), at


def _term(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """A product or a quotient from its first factor on, without the sign before it, and the first token behind it."""
    factors: list[Expr] = []
    divided = 0
    mark = "*"
    applied: str | Named = ""
    unit = flip = is_derivative = False
    kind, value = tokens[at]
    while True:
        if kind == "a":
            node = value
            at += 1
        elif kind == "(":
            node, at = _bracket(tokens, at, level, how)
        else:
            begun, (node, at) = at, _operand(tokens, at, level, how)
            if mark == "/" and is_derivative and (kind == "d" or kind == "p"):
                refuse_fractions(begun, factors[-1], node)
        is_derivative = kind == "d" or kind == "p"
        kind, value = tokens[at]
        if kind == "^" or kind == "s" or kind == "t" or kind == "m" or kind == "I":
            node, at = _raise_power(tokens, at, node, level, how)
            kind, value = tokens[at]
        if mark == "@" and kind == "(" and tokens[at - 1] == UNIT:  # W ⊙ 1[z > 0]
            inner, behind = _bracket(tokens, at, level, how)
            if type(inner) is Call and inner.func == "if_positive":
                node, at = inner, behind
                kind, value = tokens[at]
        node, flip = Neg(node) if flip else node, False
        if unit:
            unit = False
            if type(node) is Call and node.func == "if_positive":  # 1[z > 0]
                factors.pop()
        if mark == "/":
            divided += 1
            if divided > MAX_DEPTH:
                raise Stop(at, tell("more than {limit} quotients in a row", limit=MAX_DEPTH), STEPS)
            factors = [Div(multiply_factors(factors), node)]
        elif mark == "@":
            factors = [apply_sign(applied, multiply_factors(factors), node)]
        else:
            factors.append(Call(str(applied), (node,)) if applied and mark == "*" else node)
        if kind == "*" or kind == "/" or kind == "@":
            mark, applied = kind, value
            at += 1
            kind, value = tokens[at]
            while kind == "-" or kind == "+":
                flip ^= kind == "-"
                at += 1
                kind, value = tokens[at]
        elif kind in BEGINS:
            check_beside(tokens, at, None if mark == "/" else node, how)
            unit = kind == "(" and tokens[at - 1] == UNIT and mark == "*"
            mark, applied = "*", ""
        else:
            break
    if len(factors) > MAX_FACTORS:
        raise Stop(at, tell("a product of more than {limit} factors", limit=MAX_FACTORS), tell("use powers, or several steps"))
    return multiply_factors(factors), at


def _operand(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """One operand without its exponent."""
    kind, value = tokens[at]
    if kind == "a":
        return value, at + 1
    if kind == "(":
        return _bracket(tokens, at, level, how)
    if kind == "f":
        return _call(tokens, at, level, how)
    if kind == "w":
        return _read_where(tokens, at, level, how)
    if kind == "p" or kind == "d":
        return read_partial(tokens, at)
    if kind == "F":
        return _fraction(tokens, at, level, how)
    if kind == "r":
        if level >= MAX_DEPTH:
            refuse_depth(at)
        inner, at = _operand(tokens, at + 1, level + 1, how)
        return Call("sqrt", (inner,)), at
    if kind == "|":
        inner, end = _sum(tokens, at + 1, level + 1, how)
        if tokens[end][0] != "|":
            raise Stop(at, tell("this | is never closed"), tell("write |x| or abs(x)"))
        return Call("abs", (inner,)), end + 1
    if kind == "1":
        return _indicator(tokens, at, level, how)
    if kind == "C":
        return _cases(tokens, at, level, how)
    if kind == "S":
        return _read_sum_behind(tokens, at, level, how)
    if kind == "e":
        if tokens[at + 1][0] not in ("^", "s"):
            return Call("exp", (Number("1"),)), at + 1
        return value, at + 1
    if kind == ")" and at and tokens[at - 1][0] != ")":
        raise Stop(at, tell("something is missing before this bracket"), tell("a number, a name or a formula belongs here"))
    refuse_misplaced(tokens, at)


def _read_sum_behind(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """Σ_v or max_v with the product behind it: what is added to that stands outside."""
    func, letters, last, later = tokens[at][1]
    begun = at
    node, at = _sum(tokens, at + 1, level + 1, how, single=True)
    if later:
        moved = move_letters(node, letters, later)
        if moved is None:
            raise Stop(begun, tell("an index of this sum begins below 1"), tell("entries are counted from 1: \\sum_{v=-1}^{1} k_{v+2}"))
        node = moved
    for letter in reversed(letters):
        node = Call(func, (Name(letter), node) if last is None else (Name(letter), last, node))
    return node, at


def _choice(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """A sum, or a choice: ``a if c > 0 else b``."""
    node, at = _sum(tokens, at, level, how)
    return (node, at) if tokens[at][0] != "i" else _choose(tokens, at, node, level, how)


def _choose(tokens: list[Token], at: int, node: Expr, level: int, how: How) -> tuple[Expr, int]:
    """The choice whose first value is read: ``if c > 0 else b`` from token ``at`` on."""
    left, at = _sum(tokens, at + 1, level + 1, how)
    compared, at = _condition(tokens, at, left, level, how)
    if tokens[at][0] != "l":
        raise Stop(at, tell("this choice has no else"), tell("write (a if z > 0 else b)"))
    other, at = _choice(tokens, at + 1, level + 1, how)
    return write_choice(compared, node, other), at


def _bracket(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """A bracket: a formula, [z > 0], or (a if c > 0 else b)."""
    opened, (node, at) = at, _sum(tokens, at + 1, level + 1, how)
    kind, value = tokens[at]
    if kind == "o":
        node, at = _read_over(tokens, at, node, level + 1, how)
        kind, value = tokens[at]
    if kind == "i":
        node, at = _choose(tokens, at, node, level + 1, how)
        kind, value = tokens[at]
    if kind == ")" and value == tokens[opened][1]:
        if how.lists and value == "]" and type(node) is Number and tokens[opened - 1][0] == "," and tokens[at + 1][0] in (",", ")"):
            node = Call(LIST, (node,))  # split(x, [3]): a list of one number
        return (Call("abs", (node,)) if value == "|" else node), at + 1
    if kind == ">" or kind == "<":
        compared, at = _condition(tokens, at, node, level, how)
        return write_choice(compared, ONE, ZERO), find_close(tokens, at, opened)
    if kind == "," and how.lists:
        one = tokens[at + 1] == (")", tokens[opened][1])  # (4,), Python's tuple of one number
        listed, at = ([node], at + 2) if one else _arguments(tokens, opened, level, how, (node,), at)
        return Call(LIST, tuple(listed)), at
    if kind == ",":
        raise Stop(at, tell("a comma inside plain brackets"), comma_hint(tokens, at))
    return node, find_close(tokens, at, opened)


def _read_over(tokens: list[Token], at: int, over: Expr, level: int, how: How) -> tuple[Expr, int]:
    r"""{a \over b}, whose first part is read, from \over on."""
    under, at = _sum(tokens, at + 1, level + 1, how)
    if tokens[at][0] == "o":
        raise Stop(at, tell("two \\over in one group"), tell("write \\frac{a}{b}"))
    return Div(over, under), at


def _condition(tokens: list[Token], at: int, left: Expr, level: int, how: How) -> tuple[Compared, int]:
    """What must be positive for "left > right", from the sign on."""
    kind, equal = tokens[at]
    if kind != ">" and kind != "<":
        raise Stop(at, tell("a condition needs a comparison"), tell("write z > 0"))
    right, end = _sum(tokens, at + 1, level + 1, how)
    high, low = (left, right) if (kind == ">") != bool(equal) else (right, left)
    positive = high if low == ZERO else Neg(low) if high == ZERO else Add((high, Neg(low)))
    return Compared(positive, bool(equal)), end


def _indicator(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    left, end = _sum(tokens, at + 1, level + 1, how)
    if (
        tokens[end][0] == ")" and tokens[end - 1][0] == ")" and type(left) is Call and left.func == "if_positive"
    ):  # 1_{\{z > 0\}}
        return left, find_close(tokens, end, at)
    compared, end = _condition(tokens, end, left, level, how)
    return write_choice(compared, ONE, ZERO), find_close(tokens, end, at)


def _read_where(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """``where(c > 0, a, b)``: a where c > 0, else b."""
    opened = at + 1
    if tokens[opened][0] != "(":
        raise Stop(at, tell("where needs its condition and two values in brackets"), tell("write where(z > 0, a, b)"))
    left, end = _sum(tokens, opened + 1, level + 1, how)
    compared, end = _condition(tokens, end, left, level, how)
    values = []
    for _ in range(2):
        if tokens[end][0] != ",":
            raise Stop(end, tell("where has a condition and two values"), tell("write where(z > 0, a, b)"))
        value, end = _choice(tokens, end + 1, level + 1, how)
        values.append(value)
    return write_choice(compared, *values), find_close(tokens, end, opened)


def _cases(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    r"""\begin{cases} a & c > 0 \\ b & c \le 0 \end{cases}, with or without "if" and "otherwise", with or without commas."""
    yes, end = _case_value(tokens, at + 1, level, how)
    end += tokens[end][0] == "i"
    left, end = _sum(tokens, end, level + 1, how)
    if tokens[end][0] not in "><":
        raise Stop(end, tell("this case has no condition"), _TWO_CASES)
    compared, end = _condition(tokens, end, left, level, how)
    end = skip_token(tokens, end, ",")
    if tokens[end][0] != "n":
        raise Stop(end, tell("this choice has no second case"), _TWO_CASES)
    no, end = _case_value(tokens, end + 1, level, how)
    if tokens[end][0] == "l":
        end += 1
    else:
        begun = end
        end += tokens[end][0] == "i"
        left, end = _sum(tokens, end, level + 1, how)
        if tokens[end][0] not in "><":
            raise Stop(end, tell("the second case has no condition"), _TWO_CASES)
        other, end = _condition(tokens, end, left, level, how)
        if not is_rest(compared, other):
            raise Stop(begun, tell("the second case is not the rest of the first"), _TWO_CASES)
    end = skip_token(tokens, skip_token(tokens, end, ","), "n")
    if tokens[end][0] != "E":
        raise Stop(end, tell("more than two cases, or cases that never end"), _TWO_CASES)
    return write_choice(compared, yes, no), end + 1


_TWO_CASES = tell("write two: a & \\text{if } z > 0 \\\\ b & \\text{else}")


def _case_value(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """The value of a case, and the token behind the & that may follow it."""
    node, at = _sum(tokens, at, level + 1, how)
    return node, skip_token(tokens, skip_token(tokens, at, ","), "&")


def _call(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """A function with its argument: f(x), f'(x), sin²(x), and sin x where it cannot be taken otherwise."""
    begun = at
    called = tokens[at][1]
    func, settings = called if type(called) is Named else (called, ())
    at += 1
    primes, power = "", None
    if tokens[at][0] == "'":
        primes = "'"
        at += 1
    elif tokens[at][0] in ("^", "s"):
        power, at = _power_of_function(tokens, at, level, how)
    if tokens[at][0] == "(":
        args, at = _arguments(tokens, at, level, how)
    else:
        args, at = _read_bare_argument(tokens, at, begun, level, how)
    if how.arity is not None:
        check_arity(how.arity, func, args, primes, begun)
    node = Call(func + primes, (*args, *settings))
    return (node if power is None else Pow(node, power)), at


def _arguments(tokens: list[Token], opened: int, level: int, how: How, first: tuple[Expr, ...] = (), at: int = 0) -> tuple[list[Expr], int]:
    """The arguments in the brackets of a function, or the rest of them behind the ``first``."""
    args, at = [*first], at or opened
    how = how._replace(lists=True) if how.listed and not how.lists else how
    while True:
        kind, word = tokens[at + 1]
        node, at = _choice(tokens, at + 1 + (kind == "k"), level + 1, how)
        args.append(Call(GIVEN + word, (node,)) if kind == "k" else node)
        if tokens[at][0] != ",":
            break
        if len(args) >= MAX_ARGUMENTS:
            raise Stop(at, tell("a function of more than {limit} arguments", limit=MAX_ARGUMENTS), STEPS)
    return args, find_close(tokens, at, opened)


def _power_of_function(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """The exponent behind a function's name, sin²(x) for (sin x)²; what f^-1 means, its writer has to say."""
    func: str = tokens[at - 1][1]
    exponent, end = _exponent(tokens, at, level, how)
    if exponent == Neg(ONE):
        refuse_inverse(at - 1, func)
    if type(exponent) is not Number or not exponent.text.isdigit():
        refuse_power(at, func)
    check_power(at, Name(func), exponent)
    return exponent, end


def _read_bare_argument(tokens: list[Token], at: int, begun: int, level: int, how: How) -> tuple[list[Expr], int]:
    """The argument of a function without its brackets, if what stands behind it cannot belong to it: sin x + y, ln x^2, sin x cos y."""
    if how.spaced is None:
        raise Spacing
    func: str = tokens[begun][1]
    kind = tokens[at][0]
    if kind in ("^", "s"):
        refuse_power(at, func)
    if kind == "'":
        raise Stop(at, tell("a second derivative of a function"), tell("write it out"))
    if kind not in BARE or level >= MAX_DEPTH:
        what = tell("the function {func} needs its argument in brackets", func=func)
        raise Stop(begun, what, tell("write {func}(x), or the name of its value", func=func))
    node, end = _call(tokens, at, level + 1, how) if kind == "f" else _operand(tokens, at, level + 1, how)
    if tokens[end][0] in ("^", "s"):
        node, end = _raise_power(tokens, end, node, level, how)
    following, sign = tokens[end]
    if following in "*/@t" or (following in BEGINS and following != "f"):
        refuse_reach(begun, func, node, (following, sign))
    return [node], end


def _fraction(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    r"""\frac{a}{b}, and \frac{\partial L}{\partial w}."""
    begun = at
    if tokens[at + 1] != ("(", "}"):
        num, end = read_single(tokens, at + 1, begun, tell("this fraction has no numerator in braces"))
        return _read_under(tokens, end, num, begun, level, how)
    if tokens[at + 2][0] in ("p", "d"):
        try:
            of, end = read_differential(tokens, at + 2, begun)
            if tokens[end] == (")", "}"):
                if tokens[end + 1] != ("(", "}"):
                    raise Stop(begun, tell("this fraction has no denominator in braces"), tell("write \\frac{a}{b}"))
                wrt, end = read_differential(tokens, end + 2, begun)
                return make_derivative(of, wrt), find_close(tokens, end, at + 1)
        except Stop:
            if tokens[at + 2][0] == "p" and tokens[at + 3][0] != "a":
                raise
    num, end = _sum(tokens, at + 2, level + 1, how)
    return _read_under(tokens, find_close(tokens, end, at + 1), num, begun, level, how)


def _read_under(tokens: list[Token], at: int, num: Expr, begun: int, level: int, how: How) -> tuple[Expr, int]:
    """The fraction whose numerator is read, with its denominator from token ``at`` on."""
    if tokens[at] != ("(", "}"):
        den, end = read_single(tokens, at, begun, tell("this fraction has no denominator in braces"))
        return Div(num, den), end
    den, last = _sum(tokens, at + 1, level + 1, how)
    return Div(num, den), find_close(tokens, last, at)


def _raise_power(tokens: list[Token], at: int, base: Expr, level: int, how: How) -> tuple[Expr, int]:
    """A power, or Wᵀ; a constant exponent over the limit is refused here, before anything is computed."""
    begun = at
    if tokens[at][0] in ("t", "m", "I"):
        base, at = _apply_methods(tokens, at, base, level, how)
        if tokens[at - 1][0] == "t" or tokens[at][0] not in ("^", "s"):
            return base, at  # W^T^2 may be (W^T)^2 or (W^2)^T to somebody; x[0:2]^2 is a square
    exponent, at = _exponent(tokens, at, level, how)
    if base is EULER:
        return Call("exp", (exponent,)), at
    check_power(begun, base, exponent)
    return Pow(base, exponent), at


def _apply_methods(tokens: list[Token], at: int, node: Expr, level: int, how: How) -> tuple[Expr, int]:
    """What stands behind an array: Wᵀ, X.T, (P - Y).sum(axis=0), X.T.dot(D), one behind the other."""
    count = 0
    while tokens[at][0] in ("t", "m", "I"):
        count += 1
        if count + level > MAX_DEPTH:
            refuse_depth(at)
        kind, method = tokens[at]
        at += 1
        if kind in ("t", "I"):
            node = Call("transpose", (node,)) if kind == "t" else read_entry(node, method, at - 1)
        elif isinstance(method, Named):
            node = Call(method.func, (node, *method.settings))
        else:
            args, at = ([], at + 2) if tokens[at + 1][0] == ")" else _arguments(tokens, at, level, how)
            node = Call(method, (node, *args))
    return node, at


def _exponent(tokens: list[Token], at: int, level: int, how: How) -> tuple[Expr, int]:
    """What stands behind a ^, or a raised number."""
    kind, value = tokens[at]
    if kind == "s":
        return value, at + 1
    if level >= MAX_DEPTH:
        refuse_depth(at)
    at += 1
    negative = False
    while tokens[at][0] in ("-", "+"):
        negative ^= tokens[at][0] == "-"
        at += 1
    exponent, at = _operand(tokens, at, level + 1, how)
    if tokens[at][0] in ("^", "s"):
        exponent, at = _raise_power(tokens, at, exponent, level + 1, how)
    return (Neg(exponent) if negative else exponent), at
