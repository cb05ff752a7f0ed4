"""How contracts are written: the same order and bytes every time, readable, ASCII where text is from outside."""

import json

from tutor.contracts.schema import dump_json

DATA = {"schema": 1, "b": ["σ", "\u202e"], "a": {"x": None}}


def test_the_order_is_that_of_the_contract_and_a_line_end_closes_it():
    text = dump_json(DATA)
    assert json.loads(text) == DATA
    assert list(json.loads(text)) == ["schema", "b", "a"]
    assert text.endswith("}\n")
    assert "σ" in text


def test_text_from_outside_is_ascii():
    assert dump_json(DATA, ascii_only=True).isascii()
    assert json.loads(dump_json(DATA, ascii_only=True)) == DATA
