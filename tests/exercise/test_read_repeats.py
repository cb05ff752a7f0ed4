"""``[[repeat]]``: what is written out, against steps written by hand; bad files; every example of docs/repetition.md."""

import re
from pathlib import Path

import pytest

import tutor
from tutor.errors import TutorError
from tutor.exercise.load import from_text

PAGE = (Path(__file__).parent.parent.parent / "docs" / "repetition.md").read_text("utf-8")
BLOCKS = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_every_example_of_the_page_holds():
    assert len(BLOCKS) > 3
    for text in BLOCKS:
        exercise = from_text(text, "t")
        assert {verdict.agreement for verdict in tutor.check(exercise)} <= {"exact", "rounded"}, text
        assert exercise.claims
        assert tutor.solve(exercise).to_text()


def test_it_is_the_same_as_written_by_hand():
    """Names, times, shared weights; the two files have the same steps and gradients."""
    block = next(text for text in BLOCKS if "A recurrent layer" in text)
    written = from_text(block, "t")
    steps = [f"z_{t} = W x_{t} + U h_{t - 1} + b; h_{t} = tanh(z_{t})" for t in (1, 2)]
    steps = [step.strip() for step in "; ".join([*steps, "L = sum((V h_2 - y)^2)"]).split(";")]
    by_hand = re.sub(r"(?s)steps = .*?\n|\[\[repeat\]\].*?\n\n", "", block)
    by_hand = by_hand.replace("x = [2]\nh = [2]", "x_1 = [2]\nx_2 = [2]\nh_0 = [2]")
    by_hand = by_hand.replace("x = [[1, 0], [0, 1]]\nh_0 = 0", "x_1 = [1, 0]\nx_2 = [0, 1]\nh_0 = [0, 0]")
    by_hand = by_hand.replace("[shapes]", f"steps = {steps}\n[shapes]", 1)
    other = from_text(by_hand.partition("[[claim]]")[0], "t")
    assert other.layers.graph.steps == tuple(s for s in sorted(written.layers.graph.steps, key=lambda s: s.target == "L"))
    assert tutor.solve(written).gradient("U") == tutor.solve(other).gradient("U")
    times = {quantity.name: quantity.time for quantity in (*written.layers.graph.leaves, *written.layers.graph.nodes)}
    assert (times["h_0"], times["z_2"], times["W"], times["L"]) == (("0",), ("2",), (), ())


REPEAT = '[[repeat]]\nto = {to}\nsteps = ["{step}"]\n'
STEP = "h[t] = w*h[t-1]"
BAD = {  # the file but for its title: where, what, what next
    REPEAT.format(to=10**9, step=STEP): ("repeat[1].to", "1,000,000,000 steps written out", "the limit is 4,000"),
    REPEAT.format(to=0, step=STEP): ("repeat[1].to", "t runs from 1 to 0, which is no step at all", "to = 1"),
    REPEAT.format(to=2, step=STEP) + "from = 5": ("repeat[1].to", "t runs from 5 to 2", "write the smaller one as from"),
    REPEAT.format(to='"3"', step=STEP): ("repeat[1].to", "t runs to '3'", "a number"),
    f'[[repeat]]\nsteps = ["{STEP}"]': ("repeat[1].to", "up to where", "to = 3"),
    "[[repeat]]\nto = 3": ("repeat[1].steps", "a repeat has steps", "steps = ["),
    'steps = ["L = h[t]^2"]\n' + REPEAT.format(to=3, step=STEP): ("steps[1]", "the index t belongs to [[repeat]]", "write one place, h[3]"),
    'loss = "h[t]"\n' + REPEAT.format(to=3, step=STEP): ("loss", "the index t belongs to [[repeat]]", "sum(h[t], t)"),
    REPEAT.format(to=3, step="h[t] = w*h[t+1]"): ("repeat[1].steps[1]", "h[t] needs h[t+1], which is computed later", "h[t-1]"),
    REPEAT.format(to=3, step="h[t] = w*h[t-2]"): ("repeat[1].steps[1], t = 1", "h[t-2] is h[-1] at t = 1", "give h[0] a value"),
    REPEAT.format(to=3, step="h[t] = w*h[t/2]"): ("repeat[1].steps[1], t = 1", "t/2 is no place of h", "t"),
    REPEAT.format(to=3, step="h[t] = w*h[t-1] + h"): ("repeat[1].steps[1]", "h has an index elsewhere and none here", "write h[t]"),
    REPEAT.format(to=3, step="h[t] = w*("): ("repeat[1].steps[1], t = 1", "the expression stops too early", "something is missing"),
    REPEAT.format(to=3, step="h = w*3"): ("repeat[1].steps[1], t = 2", "h is defined twice", "another name"),
    'steps = ["h_2 = 3*w"]\n' + REPEAT.format(to=3, step=STEP): ("repeat[1].steps[1], t = 2", "h_2 is defined twice", "another name"),
    REPEAT.format(to=3, step=STEP) + "[values]\nt = 3\nw = 1\nh_0 = 1": ("values.t", "t is the index of a repeat", "another letter"),
    REPEAT.format(to=3, step=STEP) + "[values]\nw = 1": ("values", "no value for h_0", "h_0 = 0"),
    REPEAT.format(to=3, step=f"{STEP} + x[t]") + "[values]\nx = [1, 2]\nw = 1\nh_0 = 1": (
        "values.x", "x has 2 rows, and 3 places from 1 to 3", "one row"),
    REPEAT.format(to=3, step=STEP) + "[[repeat.repeat]]\nto = 2": ("repeat[1]", "a repeat stands inside a repeat", 'index = ["l", "t"]'),
    REPEAT.format(to=3, step=STEP) + 'index = "T"': ("repeat[1].index", "T is no index", 'index = "t"'),
    REPEAT.format(to=3, step=STEP) + "[network]\nsizes = [1, 1]": ("repeat", "a [[repeat]] stands beside network", "goes with steps"),
    REPEAT.format(to=3, step=STEP) + "until = 3": ("repeat[1].until", "there is no setting until", "known: index"),
    REPEAT.format(to=3, step=STEP) + "truncate = 0": ("repeat[1].truncate", "gradients that go back 0 steps", "whole number from 1"),
    REPEAT.format(to='"T"', step=STEP) + "truncate = 99": ("repeat[1].truncate", "blocks of 99 steps", "the limit is 12"),
    "repeat = [3]": ("repeat[1]", "a repetition is a table", "[[repeat]]"),
}  # fmt: skip


def test_bad_files_say_where_what_and_what_next():
    for text, (where, what, hint) in BAD.items():
        with pytest.raises(TutorError) as caught:
            from_text(f'title = "T"\n{text}', "t")
        said = [error for error in caught.value.problems if error.where == where]
        assert said, (text, str(caught.value))
        assert what in said[0].what, text
        assert hint in said[0].hint, text
        assert len(caught.value.problems) == 1, str(caught.value)
