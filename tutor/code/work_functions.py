"""Functions and classes of a program, called with their arguments; what nobody gives stays open."""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from tutor.code.code_values import (
    ClassOf,
    FunctionReturned,
    Guess,
    Lost,
    NotRead,
    Object,
    ProgramFunction,
)
from tutor.code.guess_shapes import BIASES, NAMED_WEIGHTS, list_documented
from tutor.code.pair_functions import LOSSES
from tutor.code.shape_guesses import ShapeGuesser
from tutor.errors import tell
from tutor.numbers.arrays import np

DEEPEST = 12


class FunctionWorker(ShapeGuesser):
    """Works through the bodies of functions."""

    generic: bool

    @abstractmethod
    def run(self, body: Sequence[ast.stmt]) -> None:
        """Statements, one after the other."""

    @abstractmethod
    def note(self, key: str, value: Any, node: ast.AST, *, leaf: bool = False, in_place: bool = False) -> Any:
        """A name gets a value."""

    def call_own(self, func: Any, values: Sequence[Any], named: Mapping[str, Any], node: ast.AST) -> Any:
        """A function, an object or a class of the program, with its arguments."""
        if isinstance(func, ClassOf):
            return self.make_object(func, values, named, node)
        if isinstance(func, Object):
            method = next((name for name in ("__call__", "forward") if func.of and name in func.of.methods), "")
            if not method or func.of is None:
                raise NotRead(tell("this object is no function"), node)
            func = ProgramFunction(func.of.methods[method], func.of.scope, func, func)
        if self.depth >= DEEPEST:
            raise NotRead(tell("functions that call each other too deep"), node)
        scope = dict(func.scope) if isinstance(func.node, ast.Lambda) or func.scope is not self.module else {}
        own, self.scope = self.scope, scope
        scope |= self.match_arguments(func, values, named, node)
        self.depth += 1
        try:
            if isinstance(func.node, ast.Lambda):
                return self.read(func.node.body)
            self.run(func.node.body)
        except FunctionReturned as end:
            if type(end.value) is Lost:
                raise end.value.why from None
            if LOSSES.match(func.node.name) and is_number(end.value):
                return self.note("loss", end.value, node)
            return end.value
        finally:
            self.scope = own
            self.depth -= 1
        return None

    def match_arguments(
        self, func: ProgramFunction, values: Sequence[Any], named: Mapping[str, Any], node: ast.AST
    ) -> dict[str, Any]:
        """The arguments by their names; what nobody gives and has no usual value stays open."""
        args = func.node.args
        listed = [*args.posonlyargs, *args.args]
        left = ([func.first] if func.first is not None else []) + list(values)
        usual = dict(zip([arg.arg for arg in listed][len(listed) - len(args.defaults) :], args.defaults, strict=True))
        usual |= {
            arg.arg: value for arg, value in zip(args.kwonlyargs, args.kw_defaults, strict=True) if value is not None
        }
        found: dict[str, Any] = {}
        sizes = self.guesser.sizes
        if id(func.node) not in sizes.documented:
            sizes.documented[id(func.node)] = list_documented(func.node, sizes)
        hints = sizes.documented[id(func.node)]
        for arg in [*listed, *args.kwonlyargs]:
            name = arg.arg
            if left and arg in listed:
                found[name] = left.pop(0)
            elif name in named:
                found[name] = named[name]
            elif name in usual and not (isinstance(usual[name], ast.Constant) and usual[name].value is None):  # type: ignore[attr-defined]
                found[name] = self.read(usual[name])
            else:
                found[name] = Guess(name, hints.get(name))
            if type(found[name]) is Guess and found[name].hint is None and name in hints:
                found[name].hint = hints[name]
        if args.vararg is not None:
            found[args.vararg.arg] = tuple(left)
        elif left:
            raise TypeError(f"{len(left)} arguments too many")
        if args.kwarg is not None:
            found[args.kwarg.arg] = {key: value for key, value in named.items() if key not in found}
        return found

    def make_object(self, made_of: ClassOf, values: Sequence[Any], named: Mapping[str, Any], node: ast.AST) -> Object:
        """An object of a class, whose __init__ is worked through."""
        made = Object(made_of)
        if "__init__" in made_of.methods:
            generic, self.generic = self.generic, True
            try:
                self.call_own(
                    ProgramFunction(made_of.methods["__init__"], made_of.scope, made, made), values, named, node
                )
            finally:
                self.generic = generic
            for name, value in made.attributes.items():
                if value is None and (NAMED_WEIGHTS.match(name) or BIASES.match(name)):
                    made.attributes[name] = Guess(name)
        return made


def is_number(value: Any) -> bool:
    """Whether a value is one number: of a loss."""
    return isinstance(value, float | complex | np.inexact) or (isinstance(value, np.ndarray) and value.size == 1)
