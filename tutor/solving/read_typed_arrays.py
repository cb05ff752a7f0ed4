"""A formula over arrays that somebody types with their shapes, made an exercise: ``softmax(W x + b)`` with W=k,n and x=n."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tutor.errors import GraphError, TutorError
from tutor.exercise.model import Assumption, Exercise, tell_shapes
from tutor.exercise.over_layers import write_graph
from tutor.expression.nodes import Add, Call, Expr, Name, Neg, children
from tutor.expression.run_together import list_taken_as_one, write_product_meant
from tutor.expression.walk import names
from tutor.graph.array_products import arrange_products
from tutor.graph.broadcasting import is_matrix_product, is_on_paper
from tutor.graph.build import assemble
from tutor.graph.expand_layers import expand_layers
from tutor.graph.labels import labels
from tutor.graph.layer_rules import layer_rule
from tutor.graph.layered import from_layers
from tutor.graph.nouns import Quantity
from tutor.graph.read_steps import is_step, read_steps, split_steps
from tutor.graph.shapes import Shape, shape_of
from tutor.graph.telling_names import tell_kind
from tutor.graph.window_forms import find_bias
from tutor.rules.composite_layers import READABLE
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import SLIDING

LOSS, UPSTREAM = "L", "g"
"""How the loss behind an array is called, and the gradient that comes from it, where nobody uses these names."""
_NUMBERS = frozenset({"eps", "epsilon", "varepsilon", "lambda", "eta", "tau"})
"""Names of what is a single number, wherever it stands."""


def make_array_exercise(text: str, shapes: Mapping[str, Shape]) -> Exercise:
    """An exercise of a formula or of steps over arrays; ``shapes`` are those of its arrays, and what has none is a number.

    A quantity beside W x, or beside another array, in a sum has the shape that it needs there, and a result that is an array gets a loss
    behind it, L = Σ g ⊙ f, so that g stands for ∂L/∂f; both are said.

    Raises `GraphError` for what does not fit and for shapes of what is not there, `ExpressionError` for what cannot be read.

    >>> found = make_array_exercise("softmax(W x + b)", {"W": ("k", "n"), "x": ("n",)})
    >>> found.layers.shapes["b"], [step.target for step in found.layers.graph.steps]
    (('k',), ['f', 'L'])
    """
    title = " ".join(text.split())[:200]
    lines = list(split_steps(text.rstrip("; \t\n") or text)) if is_step(text) else [f"{_name_result(text)} = {text}"]
    written = _put_in_order(read_steps(lines, READABLE, tuple(shapes)))
    learned = dict(shapes)
    expanded = expand_layers(written, shapes, learn=lambda expr, known: _find_in(expr, learned, known, {}))
    steps, shapes_of_layers = expanded.steps, {name: shape for name, shape in expanded.shapes.items() if name not in shapes}
    used = {name for _, expr in steps for name in names(expr)} | {target for target, _ in steps}
    _refuse_unused(shapes, used, list_taken_as_one([expr for _, expr in steps], sorted(used), shapes))
    found = find_shapes(steps, {**shapes, **shapes_of_layers})
    assumed = tell_shapes({name: shape for name, shape in found.items() if name not in shapes})
    shown, kinds = _find_result(steps, found), dict[str, Quantity]()
    if shown is not None:
        loss = _choose_free(LOSS, used)
        upstream = _choose_free(UPSTREAM, {*used, loss})
        last = steps[-1][0]
        lines.append(f"{loss} = sum(hadamard({upstream}, {last}))")
        found[upstream] = shown
        kinds = {upstream: Quantity(upstream, "constant")}
        assumed.append(Assumption("upstream", (last,), {"loss": loss, "upstream": upstream}))
    layered = from_layers(lines, found, kinds=kinds)
    return Exercise("expression", title, graph=write_graph(layered), layers=layered, assumptions=tuple(assumed))


def _put_in_order(written: Iterable[tuple[str, Expr]]) -> list[tuple[str, Expr]]:
    """The steps in the order of the computation; as they stand where they make no graph, which is said where one is made."""
    steps = list(written)
    try:
        return [(step.target, step.expr) for step in assemble(dict(steps), rule=layer_rule).steps]
    except GraphError:
        return steps


def _name_result(text: str) -> str:
    from tutor.graph.decompose import words  # imports SymPy

    (name,) = labels(1, words(text))
    return name


def _choose_free(wanted: str, used: Collection[str]) -> str:
    return wanted if wanted not in used and wanted not in FUNCTIONS else labels(1, used, last=False)[0]


def _refuse_unused(shapes: Mapping[str, Shape], used: Collection[str], pairs: Collection[str]) -> None:
    for name in shapes:
        if name not in used:
            pair = next((pair for pair in pairs if name in pair), "")
            hint = write_product_meant(pair) if pair else f"there are {', '.join(sorted(used)[:12])}"
            raise GraphError(f"there is no quantity {name}", where="--shape", hint=hint)


def _find_result(steps: Iterable[tuple[str, Expr]], shapes: Mapping[str, Shape]) -> Shape | None:
    """The shape of the last step where it is an array; nothing where it is a number, or not known."""
    known, last = dict(shapes), None
    for target, expr in steps:
        try:
            last = known[target] = shape_of(arrange_products(expr, known), known)
        except TutorError:
            return None
    return last or None


def find_shapes(steps: Iterable[tuple[str, Expr]], shapes: Mapping[str, Shape]) -> dict[str, Shape]:
    """The shapes with those of the quantities that a sum with an array gives one: b in ``W x + b``, y in ``a - y``.

    >>> from tutor.expression.parse import parse
    >>> find_shapes([("z", parse("A - y"))], {"A": (2, 3)})
    {'A': (2, 3), 'y': (2, 3)}
    """
    found, known = dict(shapes), dict(shapes)
    computed: dict[str, Expr] = {}
    for target, expr in steps:
        _find_in(expr, found, known, computed)
        computed[target] = expr
        try:
            known[target] = shape_of(arrange_products(expr, known), known)
        except TutorError:
            continue  # said with its step, where the graph is made
    return found


def _find_in(expr: Expr, found: dict[str, Shape], known: dict[str, Shape], computed: Mapping[str, Expr]) -> None:
    for part in children(expr):
        _find_in(part, found, known, computed)
    if type(expr) is Call and expr.func in SLIDING:
        beside = find_bias(expr, known)
        if beside is not None and beside[0] not in computed:
            found[beside[0]] = known[beside[0]] = beside[1]
    if type(expr) is not Add:
        return
    single = [(term.arg if type(term) is Neg else term) for term in expr.args]
    free = [term.name for term in single if type(term) is Name and term.name not in known and term.name not in computed]
    for term in expr.args if free else ():
        written = computed.get(term.name, term) if type(term) is Name else term
        try:
            made = arrange_products(written, known)
            shape = shape_of(made, known)
        except TutorError:
            continue
        if shape:
            bias = shape[:1] if is_on_paper(made, written, known) else shape[-1:]
            for name in free:
                told = name == "beta" or (tell_kind(name) == "bias" and name[0].islower())  # B is a matrix like another
                needed = bias if told or is_matrix_product(made, known) else () if name in _NUMBERS else shape
                found[name] = known[name] = needed
            return
