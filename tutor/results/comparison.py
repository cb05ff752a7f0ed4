"""`compare` as the library offers it: the arrays that a program wrote, held against the derivation, as a page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.answer.files.number_files import NumberFile, list_arrays, read_number_file
from tutor.answer.read.array_vocabulary import layer_notation
from tutor.errors import ProgramError, TutorError, tell
from tutor.exercise.catalogue import is_exercise_name, is_program_name, read_numbers
from tutor.exercise.model import Exercise
from tutor.explain import comparison_page
from tutor.explain.document import Document
from tutor.explain.layer_formulas import dress_expr
from tutor.explain.words.languages import require_wording
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.expression.nodes import Expr
from tutor.graph.shapes import Shape
from tutor.marking.compare_numbers import NumbersComparison, compare_numbers
from tutor.marking.compared import ComparedNumbers, disclose_numbers
from tutor.marking.disclosure import Reveal
from tutor.notation.profile import Notation
from tutor.results.feedback import course_notation
from tutor.results.page import Page
from tutor.solving.target import target_exercise

Numbers = Mapping[str, Any] | NumberFile | str
"""Arrays by name, a file of them that was read, or the path of one."""


@dataclass(frozen=True)
class ComparisonReport(Page):
    """What became of a program's numbers: `to_text`, `to_markdown`, `to_latex`, `to_json`; ``ok`` says whether all are right.

    ``reveal`` says how much the page may show: ``none`` (verdicts), ``hint`` (also what is probably wrong), ``solution``.
    """

    comparison: NumbersComparison
    reveal: Reveal = "solution"
    words: Wording = ENGLISH
    notation: Notation = field(default_factory=Notation)

    def __post_init__(self) -> None:
        """Derivatives stand in tables here, so they are set on one line."""
        object.__setattr__(self, "notation", replace(self.words.speak(self.notation), slashed=True))

    @property
    def name(self) -> str:
        """What it is called: the exercise's id."""
        return self.comparison.exercise.id

    @property
    def found(self) -> ComparedNumbers:
        """The verdicts as data, no more than may be shown."""
        return disclose_numbers(self.comparison.found, self.reveal)

    @property
    def ok(self) -> bool:
        """Whether everything in the file was used, and is right."""
        return self.comparison.found.ok

    @property
    def formulas(self) -> Mapping[str, Expr]:
        """The right formula of each array, as the page of its solution has it."""
        layered, world = self.comparison.layered, self.comparison.world
        if layered is None or world is None or self.reveal != "solution":
            return {}
        steps = self.comparison.steps
        return {key: dress_expr(step.expr, layered.shapes) for key, step in steps.items()}

    def document(self) -> Document:
        """The page as a document, for the renderers."""
        exercise = self.comparison.exercise
        return comparison_page.document(comparison_page.ComparisonSheet(
            self.found, exercise.say(exercise.title, self.words.language) or exercise.id, exercise.id, self.notation, self.formulas,
            self.comparison.ignored, exercise.lines, self.words, self.reveal,
        ))  # fmt: skip

    def to_json(self) -> str:
        """The contract for programs; see `tutor.contracts.compare_json`."""
        from tutor.contracts.compare_json import compare_json
        from tutor.contracts.schema import dump_json

        return dump_json(compare_json(self.name, self.found, self.reveal, self.comparison.ignored), ascii_only=True)


def compare(
    target: str | Exercise, numbers: Numbers, *, given: Numbers | None = None, shapes: Mapping[str, Shape] | None = None,
    tolerance: float | None = None, reveal: Reveal = "solution", words: Wording | str | None = None,
) -> ComparisonReport:  # fmt: skip
    """Compare numbers that a program computed with the derivation at the same values.

    ``target`` is whatever `tutor.solve` takes, also ``model.py:forward``.  ``numbers`` are arrays by name (of NumPy, of PyTorch, lists), or
    the path of an .npz, .safetensors, JSON or CSV file; ``given`` the same for inputs and weights, where the exercise has no values of its
    own or others are meant.  Names are those of programs: ``dW1``, ``grad_w``, ``W1.grad``, ``fc1.weight.grad``, or a quantity's own, whose
    gradient is meant where it is given.  ``tolerance`` is how far an entry may be off as a share of itself; by default what the precision
    of the numbers allows.

    Raises a `tutor.errors.TutorError` for a target or a file that cannot be read, and for values that are missing or do not fit.

    >>> import numpy as np
    >>> page = compare("L = sum((W x)^2)", {"dW": np.array([[1.0, 2.0]])}, given={"W": [[0.5, 0.25]], "x": [1.0, 2.0]},
    ...                shapes={"W": (1, 2), "x": (2,)})
    >>> page.ok, [array.patterns[0].factor.text for array in page.found.arrays]
    (False, ['1/2'])
    """
    file, known = read_given_numbers(numbers), None if given is None else read_given_numbers(given)
    if tolerance is not None and not 0 < tolerance < 1:
        raise TutorError(tell("a tolerance lies between 0 and 1"), hint=tell("such as 1e-6, a share of each entry"))
    exercise = read_target(target, shapes or {}, known)
    found = compare_numbers(exercise, file, known, tolerance=tolerance)
    said = require_wording(words, exercise.language)
    layered = found.layered
    notation = layer_notation(exercise, layered, exercise.notation) if layered is not None else course_notation(exercise)
    return ComparisonReport(found, reveal, said, notation)


MOST_DROPPED = 40
_WORD = re.compile(r"[A-Za-z_]\w{0,60}")


def read_target(target: str | Exercise, shapes: Mapping[str, Shape], given: NumberFile | None) -> Exercise:
    """The exercise of a target; a formula or a program without shapes has those of what is given."""
    program = isinstance(target, str) and is_program_name(target)
    if shapes or given is None or not isinstance(target, str) or (not program and is_exercise_name(target)):
        return target_exercise(target, shapes=shapes or None)
    words = set(_WORD.findall(target))
    named = {array.name.rpartition(".")[2]: tuple(array.values.shape) for array in given.arrays}
    found = {name: shape for name, shape in named.items() if _WORD.fullmatch(name) and (program or (name in words and shape))}
    for _ in range(MOST_DROPPED if program else 0):  # what a program has no argument for is no reason to refuse it
        try:
            return target_exercise(target, shapes=found)
        except ProgramError as error:
            unknown = next((name for name in found if error.where == "--shapes" and error.what.endswith(f" {name}")), "")
            if not unknown:
                raise
            del found[unknown]
    return target_exercise(target, shapes=found or None)


def read_given_numbers(numbers: Numbers) -> NumberFile:
    """Arrays as `compare` takes them.  Raises `TutorError`."""
    if isinstance(numbers, NumberFile):
        return numbers
    if isinstance(numbers, str):
        return read_number_file(read_numbers(numbers), numbers)
    if isinstance(numbers, Mapping):
        return list_arrays(iter(numbers.items()))
    raise TutorError(tell("numbers are a mapping from names to arrays, or the path of a file"), hint='tutor.compare(target, {"dW1": dW1})')
