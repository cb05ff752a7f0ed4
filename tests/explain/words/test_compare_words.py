"""Every kind of pattern is said, in every language; the axes and factors that it has are in its sentence."""

from typing import get_args

import pytest

from tutor.answer.files.number_files import Precision
from tutor.explain.words.languages import LANGUAGES, find_wording
from tutor.marking.number_patterns import Kind

OTHERWISE = ("constant", "added minus", "transposed axes", "reordered blocks", "read-otherwise other", "summed other", "averaged other")
"""Kinds that are said otherwise in some cases."""


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_pattern_is_said(code):
    words = find_wording(code).compare
    assert set(get_args(Kind)) | set(OTHERWISE) == set(words.PATTERNS)
    assert set(words.PRECISIONS) < set(get_args(Precision))
