"""The backward pass as a program: ``--to python``, in NumPy or, for a program of PyTorch, in that; one statement a step, with its shape."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap

from tutor.contracts.python_formula import FormulaWriter, write_out_functions
from tutor.contracts.python_rows import LIBRARIES, TORCH
from tutor.contracts.python_statements import LONGEST_LINE, TAB, Statement, write_statements
from tutor.errors import OutputError
from tutor.expression.nodes import Expr, Name, Number
from tutor.expression.walk import find_partials, names
from tutor.graph.nouns import Derivation, Graph, Step
from tutor.graph.shapes import Shape, shape_text
from tutor.solving.worked import Worked


def write_program(worked: Worked) -> str:
    """The program: a function ``backward`` of what is given, which computes again what it needs of the forward pass.

    Raises `OutputError` where there is no derivation, or where an operation is no line of a program.
    """
    if not worked.derivations:
        hint = "leave --to python out; it is for exercises with a backward pass"
        raise OutputError("there is no derivation to write as a program", hint=hint)
    return _ProgramWriter(worked).write()


class _ProgramWriter:
    def __init__(self, worked: Worked) -> None:
        self.worked = worked
        self.derivation: Derivation = worked.derivations[0]
        self.graph: Graph = self.derivation.graph
        self.exercise = worked.request.exercise
        layered = worked.request.layered
        self.shapes: dict[str, Shape] = dict(layered.shapes) if layered is not None else dict.fromkeys(self.graph.names, ())
        self.library = LIBRARIES[self.exercise.dialect or "numpy"]
        self.labels = {str(one.places["hot"]): one.names[0] for one in self.exercise.assumptions if one.kind == "labels"}
        self.gradients = {step.wrt: self._name_gradient(step.wrt) for step in self.derivation.backward}
        self.known = {step.expr: step.target for step in self.graph.steps if type(step.expr) not in (Name, Number)}
        self.writer = FormulaWriter(self.library, self.shapes, self.gradients)

    def _name_gradient(self, name: str) -> str:
        wanted, taken = f"d{name}", {*self.shapes}
        while wanted in taken:
            wanted = f"{wanted}_"
        return wanted

    def write(self) -> str:
        """The whole text."""
        backward = self._list_backward()
        wanted = [name for name in self.worked.request.wanted[0][1] if name not in self.labels]
        back = [self._write_step(self.gradients[step.wrt], step, self.shapes[step.wrt]) for step in backward]
        needed = self._list_forward(backward)
        forward = [self._write_step(step.target, step, self.shapes[step.target]) for step in needed]
        used = {name for step in (*needed, *backward) for name in names(self._write_out(step))}
        leaves = [q for q in self.graph.leaves if q.name in used]
        arguments = [self.labels.get(q.name, q.name) for q in leaves]
        floats = sorted((q.name for q in leaves if q.name not in self.labels), key=lambda name: not self.shapes[name])  # arrays first
        like = floats[0] if floats and self.library is TORCH else ""
        labels = [f"{hot} = {self._write_one_hot(hot, like)}" for hot in self.labels if hot in used]
        sizes = list(self._write_sizes([q.name for q in leaves if q.name not in self.labels]))
        taken = {*self.shapes, *arguments, *self.gradients.values(), *self.writer.sizes, *self.library.helpers, self.library.name}
        plain = {name for name, shape in self.shapes.items() if not shape}
        numbers = {*self.writer.sizes, *plain, *(made for name, made in self.gradients.items() if name in plain)}
        returned = ", ".join(self.gradients[name] for name in wanted)
        lines = write_statements([*forward, *back], taken, numbers, self.gradients.values(), like, self.writer.sizes)
        body = [*sizes, *labels, *lines, f"return {returned}"]
        helpers = [f"\n{text}" for text in self._list_helpers()]
        imported = ["from math import erf", ""] if any("(erf)" in line for line in body) else []
        imported = ["from itertools import product", *(imported or [""])] if any("product(" in helper for helper in helpers) else imported
        lines = [*imported, self.library.imported, "", *(f"{helper}\n" for helper in helpers), "", *_write_head(arguments),
                 *(TAB + line for line in [*self._write_docstring(wanted), *body])]  # fmt: skip
        return "\n".join(lines).replace("\n\n\n\n", "\n\n\n") + "\n"

    def _list_helpers(self) -> list[str]:
        """The functions that the statements call, and those that these call, each below them."""
        needed, waiting = set[str](), [*self.writer.used]
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += [other for other in self.library.helpers if re.search(rf"\b{other}\(", self.library.helpers[name])]
        return [text for name, text in self.library.helpers.items() if name in needed]

    def _write_docstring(self, wanted: Sequence[str]) -> list[str]:
        said = f"The gradients of {self.graph.loss} with respect to {', '.join(wanted)}."
        for one in self.exercise.assumptions:
            if one.kind == "upstream":
                said += f" {one.places['upstream']} is the gradient with respect to {one.names[0]}."
        lines = wrap(f'"""{said}', LONGEST_LINE - len(TAB) - 3)
        return [*lines[:-1], f'{lines[-1]}"""'] if len(lines) == 1 else [*lines, '"""']

    def _write_one_hot(self, hot: str, like: str) -> str:
        classes = self.shapes[hot][-1]
        if isinstance(classes, str):
            self.writer.sizes.add(classes)
        kind = f", dtype={like}.dtype" if like else ""
        return f"{self.library.name}.eye({classes}{kind})[{self.labels[hot]}]"

    def _write_sizes(self, leaves: Sequence[str]) -> Iterator[str]:
        """Where the letters of sizes come from: N, D = X.shape."""
        known = set[str]()
        for name in leaves:
            shape = self.shapes[name]
            new = [size for size in shape if isinstance(size, str) and size in self.writer.sizes and size not in known]
            if new and all(isinstance(size, str) and size.isidentifier() for size in shape) and len(set(shape)) == len(shape):
                yield f"{', '.join(map(str, shape))}{',' if len(shape) == 1 else ''} = {name}.shape"
                known |= {str(size) for size in shape}
            elif new:
                for place, size in enumerate(shape):
                    if size in new:
                        yield f"{size} = {name}.shape[{place}]"
                known |= {*new}

    def _list_backward(self) -> list[Step]:
        """The gradients that are asked for, and those that they are computed from, in their order."""
        steps = {step.wrt: step for step in self.derivation.backward}
        wanted, waiting = set[str](), [name for name in self.worked.request.wanted[0][1] if name not in self.labels]
        while waiting:
            name = waiting.pop()
            if name in wanted:
                continue
            wanted.add(name)
            waiting += [part.wrt for part in find_partials(steps[name].expr)]
        return [step for step in self.derivation.backward if step.wrt in wanted]

    def _list_forward(self, backward: Sequence[Step]) -> list[Step]:
        """The steps of the forward pass whose values the backward pass has in it."""
        steps = {step.target: step for step in self.graph.steps}
        needed, waiting = set[str](), [name for step in backward for name in names(self._write_out(step))]
        while waiting:
            name = waiting.pop()
            if name in steps and name not in needed:
                needed.add(name)
                waiting += names(self._write_out(steps[name]))
        return [step for step in self.graph.steps if step.target in needed]

    def _write_out(self, step: Step) -> Expr:
        """The formula of a step in functions that there are, with the names of what was computed before."""
        return write_out_functions(step.expr, self.known if step.wrt else self.list_known_before(step))

    def list_known_before(self, step: Step) -> dict[Expr, str]:
        """The formulas that stand before a step of the forward pass."""
        order = [one.target for one in self.graph.steps]
        before = set(order[: order.index(step.target)])
        return {expr: name for expr, name in self.known.items() if name in before}

    def _write_step(self, target: str, step: Step, shape: Shape) -> Statement:
        """One statement, with its shape and the lines that it comes from behind it."""
        try:
            text = self.writer.write(self._write_out(step))
        except OutputError as error:
            raise OutputError(f"the step {target}: {error.what}", hint=error.hint) from None
        lines = self.exercise.list_back_lines(step) if step.wrt else [line for line in (self.exercise.lines.get(step.target),) if line]
        said = [shape_text(shape)] if shape else ["a number"]
        cells = self.exercise.cells
        named = [str(cells[line - 1]) for line in lines if line <= len(cells) and isinstance(cells[line - 1], str)]
        if named:  # the nodes of a model, whose lines are nobody's
            said += [ascii(", ".join(filter(None, named)))[1:-1]] if any(named) else []
        elif lines:
            said.append(("line " if len(lines) == 1 else "lines ") + ", ".join(map(str, lines)))
        return Statement(target, text, "; ".join(said))


def _write_head(arguments: Sequence[str]) -> list[str]:
    """def backward(…):, over several lines where it is long."""
    line = f"def backward({', '.join(arguments)}):"
    if len(line) <= LONGEST_LINE:
        return [line]
    return ["def backward(", *(TAB + part for part in wrap(f"{', '.join(arguments)},", LONGEST_LINE - len(TAB))), "):"]
