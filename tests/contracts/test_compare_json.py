"""The contract of ``compare --json``: every key is there, whatever may be shown, and all of it is JSON."""

import json

from programs_made import GIVEN, SHAPES, STEPS, run_backward

from tutor.results.comparison import compare

KEYS = {"name", "key", "verdict", "shape", "wanted", "precision", "exact", "turned", "apart", "nan", "infinite", "wrong", "entries",
        "patterns", "slips", "after", "follows"}  # fmt: skip


def test_every_key_is_there():
    wrong = run_backward(scale=4 / 5)
    wrong["dW1"][0, 0] = float("inf")
    for reveal in ("none", "hint", "solution"):
        said = json.loads(compare("; ".join(STEPS), wrong, given=GIVEN, shapes=SHAPES, reveal=reveal).to_json(), parse_constant=int)
        assert (said["schema"], said["ok"], said["first"], said["reveal"]) == (1, False, "dL/dZ2", reveal)
        assert all(set(array) == KEYS for array in said["arrays"])
    first = next(array for array in said["arrays"] if array["key"] == "dL/dZ2")
    assert first["patterns"][0]["factor"] == {"text": "2", "others": [], "value": 2.0}
    assert {"followed": "follow-through" in [array["verdict"] for array in said["arrays"]]} == {"followed": True}
