"""Named rewrites in layer form: softmax or sigmoid with its cross-entropy, and a linear network as one layer.

The same simplifications as `tutor.derive.rewrites.named` makes neuron by neuron, under the same names; they are shown only when the entries
of both sides agree (`tutor.numbers.form_agreement`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from math import prod

from tutor.derive.backward import derive
from tutor.derive.layerwise import order, pullback
from tutor.derive.local import times
from tutor.derive.rewrites.collapse import put_together
from tutor.derive.rewrites.entrywise import LayerRewrite, recognise_entrywise
from tutor.derive.rewrites.gaussians import DIVERGENCE, OF_DIVERGENCES, find_divergences
from tutor.derive.rewrites.layer_terms import Targets, contains, loss_terms, replace_part, scale_expr, targets_of
from tutor.derive.rewrites.margins import MARGINS, OF_MARGINS, find_margins
from tutor.derive.rewrites.normalised import find_gates, find_normalised
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import ONE, Add, Call, Expr, Mul, Name, Neg, Number, Partial, children
from tutor.expression.walk import drop_transpose, names
from tutor.graph.layered import Layered
from tutor.graph.nouns import Graph
from tutor.graph.shapes import shape_of
from tutor.rules.operations import SOFTMAXES

SOFTMAX = "softmax with cross-entropy"
SIGMOID = "sigmoid with binary cross-entropy"
LINEAR = "linear network"
LOG_SUM = "log-sum-exp"
LOG_SOFTMAX = "log-softmax with likelihood"
_OUTPUTS = {**dict.fromkeys(SOFTMAXES, SOFTMAX), "sigmoid": SIGMOID, **{f"log_{name}": LOG_SOFTMAX for name in SOFTMAXES}}
UNIT, SHIFT = "What", "bhat"


def find_layer_rewrites(layered: Layered) -> tuple[LayerRewrite, ...]:
    """The named rewrites that apply to a graph over layers.

    >>> from tutor.expression.plain import write_plain
    >>> from tutor.graph.layered import from_layers
    >>> graph = from_layers(["p = softmax(z)", "L = sum(-y ⊙ log(p))"], {"z": (3,), "y": (3,)})
    >>> [write_plain(rewrite.expr) for rewrite in find_layer_rewrites(graph)]
    ['p - y']
    """
    return (*_scores(layered), *_log_sums(layered), *recognise_entrywise(layered), *_find_compact(layered), *find_normalised(layered),
            *find_gates(layered), *_collapse_layers(layered))  # fmt: skip


_COMPACT = ((MARGINS, find_margins, OF_MARGINS), (DIVERGENCE, find_divergences, OF_DIVERGENCES))
"""Losses whose gradients are one formula each: the rule, what finds them, and the functions without one of which they are not there."""


def _find_compact(layered: Layered) -> Iterator[LayerRewrite]:
    backward: dict[str, Expr] = {}
    for rule, find, functions in _COMPACT:
        for name, expr in find(layered) if any(_calls(step.expr, functions) for step in layered.graph.steps) else ():
            backward = backward or {step.target: step.expr for step in derive(layered.graph).backward}
            left = Partial(layered.graph.loss, name)
            if backward.get(derivative_key(left.of, left.wrt)) != expr:  # what stands there is not said twice
                yield LayerRewrite(left, expr, left, rule)


def _scores(layered: Layered) -> list[LayerRewrite]:
    """ŷ − y for every output of a softmax or a sigmoid that the loss sees through its cross-entropy only."""
    rewrites = []
    for call, output in _outputs(layered):
        rule = _OUTPUTS[call.func]
        if type(call.args[0]) is Name and _reaches_loss_besides(layered, call.args[0].name, call):
            continue
        logged = rule == LOG_SOFTMAX
        found = targets_of(layered, output, logged=logged)
        target = None if found is None else _target(found, call, layered)
        if found is None or target is None:
            continue
        activation = call.func.removeprefix("log_") if logged else call.func
        probability = Call(activation, call.args) if logged else output
        difference = times(found.scale, Add((probability, Neg(target))))
        given = rule != SIGMOID and type(target) is Name
        needs = target.name if given and type(target) is Name else ""
        rewrites += [
            LayerRewrite(left, expr, left, rule, needs, activation)
            for left, expr in _list_gradients_below(layered, call.args[0], call, difference)
        ]
    return rewrites


def _outputs(layered: Layered) -> list[tuple[Call, Expr]]:
    """Each softmax and sigmoid with what the loss sees of it: the step that it is, or itself where it stands inside of a formula."""
    found: dict[Expr, Expr] = {}
    for step in layered.graph.steps:
        for call in _calls(step.expr, _OUTPUTS):
            found.setdefault(call, Name(step.target) if call == step.expr else call)
    return [(call, output) for call, output in found.items() if type(call) is Call]


def _calls(expr: Expr, functions: Collection[str]) -> list[Call]:
    own = [expr] if type(expr) is Call and expr.func in functions else []
    return [*own, *(call for part in children(expr) for call in _calls(part, functions))]


def _reaches_loss_besides(layered: Layered, name: str, whole: Expr) -> bool:
    """Whether the loss depends on a quantity in another way than through an expression."""
    live = {name}
    for step in layered.graph.steps:
        if not live.isdisjoint(names(replace_part(step.expr, whole, Name(_LEAF)))):
            live.add(step.target)
    return layered.graph.loss in live


def _target(found: Targets, call: Call, layered: Layered) -> Expr | None:
    """The targets that make a loss the cross-entropy of its output (``call``), or nothing."""
    y, rest = found.of_output, found.of_rest
    if y is None:
        return None
    if _OUTPUTS[call.func] != SIGMOID:
        steps = {step.target: step.expr for step in layered.graph.steps}
        made = steps.get(y.name) if type(y) is Name else y
        return y if rest is None and (made is None or _has_label_each(made, call, layered)) else None
    one_minus = rest is not None and (rest == Add((ONE, Neg(y))) or y == Add((ONE, Neg(rest))))
    leaves = {quantity.name for quantity in layered.graph.leaves}
    return y if one_minus and (set(names(y)) <= leaves or _label_of(y) is not None) else None


def _label_of(expr: Expr) -> tuple[Expr, ...] | None:
    """The place of the only 1 in a target that is made of a label; nothing for any other target."""
    match expr:
        case Call("one_hot", args):
            return args[: len(args) // 2]
        case Call("outer", (Call("one_hot", (row, _)), Call("one_hot", (column, _)))):
            return row, column
    return None


_SAMPLE_AXIS = {name: {"sum": 0, "column_sums": -2, "row_sums": -1}[total] for name, total in SOFTMAXES.items()}
"""Along which axis each softmax sums to 1."""


def _has_label_each(target: Expr, call: Call, layered: Layered) -> bool:
    """Whether a target has one label for each sample, so that it sums to 1 whatever the labels are."""
    shape, axis = [*shape_of(call, layered.shapes)], _SAMPLE_AXIS[call.func.removeprefix("log_")]
    del shape[axis]
    samples = []
    for term in target.args if type(target) is Add else (target,):
        place = [*(_label_of(term) or ())]
        if not place:
            return False
        del place[axis]
        samples.append(tuple(place))
    if not shape:
        return len(samples) == 1
    known = all(type(part) is Number for sample in samples for part in sample) and all(isinstance(size, int) for size in shape)
    return known and len(samples) == len(set(samples)) == prod(int(size) for size in shape)


_LEAF = " output"
"""Stands for an output where the rest of a formula is looked at; no quantity is called so."""


def _list_gradients_below(layered: Layered, score: Expr, whole: Expr, slope: Expr) -> list[tuple[Expr, Expr]]:
    """The gradient of the scores, or where they have no name that of the parameters in them; ``slope`` is what ``whole`` sends to them."""
    graph = layered.graph
    if type(score) is Name and score.name in layered.shapes:
        uses = [step for step in graph.steps if score.name in names(step.expr)]
        alone = len(uses) == 1 and score.name not in names(replace_part(uses[0].expr, whole, Name(_LEAF)))
        if alone:
            return [(Partial(graph.loss, score.name), slope)]
    wanted = (score.name,) if type(score) is Name else tuple(name for name in order(graph) if name in names(score))
    return [(Partial(graph.loss, name), _list_gradients_through(layered, name, score, whole, slope)) for name in wanted]


def _list_gradients_through(layered: Layered, name: str, score: Expr, whole: Expr, slope: Expr) -> Expr:
    """The gradient of one quantity with the simple slope in the place of what the chain rule sends through ``whole``."""
    graph, shapes = layered.graph, {**layered.shapes, _LEAF: shape_of(whole, layered.shapes)}
    scale, core = (slope.args[0], slope.args[1]) if type(slope) is Mul and len(slope.args) == 2 else (ONE, slope)
    backward = {step.target: step for step in derive(graph).backward}
    terms: list[Expr] = []
    for path in backward[derivative_key(graph.loss, name)].paths:
        through, expr = path.factors[0].wrt, path.factors[1].expr
        step = next(step for step in graph.steps if step.target == through)
        if contains(step.expr, whole):
            rest = replace_part(step.expr, whole, Name(_LEAF))
            upstream = ONE if through == graph.loss else Partial(graph.loss, through)
            terms += [part for wrt, part in pullback(rest, upstream, shapes, through) if wrt == name]
            terms += [times(scale, part) for wrt, part in pullback(score, core, layered.shapes) if wrt == name]
        else:
            terms.append(expr)
    terms.sort(key=lambda term: type(term) is Neg)  # stable: softmax(z) − y rather than −y + softmax(z)
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


_SUMMED = {total: name for name, total in SOFTMAXES.items()}
_SUMMED["mean"] = _SUMMED["sum"]  # log of a mean is log of a sum less a number
"""What the slope of the logarithm of a sum of exponentials is, by the sum."""


def _log_sums(layered: Layered) -> list[LayerRewrite]:
    """log Σ exp(z): its slope is the softmax of z."""
    steps = {step.target: step.expr for step in layered.graph.steps}

    def open_name(expr: Expr) -> Expr:
        return steps.get(expr.name, expr) if type(expr) is Name else expr

    rewrites = []
    for whole in dict.fromkeys(call for step in layered.graph.steps for call in _calls(step.expr, ("log",))):
        inner = whole.args[0]
        summed = open_name(inner)
        powers = open_name(summed.args[0]) if type(summed) is Call and summed.func in _SUMMED else None
        if type(summed) is not Call or type(powers) is not Call or powers.func != "exp":
            continue
        shape = shape_of(powers, layered.shapes)
        if not shape or (summed.func in ("sum", "mean") and len(shape) > 1):  # over all entries of a matrix there is no softmax by name
            continue
        score = powers.args[0]
        terms = loss_terms(layered, whole)
        if not terms or any(term.core != whole or term.factors for term in terms) or len({term.scale for term in terms}) != 1:
            continue
        number, *others = terms[0].scale
        slope = times(scale_expr((abs(number), others[0], others[1])), Call(_SUMMED[summed.func], (score,)))
        slope = Neg(slope) if number < 0 else slope
        between = [part.name for part in (inner, summed.args[0]) if type(part) is Name]
        if not between:
            rewrites += [LayerRewrite(left, expr, left, LOG_SUM) for left, expr in _list_gradients_below(layered, score, whole, slope)]
        elif type(score) is Name and not _reaches_loss_besides(layered, score.name, whole):
            left = Partial(layered.graph.loss, score.name)
            rewrites.append(LayerRewrite(left, slope, left, LOG_SUM))
    return rewrites


def _collapse_layers(layered: Layered) -> list[LayerRewrite]:
    """A chain of linear layers as one: Ŵ = W₂ W₁ and b̂ = W₂ b₁ + b₂."""
    graph = layered.graph
    forms = _find_linear(graph, layered)
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
        together = put_together(graph, step.target)
        between = (together,) if _list_multiplied(together) == _list_multiplied(whole) else (together, whole)  # W₂ W x either way
        rewrites.append(LayerRewrite(Name(step.target), product, whole, LINEAR, between=between))
        break
    return [] if used & {UNIT, SHIFT} else rewrites


def _list_multiplied(expr: Expr) -> list[Expr]:
    """The matrices of a product, however its brackets stand."""
    return [part for arg in expr.args for part in _list_multiplied(arg)] if type(expr) is Call and expr.func == "matmul" else [expr]


LinearForm = tuple[Expr | None, Expr | None, int, str]
"""A linear map: its matrix, its shift, how many matrices it is made of, the vector it is applied to."""


def _find_linear(graph: Graph, layered: Layered) -> dict[str, LinearForm]:
    forms: dict[str, LinearForm] = {
        q.name: (None, None, 0, q.name) for q in graph.inputs if q.kind == "input" and len(q.shape) == 1
    }
    weights = {quantity.name for quantity in graph.leaves}
    for step in graph.steps:
        form = _form(step.expr, forms, weights)
        if form is not None:
            forms[step.target] = form
    return forms


def _form(expr: Expr, forms: dict[str, LinearForm], weights: set[str]) -> LinearForm | None:
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
    expr = drop_transpose(expr)
    return type(expr) is Name and expr.name in weights
