"""Every rule, row, verdict, outcome and slip has its phrase, and no phrase is left over."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

import tutor
from tutor.explain.words import array_rules, marking_words, rules, update_rules
from tutor.explain.words.english import ENGLISH, TOPICS, list_faults
from tutor.marking.marked import Outcome, Verdict
from tutor.marking.misconceptions import CREDITS
from tutor.rules.functions import FUNCTIONS
from tutor.rules.operations import LAYERS
from tutor.rules.optimisers import OPTIMISERS
from tutor.rules.patterns import PATTERNS

ROOT = Path(tutor.__file__).parent
OUTCOMES = {outcome for outcome in get_args(Outcome) if outcome}
CLASSIFIED = {"sum", "difference", "weighted sum", "product", "quotient", "power", "negation", "copy", "constant", "formula"}
"""What `tutor.rules.classify` calls a step that is no function."""
NAMED = set(FUNCTIONS) | {pattern.rule for pattern in PATTERNS} | CLASSIFIED
MOVES = {move.rule for row in OPTIMISERS for move in row.moves}
ALSO_FORWARD = {"affine", "hadamard", "sum of arrays", "sum of numbers"}
ALSO_BACKWARD = {"copy", "loss", "loss of a number", "slope"} | set(LAYERS)
"""What a step over arrays may be besides an operation of the table."""


@pytest.mark.parametrize(
    ("phrases", "needed", "besides"),
    [
        (rules.FORWARD, NAMED, set()),
        (rules.LOCAL, NAMED - {"constant"}, set()),
        (marking_words.SUBJECTS, NAMED, {"pi"}),
        (array_rules.FORWARD, {name for name, (row, *_) in LAYERS.items() if not row.internal}, ALSO_FORWARD),
        (array_rules.BACKWARD, {name for name, (row, *_) in LAYERS.items() if row.internal}, ALSO_BACKWARD),
        (update_rules.MOVES, MOVES, set()),
        (marking_words.MOVES, MOVES, {"count"}),
        (marking_words.VERDICTS, set(get_args(Verdict)), set()),
        (marking_words.OUTCOMES, OUTCOMES, {"cannot-carry"}),
        (marking_words.NEXT_OUTCOMES, OUTCOMES, {"cannot-carry"}),
        (marking_words.SLIPS, set(CREDITS), set()),
    ],
    ids=["forward", "local", "subjects", "layers", "pullbacks", "moves", "moves of hints", "verdicts", "outcomes", "next", "slips"],
)
def test_every_row_has_its_phrase_and_nothing_is_left_over(phrases, needed, besides):
    assert needed - set(phrases) == set()
    assert set(phrases) - needed - besides == set()


def test_every_phrase_is_used():
    """A table or a sentence of a topic is asked for somewhere: in its own module, or in one that has it as ``wording``."""
    code = {path: path.read_text("utf-8") for path in ROOT.rglob("*.py")}
    for topic, module in TOPICS.items():
        own = Path(module.__file__)
        for name in (name for name in vars(module) if name.isupper() and not name.startswith("_")):
            asked = re.compile(rf"\b{name}\b")
            inside = len(asked.findall(code[own])) > 1
            assert inside or any(asked.search(text) for path, text in code.items() if path != own), f"{topic}.{name}"


def test_phrases_are_words():
    assert len(ENGLISH) > 400
    for where, phrase in ENGLISH.items():
        assert phrase == "" or phrase.isprintable(), where


def test_a_translation_is_held_against_it():
    assert list_faults(ENGLISH) == ()
    lacking = {where: phrase for where, phrase in ENGLISH.items() if where != "rules.FORWARD.tanh"}
    assert list_faults(lacking | {"rules.FORWARD.tanhh": "x"}) == (
        "rules.FORWARD.tanh is missing", "rules.FORWARD.tanhh is asked for by nothing",
    )  # fmt: skip
    assert list_faults(ENGLISH | {"rules.LIKEWISE": "{anzahl} weitere"}) == ("rules.LIKEWISE has other places in braces than in English",)
