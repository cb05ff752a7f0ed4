"""A function of a Python file, made an exercise: ``model.py:forward``, with the shapes of its arguments."""

from __future__ import annotations

from collections.abc import Mapping

from tutor.exercise.catalogue import read_program_file
from tutor.exercise.model import Assumption, Exercise, tell_shapes
from tutor.exercise.over_layers import write_graph
from tutor.graph.shapes import Shape
from tutor.program.notebooks import read_notebook
from tutor.program.read_program import read_program
from tutor.text import make_visible


def make_program_exercise(target: str, shapes: Mapping[str, Shape]) -> Exercise:
    """An exercise of what a function computes; its steps have the program's names and their lines, and nothing of it is run.

    ``shapes`` are those of the arguments; what has none, and no annotation, has the shape that its first use needs, which is said.

    Raises `tutor.errors.ExerciseError` for a file that cannot be read, `tutor.errors.ProgramError` for a line that cannot.
    """
    file, text, wanted = read_program_file(target)
    found = read_program(text, file, wanted, shapes)
    assumed = tell_shapes(found.found)
    assumed += [Assumption("labels", (name,), {"hot": hot}) for name, hot in found.one_hot.items()]
    assumed += [Assumption("stopped", (name,), {"one": one}) for name, one in found.stopped.items()]
    assumed += [Assumption("dropout")] if "dropout" in found.notes else []
    assumed += [Assumption("chosen", (name,), {"text": make_visible(text, 40)}) for name, text in found.chosen.items()]
    skipped = read_notebook(text, file).skipped if file.endswith(".ipynb") else ()
    if skipped:
        assumed.append(Assumption("skipped", skipped[:5]))
    if found.behind:
        assumed.append(Assumption("upstream", (found.behind,), {"loss": found.layered.graph.loss, "upstream": found.upstream}))
    name = file.replace("\\", "/").rpartition("/")[2]
    title = f"{found.called} · {name}" if found.called else name
    return Exercise(
        name.rpartition(".")[0], make_visible(title, 200), graph=write_graph(found.layered), layers=found.layered,
        assumptions=tuple(assumed), lines=found.lines, dialect=found.dialect, cells=found.places,
    )  # fmt: skip
