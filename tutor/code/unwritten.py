"""Functions that nobody has written yet: what a task leaves open."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tutor.code.code_values import CodeProblem
from tutor.code.given_gradients import is_drawn_by
from tutor.code.guess_shapes import is_parameter
from tutor.code.judgement import Judgement
from tutor.code.named_updates import drop_rate, find_step
from tutor.code.pair_functions import BackwardPlan
from tutor.code.torch_returns import has_context
from tutor.code.written_steps import spell_word
from tutor.errors import Told, tell
from tutor.numbers.arrays import np
from tutor.program.source import Source


def refuse_unwritten(source: Source, plan: BackwardPlan, *, backward_only: bool = False) -> None:
    """Raise `CodeProblem` where the forward or the backward function of a plan is a body that does nothing."""
    bodies = [part.body for part in source.tree.body if isinstance(part, ast.ClassDef) and part.name == plan.owner]
    names = {plan.backward if backward_only else plan.forward, plan.backward} - {""}
    for node in (bodies[-1] if bodies else source.tree.body) if names else ():
        if isinstance(node, ast.FunctionDef) and node.name in names and is_unwritten(node):
            raise CodeProblem(tell("{name} is not written yet", name=node.name), where=source.name_line(node.lineno),
                              hint=tell("write it, then it is judged"))  # fmt: skip


def tell_missing(judged: Judgement) -> Iterator[Told]:
    """The parameters that the loss depends on and that no gradient is given of, beside those of others."""
    missing = list_missing(judged)
    if missing:
        yield tell("there is no gradient of {names}", names=", ".join(missing))


def list_unnamed(judged: Judgement) -> list[str]:
    """The parameters that take a step by what has no name, ``w[j] -= rate * x[j] * e``: their gradients are not compared."""
    missing = list_missing(judged)
    steps = [find_step(part, entries=True) for part in ast.walk(judged.trial.source.tree)] if missing else []
    moved = {spell_word(step.target): step for step in steps if step is not None}
    return [name for name in missing if name in moved and not _is_compared(judged, name, moved[name])]


def _is_compared(judged: Judgement, name: str, step: ast.AugAssign) -> bool:
    """Whether a parameter takes a step by a value of another name that is its gradient as well: ``b2 -= rate * delta2``."""
    by, events = drop_rate(step.value), judged.first.record.events
    value = next((event.value for event in reversed(events) if isinstance(by, ast.Name) and event.key == by.id), None)
    own = next((event for event in events if event.key.rpartition(".")[2] == name), None)
    if own is None or not isinstance(value, np.ndarray | float):
        return False
    return judged.check.is_slope(value, own) or (isinstance(step.op, ast.Add) and judged.check.is_slope(-value, own))


def list_missing(judged: Judgement) -> list[str]:
    """The parameters that the loss depends on and that no gradient is given of; none where no parameter has one."""
    given = {of for output in judged.outputs for of in output.of}
    whole = has_context(judged.trial.source, judged.trial.plan)  # of a function of PyTorch all that it is given
    if not whole and not any(map(is_parameter, given)):
        return []
    ends = judged.first.begins or len(judged.first.record.events)
    leaves = {event.key.rpartition(".")[2]: event for event in judged.first.record.events[:ends]
              if event.leaf or (event.statement is not None and is_drawn_by(event.statement))}  # fmt: skip
    return [name for name, event in leaves.items() if (whole or is_parameter(name)) and name not in given and np.size(event.value)
            and isinstance(event.value, np.ndarray) and judged.check.find_slope(event, 0)]  # fmt: skip


def is_unwritten(node: ast.FunctionDef) -> bool:
    r"""Whether a function does nothing yet: ``pass``, ``...``, ``raise NotImplementedError``, names that are None and returned.

    Zeros that are returned as they began are nothing where ``pass`` stands for what is to be written.  What is only taken apart
    (``N, D = x.shape``, ``W = self.params["W"]``) is no work.

    >>> is_unwritten(ast.parse("def f(x):\n    'later'\n    dx = None\n    return dx").body[0])
    True
    >>> is_unwritten(ast.parse("def f(x):\n    return x").body[0])
    False
    """
    body = list(_list_statements(node.body))
    return _Unwritten(open=any(_is_open(part) for part in body)).is_idle(body)


@dataclass(slots=True)
class _Unwritten:
    """The names of a body that hold nothing, ``open`` where a place is left open in it."""

    open: bool
    empty: set[str] = field(default_factory=set)

    def is_idle(self, body: Sequence[ast.stmt]) -> bool:
        return all(self._is_idle(part) for part in body)

    def _is_idle(self, node: ast.stmt) -> bool:
        if isinstance(node, ast.Assign):
            names = {one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)}
            if self._is_nothing(node.value):
                self.empty |= names
                return True
            self.empty -= names
            return _is_taken(node.value)
        if isinstance(node, ast.Expr):
            return isinstance(node.value, ast.Constant) or ast.unparse(node.value).startswith(("np.random.seed(", "print("))
        if isinstance(node, ast.Raise):
            return "NotImplemented" in ast.dump(node)
        if isinstance(node, ast.Return):
            return node.value is None or self._is_nothing(node.value)
        return isinstance(node, ast.Pass)

    def _is_nothing(self, node: ast.expr) -> bool:
        """None, a name for it, or several of them."""
        if isinstance(node, ast.Tuple):
            named = any(isinstance(part, ast.Name) and part.id in self.empty for part in node.elts)
            return named or all(self._is_nothing(part) for part in node.elts)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):  # out.astype(x.dtype)
            return self._is_nothing(node.func.value) or (self.open and _is_beginning(node))
        if isinstance(node, ast.Name):
            return node.id in self.empty or node.id.startswith("NotImplemented")
        if isinstance(node, ast.Constant) and node.value is None:
            return True
        return self.open and _is_beginning(node)


def _list_statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body, with those of ``if`` and ``with``, in their order."""
    for part in body:
        if isinstance(part, ast.If | ast.With):
            yield from _list_statements([*part.body, *(part.orelse if isinstance(part, ast.If) else ())])
        else:
            yield part


def _is_open(node: ast.stmt) -> bool:
    """Whether a statement stands where something is to be written."""
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and node.value.value is ...)


def _is_taken(node: ast.expr) -> bool:
    """Whether a value is only taken out of another: a cache, a shape, an entry of a dictionary."""
    if isinstance(node, ast.Tuple):
        return all(_is_taken(part) for part in node.elts)
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name)


def _is_beginning(node: ast.expr) -> bool:
    """Whether a value is what a sum begins with, or where gradients are put: 0, zeros, an empty dictionary."""
    if isinstance(node, ast.Call):
        return ast.unparse(node.func).rpartition(".")[2] in ("zeros", "zeros_like", "dict", "list")
    if isinstance(node, ast.Dict | ast.List):
        return not (node.keys if isinstance(node, ast.Dict) else node.elts)
    return isinstance(node, ast.Constant) and not isinstance(node.value, bool) and node.value == 0
