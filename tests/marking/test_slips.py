"""For every exercise and every slip that applies: the answers of somebody who makes it.

The first answer that differs is named as that slip (or as one of several that give the same), with the step where it was made; what
was right stays right; what comes later follows from it, or is the same slip once more.
"""

import numpy as np
import pytest
from bent import asked_one_by_one, changed, formula_answers, number_answers
from chosen_exercises import chosen_ids, load_once
from some_now import some_now

from tutor.answer.handed_in import Submission
from tutor.marking.diagnose import MOST_TOLD
from tutor.marking.evidence import SHORT
from tutor.marking.mark_submission import Marker

EXERCISES = {ident: load_once(ident) for ident in chosen_ids()}
NUMBERS = [ident for ident, exercise in EXERCISES.items() if exercise.graph and exercise.values]
FORMULAS = [ident for ident, exercise in EXERCISES.items() if exercise.graph and not exercise.values]
MOST_FORMULAS = 40
LONGEST = 2_000


def same(marker, values, target, row):
    """The bends that give what one of them gives."""
    equal = np.isclose(values[target], values[target][row], rtol=1e-6, atol=1e-8).all(axis=1)
    return [bend for bend, is_same in zip(marker.diagnosis.bends, equal, strict=True) if is_same]


def is_short(text):
    """Whether a number has so few digits that chance gives it as well: then nothing need be told, but nothing else may be."""
    return sum(sign.isdigit() for sign in text.partition("e")[0].lstrip("-0.")) < SHORT


def is_one_digit_off(marker, text, target):
    """Whether somebody who hit one wrong key writes this, too: 0.2493 for 0.3493."""
    right = write_number(float(marker.sheet.numbers.env[target][0]), text)
    return len(right) == len(text) and sum(a != b for a, b in zip(right, text, strict=True)) == 1


def write_number(value, like):
    return f"{value:.{len(like.partition('.')[2])}f}" if "e" not in like else ""


def check(marker, bend, questions, wrong, answers, values, row):
    marked = {answer.question: answer for answer in marker.mark(Submission("x", answers)).answers}
    first = marked[wrong[0].id]
    slips = [slip for slips in first.slips for slip in slips]
    where = f"{bend.tag} at {[target for target, _ in bend.edits][:3]}: {first.question} = {first.text}"
    alike = same(marker, values, marker.sheet.by_id[first.question].targets[0], row)
    if len({other.tag for other in alike}) > MOST_TOLD:
        return  # a jump that as many give says nothing
    if first.verdict != "misconception" and questions[0].kind == "number" and is_short(first.text):
        return
    target = marker.sheet.by_id[first.question].targets[0]
    if first.verdict == "wrong" and questions[0].kind == "number" and is_one_digit_off(marker, first.text, target):
        return
    assert first.verdict == "misconception", where
    assert bend.tag in {slip.tag for slip in slips}, f"{where} is called {first.tag}"
    assert all(len(slips) == 1 for slips in first.slips), f"{where} needs no two slips"
    places = {step for other in alike if other.tag == bend.tag for step, _ in other.edits}
    assert {slip.at for slip in slips if slip.tag == bend.tag} & places, f"{where} is placed at {slips}"
    for question in questions:
        answer = marked[question.id]
        if question not in wrong:
            touched = marker.sheet.working.cone(question.targets) & {target for target, _ in bend.edits}
            if question.kind == "number" or not touched:  # a formula may differ elsewhere than at the few points of this test
                assert answer.verdict == "correct", f"{where}; {question.id} = {answer.text} is not touched"
        elif answer.verdict == "misconception":
            again = {bend.tag, *(slip.tag for slip in slips)}  # or another that explains the first answer, too
            assert again & {slip.tag for slips in answer.slips for slip in slips}, f"{where}; then {question.id} is {answer.tag}"
        elif answer.verdict not in ("follow-through", "correct") and question.kind == "number" and is_short(answer.text):
            assert not answer.slips, where  # once more a slip that does not show in so few digits
        elif "too long" not in answer.message and answer.text not in ("0", "1", "-1"):
            # a person looks at formulas that are too large to be compared, and from results that make products 0 or 1 nothing follows
            assert answer.verdict in ("follow-through", "correct"), f"{where}; then {question.id} = {answer.text} is {answer.verdict}"


@pytest.mark.parametrize("ident", some_now(["dl/bce", *NUMBERS], len(NUMBERS) + 1))
def test_numbers(ident):
    marker = Marker(asked_one_by_one(EXERCISES[ident]))
    sheet, diagnosis = marker.sheet, marker.diagnosis
    questions = [q for q in sheet.marking_order if q.targets[0] not in sheet.whole and q.targets[0] in sheet.truth]
    targets = [question.targets[0] for question in questions]
    values = sheet.numbers.run_bent(diagnosis.variants, targets)
    tried = zeros = 0
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
            if given == "0":
                zeros += 1
                continue  # a 0 is never half right
            check(marker, bend, questions, wrong, answers, values, row)
            tried += 1
    assert tried or zeros or not diagnosis.bends


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
