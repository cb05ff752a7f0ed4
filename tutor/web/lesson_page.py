"""A session as the parts of its page, in HTML: what is asked and how it is answered, what was said, the steps so far, the graph.

A part is made of the documents of practice and nothing else, so that there is nothing in it that the learner has not earned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from tutor.exercise.question import LISTS
from tutor.explain.diagram import Diagram
from tutor.explain.document import Document, Inline, Math, Paragraph, Picture, read_words
from tutor.explain.practice_page import (
    ask_task,
    list_options,
    name_step,
    say_place,
    write_known,
    write_reply,
    write_start,
)
from tutor.explain.practice_parts import list_key_names, list_put_in, list_touched
from tutor.explain.practice_steps import draw_parts, list_so_far, write_step
from tutor.explain.practice_summary import find_status, write_summary
from tutor.explain.words.wording import Wording
from tutor.explain.written_maths import set_title
from tutor.expression.nodes import Expr, Name, Number
from tutor.notation.profile import Notation
from tutor.practice.ladder import find_step
from tutor.practice.session import DONE, Lesson, Progress, Reply, Session, choices, is_finished, start
from tutor.practice.tasks import ONE_OF, AskedStep
from tutor.render.html_page import write_html_body
from tutor.render.maths import text
from tutor.render.picture.draw_svg import draw_picture
from tutor.render.picture.layout import Layout
from tutor.render.picture.svg import plan_layout, svg
from tutor.results.practice import find_notation
from tutor.web.forms import split_grid

DEPTH = 1
"""Titles of parts stand under that of the page."""
BESIDE = 640.0
"""Pixels that a graph beside a text may be wide before it is drawn downwards."""
LONG_NUMBER = Number("-0.0000000")
"""As wide as a number of six digits may be."""
LABEL = 80
"""So many letters of a task's name stand in the list."""
GRAPHS = 100
"""So many pictures of one lesson's graph are kept."""
MOST_PARTS = 2
"""So many parts of a large graph stand open for a whole array."""
MOST_OPEN = 40
"""So many known numbers are shown at once; of more the table is opened by who wants it."""
MOST_FIELDS, WIDEST = 49, 8
"""An array of more entries, or in more columns, is typed as a whole."""
_PARAGRAPH = re.compile(r"\A<(p|div)>(.*)</\1>\Z", re.DOTALL)


def write_part(doc: Document, notation: Notation, depth: int = DEPTH) -> str:
    """A document as a part of a page."""
    return write_html_body(doc, notation, depth)


def write_inline(parts: tuple[Inline, ...], notation: Notation) -> str:
    """A sentence as HTML that may stand in a line.

    >>> write_inline(("a < b",), Notation())
    'a &lt; b'
    """
    written = write_part(Document("", blocks=(Paragraph(parts),)), notation)
    found = _PARAGRAPH.fullmatch(written)
    return found[2] if found else written


def write_plain_line(parts: tuple[Inline, ...], notation: Notation) -> str:
    """A sentence as text, for a list and for those who hear it.

    >>> from tutor.expression.nodes import Partial
    >>> write_plain_line((Math(Partial("L", "w")), " (a choice)"), Notation())
    '∂L/∂w (a choice)'
    """
    return "".join(text(part.expr, notation) if isinstance(part, Math) else read_words(part) for part in parts)


@dataclass(frozen=True)
class PreparedLesson:
    """A lesson with all of its pages that no session changes, made once for all learners."""

    lesson: Lesson
    words: Wording
    graphs: dict[tuple[int, tuple[Expr | None, ...]], str] = field(default_factory=dict)
    """The pictures of its graph that were drawn, by their part and the values in them: most learners of a class come by the same."""

    @cached_property
    def layouts(self) -> tuple[Layout | None, ...]:
        """Where the boxes of each part of its graph stand, each with room for a number; a network has no such boxes."""
        return tuple(self._plan(part.picture) for part in draw_parts(start(self.lesson), self.words))

    def _plan(self, picture: Picture | Diagram) -> Layout | None:
        if isinstance(picture, Diagram):
            return None
        roomy = tuple(replace(node, value=LONG_NUMBER, gradient=None) for node in picture.nodes)
        return plan_layout(replace(picture, nodes=roomy), self.of_graph, BESIDE)

    @cached_property
    def notation(self) -> Notation:
        """How its course writes it."""
        return self.words.speak(find_notation(self.lesson))

    @cached_property
    def of_graph(self) -> Notation:
        """How it is written in the graph, which is drawn neuron by neuron."""
        if not self.lesson.settings.layer:
            return self.notation
        return self.words.speak(find_notation(replace(self.lesson, settings=replace(self.lesson.settings, layer=False))))

    @cached_property
    def given(self) -> str:
        """What is given."""
        return write_part(write_start(start(self.lesson), self.words), self.notation)

    @cached_property
    def graph(self) -> str:
        """The picture of its graph, with names alone."""
        return write_graph(start(self.lesson), self)

    @cached_property
    def title(self) -> str:
        """Its title as HTML."""
        exercise = self.lesson.exercise
        plain, maths = set_title(exercise.say(exercise.title, self.words.language), self.notation)
        return write_inline(maths or (plain,), self.notation)

    @cached_property
    def plain_title(self) -> str:
        """Its title as text."""
        exercise = self.lesson.exercise
        return set_title(exercise.say(exercise.title, self.words.language), self.notation)[0]

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What each task is called in a list, as text."""
        return {task.id: self._name_task(task) for task in self.lesson.tasks}

    def _name_task(self, task: AskedStep) -> str:
        return write_plain_line(name_step(task, self.words), self.notation)[:LABEL]

@dataclass(slots=True)
class SessionPage:
    """A session with what was said last, and the steps that were written already: each is written again only
    where a number in it is another one."""

    prepared: PreparedLesson
    session: Session
    reply: Reply | None = None
    written: dict[str, tuple[tuple[Progress, tuple[str, ...]], dict[str, Any]]] = field(default_factory=dict)
    shown: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.shown = self.session.list_shown()

    def write_state(self) -> dict[str, Any]:
        """All parts of the page, and what a list has of it."""
        session, prepared = self.session, self.prepared
        found: dict[str, Any] = {
            "title": prepared.title, "plain_title": prepared.plain_title, "language": prepared.words.language,
            "mode": session.lesson.settings.mode, "layer": session.lesson.settings.layer,
            "progress": write_progress(session), "ended": session.ended, "said": self._write_said(), "steps": self._list_steps(),
            "given": prepared.given, "graph": write_graph(session, prepared), "known": self._write_known(),
            "known_open": len(session.list_shown()) <= MOST_OPEN,
        }  # fmt: skip
        if session.ended:
            return found | {"summary": write_part(write_summary(session, prepared.words), prepared.notation, DEPTH)}
        found |= {"choices": list(choices(session)), "list": self._list_tasks()}
        return found | ({"question": self._write_question(task)} if (task := session.task) is not None else {})

    def _write_known(self) -> str:
        if self.session.is_secret:
            return ""  # a number on the table would be a verdict
        return write_part(write_known(self.session, self.prepared.words), self.prepared.notation)

    def _write_said(self) -> dict[str, Any] | None:
        reply = self.reply
        if reply is None:
            return None
        doc = write_reply(self.session, replace(reply, placed=None), self.prepared.words)  # that step stands among the steps
        return {"html": write_part(doc, self.prepared.notation), "mood": find_mood(reply)} if doc.blocks else None

    def _list_steps(self) -> list[dict[str, Any]]:
        return [made for task in list_so_far(self.session) if (made := self._write_step(task))["html"]]

    def _write_step(self, task: AskedStep) -> dict[str, Any]:
        own, notation = self.session.look_up(task.id), self.prepared.notation
        step = find_step(self.session.lesson.marker, task)
        put_in = list_put_in(step, self.shown)
        before = self.written.get(task.id)
        if before is not None and before[0] == (own, put_in):
            return before[1]
        html = write_part(write_step(self.session, task, self.prepared.words), notation)
        made = {"html": html, "target": task.target, "touched": list(list_touched(step)) if step is not None else [task.target]}
        self.written[task.id] = ((own, put_in), made)
        return made

    def _write_question(self, task: AskedStep) -> dict[str, Any]:
        words, notation = self.prepared.words, self.prepared.notation
        choices_of = list_options(self.session.lesson, task, words)
        touched = _name_tiles(task) or [""] * len(choices_of)
        options = [
            {"letter": letter, "html": write_inline(said, notation), "node": node, "name": write_plain_line(said, notation)}
            for (letter, said), node in zip(choices_of, touched, strict=True)
        ]
        asked = list(list_key_names(task.target)) if task.target else []
        field, grid = choose_field(task), measure_grid(task)
        typed = self._find_typed(task, field)
        return {
            "id": task.id, "kind": task.kind, "label": say_place(self.session, task, words),
            "html": write_inline(ask_task(self.session.lesson, task, words, notation), notation),
            "options": options, "field": field, "touched": asked, **grid,
            "typed": typed, "cells": split_grid(typed, **grid) if field == "grid" else [],
        }  # fmt: skip

    def _find_typed(self, task: AskedStep, field: str) -> str:
        """What the learner typed last where it stays in its field, to be mended: what could not be read, a formula instead of a number,
        and in a grid what is not right."""
        reply, events = self.reply, self.session.events
        if reply is None or reply.task != task.id or reply.kind != "answer" or reply.before or not events or reply.marked is None:
            return ""
        stays = reply.note in ("unreadable", "formula") or (field == "grid" and not reply.note and find_mood(reply) == "bad")
        return events[-1].text if stays and events[-1].kind == "answer" else ""

    def _list_tasks(self) -> list[dict[str, str]]:
        session, marks = self.session, self.prepared.words.web.MARKS
        found = []
        for number, task in enumerate(session.lesson.tasks, 1):
            status = session.look_up(task.id).status
            mark = "now" if task.id == session.at else "done" if status in DONE else status
            found.append({"id": task.id, "label": f"{number}. {self.prepared.labels[task.id]}", "mark": marks.get(mark, marks["open"])})
        return found


def write_graph(session: Session, prepared: PreparedLesson) -> str:
    """The graph with the values that are known so far, as a picture to stand beside a text; nothing where there is none.

    Each box has room for a number from the start, so that nothing moves when one is found, and its width says nothing about it.  In an exam
    it stays as it was at the beginning: its page is the same whatever was answered.  Of a large graph those parts stand open that
    the question is about, of a whole array the first ones.
    """
    figures = draw_parts(start(prepared.lesson) if session.is_secret else session, prepared.words)
    drawn = [_draw_part(place, figure.picture, prepared) for place, figure in enumerate(figures)]
    if len(figures) < 2:
        return "".join(drawn)
    wanted = _list_wanted(session.task)
    held = [{node.name for node in figure.picture.nodes} & wanted for figure in figures if isinstance(figure.picture, Picture)]
    told = [write_inline(figure.caption, prepared.of_graph) for figure in figures]
    about = [place for place, here in enumerate(held) if here] or list(range(len(held)))
    if session.task is None or session.task.question.array:  # a whole array may be in all of them
        about = about[:MOST_PARTS]
    return "".join(
        f'<details{" open" if place in about else ""}><summary>{title}</summary>{picture}</details>'
        for place, (title, picture) in enumerate(zip(told, drawn, strict=True))
    )


def _list_wanted(task: AskedStep | None) -> set[str]:
    """The quantities that a task is about, or asks to choose from: their part of a large graph is open."""
    if task is None:
        return set()
    about = [task.target] if task.target else task.question.targets if task.question.array else ()
    return {*(name for key in about for name in list_key_names(key)), *_name_tiles(task)}


def _name_tiles(task: AskedStep) -> list[str]:
    """The quantity that each tile is; nothing for a tile that is a formula."""
    return [tile.name if type(tile) is Name else "" for tile in task.tiles]


def _draw_part(place: int, picture: Picture | Diagram, prepared: PreparedLesson) -> str:
    """A picture of the graph as SVG, kept for whoever comes by the same values."""
    if isinstance(picture, Diagram):
        return draw_picture(picture, prepared.of_graph, alone=False)
    shown = replace(picture, nodes=tuple(replace(node, gradient=None) for node in picture.nodes))
    key = place, tuple(node.value for node in shown.nodes)
    if key not in prepared.graphs:
        if len(prepared.graphs) >= GRAPHS:
            prepared.graphs.pop(next(iter(prepared.graphs)))
        prepared.graphs[key] = svg(shown, prepared.of_graph, alone=False, layout=prepared.layouts[place])
    return prepared.graphs[key]


def write_progress(session: Session) -> dict[str, Any]:
    """How far a session is: what lists show, and what the next exercise is chosen by."""
    tasks = session.lesson.tasks
    statuses = [find_status(session.look_up(task.id)) for task in tasks]
    return {
        "count": len(tasks), "done": sum(session.look_up(task.id).status in DONE for task in tasks),
        "right": sum(status in ("right", "implied") for status in statuses), "ended": session.ended, "finished": is_finished(session),
        "trials": [list(trial) for trial in session.trials],
        "known": {trial.skill: round(session.known[trial.skill], 4) for trial in session.trials},
    }  # fmt: skip


def find_mood(reply: Reply) -> str:
    """How a reply is coloured; its words say the same."""
    if reply.rung is not None:
        return "hint"
    if reply.marked is None or reply.note:
        return "note"
    return "good" if reply.marked.verdict in ("correct", "follow-through") else "bad"


def choose_field(task: AskedStep) -> str:
    """How a task is answered: ``one`` or ``many`` of some choices, a ``grid`` of entries, a line of ``text``, or an ``area``."""
    kind = task.question.kind
    if kind == "choice":
        return "one" if task.kind in ONE_OF else "many"
    if kind in LISTS:
        return "grid" if measure_grid(task)["rows"] else "area"
    return "text"


def measure_grid(task: AskedStep) -> dict[str, int]:
    """The rows and columns of a grid of fields; none where the answer is typed as a whole."""
    question = task.question
    if question.kind not in LISTS or len(question.shape) > 2 or len(question.targets) > MOST_FIELDS:
        return {"rows": 0, "columns": 0}
    columns = question.shape[1] if len(question.shape) == 2 else 1
    return {"rows": len(question.targets) // columns, "columns": columns} if columns <= WIDEST else {"rows": 0, "columns": 0}


def name_skills(known: Mapping[str, float], words: Wording) -> dict[str, str]:
    """What each skill is called."""
    return {skill: words.name_skill(skill) for skill in known}
