"""Two slips in one answer: the answers of somebody who makes both are explained by both, or by one that gives the same."""

import random
from dataclasses import replace

import numpy as np
import pytest
from some_now import some_now

from tutor.answer.handed_in import Submission
from tutor.exercise.load import load
from tutor.marking.mark_submission import Marker
from tutor.marking.misconceptions import BY_TAG
from tutor.marking.worlds import Variant

EXERCISES = ("neuron/two-two-two", "qmul/activated-neuron", "graz/two-two-one", "cmu/three-layer-chain")


@pytest.mark.parametrize(("ident", "common", "digits", "least"), some_now([
    *((ident, True, 9, 0.95) for ident in EXERCISES), *((ident, False, 9, 0.7) for ident in EXERCISES),
    ("qmul/activated-neuron", True, 6, 0.9), ("qmul/activated-neuron", False, 6, 0.8),
], 5, rows=True))  # fmt: skip
def test_pairs_are_found(ident, common, digits, least):
    """Of 79 slips there are some 20,000 pairs: at six digits chance gives as much, but for a single neuron."""
    exercise = load(ident)
    marker = Marker(replace(exercise, questions=()))
    sheet, diagnosis = marker.sheet, marker.diagnosis
    loss = exercise.graph.loss
    question = [q for q in marker.questions if q.targets[0].startswith(f"d{loss}/d")][-1]
    target = question.targets[0]
    right = float(sheet.numbers.env[target][0])
    effective = [i for i, _ in diagnosis._find_singles(target, formula=False).effective]
    effective = [i for i in effective if BY_TAG[diagnosis.bends[i].tag].common or not common]
    chance, tried, explained = random.Random(1), 0, 0
    while tried < 60:
        first, second = chance.sample(effective, 2)
        edits = diagnosis._combine_edits(first, second)
        if diagnosis.bends[first].tag == diagnosis.bends[second].tag or edits is None:
            continue
        value = float(sheet.numbers.run_bent([Variant((first, second), edits)], [target])[target][0, 0])
        if not np.isfinite(value) or abs(value - right) < 0.01 * abs(right):
            continue
        tried += 1
        marked = marker.mark(Submission("s", {question.id: f"{value:.{digits}g}"}))
        answer = next(answer for answer in marked.answers if answer.text)
        both = {diagnosis.bends[first].tag, diagnosis.bends[second].tag}
        found = [{slip.tag for slip in slips} for slips in answer.slips]
        if both in found or any(len(tags) == 1 for tags in found):
            explained += 1
            assert answer.verdict == "misconception"
            assert answer.marks <= answer.out_of / 2
    assert explained >= least * tried  # what more than a few pairs explain equally well is not guessed
