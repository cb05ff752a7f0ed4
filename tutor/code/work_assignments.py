"""What gets a value: each value that a name gets is an event, whose value may be moved or given, so that its slope is found."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakMethod

from tutor.code.code_values import Guess, LossReached, Lost, NotRead, Object, ProgramFunction, TooLong, ValueEvent
from tutor.code.failures import say_failure
from tutor.code.given_gradients import is_drawn_by
from tutor.code.gradient_lists import is_array_list, spell_entry
from tutor.code.guess_shapes import BIASES, GAINS, NAMED_WEIGHTS, Sizes, is_listed, is_parameter
from tutor.code.guessing import GuessedDictionary, GuessedWorld
from tutor.code.lane_arrays import has_lanes, has_room, move_value
from tutor.code.library_calls import take_complex
from tutor.code.loop_pace import MOST_HELD
from tutor.code.pair_functions import LONGER, find_long_name, split_gradient
from tutor.code.size_bounds import check_pair
from tutor.code.targets import gather_starred, is_drawn, is_gradient_given, is_measured, load_target, spell_target
from tutor.code.work_calls import KNOWN
from tutor.code.work_definitions import DefinitionWorker
from tutor.code.work_expressions import SIGNS
from tutor.errors import tell
from tutor.numbers.arrays import np

STARTS = re.compile(r"^(w|b|bias|weight|theta|intercept)_?\d*$")
"""What is called so and begins as a whole number is a parameter, and no count."""

class AssignmentWorker(DefinitionWorker):
    """Gives values to names.

    ``bump`` moves the values of events, by their numbers, each in a direction or in lanes of its own, so that slopes are the imaginary
    part of what comes out; ``forced`` are values in the place of others, by the number of the event.
    """

    def __init__(
        self,
        world: GuessedWorld,
        sizes: Sizes,
        *,
        number: type = float,
        table: Mapping[str, Callable[..., Any]] | None = None,
        bump: Mapping[int, Any] | None = None,
    ) -> None:
        super().__init__(world, sizes, number=number, table=table)
        self.bump = bump
        self.handed: Mapping[str, Any] = {}  # what a backward pass takes out of a cache that nobody gives
        self.generic = False
        self.forced: dict[int, Any] = {}
        self.statement: ast.AST | None = None
        note = WeakMethod(self.note_given)  # else the two would hold each other, with all arrays
        self.guesser.found = lambda name, value: found(name, value) if (found := note()) is not None else value
        self.ends: int | None = None
        self.keeps_lanes = False

    def note_given(self, name: str, value: Any) -> Any:
        """What nobody gives has got its numbers: an event, too."""
        made = value.astype(self.number) if isinstance(value, np.ndarray) and value.dtype.kind == "f" else value
        made = self.note(name, made, self.statement or ast.Pass(), leaf=True)
        if isinstance(made, np.ndarray) and name not in self.guesser.given:
            self.guessed[name] = made
        return made

    def note(self, key: str, value: Any, node: ast.AST, *, leaf: bool = False, in_place: bool = False) -> Any:
        """A name gets a value: an event, whose value is moved where its slope is asked."""
        if type(value) is Guess:
            if not value.known:
                return value
            value = value.value  # g = grad_output: a line like any other
        if isinstance(value, np.integer) and any(map(is_parameter, split_gradient(key))):
            value = float(value)  # db = y[i], of targets that are -1 and 1
        if not isinstance(value, np.ndarray | float | complex | np.inexact):
            return value
        number = len(self.record.events)
        if number in self.forced:
            if isinstance(value, np.ndarray) and in_place:
                value[...] = self.forced[number]
            else:
                value = self.forced[number]
        if self.bump is not None and number in self.bump:
            value = move_value(value, self.bump[number], in_place=in_place)
        kept = value
        if isinstance(value, np.ndarray):
            kept = value.copy() if self.keeps_lanes and has_lanes(value) else np.array(value)
            self.record.held += kept.nbytes
            if self.record.held > MOST_HELD:
                raise TooLong
        self.record.events.append(
            ValueEvent(number, key, getattr(self.statement or node, "lineno", 0), self.statement, kept, leaf)
        )
        if number == self.ends:
            raise LossReached(value)
        return value

    def run_assign(self, node: ast.Assign) -> None:
        """``z = W @ x``."""
        if self._take_shape_apart(node) or self._take_usual(node) or self._take_settings(node):
            return
        value = take_complex(self.read(node.value), fresh=isinstance(node.value, ast.Call) and self.number is complex)
        unknown = type(value) is Guess and isinstance(node.value, ast.Name) and value is self.module.get(node.value.id)
        if unknown and isinstance(node.value, ast.Name) and is_gradient_given(node):
            raise NotRead(tell("{name} has no value here", name=node.value.id), node, fails=True)
        if (
            self.generic
            and self.depth == 0
            and type(value) is int
            and value >= 10
            and isinstance(node.targets[0], ast.Name)
            and not is_measured(node.value)
        ):
            value = self.guesser.sizes.find(node.targets[0].id)
        if self.generic and self.depth == 0 and isinstance(node.targets[0], ast.Tuple) and isinstance(value, tuple) and not is_measured(
            node.value
        ):
            names = [part.id if isinstance(part, ast.Name) else "" for part in node.targets[0].elts]
            find = self.guesser.sizes.find
            value = tuple(
                find(name) if type(one) is int and one >= 10 and name else one
                for name, one in zip(names, value, strict=False)
            )
        if isinstance(value, dict) and isinstance(node.value, ast.Dict):
            self.note_entries(node.targets[0], node.value, value, node)
        if is_drawn(node.value) and (self.generic or spell_target(node.targets[0])[1].rpartition(".")[2] in self.guesser.stepped):
            value = self.make_generic(node.targets[0], value)
        if isinstance(node.value, ast.ListComp) and is_drawn(node.value) and is_array_list(value) and not is_gradient_given(node):
            self.note_layers(node.targets[0], value, node)
        for target in node.targets:
            self.give_value(target, value, node)

    def _take_settings(self, node: ast.Assign) -> bool:
        """``stride, pad = conv_param.values()`` of a dictionary that nobody gives: its entries are those that are named."""
        call, target = node.value, node.targets[0]
        if not (isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "values" and isinstance(target, ast.Tuple)):
            return False
        of = self.read(call.func.value) if isinstance(call.func, ast.Attribute) else None
        if type(of) is Guess and not of.known and of.hint is None:
            of.value, of.known = self.guesser.make_dictionary(of.name), True
        of = self.settle(of)
        if not isinstance(of, GuessedDictionary) or not all(isinstance(part, ast.Name) for part in target.elts):
            return False
        for part in target.elts:
            self.give_value(part, of[ast.unparse(part)], node)
        return True

    def _take_usual(self, node: ast.Assign) -> bool:
        """``A, cache = sigmoid(Z)`` of a function that a course gives beside the file: the value, and what it is of."""
        call, target = node.value, node.targets[0]
        if not (
            isinstance(target, ast.Tuple)
            and len(target.elts) == 2
            and isinstance(call, ast.Call)
            and isinstance(call.func, ast.Name)
        ):
            return False
        name = call.func.id
        if (
            name not in KNOWN
            or name in self.scope
            or isinstance(self.module.get(name), ProgramFunction)
            or len(call.args) != 1
        ):
            return False
        inner = self.take(call.args[0])
        made = self.table[name](inner, **self.name_axis(name, [inner], {}))
        self.give_value(target, (self.keep_made("*", inner, 1.0, made), inner), node)
        return True

    def note_entries(self, target: ast.expr, literal: ast.Dict, made: dict[Any, Any], node: ast.AST) -> None:
        """What a dictionary is written with, where it has no other name: ``params = {"W": np.zeros((2, 3))}``."""
        for key, part in zip(literal.keys, literal.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and not isinstance(part, ast.Name | ast.Attribute):
                place = ast.Subscript(target, key)
                value = self.make_generic(place, made[key.value]) if self.generic and is_drawn(part) else made[key.value]
                made[key.value] = self.note(spell_target(place)[1], value, node)

    def note_layers(self, target: ast.expr, made: list[Any], node: ast.AST) -> None:
        """What a list of arrays begins with, one a layer: ``self.weights = [np.random.randn(y, x) for x, y in pairs]``."""
        key = spell_target(target)[1]
        named = is_parameter(key) or any(kind.match(key) for kind in LONGER.values())
        for place, value in enumerate(made):
            own = self.make_generic(target, value, f"[{place}]") if named else value
            self.record.listed.add(key)
            made[place] = self.note(spell_entry(key, place, len(made)), own, node)

    def note_listed(self, key: str, made: Any, node: ast.AST) -> None:
        """The weights of layers that were put into a list one after the other, each by its place: ``W[0]`` of ``W.append(…)``."""
        if type(made) is not list or key in self.record.listed or split_gradient(key) or not is_listed(key):
            return
        if is_array_list(made):
            self.record.listed.add(key)
            for at, one in enumerate(made):
                made[at] = self.note(spell_entry(key, at, len(made)), one, node, leaf=True)

    def note_step(self, key: str, index: Any, of: Any, node: ast.AugAssign) -> str:
        """What takes a step in a list of weights, W[0] of ``W[i] -= rate * dW``: dW is the gradient of that one, and so called."""
        if key not in self.record.listed or not isinstance(index, int | np.integer):
            return key
        for part in ast.walk(node.value):
            if isinstance(part, ast.Name) and any(one in (key, find_long_name(one, [key])) for one in split_gradient(part.id)):
                self.note(spell_entry(part.id, int(index), len(of)), self.scope.get(part.id), node)
        return spell_entry(key, int(index), len(of))

    def make_generic(self, target: ast.expr, value: Any, place: str = "") -> Any:
        """Parameters that begin as zeros, or as small numbers, get numbers that tell mistakes."""
        if isinstance(value, np.ndarray) and value.dtype.kind in "fc" and value.size:
            name, spread = spell_target(target)[1], float(np.std(np.real(value)))
            last = name.rpartition(".")[2]
            named = last in self.guesser.stepped or any(kind.match(last) for kind in (BIASES, NAMED_WEIGHTS, GAINS)) or bool(place)
            if spread > 0.02 or split_gradient(name) or not named:
                return value
            return np.asarray(0.3 * self.guesser.make_numbers(f" {name}{place}", value.shape), dtype=self.number)
        return value

    def _begin_training(self, name: str, value: float) -> float:
        """A parameter that begins as one number, ``self.bias = 0``: one that tells mistakes, where steps are taken with it."""
        if name in self.guesser.stepped and value in (0, 1):
            return float(0.3 * self.guesser.make_numbers(f" {name}", ()))
        return float(value) if name in self.guesser.stepped or STARTS.match(name) else value

    def _take_shape_apart(self, node: ast.Assign) -> bool:
        """``N, C, H, W = x.shape`` says how many axes x has, and so does ``x.size()``."""
        value, target = node.value, node.targets[0]
        if isinstance(value, ast.Call) and not value.args and getattr(value.func, "attr", "") == "size":
            value = ast.Attribute(value.func.value, "shape", ast.Load()) if isinstance(value.func, ast.Attribute) else value
        if not (isinstance(target, ast.Tuple) and isinstance(value, ast.Attribute) and value.attr == "shape"):
            return False
        of = self.read(value.value)
        if type(of) is not Guess or of.known or of.hint is not None:
            self.require_axes(self.settle(self.guesser.note_asked(of, "shape")), len(target.elts), node)
            return False
        letters = [part.id if isinstance(part, ast.Name) else part.attr if isinstance(part, ast.Attribute) else "" for part in target.elts]
        shape = tuple(
            self.guesser.sizes.find(letter if letter.strip("_") else "C" if (place, len(letters)) == (1, 4) else f" {of.name} {place}")
            for place, letter in enumerate(letters)
        )
        self.guesser.settle(of, shape)
        for part, size in zip(target.elts, np.shape(of.value), strict=True):
            self.give_value(part, size, node)
        return True

    def give_value(self, target: ast.expr, value: Any, node: ast.AST | None = None) -> None:
        """Give a value to what stands at the left."""
        node = node or target
        if isinstance(target, ast.Tuple | ast.List):
            if type(value) is Lost:
                raise value.why
            if type(value) is Guess and value.name in self.guesser.tuples:
                value = self.settle(value)
            if type(value) is Guess:
                names = [part.id if isinstance(part, ast.Name) else "" for part in target.elts]
                value = tuple(self.handed.get(name, Guess(name)) for name in names)
            listed = gather_starred(target.elts, list(value))
            if len(listed) != len(target.elts):
                raise ValueError(f"{len(target.elts)} names for {len(listed)} values")
            for part, one in zip(target.elts, listed, strict=True):
                self.give_value(part.value if isinstance(part, ast.Starred) else part, one, node)
            return
        if isinstance(target, ast.Subscript):
            self.set_part(target, value, node)
            return
        key = spell_target(target)[1]
        if type(value) in (int, float) and isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            value = self._begin_training(key.rpartition(".")[2], value)
        value = self.note(key, value, node)
        if isinstance(target, ast.Name):
            self.scope[target.id] = value
            if isinstance(node, ast.Assign) and is_drawn_by(node):
                self.note_listed(key, value, node)
        elif isinstance(target, ast.Attribute):
            of = self.read(target.value)
            if isinstance(of, Object):
                of.attributes[target.attr] = value
            elif target.attr in ("data", "grad", "requires_grad"):
                return
            elif target.attr == "shape" and isinstance(of := self.guesser.settle(of, value) if type(of) is Guess else of, np.ndarray):
                self.give_value(target.value, np.reshape(of, value), node)
            else:
                raise NotRead(tell("an attribute of this is not assigned"), node)

    def run_annotated(self, node: ast.AnnAssign) -> None:
        """``z: Tensor = W @ x``."""
        if node.value is not None:
            self.give_value(node.target, self.read(node.value), node)

    def run_changed(self, node: ast.AugAssign) -> None:
        """``W -= rate * dW``: an array is changed where it stands, as NumPy does it."""
        value = self.read(node.value)
        target = node.target
        if isinstance(target, ast.Subscript):
            of = self.settle(self.read(target.value))
            if isinstance(of, np.ndarray):
                index = self.read_index(target.slice, of)
                made = self.combine(node.op, of[index], value, node)
                of = self.widen(of, made, target.value)
                of[index] = made
                self.note_changed(target.value, of, node)
                return
            if isinstance(of, dict):
                index = self.take(target.slice)
                old = of[index]
                of[index] = self._change(node.op, old, value, spell_target(target)[1], node)
                return
            index = self.read_index(target.slice, of)
            key = self.note_step(spell_target(target)[1], index, of, node)
            of[index] = self._change(node.op, of[index], value, key, node)
            return
        old = self.read(load_target(target))
        key = spell_target(target)[1]
        made = self._change(node.op, old, value, key, node)
        if isinstance(target, ast.Name):
            self.scope[target.id] = made
        elif isinstance(target, ast.Attribute):
            of = self.read(target.value)
            if isinstance(of, Object):
                of.attributes[target.attr] = made

    def _change(self, sign: ast.operator, old: Any, value: Any, key: str, node: ast.AST) -> Any:
        if type(old) is Guess or type(value) is Guess:
            old, value = self.guesser.settle_pair(SIGNS[type(sign)][0], old, value)
        if isinstance(old, list):
            check_pair("+", old, value)
            return [*old, *value]
        if isinstance(old, np.ndarray) and old.ndim:
            made = self.combine(sign, old, value, node)
            if np.shape(made) != old.shape:
                why = say_failure(ValueError(f"operand with shape {old.shape} doesn't match the broadcast shape {np.shape(made)}"), node)
                why.operands = (old, "in place", made)
                raise why
            if old.dtype.kind in "ib" and np.asarray(made).dtype.kind in "fc":
                raise TypeError("an array of whole numbers cannot hold the result: begin with floats")
            if not has_room(old, made):  # no room for it
                return self.note(key, made, node)
            old[...] = made
            return self.note(key, old, node, in_place=True)
        return self.note(key, self.combine(sign, old, value, node), node)
