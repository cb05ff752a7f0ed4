"""Small questions about one expression tree, asked without recursion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tutor.expression.keys import read_after, read_derivative, read_edge
from tutor.expression.nodes import ONE, ZERO, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, children, rebuild


def names(expr: Expr) -> tuple[str, ...]:
    """The quantities an expression uses, each once, in the order they are first written.

    >>> from tutor.expression.parse import parse
    >>> names(parse("w*x + b*w"))
    ('w', 'x', 'b')
    """
    found: dict[str, None] = {}
    stack = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Name:
            found[node.name] = None
        else:
            stack.extend(reversed(children(node)))
    return tuple(found)


def find_partials(expr: Expr) -> list[Partial]:
    """The derivatives that stand in an expression, in order, each as often as it is written.

    >>> from tutor.expression.parse import parse
    >>> find_partials(parse("(dL/da)*(da/dz)", names=("L", "a", "z")))
    [Partial(of='L', wrt='a'), Partial(of='a', wrt='z')]
    """
    found: list[Partial] = []
    stack = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Partial:
            found.append(node)
        stack.extend(reversed(children(node)))
    return found


def size(expr: Expr) -> int:
    """How many nodes a tree has."""
    count, stack = 0, [expr]
    while stack:
        count += 1
        stack.extend(children(stack.pop()))
    return count


def depth(expr: Expr) -> int:
    """How many operations are nested in each other."""
    deepest, stack = 0, [(expr, 1)]
    while stack:
        node, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((part, level + 1) for part in children(node))
    return deepest


def substitute(expr: Expr, table: Mapping[str, Expr]) -> Expr:
    """The expression with quantities replaced.

    >>> from tutor.expression.parse import parse
    >>> substitute(parse("x + y"), {"x": Name("a")})
    Add(args=(Name(name='a'), Name(name='y')))
    """
    if type(expr) is Name:
        return table.get(expr.name, expr)
    parts = children(expr)
    if not parts:
        return expr
    return rebuild(expr, tuple(substitute(part, table) for part in parts))


def rename_derivatives(expr: Expr, of: str, new: str) -> Expr:
    """The expression with the derivatives of a quantity as those of another one.

    >>> rename_derivatives(Partial("L", "w"), "L", "E")
    Partial(of='E', wrt='w')
    """
    if type(expr) is Partial:
        return Partial(new, expr.wrt) if expr.of == of else expr
    parts = children(expr)
    return rebuild(expr, tuple(rename_derivatives(part, of, new) for part in parts)) if parts else expr


def fold_calls(expr: Expr, named: Mapping[Expr, str]) -> Expr:
    """The expression with every function call that has a name of its own (``named``) replaced by that name."""
    known = named.get(expr) if type(expr) is Call else None
    if known is not None:
        return Name(known)
    parts = children(expr)
    if not parts:
        return expr
    return rebuild(expr, tuple(fold_calls(part, named) for part in parts))


SHARES = ("max_share", "min_share")
"""The derivative of a maximum, a minimum, by its first operand: 1, 0, or at a tie a part of 1."""


def as_indicator(call: Call) -> Call:
    """The share of x in a maximum as it is printed, 1[x > y]; any other call as it is.

    >>> from tutor.expression.parse import parse
    >>> as_indicator(Call("max_share", (Name("x"), Name("y")))) == parse("if_positive(x - y, 1, 0)", functions=("if_positive",))
    True
    """
    if call.func not in SHARES or len(call.args) < 2:
        return call
    own, *others = call.args
    best = call.func.partition("_")[0]
    other = others[0] if len(others) == 1 else Call(best, tuple(others))
    gap = Add((own, Neg(other))) if best == "max" else Add((other, Neg(own)))
    return Call("if_positive", (gap, ONE, ZERO))


def is_indicator(call: Call) -> bool:
    """Whether it is 1 under a condition, else 0: the slope of a ReLU; the share of x in max(x, y) is another where both are equal.

    >>> from tutor.expression.parse import parse
    >>> is_indicator(parse("if_positive(z, 1, 0)", functions=("if_positive",))), is_indicator(Call("max_share", (Name("x"), Name("y"))))
    (True, False)
    """
    return call.func == "if_positive" and call.args[1:] == (ONE, ZERO)


def is_numeric(expr: Expr) -> bool:
    """Whether an expression is made of numbers only, functions of them too: 1/(1 + e^(-1)).

    >>> from tutor.expression.parse import parse
    >>> is_numeric(parse("2/3 + log(2)", functions=("log",))), is_numeric(parse("2*x")), is_numeric(parse("dL/dx"))
    (True, False, False)
    """
    stack = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Name or type(node) is Partial:
            return False
        stack.extend(children(node))
    return True


def has_call(expr: Expr) -> bool:
    """Whether a function is applied anywhere in an expression."""
    stack = [expr]
    while stack:
        node = stack.pop()
        kind = type(node)
        if kind is Call:
            return True
        if kind is not Name and kind is not Number:
            stack.extend(children(node))
    return False


def is_transposed(expr: Expr) -> bool:
    """Whether an expression is written as a transpose, Aᵀ."""
    return type(expr) is Call and expr.func == "transpose"


def drop_transpose(expr: Expr) -> Expr:
    """A of Aᵀ; what is no transpose as it is."""
    return expr.args[0] if type(expr) is Call and expr.func == "transpose" else expr


def transpose(expr: Expr) -> Expr:
    """Aᵀ of A, and A of Aᵀ.

    >>> transpose(transpose(Name("A")))
    Name(name='A')
    """
    return drop_transpose(expr) if is_transposed(expr) else Call("transpose", (expr,))


def move_letters(expr: Expr, letters: Collection[str], by: int) -> Expr | None:
    """The form with some letters of its indices by so much larger, Σ_{v=-1}^{1} k_{v+2} as Σ_{v=1}^{3} k_{v-2+2}; nothing where such a
    letter is an index by itself and begins below 1.

    >>> from tutor.expression.nodes import Call
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(move_letters(Call("at", (Name("x"), Name("v"))), "v", 1).args[1])
    'v + 1'
    """
    if type(expr) is Call and expr.func in ("at", "equal"):
        first = 1 if expr.func == "at" else 0
        if by < 0 and any(type(part) is Name and part.name in letters for part in expr.args[first:]):
            return None
        return Call(expr.func, (*expr.args[:first], *(_move_index(part, letters, by) for part in expr.args[first:])))
    parts = children(expr)
    done = [move_letters(part, letters, by) for part in parts]
    kept = tuple(part for part in done if part is not None)
    return expr if not parts else rebuild(expr, kept) if len(kept) == len(parts) else None


def _move_index(part: Expr, letters: Collection[str], by: int) -> Expr:
    if type(part) is Name and part.name in letters:
        return Add((part, Number(str(by)) if by > 0 else Neg(Number(str(-by)))))
    inner = children(part)
    return rebuild(part, tuple(_move_index(one, letters, by) for one in inner)) if inner else part


_ENTRYWISE = frozenset({"hadamard", "if_positive", "max", "min"})


def take_entry(expr: Expr, index: Sequence[Expr]) -> Expr | None:
    """The entry of a formula over whole arrays, (P - Y)_ij as P_ij - Y_ij; nothing where more than each array's own entry is in it.

    >>> from tutor.expression.nodes import Name as N
    >>> from tutor.expression.plain import write_plain
    >>> write_plain(take_entry(Add((N("P"), Neg(N("Y")))), [N("i"), N("j")]).args[0].args[2]), take_entry(Mul((N("W"), N("x"))), [N("i")])
    ('j', None)
    """
    parts = children(expr)
    if type(expr) in (Name, Partial):
        return Call("at", (expr, *index))
    if not parts:
        return expr if type(expr) is Number else None
    if type(expr) is Call and expr.func == "transpose":
        return take_entry(expr.args[0], index[::-1])
    single = sum(type(part) is not Number for part in parts) == 1
    own = type(expr) in (Add, Neg) or (single and type(expr) in (Mul, Div)) or (type(expr) is Call and expr.func in _ENTRYWISE)
    done = [take_entry(part, index) for part in parts] if own else []
    kept = tuple(part for part in done if part is not None)
    return rebuild(expr, kept) if done and len(kept) == len(done) else None


def as_name(key: str) -> Expr:
    """A quantity or a derivative by its key; that along one edge alone as it is printed.

    >>> as_name("dL/dw"), as_name("c|x"), as_name("w@1")
    (Partial(of='L', wrt='w'), Partial(of='c', wrt='x'), Name(name='w@1'))
    """
    derivative = read_edge(key) or read_derivative(key)
    return Partial(derivative.of, derivative.wrt) if derivative is not None and not read_after(key).updates else Name(key)


def name_edges(expr: Expr) -> Expr:
    """A formula of a working as it is printed: derivatives along one edge alone, ``c|x``, are written ∂c/∂x.

    >>> name_edges(Mul((Partial("L", "c"), Name("c|x"))))
    Mul(args=(Partial(of='L', wrt='c'), Partial(of='c', wrt='x')))
    """
    if type(expr) is Name:
        return as_name(expr.name) if read_edge(expr.name) is not None else expr
    parts = children(expr)
    named = tuple(name_edges(part) for part in parts)
    return expr if named == parts else rebuild(expr, named)
