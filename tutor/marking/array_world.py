"""The arrays of a computation at given values, in doubles: every quantity, every derivative of the loss, and what follows from others.

    world = ArrayWorld(layered, {"W": w, "x": x, "y": y})
    world.array("dL/dW")
    world.put({"dL/dz": theirs}).array("dL/dW")     # what follows from somebody's own dL/dz

A number is an array of shape ().  Exact values of single quantities are elsewhere (`tutor.marking.mark_sheet`): here arrays are as large as
programs have them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from tutor.derive.layerwise import split_uses
from tutor.derive.working import list_referred
from tutor.errors import TutorError, ValueProblem, tell
from tutor.expression.keys import read_derivative
from tutor.expression.nodes import Call, Div, Name, Number
from tutor.expression.sizes import Size, list_size_letters
from tutor.graph.layered import Layered
from tutor.graph.nouns import Step
from tutor.graph.shapes import shape_of, shape_text
from tutor.marking.array_bends import walk_parts
from tutor.marking.bent_arrays import BentArrays
from tutor.numbers.array_columns import ArrayColumns
from tutor.numbers.arrays import Floats, np

MEAN = "mean"
MOST_EXCHANGED = 200
MOST_WORK, MOST_BENT = 2_000_000_000, 30_000_000
"""So many products may one step take, and one that is bent: that is done for every slip."""
_WHOLE = re.compile(r"[0-9]{1,6}")


class ArrayWorld:
    """A computation over arrays with numbers for all that is given; ``letters`` are its sizes that have letters, and ``written`` is it with
    these letters.

    Raises `ValueProblem` where something given is missing, or has another shape.

    >>> from tutor.graph.layered import from_layers
    >>> world = ArrayWorld(from_layers(["L = sum(x^2)"], {"x": (2,)}), {"x": np.array([3.0, 4.0])})
    >>> world.array("L").item(), world.array("dL/dx").tolist()
    (25.0, [6.0, 8.0])
    """

    def __init__(
        self, layered: Layered, given: Mapping[str, Floats], letters: Mapping[str, int] | None = None, written: Layered | None = None
    ) -> None:
        self.layered, self.letters, self.written = layered, dict(letters or {}), written or layered
        self.given: dict[str, Floats] = {}
        for quantity in layered.graph.leaves:
            shape = tuple(int(size) for size in quantity.shape)
            if quantity.name not in given:
                raise ValueProblem(tell("{name} has no value", name=quantity.name), hint=tell("give it one in the file of --given"))
            array = np.asarray(given[quantity.name], dtype=np.float64)
            if array.shape != shape:
                what = tell("{name} has the shape {shape}, and {wanted} is needed", name=quantity.name, shape=shape_text(array.shape),
                            wanted=shape_text(shape))  # fmt: skip
                raise ValueProblem(what)
            self.given[quantity.name] = array[..., None]
        self.own: dict[str, Floats] = {}
        self.faults: dict[str, TutorError] = {}

    @cached_property
    def bent(self) -> BentArrays:
        """What slips make of it."""
        return BentArrays(self.layered, self.values.__getitem__, 1, frozenset(self.own), MOST_BENT)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """The steps of the forward and the backward pass, in their order."""
        return self.bent_steps.steps

    @cached_property
    def bent_steps(self) -> BentArrays:
        """The steps, and what each uses."""
        return BentArrays(self.layered, self.given.__getitem__, 1)

    @cached_property
    def values(self) -> dict[str, Floats]:
        """Every array that has a value, with one more axis of length 1 at the end."""
        return self._run({}, {})

    def _run(self, known: Mapping[str, Floats], own: Mapping[str, Floats]) -> dict[str, Floats]:
        """All steps; of what is ``known`` only those anew that something of one's own stands before."""
        found: dict[str, Floats] = {**self.given, **known, **own}
        worker = ArrayColumns(found.__getitem__, 1, MOST_WORK)
        changed = set(own)
        uses = self.bent_steps.uses
        with np.errstate(all="ignore"):
            for name, step in self.steps.items():
                if name in own or (name in known and not uses[name] & changed):
                    continue
                try:
                    shape = known[name].shape if name in known else None
                    value = worker.value(step.expr)
                    found[name] = value if shape is None or value.shape == shape else np.broadcast_to(value, shape)
                except (KeyError, ValueError):
                    found.pop(name, None)
                except TutorError as error:
                    found.pop(name, None)
                    self.faults.setdefault(name, error)
                changed.add(name)
        return found

    def put(self, own: Mapping[str, Floats]) -> ArrayWorld:
        """The same where some arrays are somebody's own, and what follows from them is computed anew."""
        other = ArrayWorld.__new__(ArrayWorld)
        other.layered, other.letters, other.given, other.written = self.layered, self.letters, self.given, self.written
        other.faults = self.faults
        other.own = {name: array[..., None] for name, array in own.items()}
        other.__dict__["steps"], other.__dict__["bent_steps"] = self.steps, self.bent_steps
        other.__dict__["values"] = self._run(self.values, other.own)
        return other

    def has(self, key: str) -> bool:
        """Whether a quantity or a derivative has a value."""
        return key in self.values

    def explain_missing(self, key: str) -> str:
        """Why a quantity has no value: what one of the steps before it says, or nothing."""
        before = (name for name in (*self.list_sources(key), key) if name in self.faults)
        error = next((self.faults[name] for name in before), None)
        return "" if error is None else "; ".join(part for part in (error.what, error.hint) if part)

    def array(self, key: str) -> Floats:
        """A quantity or a derivative, in its own shape."""
        found: Floats = np.array(self.values[key][..., 0])
        return found

    def list_letters(self, key: str) -> dict[str, int]:
        """The letters of sizes that a wrong factor may be made of: those that formulas divide by, and those of its own shape."""
        derivative = read_derivative(key)
        shape = self.written.shapes.get(derivative.wrt if derivative is not None else key, ())
        own = list_size_letters(shape)
        counted = list_size_letters([size for size in self.divisors if not isinstance(size, int)])
        first = {letter: size for letter, size in self.letters.items() if letter in counted}
        first |= {str(size): size for size in self.divisors if isinstance(size, int)}
        return first | {letter: size for letter, size in self.letters.items() if letter in own}

    @cached_property
    def divisors(self) -> tuple[Size, ...]:
        """The sizes that something is divided by, letters and numbers: how many samples, or entries, a mean is taken of."""
        found: dict[Size, None] = {}
        shapes = self.written.shapes
        for node in (node for step in self.written.graph.steps for node in walk_parts(step.expr)):
            if type(node) is Call and node.func == MEAN:
                found |= dict.fromkeys(shape_of(node.args[0], shapes))
            if type(node) is Div:
                inside = list(walk_parts(node.den))
                found |= dict.fromkeys(part.name for part in inside if type(part) is Name and part.name in self.letters)
                found |= dict.fromkeys(int(part.text) for part in inside if type(part) is Number and _WHOLE.fullmatch(part.text))
        return tuple(size for size in found if not isinstance(size, int) or size > 2)

    def list_sources(self, key: str) -> frozenset[str]:
        """All that a quantity is computed from, itself left out."""
        found: set[str] = set()
        stack = [key]
        while stack:
            for name in self.bent_steps.uses.get(stack.pop(), ()):
                if name not in found:
                    found.add(name)
                    stack.append(name)
        return frozenset(found)

    def list_alike(self, key: str) -> dict[str, Floats]:
        """The other arrays, for patterns: quantities and derivatives, without those that are derivatives of nothing."""
        found = {}
        for name in self.values:
            derivative = read_derivative(name)
            if name != key and (derivative is None or derivative.of != derivative.wrt):
                found[name] = self.array(name)
        return found

    def list_exchanged(self, key: str) -> Iterator[tuple[str, str, Floats]]:
        """What a step comes to where another array stands in the place of one that it uses: that one, the other, and the result."""
        step = self.steps.get(key)
        used = [name for name in list_referred(step.expr) if name in self.values] if step is not None else []
        pairs = [(own, name) for own in used for name in self.values
                 if name not in (own, key) and self.values[name].ndim == self.values[own].ndim > 1][:MOST_EXCHANGED]  # fmt: skip
        for own, name in pairs:
            known = {**{other: self.values[other] for other in used}, own: self.values[name]}
            try:
                assert step is not None
                with np.errstate(all="ignore"):
                    value = ArrayColumns(known.__getitem__, 1, MOST_BENT).value(step.expr)
                yield own, name, np.array(value[..., 0])
            except (KeyError, ValueError, TutorError):
                continue

    def list_paths(self, key: str) -> dict[str, Floats]:
        """The terms that a gradient is the sum of, by the quantity that each leads through."""
        step = self.steps.get(key)
        uses = split_uses(step) if step is not None else ()
        if step is None or not uses:
            return {}
        worker, found = ArrayColumns(self.values.__getitem__, 1, MOST_WORK), {}
        shape = self.values[key].shape
        with np.errstate(all="ignore"):
            for path, term in zip(step.paths, uses, strict=True):
                try:
                    found[path.factors[0].wrt] = np.array(np.broadcast_to(worker.value(term), shape)[..., 0])
                except (KeyError, ValueError, TutorError):
                    return {}
        return found if len(found) == len(step.paths) else {}
