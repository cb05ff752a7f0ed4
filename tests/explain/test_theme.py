"""The theme of a course: read with all its faults at once, and seen on every page."""


import pytest
from latex_articles import HOSTILE
from some_now import some_now

import tutor
from tutor.errors import Problems
from tutor.explain.document import FONTS, PLAIN, Document, Heading, Section, Theme
from tutor.explain.theme import KEYS, LONGEST, read_theme
from tutor.notation.profile import Notation
from tutor.render.latex.article import set_theme
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
        ('sign = "x.png"', f"it has {', '.join(KEYS)}"),
        ('colour = "#00509b"', "did you mean accent"),
        ('font = "comic"', "use serif, sans"),
        ('language = "dd"', "use en, de"),
        ('logo = "../x.png"', "no name of a logo"),
        ('logo = "x.svg"', "no name of a logo"),
        ('logo = "x.png"', "has to lie beside"),
        ("header = 3", "header is a text"),
        (f'footer = "{"x" * (LONGEST + 1)}"', f"the limit is {LONGEST}"),
        ('accent = "red"', "red is no colour"),
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
        read_theme('sign = "a"\nheader = 1\naccent = "#12"')


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


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def test_a_logo_lies_beside_its_theme(tutor, folder):
    (folder / "own.toml").write_text('course = "Learning"\nlogo = "crest.png"\nfont = "sans"\nlanguage = "de"\n')
    assert "the logo crest.png cannot be read" in tutor("sheet", "graz/chain", "-o", "sheet.html", "--theme", "own.toml")[2]
    (folder / "crest.png").write_bytes(b"no picture")
    assert "crest.png is no picture" in tutor("sheet", "graz/chain", "-o", "sheet.html", "--theme", "own.toml")[2]
    (folder / "crest.png").write_bytes(PICTURE)
    assert tutor("sheet", "graz/chain", "-o", "sheet.html", "--theme", "own.toml") == (0, "", "")
    text = (folder / "sheet.html").read_text()
    assert "data:image/png;base64,iVBOR" in text
    assert "Segoe UI" in text
    assert "Punkt" in text or "Gegeben" in text
    assert "http" not in text


@pytest.mark.parametrize("font", some_now(FONTS, 2))
@pytest.mark.usefixtures("tex")
def test_every_font_compiles_with_a_logo(font, folder, tutor):
    (folder / "own.toml").write_text(f'course = "Learning"\nheader = "Winter"\nlogo = "crest.png"\nfont = "{font}"\n')
    (folder / "crest.png").write_bytes(PICTURE)
    code, _, err = tutor("sheet", "graz/chain", "-o", "sheet.pdf", "--solutions", "after", "--theme", "own.toml")
    assert (code, err.split()[:1]) == (0, ["wrote"])
    assert (folder / "sheet.pdf").read_bytes().startswith(b"%PDF")


def test_the_words_beside_a_logo_have_the_room_that_it_leaves():
    with_logo, without = (set_theme(Theme(course="Learning", logo=logo)) for logo in ("crest.png", ""))
    assert "\\dimexpr0.48\\textwidth-\\wd9" in with_logo
    assert "\\wd9" not in without


def test_the_words_of_a_theme_may_have_maths():
    page = tutor.sheet("graz/chain", theme=Theme(course="Learning $w_1$ & $5", footer="at $x^2$"))
    assert "Learning $w_{1}$ " in page.to_latex()
    assert "at $x^{2}$" in page.to_latex()
    assert "Learning <math" in page.to("html")
