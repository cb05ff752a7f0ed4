"""Data sets and training settings in exercise files: what is read, and every fault with its place."""

from fractions import Fraction

import pytest

from tutor.errors import Problems, TutorError
from tutor.exercise.load import from_text, load
from tutor.exercise.read_training import samples_from_csv
from tutor.solving.check_claims import check

F = Fraction
HEAD = 'title = "t"\nsteps = ["yhat = w*x", "L = 1/2*(y - yhat)^2"]\nparameters = ["w"]\n[values]\nw = 1\n'
DATA = '[data]\ncolumns = ["x", "y"]\nrows = [[10, 10.1], [2, "19/10"]]\n'


def test_a_data_set_is_read_exactly():
    made = from_text(HEAD + DATA + 'reduce = "sum"\n', "t")
    assert made.samples.columns == ("x", "y")
    assert made.samples.rows == ((F(10), F("10.1")), (F(2), F("1.9")))
    assert made.samples.written == (("10", "10.1"), ("2", "19/10"))
    assert made.samples.reduce == "sum"
    assert made.values == {"w": 1, "x": 10, "y": F("10.1")}  # the worked solution shows the first sample


def test_a_plan_is_read():
    more = '[train]\noptimiser = "adam"\nrate = 0.1\nsettings = { beta1 = 0.8 }\nbatch = 2\norder = "given"\nseed = 4\n'
    plan = from_text(HEAD + DATA + more, "t").plan
    assert (plan.optimiser, plan.settings, plan.batch, plan.order, plan.seed) == (
        "adam",
        {"beta1": F("0.8")},
        2,
        "given",
        4,
    )


FAULTS = [  # what is written, where, what, next
    (DATA.replace('"x", "y"', '"x", "x"'), "data", "the column x is there twice", ""),
    (DATA.replace("[10, 10.1]", "[10]"), "data.rows[1]", "1 numbers for 2 columns", "the columns are x, y"),
    (DATA.replace("10.1", '"ten"'), "data.rows[1]: the value of y", "'ten' is not a number", "0.5"),
    (DATA.replace("10.1", "true"), "data.rows[1]: the value of y", "True is no number", "0.5"),
    (DATA.replace("10.1", "nan"), "data.rows[1]: the value of y", "no number to compute with", "finite"),
    (DATA.replace('["x", "y"]', '["x y"]'), "data", "", ""),
    (DATA.replace('["x", "y"]', "[]"), "data.columns", "columns is a list of names", "such as"),
    (DATA.replace("rows = [[10, 10.1], [2, \"19/10\"]]", "rows = []"), "data.rows", "rows is a list of rows", "such as"),
    (DATA + 'reduce = "max"\n', "data.reduce", "mean or sum, not max", ""),
    (DATA + "row = 1\n", "data.row", "there is no setting row", "did you mean rows"),
    (DATA.replace('"x", "y"', '"x", "w"'), "values.w", "w is a column of the data and has a value too", "remove one"),
    (DATA.replace('"x", "y"', '"x", "y", "q"').replace('[[10, 10.1], [2, "19/10"]]', "[[1, 2, 3]]"), "values.q", "nothing uses q", ""),
    (DATA.replace('"x", "y"', '"x"').replace("[[10, 10.1], [2, \"19/10\"]]", "[[1]]"), "steps", "L uses y, which nothing defines", ""),
    ('[train]\noptimiser = "adm"\n', "train.optimiser", "no optimiser adm", "did you mean adam"),
    ('[train]\norder = "random"\n', "train.order", "given or shuffled, not random", ""),
    ("[train]\nseed = -1\n", "train.seed", "a seed is a whole number from 0", ""),
    ('[train]\noptimiser = "adam"\nsettings = { beta1 = 1 }\n', "train.settings.beta1", "beta1 is 1", "0 ≤ beta1 < 1"),
    ('[train]\noptimiser = "adam"\nsettings = { rho = 0.5 }\n', "train.settings", "adam has no setting rho", "beta1"),
    (DATA + '[[claim]]\nclaim = "update m"\nprinted = "m"\n', "claim[1]", "gd has no update step for m", "gd computes w"),
    (DATA + '[[claim]]\nclaim = "update w"\nprinted = "w - q*g"\n', "claim[1]", "q", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "what", "hint"), FAULTS)
def test_every_fault_has_its_place_and_the_next_move(text, where, what, hint):
    with pytest.raises(Problems) as error:
        from_text(HEAD + text, "t")
    found = [(p.where, p.what, p.hint) for p in error.value.problems]
    assert [1 for w, s, h in found if w.startswith(where) and what in s and hint in h], found


CSV = [  # the text, the message
    ("", "data.csv: no samples"),
    ("x,y\n", "data.csv: no samples"),
    ("x,y\n1\n", "data.csv: line 2: 1 numbers for 2 columns"),
    ("x,y\n1,2\n\n3,z\n", "data.csv: line 4: the value of y: 'z' is not a number"),
    ("x,x\n1,2\n", "the column x is there twice"),
    ("x,=cmd|' /C calc'!A0\n1,2\n", "cannot be the name of a quantity"),
    ('x,y\n"1,2\n', "data.csv: not a CSV file"),
]


@pytest.mark.parametrize(("text", "message"), CSV)
def test_a_faulty_csv_file_says_the_line(text, message):
    with pytest.raises(TutorError) as error:
        samples_from_csv(text, "data.csv")
    assert message in str(error.value)


def test_a_csv_file_is_read_exactly():
    found = samples_from_csv("x , y\r\n0.1, 1/3\r\n\r\n-2,5e-1\r\n", "data.csv")
    assert (found.columns, found.rows) == (("x", "y"), ((F("0.1"), F(1, 3)), (F(-2), F("0.5"))))


UPDATES = [  # optimiser, target, printed, agreement
    ("gd", "w", "w - eta*g", "exact"),
    ("gd", "w", "w - rate*g", "exact"),
    ("gd", "w", "w + eta*g", "differs"),
    ("momentum", "w", "w - eta*(mu*v + g)", "differs"),  # v is the new one there
    ("momentum", "v", "g + mu*v", "exact"),
    ("adam", "mhat", "m/(1 - beta1^t)", "exact"),
    ("adam", "mhat", "m/(1 - beta1)", "differs"),
    ("adam", "vhat", "v/(1 - beta2)", "differs"),
    ("adam", "w", "w - eta*mhat/(sqrt(vhat) + eps)", "exact"),
    ("adam", "w", "w - eta*mhat/sqrt(vhat + eps)", "differs"),
    ("rmsprop", "v", "v - (1 - rho)*(v - g^2)", "exact"),
    ("rmsprop", "v", "eta*v + (1 - eta)*g^2", "differs"),
    ("rmsprop-slide", "G", "eta*G + (1 - eta)*g^2", "exact"),
    ("adagrad", "w", "w - eta*g/sqrt(G + eps)", "differs"),
    ("newton", "w", "w - eta*d", "exact"),
]


@pytest.mark.parametrize(("name", "target", "printed", "agreement"), UPDATES)
def test_a_printed_update_step_is_compared_with_the_methods(name, target, printed, agreement):
    text = (
        HEAD
        + DATA
        + f'[train]\noptimiser = "{name}"\nrate = 0.1\n[[claim]]\nclaim = "update {target}"\nprinted = "{printed}"\n'
    )
    (verdict,) = check(from_text(text, "t"))
    assert verdict.agreement == agreement


AFTER = [  # optimiser, claim, printed, agreement: figures after updates of that optimiser
    ("newton", "w after 1", "1.00469", "rounded"),
    ("gd", "w after 1", "1.0055", "exact"),
    ("gd", "w after 1", "0.9945", "differs"),
    ("adam", "w after 1", "1.01", "rounded"),
]


@pytest.mark.parametrize(("name", "claim", "printed", "agreement"), AFTER)
def test_a_figure_after_updates_is_that_of_the_optimiser(name, claim, printed, agreement):
    base = load("cmu/smallest-perceptron")
    rows = "[[10, 10.1], [2, 1.9], [3.5, 3.4], [1, 1.1]]"
    rate = "1" if name == "newton" else "0.01"
    claims = f'[[claim]]\nclaim = "{claim}"\nprinted = "{printed}"\n'
    text = (
        HEAD
        + f'[data]\ncolumns = ["x", "y"]\nrows = {rows}\nreduce = "sum"\n[train]\noptimiser = "{name}"\nrate = {rate}\n'
        + claims
    )
    (verdict,) = check(from_text(text, "t"))
    assert base.samples.rows == from_text(text, "t").samples.rows
    assert verdict.agreement == agreement
