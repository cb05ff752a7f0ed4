"""A session of practice as a dialogue: a line in, words out; what the screen of a terminal and a pipe have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.cli.practice_journal import NotKept
from tutor.cli.shell import console
from tutor.text import make_lines_visible, make_visible

if TYPE_CHECKING:
    from tutor.explain.document import Document
    from tutor.practice.session import EventKind
    from tutor.results.practice import Practice

COMMANDS: dict[str, EventKind] = {
    "?": "hint", ":hint": "hint", ":keep": "keep", ":skip": "skip", ":back": "back", ":give-up": "give-up", ":quit": "quit", ":q": "quit",
}  # fmt: skip
"""What is typed instead of an answer; ``:go ID`` besides."""
VIEWS: dict[str, Callable[[Practice], Document]] = {
    ":table": lambda practice: practice.list_known(),
    ":graph": lambda practice: practice.draw(),
    ":steps": lambda practice: practice.list_steps(),
}
"""What is typed to look at something."""
HELP = (":help", "help")
LONGEST = 20_000
"""More signs of one line are not read."""


def take_line(practice: Practice, line: str, *, placed: bool = True) -> Document:
    """What is said to a line: a command, something to look at, or else an answer; without ``placed`` where the steps stand beside it.

    What cannot be written down is not taken, and may be given again, if the journal is needed; else the session goes on without.
    """
    from tutor.explain.document import Document, Paragraph
    from tutor.practice.session import PracticeError

    typed = line.strip()
    say = practice.words.practice

    def tell(*parts: str) -> Document:
        return Document("", blocks=(Paragraph((" ".join(part for part in parts if part),)),), language=practice.words.language)

    if typed in VIEWS:
        return VIEWS[typed](practice)
    if typed in HELP:
        return tell(list_keys(practice))
    kind, text = read_command(typed) if typed.startswith((":", "?")) or typed in COMMANDS else ("answer", line)
    if not kind:
        return tell(say.NO_COMMAND.format(command=make_visible(typed.split()[0], 20)), list_keys(practice))
    try:
        return practice.send(kind, text, placed=placed)
    except PracticeError as error:
        return tell("; ".join(str(practice.words.reader.say(part)) for part in (error.what, error.hint)))
    except NotKept as error:
        if error.needed and kind != "quit":
            return tell(say.NOT_TAKEN.format(reason=error.reason))
        practice.keep = lambda event: None
        said = practice.send(kind, text, placed=placed)
        return replace(said, blocks=(*tell(say.KEPT_UNTIL_HERE.format(reason=error.reason)).blocks, *said.blocks))


def read_command(typed: str) -> tuple[EventKind | None, str]:
    """The event of a command, and its text; None for a command that there is not.

    >>> read_command("?"), read_command(":go dL/dw5"), read_command(":x"), read_command("? what")
    (('hint', ''), ('go', 'dL/dw5'), (None, ''), ('answer', '? what'))
    """
    if typed in COMMANDS:
        return COMMANDS[typed], ""
    if typed.startswith(":go "):
        return "go", typed.removeprefix(":go ").strip()
    return (None, "") if typed.startswith(":") else ("answer", typed)


def list_keys(practice: Practice) -> str:
    """The commands on one line, each with what it does where its own word does not say that in this language."""
    said = {"?": "hint", ":table": "table", ":graph": "graph", ":steps": "steps", ":keep": "keep", ":skip": "skip", ":back": "back",
            ":give-up": "give-up", ":go STEP": "go", ":quit": "quit"}  # fmt: skip
    keys = practice.words.practice.KEYS
    plain = {typed: typed.strip(":").partition(" ")[0].replace("-", " ") for typed in said}
    return " · ".join(typed if plain[typed] == keys[name] else f"{typed} ({keys[name]})" for typed, name in said.items())


def read_lines() -> Iterator[str]:
    """What is typed or piped in, line by line; ends with it.  Of a line that is far too long the beginning is given, to be refused."""
    if sys.stdin is None:  # it was closed
        return
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


def hold_dialogue(practice: Practice) -> None:
    """Ask, read a line, answer, until the end."""
    show = make_printer(practice)
    sys.stdout.write(make_lines_visible(f"{practice.title}\n"))
    show(say_line(practice, list_keys(practice)))
    show(practice.begin())
    lines = read_lines()
    while not practice.ended:
        sys.stdout.write("\n")
        show(practice.ask())
        sys.stdout.write("> ")
        sys.stdout.flush()
        line = next(lines, None)
        if line is None:
            break
        if not sys.stdin.isatty():
            sys.stdout.write(make_visible(line, LONGEST) + "\n")
        show(take_line(practice, line))
    sys.stdout.write("\n")
    show(practice.document())


def say_line(practice: Practice, text: str) -> Document:
    """A page of one paragraph."""
    from tutor.explain.document import Document, Paragraph

    return Document("", blocks=(Paragraph((text,)),), language=practice.words.language)


def make_printer(practice: Practice) -> Callable[[Document], None]:
    """What prints a page of a session on the terminal."""
    from tutor.render.page_formats import page_format

    row, screen = page_format("terminal"), console()

    def show(doc: Document) -> None:
        if doc.blocks:
            row.print(doc, practice.notation, screen)

    return show
