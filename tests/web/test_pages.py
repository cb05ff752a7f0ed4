"""Templates: every one is filled in both languages, has no sentence of its own, and escapes what comes from outside."""

import re

import pytest
from web_site import need_web

need_web()

from tutor.explain.words.languages import LANGUAGES  # noqa: E402
from tutor.web.pages import FOLDER, STATIC, fill_page, find_kind, read_static  # noqa: E402

TEMPLATES = sorted(path.name for path in (FOLDER / "templates").iterdir())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_in_its_language(language):
    page = fill_page("refusal.html", language, title="<b>", text="&")
    assert f'<html lang="{language}">' in page
    assert "<h1>&lt;b&gt;</h1>" in page


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_has_no_words_style_or_script_of_its_own(template):
    text = (FOLDER / "templates" / template).read_text("utf-8")
    places = r"\{% block main %\}.*?\{% endblock %\}|\{[{%].*?[%}]\}"  # that block has the class of the page's middle
    bare = re.sub(r"<[^>]*>", " ", re.sub(places, " ", text, flags=re.DOTALL))
    assert re.findall(r"[A-Za-z]{2,}", bare) == []
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert re.findall(r"<script[^>]*>", text) in ([], ['<script src="/static/site.js?v={{ version }}" defer>'])


@pytest.mark.parametrize("name", [*STATIC, "page.css", "tutor-maths.woff2"])
def test_files_of_the_pages_are_there_and_ask_nobody_else(name):
    data = read_static(name)
    assert data
    assert "/" in find_kind(name)
    if not name.endswith(".woff2"):
        assert re.findall(rb"(?:https?:)?//(?!www\.w3\.org)[a-z]+\.[a-z]+", data.replace(b"// ", b"")) == []
    assert read_static("no-such.css") is None


def test_the_script_makes_no_markup_of_texts():
    """What comes back from the server is parsed as a document and put in as nodes; nothing is evaluated."""
    script = (FOLDER / "static" / "site.js").read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|setTimeout\(\s*['\"]", script)
