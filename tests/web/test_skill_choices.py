"""The skills that the catalogue is chosen by: each exercise is found by each of its skills; a learner sees how well they know one."""

import re
from html import unescape
from urllib.parse import urlencode

from web_site import SiteMade, need_web

need_web()

from tutor.exercise.catalogue import list_trained  # noqa: E402
from tutor.explain.words.languages import find_wording  # noqa: E402
from tutor.web.roster import Served, list_served  # noqa: E402
from tutor.web.skill_choices import find_choice, list_skill_choices  # noqa: E402

ENGLISH = find_wording("en")


def test_every_skill_can_be_chosen():
    served = list_served([], [])
    choices = list_skill_choices(served.values(), {}, ENGLISH)
    assert list(choices) == ["forward", "local", "gradient", "update", "choices"]
    for row in list_trained():
        for skill in row.skills:
            found = find_choice(choices.values(), skill)
            assert served[row.id].skills & found.skills
            assert found.count == sum(bool(found.skills & one.skills) for one in served.values())
    labels = [one.label for listed in choices.values() for one in listed if one.skills]
    assert not any("{" in label for label in labels)
    assert len([one for one in choices["choices"] if any(skill.startswith("wrong-line") for skill in one.skills)]) == 1


def test_of_several_names_the_weakest_counts():
    one = Served("a", "A", "own", skills=frozenset({"wrong-line:half-lost", "wrong-line:missing-path", "forward:sigmoid"}))
    known = {"wrong-line:half-lost": 0.9, "wrong-line:missing-path": 0.3}
    choices = list_skill_choices([one], known, ENGLISH)
    assert {sort: [(choice.known, choice.count) for choice in listed] for sort, listed in choices.items()} == {
        "forward": [(None, 1)], "choices": [(0.3, 1)],
    }  # fmt: skip


def test_the_catalogue_of_a_skill(tmp_path):
    """By a form that needs no script; what nobody can train is no error."""
    site = SiteMade(tmp_path, ["graz", "qmul/activated-neuron"])
    browser = site.browser()
    everything = browser.get("/")
    assert "forward:sqrt" in everything.text
    assert "mastered" not in everything.text
    of_root = browser.get("/?trains=forward:sqrt")
    assert "/practise/graz/sqrt-cos" in of_root.text
    assert "/practise/graz/chain" not in of_root.text
    assert "not tried yet" in of_root.text
    page = browser.begin("graz/sqrt-cos")
    browser.do(page, "answer", text="4")
    assert "mastered: 78%" in browser.get("/?trains=forward:power").text
    assert browser.get("/?trains=<b>").text.count("class=\"card\"") == everything.text.count("class=\"card\"")
    site.close()


def test_what_is_asked_for_stays(tmp_path):
    """Whichever way a further one is chosen: by the form, by a link; what is counted is what comes."""
    site = SiteMade(tmp_path, ["graz", "neuron"])
    browser = site.browser()
    page = browser.get("/?skill=sigmoid")
    form = next(form for form in page.forms if form.action == "/")
    assert form.fields == {"skill": "sigmoid", "trains": ""}
    count = int(re.search(r'value="forward:sum"[^>]*>[^(]*\((\d+)\)', page.text)[1])
    assert "(0)" not in page.text
    both = browser.get("/?" + urlencode({**form.fields, "trains": "forward:sum"}))
    assert both.text.count('class="card"') == count < page.text.count('class="card"') + 1
    assert next(form for form in both.forms if form.action == "/").fields == {"skill": "sigmoid", "trains": "forward:sum"}
    links = [unescape(link) for link in re.findall(r'href="(/\?[^"]*)"', both.text)]
    assert "/?trains=forward%3Asum" in links
    assert "/?skill=relu&trains=forward%3Asum" in links
    assert "/?skill=layers&trains=forward%3Asum" in links
    site.close()


def test_an_exam_tells_no_level(tmp_path):
    site = SiteMade(tmp_path, ["graz/sqrt-cos"], mode="exam")
    browser = site.browser()
    browser.do(browser.begin("graz/sqrt-cos"), "answer", text="4")
    assert "mastered" not in browser.get("/?trains=forward:power").text
    assert "not tried" not in browser.get("/?trains=forward:power").text
    site.close()
