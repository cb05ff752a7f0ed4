"""Rows of ``[quantities]``: each fault with its place, and what is read all the same."""

from tutor.exercise.read_quantities import read_quantities


def test_every_fault_has_its_place():
    faults = []
    table = {"w": {"kind": "weight", "index": [2, 1]}, "2x": {}, "b": {"kind": "biass"}, "x": 3, "y": {"index": "1"}}
    table["t"] = {"kind": "target"}
    found = read_quantities(table, lambda what, where, hint="": faults.append((where, what, hint)))
    assert {name: (q.kind, q.index) for name, q in found.items()} == {"w": ("weight", (2, 1)), "t": ("target", ())}
    assert [where for where, *_ in faults] == ["quantities.2x", "quantities.b", "quantities.x", "quantities.y"]
    assert "bias" in faults[1][2]
