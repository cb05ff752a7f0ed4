"""What the reader says in other languages: every sentence that it says has its place there, and none is left that nobody says."""

import ast
import pickle
import re

import pytest
from source_trees import TREES

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.reading import read
from tutor.errors import TutorError, tell
from tutor.exercise.load import load
from tutor.explain.words.languages import LANGUAGES, find_wording, read_phrases
from tutor.explain.words.wording import ENGLISH, SENTENCES
from tutor.marking.mark_submission import Marker

OTHERS = [code for code in LANGUAGES if code != "en"]
SAYS = ("expression/", "answer/read/", "answer/compare/", "marking/judge", "rules/functions.py", "numbers/arithmetic.py", "practice/",
        "graph/index_forms.py", "graph/named_forms.py", "graph/array_products.py", "graph/letter_ranges.py", "graph/shapes.py",
        "graph/axis_forms.py", "graph/broadcasting.py", "graph/python_slices.py", "graph/shape_forms.py",
        "graph/window_forms.py", "graph/einsum_forms.py")  # fmt: skip
"""Where what a learner may read is said."""
REFUSES = {"refusal", "fail", "Stop", "ExpressionError", "AnswerError", "ValueProblem", "GraphError", "PracticeError", "Judged"}
FOR_AUTHORS = {"answer/read/ids.py", "practice/tasks.py", "expression/sympy_bridge.py"}
"""Files of a class and exercises are refused in English."""


def name_of(call):
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def calls_of(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def list_said():
    """Every sentence that is told, as it stands in the code."""
    told = [call for tree in TREES.values() for call in calls_of(tree) if name_of(call) == "tell"]
    return {call.args[0].value for call in told if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_is_there_and_none_is_left_over(code):
    assert {where.removeprefix(SENTENCES) for where in read_phrases(code) if where.startswith(SENTENCES)} == list_said()
    assert len(list_said()) > 300


def is_sentence(node):
    """Whether an argument is words that nobody could say otherwise."""
    pieces = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return isinstance(node, ast.Constant | ast.JoinedStr) and re.search(r"[a-z]{2,} +[a-z]+", "".join(pieces)) is not None


@pytest.mark.parametrize("file", [name for name in TREES if name.startswith(SAYS) and name not in FOR_AUTHORS])
def test_what_is_refused_is_told(file):
    refused = [call for call in calls_of(TREES[file]) if name_of(call) in REFUSES]
    arguments = [node for call in refused for node in (*call.args, *(keyword.value for keyword in call.keywords))]
    assert [ast.unparse(node) for node in arguments if is_sentence(node) and ast.unparse(node) != "'this is out of place'"] == []


def refuse(text):
    with pytest.raises(AnswerError) as told:
        read(text, Marker(load("neuron/two-two-two")).sheet.vocabulary)
    return told.value


@pytest.mark.parametrize("text", ["(1", "banana(2)", "quux + 1", "1 2", "w55", "0,,5", "x = 1", "σ z", "\\foo", "а", "sigmod(w1)", "1/"])
def test_a_refusal_is_said_with_its_caret(text):
    error = refuse(text)
    assert error.said == str(error) == ENGLISH.reader.say(error.said)
    german = find_wording("de").reader.say(error.said)
    assert german != error.said
    assert [line for line in german.split("\n") if "^" in line] == [line for line in str(error).split("\n") if "^" in line]


def test_what_stands_in_a_sentence_is_said_too():
    inner = tell("did you mean {names}?", names=("w5", "w6"))
    german = find_wording("de").reader
    assert german.say(tell("{hint}; a decimal is written with a point", hint=inner)).startswith("Ist w5 oder w6 gemeint?; ein ")
    assert german.say("w5") == "w5"
    assert german.say(TutorError(tell("round it"), where="file.toml").said) == "file.toml: runden Sie sie"


def test_it_goes_through_processes():
    said = refuse("(1").said
    again = pickle.loads(pickle.dumps(said))
    assert (again, again.pattern, again.places) == (said, said.pattern, said.places)
