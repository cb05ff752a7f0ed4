"""The command line: what it writes, what it says when something is wrong, and how it ends."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from some_now import some_now

from tutor.version import VERSION

EXERCISE = """
title = "A neuron"
steps = ["z = w*x + b", "L = (z - y)^2"]
parameters = ["w", "b"]
[values]
w = 2
x = "1/2"
b = -1
y = 1
[train]
rate = 0.5
steps = 2
[[claim]]
claim = "L"
printed = "1"
"""


pytestmark = pytest.mark.usefixtures("folder")


def process(*arguments, timeout=300, **environment):
    """The command in a process of its own."""
    settings = {**os.environ, "COLUMNS": "80", **environment}
    return subprocess.run(
        [sys.executable, "-m", "tutor", *arguments],
        capture_output=True,
        text=True,
        env=settings,
        timeout=timeout,
        check=False,
    )


def left(folder):
    """The files in the folder, hidden ones too."""
    return sorted(path.name for path in folder.rglob("*"))


# What is wrong: exit code 2, a message on stderr with the place and the next move, no traceback, no output, no file.

BAD = [  # arguments, pieces of the message
    (["solve", "neuron/two-two-tow"], ["there is no exercise neuron/two-two-tow", "did you mean neuron/two-two-two"]),
    (["solve", "missing.toml"], ["missing.toml does not exist", "tutor list"]),
    (["solve", "missing.onnx"], ["missing.onnx does not exist", "a model: model.onnx"]),
    (["check", "neuron/two-two-tow"], ["there is no exercise", "did you mean"]),
    (["check", "2*u^3"], ["2*u^3 is no exercise", "tutor solve takes a formula"]),
    (["solve", "exp(3)", "--at", "q=1"], ["there is no quantity q", "there are no inputs"]),
    (["solve", "q = 3", "--at", "q=1"], ["q is computed", "nothing here takes a value"]),
    (["check", "missing.toml"], ["missing.toml does not exist"]),
    (["draw", "neuron/two-two-tow", "-o", "g.svg"], ["there is no exercise"]),
    (["solve", "(x+y)*z", "--wrt", "q"], ["--wrt: there is no quantity q", "the quantities are: x, y, z"]),
    (["solve", "neuron/two-two-two", "--wrt", "w55"], ["there is no quantity w55", "did you mean w5"]),
    (["solve", "x*y", "--at", "q=1"], ["there is no quantity q", "the inputs are: x, y"]),
    (["solve", "x*y", "--at", "f=1"], ["f is computed", "x, y"]),
    (["solve", "sigmod(x)"], ["there is no function sigmod", "did you mean sigmoid", "^"]),
    (["solve", "elu(x)"], ["elu takes 2 argument(s), not 1", "elu(x, a)"]),
    (["solve", "a = b; b = a"], ["circle: a needs b needs a", "before it"]),
    (["solve", "x = x + 1"], ["circle: x needs x"]),
    (["solve", "a = x; a = y"], ["step 2: a is defined twice", "another name"]),
    (["solve", "a = x; 2b = y"], ["step 2", "cannot be the name"]),
    (["solve", "x*y", "--at", "x=1"], ["y has no value", "--at y=1"]),
    (["solve", "x*y", "--at", "x=abc", "--at", "y=1"], ["the value of x: 'abc' is not a number", "0.5"]),
    (["solve", "x*y", "--at", "x=", "--at", "y=1"], ["the value of x: '' is not a number"]),
    (["solve", "x*y", "--at", "x=0,5", "--at", "y=1"], ["'0,5' is not a number", "with a point"]),
    (["solve", "x*y", "--at", "x=nan", "--at", "y=1"], ["nan is no number", "finite"]),
    (["solve", "x*y", "--at", "x=1", "--at", "x=2"], ["x is given two values"]),
    (["solve", "x*y", "--at", "x"], ["--at: 'x' gives nothing a value", "--at x=2"]),
    (["solve", "1/x", "--at", "x=0"], ["f = 1/x at x = 0", "division by zero", "not 0"]),
    (["solve", "log(x)", "--at", "x=-1"], ["f = log(x) at x = -1", "logarithm of a negative number", "positive"]),
    (["solve", "sqrt(x)", "--at", "x=-1"], ["square root of a negative number"]),
    (["solve", "exp(x)", "--at", "x=1e30"], ["overflow", "smaller numbers"]),
    (["solve", "exp(exp(exp(x)))", "--at", "x=10"], ["f = exp(b)", "overflow"]),
    (["solve", "x^y", "--at", "x=10", "--at", "y=1e30"], ["overflow"]),
    (["solve", "(" * 100_000], ["100,000 characters is over the limit"]),
    (["solve", "(" * 10_000], ["nested deeper than 40", "^"]),
    (["solve", "9**9**9**9"], ["exponent over 1,000", "^"]),
    (["solve", ""], ["empty expression", "(x + y)*z"]),
    (["solve", "x +"], ["stops too early", "^"]),
    (["solve", "x & y"], ["'&' (U+0026) at place 3 means nothing here", "^", "remove it"]),
    (["solve", "__import__('os').system('touch pwned')"], ["an index without a name", "^"]),
    (["solve", "x\x1b[2Jy"], ["U+001B", "\\x1b"]),
    (["solve", "x^2", "--steps", "3", "--at", "x=1"], ["no step size", "--rate"]),
    (["solve", "x^2", "--steps", "3", "--rate", "1"], ["updates need numbers", "--at x=1"]),
    (["solve", "x^2", "--steps", "-1"], ["-1 updates", "0 to 100,000"]),
    (["solve", "x^2", "--rate", "-1"], ["positive, not -1", "--rate 0.1"]),
    (["solve", "x^2", "--rate", "fast"], ["the step size", "'fast' is not a number"]),
    (["solve", "x^2", "--notation", "nuron"], ["there is no notation nuron", "did you mean neuron"]),
    (["solve", "x^2", "--fragment"], ["--fragment goes with --to latex"]),
    (["solve", "x^2", "-o", "no/such/folder/f.txt"], ["no/such/folder/f.txt cannot be written", "No such file", "-o"]),
    (["solve", "x^2", "-o", "."], ["is a folder", "-o"]),
    (["draw", "x^2", "-o", "g.png"], [".svg or .tex, not .png", "-o graph.svg"]),
    (["draw", "x^2", "-o", "no/such/g.svg"], ["cannot be written"]),
    (["train", "w^2", "--at", "w=1", "--rate", "1", "--optimiser", "minibatch"], ["size of its batches", "one sample here", "--data"]),
    (["draw", "x^2"], ["a picture is written to a file", "-o graph.svg"]),
    (["solve", "exp(-exp(x))", "--at", "x=100"], ["f is not 0", "too small to be written"]),
    (["solve", "L = sum(x)"], ["there is no function sum", "[shapes]", "^"]),
    (["solve", "x*y", "--at", "x=1,y"], ["'1,y' is not a number", "y is no number"]),
    (["solve", "x*y", "--at", "x=[1,2]"], ["there is no quantity x_1", "did you mean x?"]),
    (["plot", "x^2"], ["tutor plot draws several charts", "loss, path, gradients, activation, relus", "tutor plot loss"]),
    (["draw", "cmu/counting", "-o", "g.svg"], ["only counts"]),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "pieces"), BAD, ids=[" ".join(row[0])[:50] for row in BAD])
def test_bad_input_is_a_message(tutor, folder, arguments, pieces):
    code, out, err = tutor(*arguments)
    assert code == 2
    assert out == ""
    assert err.startswith("tutor: ")
    assert [piece for piece in pieces if piece not in err] == []
    assert "Traceback" not in err
    assert "\x1b" not in err
    assert len(err) < 1000
    assert left(folder) == []


@pytest.mark.parametrize("formula", ["-log(p)", "-x^2", "-\\frac{1}{1+e^{-x}}", "-(x + y)", "-x*y"])
@pytest.mark.parametrize("after", [[], ["--to", "json"]])
def test_a_formula_may_begin_with_a_minus(tutor, formula, after):
    code, out, err = tutor("solve", formula, *after)
    assert (code, err) == (0, "")
    assert "x" in json.loads(out)["gradients"] or "p" in json.loads(out)["gradients"] if after else out.startswith(formula)


USAGE = [
    (["solve", "-x"], "-x"),
    (["solve"], "Missing argument"),
    (["solve", "x", "--to", "word"], "--to"),
    (["solve", "x", "--chain", "long"], "--chain"),
    (["solve", "x", "--steps", "many"], "--steps"),
    (["solve", "x", "--colour"], "--colour"),
    (["nonsense"], "nonsense"),
]


@pytest.mark.parametrize(("arguments", "piece"), USAGE, ids=[" ".join(row[0]) for row in USAGE])
def test_a_wrong_command_shows_its_usage(tutor, folder, arguments, piece):
    code, _, err = tutor(*arguments)
    assert code == 2
    assert piece in err
    assert "Traceback" not in err
    assert left(folder) == []


FIVE = EXERCISE.replace("notation", "").replace(
    'title = "A neuron"', 'title = "Five"\nnotation = "nuron"\ncolour = "red"'
)
FIVE = (
    FIVE.replace("rate = 0.5", "rate = -1")
    .replace("steps = 2\n", "steps = -2\n")
    .replace('claim = "L"', 'claim = "dL/dq"')
)


def test_five_faults_of_a_file_are_all_reported(tutor, folder):
    Path("five.toml").write_text(FIVE, encoding="utf-8")
    for command in ("solve", "check"):
        code, out, err = tutor(command, "five.toml")
        assert (code, out) == (2, "")
        assert "five.toml: 5 faults" in err
        for piece in (
            "notation: there is no notation nuron",
            "colour: there is no setting",
            "train.rate: ",
            "train.steps: ",
            "claim[1]",
        ):
            assert piece in err
    assert left(folder) == ["five.toml"]


def test_a_claim_about_what_does_not_exist(tutor, folder):
    Path("mine.toml").write_text(EXERCISE.replace('claim = "L"', 'claim = "dL/dv"'), encoding="utf-8")
    code, _, err = tutor("check", "mine.toml")
    assert code == 2
    assert "claim[1]" in err
    assert "no quantity" in err


HOSTILE = [  # each of these once ended in a traceback or hung
    ["solve", "x", "--at", "x=1e999999999"],
    ["solve", "∂"],
    ["solve", "x", "--rate", "1e999999999"],
    ["solve", "a = x^999; b = a^12", "--at", "x=3"],  # a fraction of 5,700 digits, sent to the helper process
    ["solve", "a = x^999; b = a^12", "--at", "x=3", "--to", "json"],
]


@pytest.mark.parametrize("arguments", some_now(HOSTILE, 3), ids=[" ".join(row) for row in HOSTILE])
def test_no_input_ends_in_a_traceback(arguments):
    done = process(*arguments, timeout=300)
    assert done.returncode in (0, 2)
    assert "Traceback" not in done.stderr


# Writing


@pytest.mark.parametrize(("file", "format"), [
    ("w.tex", "latex"), ("w.md", "markdown"), ("w.rst", "rst"), ("w.json", "json"), ("w.txt", "terminal"), ("W.TEX", "latex"),
    ("w", "terminal"), ("w.solution", "terminal"),
])  # fmt: skip
def test_the_ending_of_the_file_says_the_format(tutor, folder, file, format):
    asked = ["solve", "(x+y)*z", "--at", "x=1,y=-3,z=4"]
    _, expected, _ = tutor(*asked, "--to", format)
    assert tutor(*asked, "-o", file)[0] == 0
    assert (folder / file).read_text() == expected


def test_what_is_asked_for_goes_before_the_ending(tutor, folder):
    assert tutor("solve", "x^2", "--to", "markdown", "-o", "w.tex")[0] == 0
    assert (folder / "w.tex").read_text().startswith("# ")
    assert tutor("solve", "x^2", "--fragment", "-o", "w.tex")[0] == 0
    assert "documentclass" not in (folder / "w.tex").read_text()
    assert "--fragment goes with --to latex" in tutor("solve", "x^2", "--fragment", "-o", "w.md")[2]


@pytest.mark.parametrize("format", ["terminal", "latex", "markdown", "json"])
def test_every_format_goes_to_a_file_as_to_the_terminal(tutor, folder, format):
    code, out, _ = tutor("solve", "(x+y)*z", "--at", "x=1", "--at", "y=-3", "--at", "z=4", "--to", format)
    assert (code, bool(out)) == (0, True)
    assert tutor("solve", "(x+y)*z", "--at", "x=1", "--at", "y=-3", "--at", "z=4", "--to", format, "-o", "f")[0] == 0
    assert (folder / "f").read_text("utf-8").rstrip("\n") == out.rstrip("\n")


def test_a_fragment_is_the_body_of_the_document(tutor):
    _, whole, _ = tutor("solve", "x^2", "--to", "latex")
    _, body, _ = tutor("solve", "x^2", "--to", "latex", "--fragment")
    assert "\\documentclass" in whole
    assert "\\documentclass" not in body
    assert whole.isascii()


@pytest.mark.parametrize("name", ["g.svg", "g.tex"])
def test_draw(tutor, folder, name):
    assert tutor("draw", "neuron/two-two-two", "-o", name)[0] == 0
    text = (folder / name).read_text("utf-8")
    if name.endswith("svg"):
        assert ElementTree.fromstring(text).tag.endswith("svg")
    else:
        assert "\\begin{tikzpicture}" in text


# JSON contracts


def test_list_as_json(tutor):
    code, out, _ = tutor("list", "--json")
    data = json.loads(out)
    assert (code, data["schema"]) == (0, 1)
    assert [set(entry) >= {"id", "title", "course"} for entry in data["exercises"]] == [True] * len(data["exercises"])
    assert "neuron/two-two-two" in [entry["id"] for entry in data["exercises"]]


def test_list_for_people(tutor):
    code, out, _ = tutor("list")
    assert code == 0
    assert "neuron/two-two-two" in out
    assert max(map(len, out.split("\n"))) <= 80
    assert "tutor list published" in out
    assert "published/" not in out


def test_list_of_a_topic(tutor):
    code, out, _ = tutor("list", "dl/bce", "published")
    assert code == 0
    assert "dl/bce-rows" in out
    assert "published/" in out
    assert "neuron/adam" not in out
    code, _, err = tutor("list", "atention")
    assert code == 2
    assert "attention" in err


def is_text(value):
    return isinstance(value, str)


def test_solve_as_json(tutor):
    code, out, _ = tutor("solve", "neuron/two-two-two", "--wrt", "w5", "--to", "json")
    data = json.loads(out)
    assert (code, data["schema"], data["exercise"]) == (0, 1, "neuron/two-two-two")
    assert {"schema", "exercise", "values", "gradients", "steps", "updates", "proof"} <= set(data)
    assert all(is_text(value) for table in (data["values"], data["gradients"]) for value in table.values())
    assert data["values"]["w5"] == "2/5"
    assert data["gradients"]["w5"] == "0.0821670405642308"
    for step in data["steps"]:
        assert set(step) == {"target", "expression", "rule", "paths", "value"}
        assert all(set(factor) == {"of", "wrt", "expression"} for path in step["paths"] for factor in path)
        assert is_text(step["value"])
    (update,) = data["updates"]
    assert update["step"] == 1
    assert update["values"]["w5"] == "0.358916479717885"
    assert data["proof"]


def test_the_chain_in_json(tutor):
    for chain, length in (("full", 3), ("reuse", 2)):
        _, out, _ = tutor("solve", "neuron/two-two-two", "--wrt", "w5", "--chain", chain, "--to", "json")
        steps = {step["target"]: step for step in json.loads(out)["steps"]}
        assert [len(path) for path in steps["dL/dw5"]["paths"]] == [length]


def test_without_values_a_gradient_is_a_formula(tutor):
    _, out, _ = tutor("solve", "(x+y)*z", "--to", "json")
    data = json.loads(out)
    assert (data["values"], data["updates"]) == ({}, [])
    assert data["gradients"]["z"] == "a"
    assert {step["value"] for step in data["steps"]} == {None}


def test_json_is_the_same_every_time(tutor):
    assert tutor("solve", "neuron/two-two-two", "--to", "json") == tutor("solve", "neuron/two-two-two", "--to", "json")


# check: exit codes


@pytest.mark.parametrize(
    ("figure", "more", "code", "word"),
    [("1", "", 0, "exact"), ("1.1", "", 1, "differs"), ("1.1", 'erratum = "a slip"', 0, "a slip")],
)
@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_check_ends_with_1_where_a_figure_is_wrong(tutor, folder, figure, more, code, word, as_json):
    text = EXERCISE.replace('printed = "1"', f'printed = "{figure}"\n{more}')
    Path("mine.toml").write_text(text, encoding="utf-8")
    found, out, err = tutor("check", "mine.toml", *as_json)
    assert (found, err) == (code, "")
    assert word in re.sub(r"\s+", " ", out)


# A process of its own


@pytest.mark.parametrize(
    ("arguments", "pieces"),
    [
        (["--help"], ["solve", "check", "list", "draw", "--version"]),
        (["-h"], ["solve", "check"]),
        (
            ["solve", "--help"],
            ["--at", "--wrt", "--steps", "--rate", "--chain", "--notation", "--to", "--fragment", "--output"],
        ),
        (["check", "--help"], ["--json"]),
        (["draw", "--help"], ["--output"]),
    ],
)
def test_help(tutor, arguments, pieces):
    code, out, _ = tutor(*arguments)
    assert code == 0
    assert [piece for piece in pieces if piece not in out] == []


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no such device")
def test_a_disk_that_is_full_is_told():
    with open("/dev/full", "w") as full:
        done = subprocess.run([sys.executable, "-m", "tutor", "--version"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "tutor: what is printed cannot be written: No space left on device\n")


def every_command():
    """The words that call each command, and the command."""
    from typer.main import get_command

    from tutor.cli.app import add_other_commands, app
    add_other_commands()

    waiting = [((), get_command(app))]
    while waiting:
        words, command = waiting.pop()
        yield words, command
        waiting += [((*words, name), below) for name, below in getattr(command, "commands", {}).items()]


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(("words", "command"), list(every_command()), ids=lambda value: "-".join(value) if isinstance(value, tuple) else "")
def test_help_breaks_no_word_and_cuts_nothing(tutor, monkeypatch, words, command, width):
    monkeypatch.setenv("COLUMNS", str(width))
    code, out, _ = tutor(*words, "--help")
    assert code == 0
    assert max(map(len, out.splitlines())) <= width
    assert re.search(r"[^\]}A-Z]\.\.\.", out) is None  # but for [ARGS]... nothing is cut
    told = [param.help for param in command.params if getattr(param, "help", None)]
    told += [below.short_help for below in getattr(command, "commands", {}).values()]
    told += [name for param in command.params for name in (*param.opts, param.metavar or "") if name.startswith("-") or name.isupper()]
    text = unwrapped(out)
    assert [words for words in told if unwrapped(words) not in text] == []


def unwrapped(text):
    """A text without its line ends, of which one may follow a hyphen."""
    return " ".join(text.split()).replace("- ", "-")


def test_version():
    done = process("--version")
    assert (done.returncode, done.stdout) == (0, f"tutor {VERSION}\n")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["list"], ["list", "--json"], ["solve", "--help"]], ids=" ".join
)
def test_the_light_commands_import_nothing_heavy(arguments):
    code = (
        "import sys, runpy\nsys.argv[0] = 'tutor'\n"
        "try:\n    runpy.run_module('tutor', run_name='__main__')\nexcept SystemExit:\n    pass\n"
        "sys.stderr.write(repr(sorted({'sympy', 'numpy', 'mpmath'} & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=300, check=True
    )
    assert done.stderr == "[]"
    assert done.stdout


def test_the_module_is_the_command():
    done = process("solve", "(x+y)*z", "--at", "x=1", "--at", "y=-3", "--at", "z=4")
    assert (done.returncode, done.stderr) == (0, "")
    assert "∂f/∂x" in done.stdout
    assert "\x1b" not in done.stdout


def test_an_error_of_the_command():
    done = process("solve", "(x+y")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tutor: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("columns", [40, 60, 100, 140])
def test_columns_are_respected(tutor, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, _ = tutor("solve", "neuron/two-two-two", "--wrt", "w5")
    assert code == 0
    assert max(map(len, out.split("\n"))) <= columns


def test_another_locale_gets_utf_8_all_the_same():
    done = subprocess.run(
        [sys.executable, "-m", "tutor", "solve", "sigmoid(x)"], capture_output=True, timeout=300, check=True,
        env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii", "COLUMNS": "80"},
    )  # fmt: skip
    assert "∂f/∂x" in done.stdout.decode("utf-8")


def test_the_reader_may_leave_early():
    """``tutor check | head -1``: no traceback when the pipe is closed."""
    command = f"{sys.executable} -m tutor list | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=300, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_the_helper_process_and_the_library_give_the_same_bytes():
    """`tutor solve` lets a second process ask SymPy; its answer is that of this one."""
    import tutor as library

    done = process("solve", "neuron/two-two-two", "--to", "json")
    assert done.stdout == library.solve("neuron/two-two-two").to_json()
