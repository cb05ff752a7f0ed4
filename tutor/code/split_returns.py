"""Gradients that a ``return`` works out, one or several: each as a statement of its own, judged, corrected and derived by itself."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from tutor.code.code_verdicts import WrongLine
from tutor.code.exchanged_parts import exchange_function, find_function
from tutor.code.line_edits import find_part_of_return, note_part_of_return
from tutor.code.pair_functions import split_gradient
from tutor.code.pass_run import Outcome
from tutor.code.trial import ProgramTrial

FORMS = ("d{}", "d_{}", "grad_{}", "d{}_")


def split_return(trial: ProgramTrial, first: Outcome) -> ProgramTrial | None:
    """The same program with a name for each gradient that its last line works out; nothing where it works out none.

    >>> from tutor.code.guessing import GuessedWorld
    >>> from tutor.code.pair_functions import BackwardPlan
    >>> from tutor.program.source import read_source
    >>> text = "def f_forward(x, w):\\n    return x * w, (x, w)\\n"
    >>> text += "def f_backward(g, cache):\\n    x, w = cache\\n    return g * w, g * x\\n"
    >>> trial = ProgramTrial(read_source(text, "f.py"), BackwardPlan("f", "f_forward", "f_backward"), GuessedWorld())
    >>> print("\\n".join(ast.unparse(split_return(trial, trial.run()).source.tree).splitlines()[-3:]))
        dx = g * w
        dw = g * x
        return (dx, dw)
    """
    node = find_function(trial.source.tree, trial.plan.owner, trial.plan.backward)
    last = node.body[-1] if node is not None else None
    if node is None or not isinstance(last, ast.Return) or not isinstance(last.value, ast.Tuple | ast.BinOp | ast.UnaryOp):
        return None
    several = isinstance(last.value, ast.Tuple)
    taken = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    parts: list[ast.expr] = [*last.value.elts] if isinstance(last.value, ast.Tuple) else [last.value]
    named: list[ast.stmt] = []
    shown: dict[str, str] = {}
    meant = {output.place: output for output in first.outputs if output.of and 0 <= output.place < len(parts)}
    keys = {place: (output.key, output.of[0]) for place, output in meant.items()}
    if id(last) in first.record.problems:  # none of them was returned
        keys = {place: (f"d{of}", of) for place, of in enumerate(_list_inputs(trial, first, len(parts)))}
    for place, (key, of) in keys.items():
        part = parts[place]
        if isinstance(part, ast.Starred) or (isinstance(part, ast.Name) and (part.id == key or of in split_gradient(part.id))):
            continue
        name = next((form.format(of) for form in FORMS if form.format(of) not in taken), "")
        if not name.isidentifier():
            continue
        made = ast.copy_location(ast.Assign([ast.copy_location(ast.Name(name, ast.Store()), part)], part), part)
        note_part_of_return(made, last, place)
        named.append(made)
        shown[name] = f"d{of}"
        parts[place] = ast.copy_location(ast.Name(name, ast.Load()), part)
    if not named:
        return None
    value = ast.copy_location(ast.Tuple(parts, ast.Load()), last.value) if several else parts[0]
    returned = ast.copy_location(ast.Return(value), last)
    made_function = ast.copy_location(
        ast.FunctionDef(node.name, node.args, [*node.body[:-1], *named, returned], node.decorator_list, node.returns), node)  # fmt: skip
    source = replace(trial.source, tree=exchange_function(trial.source.tree, node, made_function))
    made_trial = trial.put_in(trial.world, source=source)
    made_trial.shown = shown
    return made_trial


def _list_inputs(trial: ProgramTrial, first: Outcome, count: int) -> list[str]:
    """What a forward function is given, in its order, where so many gradients are returned; else nothing."""
    tree = (trial.forward_source or trial.source).tree
    node = find_function(tree, trial.plan.owner, trial.plan.forward)
    leaves = {event.key.rpartition(".")[2] for event in first.record.events[: first.begins] if event.leaf}
    found = [arg.arg for arg in node.args.args if arg.arg in leaves] if node is not None else []
    return found if len(found) == count else []


def join_returns(roots: Sequence[WrongLine], edits: Mapping[int, tuple[ast.stmt, ...]], nodes: Sequence[ast.stmt]) -> list[WrongLine]:
    """Roots of which several are parts of one ``return``: each with the line as it stands when all are right."""
    if not any(id(node) in edits and find_part_of_return(node) for node in nodes):
        return [*roots]
    together: dict[tuple[int, tuple[str, ...]], list[WrongLine]] = {}
    for root in roots:
        if root.after and len(root.after) == len(root.before):
            together.setdefault((root.line, root.before), []).append(root)
    made: dict[int, WrongLine] = {}
    for group in together.values():
        text = "\n".join(group[0].before)
        joined = join_changes(text, ["\n".join(root.after) for root in group]) if len(group) > 1 else None
        made |= {id(root): replace(root, after=tuple(joined.split("\n"))) for root in group if joined is not None}
    return [made.get(id(root), root) for root in roots]


def join_changes(text: str, others: Sequence[str]) -> str | None:
    """A text with all changes at once, each of which is in one of the others; nothing where they overlap.

    >>> join_changes("return a, b, c", ["return a * 2, b, c", "return a, b, d"])
    'return a * 2, b, d'
    """
    changes: list[tuple[int, int, str]] = []
    for other in others:
        first = next((place for place, pair in enumerate(zip(text, other, strict=False)) if pair[0] != pair[1]), min(len(text), len(other)))
        most = min(len(text), len(other)) - first
        same = next((count for count in range(most) if text[-1 - count] != other[-1 - count]), most)
        changes.append((first, len(text) - same, other[first : len(other) - same]))
    changes.sort(reverse=True)
    if any(one[0] < other[1] for one, other in pairwise(changes)):
        return None
    for first, last, put in changes:
        text = text[:first] + put + text[last:]
    return text
