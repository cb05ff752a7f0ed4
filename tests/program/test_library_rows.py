"""The rows of the libraries: each makes a formula, and the same word of two libraries is what each of them computes."""

from small_programs import IMPORTS, TORCH, read_last

from tutor.program.library_rows import LIBRARIES, OTHER_WORDS, CallArguments, LibraryRow

NUMPY = {
    "np.sum(x, axis=0, keepdims=True)": "keep_column(column_sums(x))", "x.mean(1)": "row_sums(x)/3",
    "np.var(x)": "mean((x - fill(mean(x), 2, 3))^2)",
    "np.std(x, ddof=1)": "sqrt(sum((x - fill(mean(x), 2, 3))^2)/5)", "np.maximum(0, x)": "max(0, x)",
    "np.clip(x, 0, 1)": "min(1, max(0, x))",
    "np.where(x >= 0, x, -x)": "if_positive(0 - x, -x, x)", "np.linalg.norm(x)": "sqrt(sum(x^2))",
    "np.reshape(x, (3, -1))": "unflatten(flatten(x), 3, 2)",
    "np.transpose(x)": "transpose(x)", "np.concatenate((x, x), axis=1)": "concat_row(x, x)", "np.log1p(x)": "log(1 + x)",
    "np.einsum('ij->j', x)": "column_sums(x)", "math.sqrt(2) * x": "sqrt(2)*x", "np.max(x, axis=1)": "largest_row(x)",
    "np.expand_dims(x, 0)": "keep_channel(x)", "np.square(x)": "x^2",
}  # fmt: skip
PYTORCH = {
    "x.var(dim=0)": "column_sums((x - rows(column_sums(x)/2, 2))^2)/1", "torch.max(x, dim=1)[0]": "largest_row(x)",
    "torch.max(x, x)": "max(x, x)",
    "F.softmax(x, dim=-1)": "softmax_rows(x)", "torch.cat([x, x], dim=0)": "concat(x, x)", "F.mse_loss(x, x)": "mean((x - x)^2)",
    "x.transpose(0, 1)": "transpose(x)", "x.view(-1)": "flatten(x)", "F.leaky_relu(x, 0.2)": "leaky_relu(x, 0.2)", "x.size(0) * x": "2*x",
    "F.binary_cross_entropy_with_logits(x, x, reduction='sum')": "sum(softplus(x) - hadamard(x, x))", "x.unsqueeze(0)": "keep_channel(x)",
}  # fmt: skip


def test_functions_of_the_libraries_are_read():
    for imports, table in ((IMPORTS, NUMPY), (TORCH, PYTORCH)):
        assert {text: read_last(text, imports, "x", x=(2, 3)) for text in table} == table


def test_other_words_are_parameters_of_some_row():
    known = {name.lstrip("*") for table in LIBRARIES.values() for row in table.values() for name, _ in row.parameters}
    assert set(OTHER_WORDS.values()) <= known
    assert all(isinstance(row, LibraryRow) for table in LIBRARIES.values() for row in table.values())
    assert CallArguments.__doc__
