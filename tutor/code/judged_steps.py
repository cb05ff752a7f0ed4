"""The steps of a program whose gradients are right: one by the gradient of another parameter, one up among those that go down,
one taken twice, one with sums that still hold what earlier rounds have put in.

A step is judged by what its gradients are: those that were compared, and differ in their values.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.code.code_verdicts import CodeVerdict, NumericWarning, WrongLine
from tutor.code.guess_shapes import is_parameter
from tutor.code.judgement import Judgement
from tutor.code.kept_sums import find_kept_sums
from tutor.code.line_edits import LineEdit, make_edit, replace_part, write_lines
from tutor.code.pair_functions import BackwardPlan, find_long_name, split_gradient
from tutor.code.update_signs import is_minimised
from tutor.code.written_steps import Body, GradientUse, ParameterStep, list_bodies
from tutor.code.zipped_steps import find_zipped
from tutor.numbers.arrays import np
from tutor.program.source import Source

_INDEX = re.compile(r"_[A-Za-z]\w*$")
"""What stands for the number of a layer in ``W_l``, of ``params["W" + str(l)]``."""


@dataclass(slots=True)
class StepJudge:
    """A file with the gradients that were compared and are right, by what they are the gradients of."""

    source: Source
    gradients: dict[str, Any] = field(default_factory=dict)
    names: dict[str, Any] = field(default_factory=dict)

    def note(self, judged: Judgement) -> None:
        """Keep what a backward pass that is right has given: its gradients, and the values of all its names."""
        self.names |= {event.key: event.value for event in judged.first.record.events}
        for output in judged.outputs:
            if judged.right[output.key] and output.value is not None:
                target = judged.check.find_target(output)
                self.gradients |= {target.key.rpartition(".")[2] if target is not None else output.of[0]: output.value}

    def judge(self, found: Sequence[CodeVerdict], plans: Sequence[BackwardPlan], *, alone: bool) -> list[CodeVerdict]:
        """The verdicts with the steps that are wrong: in the verdict of the body that takes them, or in one of their own.

        ``alone`` says that only those are asked for that are there.
        """
        made, known = [*found], {(plan.owner, plan.backward): plan.name for plan in plans if plan.is_single}
        if not self.gradients:
            return made
        for body in list_bodies(self.source.tree):
            roots, warnings = self.judge_body(body)
            name = known.get((body.owner, body.name))
            place = next((at for at, one in enumerate(made) if one.name == name), None)
            if place is not None and made[place].verdict == "right":
                verdict = "wrong" if roots else "right"
                made[place] = replace(made[place], verdict=verdict, roots=roots, warnings=(*made[place].warnings, *warnings))
            elif place is None and not alone and roots and not any(one.verdict == "wrong" for one in made):
                shown = f"{body.owner}.{body.name}".strip(".")
                made.append(CodeVerdict(shown, "", "wrong", (), roots, (), (), roots[0].line))
        return made

    def judge_body(self, body: Body) -> tuple[tuple[WrongLine, ...], tuple[NumericWarning, ...]]:
        """The steps of one body that are wrong, and what else is to be said of them."""
        steps = [*body.list_steps()]
        owns = {step.word for step in steps if any(step.is_own(use) for use in step.uses)}
        roots = [root for step in steps for use in step.uses for root in self._find_swapped(body, step, use, owns)]
        roots += [*self._list_upward(steps), *self._list_repeated(body, steps)]
        roots += [*find_zipped(body, self._is_another, self.write_root)]
        roots += find_kept_sums(self.source, body, steps, self.gradients) if not roots else []
        return tuple(sorted(roots, key=lambda one: one.line)), tuple(self._list_idle(body, steps))

    def _find_swapped(self, body: Body, step: ParameterStep, use: GradientUse, owns: set[str]) -> Iterator[WrongLine]:
        """A step with the gradient of something else, beside which its own gradient is known and another one."""
        if any(step.is_own(one) for one in step.uses) or not self._is_of_another(step, use):
            return
        old = ast.unparse(use.node)
        of = next(one for one in use.of if self._find_value(one, old) is not None)
        if step.word in owns and is_parameter(of) and of not in owns and find_long_name(of, [*owns]) not in owns:
            moved = _parse(re.sub(rf"{re.escape(step.word)}(?=\W*$)", of, ast.unparse(step.target)))
            made, text = step.node, ast.unparse(step.target)
            for part in [part for part in ast.walk(step.node) if isinstance(part, ast.expr) and ast.unparse(part) == text]:
                made = replace_part(made, part, moved)
            yield self.write_root(LineEdit("another-variable", step.node, (made,), step.target, moved))
            return
        new = self._find_own(body, step, of, old)
        home = next((part for part in body.parts if isinstance(part, ast.Assign | ast.AugAssign) and use.node in ast.walk(part)), None)
        if new and home is not None:
            yield self.write_root(make_edit("gradient-of-another", home, use.node, _parse(new)))

    def write_root(self, edit: LineEdit) -> WrongLine:
        """A step that is wrong, with its line as it would be right."""
        before, after = write_lines(self.source.lines, edit)
        line = edit.statement.lineno
        return WrongLine(line, line + len(before) - 1, edit.tag, *edit.words, "", tuple(before), tuple(after), ())

    def _find_own(self, body: Body, step: ParameterStep, of: str, old: str) -> str:
        """How the gradient of what is moved is written: like the one that stands there, or as it is called in this body."""
        turned = re.sub(rf"{re.escape(of)}(?=\W*$)", step.word, old)
        if turned == old and _INDEX.search(of):  # grads["dW" + str(l)]
            turned = re.sub(rf"{re.escape(_INDEX.sub('', of))}(?=['\"{{])", _INDEX.sub("", step.word), old)
        written = {ast.unparse(part) for part in body.parts if isinstance(part, ast.Name | ast.Attribute | ast.Subscript)}
        named = [one for one in written if any(step.is_own(GradientUse(step.target, (of,), 1)) for of in split_gradient(one))]
        return turned if turned != old and (turned in written or not named) else min(named, default="")

    def _is_of_another(self, step: ParameterStep, use: GradientUse) -> bool:
        """Whether the gradient of what is moved was compared, and is another than the one that the step takes."""
        own, text = self._find_value(step.word, ""), ast.unparse(use.node)
        others = [value for value in (self._find_value(of, text) for of in use.of) if value is not None]
        return own is not None and len(others) > 0 and not any(_are_same(own, other) for other in others)

    def _is_another(self, word: str, other: str) -> bool:
        """Whether the gradients of two parameters were compared, and are not the same."""
        own, another = self.gradients.get(word), self.gradients.get(other)
        return own is not None and another is not None and not _are_same(own, another)

    def _find_value(self, word: str, text: str) -> Any:
        """A gradient by what it is the gradient of; of an inner quantity by its own name, of a layer's number the first that is there."""
        if word in self.gradients:
            return self.gradients[word]
        long = find_long_name(word, [*self.gradients])
        if long:
            return self.gradients[long]
        if text in self.names and word in self.names:
            return self.names[text]
        index = _INDEX.search(word)
        head = word[: index.start()] if index else ""
        return next((value for name, value in self.gradients.items() if head and re.fullmatch(rf"{head}\d+", name)), None)

    def _list_upward(self, steps: Sequence[ParameterStep]) -> Iterator[WrongLine]:
        """The steps that add the gradient of a loss, beside such as take it off."""
        own = [step for step in steps if is_parameter(step.word) and step.down is not None and step.word in self.gradients]
        if not any(step.down for step in own) or not is_minimised(self.source.tree):
            return
        for step in own:
            changed = step.node if isinstance(step.node, ast.AugAssign) else step.node.value if isinstance(step.node, ast.Assign) else None
            if not step.down and isinstance(changed, ast.AugAssign | ast.BinOp) and isinstance(changed.op, ast.Add):
                made = replace_part(step.node, changed.op, ast.Sub())
                signs = ("+=", "-=") if changed is step.node else ("+", "-")
                yield self.write_root(LineEdit("sign", step.node, (made,), old=signs[0], new=signs[1]))

    def _list_repeated(self, body: Body, steps: Sequence[ParameterStep]) -> Iterator[WrongLine]:
        """The steps that stand in one block twice."""
        blocks = [block for part in body.parts for block in _list_blocks(part)]
        kept = {id(step.node): step for step in steps if step.word in self.gradients and isinstance(step.node, ast.AugAssign | ast.Assign)}
        for block in blocks:
            seen: dict[str, ast.stmt] = {}
            for node in block:
                if id(node) in kept:
                    text = ast.unparse(node)
                    between = [one for one in block if text in seen and seen[text].lineno < one.lineno < node.lineno]
                    if text in seen and all(id(one) in kept for one in between):
                        yield self.write_root(LineEdit("step-twice", node, (), old=text))
                    seen[text] = node

    def _list_idle(self, body: Body, steps: Sequence[ParameterStep]) -> Iterator[NumericWarning]:
        """The parameters that take no step, beside others that do: their gradients are worked out, and nothing takes them."""
        moved = {step.word for step in steps} | {of for step in steps for use in step.uses for of in use.of}
        if sum(step.word in self.gradients for step in steps) < 1 or len(self.gradients) < 2:
            return
        names = [part for part in body.parts if isinstance(part, ast.Name)]
        taken = {part.id for part in names if isinstance(part.ctx, ast.Load)}
        for part in names:
            of = next((one for one in split_gradient(part.id) if one in self.gradients and is_parameter(one)), "")
            if isinstance(part.ctx, ast.Store) and of and of not in moved and part.id not in taken:
                taken.add(part.id)
                yield NumericWarning(part.lineno, "unstepped", part.id, of)


def _list_blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _are_same(one: Any, other: Any) -> bool:
    return np.shape(one) == np.shape(other) and bool(np.allclose(np.asarray(one), np.asarray(other), rtol=1e-9, atol=0))


def _parse(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
