"""Problem sheets: several exercises in one document, with or without their solutions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace

from tutor.errors import OutputError, TutorError, hint_near
from tutor.exercise.load import from_text
from tutor.exercise.model import Exercise
from tutor.exercise.question import Question
from tutor.exercise.training_task import is_trained_otherwise
from tutor.explain.document import Document, Theme
from tutor.explain.sheet_layout import LEFT_OUT, SOLUTIONS, SheetLayout, Solutions
from tutor.explain.sheet_page import SheetExercise
from tutor.explain.sheet_page import document as write_sheet
from tutor.explain.words.languages import require_wording
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.expression.keys import read_after, read_derivative
from tutor.marking.answer_key import list_right_answers
from tutor.marking.array_questions import is_asked_by_arrays
from tutor.marking.mark_sheet import Sheet
from tutor.marking.question_list import updates_in
from tutor.notation.profile import Notation
from tutor.numbers.verify import Ask
from tutor.render.latex.preamble import check_preamble
from tutor.results.page import Page
from tutor.solving.program_exercise import find_exercise_text
from tutor.solving.request import Form, Options, resolve_solution, resolve_training
from tutor.solving.work_out import hold_given, work
from tutor.solving.worked import Worked

MOST_EXERCISES = 100


@dataclass(frozen=True, slots=True)
class ProblemSheet(Page):
    """A problem sheet as a page.  Without solutions it holds nothing that was worked out: there is nothing to give away."""

    exercises: tuple[SheetExercise, ...]
    layout: SheetLayout = field(default_factory=SheetLayout)
    words: Wording = ENGLISH
    notation: Notation = field(default_factory=Notation)
    preamble: str = ""

    @property
    def name(self) -> str:
        """What its file is called where nobody says."""
        return "solutions" if self.layout.solutions == "only" else "sheet"

    def document(self) -> Document:
        """The sheet as a document; each exercise is a part in the symbols of its own course."""
        return write_sheet(self.exercises, self.layout, self.words)

    def to_json(self) -> str:
        """The contract for programs: what is asked; see `tutor.contracts.sheet_json`."""
        from tutor.contracts.schema import dump_json
        from tutor.contracts.sheet_json import list_asked

        asked = [list_asked(one.given.request.exercise.id, one.questions) for one in self.exercises]
        return dump_json({"schema": 1, "exercises": asked})


def sheet(
    targets: str | Exercise | Sequence[str | Exercise],
    *,
    solutions: Solutions = "none",
    boxes: bool = False,
    marks: bool = False,
    title: str = "",
    cover: str = "",
    without: Collection[str] = (),
    notation_name: str | None = None,
    theme: Theme | None = None,
    preamble: str = "",
    ask: Ask | None = None,
    progress: Callable[[int], None] | None = None,
    words: Wording | str | None = None,
) -> ProblemSheet:
    """A problem sheet of some exercises (ids, files, expressions or steps): what is given, and the questions that `tutor.mark` marks.

    ``solutions`` are left out (``none``), stand ``after`` each exercise or at the ``end``, or are ``only`` what is written.  ``boxes``
    frames the room for answers, ``marks`` shows marks and a table of them, ``title`` and ``cover`` are the lines at the top.  ``without``
    leaves out some of ``name`` (the field for it), ``ids``, ``sources``, ``notes``, and in solutions ``proof``, ``numbers``, ``lecture``.
    ``notation_name`` writes all exercises as one course does; ``theme`` is what the course puts on every page
    (`tutor.explain.theme.read_theme`), ``preamble`` is LaTeX for the head of the article, of which nothing may read
    a file or run a command; ``ask`` is who asks SymPy for the proofs, ``progress`` is called with the
    number of exercises that are done; ``words`` are the language of the page, by default that of the first exercise's file.

    Raises a `tutor.errors.TutorError` that says where, what and what to do next.

    >>> sheet(["dl/add-multiply", "(x+y)*z"]).exercises[1].questions[0].id
    'df/da'
    """
    layout = SheetLayout(title, cover, _check(solutions, SOLUTIONS, "solutions"), boxes, marks, frozenset(without), theme)
    for part in sorted(layout.without):
        _check(part, LEFT_OUT, "without")
    preamble = check_preamble(preamble)
    wanted = [targets] if isinstance(targets, str | Exercise) else list(targets)
    if not 0 < len(wanted) <= MOST_EXERCISES:
        raise TutorError(f"a sheet of {len(wanted)} exercises", hint=f"give 1 to {MOST_EXERCISES}")
    made = []
    for done, target in enumerate(wanted, 1):
        exercise = from_text(*reversed(find_exercise_text(target))) if isinstance(target, str) else target
        made.append(prepare(exercise, layout.solutions != "none", notation_name, ask))
        if progress is not None:
            progress(done)
    said = require_wording(words, made[0].given.request.exercise.language)
    return ProblemSheet(tuple(made), layout, said, preamble=preamble)


def prepare(exercise: Exercise, solved: bool, notation_name: str | None = None, ask: Ask | None = None) -> SheetExercise:
    """One exercise for a sheet; only where it is ``solved`` anything is worked out."""
    marked = Sheet(exercise)
    questions = marked.questions
    form: Form = "layer" if exercise.layers is not None or (is_asked_by_arrays(exercise) and not exercise.questions) else "scalar"
    given = hold_given(resolve_solution(exercise, Options(steps=0, notation=notation_name, form=form)))
    if not solved:
        return SheetExercise(given, questions)
    wrt = list_asked_parameters(exercise, questions) if form == "scalar" else ()
    asked = replace(resolve_solution(exercise, Options(wrt=wrt, notation=notation_name, form=form)), course=None)  # updates are asked for
    pages: list[Worked] = [work(asked, ask)]
    if (updates := updates_in(questions)) and is_trained_otherwise(exercise):
        pages.append(work(resolve_training(exercise, Options(steps=updates, notation=notation_name, form=form)), ask))
    answers = list_right_answers(marked, questions)
    return SheetExercise(given, questions, answers, tuple(pages))


def list_asked_parameters(exercise: Exercise, questions: Sequence[Question]) -> tuple[str, ...]:
    """The parameters whose gradients or updates are asked for, where nothing but them is: the solution derives no others then.

    >>> from tutor.exercise.load import load
    >>> asked = [[Question("q", "q", targets=targets)] for targets in (("w5@1",), ("dL/dout_h1",))]
    >>> [list_asked_parameters(load("neuron/two-two-two"), questions) for questions in asked]
    [('w5',), ()]
    """
    if exercise.graph is None:
        return ()
    parameters = [quantity.name for quantity in exercise.graph.parameters]
    found: dict[str, None] = {}
    for target in (target for question in questions for target in question.targets):
        after = read_after(target)
        derivative = read_derivative(after.key)
        name = derivative.wrt if derivative is not None else after.key if after.updates else ""
        if name not in parameters or (derivative is not None and derivative.of != exercise.graph.loss):
            return ()
        found[name] = None
    return tuple(found) if len(found) < len(parameters) else ()


def _check(word: str, known: Sequence[str], what: str) -> Solutions:
    if word not in known:
        hint = hint_near(word, known) or f"use one of {', '.join(known)}"
        raise OutputError(f"{what} cannot be {word!r}", hint=hint)
    return word  # type: ignore[return-value]
