"""Words of judged programs: each slip has its sentence and its hint, and what the table of slips says has words."""

import re
from pathlib import Path

import tutor.code
from tutor.explain.words.code_words import CodeWords
from tutor.explain.words.marking_words import MarkingWords


def test_every_slip_has_words():
    rooms = sorted(Path(tutor.code.__file__).parent.glob("*.py"))
    said = {room.name: room.read_text("utf-8") for room in rooms if re.match(r"slips_of|missing|kept_sums|zipped", room.name)}
    tags = set(re.findall(r'"((?:[a-z]+-)+[a-z]+)"', "".join(said.values())))
    tags |= {"sign", "operator", "overwritten", "unwritten", "path-dropped", "gradient-of-another", "step-twice"}
    assert tags == set(CodeWords.SLIPS) - {""}
    assert set(CodeWords.SLIPS) == set(CodeWords.KINDS)
    assert set(CodeWords.NAMES) == set(CodeWords.SLIPS) - set(MarkingWords.SLIPS) - {"", "unwritten"}
