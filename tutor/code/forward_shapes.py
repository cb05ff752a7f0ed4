"""The shapes of what a function is given, where nobody says them: those of a run of it at numbers, with letters for the sizes.

The same guesses judge backward passes (`tutor.code.guessing`, `tutor.code.search_ranks`), so that a page and a verdict mean the same
arrays.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from tutor.code.code_values import CodeProblem, RoundEnds
from tutor.code.code_worlds import find_training_loops, has_products, list_worlds
from tutor.code.exchanged_parts import find_function
from tutor.code.forward_graph import list_leaf_shapes, look_at_other_sizes
from tutor.code.guess_shapes import is_parameter
from tutor.code.pair_functions import BackwardPlan
from tutor.code.search_ranks import count_misfits, list_readings
from tutor.code.size_letters import name_sizes
from tutor.code.trial import ProgramTrial
from tutor.code.work_statements import FAILS
from tutor.graph.shapes import Shape
from tutor.program.read_program import METHODS, SETTINGS, find_entrance
from tutor.program.source import Source


def list_forward_shapes(source: Source, wanted: str, said: Mapping[str, Shape]) -> Iterator[dict[str, Shape]]:
    r"""The shapes of what a function, or a method, is given, the likeliest first: with letters for sizes, then with numbers.

    ``said`` are shapes that somebody says.  There are none where a line of the function does not work at any that are tried.

    >>> from tutor.program.source import read_source
    >>> text = "import numpy as np\ndef f(X, W, b):\n    m = X.shape[0]\n    return np.sum((X @ W + b) ** 2) / m\n"
    >>> [*list_forward_shapes(read_source(text, "f.py"), "f", {})]
    [{'X': ('N', 'D'), 'W': ('D', 'H'), 'b': ('H',)}, {'X': (7, 5), 'W': (5, 3), 'b': (3,)}]
    """
    plan = find_plan(source.tree, wanted)
    if plan is None:
        return
    kept = {name: shape for name, shape in said.items() if name not in SETTINGS}
    worlds = [replace(world, shapes=kept) for world in list_worlds(source, plan) if world.targets in ("free", "rows", "columns")]
    trials = [ProgramTrial(source, plan, world, find_training_loops(source.tree)) for world in worlds]
    usual = [trial for trial in trials if trial.world.targets == "free"]
    ranked = (reading for trial in usual for reading in list_readings(trial))
    try:
        trial = next(chain(_list_plain(usual, plan), (one for one in trials if not any(count_misfits(one))), ranked), None)
    except RoundEnds:  # a break outside of a loop
        return
    if trial is not None:
        yield from _list_shapes(trial)


def find_plan(tree: ast.Module, wanted: str) -> BackwardPlan | None:
    """The forward pass alone of a function or a method; without a name that of the function that a file is entered by.

    >>> find_plan(ast.parse("def loss(x): return x"), "").forward
    'loss'
    """
    owner, _, method = wanted.partition(".")
    if not wanted:
        owner = find_entrance([part.name for part in tree.body if isinstance(part, ast.FunctionDef | ast.ClassDef)])
    if any(isinstance(part, ast.ClassDef) and part.name == owner for part in tree.body):
        found = next((name for name in ([method] if method else METHODS) if find_function(tree, owner, name) is not None), None)
        return None if found is None else BackwardPlan(owner, found, "", owner)
    return None if method or find_function(tree, "", owner) is None else BackwardPlan(owner, owner, "")


def _list_plain(trials: Sequence[ProgramTrial], plan: BackwardPlan) -> Iterator[ProgramTrial]:
    """The readings with numbers for parameters, ``w * x + b``, where there is no product of arrays."""
    for trial in trials if not has_products(trials[0].source.tree, plan) else ():
        if any(count_misfits(trial)):
            continue
        ranks = {name: 0 if is_parameter(name) else 1 for name, rank in trial.ranked.items() if rank and not name[:1].isupper()}
        other = trial.put_in(replace(trial.world, ranks=ranks))
        if 0 in ranks.values() and 1 in ranks.values() and not any(count_misfits(other)):
            yield other


def _list_shapes(trial: ProgramTrial) -> Iterator[dict[str, Shape]]:
    try:
        outcome = trial.run()
        shapes = _keep_given(trial.source.tree, list_leaf_shapes(outcome))
        arrays = {event.key.rpartition(".")[2] for event in outcome.record.events}
        lettered, _ = name_sizes(shapes, *look_at_other_sizes(trial, shapes), taken=arrays)
    except (*FAILS, CodeProblem):
        return
    sizes = {size for shape in lettered.values() for size in shape}
    if "D" in sizes and "N" not in sizes and all(len(shape) < 2 for shape in lettered.values()):  # numbers for parameters: samples alone
        lettered = {name: tuple("N" if size == "D" else size for size in shape) for name, shape in lettered.items()}
    yield lettered
    yield dict(shapes)


def _keep_given(tree: ast.Module, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """The shapes of arguments, and of entries of dictionaries, in the order in which they stand in the program."""
    arguments = [part.arg for part in ast.walk(tree) if isinstance(part, ast.arg)]
    keys = [part.value for part in ast.walk(tree) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return {name: shapes[name] for name in (*arguments, *keys) if name in shapes}
