"""What the hostile tests and the fuzzer share: exercises to mark against, measures of work and time, and what may never get out."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from functools import cache
from math import prod

from counted import counted

from tutor.answer.handed_in import Submission
from tutor.derive.backward import derive
from tutor.exercise.load import load
from tutor.exercise.over_layers import layers_of
from tutor.exercise.question import Question
from tutor.expression.keys import derivative_key
from tutor.graph.layered import choose_sizes
from tutor.marking.array_questions import array_question
from tutor.marking.mark_submission import Marker
from tutor.numbers import enclosures

LIMIT = 0.050
"""Seconds that one input may take on an idle machine: said by tests/benchmarks/limits.py; tests count (see `counted`)."""
EXERCISES = ("neuron", "dl/relu-regression", "neuron/softmax-cross-entropy", "dl/add-multiply", "graz/two-two-one-layers")
MATRICES: dict[str, tuple[str, dict[str, str]]] = {
    "qmul/network-deltas-layers": ("dE/dz1", {}),
    "neuron/softmax-regression-batch": ("dL/dW", {
        "W2": "W", "W1": "P", "x1": "b", "x2": "b", "z1": "b", "y": "b", "dE/dz2": "dL/dZ", "w²": "W", "w¹": "P", "δ²": "b",
        "z¹": "b", "x¹": "b", "dE/dz1": "dL/db",
    }),
}  # fmt: skip
"""Exercises over arrays of which formulas are asked: what is asked of in the default run, and what stands in them for the names of the
corpus."""


@cache
def marker(name: str) -> Marker:
    """The marker of an exercise; ``neuron`` is neuron/two-two-two with one question of every kind."""
    if name != "neuron":
        return Marker(load(name))
    four = ("dL/dw5", "dL/dw6", "dL/dw7", "dL/dw8")
    questions = (
        Question("number", "dL/dw5", "number", four[:1]), Question("expression", "dL/dw5", "expression", four[:1]),
        Question("fraction", "dL/dw5", "fraction", four[:1], form="fraction"), Question("chain", "dL/dw5", "chain", four[:1]),
        Question("vector", "dL/dw5", "vector", four[:2], (2,)), Question("matrix", "dL/dw5", "matrix", four, (2, 2)),
        Question("column", "in_h1", "column", ("in_h1", "in_h2", "in_o1", "in_o2"), (4, 1)),
        Question("choice", "which", "choice", options=(("a", "it converges"), ("b", "it diverges")), right=("a",)),
        Question("hidden", "dL/dw1", "expression", ("dL/dw1",)), Question("first", "out_o1", "number", ("out_o1",)),
        Question("updated", "w5 after 1", "number", ("w5@1",)),
    )  # fmt: skip
    return Marker(replace(load("neuron/two-two-two"), questions=questions))


@cache
def matrix_marker(name: str) -> Marker:
    """The marker of an exercise over arrays, with a question for the formula of every array that it computes."""
    exercise = load(name)
    layered = layers_of(exercise, exercise.notation)
    small, loss = choose_sizes(layered)[0], layered.graph.loss
    keys = [step.target for step in (*layered.graph.steps, *derive(layered.graph).backward)]
    asked = [array_question(exercise, small, key) for key in keys if key not in (loss, derivative_key(loss, loss))]
    return Marker(replace(exercise, questions=tuple(asked)))


@cache
def questions(name: str) -> tuple[Question, ...]:
    """The questions that stand for all of an exercise: one of every kind."""
    found = marker(name).questions
    return found if name == "neuron" else tuple({question.kind: question for question in found}.values())


def adapted(text: str, name: str) -> str:
    """A text that speaks of w1 to w8, with the names of another exercise in their place."""
    if name == "neuron" or len(text) > 100_000:
        return text
    leaves = marker(name).sheet.points.world.leaves
    return re.sub(r"\bw([1-8])\b", lambda match: leaves[int(match[1]) % len(leaves)], text)


def prepare(name: str) -> None:
    """Fill the tables that are filled when they are first needed; they belong to the exercise, not to an answer."""
    for question in questions(name):
        for text in ("0.5", "0.5 + 1", "x", *marker(name).sheet.points.world.leaves[:1]):
            marker(name).mark(Submission("anna", {question.id: text}))


def work_on_matrix(name: str, question: str, text: str) -> tuple[int, str, str]:
    """How many calls it takes to judge one formula over arrays, the verdict, and what is said."""
    known = matrix_marker(name).sheet.array_vocabulary
    known.words.clear()
    known.both.clear()
    with counted() as seen:
        answer, _ = matrix_marker(name).judge(question, text)
    return seen.calls, answer.verdict, answer.message


def adapted_matrices(text: str, name: str) -> str:
    """A text of the corpus of matrices with the names of an exercise."""
    named = MATRICES[name][1]
    if not named or len(text) > 100_000:
        return text
    return re.sub("|".join(map(re.escape, sorted(named, key=len, reverse=True))), lambda match: named[match.group()], text)


@cache
def prepare_matrices(name: str, question: str) -> None:
    """Fill the tables that are filled when they are first needed, by wrong answers of every kind."""
    marker = matrix_marker(name)
    layers = marker.sheet.layers
    assert layers is not None
    sizes = ", ".join(map(str, layers.shapes[question.rpartition("/d")[2]]))
    shape = marker.sheet.by_id[question].shape
    entries = [str(number) for number in range(2, 2 + prod(shape))]
    rows = [f"[{', '.join(entries[at : at + shape[-1]])}]" for at in range(0, len(entries), shape[-1])]
    numbers = rows[0] if len(shape) == 1 else f"[{', '.join(rows)}]"
    for text in (f"fill(2, {sizes})", "fill(1, 7)", numbers, numbers.replace("2", "1"), "[[1, 2], [3], 4]", "[[7.3, 6.1], [5.7, 4.9]]", "1",
                 question, "Σ_v δ²_v"):  # fmt: skip
        marker.judge(question, text)


def forget(name: str) -> None:
    """Empty what was learnt from earlier answers, so that an answer is marked as if it came first."""
    enclosures._constant.cache_clear()
    marker(name).sheet.vocabulary.words.clear()


def work(name: str, question: str, text: str) -> int:
    """How many calls it takes to mark one answer."""
    forget(name)
    submission = Submission("anna", {question: text})
    with counted() as seen:
        marker(name).mark(submission)
    return seen.calls


def seconds(name: str, question: str, text: str) -> float:
    """How long one answer takes to mark."""
    forget(name)
    submission = Submission("anna", {question: text})
    start = time.perf_counter()
    marker(name).mark(submission)
    return time.perf_counter() - start


UNSAFE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
"""What a terminal or an editor obeys, or hides."""


def unsafe(text: str) -> list[str]:
    """The characters in an output that may never be there."""
    return sorted(set(map(ascii, UNSAFE.findall(text))))
