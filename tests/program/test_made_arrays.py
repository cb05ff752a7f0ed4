"""Arrays that a library makes: what shape they have, and which numbers."""

from small_programs import TORCH, read_last

from tutor.program.made_arrays import MADE_ARRAYS

MADE = {
    "torch.eye(3)[y] * x": "hadamard(y_onehot, x)", "F.one_hot(y, num_classes=3) * x": "hadamard(y_onehot, x)",
    "torch.full((2, 3), 4.) * x": "4*x", "torch.tril(x @ x.T)": "hadamard(causal_mask(2), matmul(x, transpose(x)))",
    "x * torch.linspace(1, 2, 3)[0]": "x*1", "x[torch.arange(2), y]": "row_sums(hadamard(x, y_onehot))",
}  # fmt: skip


def test_arrays_that_are_made_are_read():
    found = {text: read_last(text, TORCH, "x, y" if "y" in text.replace("eye", "") else "x", x=(2, 3), y=(2,)) for text in MADE}
    assert found == MADE
    assert all(parameters for parameters, _ in MADE_ARRAYS.values())
