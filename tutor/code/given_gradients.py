"""The gradients that a program gives: those that it returns, and those that its names say."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tutor.code.code_values import Guess, Lost, NotRead, Object, ProgramFunction, Record, ValueEvent
from tutor.code.failures import note_missing, say_list
from tutor.code.gradient_lists import spell_entry
from tutor.code.guess_shapes import NAMED_WEIGHTS, TARGETS, is_parameter, is_target
from tutor.code.lane_arrays import hold_floats, make_anew
from tutor.code.pair_functions import BARE, LOSS_WORDS, STORE, split_gradient
from tutor.code.returned_values import WordIndex, find_divided, find_named, list_lost, name_returned
from tutor.code.targets import INITIALISER, spell_target
from tutor.errors import Told, tell
from tutor.numbers.arrays import np
from tutor.text import make_visible

OUTPUTS = re.compile(r"(?i)^(out(put)?s?|y|a|activations?|output_data|results?|forward_output)$")
INPUT_GRADIENTS = re.compile(r"(?i)^(d_?(inputs?|in|x|z)|(input|in)_?grad(ient)?s?|grad(ient)?s?_?(input|in)s?|grad|gradient)$")
"""What a layer may call the gradient of what it is given."""
ENTRY = re.compile(r"\w+\.\w+$")
"""An entry of a dictionary."""
HOLDERS = re.compile(
    r"(?i)^(self|held|new\w*|updated?|\w*params?|\w*parameters?|\w*weights?|theta|model|net\w*|\w*cache|\w*state|history)$"
)
"""What a dictionary of the parameters themselves is called, as they were or after a step."""
PREDICTIONS = re.compile(r"(?i)hat|pred|out|prob|logit|score|^y_?p$")

MOST_DEEP, MOST_LAYERS = 4, 40


@dataclass(slots=True)
class GivenGradient:
    """A gradient that the program gives: what it is called, what it may be the gradient of, its value, its place in what is returned.

    ``local`` is what one body only names; ``base`` is the name whose value it is, or whose part.
    """

    key: str
    of: list[str]
    value: Any
    lost: NotRead | None = None
    place: int = -1
    local: bool = False
    base: str = ""


def list_outputs(record: Record, start: int, returned: Any, node: ast.expr | None) -> list[GivenGradient]:
    """The gradients at the end of a body: those that are returned, and the last value of every name that is one's."""
    found: dict[str, GivenGradient] = {}
    last: dict[str, ValueEvent] = {event.key: event for event in record.events[start:]}
    words = WordIndex([event.key.rpartition(".")[2] for event in record.events])
    for key, event in last.items():
        of = words.match(key)
        if of and not event.leaf:
            found[key] = GivenGradient(key, of, event.value, local=_is_local(event), base=_name_base(event))
    listed = [(find_named(node, place, words) or key, value) for place, (key, value) in enumerate(name_returned(returned, node))]
    stores = find_stores(listed, record.events)
    for key in [*found]:
        if any(one != key and one.lower() == key.lower() for one, _ in listed) and not any(one == key for one, _ in listed):
            del found[key]  # dw of one sample, beside dW that is returned
    for key, value in listed:
        of = words.match(key) or words.match_entry(key, stores) or (_match_bare(value, record.events) if BARE.match(key) else [])
        if of and (isinstance(value, np.ndarray | float | np.inexact) or is_number_list(value)):
            found[key] = GivenGradient(key, of, make_anew(value))
        elif of and value is None:
            found[key] = GivenGradient(key, of, None, note_missing(key))
        elif of and type(value) is Lost:
            found[key] = GivenGradient(key, of, None, value.why)
    for key, problem, local in list_lost(record):
        of = words.match(key)
        if of and key not in found:
            found[key] = GivenGradient(key, of, None, problem, local=local)
    return list(found.values())


def leave_inner(outputs: list[GivenGradient], node: ast.AST) -> list[GivenGradient]:
    """The gradients of a body without those that only functions name which it calls; all where there are no others."""
    stored = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    return [output for output in outputs if not output.base or output.base in stored] or outputs


def _is_local(event: ValueEvent) -> bool:
    """Whether a value was given to a name alone, and to no attribute or entry."""
    node = event.statement
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    parts = [part for one in targets for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
    return any(isinstance(part, ast.Name) and part.id == event.key for part in parts)


def _name_base(event: ValueEvent) -> str:
    """The name that a value was given to, or to a part of; nothing for an attribute."""
    node = event.statement
    for part in node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]:
        while isinstance(part, ast.Subscript):
            part = part.value
        if isinstance(part, ast.Name):
            return part.id
    return ""


def list_pair_outputs(
    record: Record,
    begins: int,
    result: Any,
    node: ast.expr | None,
    args: Sequence[str],
    why: NotRead | None,
    *,
    in_class: bool,
    produced: Collection[str] = (),
    spans: Sequence[tuple[int, int]] = (),
    foreign: Collection[int] = (),
    looped: Collection[int] = (),
    taken: Collection[str] = (),
) -> list[GivenGradient]:
    """The gradients that the backward function of a pair returns, by their names or places; in a class those that it keeps, too.

    ``produced`` is what the forward pass gives: ``ds`` of ``s = sigmoid(x)``, returned alone, is no gradient of s, which is 1, but of x.
    ``spans`` are the lines whose names count: what a function of another layer calls dW is the gradient of its own; ``foreign`` are the
    statements of other files, ``looped`` those of loops, ``taken`` what the backward pass is given.
    """
    words = WordIndex([event.key.rpartition(".")[2] for event in record.events[:begins]])
    given = [name for name in args if name in words.places]
    inputs = {event.key.rpartition(".")[2]: np.shape(event.value) for event in record.events[:begins][::-1] if event.leaf}
    listed = name_returned(result, node) if node is not None or not in_class else []
    if len(listed) == 1:  # of a loss of a label and a prediction the gradient is that of the prediction
        predicted = any(PREDICTIONS.search(name) for name in given)
        given.sort(key=lambda name: bool(TARGETS.match(name)) or (name in ("y", "t") and predicted))
    meant = _list_meant(listed, given, words, inputs)
    keys_given = [f"d{meant[at]}" if at in meant else find_divided(node, at, words) or key for at, (key, _) in enumerate(listed)]
    named = [(key, value) for key, (_, value) in zip(keys_given, listed, strict=True)]
    if [*args[:1]] == ["ctx"] and len(named) == len(args) - 1:  # PyTorch goes by the places alone
        named = [(key if value is None or of in words.match(key) else f"d{of}", value)
                 for of, (key, value) in zip(args[1:], named, strict=True)]  # fmt: skip
    found = [*_list_returned(named, given, words, record.events[:begins], produced)]
    steps = set(list_computed(record.events[:begins]))  # an inner step may be kept with another sign, or without 1/m
    if any(not set(output.of) <= steps for output in found):
        found = [output for output in found if output.of and not set(output.of) <= steps]
    keys = {output.key for output in found}
    last = {
        event.key: event
        for event in record.events[begins:]
        if id(event.statement) not in foreign and (not spans or any(first <= event.line <= end for first, end in spans))
    }
    leaves = dict.fromkeys(
        event.key.rpartition(".")[2] for event in record.events[:begins] if event.leaf or event.statement is None
    )
    known = WordIndex([*leaves, *(words.words if in_class else ())])
    kept: list[GivenGradient] = []
    for key, event in last.items():
        of = known.match(key)
        if not of and in_class and given and INPUT_GRADIENTS.match(key) and not found:
            of = given[:1]
        inner = set(of) <= steps or _is_given_again(key, of, last, known, found)
        if in_class and _is_local(event) and id(event.statement) in looped and is_smaller(event.value, of, record.events[:begins]):
            continue  # dx of one round, beside x of all
        shaped = any(np.shape(one.value) == np.shape(event.value) for one in record.events[:begins] if one.key.rpartition(".")[2] in of)
        if key in taken and _is_local(event) and not shaped:
            continue  # dZ from above, padded
        step = in_class and _is_local(event) and inner and not shaped
        if of and key not in keys and not step and (in_class or not found or why is not None) and (args[:1] != ["ctx"] or not found):
            kept.append(GivenGradient(key, of, event.value))
    own = [output for output in kept if not set(output.of) <= steps]
    found += own if own or found else kept
    keys = {output.key for output in found}
    made = [event for event in record.events[:begins] if in_class and event.statement is not None and is_drawn_by(event.statement)]
    drawn = {event.key.rpartition(".")[2] for event in made}
    for key, problem, _ in list_lost(record):
        line = getattr(problem.node, "lineno", 0)
        inside = any(first <= line <= end for first, end in spans)
        of = [one for one in split_gradient(key) if one in leaves or (inside and one in drawn)]
        if of and key not in keys and (in_class or why is not None):
            keys.add(key)
            found.append(GivenGradient(key, of, None, problem))
    return found


def _list_returned(
    listed: Sequence[tuple[str, Any]], given: Sequence[str], words: WordIndex, events: Sequence[ValueEvent], produced: Collection[str],
) -> Iterator[GivenGradient]:  # fmt: skip
    """What a backward function returns that is a gradient: by its name, or by its place among what the forward pass is ``given``."""
    stores = find_stores(listed, events)
    entries = [bool(ENTRY.match(key)) for key, _ in listed]
    ordered = _is_in_order(listed, given, words, events)
    for place, (key, value) in enumerate(listed):
        own = -1 if entries[place] else place - sum(entries[:place])
        of = words.match(key) or words.match_entry(key, stores)
        of = [] if len(listed) == 1 and given and {*of} <= {*produced} else of
        alone = len(listed) == len(given) or len(listed) == 1 or ordered
        if not of and alone and place < len(given) and not entries[place]:
            open_place = (len(listed) < len(given) or len(listed) == 1) and not ordered
            of = _match_unnamed(given[place], value, events) if open_place else [given[place]]
            key = key if key.isidentifier() else f"d{given[place]}"
        if type(value) is Lost and of:
            yield GivenGradient(key, of, None, value.why, own)
        elif value is None and of and key != "None":
            if len(listed) != 1 or any(event.leaf and event.key.rpartition(".")[2] in of for event in events):
                yield GivenGradient(key, of, None, note_missing(key), own)  # places of words have none, at the bottom of a net
        elif of and (isinstance(value, np.ndarray | float | int | np.generic) or is_number_list(value)):
            yield GivenGradient(key, of, hold_floats(make_anew(value) if isinstance(value, list) else value), place=own)


def is_number_list(value: Any) -> bool:
    """Whether a value is a list of numbers alone, as programs without arrays have them.

    >>> is_number_list([0.5, 1.0]), is_number_list([]), is_number_list([np.ones(2)])
    (True, False, False)
    """
    return isinstance(value, list) and bool(value) and all(isinstance(one, float | int | np.number) for one in value)


def _is_in_order(listed: Sequence[tuple[str, Any]], given: Sequence[str], words: WordIndex, events: Sequence[ValueEvent]) -> bool:
    """Whether several gradients stand in the order of what is given, of which the last have none: a mask, a setting.

    Those with names are at their places, the others have the shapes of what is given there.
    """
    shapes = {event.key.rpartition(".")[2]: np.shape(event.value) for event in events if event.leaf}
    pairs = [*zip(listed, given, strict=False)]
    return 1 < len(listed) < len(given) and all(
        name in words.match(key) if words.match(key) else isinstance(value, np.ndarray) and np.shape(value) == shapes.get(name)
        for (key, value), name in pairs
    )


def find_stores(listed: Sequence[tuple[str, Any]], events: Sequence[ValueEvent]) -> set[str]:
    """The dictionaries among what is returned that hold gradients, whatever they are called.

    Each entry is called as something that is given or as its gradient, one at least as a parameter; and none is what has that name itself,
    as in a cache or in parameters that took a step.

    >>> event = ValueEvent(0, "W", 1, None, np.ones(2), leaf=True)
    >>> find_stores([("res.W", np.zeros(2)), ("p.W", np.ones(2))], [event])
    {'res'}
    """
    leaves = {event.key.rpartition(".")[2] for event in events if event.leaf}
    values: dict[str, list[Any]] = {}
    for event in events:
        values.setdefault(event.key, []).append(event.value)
    held: dict[str, dict[str, Any]] = {}
    for key, value in listed:
        head, _, word = key.rpartition(".")
        if head.isidentifier() and not HOLDERS.match(head) and not isinstance(value, dict):
            held.setdefault(head, {})[word] = value
    return {
        head for head, parts in held.items()
        if all(word in leaves or {*split_gradient(word)} & leaves for word in parts) and any(map(is_parameter, parts))
        and not any(np.shape(value) and np.array_equal(value, one) for word, value in parts.items() for one in values.get(word, ()))
    }  # fmt: skip


def is_smaller(value: Any, of: Sequence[str], events: Sequence[ValueEvent]) -> bool:
    """Whether a value has fewer axes than everything that it may be the gradient of: of what is given, or else of any value so called."""
    meant = [one for one in events if one.key.rpartition(".")[2] in of]
    ranks = [np.ndim(one.value) for one in [one for one in meant if one.leaf] or meant]
    return bool(ranks) and np.ndim(value) < min(ranks)


def _is_given_again(
    key: str, of: Sequence[str], last: Mapping[str, ValueEvent], known: WordIndex, found: Sequence[GivenGradient]
) -> bool:
    """Whether the gradient of a local name is given under another one that is kept or returned: then the name is only a step."""
    kept = (name for name, event in last.items() if name != key and not _is_local(event))
    return any({*of} & {*output.of} for output in found) or any({*of} & {*known.match(name)} for name in kept)


def _match_bare(value: Any, events: Sequence[ValueEvent]) -> list[str]:
    """What is meant by ``grad`` alone: the only weights that are given and have its shape, theta of ``return J, grad``.

    Where nothing is called as weights are, the only array that is given and has its shape.
    """
    found = [event.key for event in events if event.leaf and np.ndim(value) and np.shape(event.value) == np.shape(value)]
    found = [*dict.fromkeys(key for key in found if not is_target(key))]
    weights = [key for key in found if NAMED_WEIGHTS.match(key)] or found
    return weights if len(weights) == 1 else []


def _match_unnamed(first: str, value: Any, events: Sequence[ValueEvent]) -> list[str]:
    """What the only value that is returned, without a name, is the gradient of: the first argument, the weights, or a step of its size."""
    sizes = {event.key.rpartition(".")[2]: np.size(event.value) for event in events}
    if not isinstance(value, np.ndarray) or np.size(value) == sizes[first]:
        return [first]
    weights = _match_bare(value, events)
    if weights and is_parameter(weights[0].rpartition(".")[2]):
        return [weights[0].rpartition(".")[2]]
    sizes = {word: size for word, size in sizes.items() if not is_target(word)}
    return [word for word in sizes if sizes[word] == np.size(value)][:1] or [first]


def find_kept_output(events: Sequence[ValueEvent], forward: ProgramFunction, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a method that returns nothing keeps as its output: ``self.output = …``, or else what it keeps last; nothing of a function."""
    if not isinstance(forward.owner, Object) or not forward.node.args.args:
        return {}
    kept: dict[str, Any] = {}
    own, inside = forward.node.args.args[0].arg, {id(part) for part in ast.walk(forward.node)}
    for event in events:
        node = event.statement
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
        copied = isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in given
        if id(node) in inside and not event.leaf and not copied and any(ast.unparse(part) == f"{own}.{event.key}" for part in targets):
            kept[event.key] = event.value
    name = next((name for name in reversed(kept) if OUTPUTS.match(name)), next(reversed(kept), ""))
    return {name: kept[name]} if name else {}


def find_predicted(events: Sequence[ValueEvent], forward: ProgramFunction, given: Mapping[str, Any]) -> Any:
    """What a loss keeps as the output of the activation in it, ``self.output``: its backward pass is given that; None without one."""
    kept = find_kept_output(events, forward, given)
    return next((value for name, value in kept.items() if OUTPUTS.match(name) and np.size(value) > 1), None)


def find_kept_loss(events: Sequence[ValueEvent], outs: Sequence[tuple[str, Any]]) -> Any:
    """The loss that a layer keeps and does not return (``self.loss += …``); nothing where what it returns is one."""
    if any(np.size(value) == 1 for _, value in outs):
        return None
    return next((event.value for event in reversed(events) if LOSS_WORDS.match(event.key) and not event.leaf), None)


def _list_meant(
    listed: Sequence[tuple[str, Any]], given: Sequence[str], words: WordIndex, inputs: Mapping[str, tuple[int, ...]]
) -> dict[int, str]:
    """The places at which a backward pass returns the gradient of an inner step where that of what is given belongs, or that of
    another one once more.

    ``return dxc, dgamma, dbeta`` of ``f(x, gamma, beta)``: the others stand in the order of what is given, and nothing else is that of x.
    """
    own = [name for name in given if name in inputs]
    if len(listed) != len(own) or len(own) < 2:
        return {}
    of = [words.match(key) for key, _ in listed]
    keys = [key for key, _ in listed]
    twice = [place for place, key in enumerate(keys) if keys.count(key) > 1 and own[place] not in of[place]]
    if len(twice) == 1 and all(own[place] in found for place, found in enumerate(of) if place not in twice and found):
        return {twice[0]: own[twice[0]]}  # return dw, dw, db: the first stands where that of x belongs
    astray = [place for place, found in enumerate(of) if found and not set(found) & set(own)]
    placed = all(place in astray or not found or own[place] in found for place, found in enumerate(of))
    if not placed or len(astray) != 1:
        return {}
    return {place: own[place] for place in astray if np.shape(listed[place][1]) == inputs[own[place]]}


def list_left_over(
    given: Sequence[tuple[str, Any]], known: Collection[str], words: Collection[str], *, unnamed: bool
) -> Iterator[tuple[str, Told]]:
    """What a backward pass gives that is compared with nothing, with the reason: a gradient of no name that there is.

    ``known`` are the gradients that are compared, ``unnamed`` says that all that is given should be one.

    >>> [(key, str(why)) for key, why in list_left_over([("grads.b7", np.ones(2)), ("y", np.ones(2))], [], ["W"], unnamed=False)]
    [('grads.b7', 'nothing in the forward pass is called b7')]
    """
    index = WordIndex(words)
    for key, value in given:
        if isinstance(value, list) and value and key not in known and spell_entry(key, 0, 1) not in known and index.match(key) and not (
            is_number_list(value)
        ):
            yield key, say_list(key)
        if key in known or STORE.match(key) or not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            continue
        of = split_gradient(key)
        if of and not index.match(key):
            if key.rpartition(".")[0] or not re.fullmatch(r"d[a-z]{3,}|delta\w*|gradient\w*", key):
                yield key, tell("nothing in the forward pass is called {name}", name=make_visible(of[0], 60))
        elif unnamed and not of and not ENTRY.match(key):
            yield key, tell("its name does not say which gradient it is")


def list_listed(owner: Any, known: Collection[str], events: Sequence[ValueEvent]) -> Iterator[GivenGradient]:
    """The gradients that a layer keeps in a list beside that of its parameters: ``self.params = [W, b]``, ``self.grads = [dW, db]``.

    A net puts the lists of its layers together; what is so in it has the name under which its value was made, in the ``events`` of the
    forward pass.  Of what is in it twice the gradients are added.
    """
    if not isinstance(owner, Object) or owner.of is None or "__init__" not in owner.of.methods:
        return
    params, grads = owner.attributes.get("params"), owner.attributes.get("grads")
    if not isinstance(params, list) or not isinstance(grads, list) or len(params) != len(grads):
        return
    names: list[str] = []
    for part in ast.walk(owner.of.methods["__init__"]):
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.List) and spell_target(part.targets[0])[1] == "params":
            names = [one.id if isinstance(one, ast.Name) else "" for one in part.value.elts]
    if not names:
        yield from _list_joined(params, grads, events)
    for name, value in zip(names, grads, strict=False):
        if name and f"d{name}" not in known and isinstance(value, np.ndarray):
            yield GivenGradient(f"d{name}", [name], np.array(value))


def _list_joined(params: Sequence[Any], grads: Sequence[Any], events: Sequence[ValueEvent]) -> Iterator[GivenGradient]:
    """The gradients in a list that was put together, where any of them was given: those of one parameter as one."""
    own = [value.value if type(value) is Guess else value for value in params]
    pairs = [(value, grad) for value, grad in zip(own, grads, strict=True) if isinstance(value, np.ndarray)]
    if not pairs or not all(isinstance(grad, np.ndarray) and np.shape(grad) == np.shape(value) for value, grad in pairs):
        return
    if not any(np.any(grad) for _, grad in pairs):  # kept under other names
        return
    found: dict[int, tuple[str, dict[int, Any]]] = {}
    for value, grad in pairs:
        same = (one.key.rpartition(".")[2] for one in events if np.shape(one.value) == value.shape and np.array_equal(one.value, value))
        key = next(same, "")
        found.setdefault(id(value), (key, {}))[1][id(grad)] = grad
    for place, (key, parts) in enumerate(found.values()):
        made = np.sum(list(parts.values()), axis=0)
        if key and np.any(made):
            yield GivenGradient(f"grads[{place}]", [key], made)
        elif key:
            why = NotRead(tell("{name} stays 0: the gradient is not put there", name=f"grads[{place}]"), fails=True)
            yield GivenGradient(f"grads[{place}]", [key], None, why)


def list_layer_gradients(owner: Any, events: Sequence[ValueEvent], why: NotRead | None) -> Iterator[GivenGradient]:
    """The gradients that the layers of a net keep beside their parameters, ``self.dW`` beside ``self.W``, given in these events.

    What one layer has and another of its class has not is lost, because of ``why`` where the backward pass stopped.
    """
    made: dict[str, list[Any]] = {}
    for event in events:
        made.setdefault(event.key, []).append(event.value)
    layers = list(_list_layers(owner, "", 0))
    kinds: dict[int, dict[str, list[str]]] = {}
    for _, layer in layers:
        begun = _list_begun(layer)
        for key, value in layer.attributes.items():
            of = [one for one in split_gradient(key) if isinstance(layer.attributes.get(one), np.ndarray) and one in begun]
            if of and isinstance(value, np.ndarray) and any(np.array_equal(value, one) for one in made.get(key, ())):
                kinds.setdefault(id(layer.of), {})[key] = of
    held = [id(value) for _, layer in layers for value in layer.attributes.values() if isinstance(value, np.ndarray)]
    for name, layer in layers:
        for key, of in kinds.get(id(layer.of), {}).items():
            if held.count(id(layer.attributes.get(of[0]))) > 1:  # of steps in time, say, with the same weights: only a part of it
                continue
            value = layer.attributes.get(key)
            given = isinstance(value, np.ndarray) and any(np.array_equal(value, one) for one in made.get(key, ()))
            yield GivenGradient(f"{name}.{key}", of, np.array(value)) if given else GivenGradient(
                f"{name}.{key}", of, None, why or note_missing(key))  # fmt: skip


def _list_begun(layer: Object) -> set[str]:
    """What a layer has from the beginning on and no other method gives anew: its last state is no parameter."""
    given: dict[str, set[str]] = {}
    for name, method in (layer.of.methods if layer.of is not None else {}).items():
        for part in ast.walk(method):
            if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store):
                given.setdefault(part.attr, set()).add(name)
    return {key for key in layer.attributes if not re.search(r"(?i)forward|call", " ".join(given.get(key, ())))}


def _list_layers(value: Any, name: str, depth: int) -> Iterator[tuple[str, Object]]:
    """The objects that one keeps, by the names under which it does: ``layers[0]``."""
    if depth > MOST_DEEP:
        return
    if isinstance(value, Object):
        if name:
            yield name, value
        for key, part in value.attributes.items():
            yield from _list_layers(part, f"{name}.{key}".lstrip("."), depth + 1)
    elif isinstance(value, list | tuple | dict):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in list(parts)[:MOST_LAYERS]:
            yield from _list_layers(part, f"{name}[{key!r}]", depth + 1)



def list_kept(owner: Any, events: Sequence[ValueEvent]) -> list[tuple[str, Any]]:
    """What an object keeps that was given in some events: ``self.dW``."""
    kept = owner.attributes if isinstance(owner, Object) else {}
    return list({event.key: event.value for event in events if event.key in kept}.items())


def list_computed(events: Sequence[ValueEvent]) -> Iterator[str]:
    """The words that are computed: whose first value is no argument and nothing that is drawn."""
    seen: set[str] = set()
    for event in events:
        word = event.key.rpartition(".")[2]
        if word not in seen:
            seen.add(word)
            drawn = event.leaf or event.statement is None or is_drawn_by(event.statement)
            if not drawn:
                yield word


_MADE = re.compile(r"rand|zeros|ones|normal|uniform|array$")


@lru_cache(maxsize=8192)
def is_drawn_by(node: ast.AST) -> bool:
    """Whether a statement draws its numbers, begins with zeros, or has a function make them: ``weight_init_fn(rows, columns)``."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and type(node.value.value) in (int, float):
        return any(is_parameter(spell_target(target)[1]) for target in node.targets)
    made = [getattr(part.func, "id", "") for part in ast.walk(node) if isinstance(part, ast.Call)]  # from numpy.random import randn
    named = [part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)]
    return any(map(INITIALISER.search, [*made, *named])) or any(map(_MADE.search, [*made, *named]))
