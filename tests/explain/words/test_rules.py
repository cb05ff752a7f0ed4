"""Words of rules: every notation says why."""

import pytest
from some_now import some_now

import tutor
from tutor.explain.document import Equations
from tutor.notation.profile import profile_names


@pytest.mark.parametrize("course", some_now(profile_names(), 3))
@pytest.mark.parametrize("ident", ["qmul/laplacian", "qmul/softmax-layer", "neuron/softmax-loss-batch", "graz/two-two-one-layers"])
def test_every_notation_says_why(ident, course):
    solution = tutor.solve(ident, notation_name=course)
    numbered = [row for block in solution.document().blocks if isinstance(block, Equations) for row in block.rows if row.number]
    assert [row.number for row in numbered] == list(range(1, len(numbered) + 1))
    assert all(row.why for row in numbered)
    for text in (solution.to_text(), solution.to_latex(), solution.to_markdown()):
        assert "shaped" not in text
        assert "None" not in text
        assert "dL/d" not in text
