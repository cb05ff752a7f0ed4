"""Steps compiled once and run many times, on floats: for training, sampling and pictures, where 60 digits are not needed.

Three forms, chosen by size: straight-line Python on floats for one set of numbers and a small graph (`tutor.numbers.emit`), layer products
in NumPy for one set and a large graph, and the same over a last axis for many sets at once (`tutor.numbers.blocks`, `.runner`).  All
read the same trees (`tutor.numbers.trees`) and none sees a name or a text of a user.

Nothing raises where a value does not exist: it is nan or inf, as IEEE 754 has it, and the caller says so in words.  Results agree with the
60 digits of `tutor.numbers.run.evaluate` to about 10⁻¹⁶ times the condition of the formula: 1 − σ(40) has no digit left in floats.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tutor.derive.backward import derive
from tutor.errors import ValueProblem, near
from tutor.expression.keys import derivative_key
from tutor.graph.nouns import Derivation, Graph, Step
from tutor.numbers.emit import straight
from tutor.numbers.trees import Trees, lower

if TYPE_CHECKING:  # NumPy takes 0.1 s to import: only those who need arrays pay for it
    from tutor.numbers.blocks import Floats, Plan
    from tutor.numbers.runner import Many

SMALL = 1_500
"""Programs of fewer operations are never better in layer products."""
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
    program = lower(steps, given, wanted)
    plan = _layers(program)
    if plan is None:
        return straight(program, _Careful(program), packed=False)
    from tutor.numbers.runner import One

    one = One(plan)
    return lambda *values: one(values)


def compile_many(steps: Sequence[Step], given: Sequence[str], wanted: Sequence[str]) -> Many:
    """The same for many sets of values at once: takes an array (len(given), N) and returns (len(wanted), N).

    A second argument ``out`` is the array to write into: for large networks new memory costs a third of the time.

    >>> from tutor.graph.build import from_steps
    >>> function = compile_many(from_steps(["f = x*x - y"]).steps, ["x", "y"], ["f"])
    >>> function([[1, 2, 3], [1, 1, 1]]).tolist()
    [[0.0, 3.0, 8.0]]
    """
    from tutor.numbers.blocks import plan
    from tutor.numbers.runner import Many

    return Many(plan(lower(steps, given, wanted)))


class Gradients:
    """Loss and gradients of a graph, compiled.  Made by `compile_gradients`.

    ``leaves`` are the names of the arguments in their order, ``wanted`` the names of the gradients ("dL/dw5") in the order of the
    results, which begin with the loss.  ``one(values)`` takes a sequence of floats and returns a tuple (loss, *gradients); ``array`` and
    ``many`` take and return arrays.
    """

    one: Callable[[Sequence[float]], tuple[float, ...]]

    def __init__(self, program: Trees, leaves: tuple[str, ...], wanted: tuple[str, ...]) -> None:
        self.leaves = leaves
        self.wanted = wanted
        self._program = program
        self._many: Many | None = None
        plan = _layers(program)
        self.form = "floats" if plan is None else "layers"
        if plan is None:
            self.one = straight(program, _Careful(program), packed=True)
        else:
            from tutor.numbers.runner import One

            self._layers = One(plan)
            self.one = self._layers

    def array(self, values: Floats) -> Floats:
        """`one` from array to array: the faster way for a large network whose parameters are in an array anyway."""
        if self.form == "layers":
            return self._layers.array(values)
        from numpy import array

        return array(self.one(values.tolist()))

    def many(self, values: Floats, out: Floats | None = None) -> Floats:
        """Loss and gradients of many sets at once: (leaves, N) to (1 + wanted, N), one row a name, one column a set.

        ``out``: the array to write into, if it is there already.  Raises `ValueProblem` for an array of another shape.
        """
        if self._many is None:
            from tutor.numbers.blocks import plan
            from tutor.numbers.runner import Many

            self._many = Many(plan(self._program))
        return self._many(values, out)


def compile_gradients(graph: Graph | Derivation, wrt: Sequence[str] | None = None) -> Gradients:
    """Compile the loss and its gradients with respect to ``wrt``: by default all parameters, or all leaves if there are none.

    Raises `ValueProblem` for a quantity that the graph does not have.

    >>> from tutor.graph.build import from_steps
    >>> gradients = compile_gradients(from_steps(["d = x + y", "f = d*z"]))
    >>> gradients.leaves, gradients.wanted
    (('x', 'y', 'z'), ('df/dx', 'df/dy', 'df/dz'))
    >>> gradients.one([1.0, 2.0, 4.0])
    (12.0, 4.0, 4.0, 3.0)
    """
    derivation = derive(graph) if isinstance(graph, Graph) else graph
    graph = derivation.graph
    leaves = tuple(quantity.name for quantity in graph.leaves)
    names = tuple(wrt) if wrt is not None else tuple(quantity.name for quantity in graph.parameters) or leaves
    known = set(graph.names)
    for name in names:
        if name not in known:
            raise ValueProblem(f"there is no quantity {name}", hint=near(name, graph.names))
    wanted = tuple(derivative_key(graph.loss, name) for name in names)
    program = lower(graph.steps + derivation.backward, leaves, (graph.loss, *wanted))
    return Gradients(program, leaves, wanted)


def _layers(program: Trees) -> Plan | None:
    """The plan of layer products where that is the faster form for one set of values."""
    if program.size < SMALL:
        return None
    from tutor.numbers.blocks import plan

    found = plan(program)
    passed = program.given + len(program.wanted)
    return found if CALL * len(found.calls) + PASSED * passed < OPERATION * program.size else None


class _Careful:
    """A program at values where floats raise: NumPy computes the same, and gives nan and inf.  It is planned when it is first needed."""

    def __init__(self, program: Trees) -> None:
        self.program = program
        self.found: Many | None = None

    def __call__(self, values: Sequence[float]) -> tuple[float, ...]:
        from numpy import array

        if self.found is None:
            from tutor.numbers.blocks import plan
            from tutor.numbers.runner import Many

            self.found = Many(plan(self.program))
        return tuple(self.found(array(values, dtype=float).reshape(-1, 1))[:, 0].tolist())
