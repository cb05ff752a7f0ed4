"""A session of practice on a terminal: one screen a step, an input line with history, and names by Tab.

The screen has the steps so far as in `tutor solve`, what was said last, and the question; prompt_toolkit has the input line.  (Textual
would draw panes and take the mouse; it takes longer to start than all the rest, and a line that is typed is what an answer is.)
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tutor.cli.practice_dialogue import COMMANDS, VIEWS, make_printer, say_line, take_line
from tutor.cli.shell import console
from tutor.text import make_visible

if TYPE_CHECKING:
    import os

    from prompt_toolkit.document import Document as Typed
    from rich.console import Console

    from tutor.explain.document import Document
    from tutor.results.practice import Practice

KEYS = {"f1": "?", "f2": ":graph", "f3": ":steps", "f4": ":keep", "f5": ":skip", "f6": ":back", "f7": ":give-up", "f10": ":quit"}
"""What the keys type."""
LEFT_OUT = ((), (":steps",), (":steps", ":back"), (":steps", ":back", ":skip"), (":steps", ":back", ":skip", ":keep", ":graph"))
"""What is not named where a terminal is narrow, and what is not where it is narrower still."""
CLEAR = "\x1b[2J\x1b[H"
LEAST = 6
"""So many lines are kept for the steps, where there are as many, if the graph's table or the formulas stand above them."""


class PracticeScreen:
    """Draws a session; ``height`` is that of the terminal, in lines."""

    def __init__(self, practice: Practice, screen: Console) -> None:
        self.practice, self.screen = practice, screen
        self.said: Document | None = None
        self.said_hint = self.said_steps = False

    def write(self, doc: Document) -> list[str]:
        """A page as the lines of the terminal."""
        from tutor.render.page_formats import page_format

        if not doc.blocks:
            return []
        with self.screen.capture() as captured:
            page_format("terminal").print(doc, self.practice.notation, self.screen)
        return captured.get().rstrip("\n").split("\n")

    def take(self, line: str) -> None:
        """Take a line; a hint stands with those before, above the question."""
        before = self.practice.session.look_up(self.practice.session.at).rungs, self.practice.session.at
        self.said = take_line(self.practice, line, placed=False)
        after = self.practice.session.look_up(self.practice.session.at).rungs, self.practice.session.at
        self.said_steps = line.strip() == ":steps"
        self.said_hint = before[1] == after[1] and after[0] > before[0]

    def draw(self, height: int) -> list[str]:
        """The lines of one screen: what is given and done as far as there is room, what was said, what is asked."""
        practice = self.practice
        title = make_visible(practice.title, self.screen.width - 1)
        hints = self.write(practice.list_hints())
        said = self.write(self.said) if self.said is not None and not (self.said_hint and hints) else []
        asked = [*([*hints, ""] if hints else []), *self.write(practice.ask())]
        room = height - len(said) - len(asked) - (7 if said else 6)  # title, blank lines, what is typed, and the keys
        pages = (practice.draw(), practice.begin(worked=False), practice.list_formulas())
        least = min(LEAST, len(self.write(practice.list_steps(LEAST))) + 1)
        opening = next((lines for lines in map(self.write, pages) if len(lines) <= room - least), [])
        if not practice.session.events:
            opening = self.write(practice.begin(worked=False))  # what is worked out stands among the steps
        steps = [] if self.said_steps else self.fit_steps(room - len(opening) - 1)
        return [line for part in ([title], opening, steps, said, asked) if part for line in ("", *part)][1:]

    def fit_steps(self, room: int) -> list[str]:
        """As many of the last steps as there is room for."""
        most, lines = 64, list[str]()
        while most and room > 1:
            lines = self.write(self.practice.list_steps(most))
            if len(lines) <= room:
                return lines
            most = most * 2 // 3
        return lines[-room:] if room > 1 else []


def hold_screen(practice: Practice, note: str = "") -> None:
    """Ask on the screen, read a line, answer, until the end; Ctrl-C and Ctrl-D leave, and what was answered is kept.

    A terminal that gets another size is drawn anew, with what was typed so far on the line.
    """
    drawn = PracticeScreen(practice, console())
    drawn.said = say_line(practice, note) if note else None
    read: Callable[[os.terminal_size, Typed | str], str | Typed] | None = None
    typed: Typed | str = ""
    while not practice.ended:
        size = shutil.get_terminal_size()
        sys.stdout.write(CLEAR + "\n".join(drawn.draw(size.lines)) + "\n\n")
        sys.stdout.flush()
        read = read or _make_reader(practice)  # after the first screen: it takes a tenth of a second to import
        try:
            line = read(size, typed)
        except (EOFError, KeyboardInterrupt):
            break
        typed = "" if isinstance(line, str) else line
        if isinstance(line, str):
            drawn.take(line)
    sys.stdout.write("\n")
    make_printer(practice)(practice.document())


def _make_reader(practice: Practice) -> Callable[[os.terminal_size, Typed | str], str | Typed]:
    """Reads a line, with the answers so far as its history and names by Tab; what was typed so far where the terminal has another size
    than it was drawn for."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.application import Application
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.formatted_text import FormattedText
    from prompt_toolkit.history import InMemoryHistory
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    bindings = KeyBindings()
    for key, typed in KEYS.items():

        def press(event: KeyPressEvent, typed: str = typed) -> None:
            event.app.exit(result=typed)

        bindings.add(key)(press)
    history = InMemoryHistory([event.text for event in practice.session.events if event.kind == "answer" and event.text])
    completer = WordCompleter(list_names(practice), sentence=False, pattern=_name_pattern())
    session: PromptSession[Any] = PromptSession(history=history, key_bindings=bindings, completer=completer, complete_while_typing=False)

    def show_keys() -> Any:
        return FormattedText([("", write_keys(practice, shutil.get_terminal_size().columns))])

    drawn_for = [shutil.get_terminal_size()]

    def leave_when_resized(app: Application[Any]) -> None:
        """It renders again when the signal comes that the terminal has another size; all of the screen is to be drawn then."""
        if shutil.get_terminal_size() != drawn_for[0] and not app.is_done:
            app.exit(result=session.default_buffer.document)

    def read(size: os.terminal_size, typed: Typed | str) -> str | Typed:
        drawn_for[0] = size
        line: str | Typed = session.prompt("> ", bottom_toolbar=show_keys, default=typed)
        return line

    session.app.before_render += leave_when_resized
    return read


def _name_pattern() -> Any:
    import re

    return re.compile(r"[^\s+\-*·()=,\[\]]+")


def list_names(practice: Practice) -> list[str]:
    """What Tab offers: the quantities and derivatives that are asked or given, the commands, and the steps to go to."""
    lesson = practice.session.lesson
    graph = lesson.exercise.graph
    quantities = [*(graph.names if graph is not None else ())]
    derivatives = [task.target for task in lesson.tasks if task.target and "/" in task.target]
    commands = [*COMMANDS, *VIEWS, ":go", ":help"]
    return list(dict.fromkeys([*quantities, *derivatives, *commands, *lesson.by_id]))


def write_keys(practice: Practice, width: int) -> str:
    """The keys in a line with what can be typed in their place, those that can be used now; where it is short, what matters least is left
    out."""
    from tutor.practice.session import choices

    able = choices(practice.session)
    shown = {typed: f"{key.upper()} {typed}" for key, typed in KEYS.items() if typed in VIEWS or COMMANDS[typed] in able}
    for left_out in LEFT_OUT:
        kept = [part for typed, part in shown.items() if typed not in left_out]
        for space in ("  ", " "):
            if len(space.join(kept)) < width:
                return space.join(kept)
    return KEYS["f1"]
