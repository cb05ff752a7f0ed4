"""What English does with the parts of a sentence, and that another language may do otherwise."""

import pytest

from tutor.exercise.model import Assumption
from tutor.explain.words.sentence_grammar import Grammar, split_places
from tutor.explain.words.wording import list_english_phrases, make_translation


@pytest.mark.parametrize(("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_parts_as_a_list(parts, said):
    assert "".join(Grammar().enumerate_parts(parts)) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 things"), (1, "1 thing"), (2, "2 things"), (1234, "1,234 things")])
def test_a_number_chooses_its_form(count, said):
    assert Grammar().count(("{count} thing", "{count:,} things"), count) == said


@pytest.mark.parametrize(
    ("phrase", "found"),
    [("{a} is {b}.", ["x", "y", " is ", "z", "."]), ("no place", ["no place"]), ("{b}{a}", ["z", "x", "y"]), ("", [])],
)
def test_places_in_the_order_of_the_language(phrase, found):
    assert split_places(phrase, {"a": ["x", "y"], "b": ["z"]}) == found


def test_a_language_may_have_another_grammar():
    """Three forms of a number, another list, no capital letter: what English does with parts is in one class."""

    class Other(Grammar):
        def choose(self, forms, count):
            return forms[0] if count in (1, 2) else forms[1]

        def enumerate_parts(self, parts, between=", ", last=" and "):
            return super().enumerate_parts(parts, "; ", "; ")

    other = make_translation(list_english_phrases(), Other())
    assert other.updates.samples(2) == "one sample"
    assert other.marking.list_words(["a", "b", "c"]) == "a; b; c"
    assert other.pages.remark(Assumption("assumed", ("w", "b", "c"))).startswith("Assumed: w; b; c are trained")
