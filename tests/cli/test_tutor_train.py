"""``tutor train`` on the command line."""

import json
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

pytestmark = pytest.mark.usefixtures("folder")


BAD = [
    (["qmul/linear-neuron", "--optimiser", "adm"], ["there is no optimiser adm", "did you mean adam"]),
    (["qmul/linear-neuron", "--optimiser", "newton"], ["the Hessian is singular", "b_L", "gd or adam"]),
    (["qmul/linear-neuron", "--rate", "0"], ["positive, not 0", "--rate 0.1"]),
    (["qmul/linear-neuron", "--rate", "-1"], ["positive, not -1"]),
    (
        ["qmul/linear-neuron", "--steps", "1000000000"],
        ["--steps: a table of 1,000,000,000 rows", "the limit is 10,000,000"],
    ),
    (["qmul/linear-neuron", "--steps", "-3"], ["-3 updates"]),
    (["qmul/linear-neuron", "--seed", "-3"], ["--seed", "from 0"]),
    (["qmul/linear-neuron", "--optimiser", "adam", "--set", "beta1=1"], ["beta1 is 1", "0 ≤ beta1 < 1"]),
    (["qmul/linear-neuron", "--optimiser", "adam", "--set", "beta1"], ["'beta1' sets nothing", "--set beta1=0.8"]),
    (["qmul/linear-neuron", "--optimiser", "adam", "--set", "eps=1", "--set", "eps=2"], ["eps is set twice"]),
    (["cmu/stochastic", "--batch", "5"], ["--batch: a batch of 5 is larger than the data (4 samples)", "take 1 to 4"]),
    (["qmul/linear-neuron", "--batch", "2"], ["larger than the data (1 sample)", "--data FILE.csv"]),
    (["cmu/stochastic", "--optimiser", "minibatch"], ["needs the size of its batches", "--batch 2"]),
    (["cmu/stochastic", "--data", "nope.csv"], ["nope.csv does not exist"]),
    (["cmu/stochastic", "--at", "x=1"], ["--at: x is a column of the data"]),
    (["cmu/counting"], ["no graph to train"]),
    (["x^2", "--rate", "1"], ["x has no value"]),
    (["x^2", "--at", "x=1"], ["no step size", "--rate 0.1"]),
    (["cmu/stochastic", "--fragment"], ["--fragment goes with --to latex"]),
    (["cmu/stochastik"], ["there is no exercise", "cmu/stochastic"]),
]


@pytest.mark.parametrize(("arguments", "pieces"), BAD, ids=[" ".join(row[0]) for row in BAD])
def test_bad_input(tutor, folder, arguments, pieces):
    code, out, err = tutor("train", *arguments)
    assert (code, out) == (2, "")
    assert [piece for piece in pieces if piece not in err] == []
    assert "Traceback" not in err
    assert list(folder.iterdir()) == []


def test_the_issues_example(tutor):
    code, out, err = tutor("train", "qmul/linear-neuron", "--optimiser", "adam", "--rate", "0.1", "--steps", "20")
    assert (code, err) == (0, "")
    assert "First update" in out
    assert "\n20 " in out
    assert max(map(cell_len, out.split("\n"))) <= 80  # m̂ is two characters and one column


def test_the_smallest_perceptron_diverges_and_says_where(tutor):
    _, out, _ = tutor("train", "cmu/smallest-perceptron", "--rate", "1", "--steps", "100")
    words = " ".join(out.split())
    assert "Gradient descent diverges: after update 31 w is beyond 10⁶⁰." in words
    assert "inf" not in words.replace("information", "")
    assert "nan" not in words
    _, out, _ = tutor("train", "cmu/perceptron-loop")
    assert "goes in a circle: after update 8 everything is again as it was after update 4" in " ".join(out.split())


@pytest.mark.parametrize("format", ["terminal", "latex", "markdown", "json", "csv"])
def test_every_format_goes_to_a_file_as_to_the_terminal(tutor, folder, format):
    code, out, _ = tutor("train", "neuron/minibatch", "--to", format)
    assert (code, bool(out)) == (0, True)
    assert tutor("train", "neuron/minibatch", "--to", format, "-o", "f") == (0, "", "")
    assert (folder / "f").read_bytes().decode().rstrip("\n") == out.rstrip("\n")


def test_json(tutor):
    _, out, _ = tutor("train", "neuron/rmsprop", "--steps", "2", "--to", "json")
    data = json.loads(out)
    assert (data["schema"], data["exercise"], data["updates"]) == (1, "neuron/rmsprop", 2)


def test_data_from_a_file(tutor, folder):
    (folder / "d.csv").write_text("x,y\n1,2\n2,4\n", encoding="utf-8")
    how = ["--at", "w=0", "--data", "d.csv", "--optimiser", "newton", "--steps", "1"]
    code, out, _ = tutor("train", "L = (w*x - y)^2", *how, "--to", "csv")
    assert code == 0
    assert out.split("\r\n")[:3] == ["step,epoch,batch,loss,w", "0,0,0,10,0", "1,1,1,0,2"]


def test_both_spellings(tutor):
    found = [tutor("train", "neuron/adam", f"--optimi{letter}er", "gd", "--rate", "1") for letter in "sz"]
    assert found[0] == found[1]


COMMAND = [sys.executable, "-m", "tutor", "train", "qmul/linear-neuron", "--steps"]


def on_terminal(*arguments):
    """What the command writes to a file, and what it shows on the terminal meanwhile; that is read as it comes, so that nothing waits."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=theirs, env=environment) as run:
        os.close(theirs)
        shown, written = bytearray(), bytearray()
        waiting = {ours: shown, run.stdout.fileno(): written}
        while waiting:
            for stream in select.select(list(waiting), [], [])[0]:
                try:
                    piece = os.read(stream, 4096)
                except OSError:  # Linux tells so that the other side of a terminal is closed
                    piece = b""
                waiting[stream] += piece
                if not piece:
                    del waiting[stream]
    os.close(ours)
    assert run.returncode == 0
    return written.decode(), shown.decode()


def test_a_long_run_has_a_progress_bar_on_a_terminal_only():
    quiet = subprocess.run([*COMMAND, "300000"], capture_output=True, text=True, timeout=300, check=True)
    assert quiet.stderr == ""
    written, shown = on_terminal("300000")
    assert written == quiet.stdout
    assert "300000" in shown


def test_a_short_run_has_none():
    assert on_terminal("20")[1] == ""


def test_help_names_the_options(tutor):
    code, out, _ = tutor("train", "--help")
    assert code == 0
    options = ("--optimiser", "--rate", "--steps", "--batch", "--order", "--seed", "--set", "--data", "--to")
    assert [option for option in options if option not in out] == []


def test_help_imports_nothing_heavy():
    code = "import sys, runpy\nsys.argv = ['tutor', 'train', '--help']\ntry:\n    runpy.run_module('tutor', run_name='__main__')\n" \
           "except SystemExit:\n    pass\nsys.stderr.write(repr(sorted({'sympy', 'numpy', 'mpmath'} & set(sys.modules))))"  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=True)
    assert done.stderr == "[]"


@pytest.mark.usefixtures("tex")
def test_a_pdf(tutor, folder):

    assert tutor("train", "neuron/newton", "--to", "pdf", "-o", "n.pdf")[0] == 0
    assert Path("n.pdf").read_bytes().startswith(b"%PDF")


def test_a_file_of_rows_is_known_by_its_ending(tutor, folder):
    _, rows, _ = tutor("train", "qmul/linear-neuron", "--steps", "3", "--to", "csv")
    assert tutor("train", "qmul/linear-neuron", "--steps", "3", "-o", "run.csv")[0] == 0
    assert (folder / "run.csv").read_bytes().decode() == rows
