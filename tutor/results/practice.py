"""A session of practice in Python: what the terminal and a notebook drive.

    session = tutor.practise("neuron/two-two-two", wrt=["w5"])
    session                          # what is asked
    session.answer("0.3775")         # the verdict, and what is asked next
    session.hint()

The session itself is `tutor.practice.session`; here are the words, the notation and the clock that it does not have.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.answer.read.array_vocabulary import layer_notation
from tutor.answer.read.vocabulary import notation_of
from tutor.contracts.practice_json import write_report
from tutor.contracts.schema import dump_json
from tutor.errors import OutputError
from tutor.explain.document import Document, Equations, Paragraph
from tutor.explain.practice_page import write_hints, write_known, write_question, write_reply, write_start
from tutor.explain.practice_steps import draw_so_far, write_so_far, write_worked
from tutor.explain.practice_summary import write_summary
from tutor.explain.words.languages import require_wording
from tutor.explain.words.wording import Wording
from tutor.notation.profile import Notation
from tutor.practice.costs import Costs, read_costs
from tutor.practice.modes import MODES, Mode
from tutor.practice.session import Event, EventKind, Lesson, Session, Settings, start, step
from tutor.results.page import Page
from tutor.solving.target import target_exercise
from tutor.text import make_visible

FORMS = ("scalar", "layer")


@dataclass(frozen=True, slots=True)
class SaidPage(Page):
    """What is said to an event: a page."""

    page: Document
    notation: Notation
    ident: str = ""

    @property
    def name(self) -> str:
        """The exercise's id."""
        return self.ident

    def document(self) -> Document:
        """What is said, and what is asked next."""
        return self.page

    def to_json(self) -> str:
        """Only a whole session has a contract; raises `OutputError`."""
        raise OutputError("what is said to one answer has no JSON", hint="the session has: session.to_json()")

    def __repr__(self) -> str:
        return self.to_text()


@dataclass
class Practice(Page):
    """A session that is driven: each method is an event, and gives what is said to it, with what is asked next.

    ``keep`` is called with each event before it is answered, ``clock`` gives its time in seconds.
    """

    session: Session
    words: Wording
    notation: Notation = field(default_factory=Notation)
    keep: Callable[[Event], None] = lambda event: None
    clock: Callable[[], float] = time.time

    @property
    def title(self) -> str:
        """The exercise's title, in the language of the session."""
        exercise = self.session.lesson.exercise
        return exercise.say(exercise.title, self.words.language)

    @property
    def name(self) -> str:
        """The exercise's id."""
        return self.session.lesson.exercise.id

    @property
    def ended(self) -> bool:
        """Whether nothing is asked any more."""
        return self.session.ended or self.session.task is None

    def send(self, kind: EventKind, text: str = "", *, placed: bool = True) -> Document:
        """Take an event; what is said to it, without steps that are ``placed`` or worked out where the steps so far are shown beside it.

        Raises `PracticeError` for one that cannot be taken, and nothing has happened then.
        """
        event = Event(kind, text, self.clock())
        before = self.session
        after, reply = step(before, event)
        self.keep(event)
        self.session = after
        if not placed:
            return write_reply(after, replace(reply, placed=None), self.words)
        said = write_reply(after, reply, self.words)
        return replace(said, blocks=(*said.blocks, *write_worked(before, after, self.words).blocks))

    def answer(self, text: object) -> SaidPage:
        """An answer, as it is typed: a number, a formula, a list, letters; or ``dL/dw5 = 0.08`` for another step."""
        return self._say("answer", str(text))

    def hint(self) -> SaidPage:
        """The next hint; the last one is the answer, and counts as shown."""
        return self._say("hint")

    def go_on(self) -> SaidPage:
        """Go on with a wrong answer of one's own: what follows from it is right."""
        return self._say("keep")

    def skip(self) -> SaidPage:
        """Leave the step for later."""
        return self._say("skip")

    def go_back(self) -> SaidPage:
        """Return to the step before that is not done."""
        return self._say("back")

    def give_up(self) -> SaidPage:
        """Be shown this step."""
        return self._say("give-up")

    def go(self, step: str) -> SaidPage:
        """Go to another step by its id."""
        return self._say("go", step)

    def quit(self) -> SaidPage:
        """End the session."""
        return self._say("quit")

    def _say(self, kind: EventKind, text: str = "") -> SaidPage:
        said = self.send(kind, text)
        return SaidPage(replace(said, blocks=(*said.blocks, *self.ask().blocks)), self.notation, self.name)

    def ask(self) -> Document:
        """What is asked now; at the end what was done."""
        return write_summary(self.session, self.words) if self.ended else write_question(self.session, self.words, self.notation)

    def begin(self, *, worked: bool = True) -> Document:
        """What tries and hints cost where they do, what is given, and what is ``worked`` out before anything is asked."""
        opening, settings = write_start(self.session, self.words), self.session.lesson.settings
        told = (Paragraph((self.words.practice.COSTS.format(**settings.costs.list_written()),)),) if settings.row.costs else ()
        steps = write_worked(None, self.session, self.words).blocks if worked else ()
        return replace(opening, blocks=(*told, *opening.blocks, *steps))

    def list_formulas(self) -> Document:
        """What is computed, without what is given."""
        opening = write_start(self.session, self.words)
        return replace(opening, blocks=tuple(block for block in opening.blocks if isinstance(block, Equations) and not block.beside))

    def list_known(self) -> Document:
        """The table of numbers so far."""
        return write_known(self.session, self.words)

    def draw(self) -> Document:
        """The graph with what is known so far; empty where there is none to draw."""
        return draw_so_far(self.session, self.words)

    def list_steps(self, most: int | None = None) -> Document:
        """The steps so far, the last ``most`` of them."""
        return write_so_far(self.session, self.words, most)

    def document(self) -> Document:
        """What was done on one's own, with hints, what slipped, how long it took: a page to print."""
        return write_summary(self.session, self.words)

    def to_json(self) -> str:
        """The session for programs: the events and what they came to."""
        return dump_json(write_report(self.session))

    def list_hints(self) -> Document:
        """The hints that were seen of the step that is asked."""
        return write_hints(self.session, self.words)

    def __repr__(self) -> str:
        return SaidPage(self.ask(), self.notation, self.name).to_text()

    __str__ = __repr__

    def _ipython_display_(self) -> None:
        from tutor.results.practice_widgets import show

        show(self)


def practise(
    target: Any, *, wrt: Iterable[str] | str = (), form: str | None = None, mode: Mode = "practise", seed: int = 0, words: object = None,
    known: Mapping[str, float] | None = None, costs: str = "",
) -> Practice:  # fmt: skip
    """Practise an exercise: the steps are asked, and judged at once.

    ``target`` is what `tutor.solve` takes.  ``wrt`` are the quantities whose gradients are wanted, ``form`` is ``scalar`` or ``layer``, by
    default as the exercise is written; ``mode`` is ``learn``, ``practise``, ``graded`` or ``exam``; ``costs`` are what tries and hints cost
    where it is ``graded`` (`tutor.practice.costs.read_costs`); ``seed`` decides what is offered to choose from, ``words`` is a language;
    ``known`` is what the learner has shown elsewhere, by skill.  In a notebook with ipywidgets it is shown with a field for answers.

    Raises `TutorError` for a target, a quantity or a mode that is not there, and for an exercise that asks for nothing.

    >>> session = practise("qmul/activated-neuron")
    >>> print(session.hint().to_text().splitlines()[0])
    Look at wᴸ, xᴸ⁻¹ and bᴸ.
    """
    for given, known_ones, what in ((mode, tuple(MODES), "mode"), (form, FORMS, "form")):
        if given is not None and given not in known_ones:
            raise OutputError(f"there is no {what} {make_visible(str(given), 40)}", hint=f"use one of {', '.join(known_ones)}")
    exercise = target_exercise(target)
    layer = exercise.layers is not None if form is None else form == "layer"
    settings = Settings(mode=mode, wrt=(wrt,) if isinstance(wrt, str) else tuple(wrt), layer=layer, seed=seed,
                        costs=choose_costs(costs, mode))  # fmt: skip
    shares = {skill: chance for skill, chance in (known or {}).items() if 0 <= chance <= 1}
    session = start(exercise, settings, shares)
    if not session.lesson.tasks:
        raise OutputError(f"{exercise.id} asks for nothing", hint="give wrt a quantity, or take another exercise")
    said = require_wording(words, exercise.language)
    return Practice(session, said, said.speak(find_notation(session.lesson)))


def choose_costs(text: str, mode: Mode) -> Costs:
    """The costs that are asked for; raises `TutorError` where they are none, and for a mode in which nothing costs anything."""
    if text and not MODES[mode].costs:
        able = ", ".join(name for name, row in MODES.items() if row.costs)
        raise OutputError(f"tries and hints cost nothing in {mode}", where="costs",
                          hint=f"choose a mode with costs ({able}), or leave them out")
    return read_costs(text)


def find_notation(lesson: Lesson) -> Notation:
    """How the course of a lesson writes it, neuron by neuron; in matrices with the symbols of whole arrays besides."""
    exercise, layers = lesson.exercise, lesson.marker.sheet.layers
    single = Notation() if exercise.graph is None else notation_of(exercise, exercise.graph, exercise.notation)
    if layers is None or not (lesson.settings.layer or exercise.graph is None):
        return single
    whole = layer_notation(exercise, layers, exercise.notation)
    return replace(whole, symbols={**single.symbols, **whole.symbols})
