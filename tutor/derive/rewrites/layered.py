"""Named rewrites in layer form: softmax or sigmoid with its cross-entropy, and a linear network as one layer.

The same simplifications as `tutor.derive.rewrites.named` makes neuron by neuron, under the same names; they are shown only when the entries
of both sides agree (`tutor.numbers.form_agreement`).
"""

from __future__ import annotations

from dataclasses import dataclass

from tutor.derive.local import times
from tutor.expression.nodes import ONE, Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, children, rebuild
from tutor.expression.walk import names
from tutor.graph.layered import Layered
from tutor.graph.nouns import Graph
from tutor.graph.shapes import size_expr
from tutor.rules.operations import ENTRYWISE

SOFTMAX = "softmax with cross-entropy"
SIGMOID = "sigmoid with binary cross-entropy"
LINEAR = "linear network"
_OUTPUTS = {"softmax": SOFTMAX, "softmax_columns": SOFTMAX, "softmax_rows": SOFTMAX, "sigmoid": SIGMOID}
_LOSSES = {SOFTMAX: "cross_entropy", SIGMOID: "binary_cross_entropy"}
UNIT, SHIFT = "What", "bhat"


@dataclass(frozen=True, slots=True)
class LayerRewrite:
    """``left = expr`` holds because of ``rule``; ``equals`` is what it is proved against, in quantities and derivatives.

    ``targets`` are the targets whose entries have to sum to 1 (each sample's), where the rewrite needs that.
    """

    left: Expr
    expr: Expr
    equals: Expr
    rule: str
    targets: str = ""


def found(layered: Layered) -> tuple[LayerRewrite, ...]:
    """The named rewrites that apply to a graph over layers.

    >>> from tutor.expression.plain import plain
    >>> from tutor.graph.layered import from_layers
    >>> graph = from_layers(["p = softmax(z)", "L = sum(-y ⊙ log(p))"], {"z": (3,), "y": (3,)})
    >>> [plain(rewrite.expr) for rewrite in found(graph)]
    ['p - y']
    """
    return (*_scores(layered), *_collapsed(layered))


def _scores(layered: Layered) -> list[LayerRewrite]:
    graph = layered.graph
    steps = {step.target: step.expr for step in graph.steps}
    scale, summed = _mean_of(steps[graph.loss], layered)
    if summed is None:
        return []
    rewrites = []
    for step in graph.steps:
        expr = step.expr
        if type(expr) is not Call or expr.func not in _OUTPUTS or type(expr.args[0]) is not Name:
            continue
        rule = _OUTPUTS[expr.func]
        output, score = Name(step.target), expr.args[0]
        target = _target(summed, output, _LOSSES[rule])
        users = [other for other in graph.steps if step.target in names(other.expr)]
        again = [other for other in graph.steps if score.name in names(other.expr)]
        if target is None or len(users) != 1 or len(again) != 1:
            continue
        given = type(target) is Name and target.name not in steps
        if not given and not _is_label(steps[target.name] if type(target) is Name else target):
            continue
        difference = Add((output, Neg(target)))
        result = times(scale, difference)
        left = Partial(graph.loss, score.name)
        rewrites.append(LayerRewrite(left, result, left, rule, target.name if rule == SOFTMAX and given and type(target) is Name else ""))
    return rewrites


def _is_label(expr: Expr) -> bool:
    """A target that is made of a label sums to 1 whatever the label is."""
    return type(expr) is Call and expr.func == "one_hot"


def _mean_of(expr: Expr, layered: Layered) -> tuple[Expr, Expr | None]:
    """A loss as a number times a sum over entries: the number and what is summed."""
    match expr:
        case Call("sum", (inner,)):
            return ONE, inner
        case Call("mean", (inner,)):
            first = next((name for name in names(inner) if layered.shapes[name]), "")
            sizes = tuple(size_expr(size) for size in layered.shapes.get(first, ()))
            if sizes and all(type(size) is Number for size in sizes):
                total = 1
                for size in sizes:
                    total *= int(size.text)  # type: ignore[union-attr]
                return Div(ONE, Number(str(total))), inner
            return Div(ONE, sizes[0] if len(sizes) == 1 else Mul(sizes)), inner
        case Neg(inner):
            scale, summed = _mean_of(inner, layered)
            return scale, None if summed is None else Neg(summed)
        case Div(num, den) if _size(den, layered):
            scale, summed = _mean_of(num, layered)
            return (Div(ONE, den), summed) if scale == ONE else (ONE, None)
        case Mul((Div(num, den), inner)) if num == ONE and _size(den, layered):
            return _mean_of(Div(inner, den), layered)
    return ONE, None


def _size(expr: Expr, layered: Layered) -> bool:
    """Whether a divisor is made of numbers and of the letters of sizes."""
    return set(names(expr)) <= set(layered.symbolic)


def _target(inner: Expr, output: Name, loss: str) -> Expr | None:
    """The targets y for which ``inner`` is this loss of ``output``, written as a function or as a formula; else nothing."""
    candidates: list[Expr] = [Name(name) for name in names(inner) if name != output.name]
    for candidate in (*candidates, *_labels(inner)):
        wanted: set[Expr] = {Call(loss, (output, candidate))}
        wanted.update(_spellings(output, candidate, loss))
        if _plain(inner) in {_plain(expr) for expr in wanted}:
            return candidate
    return None


def _labels(expr: Expr) -> list[Expr]:
    """The targets that are made of a label where they stand."""
    return [expr] if _is_label(expr) else [label for part in children(expr) for label in _labels(part)]


def _spellings(p: Name, y: Expr, loss: str) -> list[Expr]:
    """The ways in which lectures write the two losses out."""
    log = Call("log", (p,))
    if loss == "cross_entropy":
        return [Mul((Neg(y), log)), Neg(Mul((y, log)))]
    other = Mul((Add((ONE, Neg(y))), Call("log", (Add((ONE, Neg(p))),))))
    first = Mul((y, log))
    return [Neg(Add((first, other))), Add((Neg(first), Neg(other)))]


def _plain(expr: Expr) -> Expr:
    """The formula with ⊙ as a product, and a sign in front of it rather than in its first factor."""
    parts = tuple(_plain(part) for part in children(expr))
    done = rebuild(expr, parts) if parts else expr
    if type(done) is Call and done.func == ENTRYWISE:
        done = Mul(done.args)
    if type(done) is Mul and type(done.args[0]) is Neg:
        return Neg(Mul((done.args[0].arg, *done.args[1:])))
    return done


def _collapsed(layered: Layered) -> list[LayerRewrite]:
    """A chain of linear layers as one: Ŵ = W₂ W₁ and b̂ = W₂ b₁ + b₂."""
    graph = layered.graph
    forms = _linear(graph, layered)
    used = {name for step in graph.steps for name in names(step.expr)}
    rewrites = []
    for step in graph.steps:
        form = forms.get(step.target)
        if form is None or form[2] < 2 or any(
            step.target in names(other.expr) for other in graph.steps if other.target in forms
        ):  # fmt: skip
            continue
        matrix, shift, _, start = form
        assert matrix is not None
        product: Expr = Call("matmul", (Name(UNIT), Name(start)))
        whole: Expr = Call("matmul", (matrix, Name(start)))
        rewrites.append(LayerRewrite(Name(UNIT), matrix, matrix, LINEAR))
        if shift is not None:
            rewrites.append(LayerRewrite(Name(SHIFT), shift, shift, LINEAR))
            product, whole = Add((product, Name(SHIFT))), Add((whole, shift))
        rewrites.append(LayerRewrite(Name(step.target), product, whole, LINEAR))
        break
    return [] if used & {UNIT, SHIFT} else rewrites


Form = tuple[Expr | None, Expr | None, int, str]
"""A linear map: its matrix, its shift, how many matrices it is made of, the vector it is applied to."""


def _linear(graph: Graph, layered: Layered) -> dict[str, Form]:
    forms: dict[str, Form] = {
        q.name: (None, None, 0, q.name) for q in graph.inputs if q.kind == "input" and len(q.shape) == 1
    }
    weights = {quantity.name for quantity in graph.leaves}
    for step in graph.steps:
        form = _form(step.expr, forms, weights)
        if form is not None:
            forms[step.target] = form
    return forms


def _form(expr: Expr, forms: dict[str, Form], weights: set[str]) -> Form | None:
    match expr:
        case Name(name):
            return forms.get(name)
        case Call("identity", (Name(name),)):
            return forms.get(name)
        case Call("matmul", (first, Name(name))) if name in forms and _is_weight(first, weights):
            matrix, shift, count, start = forms[name]
            return (
                first if matrix is None else Call("matmul", (first, matrix)),
                None if shift is None else Call("matmul", (first, shift)), count + 1, start,
            )  # fmt: skip
        case Add(args):
            forms_of = [_form(arg, forms, weights) for arg in args]
            linear = [form for form in forms_of if form is not None]
            rest = [arg for arg, form in zip(args, forms_of, strict=True) if form is None]
            if len(linear) != 1 or any(set(names(arg)) - weights for arg in rest):
                return None
            matrix, shift, count, start = linear[0]
            terms = ([shift] if shift is not None else []) + rest
            return matrix, terms[0] if len(terms) == 1 else Add(tuple(terms)), count, start
    return None


def _is_weight(expr: Expr, weights: set[str]) -> bool:
    if type(expr) is Call and expr.func == "transpose":
        expr = expr.args[0]
    return type(expr) is Name and expr.name in weights
