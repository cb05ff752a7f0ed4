"""The facade: arrays in, a page in every format out; and what is refused."""

import json

import numpy as np
import pytest
from programs_made import GIVEN, SHAPES, STEPS, run_backward

from tutor.errors import TutorError
from tutor.results.comparison import compare

TARGET = "; ".join(STEPS)


def test_a_page_says_what_is_wrong_and_why():
    page = compare(TARGET, run_backward(mask="none"), given=GIVEN, shapes=SHAPES)
    assert not page.ok
    text = " ".join(page.to_text().split())
    for said in ("so begin there", "∂L/∂Z₁", "was forgotten", "wrong only because"):
        assert said in text, said
    assert page.to_markdown().startswith("# ")
    assert r"\begin{document}" in page.to_latex()
    german = compare(TARGET, run_backward(mask="none"), given=GIVEN, shapes=SHAPES, words="de", reveal="hint")
    assert "Beginnen Sie dort" in " ".join(german.to_text().split())
    assert json.loads(german.to_json())["arrays"][0]["apart"] is None
    assert compare(TARGET, run_backward(), given=GIVEN, shapes=SHAPES).ok


def test_what_cannot_be_compared_is_said():
    with pytest.raises(TutorError, match="mapping"):
        compare(TARGET, np.zeros(3), given=GIVEN, shapes=SHAPES)
    with pytest.raises(TutorError, match="does not exist"):
        compare(TARGET, "nowhere.npz", shapes=SHAPES)
    with pytest.raises(TutorError, match="tolerance"):
        compare(TARGET, run_backward(), given=GIVEN, shapes=SHAPES, tolerance=2.0)
