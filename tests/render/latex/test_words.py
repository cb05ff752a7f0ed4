"""Words in LaTeX: ASCII, escaped, and harmless whatever they say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.render.latex.words import escape


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("50 % of a_b & c#1", "50 \\% of a\\_b \\& c\\#1"),
        ("é ü ß ø Č", "\\'{e} \\\"{u} \\ss{} \\o{} \\v{C}"),
        ("î", "\\^{\\i}"),
        ("δ → 2×10⁻⁴", "\\ensuremath{\\delta} \\ensuremath{\\rightarrow} 2\\ensuremath{\\times}10"
         "\\ensuremath{^{-4}}"),
        ("1–2 x′", "1--2 x\\ensuremath{'}"),
        ("a--b ``", "a-{}-b {}`{}{}`"),
        ("😀\x07\n漢", "[U+1F600] [U+6F22]"),
        ("\u202e", "[U+202E]"),
    ],
)  # fmt: skip
def test_words(words: str, written: str) -> None:
    assert escape(words) == written


@given(st.text(max_size=40))
def test_words_are_ascii_and_harmless(words: str) -> None:
    written = escape(words)
    assert written.isascii()
    assert written.isprintable()
    bare = re.sub(r"\\[a-zA-Z]+|\\.", "", written)
    assert not set(bare) & set("\\$&#%") - {"_", "^"}
    assert bare.count("{") == bare.count("}")
