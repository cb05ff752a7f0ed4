"""A page's figures as a list: each line becomes a claim or is told with a caret; none is dropped."""

import pytest

from tutor.answer.files.figure_list import read_figure_list
from tutor.errors import TutorError
from tutor.exercise.load import from_text
from tutor.results.check import check_figures

HEAD = 'title = "t"\nsteps = ["Z = X @ W", "u = sum(Z)", "L = u^2"]\nparameters = ["W"]\nshapes = { X = [2, 2], W = [2, 2] }\n'
PAGE = from_text(HEAD + "[train]\nrate = 0.1\n[values]\nX = [[1, 2], [3, 4]]\nW = [[0.5, 0], [0, 0.5]]\n", "page")

READ = [  # a line (or an array on several), what it is about, what is printed
    ("L = 25", "L", "25"), ("  dL/du ≈ 10.0  # from the slide", "dL/du", "10.0"), ("u: 5", "u", "5"), ("u = 2.5*2 = 5", "u", "2.5*2 = 5"),
    ("Z = [[0.5, 1], [1.5, 2]]", "Z", "[[0.5, 1], [1.5, 2]]"), ("Z = [[0.5 1. ]\n     [1.5 2. ]]", "Z", "[[0.5, 1. ], [1.5, 2. ]]"),
    ("W_1_2 after 1 = -4.0", "W_1_2 after 1", "-4.0"), ("dL/dZ = 2*u*fill(1, 2, 2)", "dL/dZ", "2*u*fill(1, 2, 2)"),
    ("u = 2,5 + 2,5", "u", "2.5 + 2.5"),
]  # fmt: skip
UNREAD = [  # a line, and what is said of it
    ("hello", "there is no = in this line"), ("= 3", "a name is missing"), ("u =", "the figure is missing"), ("q = 3", "no quantity q"),
    ("u = 1.2.3", "two numbers stand side by side"), ("Z = [1, 2]", "where an array"), ("u after 9999999 = 1", "no quantity"),
    ("Z = [[0.5, 1]", "one entry"), ("__import__('os') = 1", ""), ("u = " + "(" * 60, ""),
]  # fmt: skip


@pytest.mark.parametrize(("line", "about", "printed"), READ, ids=[row[0].strip() for row in READ])
def test_a_line_is_a_claim(line, about, printed):
    found, unread = read_figure_list(f"# the page\n\n{line}\n", PAGE)
    assert not unread
    assert [(one.number, one.claim.text, one.claim.printed, one.claim.erratum) for one in found] == [(3, about, printed, None)]


@pytest.mark.parametrize(("line", "said"), UNREAD, ids=[row[0][:20] for row in UNREAD])
def test_a_line_that_cannot_be_read_is_told_with_a_caret(line, said):
    found, unread = read_figure_list(f"L = 25\n{line}\nu = 5\n", PAGE)
    assert [one.claim.text for one in found] == ["L", "u"]
    assert [one.number for one in unread] == [2]
    assert said in unread[0].reason
    assert "^" in unread[0].reason


def test_lists_over_the_limits_and_empty_ones_are_refused():
    for text in ("", "# nothing\n", "L = 1\n" * 6000):
        with pytest.raises(TutorError):
            read_figure_list(text, PAGE)


def test_what_cannot_be_computed_is_told_as_a_line():
    page = from_text('title = "t"\nsteps = ["z = w - 1", "L = z^2"]\n[values]\nw = 1\n', "t")
    found = check_figures(page, "L = 0\n1/z = 3\nw after 1 = 2\n")
    assert [(one.claim, one.agreement) for one in found.verdicts] == [("L", "exact")]
    assert [(one.number, one.text) for one in found.unread] == [(2, "1/z = 3"), (3, "w after 1 = 2")]
    assert all("^" in one.reason for one in found.unread)
    assert not found.ok


def test_a_formula_whose_shapes_do_not_fit_is_wrong_like_any_other():
    found = check_figures(PAGE, "dL/dW = X @ dL/dZ\ndL/dX = outer(X, W)\n")
    assert [verdict.agreement for verdict in found.verdicts] == ["differs", "differs"]
    assert found.verdicts[0].cause.slips[0][0][0] == "transpose-forgotten"
    assert not found.unread


READINGS = 'title = "t"\nsteps = ["Y = X*g", "L = sum((W @ Y)*G)"]\nshapes = { X = [3, 2], g = [2], W = [3, 3], G = [3, 2] }\n'


def test_a_typed_star_is_right_in_any_reading():
    """As NumPy has it, or as a product of matrices, as many pages mean it; what cannot be read is not therefore wrong."""
    page = from_text(READINGS.replace("X*g", "X*rows(g, 3)"), "t")
    lines = ["dL/dX = dL/dY * g", "dL/dY = W.T * G", "dL/dX = 2 * dL/dY * g", "dL/dX = dL/dY * fill(g, 3)", "dL/dX[1, 2] = dL/dY_1_2*g_2"]
    found = check_figures(page, "\n".join(lines))
    assert [verdict.agreement for verdict in found.verdicts] == ["exact", "exact", "differs", "exact"]
    assert [one.number for one in found.unread] == [4]


def test_sums_over_times_are_read():
    repeat = '[[repeat]]\nto = 3\nsteps = ["h[t] = tanh(w*x[t] + u*h[t-1])"]\n'
    page = from_text(f'title = "t"\nloss = "h[3]"\n{repeat}', "t")
    found = check_figures(page, "dh[3]/dw = sum(dh[3]/dh[t]*(1 - h[t]^2)*x[t], t)\ndh[3]/dh[1] = prod(u*(1 - h[j]^2), j=2..3)\nh[9] = 1\n")
    assert [verdict.agreement for verdict in found.verdicts] == ["exact", "exact"]
    assert [one.number for one in found.unread] == [3]
