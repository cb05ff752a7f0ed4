"""Exercise files: read whatever editor wrote them, and every fault of a file said at once, with its path."""

from fractions import Fraction

import pytest

from tutor.errors import ExerciseError, Problems
from tutor.exercise.load import from_text, load
from tutor.expression.plain import write_plain

GOOD = """
schema = 1
title = "A sum and a product"
steps = ["d = x + y", "f = d*z"]

[values]
x = 1
y = -3
z = 4
"""
NETWORK = """
title = "A network"
[network]
sizes = [2, 1]
activation = "sigmoid"
"""


def faults(text):
    with pytest.raises(Problems) as caught:
        from_text(text, "mine", "mine.toml")
    return caught.value.problems


def test_a_good_file():
    exercise = from_text(GOOD, "mine")
    assert (exercise.id, exercise.title, exercise.course) == ("mine", "A sum and a product", "")
    assert exercise.graph.loss == "f"
    assert exercise.values == {"x": 1, "y": -3, "z": 4}
    assert (exercise.steps, exercise.rate) == (0, None)


FIVE = """
title = "Five faults"
notation = "nuron"
steps = ["d = x + y", "f = d*z"]
colour = "red"

[values]
x = 1
y = "abc"
z = 4

[train]
rate = -0.5

[[claim]]
claim = "df/dq"
printed = "4"
"""


def test_five_faults_are_reported_together(tmp_path):
    # once a sixth was added, "d uses y, which nothing defines", although y is there and only its value is wrong
    path = tmp_path / "five.toml"
    path.write_text(FIVE, encoding="utf-8")
    with pytest.raises(Problems) as caught:
        load(str(path))
    wheres = [problem.where.partition(":")[0] for problem in caught.value.problems]
    assert sorted(wheres) == sorted(["colour", "notation", "values.y", "train.rate", "claim[1]"])
    text = str(caught.value)
    assert text.startswith(f"{path}: 5 faults")
    assert "did you mean neuron?" in text
    assert all(where in text for where in wheres)


STEPS = 'title = "t"\nsteps = ["f = x"]\n'
CLAIM = STEPS + '[[claim]]\nclaim = "f"\nprinted = "2"\n'

FAULTS = [  # what the file says, where the fault is, what is said, the next move
    ('steps = ["f = x"]', "title", "has a title", "title ="),
    # a setting of the wrong type is one fault: not wrong and missing
    ('title = 3\nsteps = ["f = x"]', "title", "title is a text, not 3", ""),
    ('schema = 2\ntitle = "t"\nsteps = ["f = x"]', "schema", "schema 2 is not known", "schema = 1"),
    ('titel = "t"\ntitle = "t"\nsteps = ["f = x"]', "titel", "no setting titel", "did you mean title"),
    ('title = "t"\nnotation = "qmull"\nsteps = ["f = x"]', "notation", "no notation qmull", "qmul"),
    ('title = "t"\nchain = "long"\nsteps = ["f = x"]', "chain", "full or reuse", ""),
    ('title = "t"', "steps", "has none of them", "steps ="),
    ('title = "t"\nexpression = "x"\nsteps = ["f = x"]', "expression", "steps and expression", ""),
    ('title = "t"\nsteps = "f = x"', "steps", "steps is a list", ""),
    ('title = "t"\nsteps = ["f = x", 3]', "steps[2]", "a text belongs here, not 3", ""),
    ('title = "t"\nsteps = ["f = x +"]', "steps", "stops too early", ""),
    ('title = "t"\nsteps = ["a = b", "b = a"]', "steps", "circle", "before it"),
    ('title = "t"\nsteps = ["a = x", "a = y"]', "steps[2]", "a is defined twice", ""),
    ('title = "t"\nexpression = "foo(x)"', "expression", "no function foo", ""),
    ('title = "t"\nsteps = ["f = x*y"]\n[values]\nx = 1', "steps: step f", "f uses y, which nothing", "give y a value"),
    ('title = "t"\nexpression = "x*y"\n[values]\nx = 1', "values", "no value for y", "add y"),
    ('title = "t"\nexpression = "x*y"\n[values]\nx = 1\ny = 2\nq = 3', "values.q", "nothing uses q", ""),
    ('title = "t"\nexpression = "x*y"\n[values]\nx = 1\ny = 2\nf = 3', "values.f", "has a value but is computed", ""),
    ('title = "t"\nexpression = "x"\n[values]\nx = true', "values.x", "a value is a number, not True", "0.5"),
    ('title = "t"\nexpression = "x"\n[values]\nx = nan', "values.x", "no number to compute with", "finite"),
    ('title = "t"\nexpression = "x"\n[values]\nx = "1/0"', "values.x", "is not a number", "division by zero"),
    ('title = "t"\nexpression = "x"\n[values]\nx = [1]', "values.x", "a value is a number", ""),
    ('title = "t"\nexpression = "x"\n[values]\n"2x" = 1', "values.2x", "cannot be the name", "out_h1"),
    (STEPS + 'loss = "g"', "steps", "no step g to differentiate", ""),
    (STEPS + 'parameters = ["w"]', "steps", "parameter w is used in no step", ""),
    (STEPS + 'asked = ["df/dq"]', "asked[1]", "no quantity", ""),
    (STEPS + 'asked = ["x + f"]', "asked[1]", "is no derivative", "dL/dw5"),
    (STEPS + 'asked = ["dx/df"]', "asked[1]", "x is not computed by a step", ""),
    (STEPS + 'asked = ["count weights"]', "asked[1]", "only a network", "[network]"),
    (NETWORK.replace("[2, 1]", "[2, 0]"), "network.sizes", "whole numbers from 1", "[2, 2, 1]"),
    (NETWORK.replace("[2, 1]", "[2, true]"), "network.sizes", "whole numbers from 1", ""),
    (NETWORK.replace("[2, 1]", "[2]"), "network", "at least two layers", ""),
    (NETWORK.replace("sigmoid", "sigmod"), "network", "no activation sigmod", "sigmoid"),
    (NETWORK + 'bias = "none"', "network.bias", "no setting bias", "biases"),
    (NETWORK + 'loss = "l2"', "network", "no loss l2", ""),
    ('asked = ["count wheels"]' + NETWORK, "asked[1]", "wheels cannot be counted", "weights"),
    (STEPS + '[train]\nrate = 0', "train.rate", "positive, not 0", ""),
    (STEPS + '[train]\nsteps = -1', "train.steps", "from 0 to 100,000, not -1", ""),
    (STEPS + '[train]\nsteps = 1.5', "train.steps", "a whole number", ""),
    (STEPS + '[symbols]\nq = "q"', "symbols.q", "no quantity q", ""),
    (STEPS + '[symbols]\nx = 3', "symbols.x", "a symbol is a text, not 3", ""),
    (STEPS + '[symbols]\nx = "\\\\input{a}"', "symbols.x", "not understood", "\\hat"),
    (STEPS + '[quantities]\nx = 3', "quantities.x", "described by a table", "kind"),
    (STEPS + '[quantities]\nx = {kind = "wait"}', "quantities.x", "no kind wait", "weight"),
    (STEPS + '[[claim]]\nclaim = "f"', "claim[1]", "a claim needs printed", "0.082"),
    (STEPS + '[[claim]]\nclaim = "g"\nprinted = "1"', "claim[1]", "no quantity g", ""),
    (STEPS + '[[claim]]\nclaim = "df/dw"\nprinted = "1"', "claim[1]", "no quantity", ""),
    (STEPS + '[[claim]]\nclaim = "f"\nprinted = ""', "claim[1]", "an empty figure", "0.082"),
    (STEPS + '[[claim]]\nclaim = "f"\nprinted = "2 +"', "claim[1]", "stops too early", ""),
    (STEPS + '[[claim]]\nclaim = "f before 0"\nprinted = "2"', "claim[1]", "before 0", "number 1"),
    (CLAIM + 'at = {q = 1}', "claim[1]", "no quantity q", ""),
    (CLAIM + 'printde = "2"', "claim[1].printde", "no setting", "printed"),
    (STEPS + '[[claim]]\nclaim = "count weights"\nprinted = "2"', "claim[1]", "only a network", ""),
    (STEPS + '[[table]]\ncolumns = ["x after k"]\nrows = [[1]]', "table[1].rows[1]", "1 figure(s)", ""),
    (STEPS + '[[table]]\ncolumns = ["x"]\nrows = [[1, 2]]', "table[1].rows[1]", "a row is 1 figure(s)", ""),
    (STEPS + '[[table]]\ncolumns = ["q after k"]\nrows = [[1, "2"]]', "table[1].rows[1]", "no quantity q", ""),
    (STEPS + '[[table]]\nrows = [[1, "2"]]', "table[1]", "columns and rows", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "what", "hint"), FAULTS, ids=[f"{row[1]}: {row[2]}" for row in FAULTS])
def test_each_fault_has_an_address_and_a_next_move(text, where, what, hint):
    found = faults(text)
    assert [problem.where.partition("\n")[0].startswith(where) for problem in found] == [True], str(found)
    assert what in found[0].what
    assert hint in found[0].hint


@pytest.mark.parametrize(
    "text",
    [
        "title = ",
        'title = "a"\ntitle = "b"',
        "[[a]\n",
        "\x00",
        "a = " + "[" * 5000,
        "x = " + "9" * 5000,
        "= 3",
        "[network]\n[network]",
    ],
)
def test_what_is_no_toml_is_said(text):
    with pytest.raises((ExerciseError, Problems)) as caught:
        from_text(text, "mine", "mine.toml")
    assert "mine.toml" in str(caught.value)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_files_of_every_editor(tmp_path, mark, ends):
    path = tmp_path / "mine.toml"
    path.write_bytes((mark + GOOD.replace("\n", ends)).encode())
    exercise = load(str(path))
    assert exercise.id == "mine"
    assert [write_plain(step.expr) for step in exercise.graph.steps] == ["x + y", "d*z"]


def test_a_figure_keeps_its_digits():
    text = GOOD.replace("x = 1", "x = 0.10") + '[train]\nrate = 0.050\n[[claim]]\nclaim = "f"\nprinted = "2.20"\n'
    exercise = from_text(text, "mine")
    assert exercise.values["x"] == Fraction(1, 10)
    assert exercise.written["x"] == "0.10"
    assert exercise.rate == Fraction(1, 20)
    assert exercise.claims[0].printed == "2.20"


def test_floats_are_never_binary():
    assert from_text(GOOD.replace("x = 1", "x = 0.1"), "mine").values["x"] == Fraction(1, 10)


def test_a_table_is_claims():
    text = (
        GOOD.replace('"f = d*z"]', '"f = d*z"]\nparameters = ["x"]')
        + '[train]\nrate = "1/10"\n[[table]]\ncolumns = ["x after k", "df/dx after k"]\n'
    )
    text += 'rows = [[1, "0.6", "4"], [2, "0.2", "4"]]\n'
    claims = from_text(text, "mine").claims
    assert [(claim.text, claim.after, claim.printed) for claim in claims] == [
        ("x after 1", 1, "0.6"), ("df/dx after 1", 1, "4"), ("x after 2", 2, "0.2"), ("df/dx after 2", 2, "4"),
    ]  # fmt: skip


def test_a_hostile_file_is_shown_safely():
    # keys of the file stand in the address, too
    found = faults('title = "t"\nsteps = ["f = x"]\n"\\u001b[2J" = 3\n[values]\n"\\u001b[1m" = "a"')
    assert all("\x1b" not in str(problem) for problem in found)
