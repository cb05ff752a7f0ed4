"""Gradescope's folder layout in a temporary folder: results.json is there whatever happens."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from marks_made import ANNA, BEN, FAILED, written

import tutor
from tutor.errors import OutputError
from tutor.export.output import Header

SCRIPT = Path(tutor.__file__).parent.parent / "docs" / "gradescope" / "run_autograder"
METADATA = {"users": [{"email": "a@b.c", "id": 1, "name": "Anna"}], "assignment": {"title": "3", "total_points": "4.0"}}

FAKE = """
import json, os, pathlib, sys, time
arguments = sys.argv[1:]
kind = os.environ["FAKE"]
if kind == "hangs":
    time.sleep(3600)
if kind == "crashes":
    print("\\x1b[31mTraceback", file=sys.stderr)
    os.abort()
out = pathlib.Path(arguments[arguments.index("-o") + 1])
out.mkdir()
for k in range(2 if kind == "several" else 1):
    tests = [{"score": 1, "max_score": 2, "output": pathlib.Path(arguments[2]).read_text()}]
    (out / f"{k}.json").write_text(json.dumps({"score": 1, "tests": tests, "output_format": "text", "arguments": arguments}))
(out / "results.json").write_text('{"results": []}')
sys.exit(1)
"""


@pytest.fixture
def autograder(tmp_path):
    """Runs the autograder on files (name, content) and gives what stands in results.json."""
    (tmp_path / "fake.py").write_text(FAKE)
    root = tmp_path / "autograder"
    for name in ("source", "submission"):
        (root / name).mkdir(parents=True)
    (root / "source" / "tutor.json").write_text('{"exercise": "neuron/two-two-two", "visibility": "after_published"}')
    (root / "submission_metadata.json").write_text(json.dumps(METADATA))

    def run(files, fake="marks", command=None, **environment):
        for name, content in files.items():
            path = root / "submission" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        command = command or f"{sys.executable} {tmp_path / 'fake.py'}"
        own = {"AUTOGRADER_ROOT": str(root), "TUTOR": command, "FAKE": fake, **environment}
        ended = subprocess.run([sys.executable, SCRIPT], env=os.environ | own, capture_output=True, timeout=600, check=False)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.isascii()
        assert b"\x1b" not in ended.stdout
        (file,) = (root / "results").iterdir()
        return json.loads(file.read_text())

    run.root = root
    return run


def test_what_tutor_says_becomes_the_results(autograder):
    known = autograder({"my homework; rm -rf.TXT": b"q1: 1", ".DS_Store": b"x", "__MACOSX/a.txt": b"x"})
    assert known["score"] == 1
    assert known["tests"] == [{"score": 1, "max_score": 2, "output": "q1: 1", "visibility": "after_published"}]
    assert known["visibility"] == "after_published"
    assert known["execution_time"] >= 0
    assert known["arguments"][:2] == ["mark", "neuron/two-two-two"]
    assert known["arguments"][2].endswith("submission.txt")


FAILURES = [
    ({}, {}, "no file that can be read was handed in"),
    ({"a.zip": b"PK"}, {}, "(but 'a.zip')"),
    ({"a.txt": b"", "b.md": b""}, {}, "there are 2 files that could be marked ('a.txt', 'b.md'); hand in one"),
    ({"a.txt": b"x"}, {"fake": "crashes"}, "marking ended with code -6 and without results"),
    ({"a.txt": b"x"}, {"fake": "hangs", "TUTOR_TIMEOUT": "0.5"}, "marking took longer than 0.5 s"),
    ({"a.txt": b"x"}, {"fake": "several"}, "the file holds 2 submissions"),
    ({"a.txt": b"x"}, {"command": "/nowhere/tutor"}, "tutor cannot be started"),
    ({"a.txt": b"x" * 5_000_001}, {}, "larger than 5,000,000 bytes"),
    ({"a.txt": b"x"}, {"TUTOR_TIMEOUT": "soon"}, "the autograder has a fault (ValueError)"),
]


@pytest.mark.parametrize(("files", "options", "reason"), FAILURES, ids=range(len(FAILURES)))
def test_results_are_written_when_marking_failed(autograder, files, options, reason):
    known = autograder(files, **options)
    assert ("score" in known, known["output_format"]) == (False, "text")
    assert reason in known["output"]
    (test,) = known["tests"]
    assert ("score" in test, test["max_score"], "status" in test) == (False, 4, False)
    assert known["visibility"] == test["visibility"] == "after_published"


@pytest.mark.parametrize("broken", ["", "[]", "{", '{"assignment": 3}', '{"assignment": {"total_points": "many"}}'])
def test_metadata_and_settings_that_are_broken(autograder, broken):
    (autograder.root / "submission_metadata.json").write_text(broken)
    (autograder.root / "source" / "tutor.json").write_text(broken)
    known = autograder({"a.txt": b"x"})
    assert "source/tutor.json names no exercise" in known["output"]
    assert known["visibility"] == "visible"
    assert known["tests"][0]["max_score"] == 1


def test_links_are_not_followed(autograder):
    (autograder.root / "secret.txt").write_text("secret")
    (autograder.root / "submission" / "a.txt").symlink_to(autograder.root / "secret.txt")
    assert "no file that can be read" in autograder({})["output"]


def test_with_tutor_itself(autograder):
    """The command as it is installed."""
    known = autograder({"a.txt": b"out_o1: 0.751\ndL/dw5: 1,5\n"}, command=f"{sys.executable} -m tutor")
    assert known["score"] == 1
    assert {test["output_format"] for test in known["tests"]} == {"text"}


GRADESCOPE_TOP = [
    "score", "execution_time", "output", "output_format", "test_output_format", "test_name_format", "visibility", "stdout_visibility",
    "extra_data", "tests",
]  # fmt: skip


GRADESCOPE_TEST = [
    "score", "max_score", "status", "name", "name_format", "number", "output", "output_format", "tags", "visibility", "extra_data",
]  # fmt: skip


@pytest.mark.parametrize("one", [ANNA, BEN, FAILED], ids=["anna", "ben", "failed"])
def test_gradescope(one):
    known = json.loads(written("gradescope", one, header=Header("x", visibility="after_published", seconds=1.23456)).text)
    told = set() if one is not FAILED else {"score", "status"}
    assert list(known) == [key for key in GRADESCOPE_TOP if key not in told]
    assert {known[key] for key in ("output_format", "test_output_format", "test_name_format")} == {"text"}
    assert (known["visibility"], known["execution_time"]) == ("after_published", 1.235)
    assert sum(Fraction(str(test.get("score", 0))) for test in known["tests"]) == Fraction(str(known.get("score", 0)))
    for k, test in enumerate(known["tests"], 1):
        assert list(test) == [key for key in GRADESCOPE_TEST if key not in told]
        assert test["number"] == f"1.{k}"
        assert test.get("status") == (None if told else "passed" if test["score"] == test["max_score"] else "failed")
        assert test["output_format"] == test["name_format"] == "text"


def test_gradescope_when_marking_failed():
    known = json.loads(written("gradescope", FAILED).text)
    assert ("score" in known, known["output"]) == (False, "could not be marked: the file has a NUL byte")
    (test,) = known["tests"]
    assert ("score" in test, test["max_score"], "status" in test) == (False, 4, False)


def test_gradescope_says_what_it_cannot_do():
    with pytest.raises(OutputError, match="not 2"):
        written("gradescope", ANNA, BEN)
    with pytest.raises(OutputError, match="there is no visibility"):
        written("gradescope", ANNA, header=Header("x", visibility="secret"))


@pytest.mark.parametrize(("verdict", "marks", "status"), [("misconception", 2, "passed"), ("misconception", 1, "failed"),
                                                          ("wrong", 0, "failed"), ("follow-through", 2, "passed")])  # fmt: skip
def test_gradescope_passes_what_has_all_marks(verdict, marks, status):
    answers = tuple(replace(one, verdict=verdict, marks=Fraction(marks)) for one in ANNA.answers[:1])
    assert json.loads(written("gradescope", replace(ANNA, answers=answers)).text)["tests"][0]["status"] == status
