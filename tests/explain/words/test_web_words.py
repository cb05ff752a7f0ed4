"""The words of the pages in a browser: a phrase for each event, note and refusal that the site has."""

import re
from pathlib import Path
from typing import get_args

import tutor
from tutor.explain.words.web_words import WebWords
from tutor.practice.modes import MODES
from tutor.practice.session import EventKind

WEB = Path(tutor.__file__).parent / "web"
CODE = (WEB / "site.py").read_text("utf-8") + (WEB / "judging.py").read_text("utf-8")


def test_each_event_has_a_button():
    assert set(WebWords.DO) == set(get_args(EventKind)) - {"answer", "go"}
    assert set(WebWords.MODES) | {"exam"} == set(MODES)


def test_each_refusal_and_note_has_its_words():
    refused = set(re.findall(r'Refusal\(\d+, "(\w+)"', CODE)) | set(re.findall(r'refuse\(request, \w+, "(\w+)"', CODE))
    assert refused <= set(WebWords.ERRORS)
    assert set(re.findall(r'note="([\w-]+)"', CODE)) <= set(WebWords.NOTES)
    assert {"slow", "failed"} <= set(WebWords.NOTES) & set(WebWords.ERRORS)


def test_each_phrase_is_used():
    templates = "".join(path.read_text("utf-8") for path in (WEB / "templates").iterdir())
    code = "".join(path.read_text("utf-8") for path in [*WEB.glob("*.py"), WEB.parent / "cli" / "tutor_serve.py"])
    used = set(re.findall(r"(?:say|words\.web|\.web)\.([A-Z_]+)", templates + code))
    assert {name for name in vars(WebWords) if name.isupper()} == used
