"""The site over its application: every refusal, two tabs, forms sent twice, forged cookies, what a page says and what it does not."""

import json
import re
import sqlite3

import pytest
from web_client import Form
from web_site import SiteMade, need_web

need_web()

from tutor.exercise.catalogue import FOLDER  # noqa: E402
from tutor.practice.ladder import write_answer  # noqa: E402
from tutor.web.forms import LARGEST  # noqa: E402
from tutor.web.security import HEADERS, seal_cookie  # noqa: E402
from tutor.web.site import LONGEST  # noqa: E402
from tutor.web.store import Store  # noqa: E402

KEY = "qmul/activated-neuron"
PART = {"x-part": "1"}


@pytest.fixture
def made(tmp_path):
    sites = []

    def make(*targets, **settings):
        sites.append(SiteMade(tmp_path, targets, **settings))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


def said(page):
    found = re.search(r'<div id="said".*?>(.*?)</div>\s*<div id="ask">', page.text, re.DOTALL)
    return re.sub(r"<[^>]*>|\s+", " ", found[1]) if found else ""


def test_every_page_has_its_headers(made):
    browser = made(KEY).browser()
    pages = [browser.get(address) for address in ("/", f"/practise/{KEY}", f"/solution/{KEY}", "/static/site.css", "/nowhere", "/begin/x")]
    pages.append(browser.begin(KEY))
    for page in pages:
        assert {name: page.headers[name] for name, _ in HEADERS} == dict(HEADERS)
        if "static" not in page.address:
            assert page.headers["cache-control"] == "no-store"
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?! src=\"/static/)|https?://(?!www\.w3\.org/)", page.text), page.address
    assert [page.status for page in pages] == [200, 200, 200, 200, 404, 405, 200]


def test_a_learner_goes_through_an_exercise_without_javascript(made):
    browser = made(KEY).browser()
    page = browser.begin(KEY)
    for text, expected in (("banana((", "could not be read"), ("0.1", "Not yet"), ("0.2", "Not yet"), ("2.3", "")):
        assert "to go on with" not in page.text
        page = browser.do(page, "answer", text=text)
        assert page.status == 200
        assert expected in said(page)
        if text == "0.2":
            assert page.text.count("to go on with") == 1  # the step is placed among the steps, once
            page = browser.do(page, "skip")
    for kind in ("hint", "skip", "back", "give-up"):
        page = browser.do(page, kind)
        assert page.status == 200, kind
    page = browser.do(page, "quit")
    assert "What you did" in page.text
    again = browser.submit(page.form("/begin/"))
    assert "0 of" in again.text


def test_answers_in_place_are_the_same(made):
    site = made(KEY)
    browser = site.browser()
    page = browser.begin(KEY)
    part = browser.submit(page.form("/practise/"), headers=PART, do="answer", text="0.1")
    assert part.status == 200
    assert part.text.startswith("<article")
    assert "<html" not in part.text
    assert said(part) == said(browser.get(f"/practise/{KEY}"))


def test_two_tabs(made):
    """The second is told, nothing of it is taken, and it sees where the session is."""
    browser = made(KEY).browser()
    tab = browser.begin(KEY)
    browser.do(tab, "answer", text="0.1")
    other = browser.do(tab, "answer", text="<b>0.4</b>")
    assert other.status == 409
    assert "another tab" in said(other)
    assert "&lt;b&gt;0.4&lt;/b&gt;" in other.text
    assert other.form("/practise/").fields["seen"] == "1"
    assert browser.do(other, "answer", text="0.2").status == 200


def test_a_form_that_is_sent_again_is_taken_once(made):
    site = made(KEY)
    browser = site.browser()
    tab = browser.begin(KEY)
    for _ in range(3):
        page = browser.do(tab, "answer", text="0.1")
        assert page.status == 200
        assert page.form("/practise/").fields["seen"] == "1"
    part = browser.submit(tab.form("/practise/"), headers=PART, do="answer", text="0.1")
    assert "taken already" in said(part)
    assert len(site.store.list_events(1)) == 1


def test_a_session_that_is_begun_twice_is_one(made):
    site = made(KEY)
    browser = site.browser()
    form = browser.get(f"/practise/{KEY}").form("/begin/")
    browser.submit(form)
    browser.submit(form)
    assert len(site.store.list_sessions()) == 1


@pytest.mark.parametrize("token", ["", "0" * 32, "é"])
def test_a_form_of_somebody_else_is_refused(made, token):
    site = made(KEY)
    browser, other = site.browser(), site.browser()
    form = browser.begin(KEY).form("/practise/")
    foreign = other.begin(KEY).form("/practise/").fields["form"]
    for value in (token, foreign):
        page = browser.submit(form, form=value, do="hint")
        assert page.status == 403
        assert browser.submit(form, headers=PART, form=value, do="hint").status == 403
    assert site.store.list_events(1) == []


def test_a_cookie(made):
    site = made(KEY)
    browser = site.browser()
    cookie = browser.get("/").set_cookies[0]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    browser.begin(KEY)
    secret = browser.cookies["tutor"].partition(".")[0]
    dump = b"".join(path.read_bytes() for path in site.path.parent.glob("practice.sqlite*"))
    assert secret.encode() not in dump
    for forged in ("", "x", f"{secret}.{'0' * 32}", seal_cookie(secret, b"another key")):
        browser.cookies["tutor"] = forged
        page = browser.get(f"/practise/{KEY}")
        assert "/begin/" in page.text  # nobody is known by it
        assert page.set_cookies


def test_only_by_a_name_of_its_own(made):
    browser = made(KEY, hosts=frozenset({"aula.org"})).browser()
    assert browser.get("/", headers={"host": "evil.org"}).status == 421
    assert browser.get("/", headers={"host": "aula.org"}).status == 200


def test_too_much_is_refused_and_nothing_is_lost(made):
    site = made(KEY)
    browser = site.browser()
    page = browser.begin(KEY)
    form = page.form("/practise/")
    for size in (LARGEST, 10_000_000):
        refused = browser.submit(form, do="answer", text="1" * size)
        assert refused.status == 413
        assert "Too much was sent" in refused.text
    long = browser.submit(form, do="answer", text="1" * (LONGEST + 1))
    assert long.status == 413
    assert "2,000 characters at most" in said(long)
    assert site.store.list_events(1) == []
    assert browser.do(long, "answer", text="0.1").status == 200


def test_too_often(made):
    site = made(KEY, events=(3, 0.0001))
    browser = site.browser()
    page = browser.begin(KEY)
    statuses = []
    for _ in range(4):
        page = browser.do(page, "skip")
        statuses.append(page.status)
        page = page if page.status == 200 else browser.get(f"/practise/{KEY}")
    assert statuses == [200, 200, 429, 429]
    assert len(site.store.list_events(1)) == 2


def test_an_event_that_cannot_be_taken_is_told(made):
    browser = made(KEY).browser()
    page = browser.begin(KEY)
    refused = browser.submit(page.form("/practise/"), do="go", to="dL/dnothing<i>")
    assert refused.status == 422
    assert "there is no step" in refused.text
    assert "<i>" not in refused.text
    assert browser.submit(page.form("/practise/"), do="explode").status == 422
    assert browser.do(page, "answer", text="0.1").status == 200


def test_what_is_typed_comes_back_escaped(made):
    browser = made(KEY).browser()
    page = browser.begin(KEY)
    for text in ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "\u202eabc", "a\x00b"):
        page = browser.do(page, "answer", text=text)
        assert page.status == 200
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
        assert "49" not in said(page)
        assert "\u202e" not in page.text


def test_the_preview_says_what_is_understood_and_no_more(made):
    browser = made(KEY).browser()
    fields = browser.begin(KEY).form("/practise/").fields
    ask = lambda text: browser.submit(Form(f"/preview/{KEY}", "post", fields), text=text)  # noqa: E731
    assert "Understood as" in ask("0,5*2").text
    assert "never closed" in ask("(1").text
    assert ask("").text == ask("9" * 5000).text == ""
    assert ask("1").status == 200
    assert browser.submit(Form(f"/preview/{KEY}", "post", {**fields, "form": ""}), text="1").status == 403


def test_a_preview_does_not_know_what_is_right(made):
    """Right and wrong numbers of the same length come back alike."""
    browser = made(KEY).browser()
    fields = browser.begin(KEY).form("/practise/").fields
    ask = lambda text: browser.submit(Form(f"/preview/{KEY}", "post", fields), text=text).text  # noqa: E731
    assert len({re.sub(r"[0-9]", "0", ask(text)) for text in ("2.3", "2.4", "9.9")}) == 1


def test_an_exam_tells_nothing_before_its_end(made):
    site = made(KEY, mode="exam")
    browser = site.browser()
    assert browser.get(f"/solution/{KEY}").status == 403
    assert "/solution/" not in browser.get("/").text
    page = browser.begin(KEY)
    right, wrong = browser.do(page, "answer", text="0.1"), None
    other = site.browser()
    wrong = other.do(other.begin(KEY), "answer", text="0.2")
    strip = lambda page: re.sub(r'value="\w{32}"|0\.[12]|name="session" value="\d+"', "", page.text)  # noqa: E731
    assert strip(right) == strip(wrong)
    page = browser.do(right, "quit")
    assert "/begin/" not in page.text  # an exam is taken once
    token = right.form("/practise/").fields["form"]
    assert "What you did" in browser.submit(Form(f"/begin/{KEY}", "post", {"form": token, "after": "1"})).text


@pytest.mark.parametrize(("language", "said_before", "said_after"), [
    ("en", "worth 1, 0.5 of its mark", "Mark: 0.5 of"), ("de", "1, 0.5 ihrer Punkte wert", "Punkte: 0.5 von"),
])  # fmt: skip
def test_what_tries_cost_reaches_the_worker_and_the_mark(made, language, said_before, said_after):
    """It is said before one begins, goes with the session when the server is started anew with others, and is in the mark that is shown."""
    settings = {"mode": "graded", "language": language}
    browser = made(KEY, costs="1, 1/2; hint 1/4; floor 0", **settings).browser()
    assert said_before in browser.get(f"/practise/{KEY}").text
    browser.do(browser.begin(KEY), "answer", text="0.1")
    site = made(KEY, costs="1, 1/8; floor 0", **settings)
    after = site.browser()
    after.cookies = browser.cookies
    page = after.get(f"/practise/{KEY}")
    right = write_answer(site.last_page.session.lesson.marker, site.last_page.session.task.question)
    page = after.do(after.do(page, "answer", text=right), "quit")
    assert str(site.last_page.session.lesson.settings.costs) == "1, 1/2; hint 1/4; floor 0"
    assert said_after in re.sub(r"<[^>]*>", "", page.text)


def test_an_exam_is_no_session_of_before(made):
    """Who practised before the exam begins it anew, and what was practised is kept."""
    site = made(KEY)
    browser = site.browser()
    browser.do(browser.begin(KEY), "hint")
    exam = made(KEY, mode="exam").browser()
    exam.cookies = browser.cookies
    page = exam.get(f"/practise/{KEY}")
    assert "/begin/" in page.text
    assert exam.submit(page.form("/begin/")).status == 200
    assert "no hints" in said(exam.do(exam.get(f"/practise/{KEY}"), "hint")).lower()
    assert len(site.store.list_events(1)) == 1


def test_faults_are_logged_without_what_was_written(made):
    site, told = made(KEY), []
    site.site.log = told.append
    browser = site.browser()
    page = browser.begin(KEY)
    site.desks.desk.take = None
    broken = browser.do(page, "answer", text="secret words")
    assert broken.status in (200, 503)
    site.desks.desk.answer = lambda line: '{"fault": "ValueError"}'
    assert browser.do(page, "answer", text="secret words").status == 503
    assert told
    assert "secret" not in " ".join(told)


def test_solutions_may_be_switched_off(made):
    browser = made(KEY, solutions=False).browser()
    assert browser.get(f"/solution/{KEY}").status == 403
    assert browser.get(f"/practise/{KEY}").status == 200


def test_an_exercise_that_changed_since(made, tmp_path):
    """It is said, the old session is kept, and another is begun."""
    file = tmp_path / "mine.toml"
    text = (FOLDER / f"{KEY}.toml").read_text("utf-8")
    file.write_text(text, "utf-8")
    site = made(file)
    browser = site.browser()
    page = browser.begin("mine")
    page = browser.do(page, "answer", text="0.1")
    file.write_text(text + "\n# another\n", "utf-8")
    answered = browser.do(page, "answer", text="0.2")
    assert "was changed since you began" in answered.text
    begun = browser.submit(answered.form("/begin/"))
    assert "0 of" in begun.text
    assert len(site.store.list_events(1)) == 1
    file.unlink()
    assert browser.get("/practise/mine").status == 422


def test_a_file_that_is_no_exercise_says_so(made, tmp_path):
    (tmp_path / "odd.toml").write_text('title = "Odd"\nsteps = ["d = x +"]\n', "utf-8")
    page = made(tmp_path / "odd.toml").browser().get("/practise/odd")
    assert page.status == 422
    assert "This exercise cannot be shown" in page.text


def test_a_database_that_is_away(made, tmp_path):
    """Pages are read on, an answer is refused with 503, and taken when it is back."""
    store = Store(tmp_path / "practice.sqlite", wait=0.05)
    site = made(KEY, store=store)
    browser = site.browser()
    page = browser.begin(KEY)
    other = sqlite3.connect(site.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = browser.do(page, "answer", text="0.1")
    assert refused.status == 503
    assert "Nothing was taken" in refused.text
    other.execute("ROLLBACK")
    other.close()
    page = browser.do(page, "answer", text="0.1")
    assert page.status == 200
    assert len(site.store.list_events(1)) == 1


def test_a_restart_goes_on(made):
    site = made(KEY)
    browser = site.browser()
    page = browser.do(browser.begin(KEY), "answer", text="0.1")
    after = made(KEY).browser()
    after.cookies = browser.cookies
    again = after.get(f"/practise/{KEY}")
    assert said(again) == said(page)
    assert after.do(again, "answer", text="0.2").status == 200


def test_a_worker_that_does_not_know_asks(made):
    """What a worker forgot it is told: the text of the exercise, the events of the session."""
    from tutor.web.lesson_jobs import LessonDesk

    site = made(KEY)
    browser = site.browser()
    page = browser.do(browser.begin(KEY), "answer", text="0.1")
    before = said(page)
    site.desks.desk = LessonDesk()
    again = browser.get(f"/practise/{KEY}")
    assert said(again) == before
    assert [json.loads(event)["event"] for event in site.desks.asked[-1]["events"]] == ["answer"]


def test_what_cannot_be_read_stays_in_its_fields(made):
    browser = made("dl/index-network-layers").browser()
    start = browser.get("/practise/dl/index-network-layers")
    page = browser.submit(start.form("/begin"), layer="1")
    asked = {"do": "answer", "e1_1": "2", "e2_1": "<b>", "e3_1": "-2", "e4_1": ""}
    page = browser.submit(page.form("/practise"), **asked)
    kept = page.form("/practise").fields
    assert [kept[f"e{row}_1"] for row in range(1, 5)] == ["2", "<b>", "-2", ""]
    assert "<b>" not in re.sub("<b>(Given|Method|Step size)</b>", "", page.text)
    page = browser.submit(page.form("/practise"), do="answer", e2_1="1.5", e4_1="")  # one is left out: no try
    assert "does not count as a try" in page.text
    page = browser.submit(page.form("/practise"), do="answer", e4_1="1")
    assert "Right." in page.text
    assert not page.form("/practise").fields["e1_1"]


def test_names(made):
    browser = made(KEY).browser()
    page = browser.submit(browser.get("/").form("/name"), name="  Anna <b>Berg</b>  " + "x" * 100)
    assert page.form("/name").fields["name"] == ("Anna <b>Berg</b> " + "x" * 100)[:80]
    assert "<b>Berg" not in page.text
    filtered = browser.get("/?skill=training&trains=forward%3Asigmoid")
    assert browser.submit(filtered.form("/name"), name="B").address.endswith("/?skill=training&trains=forward%3Asigmoid")


def test_a_class(made, tmp_path):
    from tutor.web.roster import admit_class

    site = made(KEY, class_token="lecturer-token")
    stranger = site.browser()
    assert stranger.get(f"/practise/{KEY}").status == 403
    assert stranger.get("/class/other").status == 404
    assert stranger.get("/in/other").status == 404
    file = tmp_path / "links.csv"
    assert admit_class(site.store, [("a1", "Anna"), ("b2", "")], file, "http://127.0.0.1:1") == (2, 2)
    link = next(line for line in file.read_text().splitlines() if line.startswith("a1")).rpartition("/in/")[2]
    anna = site.browser()
    anna.get(f"/in/{link}")
    page = anna.do(anna.begin(KEY), "answer", text="0.1")
    assert "Anna" in page.text
    shown = stranger.get("/class/lecturer-token")
    assert shown.status == 200
    assert re.search(r"Anna.*0 / 0 / \d+", shown.text, re.DOTALL)
    assert "b2" in shown.text
    assert "class/lecturer-token" not in page.text


def test_the_catalogue_is_of_what_is_served(made):
    page = made("qmul", "(x+y)*z").browser().get("/")
    assert page.text.count('<li class="card">') == len(list(FOLDER.glob("qmul/*.toml"))) + 1
    assert "Regression with Neural Networks" in page.text
    assert made(KEY).browser().get("/practise/dl/bce").status == 404


def test_german(made):
    browser = made(KEY, language="de").browser()
    page = browser.do(browser.begin(KEY), "answer", text="0.1")
    assert '<html lang="de">' in page.text
    assert "Noch nicht." in page.text
    assert "Prüfen" in page.text
