"""Reports on marked work: one student's feedback and the class for the grader, each as a page in every format."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from tutor.answer.read.vocabulary import notation_of
from tutor.code.code_verdicts import CodeVerdict, disclose_code
from tutor.errors import TutorError
from tutor.exercise.model import Exercise
from tutor.exercise.question import Question, labels
from tutor.explain import class_page as classroom
from tutor.explain import feedback_page as student
from tutor.explain.document import Document
from tutor.explain.feedback_page import Solution
from tutor.explain.words.languages import require_wording
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.marking.classwork import Classwork, count
from tutor.marking.disclosure import Reveal, disclose
from tutor.marking.judge_programs import judge_program
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import Marked
from tutor.notation.profile import Notation
from tutor.notation.profile import notation as course
from tutor.numbers.printed import as_exact_text
from tutor.results.page import Page


@dataclass(frozen=True)
class Feedback(Page):
    """The report for one student: `to_text`, `to_markdown`, `to_latex`, `to_json`.

    ``reveal`` says how much of the solution it may show: ``none`` (verdicts and marks), ``hint`` (also the slip, its step and where to
    look next), ``solution``.  ``questions`` say what was asked and in how many marks; ``own`` has the exercise's own values by quantity
    (given and computed, as text), which a refuting point must not give away; ``rules`` says by quantity what kind of rule its step needs;
    ``solutions`` has formula and shown value by question, ``programs`` the verdicts on programs.  ``title`` is the
    exercise's; ``words`` are the language of the page.

    >>> Feedback(Marked("anna", "dl/bce"), title="A neuron learns").document().title
    'Feedback: A neuron learns'
    """

    marked: Marked
    reveal: Reveal = "hint"
    title: str = ""
    notation: Notation = field(default_factory=Notation)
    questions: Sequence[Question] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    solutions: Mapping[str, Solution] = field(default_factory=dict)
    words: Wording = ENGLISH
    programs: Mapping[str, Sequence[CodeVerdict]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Derivatives stand in sentences here, so they are set on one line."""
        object.__setattr__(self, "notation", replace(self.words.speak(self.notation), slashed=True))

    @property
    def name(self) -> str:
        """What it is called: the student."""
        return self.marked.student

    @property
    def shown(self) -> Marked:
        """The marked work with no more than may be shown."""
        return disclose(self.marked, self.reveal, self.own, self.questions)

    def document(self) -> Document:
        """The report as a document, for the renderers."""
        marked = self.marked
        return student.document(student.FeedbackSheet(
            self.shown, self.reveal, self.title or marked.exercise, marked.exercise if self.title else "", self.notation,
            self.questions, self.rules, self.solutions, self.words,
            self.programs,
        ))  # fmt: skip

    def to_json(self) -> str:
        """The contract for programs; see `tutor.contracts.marking_json`."""
        from tutor.contracts.marking_json import feedback
        from tutor.contracts.schema import dump_json

        return dump_json(feedback(self.shown, self.reveal, self.solutions, self.programs), ascii_only=True)


def course_notation(exercise: Exercise) -> Notation:
    """How an exercise's own course writes its quantities."""
    if exercise.graph is None:
        return course(exercise.notation)
    return notation_of(exercise, exercise.graph, exercise.notation)


def reports(
    marker: Marker, reveal: Reveal = "hint", notation: Notation | None = None, words: Wording | str | None = None
) -> Callable[[Marked], Feedback]:
    """What makes the report of each student, in ``words`` (by default the language of the exercise file, else English).

    Everything that is the same for all is prepared here, once an exercise.

    >>> from tutor.exercise.load import load
    >>> from tutor.answer.handed_in import Submission
    >>> marker = Marker(load("neuron/two-two-two"))
    >>> reports(marker)(marker.mark(Submission("anna", {"out_o1": "0.751"}))).title
    'A 2-2-2 network learns'
    """
    said, sheet = require_wording(words, marker.exercise.language), marker.sheet
    own = {name: as_exact_text(value) for name, value in sheet.truth.items()}
    rules = {step.target: said.marking.rule(step.sort, step.rule) for step in sheet.working.steps}
    told = [question.id for question in marker.questions if question.kind != "program"] if reveal == "solution" else []
    solutions = {ident: marker.solution(ident) for ident in told}
    written = notation or course_notation(marker.exercise)
    title = marker.exercise.say(marker.exercise.title, said.language)
    common = Feedback(
        Marked("", marker.exercise.id), reveal, title, written, marker.exercise.say_questions(said.language, marker.questions), own, rules,
        solutions, said,
    )
    asked = {question.id: question for question in marker.questions if question.kind == "program"}
    return lambda marked: replace(common, marked=marked, programs=judge_again(marked, asked, reveal))


def judge_again(marked: Marked, asked: Mapping[str, Question], reveal: Reveal) -> dict[str, tuple[CodeVerdict, ...]]:
    """The verdicts on the programs of a student, as far as they may be shown: what they were marked with, since nothing else is in them.

    What is right, blank or no Python has no more to say than its mark.
    """
    told = [one for one in marked.answers if one.question in asked and one.verdict in ("misconception", "wrong", "undecided")]
    if reveal == "none" or not told:
        return {}
    found = {}
    for answer in told:
        with suppress(TutorError):
            verdicts = judge_program(asked[answer.question], answer.text)
            found[answer.question] = tuple(disclose_code(verdict, reveal) for verdict in verdicts)
    return found


@dataclass(frozen=True)
class ClassReport(Page):
    """The report on a class for the grader: `to_text`, `to_markdown`, `to_latex`, `to_json`, and its charts with `to_svg`."""

    work: Classwork
    title: str = ""
    notation: Notation = field(default_factory=Notation)
    questions: Sequence[Question] = ()
    words: Wording = ENGLISH

    def __post_init__(self) -> None:
        """Derivatives stand in tables here, so they are set on one line."""
        object.__setattr__(self, "notation", replace(self.words.speak(self.notation), slashed=True))

    @property
    def name(self) -> str:
        """What it is called: the exercise's id."""
        return self.work.exercise

    @property
    def room(self) -> classroom.Room:
        """What the report is written from."""
        asks = labels(self.questions)
        return classroom.Room(
            self.work, self.title or self.work.exercise, self.work.exercise if self.title else "", asks, self.words
        )

    def document(self) -> Document:
        """The report as a document, for the renderers."""
        return classroom.document(self.room)

    def to_svg(self) -> str:
        """The charts as an SVG file that stands alone."""
        from tutor.render.charts.bars_svg import svg

        return svg(classroom.charts(self.room), self.document().title, self.words.language)

    def to_json(self) -> str:
        """The contract for programs; see `tutor.contracts.marking_json`."""
        from tutor.contracts.marking_json import classwork
        from tutor.contracts.schema import dump_json

        return dump_json(classwork(self.work), ascii_only=True)


def class_report(
    works: Iterable[Marked], *, title: str = "", notation: Notation | None = None, questions: Sequence[Question] = (),
    words: Wording | str | None = None,
) -> ClassReport:  # fmt: skip
    """The report on a class in ``words``, from the marked work of each student, which is walked over once.

    >>> class_report([Marked("anna", "dl/bce")]).work.students
    1
    """
    work = count(works, [question.id for question in questions])
    return ClassReport(work, title, notation or Notation(), questions, require_wording(words))
