"""What the product shows for a quantity is marked correct when it is given back as the answer: in every format, form and notation.

Each exercise is asked for every quantity that it has, as a number and as a formula, and answered with what its own pages show: each member
between the equals signs, and whole rows as they stand on the page, with their numbers, reasons, tags and broken lines.

By default the exercise's own notation is taken in both forms, and one of the other five in turn; with ``TUTOR_EXHAUSTIVE=1`` all of them.
"""

import json
import os
import re
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from chosen_exercises import chosen_ids, load_once
from mark_one import marker_of
from shown import (
    NOTATIONS,
    PAGES,
    Piece,
    asked,
    collisions,
    equations,
    key,
    latex_pieces,
    layer_pieces,
    layer_questions,
    members,
    solution_pieces,
    terminal_pieces,
    training_pieces,
    training_questions,
    uses,
)
from some_now import some_now

import tutor
from tutor.answer.handed_in import Submission
from tutor.errors import TutorError
from tutor.exercise.load import from_text
from tutor.expression.nodes import Call, Number
from tutor.marking.array_questions import is_asked_by_arrays
from tutor.marking.mark_submission import Marker

EXHAUSTIVE = os.environ.get("TUTOR_EXHAUSTIVE") == "1"
EXERCISES = [name for name in chosen_ids() if load_once(name).graph is not None]
VALUED = [name for name in EXERCISES if load_once(name).values]
TRAINED = [name for name in VALUED if load_once(name).rate is not None]

OUTCOMES = {"number": ("",), "working": ("",), "formula": ("", "other-form"), "row": ("",)}
"""What may be said besides "correct": a formula where a number is asked is in another form."""

NOISE = {"qmul/softmax-layer": {"dS/dz_1", "dS/dz_2", "dS/dz_3"}}
"""A derivative that is exactly 0: the sum of rounded terms that the page shows before it comes to 10⁻⁷."""

BORROWED = {
    *(("dl/index-network", other) for other in ("plain", "qmul", "graz", "neuron", "cmu")),
    *(("dl/index-network-layers", other) for other in ("plain", "qmul", "graz", "neuron", "cmu")),
    *(("neuron/two-two-two", other) for other in ("dl", "qmul", "graz", "cmu")),
    *(("qmul/network-deltas-layers", other) for other in ("plain", "dl", "neuron", "cmu")),
    ("qmul/network-deltas", "dl"), ("graz/linear-collapse", "dl"), ("graz/two-two-one", "dl"),
}  # fmt: skip
"""(exercise, notation): there this other notation writes a quantity as another one is called in the exercise, or several alike; the
exercise's own meaning holds, so that a text with such a symbol need not be accepted."""


@cache
def prepared(name):
    return Marker(asked(load_once(name)))


def others(place):
    """The other notations that are tried: one in turn, or all."""
    return NOTATIONS if EXHAUSTIVE else (NOTATIONS[place % len(NOTATIONS)],)


def written_as(solved, chain):
    """The same solution with its gradients as full chains or by reuse."""
    request = replace(solved.worked.request, chain=chain)
    return tutor.Solution(replace(solved.worked, request=request))


def shown(exercise, place):
    """(notation, what it writes as something else, piece) for everything that is shown, each text for a quantity once."""
    seen = set()
    for notation in dict.fromkeys((exercise.notation, *others(place))):
        own = notation == exercise.notation
        solved = tutor.solve(exercise, form="scalar", notation_name=notation)
        collided = collisions(exercise, prepared(exercise.id).sheet.vocabulary, solved.notation)
        for chain in ("full", "reuse") if own or EXHAUSTIVE else (("full", "reuse")[place % 2],):
            widths = (80, 120) if EXHAUSTIVE or (own and place % 4 == 0) else (80,)
            pages = PAGES if own or EXHAUSTIVE else (PAGES[place % len(PAGES)],)
            for piece in solution_pieces(exercise, written_as(solved, chain), f"{notation}/{chain}", pages, widths):
                if (piece.target, piece.text) not in seen:
                    seen.add((piece.target, piece.text))
                    yield notation, collided, piece


IN_NUMBERS = re.compile(r"= [−-]?[\d.]+( +\(| &&| ?\\tag|$)")


def excuse(exercise, piece: Piece, collided):
    """Why a text need not be accepted; empty where it must be."""
    if piece.target in NOISE.get(exercise.id, ()):
        return "noise"
    if exercise.plan.optimiser != "gd" and (piece.target.endswith("@1") or IN_NUMBERS.search(piece.text)):
        return "updates"  # with what the method keeps, which is no answer, and its gradient in numbers
    return "borrowed" if piece.uses & collided else ""


@pytest.mark.parametrize("name", some_now(EXERCISES, 37))
def test_what_a_solution_shows_is_correct(name):
    exercise = load_once(name)
    marker = prepared(name)
    questions = marker.sheet.by_id
    wrong, excused, tried = [], Counter(), 0
    printed = {claim.text for claim in exercise.claims}  # a page shows its lecture's own form, too
    for notation, collided, piece in shown(exercise, EXERCISES.index(name)):
        for kind in ("n",) if piece.what in ("number", "working") and exercise.values else ("n", "e"):
            question = questions.get(f"{kind}:{piece.target}")
            if question is None or (piece.where.endswith("JSON chain") and piece.text.endswith(f" * {piece.target}")):
                continue  # of a quantity next to the loss the chain is the question itself
            tried += 1
            answer, _ = marker.judge(question, piece.text)
            allowed = (*OUTCOMES[piece.what], *(("other-form",) if piece.target in printed else ()))
            if answer.verdict == "correct" and answer.outcome in allowed:
                continue
            reason = excuse(exercise, piece, collided)
            if reason:
                excused[reason, notation if reason == "borrowed" else ""] += 1
            else:
                wrong.append((piece.where, question.id, piece.text, answer.verdict, answer.outcome, answer.message, answer.line))
    assert not wrong, f"{len(wrong)} of {tried}; the first: {wrong[0]}"
    assert tried > 5
    borrowed = {(name, notation) for reason, notation in excused if reason == "borrowed"}
    assert borrowed <= BORROWED
    assert not EXHAUSTIVE or borrowed == {pair for pair in BORROWED if pair[0] == name}
    assert ("noise", "") in excused or name not in NOISE
    print("tried", name, tried, dict(excused))  # seen with -rP


@pytest.mark.parametrize("name", some_now(VALUED, 13))
def test_what_the_layer_form_shows_is_correct(name):
    exercise = load_once(name)
    marker = None
    for notation in dict.fromkeys((exercise.notation, *others(VALUED.index(name)))):
        try:
            solved = tutor.solve(name, form="layer", notation_name=notation)
        except TutorError:
            return  # an expression that has no layers
        questions = {question.id: question for question in layer_questions(exercise, solved.layered)}
        marker = marker or Marker(replace(exercise, questions=tuple(questions.values())))
        for piece in layer_pieces(solved, notation):
            question = questions.get(f"m:{piece.target}")  # a single entry that is worked out is no array
            if question is None or question.ask == f"d{exercise.graph.loss}/d{exercise.graph.loss}":
                continue
            answer, _ = marker.judge(question, piece.text)
            found = (piece.where, question.id, piece.text, answer.verdict, answer.outcome, answer.message)
            assert (answer.verdict, answer.outcome) == ("correct", "") or (name, notation) in BORROWED, found


ARRAYS = {  # arrays of three and four axes: matrices beside each other, below each other, of one row, of one column
    "batch": ("X W", {"X": (2, 2, 3), "W": (3, 2)}), "heads": ("Q @ K^T", {"Q": (1, 2, 2, 1), "K": (1, 2, 3, 1)}),
    "wide": ("X^T", {"X": (3, 2, 4)}), "rows": ("X W", {"X": (2, 1, 2), "W": (2, 3)}),
    "images": ("correlate(X, K)", {"X": (2, 3, 3), "K": (2, 2, 2, 2)}),
}


@pytest.mark.parametrize("name", some_now(ARRAYS, 7))
def test_what_is_shown_of_an_array_of_more_axes_is_correct(name):
    line, shapes = ARRAYS[name]
    given = "\n".join(f"{leaf} = {list(shape)}" for leaf, shape in shapes.items())
    arrays = {leaf: np.arange(1, np.prod(shape) + 1).reshape(shape) ** 2 % 7 - 2.5 for leaf, shape in shapes.items()}
    values = "\n".join(f"{leaf} = {array.tolist()}" for leaf, array in arrays.items())
    exercise = from_text(f'title = "t"\nsteps = ["Z = {line}", "L = sum(Z^2)/3"]\n[shapes]\n{given}\n[values]\n{values}\n', "t")
    tried = 0
    for notation in ("plain", "qmul"):
        solved = tutor.solve(exercise, form="layer", notation_name=notation)
        marker = Marker(replace(exercise, questions=layer_questions(exercise, solved.layered)))
        for piece in layer_pieces(solved, notation):
            question = marker.sheet.by_id.get(f"m:{piece.target}")
            if question is not None and question.ask != "dL/dL":
                answer, _ = marker.judge(question, piece.text)
                assert (answer.verdict, answer.outcome) == ("correct", ""), (piece.where, question.id, piece.text, answer.message)
                tried += 1
    assert tried > 40


@pytest.mark.parametrize("name", some_now(TRAINED, 6))
def test_what_training_shows_is_correct(name):
    exercise = load_once(name)
    marker = None
    for notation in dict.fromkeys((exercise.notation, *others(TRAINED.index(name)))):
        trained = tutor.train(name, steps=3, notation_name=notation)
        marker = marker or Marker(replace(exercise, questions=training_questions(exercise, trained.task, 3)))
        for piece in training_pieces(trained, notation):
            question = marker.sheet.by_id.get(piece.target)
            if question is not None:
                answer, _ = marker.judge(question, piece.text)
                found = (piece.where, question.id, piece.text, answer.verdict, answer.outcome, answer.message, answer.line)
                assert (answer.verdict, answer.outcome) == ("correct", "") or (name, notation) in BORROWED, found


@pytest.mark.parametrize("name", some_now(EXERCISES, 25, 1))
def test_all_that_is_shown_handed_in_together_has_full_marks(name):
    exercise = load_once(name)
    marker = prepared(name)
    answers = {}
    for piece in solution_pieces(exercise, tutor.solve(exercise, form="scalar"), "own", (), ()):
        if "JSON" in piece.where and "steps" in piece.where and piece.target not in NOISE.get(name, ()):
            answers["n:" + piece.target if piece.what == "number" else "e:" + piece.target] = piece.text
    answers = {ident: text for ident, text in answers.items() if ident in marker.sheet.by_id}
    marked = marker.mark(Submission("all", answers))
    given = [answer for answer in marked.answers if answer.text]
    assert given
    assert [(a.question, a.text, a.verdict, a.outcome) for a in given if (a.verdict, a.outcome) != ("correct", "")] == []
    assert sum(a.marks for a in given) == sum(a.out_of for a in given)


LAYERED = [name for name in EXERCISES if is_asked_by_arrays(load_once(name))]


def layer_rows(exercise):
    """(question, text) for every row of formulas of the layer page, in the terminal, in Markdown, in LaTeX and in JSON."""
    solved = tutor.solve(exercise, form="layer")
    doc, profile = solved.document(), solved.notation
    rows = equations(doc)
    for cut in (
        terminal_pieces(solved.to_text(80), doc, profile, "terminal"),
        latex_pieces(solved.to_markdown(), "aligned", doc, "Markdown", both=False),
        latex_pieces(solved.to_latex(fragment=True), "align*", doc, "LaTeX", both=False),
    ):
        for row, piece in zip(rows, cut, strict=True):
            left = row.left.args[0] if type(row.left) is Call else row.left
            one = type(row.left) is Call and all(type(index) is Number for index in row.left.args[1:])
            if not one and any(uses(member) for member in members(row)):  # one entry as an example is no answer about all
                yield key(left), piece.text
    for step in json.loads(solved.to_json())["steps"]:
        if step["target"] != step["expression"]:
            yield step["target"], step["expression"]


OPERATIONS = {  # what no exercise of the lectures has: strides, paddings, channels, windows that leave something over, labels
    "stride and padding": (["C = correlate(x, k, 2, 1)", "L = sum(C^2)"], {"x": (7,), "k": (3,)}),
    "an index of three letters": (["M1 = X^2", "L = sum(M1^2)/2"], {"X": (2, 3, 2)}),
    "stride and padding of a matrix": (["C = correlate(X, K, 2, 1)", "L = sum(C^2)"], {"X": (5, 5), "K": (3, 3)}),
    "a stride that leaves some over": (["C = correlate(x, k, 2)", "L = sum(C^2)"], {"x": (6,), "k": (3,)}),
    "convolution": (["C = convolve(X, K, 2, 1)", "L = sum(C^2)"], {"X": (5, 4), "K": (2, 3)}),
    "channels": (["C = correlate(X, K)", "L = sum(C^2)"], {"X": (2, 4, 4), "K": (3, 2, 2, 2)}),
    "channels with a stride": (["C = convolve(X, K, 2, 1)", "L = sum(C^2)"], {"X": (2, 4, 3), "K": (2, 2, 2, 2)}),
    "windows that overlap": (["C = max_pool(x, 3, 1)", "L = sum(C^2)"], {"x": (6,)}),
    "windows that leave some over": (["C = max_pool(x, 2)", "L = sum(C^2)"], {"x": (5,)}),
    "windows of channels": (["C = max_pool(X, 2, 1)", "L = sum(C^2)"], {"X": (2, 4, 3)}),
    "means": (["C = average_pool(X, 2, 1)", "D = average_pool(x, 2)", "L = sum(C^2) + sum(D^2)"], {"X": (3, 4), "x": (6,)}),
    "a small network": (["C = max_pool(correlate(X, K), 2)", "h = flatten(C)", "L = sum((W h)^2)"],
                        {"X": (5, 5), "K": (2, 2), "W": (2, 4)}),
    "joined": (["C = concat(x, y)", "L = sum(C^2)"], {"x": (3,), "y": (2,)}),
    "in its shape": (["C = unflatten(x, 2, 3)", "L = sum(C^2)"], {"x": (6,)}),
    "a label": (["p = softmax(W x)", "L = -sum(one_hot(2, 4) ⊙ log(p))"], {"W": (4, 2), "x": (2,)}),
    "labels": (["P = softmax_rows(X W)", "L = -log(P[1, 2]) - log(P_2_1)"], {"X": (2, 3), "W": (3, 2)}),
    "entries": (["L = A[1, 2]*B[2, 1, 2] + C_1_2_1_2*A[2, 2] - B_1_1_1"], {"A": (2, 2), "B": (2, 1, 2), "C": (1, 2, 1, 2)}),
    "targets of a batch": (["P = softmax_rows(X W)", "L = -sum(Y ⊙ log(P))"], {"X": (2, 3), "W": (3, 2), "Y": (2, 2)}),
    "matrices of a batch": (["P = softmax_rows(X W + batch(rows(b, 2), 2))", "L = -sum(Y ⊙ log(P))"],
                            {"X": (2, 2, 3), "W": (3, 2), "b": (2,), "Y": (2, 2, 2)}),
    "batch norm": (["mu = mean(X, axis=0)", "v = var(X, axis=0)", "Z = (X - mu)/sqrt(v + 1)", "Y = g*Z + b", "L = sum(Y^3)"],
                   {"X": (3, 2), "g": (2,), "b": (2,)}),
    "axes kept": (["S = sum(X, axis=1, keepdims=True)", "P = X/S", "c = max(P, axis=0)", "L = sum(c^2)"], {"X": (3, 2)}),
    "norm over three axes": (["m = mean(T, axis=(0, 2, 3), keepdims=True)", "Z = (T - m)^3", "L = sum(Z)"], {"T": (2, 3, 2, 2)}),
    "broadcast over samples": (["Z = A*M + b", "L = sum(Z^2)"], {"A": (2, 3, 4), "M": (2, 1, 4), "b": (4,)}),
    "parts": (["P = X[:, 1:]", "Q = X[0:2, :]", "L = sum(P^2) + sum(concat(Q, Q^2, axis=1))"], {"X": (3, 3)}),
    "axes turned": (["S = Q @ K.transpose(0, 2, 1)", "T = transpose(S, 1, 0, 2)", "L = sum(T^2)"], {"Q": (2, 3, 2), "K": (2, 4, 2)}),
    "stacked": (["P = stack(S, C, axis=2)", "Q = stack(x, y)", "L = sum(P^2) + sum(Q^3)"],
                {"S": (4, 2), "C": (4, 2), "x": (3,), "y": (3,)}),
    "a maximum that keeps its axis": (["M = max(Z, axis=1, keepdims=True)", "A = Z - M", "L = sum(A^3)"], {"Z": (3, 4)}),
    "a gradient of ones": (["C = correlate(X, K, 2, 1)", "D = max_pool(Z, 2)", "L = sum(C) + sum(D)"],
                           {"X": (2, 5, 5), "K": (3, 2, 3, 3), "Z": (4, 4)}),
    "a group": (["m = mean(G, axis=1, keepdims=True)", "V = mean((G - m)^2, axis=1, keepdims=True)", "N = (G - m)/sqrt(V + 1)",
                 "L = sum(N^3)"], {"G": (2, 3)}),
    "square matrices": (["H = A @ B + A^T", "L = sum(H ⊙ B)"], {"A": (2, 2), "B": (2, 2)}),
    "of each axis its own": (["C = conv2d(X, K, b, stride=(2, 1), padding=(1, 0))", "D = max_pool2d(C, (2, 1), stride=(1, 2))",
                              "L = sum(C^2) + sum(D^3)"], {"X": (1, 2, 3, 3), "K": (2, 2, 3, 2), "b": (2,)}),
    "of each axis, without channels": (["C = correlate(X, K, dilation=(1, 2))", "L = sum(C^2)"], {"X": (4, 4), "K": (2, 2)}),
    "three dimensions": (["C = conv3d(X, K, b)", "D = avg_pool3d(C, (1, 2, 1))", "L = sum(D^2)"],
                         {"X": (1, 1, 2, 3, 2), "K": (2, 1, 2, 2, 1), "b": (2,)}),
}  # fmt: skip


def refused_rows(exercise):
    """How many rows were tried, and those that are not plainly right."""
    marker, tried, refused = marker_of(exercise), 0, []
    for question, text in layer_rows(exercise):
        if question in marker.sheet.by_id:
            answer, _ = marker.judge(question, text)
            tried += 1
            if (answer.verdict, answer.outcome) != ("correct", ""):
                refused.append((question, text, answer.verdict, answer.outcome, answer.message))
    return tried, refused


@pytest.mark.parametrize("name", some_now(LAYERED, 9))
def test_every_formula_of_the_layer_form_is_correct(name):
    tried, refused = refused_rows(load_once(name))
    assert refused == []
    assert tried > 5


@pytest.mark.parametrize("name", some_now(OPERATIONS, 9, 1))
def test_every_operation_is_accepted_as_it_is_shown(name):
    lines, shapes = OPERATIONS[name]
    given = "\n".join(f"{leaf} = {list(shape)}" for leaf, shape in shapes.items())
    tried, refused = refused_rows(from_text(f'title = "t"\nsteps = {json.dumps(lines)}\n[shapes]\n{given}\n', "mine"))
    assert refused == []
    assert tried > 5
