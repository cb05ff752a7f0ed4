"""The programs of `exercises/programs`: the right ones are right, all of them, and so is what looks like a slip and is none."""

from __future__ import annotations

import pytest
from code_cases import list_cases, list_programs

from tutor.code.judge_code import judge_code
from tutor.program.source import read_source


@pytest.mark.slow
def test_every_right_program_is_right():
    texts = list_programs() + [(case.name, case.text) for case in list_cases() if not case.tag]
    wrong = [
        (name, verdict.name, verdict.verdict, verdict.why)
        for name, text in texts
        for verdict in judge_code(read_source(text, f"{name}.py"))
        if verdict.verdict != "right"
    ]
    assert wrong == []
