"""Steps compiled once and run many times, on floats: for training, sampling and pictures, where 60 digits are not needed.

Two forms.  Straight-line Python on floats, for one set of single numbers (`tutor.numbers.trees`, `.emit`); and calls of NumPy, each for all
entries of an array (`tutor.numbers.array_program`, `.array_plan`, `.runner`): for many sets at once, and for one set where whole arrays are
known, of a network or a graph over layers, and are large.  Neither sees a name or a text of a user.

Nothing raises where a value does not exist: it is nan or inf, as IEEE 754 has it, and the caller says so in words.  Results agree with the
60 digits of `tutor.numbers.run.evaluate` to about 10⁻¹⁶ times the condition of the formula: 1 − σ(40) has no digit left in floats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tutor.derive.backward import derive
from tutor.errors import ValueProblem, hint_near
from tutor.expression.keys import derivative_key
from tutor.graph.layered import Layered, from_network_layers, write_out
from tutor.graph.network import Network, from_network
from tutor.graph.nouns import Derivation, Graph, Step
from tutor.numbers.array_program import lower_arrays
from tutor.numbers.emit import emit_straight
from tutor.numbers.trees import lower

if TYPE_CHECKING:  # NumPy takes 0.1 s to import: only those who need arrays pay for it
    from tutor.numbers.array_plan import Plan
    from tutor.numbers.arrays import Floats
    from tutor.numbers.runner import Many

SMALL = 1_500
"""Programs of fewer operations are never better in calls of NumPy."""
OPERATION, CALL, PASSED = 0.0155, 0.5, 0.01
"""Microseconds, measured: one operation on floats, one call of NumPy on a layer, and one number passed into or out of an array."""


def compile_steps(
    steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]
) -> Callable[..., tuple[float, ...]]:
    """A function of len(given) floats that returns the floats of ``wanted``: names of quantities, or of derivatives such as "dL/dw5".

    Any steps will do, in an order in which they can be computed: a forward pass, a backward pass, an update, one after the other.
    Only those that ``wanted`` needs are compiled.  Raises `ValueProblem` for a name that nothing gives or computes.

    >>> from tutor.graph.build import from_steps
    >>> derivation = derive(from_steps(["d = x + y", "f = d*z"]))
    >>> function = compile_steps(derivation.graph.steps + derivation.backward, ["x", "y", "z"], ["f", "df/dx"])
    >>> function(1.0, 2.0, 4.0)
    (12.0, 4.0)
    """
    return emit_straight(lower(steps, given, wanted), _Careful(steps, given, wanted), packed=False)


def compile_many(steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]) -> Many:
    """The same for many sets of values at once: takes an array (len(given), N) and returns (len(wanted), N).

    A second argument ``out`` is the array to write into: for large networks new memory costs a third of the time.

    >>> from tutor.graph.build import from_steps
    >>> function = compile_many(from_steps(["f = x*x - y"]).steps, ["x", "y"], ["f"])
    >>> function([[1, 2, 3], [1, 1, 1]]).tolist()
    [[0.0, 3.0, 8.0]]
    """
    from tutor.numbers.array_plan import Rows, plan_arrays
    from tutor.numbers.runner import Many

    program = lower_arrays(steps, dict.fromkeys(given, ()), wanted)
    rows = [Rows((0,), (place,)) for place in range(len(wanted))]
    return Many(plan_arrays(program, [(place,) for place in range(len(given))], rows, (len(given), len(wanted))))


class _Careful:
    """Steps at values where floats raise: NumPy computes the same, and gives nan and inf.  They are compiled when they are first needed."""

    def __init__(self, steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]) -> None:
        self.steps, self.given, self.wanted = steps, given, wanted

    @cached_property
    def many(self) -> Many:
        return compile_many(self.steps, self.given, self.wanted)

    def __call__(self, values: Sequence[float]) -> tuple[float, ...]:
        from numpy import array

        return tuple(self.many(array(values, dtype=float).reshape(-1, 1))[:, 0].tolist())


class Gradients:
    """Loss and gradients of a graph, compiled.  Made by `compile_gradients`.

    ``leaves`` are the names of the arguments in their order, ``wanted`` the names of the gradients ("dL/dw5") in the order of the
    results, which begin with the loss.  ``one(values)`` takes a sequence of floats and returns a tuple (loss, *gradients); ``array`` and
    ``many`` take and return arrays.  ``form`` says how one set is computed: with "floats" one by one, or in "layers".
    """

    form = "floats"

    def __init__(self, graph: Graph | Derivation, wrt: Sequence[str] | None) -> None:
        derivation = derive(graph) if isinstance(graph, Graph) else graph
        graph = derivation.graph
        self.leaves = tuple(quantity.name for quantity in graph.leaves)
        self.loss = graph.loss
        names = tuple(wrt) if wrt is not None else tuple(quantity.name for quantity in graph.parameters) or self.leaves
        self.wanted = tuple(derivative_key(graph.loss, name) for name in _check_names(names, graph.names))
        self.steps = graph.steps + derivation.backward
        results = (self.loss, *self.wanted)
        self.one: Callable[[Sequence[float]], tuple[float, ...]] = emit_straight(
            lower(self.steps, self.leaves, results), _Careful(self.steps, self.leaves, results), packed=True
        )

    @cached_property
    def _many(self) -> Many:
        return compile_many(self.steps, self.leaves, (self.loss, *self.wanted))

    def array(self, values: Floats) -> Floats:
        """`one` from array to array: the faster way for a large network whose parameters are in an array anyway."""
        from numpy import array

        return array(self.one(values.tolist()))

    def many(self, values: Floats, out: Floats | None = None) -> Floats:
        """Loss and gradients of many sets at once: (leaves, N) to (1 + wanted, N), one row a name, one column a set.

        ``out``: the array to write into, if it is there already.  Raises `ValueProblem` for an array of another shape.
        """
        return self._many(values, out)


class LayerGradients(Gradients):
    """The same of a graph over layers, in the names of its single quantities."""

    def __init__(self, layered: Layered, wrt: Sequence[str] | None) -> None:
        if layered.symbolic:
            letters = ", ".join(layered.symbolic)
            raise ValueProblem(f"the sizes {letters} are letters", hint="give [shapes] with numbers")
        derivation, entries = derive(layered.graph), layered.entries
        graph = derivation.graph
        places = {single: (name, place) for name, array in entries.items() for place, single in enumerate(array.items)}
        parameters = [single for quantity in graph.parameters for single in entries[quantity.name].items]
        self.leaves = tuple(single for quantity in graph.leaves for single in entries[quantity.name].items)
        self.loss = entries[graph.loss].items[0]
        names = _check_names(tuple(wrt) if wrt is not None else tuple(parameters) or self.leaves, tuple(places))
        self.wanted = tuple(derivative_key(self.loss, name) for name in names)
        found: dict[str, list[tuple[int, int]]] = {graph.loss: [(0, 0)]}
        for row, name in enumerate(names, 1):
            array, place = places[name]
            found.setdefault(derivative_key(graph.loss, array), []).append((place, row))
        self.rows = tuple(found.values())
        given = {quantity.name: quantity.shape for quantity in graph.leaves}
        self.program = lower_arrays(graph.steps + derivation.backward, given, tuple(found))
        self.sizes = [len(entries[name].items) for name in given]
        if self._is_faster_in_layers():
            from tutor.numbers.runner import One

            self.form = "layers"
            self._one = One(self._plan)
            self.one = self._one
        else:
            super().__init__(write_out(layered), names)

    def _is_faster_in_layers(self) -> bool:
        """Whether calls of NumPy are the faster form for one set of values."""
        size = self.program.size
        passed = len(self.leaves) + len(self.wanted)
        return size >= SMALL and CALL * len(self._plan.calls) + PASSED * passed < OPERATION * size

    @cached_property
    def _plan(self) -> Plan:
        from tutor.numbers.array_plan import Rows, plan_arrays

        given, at = [], 0
        for size in self.sizes:
            given.append(range(at, at + size))
            at += size
        wanted = [Rows(*map(tuple, zip(*pairs, strict=True))) for pairs in self.rows]
        return plan_arrays(self.program, given, wanted, (at, 1 + len(self.wanted)))

    @cached_property
    def _many(self) -> Many:
        from tutor.numbers.runner import Many

        return Many(self._plan)

    def array(self, values: Floats) -> Floats:
        """`one` from array to array: the faster way for a large network whose parameters are in an array anyway."""
        return self._one.array(values) if self.form == "layers" else super().array(values)


def _check_names(names: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """Some names, if there are quantities that are called so."""
    there = set(known)
    for name in names:
        if name not in there:
            raise ValueProblem(f"there is no quantity {name}", hint=hint_near(name, known))
    return names


def compile_gradients(graph: Graph | Derivation | Network | Layered, wrt: Sequence[str] | None = None) -> Gradients:
    """Compile the loss and its gradients with respect to ``wrt``: by default all parameters, or all leaves if there are none.

    Networks and graphs over layers, also written out neuron by neuron, are compiled as whole arrays, which is many times faster for large
    ones; their arguments and results are those of the graph neuron by neuron all the same.

    Raises `ValueProblem` for a quantity that the graph does not have.

    >>> from tutor.graph.build import from_steps
    >>> gradients = compile_gradients(from_steps(["d = x + y", "f = d*z"]))
    >>> gradients.leaves, gradients.wanted
    (('x', 'y', 'z'), ('df/dx', 'df/dy', 'df/dz'))
    >>> gradients.one([1.0, 2.0, 4.0])
    (12.0, 4.0, 4.0, 3.0)
    >>> compile_gradients(Network((2, 1), ("identity",), biases="none")).one([1.0, 2.0, 7.0, 1.0, 1.0])
    (8.0, -4.0, -8.0)
    """
    if isinstance(graph, Graph | Derivation):
        scalar = graph.graph if isinstance(graph, Derivation) else graph
        whole = scalar.whole
        if whole is None or (from_network(whole) if isinstance(whole, Network) else write_out(whole)) != scalar:
            return Gradients(graph, wrt)
        graph = whole
    return LayerGradients(from_network_layers(graph) if isinstance(graph, Network) else graph, wrt)
