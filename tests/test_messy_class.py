"""A class as it really hands in (`messy_class`): right answers are marked right, every file has its row, nothing is dropped, no false 0."""

import csv
import io
import json
from functools import cache

import messy_class
import pytest
from some_now import some_now

from tutor.answer.files.submissions import merge, read_submissions
from tutor.batch.outputs import class_page, list_for_a_person
from tutor.exercise.load import load
from tutor.export.mark_formats import MARK_FORMATS, export
from tutor.export.output import Header
from tutor.marking.mark_submission import Marker
from tutor.marking.work import make_unmarked

FILES = list(messy_class.files())


@cache
def marker():
    return Marker(load(messy_class.EXERCISE))


@cache
def handed_in(name, data):
    (submission,) = read_submissions(f"in/{name}", data, marker().names, own=True).submissions
    return submission


def marked(name, data):
    one = handed_in(name, data)
    return make_unmarked(one, messy_class.EXERCISE, "", 0, one.failed) if one.failed else marker().mark(one)


def test_the_class_is_large():
    assert len(FILES) >= 60
    assert len({name.rpartition(".")[0] for name, _ in FILES}) == len(FILES)


@pytest.mark.parametrize(("name", "data"), some_now(FILES, 4, rows=True), ids=[name for name, _ in FILES])
def test_every_answer_that_a_person_could_read_is_read(name, data):
    one = handed_in(name, data)
    assert (one.student, one.failed, one.unused, dict(one.refused)) == (name.rpartition(".")[0], "", (), {})
    assert {key for key, text in one.answers.items() if text} >= set(messy_class.RIGHT)


def test_every_answer_is_marked_right():
    """Marked once for each way in which an answer's text came out of a file."""
    texts = {}
    for name, data in FILES:
        for key, text in handed_in(name, data).answers.items():
            texts.setdefault((key, text), name)
    wrong = [
        (name, key, text, answer.verdict) for (key, text), name in texts.items()
        if (answer := marker().judge(key, text)[0]).verdict != "correct" and key in messy_class.RIGHT
    ]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("name", messy_class.HOPELESS)
def test_what_cannot_be_used_is_for_a_person_and_never_a_0(name):
    one = marked(name, messy_class.HOPELESS[name])
    assert one.status != "marked"
    assert one.reason
    for form in MARK_FORMATS:
        text = export(form, [one], marker().questions, Header("x")).text
        if form == "gradescope":
            known = json.loads(text)
            assert "score" not in known
            assert all("score" not in test for test in known["tests"])
        elif form != "json":
            cells = [cell for row in list(csv.reader(io.StringIO(text)))[1:] for cell in row if row[0].startswith(name.rpartition(".")[0])]
            assert "0" not in cells


def test_all_are_in_the_page_of_the_class():
    works = [marked(name, data) for name, data in messy_class.HOPELESS.items()]
    page = class_page(works, marker())
    listed = list_for_a_person(page)
    assert all(one.student in listed for one in works)
    assert "numbers only,,not used,line 1,0.3775" in listed


def test_one_students_files_are_one_row_each():
    batches = [read_submissions(f"in/{name}", data, marker().names, own=True) for name, data in FILES[:8]]
    assert len(merge(batches).submissions) == 8
