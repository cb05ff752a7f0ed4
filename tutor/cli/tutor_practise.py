"""The command ``tutor practise``: a session as a dialogue, or as lines of JSON for another front end.

A journal keeps the events, each written before the reply: a closed terminal loses nothing.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, cast

import typer

from tutor.cli.practice_journal import EventJournal, open_journal
from tutor.cli.shell import Form, Lang, Target, Wrt, console
from tutor.errors import OutputError, TutorError
from tutor.practice.modes import MODES
from tutor.text import make_lines_visible, make_visible

if TYPE_CHECKING:
    from tutor.explain.document import Document
    from tutor.explain.words.wording import Wording
    from tutor.notation.profile import Notation
    from tutor.practice.modes import Mode as ModeOf
    from tutor.practice.session import Event, EventKind, Session

    ModeName: TypeAlias = str
else:
    ModeName = StrEnum("ModeName", {name: name for name in MODES})

COMMANDS: dict[str, EventKind] = {
    "?": "hint", ":hint": "hint", ":keep": "keep", ":skip": "skip", ":back": "back", ":give-up": "give-up", ":quit": "quit",
}  # fmt: skip
"""What is typed instead of an answer; ``:go ID`` besides."""
KEYS = "? hint  :table  :skip  :back  :keep  :give-up  :go STEP  :quit"
LONGEST = 20_000

Mode = Annotated[ModeName, typer.Option("--mode", help="; ".join(f"{name}: {words}" for name, words in MODES.items()) + ".")]
As = Annotated[str, typer.Option("--as", metavar="NAME", help="Keep a journal under this name, to go on with later.", show_default=False)]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where the journal ends; without it a new one is begun.")]
Events = Annotated[bool, typer.Option("--events", help="Speak lines of JSON: events in, replies out.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="What is offered to choose from, and in which order.")]


def practise(
    target: Target,
    wrt: Wrt = None,
    form: Annotated[Form, typer.Option("--form", help="Neuron by neuron, or whole layers in matrices.")] = Form.scalar,
    mode: Mode = "practise",
    name: As = "",
    resume: Resume = False,
    events: Events = False,
    seed: Seed = 0,
    lang: Lang = None,
) -> None:
    """Take the steps yourself: you are asked, told at once whether it holds, and helped as far as you need it."""
    from tutor.explain.words.languages import require_wording
    from tutor.practice.session import Settings, start
    from tutor.solving.target import target_exercise

    exercise = target_exercise(target)
    settings = Settings(mode=cast("ModeOf", str(mode)), wrt=tuple(wrt or ()), layer=form is Form.layer, seed=seed)
    session = start(exercise, settings)
    if not session.lesson.tasks:
        raise OutputError(f"{exercise.id} asks for nothing", hint="give --wrt a quantity, or another exercise")
    words = require_wording(lang, exercise.language)
    journal = open_journal(name or "me", session, resume=resume) if name or resume else None
    if journal is not None:
        session = journal.session
    (speak_events if events else hold_dialogue)(session, journal, words)


def _read_lines() -> Iterator[str]:
    """What is typed or piped in, line by line; ends with it.  Of a line that is far too long the beginning is given, to be refused."""
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    while True:
        try:
            line = rest = sys.stdin.readline(LONGEST)
            while len(rest) == LONGEST and not rest.endswith("\n"):
                rest = sys.stdin.readline(LONGEST)
        except KeyboardInterrupt:
            return
        if not line:
            return
        yield line.rstrip("\r\n")


def hold_dialogue(session: Session, journal: EventJournal | None, words: Wording) -> None:
    """Ask, read a line, answer, until the end."""
    from tutor.explain import practice_page as page
    from tutor.explain.practice_steps import write_worked
    from tutor.practice.session import PracticeError, step

    notation = _find_notation(session)
    show = _make_printer(notation)
    sys.stdout.write(make_lines_visible(f"{session.lesson.exercise.title}\n{KEYS}\n"))
    show(page.write_start(session, words))
    show(write_worked(None, session, words))
    lines = _read_lines()
    while not session.ended:
        if session.task is None:
            break
        sys.stdout.write("\n")
        show(page.write_question(session, words, notation))
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = next(lines, None)
        if line is None:
            break
        if not sys.stdin.isatty():
            sys.stdout.write(make_visible(line) + "\n")
        if line.strip() == ":table":
            show(page.write_known(session, words))
            continue
        event = read_command(line, time.time())
        if event is None:
            sys.stdout.write(f"there is no {make_visible(line.split()[0], 20)}\n{KEYS}\n")
            continue
        try:
            after, reply = step(session, event)
        except PracticeError as error:
            sys.stdout.write(make_lines_visible(f"{error.what}; {error.hint}\n"))
            continue
        if journal is not None:
            journal.keep(event)
        show(page.write_reply(after, reply, words))
        show(write_worked(session, after, words))
        session = after
    sys.stdout.write("\n")
    show(page.write_summary(session, words))


def _find_notation(session: Session) -> Notation:
    """How its course writes it."""
    from tutor.answer.read.vocabulary import notation_of
    from tutor.notation.profile import Notation

    exercise = session.lesson.exercise
    return Notation() if exercise.graph is None else notation_of(exercise, exercise.graph, exercise.notation)


def _make_printer(notation: Notation) -> Callable[[Document], None]:
    from tutor.render.page_formats import page_format

    row, screen = page_format("terminal"), console()

    def show(doc: Document) -> None:
        if doc.blocks:
            row.print(doc, notation, screen)

    return show


def read_command(line: str, at: float) -> Event | None:
    """What a line asks for: a command, or else an answer; None for a command that there is not.

    >>> read_command("?", 0.0).kind, read_command(":go dL/dw5", 0.0).text, read_command("0.593", 0.0).kind, read_command(":x", 0.0)
    ('hint', 'dL/dw5', 'answer', None)
    """
    from tutor.practice.session import Event

    typed = line.strip()
    if typed in COMMANDS:
        return Event(COMMANDS[typed], "", at)
    if typed.startswith(":go "):
        return Event("go", typed.removeprefix(":go ").strip(), at)
    return None if typed.startswith(":") else Event("answer", line, at)


def speak_events(session: Session, journal: EventJournal | None, words: Wording) -> None:
    """Lines of JSON both ways: the state first, then a reply to each event."""
    from tutor.contracts.practice_json import read_event, write_reply, write_state
    from tutor.practice.session import step

    def say(data: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    say({"state": write_state(session)})
    for line in _read_lines():
        if not line.strip():
            continue
        try:
            event = read_event(json.loads(line), time.time())
            after, reply = step(session, event)
        except ValueError:
            say({"error": "this is no line of JSON", "hint": 'such as {"answer": "0.593"}'})
            continue
        except TutorError as error:
            say({"error": error.what, "hint": error.hint})
            continue
        if journal is not None:
            journal.keep(event)
        session = after
        say(write_reply(session, reply))
        if session.ended:
            break


