"""Operands: masks of scores, entries at a mask, zeros, texts, numbers that are known."""

from fractions import Fraction

import pytest
from small_programs import TORCH, read_formulas, read_last

from tutor.errors import ProgramError
from tutor.expression.parse import parse
from tutor.program.known_arrays import read_fraction

SCORES = {
    "F.softmax(x.masked_fill(torch.tril(torch.ones(3, 3)) == 0, float('-inf')), dim=-1)": "masked_softmax(x, causal_mask(3))",
    "F.softmax(x + torch.triu(torch.full((3, 3), float('-inf')), diagonal=1), dim=-1)": "masked_softmax(x, causal_mask(3))",
    "torch.where(mask, x, -torch.inf).softmax(-1)": "masked_softmax(x, mask)", "x.masked_fill(mask == 0, 0.)": "hadamard(mask, x)",
    "F.scaled_dot_product_attention(x, x, x, is_causal=True).sum()": None, "torch.max(x, torch.zeros_like(x))": "max(x, 0)",
    "x.masked_fill(mask.bool(), -1e9).softmax(dim=1)": "masked_softmax(x, 1 - mask)",
}  # fmt: skip


def test_masks_of_scores_go_into_the_softmax():
    given = {"x": (3, 3), "mask": (3, 3)}
    found = {text: read_last(text, TORCH, "x, mask" if "mask," in text or "mask " in text or "mask." in text else "x", **given)
             for text, formula in SCORES.items() if formula}  # fmt: skip
    assert found == {text: formula for text, formula in SCORES.items() if formula}
    with pytest.raises(ProgramError, match="minus infinity goes into a softmax"):
        read_last("x.masked_fill(mask == 0, float('-inf')).sum()", TORCH, "x, mask", **given)


def test_entries_at_a_mask_go_back_to_it():
    program = "def f(x):\n    z = np.zeros_like(x)\n    z[x > 0] = np.sqrt(x[x > 0])\n    return z\n"
    assert read_formulas(program, x=(3,)) == ["z = if_positive(x, sqrt(x), fill(0, 3))"]


def test_numbers_of_formulas():
    assert read_fraction(parse("1 + 6/2 - 2^2")) == Fraction(0)
    assert read_fraction(parse("x + 1")) is None
