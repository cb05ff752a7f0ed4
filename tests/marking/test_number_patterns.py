"""Patterns of wrong arrays: each planted one is named as itself; arbitrary numbers are never explained for sure."""

import numpy as np
import pytest

from tutor.marking.number_patterns import find_block, find_patterns

CHANCE = np.random.default_rng(13)
R, Z, A = (CHANCE.normal(size=(4, 3)) for _ in range(3))
STACK, LONG = CHANCE.normal(size=(5, 4, 3)), CHANCE.normal(size=(8, 6))
ROW = CHANCE.normal(size=3)
OTHERS, PATHS = {"Z": Z, "b": ROW, "A": A, "S": STACK}, {"first": R - Z, "second": Z}

PLANTED = [  # what was done to R, the kind that is named first, and what else is said
    (R.T, "transposed", {"order": (1, 0)}),
    (R.T / 4, "transposed", {"factor": "1/N"}),
    (2 * R, "factor", {"factor": "2"}),
    (4 * R, "factor", {"factor": "N"}),
    (-R, "factor", {"factor": "-1"}),
    (R * np.sqrt(3), "factor", {"factor": "sqrt(d)"}),
    (0.37 * R, "factor", {"factor": "0.37"}),
    (R[[0, 1, 3, 2]], "reordered", {"order": (0, 1, 3, 2), "axes": (0,)}),
    (R[::-1, ::-1], "flipped", {"axes": (0, 1)}),
    (R + 0.01 * A, "added", {"name": "A", "factor": "1/100"}),
    (R + 0.3, "offset", {}),
    (R - ROW, "added", {"name": "b", "factor": "-1"}),
    (R - Z, "missing", {"name": "second"}),
    (A, "another", {"name": "A"}),
    (np.where(Z > 0, A, 0), "masked", {"name": "Z", "base": "A"}),
    (np.clip(R, -0.2, 0.2), "clipped", {"factor": "0.2"}),
    (np.abs(R), "sign-lost", {}),
    (0 * R, "all-zero", {}),
    (R.sum(axis=0), "summed", {"axes": (0,)}),
    (R.mean(axis=1), "averaged", {"axes": (1,)}),
    (STACK[-1], "one-of", {"name": "S", "order": (4,)}),
    (R[None], "axes-kept", {}),
    (R.ravel(order="F").reshape(4, 3), "read-otherwise", {}),
]


@pytest.mark.parametrize("precision", [1e-9, 1e-5])
def test_what_was_planted_is_named(precision):
    for got, kind, said in PLANTED:
        given = np.asarray(got, dtype=float if precision < 1e-6 else np.float32).astype(float)
        found = find_patterns(given, R, letters={"N": 4, "d": 3}, others=OTHERS, paths=PATHS, precision=precision)
        assert found, kind
        assert (found[0].kind, found[0].sure) == (kind, True), (kind, found)
        for name, value in said.items():
            seen = getattr(found[0], name)
            assert (seen.text if name == "factor" else seen) == value, (kind, found[0])


def test_gates_are_reordered_in_blocks_and_samples_not_summed():
    gates = np.concatenate([LONG[:4], LONG[6:], LONG[4:6]])
    found = find_patterns(gates, LONG)[0]
    assert (found.kind, found.block, find_block(found.order)) == ("reordered", 2, 2)
    wrong = find_patterns(LONG.sum(axis=1), LONG.sum(axis=0), others={"L": LONG})[0]
    assert (wrong.kind, wrong.name, wrong.axes) == ("summed", "L", (1,))
    assert [find_patterns(STACK, right)[0].kind for right in (STACK.sum(axis=0), STACK.mean(axis=0))] == ["not-summed", "not-averaged"]


def test_a_mask_of_enough_entries_is_sure_and_a_single_number_never():
    wide, other = CHANCE.normal(size=(2, 8, 8))
    assert find_patterns(np.where(other > 0, wide, 0), wide, others={"z": other})[0].sure
    one = find_patterns(np.array(2.4682), np.array(1.2341))[0]
    assert (one.factor.text, one.sure) == ("2", False)
    assert find_patterns(R, R) == () == find_patterns(R * (1 + 1e-12), R)


def test_nothing_is_said_for_sure_of_arbitrary_numbers():
    """Short numbers, small shapes, many factors: what fits by accident is "perhaps"."""
    told = 0
    for _ in range(150):
        right, got = CHANCE.normal(size=(2, 3)).round(1)
        told += any(pattern.sure for pattern in find_patterns(got, right, letters={"N": 4, "H": 3, "D": 7}, others={"x": right[::-1]}))
    assert told == 0
