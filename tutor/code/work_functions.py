"""Functions and classes of a program, called with their arguments; what nobody gives stays open."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakSet

from tutor.code.code_values import (
    ClassOf,
    CodeProblem,
    FunctionReturned,
    Guess,
    Lost,
    NotRead,
    Object,
    ProgramFunction,
    TooLong,
)
from tutor.code.guess_shapes import BIASES, NAMED_WEIGHTS, list_documented
from tutor.code.pair_functions import LOSSES, METRIC
from tutor.code.shape_guesses import ShapeGuesser
from tutor.code.sized_guesses import REGULARISED
from tutor.code.window_steps import STRIDES
from tutor.errors import tell
from tutor.numbers.arrays import np
from tutor.program.decorators import find_odd_decorator, is_odd_class
from tutor.program.source import Source

DEEPEST = 12
DEEP = 5
MOST_DEEP = 500
"""So many calls may stand so deep in others in one run: ten helpers that each call the next one twice make a thousand."""
PREPARES = re.compile(
    r"(?i)^_?(initiali[sz]e|init|build|setup|set_up|reset|create|make)"
    r"(_?(weights?|params?|parameters|layer|variables))?$"
)
"""What a method is called that makes the weights of a layer before its first use."""
ALSO_HARMLESS = ("no_grad", "inference_mode", "once_differentiable", "custom_fwd", "custom_bwd")
"""Decorators of backward passes that leave their numbers alone."""
_PLAIN: WeakSet[ast.AST] = WeakSet()
"""Functions that were looked through already: each is called in hundreds of runs, and looking took a third of their time."""

LARGE = 10


class FunctionWorker(ShapeGuesser):
    """Works through the bodies of functions.

    ``first_scopes`` is a list that the names of the next one that is called are kept in, where it is empty; ``yielded`` is what the
    function that is worked through has given with ``yield``.
    """

    generic: bool
    deep_calls = 0
    first_scopes: list[dict[str, Any]] | None = None
    yielded: list[Any] | None = None

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
        self.deep_calls += self.depth > DEEP
        if self.deep_calls > MOST_DEEP:
            raise TooLong
        self.refuse_odd(func.node)
        scope = dict(func.scope) if isinstance(func.node, ast.Lambda) or func.scope is not self.module else {}
        own, self.scope = self.scope, scope
        scope |= self.match_arguments(func, values, named, node)
        if self.first_scopes == []:
            self.first_scopes.append(scope)
        repeats, self.repeats = self.repeats, 1  # it may return before what stands in it
        before, self.yielded = self.yielded, [] if is_yielding(func.node) else None
        self.depth += 1
        try:
            if isinstance(func.node, ast.Lambda):
                return self.read(func.node.body)
            self.run(func.node.body)
            return self.yielded
        except FunctionReturned as end:
            if type(end.value) is Lost:
                raise end.value.why from None
            if self.yielded is not None:
                return self.yielded
            if LOSSES.match(func.node.name) and not METRIC.search(func.node.name) and is_number(end.value):
                return self.note("loss", end.value, node)
            return end.value
        finally:
            self.scope, self.repeats, self.yielded = own, repeats, before
            self.depth -= 1

    def refuse_odd(self, node: ast.FunctionDef | ast.Lambda) -> None:
        """Raise `NotRead` for a function that may compute something else than what stands there: a decorator, a ``yield`` within."""
        if isinstance(node, ast.Lambda) or node in _PLAIN:
            return
        odd = find_odd_decorator(node, ALSO_HARMLESS)
        if odd is not None:
            raise NotRead(tell("a decorator may change what a function computes, and is not read"), odd)
        given = {id(part.value) for part in ast.walk(node) if isinstance(part, ast.Expr)}
        awaits = (part for part in ast.walk(node) if isinstance(part, ast.YieldFrom | ast.Await | ast.Yield))
        if any(not isinstance(part, ast.Yield) or id(part) not in given for part in awaits):
            raise NotRead(tell("a function that yields is not read"), node)
        _PLAIN.add(node)

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
            elif name in usual and name in self.world.bent:
                found[name] = self.world.bent[name]
            elif name in usual and not (isinstance(usual[name], ast.Constant) and usual[name].value is None):  # type: ignore[attr-defined]
                begins = type(func.node) is ast.FunctionDef and func.node.name == "__init__"
                idle = REGULARISED.match(name) and ast.unparse(usual[name]) in ("0", "0.0")
                large = begins and (idle or self._is_large(name, usual[name]))
                again = self.world.steps > 1 and STRIDES.match(name) and multiply_out(usual[name]) == 1
                found[name] = Guess(name) if large else self.world.steps if again else self.read(usual[name])
            elif name in usual and (self.world.bare or isinstance(node, ast.Call)):  # the program itself leaves it out: it is None
                found[name] = None
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

    def _is_large(self, name: str, usual: Any) -> bool:
        """Whether the usual value of a constructor is a size that is small here: ``d_model=512``, and ``heads=8`` that divides it."""
        parts = [part.value for part in usual.elts if isinstance(part, ast.Constant)] if isinstance(usual, ast.Tuple) else []
        if name in self.guesser.tuples and any(type(part) is int and part >= LARGE for part in parts):
            return True
        size, sizes = multiply_out(usual), self.guesser.sizes
        return (size >= LARGE and self.guesser.is_count(name)) or (size > 1 and sizes.name_letter(name) in sizes.divided)

    def make_object(self, made_of: ClassOf, values: Sequence[Any], named: Mapping[str, Any], node: ast.AST) -> Object:
        """An object of a class, whose __init__ is worked through."""
        if is_odd_class(made_of.node):
            raise NotRead(tell("a class with a metaclass or a decorator is not read"), made_of.node)
        made = Object(made_of)
        if "__init__" in made_of.methods:
            generic, self.generic = self.generic, True
            try:
                self.call_own(
                    ProgramFunction(made_of.methods["__init__"], made_of.scope, made, made), values, named, node
                )
                self._run_preparation(made, made_of)
            finally:
                self.generic = generic
            for name, value in made.attributes.items():
                if value is None and (NAMED_WEIGHTS.match(name) or BIASES.match(name)):
                    made.attributes[name] = Guess(name)
        return made


    def _run_preparation(self, made: Object, made_of: ClassOf) -> None:
        """A method that makes the weights, where ``__init__`` does not: ``initialize(optimizer)``, ``build(input_shape)``.

        One that does not work is as if it were not there.
        """
        for name, method in made_of.methods.items():
            if PREPARES.match(name) and any(NAMED_WEIGHTS.match(word) and made.attributes.get(word) is None for word in list_kept(method)):
                self.prepare(made, made_of, method)
                return

    def prepare(self, made: Object, made_of: ClassOf, method: ast.FunctionDef) -> None:
        """Work through a method that gives an object what it has before its first use; what of it does not work is not there."""
        problems, kept = dict(self.record.problems), dict(made.attributes)
        self.call_own(ProgramFunction(method, made_of.scope, made, made), [], {}, method)
        lost = [word for word in list_kept(method) if type(made.attributes.get(word)) is Lost]
        if any(NAMED_WEIGHTS.match(word) for word in lost):
            made.attributes = kept
        for word in lost:
            made.attributes.pop(word, None)
        self.record.problems = problems


def multiply_out(node: Any) -> int:
    """A whole number that is written as one, or as a product: 3072 of ``3 * 32 * 32``; 0 for anything else.

    >>> multiply_out(ast.parse("3 * 32 * 32", mode="eval").body), multiply_out(ast.parse("1e-3", mode="eval").body)
    (3072, 0)
    """
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return multiply_out(node.left) * multiply_out(node.right)
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else 0


def list_kept(node: ast.FunctionDef) -> list[str]:
    """The attributes that a method gives values: W of ``self.W = …``."""
    return [
        part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and ast.unparse(part.value) == "self"
    ]


def require_plain(worker: FunctionWorker, func: ProgramFunction, source: Source) -> ProgramFunction:
    """A function that computes what stands there.  Raises `CodeProblem` for a decorator that may change it, and one that yields."""
    try:
        worker.refuse_odd(func.node)
        if is_yielding(func.node):
            raise NotRead(tell("a function that yields is not read"), func.node)
    except NotRead as why:
        raise CodeProblem(why.what, where=source.name_line(func.node.lineno)) from None
    return func


@lru_cache(maxsize=512)
def is_yielding(node: ast.AST) -> bool:
    """Whether a function gives its values with ``yield``, one after the other: batches of a loop over them.

    >>> is_yielding(ast.parse("def f(): yield 1").body[0]), is_yielding(ast.parse("def f(): return 1").body[0])
    (True, False)
    """
    functions = (part for part in ast.walk(node) if part is not node and isinstance(part, ast.FunctionDef | ast.Lambda))
    inner = {id(one) for part in functions for one in ast.walk(part)}
    return any(isinstance(part, ast.Yield) and id(part) not in inner for part in ast.walk(node))


def is_number(value: Any) -> bool:
    """Whether a value is one number: of a loss."""
    return isinstance(value, float | complex | np.inexact) or (isinstance(value, np.ndarray) and value.size == 1)
