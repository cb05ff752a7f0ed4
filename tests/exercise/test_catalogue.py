"""Finding exercises: by id, by file, with near misses."""

import pytest

from tutor.errors import ExerciseError
from tutor.exercise.catalogue import MAX_FILE, entries, ids, is_exercise_name, locate, read_text


def test_ids_are_sorted_and_all_can_be_found():
    assert ids() == sorted(ids())
    assert {"dl/add-multiply", "qmul/linear-neuron", "neuron/two-two-two"} <= set(ids())
    for name in ids():
        assert locate(name)[0] == name
        assert locate(name)[1].is_file()


def test_entries_say_what_the_list_shows():
    found = entries()
    assert [entry.id for entry in found] == ids()
    assert all(entry.title and entry.source and entry.course == entry.id.split("/")[0] for entry in found)
    assert all(entry.claims > 0 for entry in found)
    assert not [entry.id for entry in found if "$" in entry.say_title("en") + entry.say_title("de")]


def test_a_file_by_its_path(tmp_path):
    path = tmp_path / "my-own.toml"
    path.write_text("title = 1", encoding="utf-8")
    assert locate(str(path)) == ("my-own", path)


@pytest.mark.parametrize(
    ("target", "what", "hint"),
    [
        ("neuron/two-two-to", "no exercise neuron/two-two-to", "neuron/two-two-two"),
        ("two-two-two", "no exercise two-two-two", "two-two-two"),
        ("neuron/linear-neuron", "no exercise", "linear-neuron"),
        ("zzzzz", "no exercise zzzzz", "tutor list"),
        ("missing.toml", "the file missing.toml does not exist", "tutor list"),
        ("../../etc/passwd", "no exercise", ""),
    ],
)
def test_a_wrong_name_offers_near_misses(target, what, hint):
    with pytest.raises(ExerciseError) as caught:
        locate(target)
    assert what in caught.value.what
    assert hint in caught.value.hint


def test_a_folder_is_no_file(tmp_path):
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(ExerciseError, match="is a folder"):
        locate(str(tmp_path / "folder.toml"))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("neuron/two-two-two", True), ("neuron/two-two-to", True), ("dl/x", False), ("mine.toml", True),
        ("a/b.toml", True),
        ("x/y", False), ("(x+y)*z", False), ("a/b-c", False), ("x/2", False), ("d = x/y", False),
        ("sigmoid(x)/y", False), ("x", False), ("dl/bce2", True), ("graz/chain7", True), ("nosuch/exercise", True),
        ("nosuch / exercise", False), ("alpha/total", False), ("Sigma/Theta", False), ("loss_1/total", False), ("grad/w", False),
    ],
)  # fmt: skip
def test_what_looks_like_an_exercise(target, expected):
    assert is_exercise_name(target) is expected


def test_a_quotient_of_words_is_one_where_they_have_values():
    assert is_exercise_name("force/mass")
    assert not is_exercise_name("force/mass", {"force": "2", "mass": "3"})
    assert is_exercise_name("graz/chain", {"chain": "2"})


@pytest.mark.parametrize(("target", "hint"), [
    ("nosuch/exercise", "'nosuch / exercise'"), ("graz/chian", "graz/chain"), ("nuron/chain", "graz/chain"), ("dl/bce2", "dl/bce"),
])  # fmt: skip
def test_who_is_near_is_proposed(target, hint):
    with pytest.raises(ExerciseError, match="there is no exercise") as told:
        locate(target)
    assert hint in str(told.value)


def test_what_cannot_be_read_is_said(tmp_path):
    path = tmp_path / "a.toml"
    path.write_bytes(b"title = \xff")
    with pytest.raises(ExerciseError, match=r"not UTF-8 text \(byte 8\)"):
        read_text(path)
    path.write_bytes(b"x" * (MAX_FILE + 1))
    with pytest.raises(ExerciseError, match="larger than"):
        read_text(path)
    with pytest.raises(ExerciseError, match="cannot be read"):
        read_text(tmp_path / "none.toml")
