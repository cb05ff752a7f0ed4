"""A page neuron by neuron: what a network has is counted before the eyes."""

import pytest

from tutor import solve


@pytest.mark.parametrize(("ident", "told"), [
    ("cmu/counting", ["have the sizes 3, 4, 2,", "neurons 4 + 2 6", "weights 3·4 + 4·2 20", "parameters 20 + 6 26"]),
    ("dl/index-network-hidden", ["have the sizes 3, 4,", "weights 3·4 12", "biases 4 ", "parameters 12 + 4 16"]),
])  # fmt: skip
def test_a_page_that_counts_says_of_what_and_how(ident, told):
    text = " ".join(solve(ident).to_text().split())
    assert [part for part in told if part not in text] == []
