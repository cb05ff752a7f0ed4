"""What an exercise asks: ``[[question]]``, ``[[case]]`` and ``[marking]`` as read, and every fault in them with its place."""

from fractions import Fraction

import pytest

from tutor.errors import Problems
from tutor.exercise.load import from_text
from tutor.exercise.question import Case, Question, Scheme, Tolerance

NEURON = """
title = "A neuron"
steps = ["z = w*x + b", "a = sigmoid(z)", "L = (a - y)^2"]
parameters = ["w", "b"]
[values]
x = 1.5
y = 0.5
w = 0.8
b = 1
[train]
rate = 0.1
steps = 3
"""
LAYER = """
title = "A layer"
steps = ["z = W x + b", "L = sum((z - y)^2)"]
parameters = ["W", "b"]
[shapes]
W = [2, 3]
x = [3]
b = [2]
y = [2]
"""
NETWORK = 'title = "A network"\n[network]\nsizes = [3, 4, 2]\n'
Q = "[[question]]\n"
CASE = '[[case]]\nquestion = "z"\nanswer = "1"\n'
CHOICE = 'kind = "choice"\nid = "direction"\noptions = ["it grows", "it falls", "it stays"]\n'


def questions(text, base=NEURON):
    return from_text(f"{base}\n{text}\n", "mine", "mine.toml").questions


def faults(text, base=NEURON):
    with pytest.raises(Problems) as caught:
        from_text(f"{base}\n{text}\n", "mine", "mine.toml")
    return caught.value.problems


READ = [  # what is asked in which exercise; the id, the kind, the quantities and the shape that come of it
    (NEURON, 'ask = "z"', "z", "number", ("z",), ()),
    (NEURON, 'ask = " dL/dw "', "dL/dw", "number", ("dL/dw",), ()),
    (NEURON, 'ask = "∂L/∂w"', "dL/dw", "number", ("dL/dw",), ()),
    (NEURON, 'ask = "da/dz"', "da/dz", "number", ("da/dz",), ()),
    (NEURON, 'ask = "w after 1"', "w@1", "number", ("w@1",), ()),
    (NEURON, 'ask = "w@2"', "w@2", "number", ("w@2",), ()),
    (NEURON, 'ask = "w after 0"', "w@0", "number", ("w",), ()),
    (NEURON, 'ask = "z after 2"', "z@2", "number", ("z@2",), ()),
    (NEURON, 'ask = "dL/dw after 2"', "dL/dw@2", "number", ("dL/dw@2",), ()),
    (NEURON, 'ask = "w after 0..2"', "w@0..2", "column", ("w", "w@1", "w@2"), (3,)),
    (NEURON, 'ask = "w after 1 to 2"', "w@1..2", "column", ("w@1", "w@2"), (2,)),
    (NEURON, 'ask = "dL/dw, dL/db"', "dL/dw_dL/db", "vector", ("dL/dw", "dL/db"), (2,)),
    (NEURON, 'ask = "w after 1, b after 1"', "w@1_b@1", "vector", ("w@1", "b@1"), (2,)),
    (NEURON, 'ask = "dL/dw"\nkind = "expression"', "dL/dw.formula", "expression", ("dL/dw",), ()),
    (NEURON, 'ask = "dL/dw"\nkind = "chain"', "dL/dw.chain", "chain", ("dL/dw",), ()),
    (NEURON, 'ask = "L"\nkind = "fraction"', "L.fraction", "fraction", ("L",), ()),
    (NEURON, 'ask = "dL/dw"\nid = " q1 "', "q1", "number", ("dL/dw",), ()),
    (NEURON, CHOICE + 'right = "b"', "direction", "choice", (), ()),
    (LAYER, 'ask = "z"', "z", "vector", ("z_1", "z_2"), (2,)),
    (LAYER, 'ask = "dL/db"', "dL/db", "vector", ("dL/db_1", "dL/db_2"), (2,)),
    (LAYER, 'ask = "W"', "W", "matrix", ("W_1_1", "W_1_2", "W_1_3", "W_2_1", "W_2_2", "W_2_3"), (2, 3)),
    (LAYER, 'ask = "dL/dW"', "dL/dW", "matrix", tuple(f"dL/dW_{i}_{j}" for i in (1, 2) for j in (1, 2, 3)), (2, 3)),
    (LAYER, 'ask = "b after 1"', "b@1", "vector", ("b_1@1", "b_2@1"), (2,)),
    (LAYER, 'ask = "dL/dW_1_2"', "dL/dW_1_2", "number", ("dL/dW_1_2",), ()),
    (NETWORK, 'ask = "count weights"', "count_weights", "number", ("count weights",), ()),
]


@pytest.mark.parametrize(("base", "text", "ident", "kind", "targets", "shape"), READ, ids=[row[1] for row in READ])
def test_what_is_asked(base, text, ident, kind, targets, shape):
    (question,) = questions(Q + text, base)
    assert (question.id, question.kind, question.targets, question.shape) == (ident, kind, targets, shape)


def test_a_question_with_everything():
    text = Q + 'id = "q1"\nask = "dL/dw"\nkind = "expression"\nmarks = "5/2"\ndigits = 4\ndecimals = 3\nrelative = 0.01\n'
    text += 'absolute = "1/1000"\nform = "inputs"\nfollow = false\ntext = "Derive it."'
    assert questions(text) == (
        Question("q1", "dL/dw", "expression", ("dL/dw",), (), Fraction(5, 2),
                 Tolerance(Fraction(1, 100), Fraction(1, 1000), 4, 3), "inputs", False, "Derive it."),
    )  # fmt: skip


def test_a_question_with_nothing_but_what_it_asks():
    assert questions(Q + 'ask = "z"') == (Question("z", "z", "number", ("z",)),)


def test_a_choice_has_letters():
    (question,) = questions(Q + CHOICE + 'right = [" A ", "c"]')
    assert question.options == (("a", "it grows"), ("b", "it falls"), ("c", "it stays"))
    assert question.right == ("a", "c")


def test_questions_stay_in_their_order():
    assert [q.id for q in questions(Q + 'ask = "w after 1"\n' + Q + 'ask = "z"\n' + Q + 'ask = "dL/dw"')] == ["w@1", "z", "dL/dw"]


def test_questions_without_marks_are_named():
    text = Q + 'ask = "z"\n' + Q + 'ask = "L"\nmarks = 1\n' + Q + 'id = "q3"\nask = "a"'
    exercise = from_text(f"{NEURON}\n{text}\n", "mine")
    assert exercise.remarks == ("no marks are given for z, q3: 1 mark each is taken",)
    assert [question.marks for question in exercise.questions] == [1, 1, 1]
    assert from_text(NEURON, "mine").remarks == ()


def test_cases_as_read():
    text = CASE + 'verdict = "misconception"\ntag = "sign-of-error"\ncredit = "1/2"\nearlier = { "x" = "1.5", "w" = 2 }\nnote = "why"\n'
    text += '[[case]]\nquestion = "L"\nanswer = 0.50\nverdict = "correct"'
    assert from_text(NEURON + text, "mine").cases == (
        Case("z", "1", "misconception", "sign-of-error", Fraction(1, 2), (("x", "1.5"), ("w", "2")), "why"),
        Case("L", "0.50", "correct"),
    )


def test_the_shares_of_a_mark_scheme():
    assert from_text(NEURON + '[marking]\nfollow = "3/4"\npair = 0\nmisconception = 0.25\n', "mine").scheme == Scheme(
        misconception=Fraction(1, 4), pair=Fraction(0), follow=Fraction(3, 4)
    )
    assert from_text(NEURON, "mine").scheme == Scheme()


FAULTS = [  # what the file says, where the fault is, what is said, the next move
    (NEURON, Q + 'ask = "z"\nkind = "numbr"', "question[1]", "there is no kind numbr", "did you mean number?"),
    (NEURON, Q + 'ask = "z"\nkind = "essay"', "question[1]", "there is no kind essay", "expression, fraction"),
    (NEURON, Q + "marks = 1", "question[1]", "a question asks for something", 'ask = "dL/dw5"'),
    (NEURON, Q + 'ask = "z"\nmarks = 0', "question[1]", "0 marks", "marks are positive"),
    (NEURON, Q + 'ask = "z"\nmarks = -1', "question[1]", "not -1", ""),
    (NEURON, Q + 'ask = "z"\nmarks = 10001', "question[1]", "10001 marks", ""),
    (NEURON, Q + 'ask = "z"\nmarks = "two"', "question[1]", "'two' is not a number", "1/2"),
    (NEURON, Q + 'ask = "aa"', "question[1]", "there is no quantity aa", "did you mean a?"),
    (NEURON, Q + 'ask = "dL/dww"', "question[1]", "there is no quantity ww", "did you mean w?"),
    (NEURON, Q + 'ask = "dx/dw"', "question[1]", "x is not computed by a step", ""),
    (NEURON, Q + 'ask = "q after 1"', "question[1]", "there is no quantity q", ""),
    (NEURON, Q + 'ask = "w after 201"', "question[1]", "more than 200 updates", ""),
    (NEURON, Q + 'ask = "w after 3..1"', "question[1]", "from an update to a later one", "w after 0..7"),
    (NEURON, Q + 'ask = "w, b after 0..2"', "question[1]", "a list asks for single quantities", "dL/dw1, dL/dw2"),
    (NEURON, Q + 'ask = "w, b"\nkind = "number"', "question[1]", "w, b is a list, not one number", "leave out kind"),
    (NEURON, Q + 'ask = "z"\nkind = "matrix"', "question[1]", "z is a single quantity, not a matrix", 'kind = "number"'),
    (NEURON, Q + 'ask = "z"\nkind = "chain"', "question[1]", "is asked for a derivative", 'ask = "dL/dw5"'),
    (NEURON, Q + 'ask = "z"\nform = "polar"', "question[1]", "there is no form polar", "any, decimal"),
    (NEURON, Q + 'ask = "z"\nid = "first one"', "question[1]", "'first one' is no id", "without spaces"),
    (NEURON, Q + 'ask = "z"\ndigits = 51', "question[1]", "digits runs from 0 to 50, not 51", ""),
    (NEURON, Q + 'ask = "z"\ndecimals = -1', "question[1]", "decimals runs from 0 to 50, not -1", ""),
    (NEURON, Q + 'ask = "z"\nrelative = -0.1', "question[1]", "relative is a number from 0, not -0.1", ""),
    (NEURON, Q + 'ask = "z"\ndigits = "3"', "question[1].digits", "digits is a whole number", ""),
    (NEURON, Q + 'ask = "z"\nfollow = "no"', "question[1].follow", "follow", ""),
    (NEURON, Q + 'ask = "z"\nmark = 2', "question[1].mark", "no setting mark", "marks"),
    (NEURON, Q + 'ask = "z"\n' + Q + 'ask = " z "', "question[2]", "two questions have the id z", "another id"),
    (NEURON, Q + 'ask = "dL/dw"\n' + Q + 'ask = "∂L/∂w"', "question[2]", "two questions have the id dL/dw", ""),
    (NEURON, Q + 'kind = "choice"\nid = "c"', "question[1]", "a choice has two to 26 options", "options ="),
    (NEURON, Q + 'kind = "choice"\nid = "c"\noptions = ["only"]\nright = "a"', "question[1]", "two to 26 options", ""),
    (NEURON, Q + 'kind = "choice"\noptions = ["yes", "no"]\nright = "a"', "question[1]", "no id of its own", 'id = "direction"'),
    (NEURON, Q + CHOICE, "question[1]", "a choice has its right letters", "from a to c"),
    (NEURON, Q + CHOICE + 'right = "d"', "question[1]", "a choice has its right letters", "from a to c"),
    (NEURON, Q + CHOICE + 'right = ["a", "d"]', "question[1]", "a choice has its right letters", ""),
    (NEURON, Q + 'ask = "z"\noptions = ["1", "2"]', "question[1]", "options go with a choice", 'kind = "choice"'),
    (NEURON, Q + 'ask = "z"\nright = "a"', "question[1]", "options go with a choice", ""),
    (NEURON, Q + 'ask = "count weights"', "question[1]", "only a network", "[network]"),
    (LAYER, Q + 'ask = "dL/dW"\nkind = "number"', "question[1]", "dL/dW is a matrix, not one number", "leave out kind"),
    (LAYER, Q + 'ask = "dL/dW"\nkind = "vector"', "question[1]", "dL/dW is a matrix, not a vector", ""),
    (LAYER, Q + 'ask = "dL/db"\nkind = "number"', "question[1]", "dL/db is a list, not one number", ""),
    (LAYER, Q + 'ask = "dL/dV"', "question[1]", "there is no quantity V", ""),
    (LAYER, Q + 'ask = "dL/db, z"', "question[1]", "a list asks for single quantities", ""),
    (LAYER.replace('parameters = ["W", "b"]', ""), Q + 'ask = "W after 1"', "question[1]", "nothing is trained", "parameters = "),
    (LAYER, Q + 'ask = "W after 0..2"', "question[1]", "a column is of one quantity", ""),
    (NETWORK, Q + 'ask = "count wheels"', "question[1]", "wheels cannot be counted", "weights"),
    ('question = ["z"]' + NEURON, "", "question[1]", "a question is a table", "[[question]]"),
    (NEURON, '[[case]]\nanswer = "1"\nverdict = "correct"', "case[1]", "a case needs question", "dL/dw5"),
    (NEURON, '[[case]]\nquestion = "z"', "case[1]", "a case needs answer and verdict", ""),
    ('case = ["z"]' + NEURON, "", "case[1]", "a case needs question and answer and verdict", ""),
    (NEURON, CASE + 'verdict = "corect"', "case[1]", "there is no verdict corect", "did you mean correct?"),
    (NEURON, CASE + 'verdict = "wrong"\ncredit = "half"', "case[1]", "'half' is not a number", "1/2"),
    (NEURON, CASE + 'verdict = "wrong"\ncredit = -1', "case[1]", "credit is a number from 0, not -1", ""),
    (NEURON, CASE + 'verdict = "correct"\ncredit = 2', "case[1]", "credit is a share from 0 to 1, not 2", "a share of the marks"),
    (NEURON, CASE + 'verdict = "wrong"\nearlier = "x"', "case[1].earlier", "earlier is a table", ""),
    (NEURON, CASE + 'verdict = "wrong"\nmood = "x"', "case[1].mood", "no setting mood", "verdict"),
    (NEURON, '[marking]\npair = "3/2"', "marking.pair", "pair is a share from 0 to 1, not 3/2", "1/2"),
    (NEURON, '[marking]\nfollow = -1', "marking.follow", "follow is a number from 0, not -1", ""),
    (NEURON, '[marking]\nfollow = "all"', "marking.follow", "'all' is not a number", ""),
    (NEURON, '[marking]\nfolow = 1', "marking.folow", "no setting folow", "follow"),
]


@pytest.mark.parametrize(("base", "text", "where", "what", "hint"), FAULTS, ids=[f"{row[2]}: {row[3]}" for row in FAULTS])
def test_each_fault_has_its_place_and_a_next_move(base, text, where, what, hint):
    found = faults(text, base)
    assert len(found) == 1, str(found)
    assert found[0].where.partition("\n")[0].partition(":")[0] == where
    assert what in found[0].what
    assert hint in found[0].hint


def test_all_faults_are_said_together():
    text = Q + 'ask = "zz"\n' + Q + 'ask = "z"\nmarks = 0\n' + CASE + 'verdict = "corect"\n[marking]\npair = 2'
    assert sorted(problem.where for problem in faults(text)) == ["case[1]", "marking.pair", "question[1]", "question[2]"]


def test_a_file_of_very_many_questions_is_refused_at_once():
    found = faults(2001 * (Q + 'ask = "z"\n'))
    assert [(problem.where, problem.what, problem.hint) for problem in found] == [("question", "2,001 questions", "the limit is 2,000")]
