"""Numbers as people write them, alone and in a marked submission."""

import pytest

from tutor.answer.handed_in import AnswerError, Submission
from tutor.answer.read.number_forms import has_decimal_commas, put_points, read_plain_number, suggest_reading
from tutor.exercise.load import from_text, load
from tutor.marking.mark_submission import Marker

COMMAS = [  # the answers of a submission, whether its commas are those of decimals
    (["0,741"], True), (["0{,}741"], True), (["12,5", "1,234"], True), (["-3,1e-2"], True), (["[0,5; 1,25]"], True),
    (["[0,5, 1,25]"], True),
    (["0,741*0,187 = 0,138"], True), (["[[0,5; 1]; [2; 3]]"], True), (["L = 0,3\n"], True),
    (["0,741", "0.3"], False), (["1,234"], False), (["[1,2]"], False), (["(1,2)", "3"], False), (["1,2,3"], False), (["w_{1,2}"], False),
    (["w1,2 + x"], False), (["max(0,5)"], False), (["a, b"], False), ([], False), (["", "7"], False), (["1,5.2"], False),
    ([".5", "0,5"], False),
]  # fmt: skip


@pytest.mark.parametrize(("texts", "expected"), COMMAS, ids=[" / ".join(row[0]) for row in COMMAS])
def test_which_submissions_have_decimal_commas(texts, expected):
    assert has_decimal_commas(texts) is expected


POINTS = [
    ("0,5", "0.5"), ("0{,}5", "0.5"), ("-0,5e-3", "-0.5e-3"), ("[0,5; 1,25]", "[0.5; 1.25]"), ("[0,5, 1,25]", "[0.5, 1.25]"),
    ("[0,5 1,25]", "[0.5 1.25]"),
    ("(0,5 - 0,25)*2", "(0.5 - 0.25)*2"), ("sigmoid(0,5)", "sigmoid(0.5)"), ("max(0,5)", "max(0,5)"), ("max(0; 5,5)", "max(0; 5,5)"),
    ("softmax_1(1,2)", "softmax_1(1,2)"), ("[1,2]", "[1,2]"), ("1,2,3", "1,2,3"), ("w_{1,2}", "w_{1,2}"), ("x, y", "x, y"),
    ("0.5", "0.5"),
    ("[[0,5; 1]; [2; 3,5]]", "[[0.5; 1]; [2; 3.5]]"), ("0,5\n1,5", "0.5\n1.5"), ("1,5x", "1.5x"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), POINTS, ids=[row[0] for row in POINTS])
def test_commas_become_points_where_they_can_be_nothing_else(text, expected):
    assert put_points(text) == expected


PLAIN = [
    ("tensor(0.0267)", "0.0267"), ("tensor(0.0267, grad_fn=<MulBackward0>)", "0.0267"), ("np.float64(-1.5)", "-1.5"),
    ("torch.tensor(2e-3)", "2e-3"),
    ("array(0.5)", "0.5"), ("3 1/2", "3 + 1/2"), ("-3 1/2", "-(3 + 1/2)"), ("2½", "2 + ½"), ("2 ¾.", "2 + ¾"), ("0.5", "0.5"),
    ("3/2", "3/2"), (r"3\frac{1}{2}", "3 + 1/2"), (r"$-3\,\frac12$", "-(3 + 1/2)"), (r"\frac{1}{2}", r"\frac{1}{2}"), ("0.0822…", "0.0822"),
    ("-0.0822...", "-0.0822"),
    ("tensor(x)", "tensor(x)"), ("50%", "50%"), ("2 3", "2 3"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PLAIN, ids=[row[0] for row in PLAIN])
def test_a_number_as_the_grammar_reads_it(text, expected):
    read, note = read_plain_number(text)
    assert read == expected
    assert bool(note) == (" + " in read)


@pytest.mark.parametrize(("text", "expected"), [("49.8 %", "0.498"), ("$50\\%$", "0.50"), ("−7 percent", "-0.07"), ("0.498", "0.498"),
    ("5e1%", "0.5")])
def test_percent_where_it_is_asked_for(text, expected):
    assert read_plain_number(text, percent=True)[0] == expected


@pytest.mark.parametrize("text", ["0.082(2)", "0.741*0.187 = 0.13(8)"])
def test_what_nobody_means_as_a_product_is_refused(text):
    with pytest.raises(AnswerError, match="may be"):
        read_plain_number(text)


@pytest.mark.parametrize("text", ["0*x", "0·0822", "0·2 = 0", "0·2 + 1·3", "2·5", "0.5·3", "10·0.5", "f(2)", "0.5*(2)", "x0·5"])
def test_a_product_is_a_product(text):
    assert read_plain_number(text) == (text, "")


SECOND = [("8.22*10-2", "8.22e-2"), ("8.22·10−2", "8.22e-2"), ("8.22 x 10-2", "8.22e-2"), (r"8.22\times 10-2", "8.22e-2"), ("2·5", "2.5"),
          ("2*5", "2.5"), ("2.98*e-1", "2.98e-1"), ("2.98^10-1", "2.98e-1"), ("2.98*e^-1", "2.98e-1"), ("2.98*e*1", ""),
          ("8.22*10^-2", ""), ("8.22*10-x", ""), ("0.0822", ""), ("8.22*100-2", "")]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SECOND, ids=[row[0] for row in SECOND])
def test_what_a_number_may_be_meant_as(text, expected):
    assert suggest_reading(text) == expected


MARKER = Marker(load("neuron/two-two-two"))
JUDGED = [  # answers to dL/dw5 = 0.0821670…
    ("0,0822", "correct"), ("0{,}0822", "correct"), ("$0{,}0822$", "correct"), ("０．０８２２", "correct"),
    ("0,741*0,187*0,593 = 0,0822", "correct"),
    ("tensor(0.0822)", "correct"), ("8.22x10^-2", "correct"), ("8,22·10⁻²", "correct"), (r"\boxed{0.0822}", "correct"),
    (r"0.0822 \\\\", "correct"),
    ("0·0822", "undecided"), ("0*0822", "undecided"), ("8.22*e-2", "undecided"),
    ("0·5", "undecided"), ("0.082(2)", "unreadable"), ("8.22*10-2", "undecided"),
    ("1,234", "unreadable"), ("8.2 %", "unreadable"),
    ("8.22*10-3", "wrong"), ("0 1/2", "wrong"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "verdict"), JUDGED, ids=[row[0] for row in JUDGED])
def test_an_answer_is_marked_as_it_is_meant(text, verdict):
    assert MARKER.judge("dL/dw5", text)[0].verdict == verdict


def test_a_submission_is_read_as_a_whole():
    marked = MARKER.mark(Submission("anna", {"L": "0,298", "in_o1": "1,106", "dL/dw5": "0,0822"}))
    assert [answer.verdict for answer in marked.answers if answer.text] == ["correct"] * 3
    assert [answer.text for answer in marked.answers if answer.text] == ["1,106", "0,298", "0,0822"]
    assert "commas between digits" in marked.problems[0]
    mixed = MARKER.mark(Submission("ben", {"L": "0.298", "in_o1": "1,106"}))
    assert [answer.verdict for answer in mixed.answers if answer.text] == ["unreadable", "correct"]
    assert mixed.problems == ()


OWN = """
title = "t"
steps = ["p = a/b", "L = p^2"]
parameters = ["a"]
[values]
a = 1
b = 2
[[question]]
ask = "p"
form = "percent"
[[question]]
ask = "L"
[marking]
decimal_comma = true
"""


def test_what_an_exercise_allows():
    marker = Marker(from_text(OWN, "own"))
    found = {text: marker.judge("p", text)[0].verdict for text in ("50 %", "0.5", "0,5", "50", "1,234")}
    assert found == {"50 %": "correct", "0.5": "correct", "0,5": "correct", "50": "wrong", "1,234": "wrong"}
    assert marker.judge("L", "25 %")[0].verdict == "unreadable"
    assert marker.judge("L", "0,250")[0].verdict == "correct"


SQUARE = """
title = "t"
steps = ["z = W x", "L = sum(z^2)"]
[shapes]
W = [2, 2]
x = [2]
[values]
W = [[1, 2], [3, 4]]
x = [1, 2]
[[question]]
id = "W"
ask = "dL/dW"
"""


def test_fewer_entries_than_asked_is_said_as_that():
    marker = Marker(from_text(SQUARE, "own"))
    assert marker.judge("W", "[1,2]")[0].message == "2 entries where 4 are asked"
    assert "a decimal is written with a point" in marker.judge("W", "[1,5, 2.0, 3, 4]")[0].message
