"""Record what users see of every exercise, to compare two versions: ``python tests/record.py FOLDER``, then ``diff -r`` of two folders.

Everything goes through what users call: the command line in this process (so that a page is rendered at a real width) and the public
functions.  A part of the exercises is chosen by words of their ids: ``python tests/record.py FOLDER neuron qmul/lin``.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
from pathlib import Path

from tutor.cli.app import main
from tutor.exercise.catalogue import entries

WIDTHS = ("60", "80", "120")
COURSES = ("cmu", "dl", "graz", "neuron", "plain", "qmul")
EXPRESSIONS = {
    "product": ["solve", "(x+y)*z", "--at", "x=1", "--at", "y=-3", "--at", "z=4"],
    "symbolic": ["solve", "d = x + y; f = d*z"],
    "shared": ["solve", "sqrt(x**2 + exp(x**2)) + cos(x**2 + exp(x**2))", "--at", "x=1/2"],
    "updates": ["solve", "qmul/linear-neuron", "--steps", "20", "--rate", "0.05"],
    "reuse": ["solve", "neuron/two-two-two", "--chain", "reuse"],
    "one-weight": ["solve", "neuron/two-two-two", "--wrt", "w5"],
    "adam": ["train", "neuron/two-two-two", "--optimiser", "adam", "--rate", "0.1", "--steps", "20"],
    "diverges": ["train", "cmu/smallest-perceptron", "--rate", "1"],
    "csv": ["train", "qmul/linear-neuron", "--steps", "50", "--to", "csv"],
    "plot-loss": ["plot", "loss", "qmul/linear-neuron"],
    "plot-path": ["plot", "path", "qmul/linear-neuron", "--wrt", "w_L", "--wrt", "b_L"],
    "plot-activation": ["plot", "activation", "relu", "tanh"],
    "plot-relus": ["plot", "relus", "sin(x)", "--to", "3", "--pieces", "8"],
    "list": ["list"],
    "check": ["check"],
    "self-test": ["mark", "--self-test"],
}
ANSWERS = {  # a class with right, bent, unreadable, hostile and missing answers
    "anna.json": '{"L": "0.298371", "dL/dout_o1": "-0.741", "dL/dw5": "-0.0822", "w5 after 1": "0.358"}',
    "ben.md": "dL/dw5: 0.741*0.186*0.593 = 0.082\nL: 0.29837\nout_h1 = σ(0.3775) = 0.593\n",
    "cara.csv": "question,answer\ndL/dw5,0.0821670\ndL/dw1,dL/dout_h1 * (\n",
    "dan.txt": "dL/dw5: <script>alert(1)</script>\nin_h1: 0.3775\n",
    "eve.toml": '"dL/dw5" = "0.0439"\n"in_o1" = "1.1059"\n',
    "fay.txt": "",
}


def run(arguments: list[str], width: str) -> str:
    """What a command writes, and how it ends."""
    os.environ["COLUMNS"] = width
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    code: object = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main(arguments)
        except SystemExit as stop:
            code = stop.code
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8"))
    return texts[0] + (f"--- stderr\n{texts[1]}" if texts[1] else "") + (f"--- exit {code}\n" if code else "")


def record(folder: Path, words: list[str]) -> None:
    """Write every output into a folder."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        for entry in entries():
            if words and not any(word in entry.id for word in words):
                continue
            keep(folder / entry.id.replace("/", "-"), entry.id, entry.abilities, scratch)
        if words:
            return
        for title, arguments in EXPRESSIONS.items():
            put(folder / "commands" / f"{title}.txt", run(arguments, "80"))
        for course in COURSES:
            put(folder / "courses" / f"{course}.txt", run(["solve", "neuron/two-two-two", "--notation", course], "80"))
            put(folder / "courses" / f"{course}.layer.tex",
                run(["solve", "qmul/network-deltas", "--form", "layer", "--to", "latex", "--notation", course], "80"))  # fmt: skip
        handed_in, marks = scratch / "handed-in", scratch / "marks"
        handed_in.mkdir()
        for file, text in ANSWERS.items():
            (handed_in / file).write_text(text, "utf-8")
        put(folder / "class" / "terminal.txt", run(["mark", "neuron/two-two-two", str(handed_in), "-o", str(marks)], "80")
            .replace(str(scratch), "…"))  # fmt: skip
        for path in sorted(marks.rglob("*")):
            if path.is_file() and path.suffix != ".journal":
                put(folder / "class" / path.relative_to(marks), path.read_text("utf-8", "replace"))


def keep(folder: Path, ident: str, abilities: tuple[str, ...], scratch: Path) -> None:
    """Write every output of one exercise."""
    for form in ("scalar", "layer") if "layers" in abilities else ("scalar",):
        for width in WIDTHS:
            put(folder / f"solve.{form}.{width}.txt", run(["solve", ident, "--form", form], width))
        for to in ("latex", "markdown", "json"):
            put(folder / f"solve.{form}.{to}", run(["solve", ident, "--form", form, "--to", to], "80"))
    if "training" in abilities:
        for width in WIDTHS:
            put(folder / f"train.{width}.txt", run(["train", ident], width))
        for to in ("latex", "markdown", "json"):
            put(folder / f"train.{to}", run(["train", ident, "--to", to], "80"))
    for name, options in (("graph.svg", []), ("graph.tex", []), ("network.svg", ["--as", "network"])):
        target = scratch / name
        said = run(["draw", ident, "-o", str(target), *options], "80").replace(str(scratch), "…")
        put(folder / name, said + (target.read_text("utf-8") if target.exists() else ""))
        target.unlink(missing_ok=True)
    put(folder / "questions.txt", run(["questions", ident], "80"))
    put(folder / "questions.json", run(["questions", ident, "--json"], "80"))
    put(folder / "check.txt", run(["check", ident], "80"))
    put(folder / "check.json", run(["check", ident, "--json"], "80"))
    put(folder / "self-test.txt", run(["mark", ident, "--self-test"], "80"))


def put(path: Path, text: str) -> None:
    """Write a text; surrogates of hostile input stay visible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "backslashreplace"))


if __name__ == "__main__":
    record(Path(sys.argv[1]), sys.argv[2:])
