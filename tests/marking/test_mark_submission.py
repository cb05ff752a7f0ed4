"""What a marker says of answers: verdicts, follow-through, lines of working, lists, circles, credit."""

from fractions import Fraction

import pytest

from tutor.answer.handed_in import Submission
from tutor.errors import ExerciseError
from tutor.exercise.load import from_text, load
from tutor.marking.mark_submission import Marker

HALF = Fraction(1, 2)
NEURON = """
title = "t"
steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]
parameters = ["w", "b"]
[values]
x = 1.5
y = 0.5
w = 0.8
b = 1
[train]
rate = 0.1
"""
FORMULAS = """
title = "t"
steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]
parameters = ["w", "b"]
"""


def marker(text, *questions):
    return Marker(from_text(text + "".join(f"\n[[question]]\nmarks = 1\n{question}\n" for question in questions), "t"))


def answers(marked):
    return {answer.question: answer for answer in marked.answers}


def one(marker, answer, **earlier):
    ident = marker.questions[-1].id
    return answers(marker.mark(Submission("s", {**earlier, ident: answer})))[ident]


NUMBER = [  # answer to dL/dw = 0.107827613…; verdict, tag or outcome, share
    ("0.107827613325", "correct", "", 1),
    ("0.108", "correct", "", 1),
    ("0.107", "correct", "", 1),
    ("0.10783", "correct", "", 1),
    ("1.078e-1", "correct", "", 1),
    ("1.078×10^-1", "correct", "", 1),
    ("1.078\\cdot 10^{-1}", "correct", "", 1),
    ("$0.1078$", "correct", "", 1),
    ("dL/dw = 0.1078", "correct", "", 1),
    ("0.8005·0.0898·1.5", "correct", "", 1),
    ("0.8005·0.0898·1.5 = 0.1078", "correct", "", 1),
    ("2(a - y) a (1 - a) x", "correct", "other-form", HALF),
    ("2(a - y) a (1 - a) x = 0.1078", "correct", "", 1),
    ("0.1", "correct", "few-digits", HALF),
    ("0.8005·0.5·1.5 = 0.1078", "correct", "broken-line", HALF),
    ("0.1234", "wrong", "", 0),
    ("-0.1078", "misconception", "sign-of-error", HALF),
    ("-0.107827613325", "misconception", "sign-of-error", HALF),
    ("1.20075", "misconception", "inner-derivative-forgotten", HALF),
    ("0.0718851", "misconception", "inner-derivative-forgotten", HALF),
    ("0.5390", "wrong", "", 0),
    ("-0.2157", "misconception", "sign-of-error + factor-two-doubled", Fraction(1, 4)),
    ("0", "wrong", "", 0),
    ("dL/dw", "wrong", "typed-back", 0),
    ("0,1078", "unreadable", "", 0),
    ("0.1078 apples", "unreadable", "", 0),
    ("a = ", "wrong", "", 0),
    ("", "blank", "", 0),
    (" \n\t", "blank", "", 0),
    ("1/0", "undecided", "", 0),
]


@pytest.mark.parametrize(("answer", "verdict", "tag", "share"), NUMBER, ids=[row[0].replace("\n", " ") or "empty" for row in NUMBER])
def test_numbers(answer, verdict, tag, share):
    found = one(marker(NEURON, 'ask = "a"', 'ask = "dL/dw"'), answer)
    assert (found.verdict, found.outcome or found.tag) == (verdict, tag)
    assert found.marks == share
    assert found.text == answer


FORMULA = [  # answer to dL/dw
    ("2(a-y)a(1-a)x", "correct", "", 1),
    ("2*x*(a - y)*sigmoid'(z)", "correct", "", 1),
    ("dL/da da/dz dz/dw", "correct", "", 1),
    ("\\frac{\\partial L}{\\partial a}\\cdot\\frac{\\partial a}{\\partial z}\\cdot x", "correct", "", 1),
    ("2x(σ(wx+b) − y)·σ(wx+b)·(1−σ(wx+b))", "correct", "", 1),
    ("2x(1/(1+e^(-z)) - y) e^z/(1+e^z)^2", "correct", "", 1),
    ("dL/dw = dL/da * da/dz * dz/dw = 2(a-y)*a(1-a)*x", "correct", "", 1),
    ("dL/dw = 2(a-y)*a*x = 2(a-y)*a(1-a)*x", "correct", "broken-line", HALF),
    ("2(y-a)a(1-a)x", "misconception", "sign-of-error", HALF),
    ("(a-y)a(1-a)x", "misconception", "factor-two-lost", HALF),
    ("2(a-y)a x", "misconception", "sigmoid-slope-is-output", HALF),
    ("2(a-y)x", "misconception", "inner-derivative-forgotten", HALF),
    ("2(a-y)a(1-a)w", "misconception", "product-partner", HALF),
    ("dL/dw", "wrong", "typed-back", 0),
    ("∂L/∂w", "wrong", "typed-back", 0),
    ("2(a-y)a(1-a)x + 1/10^12", "wrong", "", 0),
    ("2(a-y)a(1-a)x^2", "wrong", "", 0),
    ("2(a-y)a(1-a)q", "unreadable", "", 0),
]


@pytest.mark.parametrize(("answer", "verdict", "tag", "share"), FORMULA, ids=[row[0] for row in FORMULA])
def test_formulas(answer, verdict, tag, share):
    found = one(marker(FORMULAS, 'ask = "dL/dw"\nkind = "expression"'), answer)
    assert (found.verdict, found.outcome or found.tag) == (verdict, tag)
    assert found.marks == share
    if verdict in ("wrong", "misconception") and tag != "typed-back":
        assert found.refutation is not None
        assert found.refutation.yours != found.refutation.expected


FORMS = [
    ('ask = "dL/dw"\nkind = "expression"\nform = "inputs"', "2x(sigmoid(w*x+b) - y)sigmoid(w*x+b)(1-sigmoid(w*x+b))", ""),
    ('ask = "dL/dw"\nkind = "expression"\nform = "inputs"', "2x(a - y)a(1-a)", "other-form"),
    ('ask = "dL/dw"\nkind = "expression"\nform = "steps"', "2x(a - y)a(1-a)", ""),
    ('ask = "dL/dw"\nkind = "expression"\nform = "steps"', "dL/da*a(1-a)*x", "other-form"),
    ('ask = "dL/dw"\nkind = "chain"', "dL/da*da/dz*dz/dw", ""),
    ('ask = "dL/dw"\nkind = "chain"', "dL/dz dz/dw", ""),
    ('ask = "dL/dw"\nkind = "chain"', "dL/da*a*(1-a)*x", "other-form"),
]


@pytest.mark.parametrize(("question", "answer", "outcome"), FORMS)
def test_forms_of_formulas(question, answer, outcome):
    found = one(marker(FORMULAS, question), answer)
    assert (found.verdict, found.outcome) == ("correct", outcome)


NUMBER_FORMS = [
    ('ask = "f"\nkind = "fraction"', "8/3", "correct", ""),
    ('ask = "f"\nkind = "fraction"', "16/6", "correct", ""),
    ('ask = "f"\nkind = "fraction"', "\\frac{8}{3}", "correct", ""),
    ('ask = "f"\nkind = "fraction"', "2.667", "correct", "other-form"),
    ('ask = "f"', "8/3", "correct", ""),
    ('ask = "f"', "2.67", "correct", ""),
    ('ask = "f"\nform = "decimal"', "8/3", "correct", "other-form"),
    ('ask = "f"\ndecimals = 3', "2.667", "correct", ""),
    ('ask = "f"\ndigits = 5', "2.667", "correct", ""),
    ('ask = "f"\ndigits = 5\nrelative = 0', "2.667", "correct", "few-digits"),
    ('ask = "f"\ndigits = 4\nrelative = 0', "2.668", "wrong", ""),
    ('ask = "f"\nabsolute = "0.1"', "2.6", "correct", ""),
]


@pytest.mark.parametrize(("question", "answer", "verdict", "outcome"), NUMBER_FORMS)
def test_forms_of_numbers(question, answer, verdict, outcome):
    text = 'title = "t"\nsteps = ["f = x/3"]\n[values]\nx = 8\n'
    found = one(marker(text, question), answer)
    assert (found.verdict, found.outcome) == (verdict, outcome)


def test_a_number_where_a_formula_is_asked_is_in_another_form():
    question = marker(NEURON, 'ask = "dL/dw"\nkind = "expression"')
    assert (one(question, "0.1078").verdict, one(question, "0.1078").outcome) == ("correct", "other-form")
    assert one(question, "0.1178").verdict == "wrong"


def test_follow_through_names_the_root():
    """∂L/∂w5 is wrong only because ∂L/∂out_o1 was; the value that follows is as the student rounded it."""
    network = Marker(load("neuron/two-two-two"))
    found = answers(network.mark(Submission("s", {
        "dL/dout_o1": "-0.741", "dL/din_o1": "-0.1384", "dL/dw5": "-0.0821", "w5@1": "0.441",
    })))  # fmt: skip
    assert found["dL/dout_o1"].tag == "sign-of-error"
    assert [found[name].verdict for name in ("dL/din_o1", "dL/dw5", "w5@1")] == ["follow-through"] * 3
    assert found["dL/din_o1"].follows == ("dL/dout_o1",)
    assert found["dL/dw5"].follows == ("dL/din_o1",)
    assert found["w5@1"].marks == found["w5@1"].out_of


def test_the_true_value_is_right_whatever_came_before():
    network = Marker(load("neuron/two-two-two"))
    found = answers(network.mark(Submission("s", {"dL/dout_o1": "-0.741", "dL/dw5": "0.0822"})))
    assert found["dL/dw5"].verdict == "correct"


def test_one_of_two_wrong_results_may_have_been_used():
    """out_o1 is wrong and was not used for the slope; ∂L/∂out_o1 was."""
    network = Marker(load("neuron/two-two-two"))
    found = answers(network.mark(Submission("s", {"out_o1": "0.9", "dL/dout_o1": "0.5", "dL/dw5": "0.0554155"})))
    assert found["dL/dw5"].verdict == "follow-through"
    assert found["dL/dw5"].follows == ("dL/dout_o1",)


@pytest.mark.parametrize("useless", ["0", "1e999", "dL/dw", "0,5", "1/0"])
def test_what_is_of_no_use_is_not_carried_on(useless):
    """A 0 would make everything 0, and be right for everybody."""
    one = marker(NEURON, 'ask = "dL/dz"', 'ask = "dL/dw"')
    found = answers(one.mark(Submission("s", {"dL/dz": useless, "dL/dw": "0"})))
    assert found["dL/dz"].verdict not in ("correct", "follow-through")
    assert found["dL/dw"].verdict == "wrong"


def test_a_scheme_can_switch_follow_through_off():
    on = marker(NEURON, 'ask = "dL/dz"', 'ask = "dL/dw"')
    off = marker(NEURON, 'ask = "dL/dz"', 'ask = "dL/dw"\nfollow = false')
    wrong = {"dL/dz": "0.5", "dL/dw": "0.75"}
    assert answers(on.mark(Submission("s", wrong)))["dL/dw"].verdict == "follow-through"
    assert answers(off.mark(Submission("s", wrong)))["dL/dw"].verdict != "follow-through"


def test_results_that_were_rounded_are_followed():
    """0.74·0.19 = 0.1406 from figures of two digits: right for this student."""
    network = Marker(load("neuron/two-two-two"))
    found = answers(network.mark(Submission("s", {"dL/dout_o1": "0.74", "dout_o1/din_o1": "0.19", "dL/din_o1": "0.1406"})))
    assert (found["dL/din_o1"].verdict, found["dL/din_o1"].outcome) == ("follow-through", "rounded-early")


def test_formulas_follow_too():
    one = marker(FORMULAS, 'ask = "dL/da"\nkind = "expression"', 'ask = "dL/dz"\nkind = "expression"', 'ask = "dL/dw"\nkind = "expression"')
    found = answers(one.mark(Submission("s", {
        "dL/da.formula": "3(a - y)", "dL/dz.formula": "3(a - y)a(1-a)", "dL/dw.formula": "3(a - y)a(1-a)x",
    })))  # fmt: skip
    assert [answer.verdict for answer in found.values()] == ["wrong", "follow-through", "follow-through"]
    assert found["dL/dw.formula"].follows == ("dL/dz.formula",)


def test_circles_explain_nothing():
    one = marker(FORMULAS, 'ask = "dL/da"\nkind = "expression"', 'ask = "dL/dz"\nkind = "expression"')
    found = answers(one.mark(Submission("s", {"dL/da.formula": "dL/dz/(a(1-a))", "dL/dz.formula": "dL/da*a(1-a)"})))
    assert [(answer.verdict, answer.outcome, answer.marks) for answer in found.values()] == [("wrong", "circular", 0)] * 2
    straight = answers(one.mark(Submission("s", {"dL/da.formula": "2(a-y)", "dL/dz.formula": "dL/da*a(1-a)"})))
    assert [answer.verdict for answer in straight.values()] == ["correct", "correct"]


def test_lines_of_working():
    """The first line that breaks is named; its number counts the student's own lines."""
    question = marker(NEURON, 'ask = "dL/dw"')
    good = one(question, "2*(0.9002-0.5)*0.9002*(1-0.9002)*1.5 = 0.8005*0.08980*1.5\n= 0.1078")
    assert (good.verdict, good.line) == ("correct", None)
    broken = one(question, "2*(0.9002-0.5)*0.9002*(1-0.9002)*1.5 = 0.8005*0.8980*1.5 = 1.078")
    assert broken.verdict in ("wrong", "misconception")
    assert (broken.line.number, broken.line.text, broken.line.against) == (2, "0.8005*0.8980*1.5", "before")


def test_matrices_and_columns():
    text = """
title = "t"
steps = ["z = W x", "L = sum(z^2)"]
parameters = ["W"]
[shapes]
W = [2, 2]
x = [2]
[values]
W = [[1, 2], [3, 4]]
x = [1, 2]
"""
    one_ = marker(text, 'ask = "dL/dW"')
    assert (one_.questions[0].kind, one_.questions[0].shape) == ("matrix", (2, 2))
    assert one(one_, "[[10, 20], [22, 44]]").verdict == "correct"
    assert one(one_, "\\begin{pmatrix} 10 & 20 \\\\ 22 & 44 \\end{pmatrix}").verdict == "correct"
    part = one(one_, "[[10, 20], [22, 45]]")
    assert (part.verdict, part.marks) == ("wrong", Fraction(3, 4))
    shape = one(one_, "[10, 20]")
    assert (shape.verdict, shape.message) == ("wrong", "2 entries where 4 are asked")
    assert one(one_, "[[10, 20], [22, x!]]").verdict == "unreadable"


def test_a_transposed_matrix_is_named():
    wide = Marker(load("dl/index-network-layers"))
    found = answers(wide.mark(Submission("s", {"dL/dW1": "[[-2,-2],[-1.5,-1.5],[0,0],[-1,-1]]"})))["dL/dW1"]
    assert (found.verdict, found.tag) == ("misconception", "weights-transposed")
    right = answers(wide.mark(Submission("s", {"dL/dW1": "[[-2,-1.5,0,-1],[-2,-1.5,0,-1]]"})))["dL/dW1"]
    assert right.verdict == "correct"


def test_entries_that_cannot_be_read_are_for_a_person():
    wide = Marker(load("dl/index-network-layers"))
    for text in ("see attached photo", "[2, 1.5, -2, 1", "[2, 1.5 and -2, 1]"):
        found = answers(wide.mark(Submission("s", {"yhat": text})))["yhat"]
        assert found.verdict == "unreadable", text


def test_a_column_follows_from_its_own_entries():
    """w after 0..3: one wrong row, and the next computed from it."""
    text = 'title = "t"\nsteps = ["L = w^2"]\nparameters = ["w"]\n[values]\nw = 1\n[train]\nrate = "0.25"\n'
    column = marker(text, 'ask = "w after 0..3"')
    assert column.questions[0].targets == ("w", "w@1", "w@2", "w@3")
    assert one(column, "1\n0.5\n0.25\n0.125").verdict == "correct"
    slipped = one(column, "1, 0.6, 0.3, 0.15")
    assert slipped.verdict in ("wrong", "misconception")
    assert slipped.message.startswith("1 of 4 entries")


def test_choices():
    text = 'title = "t"\nsteps = ["f = x^2"]\n'
    choice = marker(text, 'kind = "choice"\nid = "q"\noptions = ["it converges", "it diverges"]\nright = "b"')
    assert one(choice, "b").verdict == "correct"
    assert one(choice, " (B) ").verdict == "correct"
    assert one(choice, "It diverges.").verdict == "correct"
    assert one(choice, "a").verdict == "wrong"
    assert one(choice, "c").verdict == "unreadable"


def test_what_a_person_must_see_is_listed():
    question = marker(NEURON, 'ask = "a"', 'ask = "dL/dw"')
    marked = question.mark(Submission("s", {"a": "0,9", "dL/dw": "1/0"}))
    assert marked.person == ("a", "dL/dw")
    assert marked.marks == 0
    assert marked.out_of == 2


def test_refused_answers_are_unreadable_and_not_blank():
    question = marker(NEURON, 'ask = "a"')
    marked = question.mark(Submission("s", {}, refused={"a": "given twice"}))
    assert (marked.answers[0].verdict, marked.answers[0].message) == ("unreadable", "given twice")


def test_totals_add_up_and_results_repeat():
    network = load("neuron/two-two-two")
    given = {"out_o1": "0.751", "dL/dw5": "-0.0822", "w5@1": "0.441", "dL/dw1": "x"}
    first = Marker(network).mark(Submission("s", given))
    again = Marker(network).mark(Submission("s", given))
    assert first == again
    assert first.marks == sum(answer.marks for answer in first.answers)
    assert first.out_of == sum(answer.out_of for answer in first.answers)
    assert (first.exercise_hash, first.seed) == (network.digest, 0)
    assert len(network.digest) == 64


def test_a_scheme_decides_the_shares():
    strict = NEURON + '[marking]\nmisconception = "0"\nfollow = "3/4"\nother_form = 0\n'
    found = answers(marker(strict, 'ask = "dL/dz"', 'ask = "dL/dw"').mark(Submission("s", {"dL/dz": "-0.0718851", "dL/dw": "-0.107828"})))
    assert [answer.marks for answer in found.values()] == [0, Fraction(3, 4)]


def test_numbers_need_values():
    with pytest.raises(ExerciseError, match="asks for a number, but the exercise has no values"):
        marker(FORMULAS, 'ask = "dL/dw"\nkind = "number"')


def test_a_student_may_have_values_of_their_own():
    """Variants: the exercise is an argument; other values give other marks for the same answer."""
    other = Marker(from_text(NEURON.replace("x = 1.5", "x = 2") + '\n[[question]]\nask = "z"\nmarks = 1\n', "t"))
    own = marker(NEURON, 'ask = "z"')
    assert one(own, "2.2").verdict == "correct"
    assert one(other, "2.6").verdict == "correct"
    assert one(other, "2.2").verdict != "correct"


TYPED_BACK = ["1*dL/dw", "dL/dw + 0", "dL/dL*dL/dw", "dL/dw*dw/dw", "2*dL/dw - dL/dw", "(dL/dw)^1"]


@pytest.mark.parametrize("answer", TYPED_BACK)
@pytest.mark.parametrize("question", ['ask = "dL/dw"\nkind = "expression"', 'ask = "dL/dw"\nkind = "chain"', 'ask = "dL/dw"'])
def test_the_question_typed_back_in_disguise(question, answer):
    found = one(marker(NEURON, question), answer)
    assert (found.verdict, found.outcome, found.marks) == ("wrong", "typed-back", 0)


ROWS = [  # answers to a with definitions of other quantities on rows of their own
    "z = 2.2\na = σ(2.2) = 0.9002",
    "z = 0.8*1.5 + 1 = 2.2\na = 0.9002",
    "a = 0.9002\nL = 0.1602",
    "s = 2.2\na = σ(2.2) = 0.9002",
    "0.9002\ndL/dw = 0.1078",
]


@pytest.mark.parametrize("answer", ROWS)
def test_what_other_quantities_are_is_no_line_of_this_one(answer):
    found = one(marker(NEURON, 'ask = "a"'), answer)
    assert (found.verdict, found.outcome, found.line) == ("correct", "", None)


def test_right_arithmetic_needs_no_result():
    """0.0554 − 0.0190 is as good as 0.0554 − 0.0190 = 0.0364: its figures are right, and rounded."""
    network = Marker(load("neuron/two-two-two"))
    for answer in ("0.0554 - 0.0190", "0.0554 - 0.0190 = 0.0364", "0.0364"):
        found = answers(network.mark(Submission("s", {"dL/dout_h1": answer})))["dL/dout_h1"]
        assert (found.verdict in ("correct", "follow-through"), found.marks) == (True, found.out_of), answer
    found = answers(network.mark(Submission("s", {"dL/dout_h1": "0.0554 - 0.0290"})))["dL/dout_h1"]
    assert found.marks < found.out_of


@pytest.mark.parametrize(("ident", "question", "answer"), [
    ("graz/sqrt-cos", "df/dx", "-180"), ("graz/sqrt-cos", "df/dx", "-182"), ("graz/sqrt-cos", "df/dx", "-1.8e2"),
])  # fmt: skip
def test_zeros_at_the_end_of_a_whole_number_may_be_no_digits(ident, question, answer):
    found = answers(Marker(load(ident)).mark(Submission("s", {question: answer})))[question]
    assert (found.verdict, found.marks) == ("correct", found.out_of)


def test_a_careful_student_who_rounds_has_full_marks():
    """Three digits everywhere, each result computed from the rounded ones before it."""
    given = {"out_o1": "0.75", "dL/dout_o1": "0.74", "dout_o1/din_o1": "0.188", "dL/din_o1": "0.139", "dL/dw5": "0.0824",
             "dL/dout_h1": "0.0366", "dL/din_h1": "0.00882", "dL/dw1": "0.000441"}  # fmt: skip
    marked = Marker(load("neuron/two-two-two")).mark(Submission("s", given))
    assert [a.question for a in marked.answers if a.text and a.marks < a.out_of] == []


def test_given_numbers_put_into_a_formula_are_another_form():
    question = marker(NEURON, 'ask = "dL/dw"\nkind = "expression"')
    for answer in ("2(a - 0.5)*a*(1 - a)*1.5", "3(a - 0.5)a(1-a)", "2(a - 0.5)σ'(z)·1.5"):
        assert (one(question, answer).verdict, one(question, answer).outcome) == ("correct", "other-form"), answer
    assert one(question, "2(a - 0.4)*a*(1 - a)*1.5").verdict == "wrong"


def test_zeros_that_make_everything_zero_earn_nothing():
    given = {"out_o1": "1", "dout_o1/din_o1": "0", "dL/din_o1": "0", "dL/dw5": "0", "dL/dw6": "0", "w5@1": "0.4", "w6@1": "0.45"}
    assert Marker(load("neuron/two-two-two")).mark(Submission("s", given)).marks == 0


def test_arbitrary_numbers_are_not_explained():
    """A wrong number of three digits is named as a slip only where that says something."""
    import random

    network, chance = Marker(load("neuron/two-two-two")), random.Random(4)
    right = 4.38568e-4
    values = [right * 10 ** chance.uniform(-1, 1) for _ in range(200)]
    found = [answers(network.mark(Submission("s", {"dL/dw1": f"{value:.3g}"})))["dL/dw1"] for value in values]
    assert sum(answer.marks > 0 for answer in found) <= 20


def test_one_quantity_asked_twice_counts_as_answered_last():
    network = Marker(load("neuron/two-two-two"))
    chain = "dL/dout_o1*dout_o1/din_o1*din_o1/dw5"
    with_chain = answers(network.mark(Submission("s", {"dL/dw5.chain": chain, "dL/dw5": "0.5", "w5@1": "0.15"})))
    without = answers(network.mark(Submission("s", {"dL/dw5": "0.5", "w5@1": "0.15"})))
    assert with_chain["w5@1"] == without["w5@1"]
    assert without["w5@1"].verdict == "follow-through"
