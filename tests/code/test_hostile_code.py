"""Programs that want something else than to be judged: nothing of them runs, each is told, none is called right."""

import re

import pytest
from hostile_programs import FORWARD, HOSTILE_CODE, LONG_DOCUMENTATION, write_backward

from tutor.code import step_budget
from tutor.errors import TutorError
from tutor.results.code_check import check_code


def say(text):
    try:
        page = check_code(text)
    except TutorError as error:
        return error.what
    assert not page.ok
    said = [str(one.why) for one in page.verdicts] + [str(line.why) for one in page.verdicts for line in one.unread]
    return " ".join(said + [str(root.fails) for one in page.verdicts for root in one.roots])


@pytest.mark.slow
def test_each_is_told_and_none_is_right():
    told = {name: say(text) for name, (text, _) in HOSTILE_CODE.items()}
    assert {name: words for name, words in told.items() if not re.search(HOSTILE_CODE[name][1], words)} == {}


@pytest.mark.parametrize("lines", [
    ("for i in range(10**9):", "    dout = dout * w"),  # what is not gone through is not left out
    ("if np.linalg.svd(w) > 0.5:", "    dout = 2 * dout"),
    ("@np.vectorize", "def g(a): return 2 * a", "dout = g(dout)"),
])  # fmt: skip
def test_what_a_loop_or_a_condition_assigns_is_lost_where_it_is_not_read(lines):
    (found,) = check_code(write_backward(*lines)).verdicts
    assert found.verdict == "undecided"


def test_where_the_steps_are_used_up_the_root_is_named_and_what_was_not_tried(monkeypatch):
    monkeypatch.setattr(step_budget, "MOST_OF_ONE", step_budget.KEPT + 20_000)
    (found,) = check_code(write_backward(*["dout = dout * 2.5", "w = w + x"] * 30)).verdicts
    assert found.verdict == "wrong"
    assert len(found.roots) == 1
    assert "were not tried" in found.why


def test_a_pass_behind_others_that_take_all_steps_is_told_to_be_judged_by_itself(monkeypatch):
    monkeypatch.setattr(step_budget.StepBudget.__init__, "__defaults__", (300, 300))
    pairs = "".join(f"def f{i}_forward(x, w):\n    return x * w, (x, w)\ndef f{i}_backward(dout, cache):\n    x, w = cache\n"
                    "    return dout * w, dout * x\n" for i in range(9))  # fmt: skip
    found = check_code(pairs).verdicts
    assert found[0].verdict == "right"
    assert (found[-1].verdict, found[-1].hint) == ("undecided", "judge it by itself: tutor code FILE:f8_backward")


@pytest.mark.parametrize("name", LONG_DOCUMENTATION)
def test_a_long_documentation_is_looked_through_as_far_as_one_is_written(name):
    text = FORWARD.replace(":\n", f":\n    '''{LONG_DOCUMENTATION[name]}'''\n", 1)
    (found,) = check_code(text + "def f_backward(dout, cache):\n    x, w = cache\n    return dout * w, dout * x\n").verdicts
    assert found.verdict == "right"


@pytest.mark.parametrize("lines", [
    ("for i in range(5000):", "    for j in range(5000):", "        dout = dout + 0"),
    ("a = list(range(5000))", "for i in range(4000):", "    b = sum(a)"),
    ("a = [i for i in range(90) for j in range(90) for k in range(90)]",),
])  # fmt: skip
def test_a_loop_that_will_take_too_long_is_refused_after_two_rounds(lines, monkeypatch):
    spent = []
    monkeypatch.setattr(step_budget.StepBudget, "spend", lambda self, steps: spent.append(steps))
    (found,) = check_code(write_backward(*lines)).verdicts
    assert "too many steps" in found.why
    assert sum(spent) < 20_000


def test_what_grows_until_it_is_no_number_is_no_wrong_line():
    (found,) = check_code(write_backward("for i in range(2000):", "    dout = dout * 3.0")).verdicts
    assert found.verdict == "undecided"
    assert "dout grows until it is too large" in found.why
