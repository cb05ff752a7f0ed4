"""One run of both passes of a program: which functions are called with what, which loss is meant, and which gradients are given."""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.code.class_parts import find_beginning
from tutor.code.code_values import (
    ClassOf,
    CodeProblem,
    Guess,
    NotRead,
    Object,
    ProgramFunction,
    Record,
)
from tutor.code.file_parts import (
    ask_documented,
    is_definition,
    list_drawn,
    list_spans,
    name_naive,
    names_torch,
    refuse_forward,
)
from tutor.code.given_gradients import (
    PREDICTIONS,
    GivenGradient,
    find_kept_loss,
    find_kept_output,
    find_predicted,
    leave_inner,
    list_kept,
    list_layer_gradients,
    list_left_over,
    list_listed,
    list_outputs,
    list_pair_outputs,
)
from tutor.code.guess_shapes import DATA, SCALARS, is_parameter, is_target
from tutor.code.keep_apart import APART, keep_apart
from tutor.code.pair_functions import STORE, BackwardPlan, split_gradient
from tutor.code.pass_loss import (
    average_samples,
    find_upstream,
    has_kept_output,
    has_targets,
    is_object_method,
    make_loss,
    pick_loss,
)
from tutor.code.returned_values import (
    WordIndex,
    find_divided,
    find_return,
    guess_argument,
    has_default,
    is_empty,
    list_arguments,
    list_taken_apart,
    list_usual,
    name_returned,
)
from tutor.code.work_functions import require_plain
from tutor.code.work_statements import StatementWorker
from tutor.errors import Told, tell
from tutor.numbers.arrays import np
from tutor.program.decorators import is_odd_class
from tutor.program.source import Source


@dataclass(slots=True)
class Outcome:
    """What a run gave: its events, the loss, the outputs; ``begins`` is the first event of the backward pass.

    ``scope`` has the names of the forward pass, ``upstream`` for each gradient from above the output that it belongs to and its value;
    under an empty name stands the output that is the loss, or is summed to one.  ``left_over`` are gradients that are compared with
    nothing, with the reasons.  ``unmatched`` are the arguments of the backward pass that nothing gives, each with the values of the
    forward pass that it may be; ``shared`` are those that have the name of something that forward is given, each with what forward gives.
    """

    record: Record
    loss: Any
    outputs: list[GivenGradient]
    begins: int
    after: dict[int, ast.AST] = field(default_factory=dict)
    asked: dict[str, list[str]] = field(default_factory=dict)
    why: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)
    upstream: Mapping[str, tuple[str, Any]] = field(default_factory=dict)
    left_over: tuple[tuple[str, Told], ...] = ()
    unmatched: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shared: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PassRun:
    """One run of the passes of a program: what is worked through, by whom, and what is given.

    ``foreign`` are the statements of other files; in ``bare`` are noted the arguments that are left None.
    """

    worker: StatementWorker
    source: Source
    plan: BackwardPlan
    forward_source: Source | None
    others: Sequence[Source]
    given: Mapping[str, Any]
    foreign: Collection[int]
    bare: set[str]

    @property
    def record(self) -> Record:
        """What the worker has noted."""
        return self.worker.record

    def run(self, *, backward: bool) -> Outcome:
        """The whole run: what stands in the files, then both passes, or the first alone."""
        apart = () if self.forward_source is None else (keep_apart(self.forward_source),)
        for source in (*self.others, *apart, self.source):
            flat = self.plan.is_flat and source is self.source
            drawn = () if flat else list_drawn(source.tree)
            self.worker.generic = flat or bool(drawn)
            self.worker.run([node for node in source.tree.body if flat or is_definition(node) or node in drawn])
            self.worker.generic = self.plan.is_flat
        own = [one.tree for one in (self.source, self.forward_source) if one is not None]
        self.worker.torch = any(map(names_torch, own))  # whatever a file beside it imports
        name_naive(self.worker.module, self.source.tree)
        if self.plan.is_flat:
            return self._finish_flat()
        if self.plan.is_forward:
            return self._run_forward()
        if self.plan.is_single:
            return self._run_single()
        return self._run_pair(backward)

    def _function(self, name: str, owner: Any = None) -> ProgramFunction:
        if isinstance(owner, Object) and owner.of is not None and name in owner.of.methods:
            method = owner.of.methods[name]
            static = any(isinstance(part, ast.Name) and part.id == "staticmethod" for part in method.decorator_list)
            return require_plain(self.worker, ProgramFunction(method, owner.of.scope, owner, None if static else owner), self.source)
        found = self.worker.module.get(name)
        if not isinstance(found, ProgramFunction):
            raise CodeProblem(tell("there is no function {name} in the file", name=name[:60]), where=self.source.file)
        return require_plain(self.worker, found, self.source)

    def _make_owner(self) -> Any:
        if not self.plan.owner:
            return None
        made_of = self.worker.module.get(self.plan.owner)
        if isinstance(made_of, ClassOf) and is_odd_class(made_of.node):
            raise CodeProblem(tell("a class with a metaclass or a decorator is not read"), where=self.source.name_line(made_of.node.lineno))
        if not isinstance(made_of, ClassOf):
            raise CodeProblem(
                tell("there is no class {name} in the file", name=self.plan.owner[:60]), where=self.source.file
            )
        before, self.worker.statement = self.worker.statement, None
        begin = made_of.methods.get("__init__")
        said = {arg.arg: Guess(arg.arg) for arg in (begin.args.args if begin is not None else ()) if arg.arg in self.worker.world.texts}
        made = self.worker.make_object(made_of, [], said, made_of.node)
        for key, value in made.attributes.items() if isinstance(made, Object) else ():
            self.worker.note_listed(key, value, made_of.node)
        begun = find_beginning(made_of.node, self.plan.backward) if self.plan.is_single else None
        if begun is not None:  # self.m, self.n = X.shape of fit, beside a method that takes a step
            generic, self.worker.generic = self.worker.generic, True
            self.worker.prepare(made, made_of, begun)
            self.worker.generic = generic
        self.worker.statement = before
        return made

    def _call(
        self, func: ProgramFunction, values: Mapping[str, Any]
    ) -> tuple[Any, NotRead | None]:
        named = {arg.arg: values[arg.arg] for arg in list_arguments(func) if arg.arg in values}
        try:
            return self.worker.call_own(func, [], named, func.node), None
        except NotRead as why:
            return None, why

    def _run_single(self) -> Outcome:
        owner = self._make_owner()
        func = self._function(self.plan.backward, owner)
        start = len(self.record.events)
        known = set(self.record.visited)
        scopes: list[dict[str, Any]] = []
        values = {arg.arg: guess_argument(arg) for arg in list_arguments(func)}
        self.worker.first_scopes = scopes
        returned, why = self._call(func, self._keep_usual(func, values))
        after = {key: node for key, node in self.record.visited.items() if key not in known}
        loss = pick_loss(self.record, returned, find_return(func.node, self.worker.returned), self.source.file)
        outputs = list_outputs(self.record, start, returned, find_return(func.node, self.worker.returned))
        outputs = leave_inner(outputs, func.node)
        scope = scopes[0] if scopes else {}
        listed = name_returned(returned, find_return(func.node, self.worker.returned))
        named = {event.key.rpartition(".")[2] for event in self.record.events if not split_gradient(event.key)}
        compared = {output.key for output in outputs if named & {*output.of}}
        left = list_left_over(listed, compared, named, unnamed=False)
        return Outcome(self.record, loss, outputs, 0, after, self.worker.guesser.asked, why.what if why else "", scope, {}, tuple(left))

    def _run_forward(self) -> Outcome:
        """A forward pass alone: what it gives stands for its loss."""
        func = self._function(self.plan.forward, self._make_owner())
        scopes: list[dict[str, Any]] = []
        self.worker.first_scopes = scopes
        returned, why = self._call(func, self._keep_usual(func, {arg.arg: guess_argument(arg) for arg in list_arguments(func)}))
        if why is not None:
            raise refuse_forward(self.source, why)
        first = returned[0] if isinstance(returned, tuple | list) and returned else returned
        return Outcome(self.record, first, [], 0, {}, self.worker.guesser.asked, "", scopes[0] if scopes else {})

    def _keep_usual(self, func: ProgramFunction, values: dict[str, Any]) -> dict[str, Any]:
        """Arguments that have usual values keep them, where nobody gives others."""
        usual = list_usual(func.node)
        if self.worker.world.bare:
            bare = {name for name, value in usual.items() if isinstance(value, ast.Constant) and value.value is None} - {*self.given}
            self.bare.update(bare & {*values})
            values = {name: value for name, value in values.items() if name not in bare}
        own = {*self.given, *self.worker.world.shapes, *self.worker.world.texts}
        return {
            name: value for name, value in values.items()
            if name in own or not (name in usual and not is_empty(name, usual[name]))
        }  # fmt: skip

    def _finish_flat(self) -> Outcome:
        loss = pick_loss(self.record, None, None, self.source.file)
        outputs = list_outputs(self.record, 0, None, None)
        return Outcome(self.record, loss, outputs, 0, dict(self.record.visited), self.worker.guesser.asked, "", self.worker.module)

    def _run_pair(self, backward: bool) -> Outcome:
        owner = self._make_owner()
        given = self.worker.module.get(self.plan.forward + APART)
        forward = given if isinstance(given, ProgramFunction) else self._function(self.plan.forward, owner)
        values: dict[str, Any] = {arg.arg: guess_argument(arg) for arg in list_arguments(forward)}
        if "ctx" in values:
            values["ctx"] = Object(None)
            values["ctx"].attributes["needs_input_grad"] = (True,) * (len(values) - 1)
        scopes: list[dict[str, Any]] = []
        self.worker.first_scopes = scopes
        asked = self._keep_usual(forward, values)
        returned, why = self._call(forward, asked)
        if why is not None:
            raise refuse_forward(self.source if self.forward_source is None else self.forward_source, why)
        returned = self.worker.settle(returned) if type(returned) is Guess else returned  # of a layer that changes nothing
        inner = scopes[0] if scopes else {}
        node = find_return(forward.node, self.worker.returned)
        named = dict(name_returned(returned, node)) if node is not None else find_kept_output(self.record.events, forward, values)
        environment = {**inner, **named, **{name: value for name, value in values.items() if name not in inner}}
        func = self._function(self.plan.backward, owner)
        backs = [arg.arg for arg in list_arguments(func)]
        ups = find_upstream(backs, [*inner, *values]) or (backs[:1] if self.worker.world.above else [])
        outs = self._list_made(named, values)
        first, *more = [arg.arg for arg in list_arguments(forward)] or [""]
        if more and len(ups) == 1 and backs == [*ups, *more]:
            mean = average_samples(self.source.tree, outs) if any(map(is_target, more)) else None
            outs = outs if mean is None else [(outs[0][0], mean)]
            if all(np.size(value) == 1 for _, value in outs):  # what a loss takes itself, or keeps: backward(predictions, targets)
                kept = None if self.worker.world.taken else find_predicted(self.record.events, forward, values)
                environment[ups.pop()] = values[first] if kept is None else kept
        environment |= self._match_data(values, backs, environment)
        loss, upstream = self._find_loss(owner, (forward, func), environment, first, outs, ups)
        begins = len(self.record.events)
        self.worker.settled = self.worker.settled or not self.worker.world.refit
        if not backward:
            return Outcome(self.record, loss, [], begins, {}, self.worker.guesser.asked, "", inner, upstream)
        known = set(self.record.visited)
        again = asked if not ups and {*backs} <= {*values} else {}  # gradient(x, t) beside loss(x, t): as it is given to both
        given = self._match_backward(func, backs, ups, upstream, {**environment, **again}, named)
        above = {of: named[upstream[up][0]] for up in ups if up in upstream for of in split_gradient(up) if upstream[up][0] in named}
        self.worker.handed = {**above, **environment}
        forms = copy.deepcopy({name: value for name, value in given.items() if isinstance(value, np.ndarray)})
        del scopes[:]
        body = func.node.body if isinstance(func.node, ast.FunctionDef) else []
        result, why = self._call(func, {**given, **forms})
        after = {key: node for key, node in self.record.visited.items() if key not in known or node in body}
        meant = {*[key for key, _ in outs], *[of for up in ups for of in split_gradient(up)]} - {*values}
        outputs, left = self._list_gradients(owner, func, begins, result, why, [*values], meant, above=any(upstream))
        said = why.what if why else ""
        taken = {**(scopes[0] if scopes else {}), **given}
        handed = {*values, *named, *upstream}  # a name of the body of forward alone may stand there for something else
        free = [name for name in backs if name not in handed and "cache" not in name and _is_array(taken.get(name))]
        arrays = [name for name, value in environment.items() if (name in free or name not in given) and _is_array(value)]
        unmatched = {name: [*dict.fromkeys([*(one for one in values if one in arrays), *arrays])] for name in free}
        made = [name for name, value in outs if _is_array(value)]
        shared = {name: made for name in backs if made and name in values and name not in made and _is_array(taken.get(name))}
        return Outcome(self.record, loss, outputs, begins, after, self.worker.guesser.asked, said, inner, upstream, left, unmatched, shared)

    def _list_made(self, named: Mapping[str, Any], values: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """What the forward pass gives that it has made, of what it returns by names."""
        made = [(key, value) for key, value in named.items() if isinstance(value, np.ndarray | np.inexact | float | complex)]
        made = [pair for pair in made if type(named.get(pair[0].partition("[")[0])) is not list] or self._find_last_listed(named)
        return [pair for pair in made if pair[0] not in values or not _is_given(values[pair[0]], pair[1])] or made[:1]

    def _list_gradients(
        self, owner: Any, func: ProgramFunction, begins: int, result: Any, why: NotRead | None, args: Sequence[str],
        produced: Collection[str], *, above: bool,
    ) -> tuple[list[GivenGradient], tuple[tuple[str, Told], ...]]:  # fmt: skip
        """The gradients that the backward pass of a pair gives and keeps, and what is compared with nothing."""
        events = self.record.events
        words = find_return(func.node, self.worker.returned)
        outputs = list_pair_outputs(
            self.record, begins, result, words, args, why, in_class=bool(self.plan.owner), produced=produced, spans=list_spans(func),
            foreign=self.foreign, looped=list_looped(func.node), taken=[arg.arg for arg in list_arguments(func)])  # fmt: skip
        outputs += list_listed(owner, {output.key for output in outputs}, events[:begins])
        layers = list(list_layer_gradients(owner, events[begins:], why))
        if any(STORE.match(output.key.rpartition(".")[0]) for output in outputs):  # grads["W1"] = layer.dW + reg * W: a step
            layers = []
        if layers and not above:  # what a net hands on of its input may be that of each sample
            outputs = [output for output in outputs if any(is_parameter(word) for word in output.of)]
        outputs += layers
        before = {event.key.rpartition(".")[2] for event in events[:begins]}
        kept = [pair for pair in list_kept(owner, events[begins:]) if pair[0] not in before]  # gradient(x, y) goes forward itself
        index, named = WordIndex(before), name_returned(result, words)
        listed = [(find_divided(words, place, index) or key, value) for place, (key, value) in enumerate(named)]
        placed = {listed[output.place][0] for output in outputs if 0 <= output.place < len(listed)}  # dout @ w.T, compared as dx
        known = placed | {output.key for output in outputs}
        left = list_left_over([*listed, *kept], known, before, unnamed=isinstance(result, tuple))
        return outputs, tuple(left)

    def _find_loss(
        self, owner: Any, pair: tuple[ProgramFunction, ProgramFunction], environment: dict[str, Any], first: str,
        outs: Sequence[tuple[str, Any]], ups: Sequence[str],
    ) -> tuple[Any, dict[str, tuple[str, Any]]]:  # fmt: skip
        """The loss of a pair, with the gradients from above: that of a cost function, one that the layer keeps, or one made for them."""
        upstream: dict[str, tuple[str, Any]] = {}
        cost = self._function(self.plan.cost, owner) if self.plan.cost and not ups else None
        kept = self.plan.owner and is_object_method(pair[1].node)
        if cost is not None and (kept or has_targets(pair[1].node, cost.node)):
            own = environment.get(first) if self._is_forward_again(cost) else self._find_last(outs)
            own = None if has_kept_output(cost.node, [key for key, _ in outs]) else own
            taken = self._keep_usual(cost, self._match_cost(cost, environment, own))
            environment |= self._match_target(pair[1], taken, environment)
            ask_documented(self.worker, cost, taken)
            loss, why = self._call(cost, taken)
            if why is not None:
                raise refuse_forward(self.source, why)
            loss = loss[0] if isinstance(loss, tuple) else loss
        elif self.plan.owner and not ups and (own := find_kept_loss(self.record.events, outs)) is not None:
            loss = np.sum(own)
        else:
            if not outs:
                raise CodeProblem(tell("the forward pass gives no number and no array"), where=self.source.name_line(pair[0].node.lineno))
            loss, upstream = make_loss(outs, ups, list_usual(pair[1].node), self.worker.world.seed, sparse=self.worker.world.sparse)
        return loss, upstream

    def _match_data(self, values: Mapping[str, Any], backs: Sequence[str], known: Collection[str]) -> dict[str, Any]:
        """What a method is given as its data, where the forward pass calls it otherwise: ``backprop(x, y)`` beside ``feedforward(a)``."""
        firsts = [name for name in values if name not in backs]
        data = [name for name in backs if name not in known and DATA.match(name)]
        judged = self.plan.owner and any(map(is_target, backs))
        return {data[0]: values[firsts[0]]} if judged and len(firsts) == len(data) == 1 else {}

    def _find_last_listed(self, named: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """What was worked out last of the lists that a forward pass gives, ``return zs, activations``: what is predicted."""
        ends = {key: value[-1] for key, value in named.items() if isinstance(value, list) and value and _is_array(value[-1])}
        for event in reversed(self.record.events):
            for key, value in ends.items():
                if np.shape(event.value) == np.shape(value) and np.array_equal(event.value, value):
                    return [(key, value)]
        return []

    def _find_last(self, outs: Sequence[tuple[str, Any]]) -> Any:
        """The output that was worked out last, A2 of ``return Z1, A1, Z2, A2``: what is predicted; nothing without any."""
        made = {event.key: event.number for event in self.record.events}
        return max(outs, key=lambda pair: made.get(pair[0], len(self.record.events)), default=("", None))[1]

    def _is_forward_again(self, cost: ProgramFunction) -> bool:
        """Whether a cost takes what the forward pass takes, ``cost(x, y)``: it works the output out itself."""
        calls = [part.func for part in ast.walk(cost.node) if isinstance(part, ast.Call)]
        return any(getattr(func, "attr", getattr(func, "id", "")) == self.plan.forward for func in calls)

    def _match_target(self, func: ProgramFunction, taken: Mapping[str, Any], environment: Mapping[str, Any]) -> dict[str, Any]:
        """What a cost is given, for the backward pass: by the same names, or its only target by the only one that this takes."""
        found = {name: value for name, value in taken.items() if name not in environment}
        targets = [name for name in found if is_target(name)]
        asked = [arg.arg for arg in list_arguments(func) if arg.arg not in environment and arg.arg not in found]
        asked = [name for name in asked if is_target(name)]
        return found | ({asked[0]: found[targets[0]]} if len(asked) == len(targets) == 1 else {})

    def _match_cost(self, cost: ProgramFunction, environment: Mapping[str, Any], first: Any) -> dict[str, Any]:
        names = [arg.arg for arg in list_arguments(cost)]
        free = [name for name in names if name not in environment]
        plain = [name for name in free if not is_target(name)]  # loss(y_true, y_pred)
        meant = next((name for name in plain if PREDICTIONS.search(name)), (plain or free or [""])[0])
        place = names[0] if names[:1] != free[:1] else meant
        return {
            name: environment[name] if name in environment else first if name == place and first is not None else Guess(name)
            for name in names
        }

    def _match_backward(
        self,
        func: ProgramFunction,
        backs: Sequence[str],
        ups: Sequence[str],
        upstream: Mapping[str, tuple[str, Any]],
        environment: Mapping[str, Any],
        named: Mapping[str, Any],
    ) -> dict[str, Any]:
        found: dict[str, Any] = {name: upstream[name][1] for name in ups if name in upstream}
        free = [
            value
            for key, value in named.items()
            if not any(value is other for other in environment.values()) or "cache" in key
        ]
        packed = [value for key, value in named.items() if isinstance(value, tuple | list | dict) and key[:1] in ("(", "[", "{")]
        above = {of: upstream[up][0] for up in ups if up in upstream for of in split_gradient(up)}
        apart = list_taken_apart(func)
        asked = [one for one in backs if one not in environment and not SCALARS.match(one)]
        asked = [one for one in asked if ups or len(backs) == 1 or not is_target(one)] or asked
        asked = [one for one in asked if not (packed and "cache" in one)]
        unsaid = [one for one in asked if one not in found and one not in above]
        for name in backs:
            if name in found:
                continue
            if name in self.worker.world.stands:
                found[name] = environment.get(self.worker.world.stands[name], Guess(name))
            elif packed and "cache" in name:  # one of an inner step may have the same name
                found[name] = packed[-1]
            elif name in above and name not in environment:  # e beside de: the output itself
                found[name] = named[above[name]]
            elif name in environment:
                at_output = self.worker.world.at_output and len(backs) == 1
                found[name] = next(iter(named.values()), environment[name]) if at_output else environment[name]
            elif (
                named
                and unsaid == [name]
                and not has_default(func, name)
                and (ups or len(backs) == 1 or not is_target(name))
                and not (name in apart and isinstance(list(named.values())[-1], np.ndarray))
            ):
                last = list(named.values())[-1]
                arrays = [pair for pair in named.items() if isinstance(pair[1], np.ndarray)]
                is_list = isinstance(last, list | dict) and not has_parts(func.node, name)  # AL beside caches
                found[name] = self._find_last(arrays) if arrays and name not in apart and (isinstance(last, tuple) or is_list) else last
            elif not has_default(func, name):
                found[name] = free[-1] if free and "cache" in name else Guess(name)
        return found


def has_parts(node: ast.AST, name: str) -> bool:
    """Whether a function takes something apart by places or keys, or goes through it: ``kept["z"]``, ``for w in kept``.

    >>> [has_parts(ast.parse(text), "a") for text in ("a[0] + b", "for x in a: pass", "a.get('z')", "a - y")]
    [True, True, True, False]
    """
    parts = [*ast.walk(node)]
    over = [part.iter for part in parts if isinstance(part, ast.For | ast.comprehension)]
    called = [arg for part in parts if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) for arg in part.args]
    places = [part.value for part in parts if isinstance(part, ast.Subscript)]
    places += [part.value for part in parts if isinstance(part, ast.Attribute) and part.attr in ("get", "items", "values", "keys", "pop")]
    return any(isinstance(part, ast.Name) and part.id == name for part in (*over, *called, *places))


def list_looped(node: ast.AST) -> set[int]:
    """The statements of a function that stand in loops."""
    loops = (loop for loop in ast.walk(node) if isinstance(loop, ast.For | ast.While))
    return {id(part) for loop in loops for part in ast.walk(loop) if isinstance(part, ast.stmt)}


def _is_array(value: Any) -> bool:
    """Whether a value of the forward pass is an array of several entries."""
    own = value.value if type(value) is Guess else value
    return isinstance(own, np.ndarray) and own.dtype.kind in "fc" and own.ndim > 0


def _is_given(given: Any, value: Any) -> bool:
    """Whether what is returned is what was given, unchanged."""
    return (given.value if type(given) is Guess else given) is value
