"""A notation of one's own: read with all faults at once, filled in with places only, used on every page, and in LaTeX."""

import json
import pickle
import subprocess
import sys

import pytest

import tutor
from tutor.answer.handed_in import Submission
from tutor.errors import Problems, TutorError
from tutor.exercise.load import from_text, load
from tutor.marking.mark_submission import Marker
from tutor.notation.own_notation import PLACES, OwnNotation, fill_pattern
from tutor.notation.profile import notation

OWN = r"""
extends = "plain"
title = "My course"
factors = "cross"
rate = "gamma"
update = "prime"
[functions]
sigmoid = '\varsigma'
[roles]
input = 'x_{{{j}}}'
weight = '\omega^{{({l})}}_{{{j}{c}{i}}}'
sum = 'z^{{({l})}}_{{{j}}}'
activation = 'a^{{({l})}}_{{{j}}}'
total = 'J'
[arrays]
weight = '\mathbf{{W}}_{{{l}}}'
"""


def put(tmp_path, text):
    path = tmp_path / "my.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_pages_are_written_in_it(tmp_path, pages):
    own = put(tmp_path, OWN)
    solution = tutor.solve("neuron/two-two-two", wrt=["w5"], notation_name=own)
    text = str(solution)
    assert "ω⁽²⁾ = [0.40 0.45; 0.50 0.55]" in text
    assert "ς(z⁽²⁾₁)" in text
    assert "∂J/∂ω⁽²⁾₁₁" in text
    assert r"\omega^{(2)}_{11}" in solution.to_latex() or r"\omega_{11}^{(2)}" in solution.to_latex()
    assert pages(solution.to_latex()) >= 1
    assert r"\mathbf{W}_{2}" in tutor.solve("neuron/two-two-two", form="layer", notation_name=own).to_latex()
    assert "ω⁽¹⁾₁₁′" in str(tutor.train("neuron/two-two-two", notation_name=own, steps=1))


def test_what_it_does_not_say_is_as_in_what_it_extends(tmp_path):
    own, course = notation(put(tmp_path, 'extends = "qmul"\n[functions]\nrelu = "R"\n')), notation("qmul")
    assert (own.rate, own.update, own.numbers) == (course.rate, course.update, course.numbers)
    assert own.functions["relu"].text == "R"
    assert own.functions["sigmoid"] == course.functions["sigmoid"]


def test_a_changed_file_is_read_again(tmp_path):
    assert notation(put(tmp_path, 'rate = "eta"')).rate == "eta"
    assert notation(put(tmp_path, 'rate = "epsilon"')).rate == "epsilon"


FAULTS = [  # what stands in the file, where it is wrong, and what is said of it
    ('extends = "klon"', "extends", "no notation klon"), ('factor = "cross"', "factor", "did you mean factors"),
    ("digits = 99", "digits", "2 to 15"), ("digits = true", "digits", "2 to 15"), ('update = "later"', "update", "arrow, next"),
    ("rate = 3", "rate", "the name of the step size"), ("title = ''", "title", "a short text"), ("roles = 3", "roles", "a table"),
    ("[roles]\nsumm = 'x'", "roles.summ", "did you mean sum"),
    ("[roles]\nweight = 'w_{{{l.__class__}}}'", "roles.weight", "no place l.__class__"),
    ("[roles]\nweight = 'w_{{{l!r}}}'", "roles.weight", "no place l"),
    ("[roles]\nweight = 'w_{{{l:>99999999}}}'", "roles.weight", "no place l"),
    ("[roles]\nweight = '{0}'", "roles.weight", "no place 0"), ("[roles]\nweight = '{'", "roles.weight", "a brace is missing"),
    ("[roles]\nbias = '\\input{{x}}'", "roles.bias", "\\input is not understood"),
    ("[roles]\nbias = '\\write18{{ls}}'", "roles.bias", "not understood"),
    ("[functions]\n\"a b\" = 'x'", "functions.a b", "no function is called so"),
    ("[functions]\nsigmoid = '$x$'", "functions.sigmoid", "not understood"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "said"), FAULTS, ids=[row[0] for row in FAULTS])
def test_a_fault_is_said_at_its_place(tmp_path, text, where, said):
    with pytest.raises(Problems) as caught:
        notation(put(tmp_path, text))
    (problem,) = caught.value.problems
    assert problem.where == f"line {1 + text.count(chr(10))}: {where}"
    assert said in str(problem)


def test_all_faults_are_said_at_once(tmp_path):
    heads, tables = [row[0] for row in FAULTS if "\n" not in row[0] and "roles" not in row[0]], FAULTS[8][0]
    keys = {text.partition(" ")[0]: text for text in heads}
    with pytest.raises(Problems) as caught:
        notation(put(tmp_path, "\n".join([*keys.values(), tables])))
    assert len(caught.value.problems) == len(keys) + 1


@pytest.mark.parametrize(
    ("name", "said"), [("nowhere.toml", "cannot be read"), (".", "there is no notation"), ("broken.toml", "not a TOML file")]
)
def test_files_that_are_none(tmp_path, name, said):
    (tmp_path / "broken.toml").write_text("a = ")
    with pytest.raises(TutorError, match=said):
        notation(str(tmp_path / name))


def test_patterns_name_places_only():
    assert fill_pattern("w_{{{j}{i}}}", PLACES) == "w_{12}"
    with pytest.raises(TutorError, match="no place"):
        fill_pattern("{l.real}", PLACES)


# a notation file beside an exercise

EXERCISE = """
title = "A network in the notation of my course"
notation = "my.toml"
[network]
sizes = [1, 2, 1]
activation = ["relu", "identity"]
loss = "squared error"
naming = "plain"
[values]
x1 = 2
y1 = 1
w1_1_1 = 1
w1_1_2 = -1
w2_1_1 = 3
w2_2_1 = 1
b1_1 = 0
b1_2 = 0
b2_1 = -1
[train]
rate = 0.5
steps = 1
[[claim]]
claim = "w2_1_1 after 1"
printed = "-5"
[[question]]
marks = 1
id = "slope"
ask = "dL/dw2_1_1"
kind = "expression"
form = "any"
"""
ANSWER = r"\frac{\partial J}{\partial z^{(2)}_1} \cdot a^{(1)}_1"
"""Right, in the letters of the file alone: the loss is J."""


def put_exercise(tmp_path, own=OWN, exercise=EXERCISE):
    put(tmp_path, own)
    path = tmp_path / "mine.toml"
    path.write_text(exercise, encoding="utf-8")
    return str(path)


def test_an_exercise_brings_its_notation_along(tmp_path):
    path = put_exercise(tmp_path)
    exercise = load(path)
    assert "∂J/∂ω⁽²⁾₁₁" in tutor.solve(path).to_text()
    assert "ω⁽¹⁾₁₁′" in tutor.train(path, steps=1).to_text()
    assert r"\omega_{11}^{(2)}" in tutor.sheet(path).to_latex()
    assert [verdict.agreement for verdict in tutor.check(path)] == ["exact"]
    (marked,) = Marker(exercise).mark(Submission("s", {"slope": ANSWER})).answers
    assert marked.verdict == "correct"
    assert pickle.loads(pickle.dumps(exercise)).notation == exercise.notation
    (tmp_path / "my.toml").unlink()  # what was read has it
    assert "∂J/∂ω⁽²⁾₁₁" in tutor.solve(exercise).to_text()
    assert "∂L/∂ω" not in tutor.solve(exercise, notation_name="dl").to_text()


@pytest.mark.slow
def test_the_text_alone_goes_to_other_processes(tmp_path):
    path = put_exercise(tmp_path)
    for name in ("anna", "ben"):
        (tmp_path / f"{name}.txt").write_text(f"slope: ${ANSWER}$\n", encoding="utf-8")
    for command in (
        ["mark", path, str(tmp_path / "anna.txt"), str(tmp_path / "ben.txt"), "-o", str(tmp_path / "marks"), "--jobs", "2"],
        ["questions", path], ["sheet", path, "-o", str(tmp_path / "sheet.md")], ["check", path], ["train", path],
    ):  # fmt: skip
        done = subprocess.run([sys.executable, "-m", "tutor", *command], capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    rows = (tmp_path / "marks" / "marks.csv").read_text().splitlines()
    assert [row.split(",")[:2] for row in rows[1:]] == [["anna", "1"], ["ben", "1"]]


def test_another_file_of_the_same_name_is_another_notation(tmp_path):
    first, second = (OwnNotation("my.toml", f'rate = "{letter}"') for letter in ("gamma", "tau"))
    assert first != second
    assert first != "my.toml"
    assert [notation(own).rate for own in (first, second)] == ["gamma", "tau"]
    assert notation(pickle.loads(pickle.dumps(second))).rate == "tau"


def test_all_faults_of_the_exercise_and_of_its_notation_are_said_at_once(tmp_path):
    own = 'factors = "star"\nextends = "klon"\nrate = 3\n\n'
    own += '[roles]\nweight = \'w_{{{q}}}\'\nsumm = "s"\n[functions]\nsigmoid = \'\\input\'\n'
    with pytest.raises(Problems) as caught:
        load(put_exercise(tmp_path, own, EXERCISE.replace('x1 = 2', 'x1 = "two"')))
    found = [problem.where for problem in caught.value.problems]
    assert [where for where in found if where.startswith("my.toml: ")] == [
        "my.toml: line 1: factors", "my.toml: line 2: extends", "my.toml: line 3: rate", "my.toml: line 6: roles.weight",
        "my.toml: line 7: roles.summ", "my.toml: line 9: functions.sigmoid",
    ]  # fmt: skip
    assert any(where.startswith("values.x1") for where in found)


OUTSIDE = [
    "../my.toml", "sub/my.toml", "/etc/my.toml", "C:my.toml", "..\\my.toml", ".toml", ".my.toml", "my\u0000.toml", "~/my.toml",
    "a" * 200 + ".toml",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE, ids=ascii)
def test_only_a_plain_name_is_read(tmp_path, name):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "my.toml").write_text(OWN, encoding="utf-8")
    put(tmp_path, OWN)
    path = put_exercise(tmp_path / "sub", OWN, EXERCISE.replace('"my.toml"', json.dumps(name)))
    with pytest.raises(Problems, match="there is no notation") as caught:
        load(path)
    assert "stands in the folder of the exercise's file" in str(caught.value)


def test_what_is_no_file_of_that_folder_is_refused(tmp_path):
    path = put_exercise(tmp_path)
    own = tmp_path / "my.toml"
    cases = (("is not there", lambda: None), ("is no file", own.mkdir), ("is a link", lambda: own.symlink_to("/etc/passwd")),
             ("more than 100,000 bytes", lambda: own.write_text("#" * 100_001)), ("not UTF-8", lambda: own.write_bytes(b"\xff")),
             ("not a TOML file", lambda: own.write_text("rate = ")))  # fmt: skip
    for said, make in cases:
        own.rmdir() if own.is_dir() else own.unlink(missing_ok=True)
        make()
        with pytest.raises(TutorError, match=said):
            load(path)


def test_text_without_its_file_says_where_it_is_read():
    with pytest.raises(Problems, match=r"no notation my\.toml"):
        from_text(EXERCISE, "t")
