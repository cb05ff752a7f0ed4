"""Every figure of every lecture agrees or is declared."""

import json


def test_every_figure_of_every_lecture_agrees_or_is_declared(tutor):
    code, out, _ = tutor("check", "--json")
    wrong = [
        claim for claim in json.loads(out)["claims"] if claim["agreement"] == "differs" and claim["erratum"] is None
    ]
    assert (wrong, code) == ([], 0)
