"""The pages in Chromium: learners go through exercises by keyboard, with JavaScript and without; axe finds nothing; no other is asked."""

import re

import pytest
from learners_made import REST, MadeLearner, go_on
from web_browser import need_browser, run_chromium, run_server
from web_site import SiteFront, SiteMade, need_web

need_web()
need_browser()

from axe_playwright_python.sync_playwright import Axe  # noqa: E402

from tutor.exercise.load import load  # noqa: E402
from tutor.expression.walk import names as list_names  # noqa: E402
from tutor.practice.ladder import write_answer  # noqa: E402
from tutor.practice.session import Lesson, Settings  # noqa: E402

DOZEN = ["neuron/two-two-two", "qmul/activated-neuron", "dl/bce", "cmu/counting", "graz/sqrt-cos", "qmul/network-deltas",
         "dl/nested-layers", "cmu/three-layer-chain", "graz/two-two-one", "dl/relu-regression", "qmul/linear-neuron",
         "neuron/softmax-loss"]  # fmt: skip
SHORTER = [*DOZEN[:5], "qmul/two-linear-layers", "dl/perceptron", "neuron/adam", "graz/training-loss", *DOZEN[-3:]]
LAYERS = ["qmul/network-deltas", "dl/bce-columns"]
MOST = 60


@pytest.fixture(scope="module")
def chromium():
    with run_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with run_server(folder) as (address, _):
        yield address


@pytest.fixture
def open_page(chromium):
    """A page of its own; fails for an error on its console and for whatever asks another host."""
    opened, faults = [], []

    def make(**options):
        context = chromium.new_context(**options)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type == "error" and "status of 4" not in said.text else None)
        page.on("request", lambda asked: faults.append(asked.url) if not asked.url.startswith("http://127.0.0.1:") else None)
        return page

    yield make
    for context in opened:
        context.close()
    assert faults == []


def begin(page, address, key, *, layer=False):
    page.goto(f"{address}/practise/{key}")
    if (form := page.locator(f"input[name=layer][value='{int(layer)}']")).count():
        form.check()
    with page.expect_navigation():
        page.click("form.begin .button")


def wait_for_more(page, seen):
    """Wait until the page shows that it has seen another event."""
    page.wait_for_function("seen => (document.querySelector('[name=seen]') || {}).value !== seen", arg=seen)


def answer(page, lesson):
    """Answer what is asked, by the keyboard alone; whether it went on."""
    task = lesson.by_id[page.input_value("#to")]
    text, seen = write_answer(lesson.marker, task.question), page.input_value("[name=seen]")
    if page.locator(".tiles").count():
        for letter in text.split(","):
            page.focus(f".tiles input[value='{letter.strip()}']")
            page.keyboard.press("Space")
    elif page.locator(".fields").count():
        for place, cell in enumerate(re.sub(r"[\[\]\s]", "", text).split(",")):
            page.locator(".fields input").nth(place).fill(cell)
    else:
        page.focus("#answer")
        page.keyboard.insert_text(text)
    page.keyboard.press("Enter")
    wait_for_more(page, seen)
    assert "said bad" not in page.inner_html("#said"), (task.id, text)


@pytest.mark.slow
@pytest.mark.parametrize(("key", "layer"), [*((key, False) for key in DOZEN), *((key, True) for key in LAYERS)])
def test_who_knows_everything_comes_to_the_end(open_page, address, key, layer):
    page, lesson = open_page(), Lesson(load(key), Settings(layer=layer))
    begin(page, address, key, layer=layer)
    loaded = page.evaluate("performance.timeOrigin")
    for _ in range(MOST):
        if page.locator("form.asking").count() == 0:
            break
        answer(page, lesson)
    if page.locator("form.asking").count():
        page.click("button[value=quit]")
    page.wait_for_selector(".summary")
    assert page.evaluate("performance.timeOrigin") == loaded  # all in place


ACT = """async ([kind, answers]) => {
    const seen = () => (document.querySelector("[name=seen]") || {}).value, before = seen();
    const changed = new Promise((tell) => {
        const watch = new MutationObserver(() => { if (seen() !== before) { watch.disconnect(); tell(); } });
        watch.observe(document.querySelector("#ask"), { childList: true });
    });
    const boxes = [...document.querySelectorAll("#ask fieldset input[name=text]")];
    const fields = boxes.length ? [] : [...document.querySelectorAll("#ask #answer, #ask .fields input")];
    boxes.filter((one) => answers.includes(one.value) !== one.checked).forEach((one) => one.click());
    fields.forEach((one, place) => { one.value = answers[place] || ""; one.dispatchEvent(new Event("input", { bubbles: true })); });
    document.querySelector(`#ask button[name=do][value="${kind}"]`).click();
    await changed;
    const said = document.querySelector("#said > div"), to = document.querySelector("#to");
    return { mood: said ? said.className : "", at: to ? to.value : "", over: Boolean(document.querySelector(".summary")) };
}"""
"""A button of the page is pressed once its fields are filled in, and the page has changed."""


class PageFront(SiteFront):
    """A page in Chromium; the site is in this process, so that it says what its session is, and its clock is set."""

    def __init__(self, page, site):
        self.page, self.site, self.shown = page, site, {}

    def do(self, kind, text):
        self.site.time += REST
        question, answers = self.session.task.question, [text]
        if kind == "answer" and question.kind != "expression" and self.page.locator(".fields, .tiles").count():
            answers = [cell.strip() for cell in re.sub(r"[\[\]]", "", text).split(",")]
        self.shown = self.page.evaluate(ACT, [kind, answers])


@pytest.fixture(scope="module")
def made_site(tmp_path_factory):
    site = SiteMade(tmp_path_factory.mktemp("made"), SHORTER)
    with site.serve() as address:
        yield site, address
    site.close()


@pytest.mark.slow
@pytest.mark.parametrize(("key", "kind"), [(key, kind) for kind in ("hints", "slips", "rubbish") for key in SHORTER])
def test_made_learners_come_to_the_end(open_page, made_site, key, kind):
    """What the page asks for next is what the session says, and how it is coloured; a slip is told by its tag."""
    site, address = made_site
    page, learner = open_page(viewport={"width": 400, "height": 300}, reduced_motion="reduce"), MadeLearner(kind)  # little to paint
    begin(page, address, key)

    def look(front, task, event):
        shown, marked = front.shown, front.reply.marked
        assert shown["at"] == front.session.at or front.session.ended
        if event == "answer" and marked is not None and not front.reply.note:
            assert shown["mood"] == f"said {'good' if marked.verdict in ('correct', 'follow-through') else 'bad'}" or shown["over"]

    front = PageFront(page, site)
    go_on(front, learner, look=look)
    assert front.shown["over"]
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1  # all in place
    assert len(learner.list_missed()) <= 0.02 * len(learner.slips), learner.list_missed()


@pytest.mark.slow
def test_it_works_without_javascript(open_page, address):
    key = "qmul/activated-neuron"
    page, lesson = open_page(java_script_enabled=False), Lesson(load(key), Settings())
    begin(page, address, key)
    for _ in range(MOST):
        if page.locator("form.asking").count() == 0:
            break
        text = write_answer(lesson.marker, lesson.by_id[page.input_value("#to")].question)
        with page.expect_navigation():  # a form sent without a script is a page of its own
            if page.locator(".tiles").count():
                for letter in text.split(","):
                    page.check(f".tiles input[value='{letter.strip()}']")
                page.click("button[value=answer]")
            else:
                page.fill("#answer", text)
                page.press("#answer", "Enter")
        assert page.locator(".said.bad").count() == 0
    assert page.locator(".summary").count() == 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hint", "skip", "give-up"])
def test_every_button_works_in_place(open_page, address, kind):
    page = open_page()
    begin(page, address, "neuron/two-two-two")
    for _ in range(3):
        seen = page.input_value("[name=seen]")
        page.click(f"button[value={kind}]")
        wait_for_more(page, seen)
        assert page.evaluate("document.activeElement.value") == kind  # the focus stays where the learner is


@pytest.mark.slow
def test_what_is_typed_is_shown_as_it_is_understood(open_page, address):
    page = open_page()
    begin(page, address, "neuron/two-two-two")
    page.fill("#answer", "w1*i1 + 1/2")
    page.wait_for_selector("#preview math mfrac")
    page.fill("#answer", "(1")
    page.wait_for_selector("#preview .unread")
    page.fill("#answer", "")
    page.wait_for_function("() => !document.querySelector('#preview').textContent")


@pytest.mark.slow
def test_steps_and_graph_light_each_other_up(open_page, address):
    page = open_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{address}/solution/neuron/two-two-two")
    lit = "() => [...document.querySelectorAll('.lit')].map(one => one.dataset.node || one.dataset.step || one.dataset.edge)"
    page.hover("[data-node=out_h1]")
    found = page.evaluate(lit)
    assert "out_h1" in found
    assert "din_o1/dout_h1" in found
    page.hover("[data-step='out_h1']")
    assert {"out_h1", "in_h1>out_h1"} <= set(page.evaluate(lit))  # its node, and what leads to it
    assert "in_o2" not in page.evaluate(lit)


def go_to_tiles(page, place):
    """Go to a step whose answer is chosen from tiles."""
    page.select_option("#to", place)
    page.click("button[value=go]")
    page.wait_for_selector(".tray")


@pytest.mark.slow
def test_tiles_are_dragged(open_page, address):
    page = open_page(viewport={"width": 1440, "height": 900})
    begin(page, address, "neuron/two-two-two")
    go_to_tiles(page, "dL/dw5.factors")
    page.locator(".tile").first.drag_to(page.locator(".tray"))
    assert page.locator(".tray .tile input:checked").count() == 1
    page.locator(".tray .tile").first.drag_to(page.locator(".tiles legend"))
    assert page.locator(".tray .tile").count() == 0


def list_marked(page):
    """What is ticked, the boxes that are pressed, and the edges that are marked."""
    return page.evaluate("""() => {
        const list = (query, name) => [...document.querySelectorAll(query)].map(name).sort();
        return [list(".tile:has(input:checked)", (one) => one.dataset.tile),
                list("#beside [aria-pressed=true]", (one) => one.dataset.node),
                list("#beside path.way", (one) => one.dataset.edge).flatMap((edges) => edges.split(" "))];
    }""")


MANY_WAYS = [("neuron/two-two-two", "dL/dout_h1.ways"), ("qmul/laplacian-edge", "dE/dX_5_4.ways"), ("neuron/relu-combination", "")]


@pytest.mark.slow
@pytest.mark.parametrize(("key", "place"), MANY_WAYS)
def test_ways_are_chosen_on_the_graph(open_page, address, key, place):
    """By keys and by the mouse, in boxes and at edges; tiles and graph show the same, and what is right shows in neither."""
    page, lesson = open_page(viewport={"width": 1440, "height": 900}, reduced_motion="reduce"), Lesson(load(key), Settings())
    begin(page, address, key)
    task = lesson.by_id[place or next(task.id for task in lesson.tasks if task.kind == "ways")]
    go_to_tiles(page, task.id)
    names = [tile.name for tile in task.tiles]
    assert sorted(page.eval_on_selector_all("#beside [role=button]", "all => all.map(one => one.dataset.node)")) == sorted(names)
    assert page.locator("#beside [role=button]:not([tabindex='0'])").count() == 0
    users = {}
    for target, used in ((step.target, name) for step in lesson.marker.sheet.working.graph.steps for name in list_names(step.expr)):
        users.setdefault(used, []).append(target)
    for count, name in enumerate(names):
        box = page.locator(f"#beside [data-node='{name}']")
        assert box.get_attribute("aria-label").startswith("The way through ")
        if count % 2:
            box.focus()
            assert page.locator("#beside svg .lit").count() == 0  # where one is looks like no choice
            page.keyboard.press("Enter" if count % 4 == 1 else " ")
            assert page.evaluate("document.activeElement.dataset.node") == name
        else:
            box.click()
        behind, onwards = {name}, set()
        for here in behind_in_turn(behind):
            onwards |= {f"{here}>{user}" for user in users.get(here, ())}
            behind.update(users.get(here, ()))
        ticked, pressed, marked = list_marked(page)
        assert ticked == pressed == [name]
        assert onwards <= set(marked)  # the same for a right one and a wrong one: what goes on from there
        page.click(f".tile[data-tile='{name}']")
        assert list_marked(page) == [[], [], []]
    for letter in task.question.right:
        page.check(f".tiles input[value='{letter}']")
    right = sorted(names[ord(letter) - ord("a")] for letter in task.question.right)
    assert list_marked(page)[:2] == [right, right]
    seen = page.input_value("[name=seen]")
    page.click("button[value=answer]")
    wait_for_more(page, seen)
    assert "said good" in page.inner_html("#said")


def behind_in_turn(found):
    """The names of a set that grows while it is gone through."""
    done = set()
    while rest := found - done:
        yield (one := min(rest))
        done.add(one)


@pytest.mark.slow
def test_a_graph_is_not_shrunk_on_a_phone(open_page, address):
    """It scrolls beside its page: what stands in its boxes can be read and pressed."""
    page = open_page(viewport={"width": 390, "height": 844})
    begin(page, address, "neuron/two-two-two")
    shown, own, scrolls = page.eval_on_selector("#beside .graph svg", """one => [
        one.getBoundingClientRect().width, one.viewBox.baseVal.width, one.closest(".scroll").tabIndex === 0]""")
    assert shown >= 0.99 * own > 390
    assert scrolls
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_an_edge_chooses_its_way(open_page, address):
    page = open_page(viewport={"width": 1440, "height": 900})
    begin(page, address, "neuron/two-two-two")
    go_to_tiles(page, "dL/dout_h1.ways")
    place = page.evaluate("""() => {
        const edge = document.querySelector("#beside path.reach[data-edge='in_o2>out_o2']"), middle = edge.getTotalLength() / 2;
        const at = edge.getPointAtLength(middle).matrixTransform(edge.getScreenCTM());
        return [at.x, at.y];
    }""")
    page.mouse.click(place[0] + 3, place[1])  # near it is enough
    assert list_marked(page) == [["in_o2"], ["in_o2"], ["L_o2>L", "in_o2>out_o2", "out_o2>L_o2"]]
    page.select_option("#to", "dL/dw5.factors")
    page.click("button[value=go]")
    page.wait_for_function("() => document.querySelector('.tiles').dataset.kind === 'factors'")
    assert page.locator("#beside [role=button], #beside .reach").count() == 0  # nothing to choose there any more


@pytest.mark.slow
def test_two_tabs_in_a_browser(open_page, address):
    page = open_page()
    begin(page, address, "dl/relu-regression")
    other = page.context.new_page()
    other.goto(page.url)
    page.click("button[value=skip]")
    wait_for_more(page, "0")
    other.fill("#answer", "7")
    other.press("#answer", "Enter")
    other.wait_for_selector(".said.bad")
    assert "another tab" in other.inner_text("#said")
    assert other.input_value("[name=seen]") == "1"


def visit_kinds(page, address, lines, links):
    """Each kind of page, by its name."""
    page.goto(links[0])
    yield "catalogue"
    page.select_option("#trains", "forward:sigmoid")
    page.click(".trains button")
    page.wait_for_selector(".trained")
    yield "catalogue of a skill"
    page.goto(f"{address}/solution/qmul/activated-neuron")
    yield "solution"
    page.goto(f"{address}/solution/graz/linear-collapse-layers?form=layer")
    yield "layers"
    page.goto(f"{address}/practise/neuron/two-two-two")
    if page.locator("form.begin").count():
        yield "begin"
        page.click("form.begin .button")
    for text in ("0.3775", "0.7"):
        seen = page.input_value("[name=seen]")
        page.fill("#answer", text)
        page.press("#answer", "Enter")
        wait_for_more(page, seen)
    yield "number"
    for place in ("dL/dw5.factors", "dL/dout_h1.ways"):
        if page.locator(f"option[value='{place}']").count():
            go_to_tiles(page, place)
            yield place.rpartition(".")[2]
            if place.endswith(".ways"):
                page.locator("#beside [role=button]").first.press("Enter")
                yield "ways that are marked"
    page.goto(f"{address}/practise/dl/perceptron-vector")
    if page.locator("form.begin").count():
        if page.locator("input[name=layer][value='1']").count():
            page.check("input[name=layer][value='1']")
        page.click("form.begin .button")
    yield "layer form"
    page.click("button[value=quit]")
    page.wait_for_selector(".summary")
    yield "summary"
    page.goto(f"{address}{re.search(r'(/class/[^ ]+)', lines[-1])[1].strip()}")
    yield "class"
    page.goto(f"{address}/nowhere")
    yield "refusal"


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_axe_finds_nothing(open_page, tmp_path, width, scheme):
    (tmp_path / "class.csv").write_text("student,name\na1,Anna\nb2,Ben\n", "utf-8")
    with run_server(tmp_path, "--class", "class.csv") as (address, lines):
        links = [line.rpartition(",")[2].strip() for line in (tmp_path / "p.sqlite.links.csv").read_text().splitlines()[1:]]
        page, found = open_page(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"), {}
        for kind in visit_kinds(page, address, lines, links):
            for _ in range(3):  # a page that is being changed in place is looked at again: what counts is the page at rest
                violations = Axe().run(page).response["violations"]
                if not violations:
                    break
            nodes = lambda one: [(node["html"][:90], [why["message"][:90] for why in node["any"]]) for node in one["nodes"][:2]]  # noqa: E731
            found[kind] = [(one["id"], nodes(one)) for one in violations]
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), kind
        assert {kind: faults for kind, faults in found.items() if faults} == {}
