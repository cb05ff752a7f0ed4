"""Signs of several characters: each becomes the tokens that it stands for."""

import pytest

from tutor.expression.special_signs import SPECIAL


class Told:
    """Keeps what it is told."""

    def __init__(self):
        self.kinds = []

    def put(self, kind, value, length):
        self.kinds.append((kind, length))

    def fail(self, what, hint=""):
        return ValueError(f"{what}; {hint}")


def tell(text):
    told = Told()
    pattern, act = next((pattern, act) for pattern, act in SPECIAL if pattern.match(text))
    act(told, pattern.match(text))
    return told.kinds


@pytest.mark.parametrize(("text", "kind"), [
    (r"\frac12", "a"), (r"\mathbf{1}_{", "1"), (r"\begin{cases}", "C"), (r"\end{cases}", "E"),
])  # fmt: skip
def test_each_becomes_a_token(text, kind):
    assert tell(text)[0][0] == kind


def test_another_environment_is_refused():
    with pytest.raises(ValueError, match="pmatrix"):
        tell(r"\begin{pmatrix}")
