"""Functions as usual values, ``act=tanh`` and ``slope=tanh_slope``: what is right with these is tried with the file's others, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from tutor.code.code_values import CodeProblem
from tutor.code.exchanged_parts import exchange_function, find_function
from tutor.code.judgement import Judgement
from tutor.code.line_edits import replace_part
from tutor.code.other_numbers import judge_trial
from tutor.code.pair_functions import BackwardPlan, find_partner
from tutor.code.work_statements import FAILS
from tutor.program.source import Source

MOST_FUNCTIONS = 4


def judge_functions(judged: Judgement) -> Judgement:
    """The judgement with the first functions for which what is right with the usual ones is wrong; else as it is."""
    trial = judged.trial
    if trial.plan.is_single or trial.forward_source is not None or trial.given:
        return judged
    for source in list_exchanged(trial.source, trial.plan):
        if trial.budget.is_low:
            break
        try:
            other = judge_trial(trial.put_in(trial.world, source=source).take_shapes(trial))
        except (*FAILS, CodeProblem):
            continue
        complete = [one.key for one in other.outputs] == [one.key for one in judged.outputs]
        valued = complete and all(output.value is not None for output in other.outputs)
        if valued and not other.is_right and not other.first.record.problems and not other.is_saturated:
            return other
    return judged


def list_exchanged(source: Source, plan: BackwardPlan) -> Iterator[Source]:
    r"""The program with each other function of the file, and its slope, in the place of those that are the usual values.

    >>> from tutor.program.source import read_source
    >>> text = "def a(z): return z\ndef a_grad(z): return 1\ndef b(z): return 2 * z\ndef b_grad(z): return 2\n"
    >>> text += "def forward(x, act=a): return act(x)\ndef backward(d, x, slope=a_grad): return d * slope(x)"
    >>> (made,) = list_exchanged(read_source(text, "f.py"), BackwardPlan("backward", "forward", "backward"))
    >>> print(ast.unparse(made.tree.body[-1]))
    def backward(d, x, slope=b_grad):
        return d * slope(x)
    """
    functions = {part.name: part for part in source.tree.body if isinstance(part, ast.FunctionDef)}
    slopes = {_find_function(name, [*functions]): name for name in functions}
    names = [plan.forward, plan.backward, *(["__init__"] if plan.owner else [])]
    own = [func for func in (find_function(source.tree, plan.owner, name) for name in names) if func is not None]
    usual = {value.id for func in own for value in _list_usual(func) if value.id in functions}
    acts = [name for name in usual if name in slopes]
    if len(acts) != 1:
        return
    (act,) = acts
    for name in [one for one in slopes if one in functions and one != act][:MOST_FUNCTIONS]:
        count = len(functions[act].args.args)
        if len(functions[name].args.args) == count and name not in (plan.forward, plan.backward):
            yield _exchange(source, own, {act: name, slopes[act]: slopes[name]})


def _find_function(name: str, names: Sequence[str]) -> str:
    """The function that another one is the slope of, by its name: ``relu`` of ``relu_slope``, ``d_relu`` and ``reluPrime``."""
    others = [one for one in names if one != name]
    inside = [one for one in others if re.search(rf"(?i)(^|_|^d){re.escape(one)}(_|$|prime|deriv|grad|slope|back)", name)]
    return max(inside, key=len, default="") or find_partner(name, others)


def _list_usual(func: ast.FunctionDef) -> list[ast.Name]:
    values = [*func.args.defaults, *func.args.kw_defaults]
    return [value for value in values if isinstance(value, ast.Name)]


def _exchange(source: Source, own: list[ast.FunctionDef], table: Mapping[str, str]) -> Source:
    tree = source.tree
    for func in own:
        made = func
        for value in _list_usual(func):
            if value.id in table:
                made = replace_part(made, value, ast.copy_location(ast.Name(table[value.id], ast.Load()), value))
        tree = exchange_function(tree, func, made) if made is not func else tree
    return replace(source, tree=tree, parts=tuple(ast.walk(tree)))
