"""tutor check --json."""

import json


def is_text(value):
    return isinstance(value, str)


def test_check_as_json(tutor):
    code, out, _ = tutor("check", "qmul/linear-neuron", "--json")
    data = json.loads(out)
    assert (code, data["schema"]) == (0, 1)
    for claim in data["claims"]:
        assert set(claim) == {"exercise", "claim", "printed", "value", "agreement", "erratum", "sums", "difference"}
        assert all(is_text(claim[key]) for key in ("exercise", "claim", "printed", "value"))
        assert claim["agreement"] in ("exact", "rounded", "truncated", "carried", "differs")
        assert claim["erratum"] is None or is_text(claim["erratum"])
    found = [(claim["claim"], claim["printed"], claim["value"], claim["agreement"]) for claim in data["claims"]]
    assert ("b_L after 1", "0.66", "33/50", "exact") in found
