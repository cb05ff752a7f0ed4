"""A session of practice in a notebook: with ipywidgets a page with a field for answers, without them the dialogue in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tutor.explain.written_maths import set_title
from tutor.practice.session import PracticeError, choices
from tutor.render.html_page import STYLE, write_html_body
from tutor.text import escape_xml

if TYPE_CHECKING:
    from tutor.explain.document import Document
    from tutor.practice.session import EventKind
    from tutor.results.practice import Practice

BUTTONS: tuple[EventKind, ...] = ("hint", "keep", "skip", "back", "give-up", "quit")


def show(practice: Practice) -> None:
    """Show a session in the cell: as a page with fields, or as words and what to call next."""
    try:
        from IPython.display import display
        from ipywidgets import VBox  # noqa: F401
    except ImportError:
        print(repr(practice))
        return
    display(PracticeBox(practice).box)  # type: ignore[no-untyped-call,unused-ignore]


class PracticeBox:
    """A session with a field for answers and buttons; ``box`` is the widget."""

    def __init__(self, practice: Practice) -> None:
        import ipywidgets as widgets

        self.practice = practice
        self.said: Document | None = None
        self.page, self.graph = widgets.HTML(), widgets.HTML()
        for page in (self.page, self.graph):
            page.add_class("tutor")
        style = widgets.HTML(f"<style>.tutor {{{STYLE}}}</style>")
        self.field = widgets.Text(continuous_update=False, layout=widgets.Layout(width="24em"), placeholder=practice.words.web.ANSWER)
        self.field.observe(self.take_answer, "value")
        words = practice.words.practice.KEYS
        self.buttons = {kind: widgets.Button(description=words[kind]) for kind in BUTTONS}
        for kind, button in self.buttons.items():
            button.on_click(lambda _, kind=kind: self.take(kind))
        self.box = widgets.VBox([style, self.page, self.field, widgets.HBox(list(self.buttons.values())), self.graph])
        self.refresh()

    def take_answer(self, change: Any) -> None:
        """What was typed, when it is sent off."""
        text = self.field.value
        if text.strip():
            self.take("answer", text)

    def take(self, kind: EventKind, text: str = "") -> None:
        """Take an event and show what is said."""
        from tutor.explain.document import Document, Paragraph

        practice, before = self.practice, self.practice.session
        try:
            self.said = practice.send(kind, text, placed=False)  # what is placed stands among the steps
        except PracticeError as error:
            told = "; ".join(str(practice.words.reader.say(part)) for part in (error.what, error.hint))
            self.said = Document("", blocks=(Paragraph((told,)),), language=practice.words.language)
        here = practice.session.at
        if here == before.at and practice.session.look_up(here).rungs > before.look_up(here).rungs:
            self.said = None  # a hint stands with those before it
        self.field.value = ""
        self.refresh()

    def refresh(self) -> None:
        """Draw the page anew, and offer what may be done."""
        practice = self.practice
        hints = None if practice.ended else practice.list_hints()
        parts = [practice.begin(worked=False), practice.list_steps(), self.said, hints, practice.ask()]
        body = "".join(write_html_body(part, practice.notation, 2) for part in parts if part is not None)
        title = escape_xml(set_title(practice.title, practice.notation)[0])
        self.page.value = f"<h3>{title}</h3>{body}"
        self.graph.value = write_html_body(practice.draw(), practice.notation, 2)
        able = choices(practice.session)
        for kind, button in self.buttons.items():
            button.disabled = kind not in able
        self.field.disabled = "answer" not in able
