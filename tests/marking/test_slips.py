"""For every exercise and every slip that applies: the answers of somebody who makes it.

The first answer that differs is named as that slip (or as one of several that give the same), with the step where it was made; what
was right stays right; what comes later follows from it, or is the same slip once more.
"""

import numpy as np
import pytest
from bent import asked_one_by_one, changed, formula_answers, number_answers
from some_now import some_now

from tutor.answer.handed_in import Submission
from tutor.exercise.catalogue import ids
from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker
from tutor.marking.misconceptions import BY_TAG

EXERCISES = {ident: load(ident) for ident in ids()}
NUMBERS = [ident for ident, exercise in EXERCISES.items() if exercise.graph and exercise.values]
FORMULAS = [ident for ident, exercise in EXERCISES.items() if exercise.graph and not exercise.values]
MOST_FORMULAS = 40
LONGEST = 2_000


def check(marker, bend, questions, wrong, answers, values, row):
    marked = {answer.question: answer for answer in marker.mark(Submission("x", answers)).answers}
    first = marked[wrong[0].id]
    slips = [slip for slips in first.slips for slip in slips]
    where = f"{bend.tag} at {[target for target, _ in bend.edits][:3]}: {first.question} = {first.text}"
    assert first.verdict == "misconception", where
    if BY_TAG[bend.tag].common or questions[0].kind == "number":  # a formula of jumps may be that of another slip at all points tried
        assert bend.tag in {slip.tag for slip in slips}, f"{where} is called {first.tag}"
    if bend.tag in {slip.tag for slip in slips}:
        assert all(len(slips) == 1 for slips in first.slips), f"{where} needs no two slips"
    target = marker.sheet.by_id[first.question].targets[0]
    alike = [
        other for i, other in enumerate(marker.diagnosis.bends)
        if other.tag == bend.tag and np.allclose(values[target][i], values[target][row], rtol=1e-6, atol=1e-8)
    ]  # fmt: skip
    places = {step for other in alike for step, _ in other.edits}
    told = {slip.at for slip in slips if slip.tag == bend.tag}
    assert not told or told & places, f"{where} is placed at {slips}"
    for question in questions:
        answer = marked[question.id]
        if question not in wrong:
            touched = marker.sheet.working.cone(question.targets) & {target for target, _ in bend.edits}
            if question.kind == "number" or not touched:  # a formula may differ elsewhere than at the few points of this test
                assert answer.verdict == "correct", f"{where}; {question.id} = {answer.text} is not touched"
        elif answer.verdict == "misconception":  # the same slip once more, or another that fits as well
            assert answer.marks < answer.out_of, where
        elif "too long" not in answer.message and answer.text not in ("0", "1", "-1"):
            # a person looks at formulas that are too large to be compared, and from results that make products 0 or 1 nothing follows
            assert answer.verdict in ("follow-through", "correct"), f"{where}; then {question.id} = {answer.text} is {answer.verdict}"


@pytest.mark.parametrize("ident", some_now(NUMBERS, 5))
def test_numbers(ident):
    marker = Marker(asked_one_by_one(EXERCISES[ident]))
    sheet, diagnosis = marker.sheet, marker.diagnosis
    questions = [q for q in sheet.marking_order if q.targets[0] not in sheet.whole and q.targets[0] in sheet.truth]
    targets = [question.targets[0] for question in questions]
    values = sheet.numbers.run_bent(diagnosis.variants, targets)
    tried = short = 0
    for row, bend in enumerate(diagnosis.bends):
        if not all(np.isfinite(values[target][row, 0]) for target in targets):
            continue
        wrong = changed(questions, row, values, sheet.numbers.env)
        if wrong:
            answers = number_answers(sheet, questions, row, values)
            right, given = float(sheet.numbers.env[wrong[0].targets[0]][0]), answers[wrong[0].id]
            unit = 10.0 ** -len(given.partition(".")[2]) if "." in given and "e" not in given else 0.0
            if abs(float(given) - right) <= max((0.1 if len(given.lstrip("-0.")) < 2 else 0.001) * abs(right), 3 * unit):
                continue  # this may be the right value, rounded
            if given == "0" or len(given.lstrip("-0.").replace(".", "")) < 6:
                short += 1
                continue  # a 0 is never half right, and of a short number more than one slip may be the reason, or none
            check(marker, bend, questions, wrong, answers, values, row)
            tried += 1
    assert tried or short or not diagnosis.bends


@pytest.mark.parametrize("ident", some_now(FORMULAS, 4, 1))
def test_formulas(ident):
    marker = Marker(asked_one_by_one(EXERCISES[ident]))
    sheet, diagnosis = marker.sheet, marker.diagnosis
    questions = [question for question in sheet.marking_order if question.kind == "expression"]
    targets = [question.targets[0] for question in questions]
    values = sheet.formulas.run_bent(diagnosis.variants, targets)
    every = max(1, len(diagnosis.bends) // MOST_FORMULAS)
    for row, bend in list(enumerate(diagnosis.bends))[::every]:
        if not all(np.all(np.isfinite(values[target][row])) for target in targets):
            continue
        wrong = changed(questions, row, values, sheet.formulas.env)
        answers = formula_answers(sheet, questions, dict(bend.edits)) if wrong else {}
        if answers and max(map(len, answers.values())) <= LONGEST:
            check(marker, bend, questions, wrong, answers, values, row)
