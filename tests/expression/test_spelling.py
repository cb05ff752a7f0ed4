"""Spellings: many ways to write a name, one key; and names in ASCII for what has none."""

import pytest

from tutor.expression.spelling import is_name, list_spelled, name_of, read_whole, split_word, write_plain_script

ALIKE = [
    ["w5", "w_5", "w_{5}", "w₅", "w[5]", "\\mathit{w}_5"],
    ["w12", "w_{12}", "w₁₂"],
    ["out_h1", "out_{h1}", "\\mathit{out}_{h1}", "\\text{out}_{h1}"],
    ["η", "\\eta", "eta"],
    ["x^2", "x^{2}", "x²"],
]


@pytest.mark.parametrize("texts", ALIKE, ids=lambda texts: texts[0])
def test_all_these_are_one(texts):
    keys = {read_whole(text) for text in texts}
    assert len(keys) == 1
    assert None not in keys


def test_different_things_have_different_keys():
    keys = [read_whole(text) for text in ("w5", "w^5", "v5", "w_{5,1}", "W5", "w5'", "w")]
    assert None not in keys
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("text", ["", "5", "w 5 x", "w+", "(w)"])
def test_what_is_no_single_spelling(text):
    assert read_whole(text) is None


def test_the_shortest_spelling_comes_first():
    found = list_spelled("w_1^2 + x", 0)
    assert [one.end for one in found] == sorted(one.end for one in found)
    assert (found[0].end, found[-1].end) == (3, 5)  # w_1, and w_1^2


NAMES = [("w_{11}", "w_11"), ("ŷ", "yhat"), ("η₁", "eta1"), ("p[2]", "p_2"), ("ℒ", "L"), ("out_h1", "out_h1")]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_name_in_ascii(text, name):
    made = name_of(text, 0, list_spelled(text, 0)[-1])
    assert made == name
    assert is_name(made)


@pytest.mark.parametrize(("text", "plain"), [
    ("{t+1}", "t+1"), ("\\mathrm{T}", "T"), ("\\beta", "beta"), ("−1", "-1"), ("β", "beta"), (" 1 ", "1"),
])  # fmt: skip
def test_scripts_without_their_dress(text, plain):
    assert write_plain_script(text) == plain


@pytest.mark.parametrize(("word", "parts"), [
    ("w5", ("w", "5")), ("out_h1", ("out", "h1")), ("w1_2_1", ("w", "1,2,1")), ("x", ("x", "")), ("ŷ1", ("yhat", "1")),
])  # fmt: skip
def test_a_name_has_a_base_and_an_index(word, parts):
    assert split_word(word) == parts
