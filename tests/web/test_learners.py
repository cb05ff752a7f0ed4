"""Learners that are made go through exercises over the pages; whatever they are sent before they have earned an answer does not have it."""

import random
import re
from html import unescape

import pytest
from chosen_exercises import chosen_ids
from learners_made import REST, MadeLearner, go_on
from some_now import some_now
from web_site import SiteFront, SiteMade, need_web

need_web()

from tutor.exercise.load import from_text  # noqa: E402
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


class HttpFront(SiteFront):
    """A browser with a session of one exercise, and what its worker knows of it."""

    def __init__(self, site, key, *, layer=False):
        self.site, self.browser, self.key = site, site.browser(), key
        self.page = self.browser.begin(key, layer=int(layer))
        self.watched = 0

    def do(self, kind, text=""):
        """An event, as the page sends it: an answer in its fields, a task to go to in its list."""
        fields = self.fill(self.session.task, text) if kind == "answer" else {"to": text} if kind == "go" else {}
        self.site.time += REST
        self.page = self.browser.do(self.page, kind, **fields)
        assert self.page.status == 200, (kind, fields, self.page.text[:2000])

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


def look_at_page(front, task, kind):
    """Nothing that is not earned is in what came; a slip that is told is told by what to look at."""
    if kind != "hint":
        front.look_for_secrets()
    marked = front.reply.marked if front.reply is not None and kind == "answer" else None
    if marked is not None and marked.slips and not front.reply.note:
        assert ENGLISH.marking.slip(marked.slips[0][0].tag).look in unescape(TAGS.sub("", front.page.text)), (task.id, marked)


def be_made(kind):
    """A made learner of a kind, and what is held of it."""

    def learn(front):
        learner = MadeLearner(kind, random.Random(2))
        go_on(front, learner, most=MOST, look=look_at_page)
        if kind == "right":
            assert all(front.session.look_up(task.id).status in DONE for task in front.session.lesson.tasks)

    return learn


def do_anything(front):
    """Every kind of event, again and again, in an order by chance."""
    chance = random.Random(5)
    for _ in range(60):
        if front.session.ended:
            break
        form = front.page.form("/practise/")
        kind = chance.choice([kind for kind in form.buttons if kind != "quit"])
        right = write_answer(front.session.lesson.marker, front.session.task.question)
        texts = {"go": form.options["to"], "answer": [right, "0.3", "x", "a"]}
        front.do(kind, chance.choice(texts.get(kind, [""])))
    if not front.session.ended:
        front.do("quit")


LEARNERS = (be_made("right"), be_made("hints"), be_made("rubbish"), do_anything)
SLIPS = [(DOZEN[:3], False), *(pytest.param(chosen_ids()[layer::2], layer, marks=pytest.mark.slow) for layer in (False, True))]


@pytest.mark.parametrize(("key", "layer"), some_now([(key, layer) for key in DOZEN for layer in (False, True)], every=6, rows=True))
def test_every_learner_comes_to_the_end(tmp_path, key, layer):
    go_through(tmp_path, key, layer, LEARNERS)


@pytest.mark.parametrize(("keys", "layer"), SLIPS)
def test_slips_are_told(tmp_path, keys, layer):
    """By their tag at their step, in numbers, formulas, vectors and matrices, over half of the exercises in each form; hardly ever
    that of another.

    Each step is done right after its slip, so that nothing of any exercise is seen before it is earned.
    """
    made, missed = [], []
    for place, key in enumerate(keys):
        folder = tmp_path / str(place)
        folder.mkdir()
        site, learner = SiteMade(folder, [key]), MadeLearner("slips", random.Random(place))
        front = HttpFront(site, key, layer=layer)
        go_on(front, learner, most=MOST, look=look_at_page)
        assert all(front.session.look_up(task.id).status in DONE for task in front.session.lesson.tasks)
        site.close()
        made += learner.slips
        missed += learner.list_missed()
    assert len(made) > 5 * len(keys) / 2
    assert len(missed) <= 0.02 * len(made), missed
    assert sum(bool(told) for *_, told in missed) <= 0.01 * len(made), missed


def write_large(path):
    """A network of more than a hundred quantities, with values that end nowhere."""
    text = 'title = "Large"\nasked = ["dL/dw1_1_1"]\n[network]\nsizes = [4, 6, 4, 2]\nactivation = "sigmoid"\nloss = "squared error"\n'
    leaves = [leaf.name for leaf in from_text(text, "large").graph.leaves]
    values = [f"{name} = {0.1 + place * 0.6180339 % 0.8:.5f}" for place, name in enumerate(leaves)]
    path.write_text("\n".join([text, "[values]", *values]), "utf-8")


def find_graph(front):
    """The graph of a page, without the rest."""
    return "".join(re.findall('<section class="graph".*?</section>', front.page.text, re.DOTALL))


@pytest.mark.slow
def test_a_large_graph_tells_nothing_before(tmp_path):
    """It is drawn in parts; those are open that the question is about, and nothing stands in any that is not earned."""
    write_large(tmp_path / "large.toml")
    site = SiteMade(tmp_path, [tmp_path / "large.toml"])
    front = HttpFront(site, "large")
    front.look_for_secrets()
    assert len(re.findall("<details", find_graph(front))) > 2
    assert "<details><summary>What is known" in front.page.text  # so many numbers are shown to who asks for them

    def look(front, task, event):
        look_at_page(front, task, event)
        open_parts = re.findall("<details open>(.*?)</details>", find_graph(front), re.DOTALL)
        asked = front.session.task.target.rpartition("/d")[2].partition("@")[0] if front.session.task is not None else ""
        assert not asked or any(f'data-node="{asked}"' in part for part in open_parts), asked

    go_on(front, MadeLearner("slips", random.Random(2)), most=MOST, look=look)
    assert front.session.ended
    site.close()


def go_through(tmp_path, key, layer, learners):
    for place, learn in enumerate(learners):
        folder = tmp_path / str(place)
        folder.mkdir()
        site = SiteMade(folder, [key])
        front = HttpFront(site, key, layer=layer)
        front.look_for_secrets()
        learn(front)
        assert front.session.ended
        assert "What you did" in front.page.text
        assert site.store.find_session(1, key).progress["ended"]
        site.close()


def test_a_secret_would_be_seen(tmp_path):
    site = SiteMade(tmp_path, DOZEN[:1])
    front = HttpFront(site, DOZEN[0])
    secrets = [secret for _, secret in list_secrets(front.session)]
    assert "0.0821670" in secrets or len(secrets) > 20
    front.look_for_secrets()
    front.browser.get(f"/solution/{DOZEN[0]}")
    with pytest.raises(AssertionError):
        front.look_for_secrets()
    site.close()
