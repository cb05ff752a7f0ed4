"""The font of pages: shipped with its licence, small, and with what browsers set formulas by."""

import ast
import base64
import html
import re
import string
import tomllib
from pathlib import Path

from tutor.render import mathml_reader
from tutor.render.maths_font import FONT, write_font_rule

MATH, CMAP, KNOWN = 31, 0, 63
"""Numbers of tables in the directory of a WOFF2 file (its specification, section 5.2)."""


def read_number(data, at):
    """A UIntBase128 and where it ends."""
    value = 0
    while True:
        byte = data[at]
        value, at = value << 7 | byte & 127, at + 1
        if byte < 128:
            return value, at


def list_tables(data):
    assert data[:4] == b"wOF2"
    assert int.from_bytes(data[8:12], "big") == len(data)
    found, at = set(), 48
    for _ in range(int.from_bytes(data[12:14], "big")):
        flags = data[at]
        tag = flags & KNOWN
        at += 5 if tag == KNOWN else 1
        _, at = read_number(data, at)
        if (tag in (10, 11)) != (flags >> 6 == 3):  # only glyf and loca are transformed unless it is said that they are not
            _, at = read_number(data, at)
        found.add(tag)
    return found


def test_the_font_is_small_and_sets_mathematics():
    data = FONT.read_bytes()
    assert len(data) < 150_000
    assert {MATH, CMAP} <= list_tables(data)


def test_the_font_is_in_the_style_as_it_is_on_disk():
    (inside,) = re.findall(r"url\('data:font/woff2;base64,([A-Za-z0-9+/=]+)'\)", write_font_rule())
    assert base64.b64decode(inside) == FONT.read_bytes()
    assert "data:" not in write_font_rule("/font.woff2")


def test_its_licence_goes_with_it():
    assert "GUST Font License" in (FONT.parent / "GUST-FONT-LICENSE.txt").read_text("utf-8")
    project = Path(__file__).parents[2] / "pyproject.toml"
    settings = tomllib.loads(project.read_text("utf-8"))
    assert "tutor/render/fonts/GUST-FONT-LICENSE.txt" in settings["project"]["license-files"]
    assert settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == ["tutor"]


def read_covered():
    """The signs that the script keeps of the font, read without running it."""
    tree = ast.parse((Path(__file__).parents[2] / "docs" / "make_maths_font.py").read_text("utf-8"))
    named = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}
    ranges = ast.literal_eval(named["RANGES"])
    return {*ast.literal_eval(named["SIGNS"]), *(chr(code) for first, last in ranges for code in range(first, last + 1))}


def test_the_font_has_every_sign_that_is_written():
    commands = [*mathml_reader._READ, *mathml_reader._BINARY, *mathml_reader._RELATION]
    written = " ".join(map(mathml_reader.read_mathml, [*commands, "f''", "\\begin{cases}\\end{cases}", "\\left\\lvert\\right\\rvert"]))
    letters = (*string.ascii_letters, *string.digits, *mathml_reader._LETTERS)
    for face in mathml_reader._FACES:
        written += " ".join(mathml_reader.read_mathml(f"{face}{{{letter}}}") for letter in letters)
    shown = set(html.unescape(re.sub(r"<[^>]*>", "", written)))
    assert shown - read_covered() == set()
