"""Which ways there are to read what a program does not say: samples as rows or columns, what targets are, which loop trains."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tutor.code.exchanged_parts import find_function
from tutor.code.guess_shapes import is_target
from tutor.code.guessing import GuessedWorld
from tutor.code.margin_losses import ONE, has_choices
from tutor.code.pair_functions import LOSS_WORDS, BackwardPlan, list_gradients, list_reached, list_stepped
from tutor.code.parts_of_formulas import is_outer, split_product, strip_transpose
from tutor.code.usual_helpers import list_meanings
from tutor.program.source import Source


def list_worlds(source: Source, plan: BackwardPlan) -> Iterator[GuessedWorld]:
    """The ways to read what nobody says, the likeliest first: samples as rows or as columns, and what targets are."""
    columns = find_orientation(source, plan)
    body = find_function(source.tree, plan.owner, plan.backward) if plan.backward else source.tree
    chooses = plan.is_single and body is not None and has_choices(body)  # of y = 0 all is 0, of y = 1 a factor y is as good as none
    if has_outer(source, plan) and not chooses:
        yield from (GuessedWorld(0, False, targets, single=True, vectors=True) for targets in ("free", "binary"))
    for column in (False, True) if columns is None else (columns,):
        for targets in ("signed",) if chooses else ("free", "columns" if column else "rows", "binary", "signs"):
            for meanings in list_meanings(source.tree):
                yield GuessedWorld(0, column, targets, meanings=meanings)


def has_outer(source: Source, plan: BackwardPlan) -> bool:
    """Whether a backward pass has outer products, and so one sample at a time."""
    own = [part for part in ast.walk(source.tree) if isinstance(part, ast.FunctionDef) and part.name == plan.backward]
    return any(is_outer(part) for node in own for part in ast.walk(node))


_WEIGHT = re.compile(r"^(W|w|Theta|theta|weights?|U|V)([a-z]{0,2}\d*|_\w+|\d*)$")


def find_orientation(source: Source, plan: BackwardPlan) -> bool | None:
    """Whether samples are columns: weights stand at the left of their products, W @ X; nothing where products do not tell."""
    wanted = {plan.forward, plan.backward} - {""}
    left = right = 0
    named = {plan.forward} | (set() if plan.owner else list_reached(source.tree, plan.forward))
    for node in ast.walk(source.tree):
        if wanted and not (isinstance(node, ast.FunctionDef) and node.name in named):
            continue
        for part in ast.walk(node):
            found = split_product(part) if isinstance(part, ast.expr) else None
            if found is None:
                continue
            names = [_name_operand(one) for one in found[:2]]
            if names[0] in ("w", "theta", "weights") and isinstance(found[1], ast.Subscript) and isinstance(found[1].slice, ast.Name):
                continue  # np.dot(w, X[i]): two vectors
            weights = [bool(_WEIGHT.match(name)) for name in names]
            left += weights == [True, False]
            right += weights == [False, True]
        if not wanted:
            break
    return None if left == right else left > right


def has_products(tree: ast.Module, plan: BackwardPlan) -> bool:
    """Whether a pair of functions has a product of arrays.

    >>> has_products(ast.parse("def f(x, w): return x @ w"), BackwardPlan("f", "f", "f"))
    True
    """
    bodies = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in (plan.forward, plan.backward)]
    return any(split_product(part) is not None for body in bodies for part in ast.walk(body) if isinstance(part, ast.expr))


def _name_operand(node: ast.expr) -> str:
    node = strip_transpose(node) or node
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.JoinedStr | ast.BinOp):  # params[f"W{l}"]
        texts = [part.value for part in ast.walk(node.slice) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        return texts[0] if texts else ""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def find_training_loops(tree: ast.Module) -> frozenset[int]:
    """The loops of a script that train: they compute forward and backward, and one round is enough."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.While) and len(list_gradients(node.body)) >= 2:
            found.add(id(node))
        if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and _is_sampled(node) and list_stepped(node):
            found.add(id(node))  # a step for each sample
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and (
            len(list_gradients(node.body)) >= 2 or list_stepped(node)
        ):  # fmt: skip
            loops = {
                part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            }
            inside = {
                part.id
                for one in node.body
                for part in ast.walk(one)
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
            }
            idle = node.target.id not in inside or node.target.id.startswith(("epoch", "it", "step"))
            if (any(LOSS_WORDS.match(name) for name in loops) and (idle or _updates(node))) or (idle and _updates(node)):
                found.add(id(node))
    return frozenset(found)


def _is_sampled(loop: ast.For) -> bool:
    """Whether a loop takes samples with their targets, ``for x, y in zip(X, Y)``, or with their places, ``for i, x in enumerate(X)``."""
    named = any(isinstance(part, ast.Name) and is_target(ONE.sub("", part.id)) for part in ast.walk(loop.target))
    return named or (isinstance(loop.iter, ast.Call) and getattr(loop.iter.func, "id", "") == "enumerate")


def list_settings(tree: ast.Module, plan: BackwardPlan) -> dict[str, list[str]]:
    r"""The texts that a backward pass compares an argument with, where they decide what it computes: ``activation == "relu"``.

    >>> text = 'def f_forward(z, act): return z\ndef f_backward(g, z, act):\n    if act == "relu": return g\n    return z'
    >>> list_settings(ast.parse(text), BackwardPlan("f", "f_forward", "f_backward"))
    {'act': ['relu']}
    """
    owners = [part for part in tree.body if isinstance(part, ast.ClassDef) and part.name == plan.owner]
    functions = {part.name: part for part in (owners[0].body if owners else tree.body) if isinstance(part, ast.FunctionDef)}
    begin, backward = functions.get("__init__"), functions.get(plan.backward)
    if backward is None or plan.is_single:
        return {}
    kept = {
        node.targets[0].attr: node.value.id
        for node in (ast.walk(begin) if begin is not None and plan.owner else ())
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute) and isinstance(node.value, ast.Name)
    }
    known = {arg.arg for one in (functions.get(plan.forward), backward, begin) if one is not None for arg in one.args.args}
    found: dict[str, list[str]] = {}
    for node in ast.walk(backward):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq) and isinstance(node.comparators[0], ast.Constant):
            name = _name_operand(node.left)
            name, text = kept.get(name, name), node.comparators[0].value
            if name in known and isinstance(text, str) and text not in found.get(name, []):
                found.setdefault(name, []).append(text)
    tables = _list_tables(tree)
    for node in (part for one in (begin, functions.get(plan.forward), backward) if one is not None for part in ast.walk(one)):
        if isinstance(node, ast.Subscript):
            name = _name_operand(node.slice)
            name, texts = kept.get(name, name), tables.get(_name_operand(node.value), ())
            if name in known:
                found[name] = [*dict.fromkeys([*found.get(name, ()), *texts])]
    return {name: texts for name, texts in found.items() if texts}


def _list_tables(tree: ast.Module) -> dict[str, list[str]]:
    """The dictionaries of a file that have functions, or anything else, under texts: ``SLOPES = {"relu": …, "tanh": …}``."""
    made = [part for part in ast.walk(tree) if isinstance(part, ast.Assign) and isinstance(part.value, ast.Dict)]
    keys = {_name_operand(part.targets[0]): [getattr(key, "value", None) for key in part.value.keys]
            for part in made if isinstance(part.value, ast.Dict)}  # fmt: skip
    return {name: [one for one in texts if isinstance(one, str)] for name, texts in keys.items()
            if len(texts) > 1 and all(isinstance(one, str) for one in texts)}  # fmt: skip


def _updates(loop: ast.For) -> bool:
    """Whether a loop takes a step with its gradients, or has a function that updates."""
    calls = (ast.unparse(part.func).rpartition(".")[2] for part in ast.walk(loop) if isinstance(part, ast.Call))
    return any(re.match(r"(update|step)", name) for name in calls) or bool(list_stepped(loop))
