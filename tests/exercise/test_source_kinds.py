"""What the source of an exercise is, and how pages name it."""

import pytest

from tutor import solve
from tutor.errors import Problems
from tutor.exercise.catalogue import ids
from tutor.exercise.load import from_text, load
from tutor.exercise.source_kinds import SOURCE_KINDS
from tutor.explain.words.languages import find_wording

WRONG = 'title = "T"\nsteps = ["L = x^2"]\nsource = "A, B"\n{kind}\nclaim = [{{ claim = "dL/dx", printed = "3*x", erratum = "no" }}]\n'


def test_every_exercise_says_what_its_source_is():
    assert [one for one in ids() if load(one).source and load(one).source_kind == SOURCE_KINDS[0]] == []


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", ["", *SOURCE_KINDS])
def test_a_source_is_named_by_what_it_is(kind, language):
    exercise = from_text(WRONG.format(kind=f'source_kind = "{kind}"' if kind else ""), "t")
    pages, page = find_wording(language).pages, solve(exercise, words=language).to_text()
    named = kind or SOURCE_KINDS[0]
    assert f"{pages.LABELS[named]} " in page
    assert pages.THE_SOURCE[named] in page
    assert [other for key, other in pages.LABELS.items() if key in SOURCE_KINDS and key != named and f"\n{other} " in page] == []


def test_another_word_for_a_source_is_a_fault():
    with pytest.raises(Problems, match=r"source_kind is one of source, lecture, paper"):
        from_text(WRONG.format(kind='source_kind = "blog"'), "t")
