"""The contract of ``tutor code``."""

from __future__ import annotations

import json

from small_programs import TWO_SLIPS

from tutor.results.code_check import check_code


def test_the_contract_names_lines_and_slips():
    (program,) = json.loads(check_code(TWO_SLIPS).to_json())["programs"]
    assert [(root["line"], root["slip"]) for root in program["roots"]] == [
        (6, "transpose-forgotten"),
        (7, "factor-too-many"),
    ]
