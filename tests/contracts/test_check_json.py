"""tutor check --json."""

import json


def is_text(value):
    return isinstance(value, str)


def test_check_as_json(tutor):
    code, out, _ = tutor("check", "qmul/linear-neuron", "--json")
    data = json.loads(out)
    assert (code, data["schema"]) == (0, 1)
    assert data["unread"] == []
    for claim in data["claims"]:
        assert set(claim) == {"exercise", "claim", "printed", "value", "agreement", "erratum", "sums", "difference", "cause", "correction"}
        assert all(is_text(claim[key]) for key in ("exercise", "claim", "printed", "value"))
        assert claim["agreement"] in ("exact", "rounded", "truncated", "carried", "differs")
        assert claim["erratum"] is None or is_text(claim["erratum"])
    found = [(claim["claim"], claim["printed"], claim["value"], claim["agreement"]) for claim in data["claims"]]
    assert ("b_L after 1", "0.66", "33/50", "exact") in found


def test_what_a_wrong_figure_is_is_in_the_contract(tutor, tmp_path):
    path = tmp_path / "page.toml"
    path.write_text('title = "t"\nsteps = ["u = x^2", "L = 3*u"]\n'
                    'claim = [{claim = "u", printed = "10.58"}, {claim = "L", printed = "31.74"}]\n'
                    "[values]\nx = 2.3\n", encoding="utf-8")  # fmt: skip
    code, out, _ = tutor("check", str(path), "--json")
    causes = [claim["cause"] for claim in json.loads(out)["claims"]]
    assert code == 1
    assert causes[0] == {"kind": "slip", "slips": [[{"tag": "twice-too-large", "at": "u"}]], "follows": [], "factor": "2", "spoils": 1}
    assert causes[1]["kind"] == "consequence"
    assert causes[1]["follows"] == [{"claim": "u", "printed": "10.58"}]
