"""The functions that the product knows, and what their rows say, parsed: values, derivatives, slips.

The rows are data (`tutor.rules.function_rows`, `tutor.rules.loss_rows`; what a row is says `tutor.rules.function_row`).  Nothing else
lists functions by name: which may be an activation or a network's loss, which formulas are recognised as one, which slips are made with it,
is all in its row.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from tutor.errors import ExpressionError, tell
from tutor.expression.elsewhere import function_hint, split_component
from tutor.expression.nodes import ZERO, Call, Expr, Name, children
from tutor.expression.own_functions import is_own, shorten_name
from tutor.expression.parse import parse
from tutor.rules.function_row import OUT as OUT
from tutor.rules.function_row import SLOPE as SLOPE
from tutor.rules.function_row import VALUE as VALUE
from tutor.rules.function_row import Function as Function
from tutor.rules.function_row import Misuse as Misuse
from tutor.rules.function_row import Role as Role
from tutor.rules.function_row import Ties as Ties
from tutor.rules.function_rows import FUNCTION_ROWS
from tutor.rules.loss_rows import LOSS_ROWS
from tutor.rules.own_rows import has_prime, list_callable, read_function

_ROWS = (*FUNCTION_ROWS, *LOSS_ROWS)


class _Functions(dict[str, Function]):
    """The rows by name; an exercise's own functions, whose name is their definition, are found as well, and not listed."""

    def __missing__(self, name: str) -> Function:
        row = read_function(name)
        if row is None:
            raise KeyError(name)
        return row

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or (isinstance(name, str) and is_own(name))

    def find(self, name: str, default: Any = None) -> Any:
        """The row of a function, or ``default``."""
        return self[name] if name in self else default  # noqa: SIM401 - this is what get does

    get = find


FUNCTIONS: dict[str, Function] = _Functions((row.name, row) for row in _ROWS)

OF_LOGARITHMS = frozenset(row.name for row in _ROWS if row.of_logarithms)
"""The losses that are sums of logarithms."""
PRIMITIVES = frozenset(
    {row.name for row in _ROWS if not row.value and not row.layer and (row.role == "selection" or not row.variadic)} | {"pi"}
)
"""The functions that have no formula: the evaluator computes them and SymPy knows them."""



@cache
def function(name: str, arity: int) -> Function:
    """The row of a function for a number of arguments; ``softmax_2`` and ``max`` are made for that number.

    Raises `ExpressionError` when the function does not exist or takes another number of arguments.

    >>> function("softmax_1", 2).partials
    ('out*(1 - out)', '-out*softmax_2(z1, z2)')
    """
    component = split_component(name)
    if component is not None:
        return _make_component(*component, arity)
    if name in _MADE:
        return _MADE[name](name, arity)
    row = FUNCTIONS.get(name)
    if row is None:
        raise ExpressionError(tell("there is no function {name}", name=name), hint=function_hint(name, FUNCTIONS))
    if row.layer:
        raise ExpressionError(tell("{name} needs to know which component", name=name),
                              hint=tell("write {name}_1(z1, z2, z3) for the first", name=name))  # fmt: skip
    if arity != len(row.params):
        wants = ", ".join(row.params)
        own = shorten_name(name)
        raise ExpressionError(tell("{name} takes {count} argument(s), not {arity}", name=own, count=len(row.params), arity=arity),
                              hint=tell("write {name}({wants})", name=own, wants=wants))  # fmt: skip
    return row


def _make_component(name: str, component: int, arity: int) -> Function:
    """One component of a softmax or of its logarithm."""
    if component > arity:
        raise ExpressionError(
            tell("{name}_{component} of {arity} values", name=name, component=component, arity=arity),
            hint=tell("the components run from {name}_1 to {name}_{arity}", name=name, arity=arity)
        )
    params = tuple(f"z{i}" for i in range(1, arity + 1))
    listed = ", ".join(params)
    if name == "softmax":
        partials = tuple("out*(1 - out)" if i == component else f"-out*softmax_{i}({listed})" for i in range(1, arity + 1))
        value = f"exp(z{component})/({_write_exponentials(params)})"
    else:
        partials = tuple(f"1 - softmax_{i}({listed})" if i == component else f"-softmax_{i}({listed})" for i in range(1, arity + 1))
        value = f"z{component} - lse({listed})"
    return Function(
        f"{name}_{component}", params, partials, value,
        source=FUNCTIONS[name].source, role="activation", layer=True, component=component,
    )  # fmt: skip


def _write_exponentials(params: Sequence[str]) -> str:
    return " + ".join(f"exp({z})" for z in params)


def _make_logsumexp(name: str, arity: int) -> Function:
    if arity < 1:
        raise ExpressionError(tell("{name} of nothing", name=name), hint=tell("write {name}(z1, z2)", name=name))
    params = tuple(f"z{i}" for i in range(1, arity + 1))
    partials = tuple(f"softmax_{i}({', '.join(params)})" for i in range(1, arity + 1))
    return Function(name, params, partials, f"log({_write_exponentials(params)})", variadic=True, source=FUNCTIONS[name].source)


def component_row(name: str, arity: int) -> Function | None:
    """The row of a component of a layer's function, by its name; nothing for any other function.

    >>> component_row("softmax_2", 3).component, component_row("tanh", 1)
    (2, None)
    """
    return function(name, arity) if split_component(name) else None


def _make_extreme(name: str, arity: int) -> Function:
    if arity < 1:
        raise ExpressionError(tell("{name} of nothing", name=name), hint=tell("write {name}(0, x)", name=name))
    params = tuple(f"x{i}" for i in range(1, arity + 1))
    partials = [f"{name}_share({', '.join([own, *(other for other in params if other != own)])})" for own in params]
    first = tuple(_write_first(name, params, place) for place in range(arity))
    row = FUNCTIONS[name]
    return Function(
        name, params, tuple(partials) if arity > 1 else ("1",), convention=row.convention, variadic=True, role=row.role, first=first
    )


def _write_first(name: str, params: tuple[str, ...], place: int) -> str:
    """The derivative by one operand where the first of equal ones has it all: beyond all before it, and not behind one after it."""
    own, before, after = params[place], params[:place], params[place + 1 :]

    def write_best(names: tuple[str, ...]) -> str:
        return names[0] if len(names) == 1 else f"{name}({', '.join(names)})"

    parts = [f"if_positive({_gap(name, own, write_best(before))}, 1, 0)"] if before else []
    parts += [f"(1 - if_positive({_gap(name, write_best(after), own)}, 1, 0))"] if after else []
    return "*".join(parts) or "1"


def _gap(name: str, one: str, other: str) -> str:
    """What is positive where one operand is beyond another: it is larger for a maximum, smaller for a minimum."""
    return f"{one} - {other}" if name == "max" else f"{other} - {one}"


def _share(name: str, arity: int) -> Function:
    """1 where the first operand is the only largest (smallest), 1/k where it is one of k, else 0: its share of the derivative."""
    if arity < 2:
        raise ExpressionError(tell("{name} of fewer than two", name=name), hint=tell("write {name}(x, y)", name=name))
    row, best = FUNCTIONS[name], name.partition("_")[0]
    own, *rest = params = tuple(f"x{i}" for i in range(1, arity + 1))

    other = f"{best}({', '.join(rest)})"
    equal = " + ".join(f"if_positive({_gap(best, own, one)}, 0, 1)" for one in rest)  # no other is beyond, so what is not behind is equal
    behind = _gap(best, other, own)
    value = row.value if arity == 2 else f"if_positive({_gap(best, own, other)}, 1, if_positive({behind}, 0, 1/(1 + {equal})))"
    return Function(
        name, params, ("0",) * arity, value, variadic=True, flat=True, role=row.role, source=row.source
    )


_MADE = {"max": _make_extreme, "min": _make_extreme, "max_share": _share, "min_share": _share, "lse": _make_logsumexp}
"""The rows that are made for a number of operands."""


@cache
def value_of(row: Function) -> Expr | None:
    """The defining formula of a row, or nothing for a primitive."""
    return parse(row.value, names=row.params, functions=(*FUNCTIONS, *list_callable(row))) if row.value else None


@cache
def partials_of(row: Function, ties: Ties = "shared") -> tuple[Expr, ...]:
    """The derivatives of a row, in its parameters and ``out``, under a convention for ties: the one place that decides them.

    >>> from tutor.expression.plain import write_plain
    >>> [[write_plain(slope) for slope in partials_of(function("max", 2), ties)] for ties in ("shared", "first")]
    [['max_share(x1, x2)', 'max_share(x2, x1)'], ['1 - if_positive(x2 - x1, 1, 0)', 'if_positive(x2 - x1, 1, 0)']]
    """
    if has_prime(row):
        return (Call(f"{row.name}'", (Name(row.params[0]),)),)
    return _read_partials(row, row.first if ties == "first" and row.first else row.partials)


@cache
def slope_of(row: Function) -> Expr:
    """The derivative of a function of one number as a formula, of an own one too, in its parameter and ``out``."""
    return _read_partials(row, row.partials)[0]


def _read_partials(row: Function, listed: Sequence[str]) -> tuple[Expr, ...]:
    known = (*row.params, OUT)
    return tuple(parse(text, names=known, functions=(*FUNCTIONS, *list_callable(row))) for text in listed)


def choose_ties(call: Call, ties: Ties) -> Ties:
    """The convention for the ties of one call: max(0, x) is a ReLU, which has its own.

    >>> from tutor.expression.nodes import ZERO
    >>> choose_ties(Call("max", (Name("x"), ZERO)), "first"), choose_ties(Call("max", (Name("x"), Name("y"))), "first")
    ('shared', 'first')
    """
    return "shared" if len(call.args) == 2 and ZERO in call.args else ties


@cache
def misuse_of(row: Function, formula: str) -> Expr:
    """The formula of one of a row's slips, in its parameters, ``out`` and ``slope``."""
    return parse(formula, names=(*row.params, OUT, SLOPE), functions=FUNCTIONS)


def check_calls(expr: Expr, besides: Collection[str] = ()) -> None:
    """Refuse a function that does not exist, or one with the wrong number of arguments, by name; ``besides`` are let through."""
    stack = [expr]
    while stack:
        node = stack.pop()
        if type(node) is Call and node.func != "pi" and node.func not in besides:
            row = function(node.func.rstrip("'"), len(node.args))
            if node.func.endswith("'") and len(row.params) != 1:
                what = tell("{func} of a function of several arguments", func=shorten_name(node.func))
                raise ExpressionError(what, hint=tell("write dL/dx instead"))
        stack.extend(children(node))


def parameter_names(row: Function) -> tuple[Name, ...]:
    """The parameters of a row as expressions."""
    return tuple(Name(name) for name in row.params)
