"""Claims about whole arrays, recomputed: entry by entry, at random points and at the given values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tutor.derive.backward import derive
from tutor.derive.chains import stop_chain
from tutor.derive.rewrites.layered import find_layer_rewrites
from tutor.errors import ExerciseError
from tutor.exercise.model import Exercise
from tutor.exercise.over_layers import layers_of
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Call, Expr, Name, Number, Partial
from tutor.expression.plain import write_plain
from tutor.expression.walk import find_partials, names, substitute
from tutor.graph.entries import Array, Entries
from tutor.graph.layered import Layered, choose_sizes, choose_telling_sizes, write_out
from tutor.graph.shapes import Shape, shape_text, shorten_call
from tutor.numbers.arithmetic import CONTEXT, Value, as_real
from tutor.numbers.form_agreement import relative
from tutor.numbers.prove_layer_rewrites import norm_targets
from tutor.numbers.run_arrays import Numbers, as_arrays, evaluate_layers
from tutor.numbers.verify import random_points
from tutor.rules.operations import ENTRYWISE, SOFTMAXES

POINTS = 2
EQUAL = CONTEXT.mpf(10) ** -40


class MisfitError(ExerciseError):
    """A printed formula has another shape than what it is printed for: ``shapes``, of both."""

    shapes: tuple[Shape, Shape] = ((), ())


@dataclass(frozen=True, slots=True)
class LayerDifference:
    """What two formulas over layers give where they differ, ``given``: at the given values."""

    left: Array[Value]
    right: Array[Value]
    given: bool

    @property
    def worst(self) -> int:
        """The entry, by its place, where they differ most."""
        gaps = [abs(as_real(a) - as_real(b)) for a, b in zip(self.left.items, self.right.items, strict=True)]
        return gaps.index(max(gaps))


def find_layer_difference(exercise: Exercise, subject: Expr, formula: Expr, *, normed: bool = True) -> LayerDifference | None:
    """Where two formulas over layers differ; None if they are equal, entry by entry, at the given values and at seeded random points.

    ``normed``: the targets of a softmax add up to 1 at these points, as lectures take for granted.  Where sizes are letters, these stand
    for other numbers at a second point: a number in a formula that a letter is meant for is right with one of them only.
    """
    layered = layers_of(exercise, exercise.notation)
    small, sizes = choose_telling_sizes(layered)
    graph = write_out(small)
    points: list[Mapping[str, Value]] = list(random_points(graph, POINTS, seed=3))
    if exercise.values and not layered.symbolic:
        points.insert(0, exercise.values)
    if not points:
        raise ExerciseError("no point was found at which the whole computation exists")
    found = _compare_at(small, sizes, (subject, formula), points, exercise.values, normed)
    if found is None and layered.symbolic:
        other, others = choose_telling_sizes(layered, sizes)
        found = _compare_at(other, others, (subject, formula), random_points(write_out(other), 1, seed=4), {}, normed)
    return found


def _compare_at(
    small: Layered, sizes: Mapping[str, int], formulas: tuple[Expr, Expr], points: Sequence[Mapping[str, Value]],
    values: Mapping[str, Value], normed: bool,
) -> LayerDifference | None:  # fmt: skip
    """Where two formulas differ at some points, of which the given ``values`` may be one, with ``sizes`` for letters."""
    numbers: dict[str, Expr] = {letter: Number(str(size)) for letter, size in sizes.items()}
    subject, formula = (substitute(expr, numbers) for expr in formulas)
    rewrites = find_layer_rewrites(small)
    losses = dict.fromkeys([small.graph.loss, *(partial.of for partial in (*find_partials(subject), *find_partials(formula)))])
    derivations = [derive(replace(small.graph, loss=of)) for of in losses]
    singles = {q.name: small.entries[q.name] for q in small.graph.leaves}
    for point in points:
        given = {name: point[single] for named in singles.values() for single in named.items for name in [single]}
        arrays = as_arrays(small, given)
        if normed and point is not values:  # admissible targets of a softmax are probabilities
            arrays = norm_targets(small, rewrites, arrays)
        known = {name: array for derivation in derivations for name, array in evaluate_layers(derivation, arrays).items()}
        entries = Entries(known, Numbers())
        left, right = entries.value(subject), entries.value(formula)
        if left.shape != right.shape:
            raise _refuse_shapes(subject, left.shape, formula, right.shape, {name: array.shape for name, array in known.items()})
        made_of = [known[key] for key in _list_operands(subject) if key in known]  # where they cancel, what is left of them is no digit
        floor = EQUAL * max([abs(as_real(item)) for array in (left, *made_of) for item in array.items], default=CONTEXT.mpf(0))
        if any(as_real(relative(a, b, floor)) > EQUAL for a, b in zip(left.items, right.items, strict=True)):
            return LayerDifference(left, right, point is values)
    return None


def _list_operands(subject: Expr) -> list[str]:
    """The keys of what a formula is made of."""
    return [*names(subject), *(derivative_key(partial.of, partial.wrt) for partial in find_partials(subject))]


def _refuse_shapes(subject: Expr, left: Shape, formula: Expr, right: Shape, shapes: Mapping[str, Shape]) -> MisfitError:
    """The refusal of a printed formula of another shape: how its product was read, and the other reading where that fits."""
    one, other = (shorten_call(expr, shapes) for expr in (subject, formula))
    hint = "check the order of its factors, and what is transposed"
    if type(formula) is Call and formula.func == ENTRYWISE:
        a, b = (shorten_call(arg, shapes) for arg in formula.args)
        hint = f"{a} * {b} of one shape is entry by entry, {a} ⊙ {b}; the matrix product is {a} @ {b}"
    found = MisfitError(f"shapes do not fit: {one} is {shape_text(left)}, and {other} is {shape_text(right)}", hint=hint)
    found.shapes = left, right
    return found


def list_sums(exercise: Exercise) -> tuple[tuple[str], ...]:
    """What lectures take to be 1: the sums over the targets of a softmax, of each sample, as formulas."""
    rewrites = find_layer_rewrites(choose_sizes(layers_of(exercise, exercise.notation))[0])
    sums = [Call(SOFTMAXES[rewrite.output], (Name(rewrite.targets),)) for rewrite in rewrites if rewrite.targets]
    return tuple((text,) for text in dict.fromkeys(map(write_plain, sums)))


def derive_layer(exercise: Exercise, subject: Expr, printed: Expr) -> Expr:
    """What the product derives for a subject in layer form, of the derivatives in what is printed where it is made of these."""
    layered = layers_of(exercise, exercise.notation)
    if type(subject) is Partial:
        derivation = derive(replace(layered.graph, loss=subject.of))
        stopped = stop_chain(derivation, subject.wrt, set(find_partials(printed)) - {subject})
        if stopped is not None:
            return stopped
        steps = {step.target: step.expr for step in derivation.backward}
        return steps[derivative_key(subject.of, subject.wrt)]
    if type(subject) is Name:
        forward = {step.target: step.expr for step in layered.graph.steps}
        return forward.get(subject.name, subject)
    return subject
