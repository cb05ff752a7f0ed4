"""Words of judged programs: each slip has its sentence and its hint, and what the table of slips says has words."""

import re
from pathlib import Path

from tutor.code import missing_parts, slips_of_lines, slips_of_parts, slips_of_places
from tutor.explain.words.code_words import CodeWords
from tutor.explain.words.marking_words import MarkingWords


def test_every_slip_has_words():
    text = "".join(Path(room.__file__).read_text("utf-8") for room in (missing_parts, slips_of_lines, slips_of_parts, slips_of_places))
    tags = set(re.findall(r'"((?:[a-z]+-)+[a-z]+)"', text)) | {"sign", "operator", "overwritten", "unwritten"}
    assert tags == set(CodeWords.SLIPS) - {""}
    assert set(CodeWords.SLIPS) == set(CodeWords.KINDS)
    assert set(CodeWords.NAMES) == set(CodeWords.SLIPS) - set(MarkingWords.SLIPS) - {"", "unwritten"}
