"""Numbers that a program makes itself are computed while it is read, and stand as what they are: a mask, a fill, numbers."""

import numpy as np
from small_programs import TORCH, read_last

from tutor.expression.plain import write_plain
from tutor.program.known_arrays import compute_known, make_known, write_known
from tutor.program.program_values import KnownArray

READ = {
    "x * np.tril(np.ones((3, 3)))": "hadamard(x, causal_mask(3))", "x + np.triu(np.ones((3, 3)), k=1) * 5": "x + 5*(1 - causal_mask(3))",
    "x @ np.eye(3)[:, 0]": "matmul(x, concat(concat(fill(1, 1), fill(0, 1)), fill(0, 1)))", "x * np.full((3, 3), 2)": "x*2",
    "x * (np.arange(3) + 1)": "hadamard(x, rows(concat(concat(fill(1, 1), fill(2, 1)), fill(3, 1)), 3))",
}  # fmt: skip


def test_numbers_of_a_program_are_computed():
    found = {text: read_last(text, arguments="x", x=(3, 3)) for text in READ if READ[text]}
    assert found == {text: formula for text, formula in READ.items() if formula}


def test_a_mask_of_letters_is_the_causal_mask():
    assert read_last("torch.tril(torch.ones(x.size(0), x.size(0))) * x", TORCH, "x", x=("T", "T")) == "hadamard(causal_mask(T), x)"


def test_what_is_computed_is_numpys():
    entries = np.array([[0.0, 1.0], [2.0, 3.0]])
    for word in ("exp", "sqrt", "sin", "cos", "tril", "triu", "abs"):
        assert (compute_known(word, KnownArray(entries), ()).entries == getattr(np, word)(entries)).all()
    assert write_plain(write_known(KnownArray(entries)).expr) == "stack(stack(0, 1), stack(2, 3))"
    assert make_known("text") is None
