"""Learners that are made go through exercises over the pages; whatever they are sent before they have earned an answer does not have it."""

import math
import random
import re
from html import unescape

import pytest
from learners_made import RUBBISH
from some_now import some_now
from web_site import SiteMade, need_web

need_web()

from tutor.exercise.catalogue import ids  # noqa: E402
from tutor.explain.words.wording import ENGLISH  # noqa: E402
from tutor.expression.plain import write_plain  # noqa: E402
from tutor.practice.ladder import find_step, write_answer  # noqa: E402
from tutor.practice.session import DONE  # noqa: E402
from tutor.render.maths import Printer  # noqa: E402
from tutor.web.lesson_page import choose_field, find_notation, measure_grid  # noqa: E402

DOZEN = ["neuron/two-two-two", "qmul/activated-neuron", "dl/bce", "cmu/counting", "graz/sqrt-cos", "qmul/network-deltas",
         "dl/nested-layers", "neuron/softmax-regression-batch", "cmu/three-layer-chain", "graz/two-two-one", "dl/relu-regression",
         "qmul/linear-neuron"]  # fmt: skip
MOST = 700
TAGS = re.compile(r"<[^>]*>")


class Learner:
    """A browser with a session of one exercise, and what its worker knows of it."""

    def __init__(self, site, key, *, layer=False):
        self.site, self.browser, self.key = site, site.browser(), key
        self.page = self.browser.begin(key, layer=int(layer))
        self.watched = 0

    @property
    def session(self):
        return next(iter(self.site.desks.desk.sessions.values()))[1].session

    @property
    def reply(self):
        return next(iter(self.site.desks.desk.sessions.values()))[1].reply

    def do(self, kind, **fields):
        self.site.time += 30
        self.page = self.browser.do(self.page, kind, **fields)
        assert self.page.status == 200, (kind, fields, self.page.text[:2000])

    def answer(self, text):
        self.do("answer", **self.fill(self.session.task, text))

    def fill(self, task, text):
        """The fields of an answer as the page asks for it."""
        grid = measure_grid(task)
        if choose_field(task) in ("one", "many"):
            return {"text": [letter.strip() for letter in text.split(",")]}
        if not grid["rows"]:
            return {"text": text}
        cells = [cell.strip() for cell in re.sub(r"[\[\]]", "", text).split(",")]
        if len(cells) != grid["rows"] * grid["columns"]:
            return {"e1_1": text}
        places = [(row, column) for row in range(1, grid["rows"] + 1) for column in range(1, grid["columns"] + 1)]
        return {f"e{row}_{column}": cell for (row, column), cell in zip(places, cells, strict=True)}

    def right(self):
        return write_answer(self.session.lesson.marker, self.session.task.question)

    def is_over(self):
        return self.session.ended or not self.session.at

    def look_for_secrets(self):
        """Fail where a number or a formula that is still asked for is in anything that came since the last look."""
        secrets = list_secrets(self.session)
        for page in self.browser.seen[self.watched :]:
            parts = [page.text, *map(str, page.headers.values()), *page.set_cookies, *self.browser.cookies.values()]
            everything = unescape(TAGS.sub("", " ".join(parts))) + " " + " ".join(parts)
            squeezed = re.sub(r"\s", "", everything)
            for name, secret in secrets:
                assert secret not in everything, (self.key, name, secret, page.address)
                assert secret not in squeezed, (self.key, name, secret, page.address)
        self.watched = len(self.browser.seen)


def list_secrets(session):
    """The numbers and formulas that are not earned yet, those that stand nowhere else; as typed, and as printed."""
    lesson = session.lesson
    marker, printer = lesson.marker, Printer(find_notation(lesson))
    known = {float(value) for value in lesson.exercise.values.values()} | {float(text) for text in session.list_shown().values()}
    known |= set(map(float, lesson.exercise.network.sizes)) if lesson.exercise.network is not None else set()
    own = "".join(session.look_up(task.id).text for task in lesson.tasks)
    shown = " ".join(write_plain(step.expr) for step in marker.sheet.working.graph.steps)
    done = {write_answer(marker, task.question) for task in lesson.tasks if session.look_up(task.id).status in DONE}
    for task in lesson.tasks:
        if session.look_up(task.id).status in DONE:
            continue
        answer = write_answer(marker, task.question)
        if answer in done or answer in own:
            continue
        if task.question.kind == "number" and len(re.sub(r"\D", "", answer).strip("0")) >= 5:
            if not any(abs(float(answer) - value) < 1e-4 * abs(value) for value in known):
                yield task.id, answer
                yield task.id, answer.replace("-", "−")
        elif task.question.kind in ("expression", "chain") and not task.question.shape:
            step = find_step(marker, task)
            if step is not None and len(write_plain(step.expr)) >= 12 and write_plain(step.expr) not in shown:
                yield task.id, write_plain(step.expr)
                yield task.id, printer.text(step.expr)


def answer_right(learner):
    count = 0
    while not learner.is_over():
        learner.look_for_secrets()
        task = learner.session.task
        learner.answer(learner.right())
        assert learner.session.look_up(task.id).status in DONE, (task.id, learner.page.text)
        count += 1
        assert count < MOST


def take_hints(learner):
    count = 0
    while not learner.is_over():
        learner.do("hint")
        count += 1
        assert count < MOST


def type_rubbish(learner):
    count = 0
    while not learner.is_over():
        here = learner.session.at
        for text in RUBBISH[count % 3 :: 3][:2]:
            if learner.session.at == here:
                learner.answer(text)
                learner.look_for_secrets()
            count += 1
        if learner.session.at == here:
            learner.do("give-up")
        assert count < MOST


def slip_once(learner):
    """Each known slip that changes what is asked, at one step each: it is told by what to look at, at once."""
    chance, made, told = random.Random(2), 0, 0
    marker = learner.session.lesson.marker
    if not marker.exercise.values:
        return answer_right(learner)
    diagnosis, world = marker.diagnosis, marker.sheet.numbers
    while not learner.is_over():
        task = learner.session.task
        is_number = task.kind == "value" and task.question.kind == "number"
        rows = [row for row in diagnosis.touching.get(task.target, ()) if not diagnosis.bends[row].systematic] if is_number else []
        if rows:
            row = chance.choice(rows)
            value = float(world.run_bent([diagnosis.variants[row]], [task.target])[task.target][0, 0])
            true = float(world.env[task.target][0])
            exact = len(f"{value:.7g}".strip("-0.").replace(".", "")) < 6
            if math.isfinite(value) and not exact and abs(value - true) > 0.05 * abs(true):
                learner.answer(f"{value:.7g}")
                made += 1
                slips = learner.reply.marked.slips
                told += (diagnosis.bends[row].tag, task.target) in {(slip.tag, slip.at) for ways in slips for slip in ways}
                assert not slips or ENGLISH.marking.slip(slips[0][0].tag).look in unescape(TAGS.sub("", learner.page.text))
        if learner.session.at == task.id:
            learner.answer(learner.right())
    assert told >= 0.9 * made  # of all sessions together at least 98 %: tests/practice/test_session.py
    return None


def do_anything(learner):
    """Every kind of event, again and again, in an order by chance."""
    chance = random.Random(5)
    for _ in range(60):
        if learner.session.ended:
            break
        kinds = learner.page.form("/practise/").buttons
        kind = chance.choice([kind for kind in kinds if kind != "quit"])
        if kind == "go":
            learner.do("go", to=chance.choice(learner.page.form("/practise/").options["to"]))
        elif kind == "answer":
            learner.answer(chance.choice([learner.right(), "0.3", "x", "a"]))
        else:
            learner.do(kind)
    if not learner.session.ended:
        learner.do("quit")


ROBOTS = (take_hints, type_rubbish, slip_once, do_anything)
FORMS = [(key, layer) for key in ids() for layer in (False, True)]


@pytest.mark.parametrize(("key", "layer"), some_now(FORMS, every=20, rows=True))
def test_who_is_right_is_told_nothing_before(tmp_path, key, layer):
    go_through(tmp_path, key, layer, [answer_right])


@pytest.mark.parametrize(("key", "layer"), some_now([(key, layer) for key in DOZEN for layer in (False, True)], every=6, rows=True))
def test_every_learner_comes_to_the_end(tmp_path, key, layer):
    go_through(tmp_path, key, layer, ROBOTS)


def go_through(tmp_path, key, layer, robots):
    for place, robot in enumerate(robots):
        folder = tmp_path / str(place)
        folder.mkdir()
        site = SiteMade(folder, [key])
        learner = Learner(site, key, layer=layer)
        robot(learner)
        assert learner.session.ended
        assert "What you did" in learner.page.text
        assert site.store.find_session(1, key).progress["ended"]
        site.close()


def test_a_secret_would_be_seen(tmp_path):
    site = SiteMade(tmp_path, DOZEN[:1])
    learner = Learner(site, DOZEN[0])
    secrets = [secret for _, secret in list_secrets(learner.session)]
    assert "0.0821670" in secrets or len(secrets) > 20
    learner.look_for_secrets()
    learner.browser.get(f"/solution/{DOZEN[0]}")
    with pytest.raises(AssertionError):
        learner.look_for_secrets()
    site.close()
