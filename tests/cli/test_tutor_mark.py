"""``tutor mark`` on the command line, with a marker that is quick: what is read, refused, written and said."""

import json
import os
import pty
import select
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import pytest

from tutor.cli.app import add_other_commands, app
from tutor.cli.tutor_mark import mark
from tutor.exercise.load import from_text
from tutor.exercise.question import Question
from tutor.marking import work
from tutor.marking.mark_submission import Marker
from tutor.marking.marked import Marked, MarkedAnswer

add_other_commands()

pytestmark = pytest.mark.usefixtures("quick")
QUESTIONS = (Question("q1", "q1"), Question("q2", "q2", marks=Fraction(1, 2)))


class Quick(Marker):
    """Knows the answers 1 and 2, and every way to be a nuisance."""

    def __init__(self, text, ident, seed):
        super().__init__(replace(from_text(text, ident), cases=()), seed)
        self.ident, self.questions = ident, QUESTIONS

    def mark(self, submission):
        if "loop" in submission.answers.values():
            while True:
                pass
        if "exit" in submission.answers.values():
            os._exit(1)
        if "fault" in submission.answers.values():
            raise ZeroDivisionError
        answers, person = [], []
        for question, right in zip(self.questions, ("1", "2"), strict=True):
            text = submission.answers.get(question.id, "")
            verdict = "undecided" if text == "?" else "correct" if text == right else "wrong" if text else "blank"
            marks = question.marks if verdict == "correct" else Fraction(0)
            answers.append(MarkedAnswer(question.id, text, verdict, marks, question.marks))
            person += [question.id] if verdict == "undecided" else []
        total = sum((a.marks for a in answers), Fraction(0))
        return Marked(submission.student, self.ident, tuple(answers), total, Fraction(3, 2), person=tuple(person))


@pytest.fixture
def quick(monkeypatch):
    """The workers are forked, so that they have it too."""
    monkeypatch.setattr(work, "marker", lru_cache(Quick))


@pytest.fixture
def run(tutor):
    """The command; registered here where the application does not have it yet."""
    if all(command.callback is not mark for command in app.registered_commands):
        app.command()(mark)
    return lambda *arguments: tutor("mark", *map(str, arguments))


@pytest.fixture
def handed(folder):
    """A folder as a class leaves it."""
    handed = folder / "in"
    handed.mkdir()
    (handed / "ben.txt").write_text("q1: 3\nq2: 2\n")
    (handed / "anna.txt").write_text("q1: 1\nq2: 2\n")
    (folder / "class.csv").write_text("student,q1,q2\ncleo,1,?\ndan,,\n")  # for a class; a file in the folder is one student's
    (handed / ".DS_Store").write_bytes(b"\0\1")
    return handed


def results(folder):
    return {row["student"]: row for row in json.loads((folder / "results.json").read_text())["results"]}


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


TARGET = "dl/bce"
IN = ("in", "class.csv")


def test_a_class_into_a_folder(run, handed, folder):
    code, out, err = run(TARGET, *IN, "-o", "marks")
    assert (code, err) == (0, "")
    found = results(folder / "marks")
    assert {student: row["marks"] for student, row in found.items()} == {"anna": "3/2", "ben": "1/2", "cleo": "1", "dan": "0"}
    assert list(found) == ["anna", "ben", "cleo", "dan"]
    assert "4 of 4 marked" in out
    assert "1 for a person:\n  cleo: q2\n" in out
    assert out.endswith("1 of 4 has no grade yet in any file: a person looks first (for-a-person.csv)\n")
    row = found["anna"]
    assert row["version"]
    assert len(row["exercise_hash"]) == len(row["input_hash"]) == 64
    assert (row["exercise"], row["seed"], row["source"]) == (TARGET, 0, "anna.txt")


def test_every_output_is_there(run, handed, folder):
    (folder / "gradebook.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework (7)\nPoints Possible,,,,,1.5\nAnna,1,anna,anna,A,\nBen,2,ben,ben,A,\n"
    )
    every = [part for name in ("csv", "json", "answers", "gradescope", "moodle", "canvas", "otter", "nbgrader") for part in ("--to", name)]
    code, _, _ = run(TARGET, *IN, "-o", "marks", *every, "--reveal", "none")
    assert code == 0
    people = ("anna", "ben", "cleo", "dan")
    assert set(tree(folder / "marks")) == {
        "answers.csv", "canvas.csv", "class.md", "class.svg", "final_grades.csv", "for-a-person.csv", "journal.jsonl", "marks.csv",
        "moodle.csv", "nbgrader.csv", "results.json",
        *(f"gradescope/{name}.json" for name in people), *(f"reports/{name}.md" for name in people),
    }  # fmt: skip
    assert "cleo,q2,undecided,,?," in (folder / "marks" / "for-a-person.csv").read_text()
    assert "0.5 of 1.5 marks" in (folder / "marks" / "reports" / "ben.md").read_text()
    filling = [TARGET, *IN, "-o", "filled", "--to", "canvas", "--fill", "gradebook.csv"]
    code, _, err = run(*filling)
    assert (code, (folder / "filled").exists()) == (2, False)  # said before anything is marked
    assert "no column is called" in err
    assert run(*filling, "--column", "Homework")[0] == 0
    assert "Anna,1,anna,anna,A,1.5" in (folder / "filled" / "canvas.csv").read_text()


def test_results_are_the_bytes_that_the_format_gives(run, handed, folder):
    from tutor.export.all_marked import read
    from tutor.export.mark_formats import export
    from tutor.export.output import Header

    assert run(TARGET, *IN, "-o", "marks")[0] == 0
    text = (folder / "marks" / "results.json").read_text()
    head = json.loads(text)
    header = Header(TARGET, version=head["version"], exercise_hash=head["exercise_hash"])
    assert export("json", read(text), QUESTIONS, header).text == text


@pytest.mark.slow
def test_any_number_of_processes_writes_the_same_bytes(run, handed, folder):
    for n in range(60):
        (handed / f"s{n}.txt").write_text(f"q1: {n}\nq2: {'loop' if n == 7 else 2}\n")
    for jobs in (1, 2, 4):
        assert run(TARGET, *IN, "-o", f"m{jobs}", "--jobs", jobs, "--time-limit", "0.5")[0] == 1
    assert tree(folder / "m1") == tree(folder / "m2") == tree(folder / "m4")
    assert "m1" not in str(tree(folder / "m1"))


def test_nobody_is_lost_whatever_was_handed_in(run, handed, folder):
    (handed / "eve.txt").symlink_to("/etc/passwd")
    (handed / "folder").mkdir()
    (handed / "fred.zip").write_bytes(b"PK\x03\x04....")
    (handed / "gil.txt").write_bytes(b"\x1f\x8b....")
    (handed / "huge.txt").write_bytes(b"x" * 5_000_001)
    os.mkfifo(handed / "ida.txt")
    (handed / "jo.txt").write_text("q1: loop\n")
    (handed / "kim.txt").write_text("q1: exit\n")
    (handed / "lea.txt").write_text("q1: fault\n")
    (handed / "mia.md").write_text("q1: 1\n")
    (handed / "mia.txt").write_text("q1: 2\n")
    (handed / os.fsdecode(b"\xff\x1b[2J.txt")).write_text("q1: 1\n")
    code, out, err = run(TARGET, *IN, "-o", "marks", "--time-limit", "0.5")
    assert code == 1
    found = results(folder / "marks")
    assert {found[name]["status"] for name in ("anna", "ben", "cleo", "dan")} == {"marked"}
    expected = {
        "eve": "symbolic link", "folder": "folder", "fred": "ZIP archive", "gil": "gzip archive", "huge": "5,000,001 bytes",
        "ida": "no ordinary",
        "jo": "longer than 0.5 s", "kim": "died", "lea": "the marker failed (ZeroDivisionError)", "mia": "two submissions",
    }  # fmt: skip
    for name, reason in expected.items():
        assert (found[name]["status"], found[name]["out_of"]) == ("could not be marked", "3/2")
        assert reason in found[name]["reason"]
    assert len(found) == 4 + len(expected) + 1
    assert "11 could not be marked" in out
    assert "\x1b" not in out + err
    assert "in/eve.txt: it is a symbolic link" in err
    assert "root:" not in str(tree(folder / "marks"))


def test_one_submission_goes_to_the_terminal(run, handed):
    code, out, err = run(TARGET, "in/anna.txt")
    assert (code, err) == (0, "")
    assert "anna" in out
    (handed / "bad.txt").write_text("q1: exit\n")
    assert run(TARGET, "in/bad.txt")[0] == 1


def test_an_earlier_run_is_kept_and_resumed(run, handed, folder):
    assert run(TARGET, *IN, "-o", "marks")[0] == 0
    before = tree(folder / "marks")
    code, _, err = run(TARGET, *IN, "-o", "marks")
    assert code == 2
    assert "marks of an earlier run are there" in err
    assert "--resume" in err
    assert run(TARGET, *IN, "-o", "marks", "--resume", "--seed", "1")[0] == 2
    assert run("dl/activations", "in", "-o", "marks", "--resume")[0] == 2
    assert tree(folder / "marks") == before
    assert run(TARGET, *IN, "-o", "marks", "--resume")[0] == 0
    assert tree(folder / "marks") == before
    (handed / "ben.txt").write_text("q1: 1\nq2: 2\n")  # handed in again
    assert run(TARGET, *IN, "-o", "marks", "--resume")[0] == 0
    assert results(folder / "marks")["ben"]["marks"] == "3/2"
    assert run(TARGET, *IN, "-o", "fresh")[0] == 0
    assert tree(folder / "fresh") == tree(folder / "marks")


def test_whose_mark_changed(run, handed, folder):
    assert run(TARGET, *IN, "-o", "old")[0] == 0
    (handed / "ben.txt").write_text("q1: 1\nq2: 2\n")
    for old in ("old", "old/results.json"):
        code, out, _ = run(TARGET, *IN, "-o", f"new-{len(old)}", "--diff", old)
        assert code == 0
        assert "1 students with changes, 1 changes" in out
        assert "ben q1: 0 of 1 → 1 of 1 (wrong → correct; the answer changed)" in out
    assert "ben,q1,0 of 1,1 of 1,wrong,correct,the answer changed" in (folder / "new-3" / "changes.csv").read_text()
    code, out, _ = run("dl/activations", "in", "-o", "other", "--diff", "old")
    assert "the exercise: dl/bce → dl/activations" in out


def test_the_students_there_are(run, handed, folder):
    (folder / "list.csv").write_text("id,email\nanna,a@x\nben,b@x\ncleo,c@x\n")
    (folder / "list.txt").write_text("anna\nben\n\ncleo\n")
    for name in ("list.csv", "list.txt"):
        code, _, _ = run(TARGET, *IN, "-o", f"with-{name}", "--roster", name)
        assert code == 1
        assert "not on the list" in results(folder / f"with-{name}")["dan"]["reason"]
        assert results(folder / f"with-{name}")["anna"]["status"] == "marked"


def test_who_handed_in_nothing_has_a_row(run, handed, folder):
    (folder / "list.csv").write_text("id,email\nanna,a@x\nzoe,z@x\nben,b@x\n Max  M ,m@x\n")
    (folder / "list.txt").write_text("anna\nzoe\nben\nMax  M\nzoe\n")
    for name in ("list.csv", "list.txt"):
        code, _, _ = run(TARGET, "in", "-o", f"of-{name}", "--roster", name, "--to", "moodle", "--to", "gradescope")
        assert code == 0
        rows = results(folder / f"of-{name}")
        assert list(rows) == ["anna", "ben", "zoe", "Max M"]
        assert rows["zoe"]["status"] == "marked"
        assert (rows["zoe"]["marks"], rows["zoe"]["problems"]) == ("0", ["nothing was handed in"])
        assert {answer["verdict"] for answer in rows["zoe"]["answers"]} == {"blank"}
        assert "zoe,\n" in (folder / f"of-{name}" / "moodle.csv").read_text()
        assert "nothing was handed in" in (folder / f"of-{name}" / "marks.csv").read_text()
        assert "nothing was handed in" in (folder / f"of-{name}" / "reports" / "zoe.md").read_text()
        assert (folder / f"of-{name}" / "gradescope" / "zoe.json").exists()
    assert results(folder / "of-list.csv")["zoe"]["fields"]["email"] == "z@x"
    assert run(TARGET, "in/anna.txt", "--roster", "list.csv")[0] == 0


def test_one_report_is_a_page(run, handed, folder):
    """``--to html`` is ``--report html``; to a file by its ending, and never over what was handed in."""
    code, out, _ = run(TARGET, "in/anna.txt", "--to", "html")
    assert (code, out[:15]) == (0, "<!doctype html>")
    assert run(TARGET, "in/anna.txt", "-o", "anna.html") == (0, "", "")
    assert (folder / "anna.html").read_text() == out
    (folder / "own.md").write_text((folder / "in" / "anna.txt").read_text())
    assert run(TARGET, "own.md", "-o", "own.md")[0] == 2
    assert "doctype" not in (folder / "own.md").read_text()


BAD = [
    ([], ["no exercise to mark", "tutor mark"]),
    ([TARGET], ["nothing to mark"]),
    ([TARGET, "nowhere", "-o", "m"], ["nowhere does not exist"]),
    ([TARGET, "empty", "-o", "m"], ["empty has no files"]),
    ([TARGET, "in"], ["2 submissions need a folder", "-o DIR"]),
    (["dl/bcee", "in", "-o", "m"], ["there is no exercise", "dl/bce"]),
    ([TARGET, "in", "-o", "in/anna.txt"], ["is a file"]),
    ([TARGET, "in", "-o", "m", "--jobs", "0"], ["--jobs", "from 1"]),
    ([TARGET, "in", "-o", "m", "--seed", "-1"], ["--seed", "from 0"]),
    ([TARGET, "in", "-o", "m", "--time-limit", "0"], ["--time-limit"]),
    ([TARGET, "in", "-o", "m", "--memory-limit", "1"], ["--memory-limit"]),
    ([TARGET, "in", "-o", "m", "--fill", "x.csv"], ["--fill goes with", "moodle"]),
    ([TARGET, "in", "-o", "m", "--to", "moodle", "--fill", "x.csv"], ["x.csv", "cannot be read"]),
    ([TARGET, "in", "-o", "m", "--diff", "nothing"], ["nothing cannot be read"]),
    ([TARGET, "in", "-o", "m", "--diff", "class.csv"], ["has no marks of tutor"]),
    ([TARGET, "in", "-o", "m", "--roster", "empty.txt"], ["--roster", "names no students"]),
    ([TARGET, "in", "-o", "m", "--roster", "empty.csv"], ["--roster", "empty.csv names no students"]),
    ([TARGET, "in", "-o", "m", "--roster", "head.csv"], ["--roster", "head.csv names no students"]),
    ([TARGET, "in", "-o", "in"], ["the folder for the marks, in, is the folder in", "-o marks"]),
    ([TARGET, "in/", "-o", "in/marks"], ["in/marks, lies in the folder in"]),
    ([TARGET, "class.csv", "in", "-o", "."], ["lies around the folder in"]),
    ([TARGET, "in", "-o", "m", "--to", "canvas", "--column", "x"], ["--column goes with --fill", "--to canvas --fill"]),
    ([TARGET, "in", "-o", "m", "--to", "moodle", "--fill", "class.csv"], ["--fill class.csv: this is no offline grading worksheet"]),
    ([TARGET, "in", "-o", "m", "--to", "canvas", "--fill", "latin.csv"], ["--fill latin.csv: the file is not UTF-8 text (byte 0)"]),
    ([TARGET, "in", "-o", "m", "--to", "excel"], ["excel"]),
    ([TARGET, "in", "-o", "m.html"], ["2 submissions need a folder", "-o DIR"]),
    ([TARGET, "in", "-o", "m", "--to", "html", "--report", "latex"], ["in one format, not in latex and html"]),
]


@pytest.mark.parametrize(("arguments", "pieces"), BAD, ids=[" ".join(row[0]) for row in BAD])
def test_bad_input(run, handed, folder, arguments, pieces):
    (folder / "empty").mkdir()
    (folder / "empty.txt").touch()
    (folder / "empty.csv").touch()
    (folder / "head.csv").write_text("id,email\n")
    (folder / "latin.csv").write_bytes(b"\xe4")
    before = tree(folder)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert [piece for piece in pieces if piece not in err] == []
    assert "Traceback" not in err
    assert not (folder / "m").exists()
    assert tree(folder) == before


def test_an_expression_and_steps_are_exercises_too(run, handed, folder):
    for number, target in enumerate(('(x+y)*z', 'd = x + y; f = d*z')):
        assert run(target, "in", "-o", f"m{number}")[0] == 0
    from tutor.exercise.catalogue import exercise_text
    from tutor.exercise.load import from_text

    assert from_text(exercise_text('d = x + y; f = d*z')[1], "expression").graph.loss == "f"
    assert from_text(exercise_text("(x+y)*z")[1], "expression").graph is not None


def test_a_mark_schemes_own_cases(run, folder):
    lines = ['title = "t"', 'steps = ["f = x*y"]', "[values]", "x = 2", "y = 3"]
    cases = ['[[case]]\nquestion = "f"\nanswer = "6"\nverdict = "correct"', '[[case]]\nquestion = "f"\nanswer = "7"\nverdict = "correct"']
    (folder / "one.toml").write_text("\n".join([*lines, cases[0]]))
    (folder / "two.toml").write_text("\n".join([*lines, *cases]))
    code, out, _ = run("two.toml", "--self-test")
    assert code == 1
    assert "two: 2 cases, 1 do not hold" in out
    assert "case 2 (f: 7): the verdict is wrong, not correct" in out
    assert run("one.toml", "--self-test") == (0, "one: 1 cases, 0 do not hold\n", "")


@pytest.mark.usefixtures("run")
def test_a_progress_bar_where_somebody_watches(handed, folder):
    """In a terminal of its own; stopping it there keeps what is marked."""
    for n in range(30):
        (handed / f"s{n}.txt").write_text("q1: 1\n")
    (handed / "z.txt").write_text("q1: loop\n")
    pid, screen = pty.fork()
    if pid == 0:
        from tutor.cli import main

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
        sys.stdout, sys.stderr = (os.fdopen(stream, "w", closefd=False) for stream in (1, 2))
        try:
            main(["mark", TARGET, *IN, "-o", "marks", "--jobs", "2", "--time-limit", "86400"])  # the loop is still at it
        finally:
            os._exit(9)
    seen, journal = b"", folder / "marks" / "journal.jsonl"
    while b"/35" not in seen or len(journal.read_bytes().splitlines()) <= 10:
        if select.select([screen], [], [], 0.05)[0]:
            seen += os.read(screen, 4096)
    os.kill(pid, signal.SIGINT)
    while True:
        try:
            seen += os.read(screen, 4096)
        except OSError:
            break
    os.waitpid(pid, 0)
    with suppress(ProcessLookupError):  # a worker that was just being started when the signal came is at its loop for a day
        os.killpg(pid, signal.SIGKILL)
    assert b"marking" in seen
    assert b"go on with --resume" in seen
    assert b"Traceback" not in seen
    assert len(journal.read_bytes().splitlines()) > 10
