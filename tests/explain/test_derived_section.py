"""The formula beside a wrong line, as a page says it."""

from __future__ import annotations

import json
from dataclasses import replace

from small_programs import TWO_SLIPS

from tutor.code.code_verdicts import disclose_code
from tutor.explain.words.languages import require_wording
from tutor.results.code_check import check_code

CHECKED = check_code(TWO_SLIPS)


def test_the_formula_stands_beside_the_line_in_a_solution_only():
    shown = {level: replace(CHECKED, verdicts=(disclose_code(CHECKED.verdicts[0], level),)) for level in ("none", "hint", "solution")}
    assert "∂L/∂x = ∂L/∂out · wᵀ" in shown["solution"].to_text(80)
    assert "wᵀ" not in shown["hint"].to_text(80)
    assert "matrix product with the upstream gradient" in " ".join(shown["hint"].to_text(80).split())
    assert "matrix product" not in shown["none"].to_text(80)
    formulas = [root["derived"]["formula"] for root in json.loads(shown["solution"].to_json())["programs"][0]["roots"]]
    assert formulas == ["matmul(dL/dout, transpose(w))", "matmul(transpose(x), dL/dout)"]
    assert '"matmul' not in shown["hint"].to_json()


def test_german_pages_give_the_reason_in_german():
    page = " ".join(replace(CHECKED, words=require_wording("de")).to_text(80).split())
    assert "Die Herleitung des Vorwärtsdurchlaufs ergibt" in page
