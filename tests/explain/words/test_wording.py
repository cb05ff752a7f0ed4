"""Every rule, row, verdict, outcome and slip has its phrase, and no phrase is left over."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

import tutor
from tutor.exercise.question import Scheme
from tutor.explain.words.topic import tables_of
from tutor.explain.words.wording import (
    ENGLISH,
    TOPICS,
    find_topic_class,
    list_english_phrases,
    list_faults,
    make_translation,
)
from tutor.marking.credit import credits_for
from tutor.marking.marked import Outcome, Slip, Verdict
from tutor.marking.misconceptions import CREDITS, TABLE
from tutor.numbers.kinks import FIRST, MEETING
from tutor.rules.composite_layers import COMPOSITES
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import LAYERS, SAID
from tutor.rules.optimisers import OPTIMISERS
from tutor.rules.patterns import PATTERNS

ROOT = Path(tutor.__file__).parent
OUTCOMES = {outcome for outcome in get_args(Outcome) if outcome}
CLASSIFIED = {"sum", "difference", "weighted sum", "product", "quotient", "power", "negation", "copy", "constant", "formula"}
"""What `tutor.rules.classify` calls a step that is no function."""
NAMED = set(FUNCTIONS) | {pattern.rule for pattern in PATTERNS} | CLASSIFIED
KINKS = {row.convention for row in FUNCTIONS.values()} - {""}
WORDED = {slip for row in OPTIMISERS for slip in row.slips}
REASONS = {
    credit.reason for verdict in get_args(Verdict) for outcome in get_args(Outcome) for count in (1, 2)
    for credit in credits_for(verdict, outcome, [[Slip(TABLE[0].tag, "")] * count], Scheme())
}  # fmt: skip
MOVES = {move.rule for row in OPTIMISERS for move in row.moves}
ALSO_FORWARD = {"affine", "sum of products", "mean along", "hadamard", "sum of arrays", "sum of numbers"}
REASONS_OF_LAYERS = {reason for row in COMPOSITES.values() for reason in row.reasons.values()}
BESIDES_THE_TABLE = {"copy", "copy turned round", "loss", "loss of a number", "slope", "partner", "outer product"}
ALSO_BACKWARD = BESIDES_THE_TABLE | set(LAYERS) | set(SAID.values())
"""What a step over arrays may be besides an operation of the table."""


@pytest.mark.parametrize(
    ("phrases", "needed", "besides"),
    [
        (ENGLISH.rules.FORWARD, NAMED, set()),
        (ENGLISH.rules.LOCAL, NAMED - {"constant"}, set()),
        (ENGLISH.marking.SUBJECTS, NAMED, {"pi"}),
        (ENGLISH.arrays.FORWARD, {SAID[name] for name, (row, *_) in LAYERS.items() if not row.internal} | REASONS_OF_LAYERS, ALSO_FORWARD),
        (ENGLISH.arrays.BACKWARD, {SAID[name] for name, (row, *_) in LAYERS.items() if row.internal}, ALSO_BACKWARD),
        (ENGLISH.updates.MOVES, MOVES, set()),
        (ENGLISH.marking.MOVES, MOVES, {"count"}),
        (ENGLISH.marking.VERDICTS, set(get_args(Verdict)), set()),
        (ENGLISH.marking.OUTCOMES, OUTCOMES, {"cannot-carry"}),
        (ENGLISH.marking.NEXT_OUTCOMES, OUTCOMES, {"cannot-carry"}),
        (ENGLISH.marking.SLIPS, set(CREDITS), set()),
        (ENGLISH.rules.CONVENTIONS, KINKS | set(FIRST.values()), set(MEETING.values())),
        (ENGLISH.updates.METHODS, {row.name for row in OPTIMISERS}, set()),
        (ENGLISH.updates.STANDING, {row.name for row in OPTIMISERS}, set()),
        (ENGLISH.updates.SLIPS, WORDED, set()),
        (ENGLISH.marking.REASONS, REASONS, {"the mean over the entries", "wrong only because of another line"}),
    ],
    ids=["forward", "local", "subjects", "layers", "pullbacks", "moves", "moves of hints", "verdicts", "outcomes", "next", "slips",
         "conventions", "methods", "standing", "slips of methods", "reasons"],
)
def test_every_row_has_its_phrase_and_nothing_is_left_over(phrases, needed, besides):
    assert needed - set(phrases) == set()
    assert set(phrases) - needed - besides == set()


def test_every_phrase_is_used():
    """A table or a sentence of a topic is asked for somewhere: in its own module, or in one that is given it."""
    files = [*ROOT.rglob("*.py"), *ROOT.rglob("*.html")]
    asked = {path: Counter(re.findall(r"\b[A-Z][A-Z_]+\b", path.read_text("utf-8"))) for path in files}
    for topic, (module, _) in TOPICS.items():
        own = ROOT / "explain" / "words" / f"{module}.py"
        for name in tables_of(find_topic_class(topic)):
            assert asked[own][name] > 1 or any(found[name] for path, found in asked.items() if path != own), f"{topic}.{name}"


def test_phrases_are_words():
    assert len(list_english_phrases()) > 600
    for where, phrase in list_english_phrases().items():
        assert phrase == "" or phrase.isprintable(), where


def test_a_translation_is_held_against_it():
    english = list_english_phrases()
    assert list_faults(english) == ()
    lacking = {where: phrase for where, phrase in english.items() if where != "rules.FORWARD.tanh"}
    assert list_faults(lacking | {"rules.FORWARD.tanhh": "x"}) == (
        "rules.FORWARD.tanh is missing", "rules.FORWARD.tanhh is asked for by nothing",
    )  # fmt: skip
    faults = ("rules.LIKEWISE has other places in braces than in English",)
    assert list_faults(english | {"rules.LIKEWISE": "{anzahl} weitere"}) == faults
    with pytest.raises(ValueError, match="LIKEWISE"):
        make_translation(english | {"rules.LIKEWISE": "{anzahl} weitere"})
