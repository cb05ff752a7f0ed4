"""The command ``tutor practise``: a session as a dialogue, or as lines of JSON for another front end.

A journal keeps the events, each written before the reply: a closed terminal loses nothing.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tutor.cli.practice_dialogue import hold_dialogue, make_printer, read_lines
from tutor.cli.practice_journal import EventJournal, NotKept, Past, keep_trials, open_journal, read_past
from tutor.cli.practice_screen import hold_screen
from tutor.cli.shell import CostsOption, Form, Lang, ModeOption, Wrt, choose_format, complete, deliver
from tutor.errors import OutputError, TutorError

if TYPE_CHECKING:
    from tutor.practice.modes import Mode as ModeOf
    from tutor.results.practice import Practice

As = Annotated[str, typer.Option("--as", metavar="NAME", help="Keep a journal under this name, to go on with later.", show_default=False)]
Resume = Annotated[bool, typer.Option("--resume", help="Go on where the journal ends; without it a new one is begun.")]
Events = Annotated[bool, typer.Option("--events", help="Speak lines of JSON: events in, replies out.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", help="What is offered to choose from, and in which order.")]


Asked = Annotated[
    str,
    typer.Argument(
        metavar="[TARGET]", help="An exercise, a TOML file, an expression or steps; without it what trains your weakest skill.",
        autocompletion=complete, show_default=False,
    ),
]  # fmt: skip
Kept = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write at the end what was done: .pdf, .md, .html, .json, …")
]
ME = "me"
"""Whose journal it is where nobody says a name."""


def practise(
    target: Asked = "",
    wrt: Wrt = None,
    form: Annotated[
        Form | None, typer.Option("--form", help="Neuron by neuron, or whole layers in matrices; by default as it is written.")
    ] = None,
    mode: ModeOption = "practise",
    costs: CostsOption = "",
    name: As = "",
    resume: Resume = False,
    events: Events = False,
    seed: Seed = 0,
    lang: Lang = None,
    output: Kept = None,
) -> None:
    """Take the steps yourself: you are asked, told at once whether it holds, and helped as far as you need it."""
    from tutor.practice.tracing import trace_trials
    from tutor.results.practice import practise as begin

    written = choose_format(None, output) if output is not None else ""
    past = read_past(name or ME) if not events or name else Past()
    known = trace_trials(past.trials)
    chosen = target or _propose(known, past, lang)
    session = begin(chosen, wrt=wrt or (), form=form and str(form), mode=cast("ModeOf", str(mode)), seed=seed, words=lang, known=known,
                    costs=costs)  # fmt: skip
    journal, note = _open(name, session, resume=resume, events=events)
    if journal is not None:
        session.session, session.keep = journal.session, journal.keep
    if events:
        speak_events(session)
    elif sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") not in (None, "dumb"):
        hold_screen(session, note)
    else:
        if note:
            sys.stderr.write(f"{note}\n")
        hold_dialogue(session)
    if journal is not None and not session.session.is_secret:
        keep_trials(journal, session.session)
    if not events and session.session.ended:
        _tell_next(name or ME, session)
    if output is not None:
        deliver(session, written, output)


def _open(name: str, session: Practice, *, resume: bool, events: bool) -> tuple[EventJournal | None, str]:
    """The journal; of lines of JSON only where a name is given, since what speaks them keeps its own.  Without a name a session goes on
    though it cannot be kept, and that is said."""
    if events and not name and not resume:
        return None, ""
    try:
        journal = open_journal(name or ME, session.session, resume=resume)
    except NotKept as error:
        if name or resume:
            raise
        return None, session.words.practice.NOT_KEPT.format(reason=error.what)
    journal.needed = bool(name)
    return journal, ""


def _propose(known: Mapping[str, float], past: Past, lang: str | None) -> str:
    """The exercise that trains what is known least; says which and why."""
    from tutor.exercise.catalogue import list_trained
    from tutor.explain.practice_summary import write_proposal
    from tutor.explain.words.languages import require_wording
    from tutor.practice.learner import propose_next

    found = propose_next(known, list_trained(), past.finished)
    if found is None:
        raise OutputError("everything that the catalogue trains is mastered", hint="choose an exercise: tutor list shows them all")
    sys.stderr.write("".join(map(str, write_proposal(found, require_wording(lang)))) + "\n")
    return found.exercise


def _tell_next(name: str, session: Practice) -> None:
    from tutor.exercise.catalogue import list_trained
    from tutor.explain.document import Document, Paragraph
    from tutor.explain.practice_summary import write_proposal
    from tutor.practice.learner import propose_next
    from tutor.practice.tracing import trace_trials

    past = read_past(name)
    found = propose_next(trace_trials(past.trials), list_trained(), past.finished)
    if found is not None:
        make_printer(session)(Document("", blocks=(Paragraph(write_proposal(found, session.words, command=True)),)))


def speak_events(session: Practice) -> None:
    """Lines of JSON both ways: the state first, then a reply to each event."""
    from tutor.contracts.practice_json import read_event, write_reply, write_state
    from tutor.practice.session import step

    def say(data: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(data, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    say({"state": write_state(session.session)})
    for line in read_lines():
        if not line.strip():
            continue
        try:
            event = read_event(json.loads(line), time.time())
            after, reply = step(session.session, event)
        except (ValueError, RecursionError):
            say({"error": "this is no line of JSON", "hint": 'such as {"answer": "0.593"}'})
            continue
        except TutorError as error:
            say({"error": error.what, "hint": error.hint})
            continue
        try:
            session.keep(event)
        except NotKept as error:  # it is not taken, and may be sent again
            say({"error": error.what, "hint": error.hint})
            continue
        session.session = after
        say(write_reply(after, reply))
        if after.ended:
            break
