"""Formulas as NumPy and PyTorch write them: broadcasting is left to the library, functions are written by their rows."""

from tutor.contracts.python_formula import FormulaWriter, write_out_functions
from tutor.contracts.python_rows import LIBRARIES
from tutor.expression.nodes import Call, Name, Neg, Number, Partial

SHAPES = {"X": ("N", 3), "W": (3, 2), "b": (2,), "v": ("N",), "z": ("N", 2), "x": ("N", 3, 4)}
X, W, Z = Name("X"), Name("W"), Name("z")
WRITTEN = {  # a formula: in NumPy, in PyTorch
    Call("hadamard", (Z, Call("rows", (Name("b"), Name("N"))))): ("z * b", "z * b"),
    Call("column_sums", (Z,)): ("z.sum(axis=0)", "z.sum(dim=0)"),
    Call("hadamard", (Z, Call("columns", (Call("row_sums", (Z,)), Number("2"))))):
        ("z * z.sum(axis=-1, keepdims=True)", "z * z.sum(dim=-1, keepdim=True)"),
    Call("fill", (Number("0"), Name("N"), Number("2"))): ("np.full((N, 2), 0.0)", "torch.full((N, 2), 0.0)"),
    Call("matmul", (Call("transpose", (X,)), Partial("L", "z"))): ("X.T @ dz", "X.T @ dz"),
    Call("part_row", (X, Number("1"), Number("2"))): ("X[..., 1:3]", "X[..., 1:3]"),
    Call("pad_row", (X, Number("0"), Number("2"))): ("np.pad(X, ((0, 0), (0, 2)))", "torch.nn.functional.pad(X, (0, 2))"),
    Call("axes_213", (Name("x"),)): ("np.transpose(x, (1, 0, 2))", "torch.permute(x, (1, 0, 2))"),
    Neg(Call("relu", (X,))): ("-np.maximum(0, X)", "-torch.relu(X)"),
    Call("if_positive", (X, Number("1"), Number("0"))): ("(X > 0)", "(X > 0)"),
    Call("tanh'", (Z,)): ("1 - np.tanh(z) ** 2", "1 - torch.tanh(z) ** 2"),
}  # fmt: skip


def test_formulas_are_written():
    for expr, texts in WRITTEN.items():
        for library, text in zip(LIBRARIES.values(), texts, strict=True):
            assert FormulaWriter(library, SHAPES, {"z": "dz"}).write(write_out_functions(expr)) == text
