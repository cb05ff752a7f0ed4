"""The functions that the product knows: one row each, with value, derivatives, range, kinks and source.

A row speaks the product's own grammar.  ``value`` is the definition, in the row's parameters; ``partials`` has one derivative
for each parameter, as lecturers write it: in terms of the function's *own output* (``out``) where that is the custom
(σ′ = σ(1−σ)).  The tests prove each of them equal to SymPy's derivative of ``value`` and to finite differences, so a new row is
tested by existing.  A row without ``value`` is primitive: the evaluator and SymPy know it.

Nothing else lists functions by name: which may be an activation or a network's loss, which formulas are recognised as one, which slips
are made with it, is all in its row.  To add one, write a row here and its phrases in `tutor.explain.words`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tutor.errors import ExpressionError, TutorError, tell
from tutor.expression.elsewhere import function_hint
from tutor.expression.nodes import ZERO, Call, Expr, Name, children
from tutor.expression.parse import parse

OUT = "out"
SLOPE = "slope"
"""In a slip's formula: the right derivative."""
VALUE = "value"
"""Among the written-out forms of a row: its own ``value``."""

Ties = Literal["shared", "first"]
"""Who gets the derivative of a maximum (a minimum, a pooling) of equal operands: each of k a share of 1/k, or the first all of it."""

Role = Literal["function", "activation", "loss", "selection"]
"""What a row is in a network.  A selection (max, a choice by sign) passes one of its operands on."""


@dataclass(frozen=True, slots=True)
class Misuse:
    """A formula that is written in place of the right one by a known slip (``tag``, see `tutor.marking.misconceptions`).

    ``place`` says what it stands for: the ``slope`` of a function, its ``value``, or each ``call`` of it.  The formula is in the row's
    parameters, ``out``, and of a slope the right one, ``slope``.  Without ``slope`` in it, it is that of the first operand.

    >>> Misuse("sigmoid-slope-is-output", "slope", "out").formula
    'out'
    """

    tag: str
    place: Literal["slope", "value", "call"]
    formula: str


@dataclass(frozen=True, slots=True)
class Function:
    """One row.  ``sample`` is the range tests draw from, ``kinks`` where the first argument has no two-sided derivative,
    ``convention`` the key of what is taken there (its words are printed in a solution that needs it), ``flat`` marks functions whose
    derivative is 0 wherever it exists, so that nothing can be learnt through them, and ``rising`` those of one number that rise
    everywhere.  ``variadic`` functions take any number of arguments.

    ``settings`` are the last parameters, those that are no operands but fixed numbers: (name, least, most), an empty text for no
    limit.  A formula in ``written`` (`VALUE` is ``value`` itself) is recognised as this function where its settings are in these
    limits.  ``role`` is what it is in a network; ``words`` is what a network calls it as its loss, ``by_formula`` that the network then
    writes its formula out and not its name.  A function of a whole ``layer`` is a step for each of its components; a made row is the
    ``component`` of that number, from 1 (0 for any other), whose own operand has that number.  ``first`` are the derivatives under the
    convention that the first of equal operands has it all, of a function that has ties.  ``slips`` are those that are made with
    just this function; what is made with every activation or every loss is not repeated here.
    """

    name: str
    params: tuple[str, ...]
    partials: tuple[str, ...]
    value: str = ""
    sample: tuple[float, float] = (-3.0, 3.0)
    kinks: tuple[str, ...] = ()
    convention: str = ""
    flat: bool = False
    rising: bool = False
    variadic: bool = False
    source: str = ""
    role: Role = "function"
    settings: tuple[tuple[str, str, str], ...] = ()
    written: tuple[str, ...] = ()
    words: str = ""
    by_formula: bool = False
    layer: bool = False
    component: int = 0
    first: tuple[str, ...] = ()
    slips: tuple[Misuse, ...] = ()

    def __post_init__(self) -> None:
        if not self.variadic and len(self.partials) != len(self.params):
            raise self._fault(
                f"{len(self.partials)} derivatives for {len(self.params)} parameters", "partials",
                'one text a parameter, such as ("out*(1 - out)",)',
            )  # fmt: skip
        named = tuple(name for name, _, _ in self.settings)
        if named != self.params[len(self.params) - len(named) :]:
            raise self._fault(
                f"the settings {', '.join(named)} are not its last parameters", "settings",
                'such as (("a", "0", "1"),) for params ("x", "a")',
            )  # fmt: skip
        if self.words and (self.role != "loss" or self.operands != 2):
            raise self._fault("only a loss of output and target can be a network's loss", "words", 'role="loss", params ("a", "y")')
        if VALUE in self.written and not self.value:
            raise self._fault("a primitive has no formula that could be recognised", "written", "leave it out")

    def _fault(self, what: str, field: str, hint: str) -> TutorError:
        return TutorError(what, where=f"rules.functions, row {self.name}, field {field}", hint=hint)

    @property
    def operands(self) -> int:
        """How many of its parameters are quantities, which come first; the others are settings."""
        return len(self.params) - len(self.settings)

    @property
    def of_logarithms(self) -> bool:
        """Whether it is a loss that is a sum of logarithms, a cross-entropy, so that it is read as its formula."""
        return self.role == "loss" and "log(" in self.value

    @property
    def curved(self) -> bool:
        """Whether it has a slope of its own, which can be forgotten or taken at another place: an activation, or a function such as sin."""
        return self.role in ("function", "activation") and not self.flat and not self.layer


def _slope(tag: str, formula: str) -> Misuse:
    return Misuse(tag, "slope", formula)


def _call(tag: str, formula: str) -> Misuse:
    return Misuse(tag, "call", formula)


_TURNED = _slope("sign-of-error", "-slope")
_LEFT = (_slope("relu-slope-left", "1"),)
_COMMON_LOG = (_call("log10-for-ln", "out/log(10)"),)

_ROWS = (
    Function("exp", ("x",), ("out",), rising=True),
    Function("log", ("x",), ("1/x",), sample=(0.2, 4.0), rising=True, slips=_COMMON_LOG),
    Function("sqrt", ("x",), ("1/(2*out)",), sample=(0.2, 4.0)),
    Function("sin", ("x",), ("cos(x)",), slips=(_call("degrees-for-radians", "sin(x*(pi/180))"),)),
    Function("cos", ("x",), ("-sin(x)",), slips=(_call("degrees-for-radians", "cos(x*(pi/180))"),)),
    Function("tan", ("x",), ("1 + out^2",), "sin(x)/cos(x)", sample=(-1.3, 1.3),
             slips=(_call("degrees-for-radians", "tan(x*(pi/180))"),)),
    Function("sec", ("x",), ("out*tan(x)",), "1/cos(x)", sample=(-1.3, 1.3), slips=(_call("degrees-for-radians", "sec(x*(pi/180))"),)),
    Function("csc", ("x",), ("-out*cot(x)",), "1/sin(x)", sample=(0.3, 2.8), slips=(_call("degrees-for-radians", "csc(x*(pi/180))"),)),
    Function("cot", ("x",), ("-(1 + out^2)",), "cos(x)/sin(x)", sample=(0.3, 2.8),
             slips=(_call("degrees-for-radians", "cot(x*(pi/180))"),)),
    Function("arcsin", ("x",), ("1/sqrt(1 - x^2)",), sample=(-0.9, 0.9)),
    Function("arccos", ("x",), ("-1/sqrt(1 - x^2)",), "pi/2 - arcsin(x)", sample=(-0.9, 0.9)),
    Function("arctan", ("x",), ("1/(1 + x^2)",), source="used as an activation: LeCun and others, Efficient BackProp"),
    Function("sinh", ("x",), ("cosh(x)",), "(exp(x) - exp(-x))/2"),
    Function("cosh", ("x",), ("sinh(x)",), "(exp(x) + exp(-x))/2"),
    Function("sech", ("x",), ("-out*tanh(x)",), "1/cosh(x)"),
    Function("csch", ("x",), ("-out*coth(x)",), "1/sinh(x)", sample=(0.3, 3.0)),
    Function("coth", ("x",), ("1 - out^2",), "1/tanh(x)", sample=(0.3, 3.0)),
    Function("arsinh", ("x",), ("1/sqrt(x^2 + 1)",)),
    Function("arcosh", ("x",), ("1/sqrt(x^2 - 1)",), "log(x + sqrt((x - 1)*(x + 1)))", sample=(1.2, 4.0)),
    Function("artanh", ("x",), ("1/(1 - x^2)",), sample=(-0.9, 0.9)),
    Function(
        "abs", ("x",), ("sign(x)",), kinks=("0",), convention="abs",
    ),
    Function("sign", ("x",), ("0",), "if_positive(x, 1, if_positive(-x, -1, 0))", kinks=("0",), flat=True, convention="sign"),
    Function("max", ("a", "b"), (), variadic=True, role="selection", convention="max"),
    Function("min", ("a", "b"), (), variadic=True, role="selection", convention="min"),
    Function("max_share", ("x1", "x2"), (), "if_positive(x1 - x2, 1, if_positive(x2 - x1, 0, 1/2))",
             variadic=True, flat=True, role="selection", source="the derivative of max(x1, x2) by x1; 1/k where k are largest"),
    Function("min_share", ("x1", "x2"), (), "if_positive(x2 - x1, 1, if_positive(x1 - x2, 0, 1/2))",
             variadic=True, flat=True, role="selection", source="the derivative of min(x1, x2) by x1; 1/k where k are smallest"),
    Function("if_positive", ("c", "a", "b"), ("0", "if_positive(c, 1, 0)", "if_positive(c, 0, 1)"),
             role="selection", kinks=("0",), convention="if_positive"),
    Function("identity", ("x",), ("1",), "x", role="activation", source="graz: linear (identity function)"),
    Function("sigmoid", ("x",), ("out*(1 - out)",), "1/(1 + exp(-x))", role="activation", rising=True, written=(VALUE,),
             slips=(_slope("sigmoid-slope-is-output", "out"), _slope("sigmoid-slope-is-complement", "1 - out"),
                    _slope("sigmoid-slope-of-input", "x*(1 - x)"), Misuse("exponent-sign-lost", "value", "1 - out")),
             source="dl, qmul, graz, neuron: σ(x) = 1/(1+e^(−x)), σ' = σ(1−σ)"),
    Function("tanh", ("x",), ("1 - out^2",), "(exp(2*x) - 1)/(exp(2*x) + 1)", rising=True,
             role="activation", slips=(_slope("tanh-slope-not-squared", "1 - out"), _slope("tanh-slope-of-input", "1 - x^2"),
                    _slope("tanh-slope-square-misplaced", "(1 - out)^2"), Misuse("exponent-sign-lost", "value", "-out")),
             source="neuron: tanh(x) = (e^(2x)−1)/(e^(2x)+1), tanh' = 1 − tanh²"),
    Function("relu", ("x",), ("if_positive(x, 1, 0)",), "max(0, x)", kinks=("0",), convention="relu",
             role="activation", written=(VALUE, "max(x, 0)"), slips=(*_LEFT, Misuse("relu-turned-round", "value", "x - out")),
             source="neuron: relu(x) = max(0, x), relu' = 1_{x>0}"),
    Function("leaky_relu", ("x", "a"), ("if_positive(x, 1, a)", "if_positive(x, 0, x)"), "if_positive(x, x, a*x)",
             kinks=("0",), role="activation", settings=(("a", "0", "1"),),
             written=("max(a*x, x)", "max(x, a*x)"), slips=_LEFT, convention="leaky_relu",
             source="dl: max(0.1x, x); graz: max(x, ax) with a = 0.1; the same for 0 ≤ a ≤ 1"),
    Function("leaky_relu_mix", ("x", "eps"), ("if_positive(x, 1, eps)", "if_positive(x, 0, x)"),
             "eps*x + (1 - eps)*max(0, x)", kinks=("0",), role="activation", settings=(("eps", "0", "1"),),
             slips=_LEFT, convention="leaky_relu",
             source="neuron: εx + (1−ε)max(0, x); equals max(εx, x) for 0 ≤ ε ≤ 1"),
    Function("prelu", ("x", "a"), ("if_positive(x, 1, a)", "if_positive(x, 0, x)"), "if_positive(x, x, a*x)",
             kinks=("0",), role="activation", slips=_LEFT, convention="prelu",
             source="dl: max(αx, x), α is learnt; the same for α ≤ 1"),
    Function("elu", ("x", "a"), ("if_positive(x, 1, a*exp(x))", "if_positive(x, 0, exp(x) - 1)"),
             "if_positive(x, x, a*(exp(x) - 1))", kinks=("0",), role="activation", settings=(("a", "0", ""),),
             slips=_LEFT, convention="elu",
             source="dl: x if x > 0, else α(e^x − 1); graz writes x ≥ 0, the same function"),
    Function("softplus", ("x",), ("sigmoid(x)",), "log(1 + exp(x))", role="activation", rising=True,
             source="neuron: soft ReLU log(1 + e^x)"),
    Function("heaviside", ("x",), ("0",), "if_positive(x, 1, 0)", role="activation", kinks=("0",), flat=True,
             convention="heaviside",
             source="qmul: 0 where the weighted sum is at most the threshold, else 1"),
    Function("softmax", (), (), variadic=True, role="activation", layer=True,
             source="neuron, qmul: exp(z_k)/Σ exp(z_i); softmax_2(z1, z2, z3) is its second component"),
    Function("squared_error", ("a", "y"), ("2*(a - y)", "2*(y - a)"), "(a - y)^2",
             role="loss", words="squared error", by_formula=True, written=(VALUE,),
             slips=(_TURNED, _slope("factor-two-lost", "1/2*slope"), _slope("factor-two-doubled", "2*slope"),
                    Misuse("error-not-squared", "value", "a - y")),
             source="cmu, dl, qmul: (ŷ − y)²"),
    Function("half_squared_error", ("a", "y"), ("a - y", "y - a"), "1/2*(y - a)^2",
             role="loss", words="half squared error", by_formula=True, written=(VALUE, "(y - a)^2/2"),
             slips=(_TURNED, Misuse("half-lost", "value", "2*out"), _slope("half-lost", "2*slope"), _slope("half-doubled", "1/2*slope"),
                    Misuse("error-not-squared", "value", "1/2*(y - a)")),
             source="neuron: 0.5(target − output)²; cmu: ½(y − ŷ)²"),
    Function("absolute_error", ("a", "y"), ("sign(a - y)", "sign(y - a)"), "abs(a - y)",
             convention="absolute_error",
             role="loss", words="absolute error", by_formula=True, written=(VALUE,), slips=(_TURNED,),
             source="cmu: |ŷ − y|"),
    Function("huber", ("a", "y", "delta"),
             ("if_positive(delta - abs(a - y), a - y, delta*sign(a - y))", "if_positive(delta - abs(a - y), y - a, delta*sign(y - a))",
              "if_positive(delta - abs(a - y), 0, abs(a - y) - delta)"),
             "if_positive(delta - abs(a - y), 1/2*(a - y)^2, delta*(abs(a - y) - 1/2*delta))",
             role="loss", words="huber", settings=(("delta", "0", ""),), written=(VALUE,),
             slips=(_TURNED, Misuse("half-lost", "value", "if_positive(delta - abs(a - y), 2*out, out)"),
                    _slope("half-lost", "if_positive(delta - abs(a - y), 2*slope, slope)"),
                    _slope("half-doubled", "if_positive(delta - abs(a - y), 1/2*slope, slope)")),
             source="Huber 1964: ½e² for |e| < δ, else δ(|e| − ½δ); as torch.nn.HuberLoss. It has no kink"),
    Function("hinge", ("a", "y"), ("if_positive(1 - y*a, -y, 0)", "if_positive(1 - y*a, -a, 0)"), "max(0, 1 - y*a)",
             convention="hinge",
             role="loss", words="hinge", by_formula=True, written=(VALUE,),
             source="cmu: max(0, 1 − y·ŷ)"),
    Function("zero_one", ("a", "y"), ("0", "0"), "if_positive(abs(a - y), 1, 0)", flat=True,
             convention="zero_one",
             role="loss", words="zero-one", by_formula=True,
             source="cmu: 1[ŷ ≠ y]"),
    Function("cross_entropy", ("a", "y"), ("-y/a", "-log(a)"), "-y*log(a)", sample=(0.1, 0.9),
             role="loss", words="cross-entropy", by_formula=True, written=(VALUE,),
             slips=(*_COMMON_LOG, Misuse("log-forgotten", "value", "-y*a"), Misuse("minus-lost-in-loss", "value", "-out")),
             source="−Σ y_i log ŷ_i, one term"),
    Function("binary_cross_entropy", ("a", "y"), ("(a - y)/(a*(1 - a))", "log(1 - a) - log(a)"),
             "-(y*log(a) + (1 - y)*log(1 - a))", sample=(0.1, 0.9),
             role="loss", words="binary cross-entropy", by_formula=True, written=(VALUE,),
             slips=(_TURNED, *_COMMON_LOG, Misuse("minus-lost-in-loss", "value", "-out"),
                    Misuse("second-term-forgotten", "value", "-y*log(a)")),
             source="dl: −(y log ŷ + (1−y) log(1−ŷ)), ∂L/∂ŷ = (ŷ−y)/(ŷ(1−ŷ))"),
)  # fmt: skip

FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}

OF_LOGARITHMS = frozenset(row.name for row in _ROWS if row.of_logarithms)
"""The losses that are sums of logarithms."""
PRIMITIVES = frozenset({row.name for row in _ROWS if not row.value and not row.layer} | {"pi"})
"""The functions that have no formula: the evaluator computes them and SymPy knows them."""


_COMPONENT = re.compile(r"softmax_([1-9]\d*)")


@cache
def function(name: str, arity: int) -> Function:
    """The row of a function for a number of arguments; ``softmax_2`` and ``max`` are made for that number.

    Raises `ExpressionError` when the function does not exist or takes another number of arguments.

    >>> function("softmax_1", 2).partials
    ('out*(1 - out)', '-out*softmax_2(z1, z2)')
    """
    component = _COMPONENT.fullmatch(name)
    if component:
        return _softmax(int(component[1]), arity)
    if name in _MADE:
        return _MADE[name](name, arity)
    row = FUNCTIONS.get(name)
    if row is None:
        raise ExpressionError(tell("there is no function {name}", name=name), hint=function_hint(name, FUNCTIONS))
    if name == "softmax":
        raise ExpressionError(tell("softmax needs to know which component"), hint=tell("write softmax_1(z1, z2, z3) for the first"))
    if arity != len(row.params):
        wants = ", ".join(row.params)
        raise ExpressionError(tell("{name} takes {count} argument(s), not {arity}", name=name, count=len(row.params), arity=arity),
                              hint=tell("write {name}({wants})", name=name, wants=wants))  # fmt: skip
    return row


def _softmax(component: int, arity: int) -> Function:
    if component > arity:
        raise ExpressionError(
            tell("softmax_{component} of {arity} values", component=component, arity=arity),
            hint=tell("the components run from softmax_1 to softmax_{arity}", arity=arity)
        )
    params = tuple(f"z{i}" for i in range(1, arity + 1))
    listed = ", ".join(params)
    partials = tuple("out*(1 - out)" if i == component else f"-out*softmax_{i}({listed})" for i in range(1, arity + 1))
    total = " + ".join(f"exp({z})" for z in params)
    return Function(
        f"softmax_{component}", params, partials, f"exp(z{component})/({total})",
        source=FUNCTIONS["softmax"].source, role="activation", layer=True, component=component,
    )  # fmt: skip


def component_row(name: str, arity: int) -> Function | None:
    """The row of a component of a layer's function, by its name; nothing for any other function.

    >>> component_row("softmax_2", 3).component, component_row("tanh", 1)
    (2, None)
    """
    return function(name, arity) if _COMPONENT.fullmatch(name) else None


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


_MADE = {"max": _make_extreme, "min": _make_extreme, "max_share": _share, "min_share": _share}
"""The rows that are made for a number of operands."""


@cache
def value_of(row: Function) -> Expr | None:
    """The defining formula of a row, or nothing for a primitive."""
    return parse(row.value, names=row.params, functions=FUNCTIONS) if row.value else None


@cache
def partials_of(row: Function, ties: Ties = "shared") -> tuple[Expr, ...]:
    """The derivatives of a row, in its parameters and ``out``, under a convention for ties: the one place that decides them.

    >>> from tutor.expression.plain import write_plain
    >>> [[write_plain(slope) for slope in partials_of(function("max", 2), ties)] for ties in ("shared", "first")]
    [['max_share(x1, x2)', 'max_share(x2, x1)'], ['1 - if_positive(x2 - x1, 1, 0)', 'if_positive(x2 - x1, 1, 0)']]
    """
    known = (*row.params, OUT)
    listed = row.first if ties == "first" and row.first else row.partials
    return tuple(parse(text, names=known, functions=FUNCTIONS) for text in listed)


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
                raise ExpressionError(tell("{func} of a function of several arguments", func=node.func), hint=tell("write dL/dx instead"))
        stack.extend(children(node))


def parameter_names(row: Function) -> tuple[Name, ...]:
    """The parameters of a row as expressions."""
    return tuple(Name(name) for name in row.params)
