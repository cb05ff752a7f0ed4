"""A function of a Python file, made an exercise: ``model.py:forward``, with the shapes of its arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from tutor.errors import ProgramError
from tutor.exercise.catalogue import exercise_text, is_model_name, is_program_name, read_model_file, read_program_file
from tutor.exercise.model import Assumption, Exercise, tell_shapes
from tutor.exercise.over_layers import write_graph
from tutor.expression.plain import write_plain
from tutor.graph.shapes import Shape
from tutor.program.notebooks import read_notebook
from tutor.program.onnx_program import FUNCTION, write_onnx_program
from tutor.program.operand_reader import TOO_LONG
from tutor.program.read_program import ReadProgram, put_numbers, read_program
from tutor.program.source import Place, read_source
from tutor.text import make_visible


def find_exercise_text(target: str) -> tuple[str, str]:
    """An exercise's id and its text; of a program, ``model.py:forward``, that of an exercise with its steps.

    >>> find_exercise_text("neuron/two-two-two")[0]
    'neuron/two-two-two'
    """
    if not is_program_name(target):
        return exercise_text(target)
    exercise = make_program_exercise(target, {})
    layered = exercise.layers
    assert layered is not None
    steps = ",\n  ".join(json.dumps(f"{step.target} = {write_plain(step.expr)}") for step in layered.graph.steps)
    shapes = [f"{quantity.name} = {json.dumps(list(layered.shapes[quantity.name]))}" for quantity in layered.graph.leaves]
    lines = [f"title = {json.dumps(exercise.title)}", f"steps = [\n  {steps},\n]", f"loss = {json.dumps(layered.graph.loss)}"]
    return exercise.id, "\n".join([*lines, "[shapes]", *shapes]) + "\n"


def make_program_exercise(target: str, shapes: Mapping[str, Shape]) -> Exercise:
    """An exercise of what a function computes; its steps have the program's names and their lines, and nothing of it is run.

    ``shapes`` are those of the arguments; what has none, and no annotation, has the shape that its first use needs, which is said.

    Raises `tutor.errors.ExerciseError` for a file that cannot be read, `tutor.errors.ProgramError` for a line that cannot.
    """
    if is_model_name(target):
        file, data, wanted = read_model_file(target)
        made = write_onnx_program(data, file, wanted)
        given = {**made.shapes, **shapes}
        return describe_program(file, read_program(made.text, file, FUNCTION, given, made.places), ())
    file, text, wanted = read_program_file(target)
    found = read_sized(text, file, wanted, shapes)
    return describe_program(file, found, read_notebook(text, file).skipped if file.endswith(".ipynb") else ())


def read_sized(text: str, file: str, wanted: str, shapes: Mapping[str, Shape], places: tuple[Place, ...] = ()) -> ReadProgram:
    r"""Read a program; where it does not fit with the shapes that are said, with those that a run of it at numbers finds for the others.

    Raises `ProgramError` with file, line and column for what is not read.

    >>> text = "import numpy as np\ndef f(X, w):\n    z = X @ w\n    return np.mean(z ** 2)\n"
    >>> read_sized(text, "f.py", "f", {}).found
    {'X': ('N', 'D'), 'w': ('D', 'H')}
    """
    try:
        return read_program(text, file, wanted, shapes, places)
    except ProgramError as error:
        if error.what == TOO_LONG:
            raise
        refused = error
    from tutor.code.forward_shapes import list_forward_shapes  # a room that takes longer to import than a page to solve

    for found in list_forward_shapes(read_source(text, file, places), wanted, put_numbers(shapes)):
        guessed = {name: shape for name, shape in found.items() if name not in shapes}
        try:
            made = read_program(text, file, wanted, {**guessed, **shapes}, places)
        except ProgramError as error:
            if error.where == "--shapes":  # a name that the program does not have
                raise
            refused = max(error, refused, key=_find_line)  # of the reading that came farthest
            continue
        return replace(made, found={**made.found, **{name: shape for name, shape in guessed.items() if name in made.layered.shapes}})
    raise refused


def _find_line(error: ProgramError) -> int:
    line = (error.where or "").split(":")[-2:-1]
    return int(line[0]) if line and line[0].isdigit() else 0


def describe_program(file: str, found: ReadProgram, skipped: tuple[str, ...], title: str = "") -> Exercise:
    """An exercise of a program that was read, with what was assumed; ``title`` is what it is called where it is in no file."""
    assumed = tell_shapes(found.found)
    assumed += [Assumption("labels", (name,), {"hot": hot}) for name, hot in found.one_hot.items()]
    assumed += [Assumption("stopped", (name,), {"one": one}) for name, one in found.stopped.items()]
    assumed += [Assumption("dropout")] if "dropout" in found.notes else []
    assumed += [Assumption("chosen", (name,), {"text": make_visible(text, 40)}) for name, text in found.chosen.items()]
    if found.large:
        said = ", ".join(f"{letter} = {size:,}" for letter, size in found.large.items())
        assumed.append(Assumption("letters", tuple(found.large), {"sizes": said}))
    if skipped:
        assumed.append(Assumption("skipped", skipped[:5]))
    if found.behind:
        assumed.append(Assumption("upstream", (found.behind,), {"loss": found.layered.graph.loss, "upstream": found.upstream}))
    name = file.replace("\\", "/").rpartition("/")[2]
    title = title or (f"{found.called} · {name}" if found.called and not is_model_name(file) else name)
    return Exercise(
        name.rpartition(".")[0] or title, make_visible(title, 200), graph=write_graph(found.layered), layers=found.layered,
        assumptions=tuple(assumed), lines=found.lines, dialect=found.dialect, cells=found.places,
    )  # fmt: skip
