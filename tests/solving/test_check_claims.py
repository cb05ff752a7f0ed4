"""Checking what is printed: this table of claims and verdicts is the specification."""

from math import exp

import pytest
from small_neuron import HEAD, VALUES

from tutor.errors import TutorError
from tutor.exercise.load import from_text
from tutor.marking.mark_submission import Marker
from tutor.results.check import check as check_targets
from tutor.results.solution import solve
from tutor.solving.check_claims import check


def verdicts(claims, head=HEAD, values=VALUES):
    body = "".join(f"[[claim]]\nclaim = {text!r}\nprinted = {printed!r}\n{more}\n" for text, printed, more in claims)
    return check(from_text(head + values + body, "mine"))


TABLE = [  # claim, printed, verdict, value; z = 0, a = 1/2, L = 1/4, dL/da = -1, da/dz = 1/4
    ("z", "0", "exact", "0"),
    ("a", "0.5", "exact", "1/2"),
    ("a", "0.50", "exact", "1/2"),
    ("a", "1/2", "exact", "1/2"),
    ("L", "0.25", "exact", "1/4"),
    ("L", "0.3", "rounded", "1/4"),
    ("L", "0.2", "rounded", "1/4"),
    ("dL/da", "-1", "exact", "-1"),
    ("dL/da", "−1", "exact", "-1"),
    ("dL/da", "1", "differs", "-1"),
    ("dL/dw", "-0.125", "exact", "-1/8"),
    ("dL/dw", "-0.12", "rounded", "-1/8"),
    ("dL/dw", "-1·1/4·1/2", "exact", "-1/8"),
    ("dL/dw", "-1/8", "exact", "-1/8"),
    ("dL/dw", "-1/7", "differs", "-1/8"),
    ("dL/dw", "(dL/da)*(da/dz)*(dz/dw)", "exact", None),
    ("dL/dw", "2*(a - y)*a*(1 - a)*x", "exact", None),
    ("dL/dw", "2*(a - y)*a*(1 + a)*x", "differs", None),
    ("dL/dz", "2*(a - y)*sigmoid'(z)", "exact", None),
    ("da/dz", "exp(-z)/(1 + exp(-z))^2", "exact", None),
    ("dz/dx", "w", "exact", None),
    ("L", "(a - y)^2", "exact", None),
    ("L", "(y - a)^2", "exact", None),
    ("L", "abs(a - y)", "differs", None),
    ("w after 1", "2.0625", "exact", "33/16"),
    ("w after 1", "2.06", "rounded", "33/16"),
    ("b after 1", "-0.875", "exact", "-7/8"),
    ("x after 1", "0.5", "exact", "1/2"),
    ("w before 2", "2.0625", "exact", "33/16"),
    ("w after 1", "w - tau*dL/dw", "exact", None),
    ("w after 1", "w + tau*dL/dw", "differs", None),
    ("z - w", "-2", "exact", "-2"),
    ("2*dL/dw + a", "0.25", "exact", "1/4"),
    ("a", "≈ 0.5", "exact", "1/2"),
    ("a", "50%", "exact", "1/2"),
    ("L", "25.0 %", "exact", "1/4"),
    ("L", "24%", "differs", "1/4"),
    ("L", "0.5*0.5 = 0.25", "exact", "1/4"),
    ("L", "(a - y)^2 = (0.5 - 1)^2 = 0.3", "rounded", "1/4"),
    ("L", "0.5*0.6 = 0.25", "differs", "1/4"),
    ("L", "0.51*0.49", "carried", "1/4"),  # 0.505 to 0.52 times 0.485 to 0.50
    ("L", "0.52*0.51", "differs", "1/4"),
    ("L", "0.49*0.51 = 0.25", "carried", "1/4"),
    ("dL/dz", "2*(0.50 - 1)*0.249", "carried", "-1/4"),
    ("L", "3/10", "differs", "1/4"),
]


@pytest.mark.parametrize(
    ("text", "printed", "agreement", "value"), TABLE, ids=[f"{row[0]} = {row[1]}" for row in TABLE]
)
def test_verdicts(text, printed, agreement, value):
    (verdict,) = verdicts([(text, printed, "")])
    assert verdict.agreement == agreement
    assert verdict.ok is (agreement != "differs")
    assert (verdict.exercise, verdict.claim, verdict.printed) == ("mine", text, printed)
    if value is not None:
        assert verdict.value == value
    else:
        assert verdict.value


def test_other_values_for_one_claim():
    (verdict,) = verdicts([("z", "5", "at = {x = 3}")])
    assert (verdict.agreement, verdict.value) == ("exact", "5")


def test_an_erratum_differs_and_is_all_right():
    wrong, slip, none = verdicts(
        [
            ("L", "0.26", ""),
            ("L", "0.26", 'erratum = "the slide has 0.26"'),
            ("dL/dq", "1", 'erratum = "there is no q"'),
        ]
    )
    assert (wrong.agreement, wrong.ok, wrong.erratum) == ("differs", False, None)
    assert (slip.agreement, slip.ok, slip.erratum) == ("differs", True, "the slide has 0.26")
    assert (none.agreement, none.ok) == ("differs", True)
    assert "no quantity" in none.value


def test_an_erratum_that_agrees_is_not_hidden():
    """A figure that is right although a note calls it a slip: its verdict says that it agrees, and the accusation is not all right."""
    (verdict,) = verdicts([("L", "0.25", 'erratum = "wrong?"')])
    assert (verdict.agreement, verdict.ok) == ("exact", False)


@pytest.mark.parametrize(("printed", "correction", "agreements", "ok"), [
    ("0.26", "0.25", ("differs", "exact"), True), ("0.26", "0.27", ("differs", "differs"), False),
    ("0.25", "0.26", ("exact", "differs"), False), ("a - y", "(a - y)^2", ("differs", "exact"), True),
])  # fmt: skip
def test_a_correction_is_recomputed(printed, correction, agreements, ok):
    (verdict,) = verdicts([("L", printed, f'erratum = "wrong"\ncorrection = "{correction}"')])
    assert (verdict.agreement, verdict.correction.agreement) == agreements
    assert verdict.ok is ok


def test_a_correction_needs_an_erratum():
    with pytest.raises(TutorError, match="a correction is of an erratum"):
        verdicts([("L", "0.25", 'correction = "0.26"')])


def test_formulas_without_values():
    found = verdicts([("dL/dw", "2*(a - y)*a*(1 - a)*x", ""), ("dL/dx", "2*(a - y)*w", "")], values="")
    assert [verdict.agreement for verdict in found] == ["exact", "differs"]


def test_counts():
    text = 'title = "t"\nasked = ["count parameters"]\n[network]\nsizes = [3, 4, 2]\n'
    text += '[[claim]]\nclaim = "count parameters"\nprinted = "[3×4] + [4×2] + 6"\n'
    text += '[[claim]]\nclaim = "count weights"\nprinted = "21"\n'
    found = check(from_text(text, "mine"))
    assert [(verdict.value, verdict.agreement) for verdict in found] == [("26", "exact"), ("20", "differs")]


@pytest.mark.parametrize(
    ("claims", "head", "values", "words"),
    [
        ([("w after 1", "1", "")], HEAD.replace('parameters = ["w", "b"]', ""), VALUES, "nothing is trained"),
        ([("log(z)", "1", "")], HEAD, VALUES, "logarithm of zero"),
        ([("1/z", "1", "")], HEAD, VALUES, "division by zero"),
    ],
)
def test_a_claim_that_cannot_be_computed_is_named(claims, head, values, words):
    with pytest.raises(TutorError) as caught:
        verdicts(claims, head, values)
    assert words in caught.value.what
    assert "claim 1" in caught.value.where


def test_a_diverging_table_says_where_it_ends():
    head = 'title = "t"\nsteps = ["L = w^4"]\nparameters = ["w"]\n[train]\nrate = 1\n'
    with pytest.raises(TutorError, match="diverges: after update"):
        verdicts([("w after 50", "1", "")], head, "[values]\nw = 10\n")


ISSUE = [  # the figures that the issue asks for by name
    ("qmul/linear-neuron", "w_L after 1", "0.29", "exact", "29/100"),
    ("qmul/linear-neuron", "b_L after 1", "0.66", "exact", "33/50"),
    ("neuron/two-two-two", "w5 after 1", "0.358", "truncated", "0.358916479717885"),
]


@pytest.mark.parametrize(
    ("exercise", "claim", "printed", "agreement", "value"), ISSUE, ids=[f"{row[0]} {row[1]}" for row in ISSUE]
)
def test_the_figures_of_the_issue(exercise, claim, printed, agreement, value):
    found = [v for v in check_targets(exercise) if (v.claim, v.printed) == (claim, printed)]
    assert [(v.agreement, v.value) for v in found] == [(agreement, value)]




SOFTMAXES = {  # how softmax and cross-entropy are written: steps
    "written out": ["p1 = exp(u)/(exp(u)+exp(v))", "p2 = exp(v)/(exp(u)+exp(v))", "L = -(t1*log(p1)+t2*log(p2))"],
    "by name": ["p1 = softmax_1(u, v)", "p2 = softmax_2(u, v)", "L = -(t1*log(p1)+t2*log(p2))"],
    "step by step": ["e1 = exp(u)", "e2 = exp(v)", "s = e1 + e2", "p1 = e1/s", "p2 = e2/s", "l1 = t1*log(p1)",
                     "l2 = t2*log(p2)", "L = -(l1 + l2)"],
}
CLAIMED = [  # formula of dL/du, whether it holds, and whether only for targets that add up to 1
    ("p1 - t1", True, True), ("-(t1 - p1)", True, True), ("p1*(t1 + t2) - t1", True, False), ("-t1*(1 - p1) + t2*p1", True, False),
    ("p1 - t2", False, False), ("t1 - p1", False, False), ("p1", False, False),
]  # fmt: skip


@pytest.mark.parametrize("steps", SOFTMAXES.values(), ids=SOFTMAXES)
@pytest.mark.parametrize(("formula", "holds", "conditional"), CLAIMED, ids=[row[0] for row in CLAIMED])
def test_check_solve_and_mark_say_the_same_of_a_formula(steps, formula, holds, conditional):
    listed = ", ".join(f'"{step}"' for step in steps)
    text = f"""
title = "t"
steps = [{listed}]
[values]
u = 1
v = 2
t1 = 1
t2 = 0
[[claim]]
claim = "dL/du"
printed = "{formula}"
[[question]]
ask = "dL/du"
kind = "expression"
"""
    exercise = from_text(text, "t")
    (verdict,) = check(exercise)
    assert (verdict.agreement == "exact") is holds
    assert (verdict.sums == (("t1", "t2"),)) is conditional
    assert (verdict.difference is None) is holds
    assert ("Erratum" in solve(exercise).to_text()) is not holds
    assert (Marker(exercise).judge("dL/du.formula", formula)[0].verdict == "correct") is holds


def test_targets_that_do_not_add_up_to_1_do_not_make_a_formula_right():
    text = 'title = "t"\nsteps = ["p1 = softmax_1(u, v)", "p2 = softmax_2(u, v)", "L = -(t1*log(p1)+t2*log(p2))"]\n[values]\n'
    exercise = from_text(text + 'u = 1\nv = 2\nt1 = 1\nt2 = 1\n[[claim]]\nclaim = "dL/du"\nprinted = "p1 - t1"\n', "t")
    (verdict,) = check(exercise)
    assert verdict.agreement == "differs"
    assert verdict.at_given
    assert verdict.difference.yours != verdict.difference.expected


ARRAYS = """
title = "Arrays"
steps = ["z = W a", "p = softmax(z)", "L = -sum(t*log(p))"]
parameters = ["W"]
[shapes]
W = [2, 2]
a = [2]
t = [2]
[values]
W = [[1, 2], [3, 4]]
a = [1, 2]
t = [1, 0]
[train]
rate = 1
"""


@pytest.mark.parametrize(("claim", "printed", "agreement", "value"), [
    ("z", '"[5, 11]"', "exact", "[5, 11]"), ("z", "[5, 11]", "exact", "[5, 11]"), ("p", '["0.0025", "0.9975"]', "rounded", None),
    ("p", '"[0.00247, 0.99753]"', "rounded", None), ("dL/dz", '"[-1.0, 0.9975]"', "rounded", None), ("dL/dz", '"[-1, 1]"', "rounded", None),
    ("dL/dW", "[[-1.0, -2.0], [1.0, 2.0]]", "rounded", None), ("dL/dW", '"[[-1.0, -2.0], [1.0, 2.1]]"', "differs", None),
    ("W after 1", '"[[2.00, 4.00], [2.00, 2.00]]"', "rounded", None),
])  # fmt: skip
def test_figures_of_whole_arrays(claim, printed, agreement, value):
    (verdict,) = check(from_text(ARRAYS + f"[[claim]]\nclaim = {claim!r}\nprinted = {printed}\n", "mine"))
    assert verdict.agreement == agreement
    assert value is None or verdict.value == value
    assert len(verdict.parts) == (4 if "W" in claim else 2)


@pytest.mark.parametrize(("claim", "printed", "what"), [
    ("z", "[5, 11, 3]", "3 entries in [5, 11, 3] where an array of shape 2 needs 2"), ("dL/dW", "[1, 2]", "1 where an array of shape 2"),
    ("L", "[1, 2]", "is no array"),
    ("z", '"[0,5, 0,6]"', "and ; between them"),
    ("z", '"[5, 11"', "a comma inside"), ("z", "[[5, 11]]", "one entry in [[5, 11]] where"), ("z", '"[5, x_9]"', "x_9"),
])  # fmt: skip
def test_figures_that_do_not_fit_an_array(claim, printed, what):
    with pytest.raises(TutorError) as caught:
        from_text(ARRAYS + f"[[claim]]\nclaim = {claim!r}\nprinted = {printed}\n", "mine")
    assert what in str(caught.value)


def test_where_arrays_differ_is_said():
    (verdict,) = check(from_text(ARRAYS + '[[claim]]\nclaim = "dL/dz"\nprinted = "t - p"\n', "mine"))
    assert (verdict.agreement, verdict.at_given, verdict.sums) == ("differs", True, ())
    assert (verdict.difference.yours, verdict.difference.expected) == ("[0.9975, -0.9975]", "[-0.9975, 0.9975]")
    (verdict,) = check(from_text(ARRAYS + '[[claim]]\nclaim = "dL/dW"\nprinted = "outer(p - t, a)"\n', "mine"))
    assert (verdict.agreement, verdict.difference, verdict.sums) == ("exact", None, (("sum(t)",),))
    large = ARRAYS.replace("[2, 2]", "[4, 4]").replace("[2]", "[4]").partition("[values]")[0]
    (verdict,) = check(from_text(large + '[[claim]]\nclaim = "dL/dW"\nprinted = "2*outer(p - t, a)"\n', "mine"))
    assert verdict.at_given is False
    place, value = verdict.difference.yours.split(" = ")
    assert place == verdict.difference.expected.split(" = ")[0]
    assert float(value) == pytest.approx(2 * float(verdict.difference.expected.split(" = ")[1]), rel=1e-3)


@pytest.mark.parametrize(("printed", "given"), [
    ("2*(a - y)*a", True),  # the exercise's own numbers tell them apart
    ("2*(a - y)*a*(1 - a)*x", False),  # x is 1 there: only elsewhere they differ
])  # fmt: skip
def test_the_given_values_tell_a_formula_apart_where_they_do(printed, given):
    text = 'title = "t"\nsteps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]\n[values]\nw = 0.5\nx = 1\nb = 0.2\ny = 1\n'
    (verdict,) = check(from_text(f'{text}[[claim]]\nclaim = "dL/dz"\nprinted = "{printed}"\n', "t"))
    assert verdict.agreement == "differs"
    assert (verdict.at_given, verdict.difference.point == ()) == (given, given)
    if given:  # worked out by hand: a = σ(0.7)
        a = 1 / (1 + exp(-0.7))
        assert float(verdict.difference.yours) == pytest.approx(2 * (a - 1) * a, rel=1e-3)
        assert float(verdict.difference.expected) == pytest.approx(2 * (a - 1) * a * (1 - a), rel=1e-3)
