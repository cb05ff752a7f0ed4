"""Sums of gradients that a step is taken with before they are whole, or while they still hold what earlier rounds have put in."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from tutor.code.code_verdicts import WrongLine
from tutor.code.named_updates import find_step
from tutor.code.written_steps import Body, ParameterStep
from tutor.program.source import Source

EMPTYING = re.compile(r"^(fill|zero_|clear)$")
"""Methods that set an array back where it stands."""


def find_kept_sums(source: Source, body: Body, steps: Sequence[ParameterStep], known: Collection[str]) -> list[WrongLine]:
    """The sums in a body that no round of the loop sets back which takes the steps with them; ``known`` are the parameters that count."""
    found: dict[tuple[int, str], list[tuple[ParameterStep, ast.stmt, ast.stmt]]] = {}
    loops = [part for part in body.parts if isinstance(part, ast.For | ast.While)]
    for step in steps:
        around = [loop for loop in loops if any(part is step.node for part in ast.walk(loop))]
        if step.word not in known or not around:
            continue
        loop = min(around, key=lambda one: sum(1 for _ in ast.walk(one)))  # the innermost
        for use in step.uses:
            name = use.node.id if isinstance(use.node, ast.Name) else ""
            made = _find_sum(body, loop, name) if name and step.is_own(use) else None
            if made is not None:
                begun, added = made
                kind = _tell_kind(loop, begun, added, around)
                found.setdefault((id(loop), kind), []).append((step, begun, added))
    by_loop = {id(loop): loop for loop in loops}
    return [root for (at, kind), rows in found.items() for root in _write_roots(source, by_loop[at], kind, rows)]


def _find_sum(body: Body, loop: ast.For | ast.While, name: str) -> tuple[ast.stmt, ast.stmt] | None:
    """Where a sum begins in front of a loop, and where something is added in it; None where a round of the loop may set it back."""
    inside = {id(part) for part in ast.walk(loop)}
    begun = added = None
    for part in body.parts:
        if isinstance(part, ast.Call) and id(part) in inside and _may_change(part, name):
            return None
        if not isinstance(part, ast.stmt) or not _is_given(part, name):
            continue
        step = find_step(part, entries=True)
        if step is not None and isinstance(step.op, ast.Add | ast.Sub) and id(part) in inside:
            added = part if added is None and isinstance(step.target, ast.Name) else added
        elif id(part) in inside or not isinstance(part, ast.Assign):
            return None
        else:
            begun = part
    plain = isinstance(begun, ast.Assign) and len(begun.targets) == 1 and isinstance(begun.targets[0], ast.Name)
    return (begun, added) if plain and begun is not None and added is not None else None


def _is_given(node: ast.stmt, name: str) -> bool:
    """Whether a statement itself gives a name, or a part of it, a value."""
    heads: list[ast.AST] = []
    if isinstance(node, ast.Assign | ast.Delete):
        heads = [*node.targets]
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For):
        heads = [node.target]
    elif isinstance(node, ast.With):
        heads = [item.optional_vars for item in node.items if item.optional_vars is not None]
    named = (part for head in heads for part in ast.walk(head) if isinstance(part, ast.Name))
    return any(part.id == name and not _is_index(part, heads) for part in named)


def _is_index(part: ast.Name, heads: Sequence[ast.AST]) -> bool:
    """Whether a name stands in the brackets of a target: k of ``dw[k]``."""
    slices = [one.slice for head in heads for one in ast.walk(head) if isinstance(one, ast.Subscript)]
    return any(part is one for inner in slices for one in ast.walk(inner))


def _may_change(call: ast.Call, name: str) -> bool:
    """Whether a call may change an array: a method of it, or a function that is given it as it stands and is none of NumPy's."""
    func = call.func
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name):
        if func.value.id == name:
            return bool(EMPTYING.match(func.attr))
        if func.value.id in ("np", "numpy", "math", "torch"):
            return any(word.arg == "out" for word in call.keywords)
    return any(isinstance(part, ast.Name) and part.id == name for part in call.args)


def _tell_kind(loop: ast.For | ast.While, begun: ast.stmt, added: ast.stmt, around: Sequence[ast.AST]) -> str:
    """What is wrong: the sum is not set back, the step stands too far in, or what is right in itself is added instead of put there."""
    if not any(part is added for part in loop.body):
        return "sum-kept"
    sets_out = any(part is begun for one in around if one is not loop for part in ast.walk(one))
    names = {part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)} if isinstance(loop, ast.For) else set()
    used = {part.id for one in loop.body for part in ast.walk(one) if isinstance(part, ast.Name)}
    return "step-inside" if sets_out or names & used else "added-for-assigned"


def _write_roots(
    source: Source, loop: ast.For | ast.While, kind: str, rows: Sequence[tuple[ParameterStep, ast.stmt, ast.stmt]]
) -> Iterator[WrongLine]:
    """What is said of the sums of one loop."""
    names = ", ".join(dict.fromkeys(ast.unparse(use.node) for step, _, _ in rows for use in step.uses if step.is_own(use)))
    if kind == "added-for-assigned":
        for _, _, added in rows:
            made = find_step(added)
            if made is not None:
                text = f"{ast.unparse(made.target)} = {'-' if isinstance(made.op, ast.Sub) else ''}{ast.unparse(made.value)}"
                yield _make_root(source, added, added, kind, ast.unparse(added), text, [text])
        return
    if kind == "step-inside":
        nodes = sorted((step.node for step, _, _ in rows), key=lambda node: node.lineno)
        margin = " " * loop.col_offset
        texts = [row.strip() for node in nodes for row in source.lines[node.lineno - 1 : node.end_lineno]]
        yield _make_root(source, nodes[0], nodes[-1], kind, names, names, [margin + text for text in texts], spaced=False)
        return
    begun = sorted({id(one): one for _, one, _ in rows}.values(), key=lambda node: node.lineno)
    inner = " " * loop.body[0].col_offset
    header = source.lines[loop.lineno - 1]
    texts = [row.strip() for node in begun for row in source.lines[node.lineno - 1 : node.end_lineno]]
    yield _make_root(source, loop, loop, kind, names, names, [header, *(inner + text for text in texts)], spaced=False)


def _make_root(
    source: Source, first: ast.stmt, last: ast.stmt, kind: str, old: str, new: str, after: Sequence[str], *, spaced: bool = True
) -> WrongLine:
    end = first.lineno if isinstance(first, ast.For | ast.While) else last.end_lineno or last.lineno
    before = source.lines[first.lineno - 1 : end]
    margin = before[0][: len(before[0]) - len(before[0].lstrip())] if spaced else ""
    return WrongLine(first.lineno, end, kind, old, new, "", tuple(before), tuple(margin + row for row in after), ())
