"""Shapes: what fits, and what is refused, with both shapes and a next move."""


import pytest
from arrays_named import S
from counted import at_most

from tutor.errors import GraphError, TutorError
from tutor.expression.lexicon import STARRED
from tutor.expression.parse import parse
from tutor.graph.array_products import arrange_products
from tutor.graph.layered import LAYER_FUNCTIONS, from_layers
from tutor.graph.shapes import shape_of, shape_text

MISFITS = [  # formula, pieces of the message
    ("A y", "A of shape 2×3 is multiplied with y of shape 2", "as many columns of W as x has entries"),
    ("A @ y", "A is 2×3 and y is 2, in A y", "y needs 3 where it has 2; A^T would fit"),
    ("B @ A", "B is 3×4 and A is 2×3", "A needs 4 where it has 2"),
    ("x @ y", "x is 3 and y is 2", "y needs 3 where it has 2"),
    ("y @ B", "y is 2 and B is 3×4", "B needs 2 where it has 3"),
    ("A @ A", "A is 2×3 and A is 2×3, in A A", "A needs 3 where it has 2; A^T would fit; entry by entry it is A ⊙ A (or A * A)"),
    ("A ⊙ B", "A of shape 2×3 is combined entry by entry with B of shape 3×4",
     "entry by entry (⊙) both need the same shape; as a matrix product, A @ B, it is 2×4"),
    ("x + y", "x of shape 3 is added to y of shape 2", "along axis 0 one has 3 entries and the other 2"),
    ("A - B", "A of shape 2×3 is added to -B of shape 3×4", "along axis 1 one has 3 entries and the other 4"),
    ("A/B", "A of shape 2×3 is divided by B of shape 3×4"),
    ("A ⊙ B", "A of shape 2×3 is combined entry by entry with B of shape 3×4"),
    ("half_squared_error(x, y)", "x of shape 3 is combined entry by entry with y of shape 2"),
    ("A @ B + y", "A B of shape 2×4 is added to y of shape 2", "columns(y, 4)"),
    ("A*x", "readers disagree about A * x", "A @ x for the matrix product, hadamard(A, x) for the product entry by entry"),
    ("Q R^T x + Q u + Q^T*Q", "the product of the square matrices"),
    ("W x", "W of shape m×n is multiplied with x of shape 3"),
    ("X @ W", "X is n×N and W is m×n", "W needs N where it has m"),
    ("W + X", "W of shape m×n is added to X of shape n×N"),
    ("Q R", "the product of the square matrices Q and R", "A @ B for the matrix product, or A ⊙ B (or A * B) for"),
    ("Q \\cdot R", "the product of the square matrices Q and R", "A @ B for the matrix product, or A ⊙ B (or A * B) for"),
    ("Q·R", "the product of the square matrices Q and R", "A @ B for the matrix product, or A ⊙ B (or A * B) for"),
    ("Q \\times R", "the product of the square matrices Q and R", "A @ B for the matrix product, or A ⊙ B (or A * B) for"),
    ("2 (Q) R", "the product of the square matrices 2*Q and R", "A @ B for the matrix product, or A ⊙ B (or A * B) for"),
    ("Q*R^T", "the product of the square matrices Q and R^T", "A @ B for the matrix product, or A ⊙ B for"),
    ("E E", "the product of the square matrices E and E", "A @ B for the matrix product, or A ⊙ B (or A * B) for"),
    ("C @ E @ C", "C E is 4×2×3 and C is 4×2×3", "C needs 3 where it has 2"),
    ("C F", "C of shape 4×2×3 is multiplied with F of shape 5×4×2×3"),
    ("C @ F", "the matrix product does not take C (4×2×3) and F (5×4×2×3)", "equal axes in front"),
    ("C @ x", "the matrix product does not take C (4×2×3) and x (3)", "[n, 1]"),
    ("C @ concat(D, D)", "C is 4×2×3 and concat(D, D) is 8×3×2", "concat(D, D) needs 4 where it has 8"),
    ("softmax(C)", "softmax of the array C of shape 4×2×3: along which axis?", "softmax_rows(C)"),
    ("entry(C, 5, 1, 1)", "there is no entry", "it runs from 1 to 4"),
    ("correlate(y, x)", "the kernel of correlate(y, x) has 3 entries and is larger than its input, which has 2", "padding larger"),
    ("convolve(A, B)", "the kernel of convolve(A, B) has 3 entries and is larger than its input, which has 2"),
    ("convolve(y, concat(x, x), 1, 1)", "has 6 entries and is larger than its input, which has 2 with its padding of 1"),
    ("convolve(x, y, 0)", "the stride of convolve is 0", "a whole number from 1"),
    ("max_pool(x, 2, 0)", "the stride of max_pool is 0"),
    ("max_pool(x, 0)", "the window of max_pool is 0"),
    ("convolve(x, y, 1, -1)", "the padding of convolve is -1", "a whole number from 0"),
    ("convolve(x, y, 1.5)", "1.5 is no size"),
    ("max_pool(A, 3)", "the window of max_pool(A, 3) has 3 entries and is larger than its input, which has 2", "window smaller"),
    ("convolve(x, y, 1, 1, 1, 1)", "convolve does not take x (3) and y (2) with 4 settings", "an array is n or h×w and its kernel"),
    ("convolve(A, x)", "convolve does not take A (2×3) and x (3)"),
    ("convolve(x)", "convolve takes 2 operand(s), not 1"),
    ("convolve(b, y)", "convolve needs sizes that are numbers, not letters", "[4, 4]"),
    ("softmax(A)", "softmax of the matrix A of shape 2×3: along which axis?", "softmax_columns(A)", "softmax_rows(A)"),
    ("softmax(Q R^T)", "softmax of the matrix Q R^T of shape 3×3: along which axis?", "softmax_rows(Q R^T)"),
    ("softmax_rows(x)", "softmax_rows does not take x (3)", "2 dimensions"),
    ("softmax_2(x)", "softmax_2 of one array, x of shape 3", "softmax(z) takes all entries"),
    ("max_pool(A)", "max_pool does not take A (2×3)", "write max_pool(X, 2, stride=2), of n, h×w"),
    ("columns(x)", "columns does not take x (3)", "columns(b of 1 dimension, N)"),
    ("columns(x, 0)", "N of columns is 0"),
    ("concat(A, x)", "concat does not take A (2×3) and x (3)"),
    ("unflatten(x, 2, 2)", "x is 3, in unflatten(x, 2, 2)", "it needs 4 entries where it has 3"),
    ("fill(x, 2)", "fill does not take x (3) with 1 setting", "the number c"),
    ("sum(c)", "sum does not take c (a number)"),
    ("hadamard(x, x, x)", "hadamard takes two arrays, not 3"),
    ("hadamard(x)", "hadamard takes two arrays, not 1"),
    ("x^T", "the transpose does not take x (3)", "w^T x or x w^T"),
    ("fill(c, 1000000000)", "fill makes an array of 1000000000", "100,000"),
    ("outer(fill(c, 100000), fill(c, 100000))", "the product x y^T makes an array of 100000×100000"),
    ("convolve(x, y, 1, 1000000000)", "convolve makes an array of 2000000002"),
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _read_tables():
    """The rows of the operations are read when they are first asked for: what is counted is what comes after that."""
    with pytest.raises(TutorError):
        shape_of(arrange_products(parse("A @ y", functions=LAYER_FUNCTIONS), S), S)


@pytest.mark.parametrize(("text", "pieces"), [(text, pieces) for text, *pieces in MISFITS], ids=[row[0] for row in MISFITS])
def test_what_does_not_fit(text, pieces):
    with at_most(20_000), pytest.raises(TutorError) as error:
        shape_of(arrange_products(parse(text, functions={*LAYER_FUNCTIONS, STARRED}), S), S)
    assert [piece for piece in pieces if piece not in str(error.value)] == [], str(error.value)
    assert error.value.hint


GRAPHS = [  # lines, shapes, pieces
    (["z = W x", "L = sum(z)"], {"W": (2, 3), "x": (2,)}, ["step z:", "2×3", "of shape 2"]),
    (["z = A x"], {"A": (2, 3), "x": (3,)}, ["z has the shape 2, and only a single number can be differentiated", "L = sum(z)"]),
    (["n = sum(a)"], {"a": ("n",)}, ["n is the letter of a size and a quantity"]),
    (["L = sum(a) + sum(n)"], {"a": ("n",), "n": (2,)}, ["n is the letter of a size and a quantity"]),
    (["N = sum(b)", "L = sum(columns(b, N))"], {"b": (2,)}, ["N is the letter of a size and a quantity"]),
    (["L = sum(x)"], {"x": (0,)}, ["x cannot have the shape 0"]),
    (["L = sum(x)"], {"x": (1, 1, 2, 1, 1, 1)}, ["x of shape 1×1×2×1×1×1 has 6 axes", "four or five"]),
    (["L = sum(x)"], {"x": ("n/2",)}, ["x cannot have the shape n/2"]),
    (["L = sum(x)"], {"x": (1000, 1000000)}, ["x has 1,000,000,000 entries", "the limit is 100,000"]),
    (["z = x", "z = x"], {"x": (2,)}, ["step 2: z is defined twice"]),
    (["x = W y", "L = sum(x)"], {"x": (2,), "W": (2, 2), "y": (2,)}, ["step 1: x is defined twice"]),
    (["L = sum(a) + sum(a_1)"], {"a": (2, 1), "a_1": (1,)}, ["an entry of a", "called a_1_1", "rename"]),
    (["L = sum(spread(x, x, 3, 1, 0))"], {"x": (3,)}, ["there is no function spread"]),
    (["L = sum(w x"], {"x": (3,)}, ["step 1:", "never closed"]),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "shapes", "pieces"), GRAPHS, ids=[" ".join(row[0]) for row in GRAPHS])
def test_graphs_that_do_not_fit(lines, shapes, pieces):
    with at_most(20_000), pytest.raises(TutorError) as error:
        from_layers(lines, shapes)
    assert [piece for piece in pieces if piece not in str(error.value)] == [], str(error.value)


def test_a_product_of_vectors_is_shown_with_its_transpose():
    known = {"x": (3,), "y": (3,), "W": (2, 3)}
    for text in ("W @ tanh(-x^T y)", "W @ tanh(-dot)"):
        tree = parse(text.replace("dot", "matmul(x, y)"), functions=LAYER_FUNCTIONS)
        with pytest.raises(GraphError, match=r"tanh\(-x\^T y\)"):
            shape_of(arrange_products(tree, known), known)


def test_letters_of_sizes_are_no_quantities():
    layered = from_layers(["Z = W X + columns(b, N)", "L = sum(Z^2)/N"], {"W": ("m", "n"), "X": ("n", "N"), "b": ("m",)})
    assert layered.shapes == {"W": ("m", "n"), "X": ("n", "N"), "b": ("m",), "Z": ("m", "N"), "L": ()}
    assert layered.symbolic == ("m", "n", "N")
    alone = from_layers(["L = sum(columns(b, N))"], {"b": (2,)})  # a letter that no shape has
    assert [quantity.name for quantity in alone.graph.leaves] == ["b"]


@pytest.mark.parametrize(("shape", "text"), [((), "a number"), ((3,), "3"), ((2, "n"), "2×n")])
def test_shapes_for_people(shape, text):
    assert shape_text(shape) == text
