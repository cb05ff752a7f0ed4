"""The screen of a session: it fits, Tab knows the names, keys do what the toolbar says, nothing is lost when it is left."""

import json
import re

import pytest
from learners_made import KINDS, RUBBISH, MadeLearner, SessionFront, go_on
from rich.console import Console
from some_now import some_now
from terminal_driven import DrivenTerminal

from tutor.cli.practice_dialogue import HELP, VIEWS, read_command
from tutor.cli.practice_screen import PracticeScreen, list_names, write_keys
from tutor.practice.ladder import write_answer
from tutor.results.practice import practise

SIZES = [(60, 24), (80, 30), (120, 45)]
DOZEN = [
    "neuron/two-two-two", "graz/chain", "graz/sqrt-cos", "cmu/counting", "dl/bce", "dl/perceptron", "qmul/linear-neuron",
    "qmul/laplacian", "qmul/activated-neuron", "cmu/smallest-perceptron", "neuron/adam", "dl/relu-regression",
]  # fmt: skip


@pytest.mark.parametrize(("columns", "lines"), SIZES)
@pytest.mark.parametrize("ident", some_now(["neuron/two-two-two", "qmul/laplacian", *DOZEN[1:7]], every=8))
def test_a_screen_fits(ident, columns, lines):
    practice = practise(ident)
    drawn = PracticeScreen(practice, Console(width=columns, highlight=False, color_system=None))
    for count in range(30):
        if practice.ended:
            break
        shown = drawn.draw(lines)
        assert max(map(len, shown)) <= columns
        assert len(shown) + 2 <= lines or count == 0  # what is given may be longer: it is read once, from its beginning
        task = practice.session.task
        drawn.said = practice.send("answer", "0.1717" if count % 3 == 1 else write_answer(practice.session.lesson.marker, task.question))


def test_the_last_screen_has_the_steps():
    practice = practise("graz/sqrt-cos")
    drawn = PracticeScreen(practice, Console(width=80, highlight=False, color_system=None))
    for _ in range(3):
        drawn.said = practice.send("answer", write_answer(practice.session.lesson.marker, practice.session.task.question))
    text = "\n".join(drawn.draw(40))
    assert text.startswith("A root, a cosine and a shared sum")
    assert "c = a + b = 4 + 54.5982" in text
    assert "58.5982" in text
    assert "Right." in text


def test_what_is_computed_stands_there_where_the_rest_has_no_room():
    practice = practise("dl/index-network-layers", form="layer")
    drawn = PracticeScreen(practice, Console(width=60, highlight=False, color_system=None))
    drawn.said = practice.send("answer", "[1, 2, 3, 4]")
    text = "\n".join(drawn.draw(24))
    assert "ReLU(" in text
    assert "Given" not in text


def test_tab_offers_names_and_nothing_that_is_asked():
    practice = practise("neuron/two-two-two", wrt=["w5"])
    names = list_names(practice)
    assert {"in_h1", "out_h1", "w5", "dL/dw5", "?", ":graph", ":go"} <= set(names)
    assert not any(re.search(r"\d\.\d", name) for name in names)


@pytest.mark.parametrize("width", [20, 40, 60, 76, 120])
def test_the_keys_fit(width):
    practice = practise("graz/chain")
    line = write_keys(practice, width)
    assert len(line) < width
    if width >= 60:
        assert "F10 :quit" in line
    assert ":keep" not in line  # there is nothing to go on with
    practice.answer("2*g")
    assert (":keep" in write_keys(practice, width)) == (width >= 60)
    assert "?" not in write_keys(practise("graz/chain", mode="exam"), 120)


def test_in_a_terminal(tmp_path):
    """Keys, Tab and history; Ctrl-D leaves, and what was answered is there the next time."""
    env = {"XDG_STATE_HOME": str(tmp_path), "NO_COLOR": "1"}
    terminal = DrivenTerminal("practise", "graz/sqrt-cos", columns=60, env=env)
    assert "Given" in terminal.wait_for(r"Step 1 of \d+") + terminal.wait_for("F10 :quit")
    terminal.send("\x1bOP")  # F1
    terminal.wait_for(r"Look at x\.")
    terminal.wait_for("F10 :quit")
    terminal.send("4\r")
    terminal.wait_for(r"Step 2 of")
    terminal.wait_for("F10 :quit")
    terminal.send("\x1b[A")  # the line before, from the history
    terminal.wait_for("4")
    terminal.send("\x15\x04")  # the line taken away; Ctrl-D
    code, text = terminal.wait()
    assert code == 0
    assert "What you did" in text
    again = DrivenTerminal("practise", "graz/sqrt-cos", "--resume", env=env)
    again.wait_for("Step 2 of")
    again.wait_for("F10 :quit")
    assert again.close() is not None
    (journal,) = tmp_path.rglob("*.jsonl")
    assert [json.loads(line)["event"] for line in journal.read_text().splitlines()[1:]] == ["hint", "answer"]


def test_another_size_is_drawn_anew(tmp_path):
    """Narrower and wider, with what was typed so far; the answer is that of the whole line, and is given once."""
    terminal = DrivenTerminal("practise", "neuron/two-two-two", columns=100, lines=40, env={"XDG_STATE_HOME": str(tmp_path)})
    terminal.wait_for(r"Step 1 of")
    terminal.wait_for("F10 :quit")
    terminal.send("0.37")
    terminal.wait_for(r"0\.37")
    for columns in (60, 120):
        terminal.resize(columns, 40)
        drawn = terminal.wait_for(r"A 2-2-2 network learns(?s:.*)Step 1 of \d+(?s:.*)> 0\.37")
        page = drawn[drawn.rindex("A 2-2-2 network learns") :]
        widest = max(map(len, page.split("\n")))
        assert widest <= columns
        assert widest > 60 or columns == 60
        terminal.wait_for("F10 :quit")
    terminal.send("75\r")
    terminal.wait_for("Step 2 of")
    terminal.wait_for("F10 :quit")
    terminal.send(":quit\r")
    code, _ = terminal.wait()
    assert code == 0
    (journal,) = tmp_path.rglob("*.jsonl")
    assert [json.loads(line)["text"] for line in journal.read_text().splitlines()[1:] if "text" in json.loads(line)] == ["0.3775"]


ROBOTS = [(ident, kind) for kind in KINDS for ident in DOZEN]
TYPED = [text for text in RUBBISH if text and text not in VIEWS and text not in HELP and read_command(text.strip()) == ("answer", text)]
"""Rubbish that is no command."""


class TerminalFront(SessionFront):
    """A terminal, and a session to which the same happens; no time passes there, however slow the machine is."""

    def __init__(self, session, terminal):
        super().__init__(session, rests=False)
        self.terminal, self.done = terminal, []

    def do(self, kind, text):
        self.terminal.wait_for("F10 :quit")
        self.terminal.send({"hint": "?", "give-up": ":give-up", "quit": ":quit"}.get(kind, text) + "\r")
        self.done.append((kind, text))
        super().do(kind, text)


@pytest.mark.slow
@pytest.mark.parametrize(("ident", "kind"), ROBOTS)
def test_made_learners_come_to_the_end(ident, kind, tmp_path):
    """In a terminal: what they type is taken as it is, and the summary comes; who makes a slip is told it."""
    wrt = {"neuron/two-two-two": ["w5"]}.get(ident, [])
    learner = MadeLearner(kind, rests=False, rubbish=TYPED)
    asked = [part for name in wrt for part in ("--wrt", name)]
    terminal = DrivenTerminal("practise", ident, *asked, lines=45, env={"XDG_STATE_HOME": str(tmp_path)})
    front = TerminalFront(practise(ident, wrt=wrt).session, terminal)
    go_on(front, learner)
    assert front.session.ended
    code, text = terminal.wait()
    assert code == 0
    assert "What you did" in text
    (journal,) = tmp_path.rglob("*.jsonl")
    lines = [json.loads(line) for line in journal.read_text().splitlines()[1:]]
    assert [(line["event"], line.get("text", "")) for line in lines] == front.done
    assert len(learner.list_missed()) <= 0.02 * len(learner.slips), learner.list_missed()


def test_what_is_worked_out_stands_there_once():
    practice = practise("neuron/two-two-two", wrt=["w5"], mode="learn")
    drawn = PracticeScreen(practice, Console(width=80, highlight=False, color_system=None))
    assert "\n".join(drawn.draw(40)).count("out_h1 = σ(in_h1) = σ(0.3775)") == 1
    drawn.take("in_h2 = 0.3925; out_h2 = 0.596884")
    lines = "\n".join(drawn.draw(60))
    assert "Right." in lines
    assert lines.count("worked out for you") == len({line for line in lines.split("\n") if "worked out for you" in line})
