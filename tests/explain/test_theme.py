"""The theme of a course: read with all its faults at once, and seen on every page."""

import pytest
from latex_articles import HOSTILE

from tutor.errors import Problems
from tutor.explain.document import PLAIN, Document, Heading, Section, Theme
from tutor.explain.theme import KEYS, LONGEST, read_theme
from tutor.notation.profile import Notation
from tutor.render.page_formats import PAGE_FORMATS

WHOLE = Theme("Winter 2026", "Institute", "Neural networks", "00509b")


def test_a_theme_is_read():
    text = 'course = "Neural networks"\nheader = "Winter 2026"\nfooter = "Institute"\naccent = "#00509B"'
    assert read_theme(text) == WHOLE
    assert read_theme("") == PLAIN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('coarse = "x"', "did you mean course"),
        ('logo = "x.png"', f"it has {', '.join(KEYS)}"),
        ("header = 3", "header is a text"),
        (f'footer = "{"x" * (LONGEST + 1)}"', f"the limit is {LONGEST}"),
        ('accent = "red"', "red is no colour"),
        ('colour = "red"', "did you mean accent"),
        ("course = ", "this is no TOML"),
    ],
)
def test_what_is_wrong_is_said(text, said):
    with pytest.raises(Problems, match="1 fault") as found:
        read_theme(text, "own.toml")
    assert said in str(found.value)
    assert str(found.value).startswith("own.toml: ")


def test_all_faults_are_said_at_once():
    with pytest.raises(Problems, match="3 faults"):
        read_theme('logo = "a"\nheader = 1\naccent = "#12"')


@pytest.mark.parametrize("name", [name for name, row in PAGE_FORMATS.items() if row.themed])
def test_a_theme_is_seen(name):
    doc = Document("Sheet", blocks=(Heading("One"), Section(Document("Inner"), Notation())), theme=WHOLE)
    text = PAGE_FORMATS[name].write(doc, Notation())
    for word in ("Winter 2026", "Institute", "Neural networks", "00509b"):
        assert word in text or word.upper() in text


def test_a_themed_page_compiles(pages):
    inner = Section(Document("Inner", "an/id", blocks=(Heading("Deeper"),)), Notation())
    for theme in (WHOLE, Theme(HOSTILE[:LONGEST], HOSTILE[:LONGEST], HOSTILE[:LONGEST], "ff0000")):
        doc = Document("Sheet", blocks=(Heading("One"), inner), theme=theme)
        assert pages(PAGE_FORMATS["latex"].write(doc, Notation())) == 1
