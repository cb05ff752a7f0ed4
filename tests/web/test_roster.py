"""What is served, and who may come: targets of every kind, and links that stay."""

import csv
import re
from dataclasses import replace

import pytest

from tutor.errors import ExerciseError, OutputError
from tutor.exercise.catalogue import FOLDER, entries
from tutor.web.roster import admit_class, list_served, name_course, read_class
from tutor.web.security import hash_secret
from tutor.web.store import Store


def test_the_whole_catalogue_as_the_list_has_it():
    served = list_served([], ["sigmoid"])
    assert {key: (one.title, one.course, one.abilities) for key, one in served.items()} == {
        entry.id: (entry.title, entry.course, entry.abilities) for entry in entries()
    }
    assert served["neuron/two-two-two"].tags == {"sigmoid"}
    assert name_course("neuron") == "Neural Networks (neuron)"
    assert name_course("../neuron") == ""


@pytest.mark.slow
def test_what_is_scanned_is_what_the_files_say():
    """Exercises that come with tutor are scanned, the same ones given as a folder are parsed."""
    for course in {one.course for one in list_served([], []).values()}:
        scanned, parsed = list_served([course], ["sigmoid", "softmax"]), list_served([str(FOLDER / course)], ["sigmoid", "softmax"])
        for key, one in scanned.items():
            assert replace(parsed[key.partition("/")[2]], key=key, course=course, skills=one.skills) == one


def test_targets_of_every_kind(tmp_path):
    for name in ("b", "a"):
        (tmp_path / f"{name}.toml").write_text(f'title = "{name.upper()}"\nsteps = ["d = x*y"]\n', "utf-8")
    (tmp_path / "theme.toml").write_text('course = "no exercise"\n', "utf-8")
    served = list_served([str(tmp_path), "dl/bce", "(x+y)*z", "x^2", str(tmp_path / "a.toml")], [])
    assert list(served) == ["a", "b", "dl/bce", "expression", "expression-2", "a-2"]
    text, digest = served["expression"].read()
    assert "(x+y)*z" in text
    assert len(digest) == 64
    assert list(list_served(["cmu"], [])) == [entry.id for entry in entries() if entry.course == "cmu"]


def test_a_folder_that_is_called_like_a_course(tmp_path, monkeypatch):
    """Without a target the courses are meant; with one its exercises, where it has any."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dl").mkdir()
    (tmp_path / "cmu").mkdir()
    (tmp_path / "cmu" / "mine.toml").write_text('title = "Mine"\nsteps = ["d = x*y"]\n', "utf-8")
    assert list(list_served([], [])) == [entry.id for entry in entries()]
    assert list(list_served(["dl"], [])) == [entry.id for entry in entries() if entry.course == "dl"]
    assert list(list_served(["cmu"], [])) == ["mine"]


@pytest.mark.parametrize("target", ["dl/bcee", "nothing.toml", "/tmp/nowhere/x.toml"])
def test_a_target_that_is_none(target):
    with pytest.raises(ExerciseError):
        list_served([target], [])


def test_folders_without_exercises_and_with_broken_ones(tmp_path):
    with pytest.raises(ExerciseError, match="has no exercise"):
        list_served([str(tmp_path)], [])
    (tmp_path / "x.toml").write_text("title = [", "utf-8")
    with pytest.raises(ExerciseError, match=r"x\.toml"):
        list_served([str(tmp_path)], [])


def test_a_file_is_read_when_it_is_asked_for(tmp_path):
    file = tmp_path / "a.toml"
    file.write_text('title = "A"\nsteps = ["d = x*y"]\n', "utf-8")
    one = list_served([str(file)], [])["a"]
    before = one.read()
    file.write_text('title = "A"\nsteps = ["d = x+y"]\n', "utf-8")
    assert one.read() != before


def read(file):
    with file.open(encoding="utf-8", newline="") as opened:
        return {row["student"]: row["link"].rpartition("/in/")[2] for row in csv.DictReader(opened)}


def test_links_stay_until_new_ones_are_wanted(tmp_path):
    store, file = Store(tmp_path / "p.sqlite"), tmp_path / "links.csv"
    students = [("a1", "Anna"), ("b2", "=1+1")]
    assert admit_class(store, students, file, "http://h:1") == (2, 2)
    first = read(file)
    assert all(re.fullmatch(r"[\w-]{22}", token) for token in first.values())  # 128 bits
    assert admit_class(store, [*students, ("c3", "")], file, "http://h:2") == (3, 1)
    assert {name: token for name, token in read(file).items() if name != "c3"} == first
    assert store.admit_student(hash_secret(first["a1"]), b"cookie").name == "Anna"
    assert admit_class(store, students, file, "http://h:2", anew=True) == (2, 2)
    assert store.admit_student(hash_secret(first["a1"]), b"cookie") is None
    assert "'=1+1" in file.read_text("utf-8")
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(OutputError, match="links cannot be written"):
        admit_class(store, students, tmp_path / "no" / "links.csv", "http://h:2")
    store.close()


def test_a_class_is_read_as_marking_reads_it(tmp_path):
    (tmp_path / "c.csv").write_text("student,name\na1,Anna Berg\nb2,\n", "utf-8")
    (tmp_path / "c.txt").write_text("a1\n\nb2\n", "utf-8")
    assert read_class(tmp_path / "c.csv") == [("a1", "Anna Berg"), ("b2", "")]
    assert read_class(tmp_path / "c.txt") == [("a1", ""), ("b2", "")]
    (tmp_path / "empty.txt").write_text("\n", "utf-8")
    for path, said in ((tmp_path / "empty.txt", "names no students"), (tmp_path, "is a folder")):
        with pytest.raises(OutputError, match=f"^--class: .*{said}"):
            read_class(path)
