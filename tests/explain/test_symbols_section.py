"""What signs mean is said where they first stand, once, for everything that has a sign of its own, in every language."""

import pytest

import tutor
from tutor.exercise.load import from_text
from tutor.explain.document import Math, Paragraph
from tutor.explain.symbols_section import Symbols, list_conditions
from tutor.explain.words.array_rules import ArrayWords
from tutor.expression.nodes import Call, Div, Name, Number, Pow
from tutor.notation.profile import notation
from tutor.render.maths import Printer
from tutor.rules.operations import LAYERS, SAID

SHAPES = {"X": (4, 4), "K": (2, 2), "A": (2, 2), "x": (3,), "z": (3,), "T": (2, 3, 4)}
INTERNAL = {name for name, rows in LAYERS.items() if rows[0].internal}


def define(*exprs, reasons=()):
    printer = Printer(notation("plain"))
    made = Symbols(ArrayWords(), SHAPES, "Where").explain_symbols(exprs, reasons=reasons)
    texts = ["".join(printer.text(part.expr) if isinstance(part, Math) else part for part in block.parts) for block in made]
    return [text.replace("\xa0", " ") for text in texts]


@pytest.mark.parametrize(("expr", "said"), [
    (Call("max_pool", (Name("X"), Number("2"), Number("1"))), "maxpool[2, s=1](X): windows of 2 entries along each axis, 1 apart"),
    (Call("max_pool", (Name("X"), Number("2"))), "maxpool[2](X): windows of 2 entries along each axis, 2 apart"),
    (Call("part", (Name("x"), Number("1"), Number("2"))), "part[2..3](x): what stands at the places 2 to 3"),
    (Call("part", (Name("x"), Number("1"), Number("1"))), "part[2](x): what stands at place 2"),
    (Call("part_column", (Name("T"), Number("1"), Number("1"))), "row[2](T): what stands at place 2 along axis 2"),
    (Call("part", (Name("T"), Number("0"), Number("2"))), "part[1..2](T): what stands at the places 1 to 2 along axis 1"),
    (Call("kernel_gradient", (Call("fill", (Number("1"), Number("2"), Number("2"))), Name("X"), *map(Number, "2210"))),
     "X ⋆ 𝟏: the gradient 𝟏 slides over the input as it is; 𝟏: ones everywhere"),
    (Call("correlate", (Call("relu", (Name("X"),)), Name("K"))), "B ⋆ K: the kernel slides over the input as it is; ReLU(u) = max(0, u)"),
    (Call("correlate", (Name("X"), Name("K"), Number("2"), Number("0"))),
     "X ⋆[s=2] K: the kernel slides over the input as it is; s is the stride"),
    (Div(Name("x"), Name("z")), "a fraction of arrays is taken entry by entry"),
    (Pow(Name("x"), Number("2")), "a power of an array is taken entry by entry"),
    (Call("hadamard", (Pow(Name("x"), Number("2")), Div(Name("x"), Name("z")))), "powers and fractions of arrays are taken entry by entry"),
    (Call("keep_column_each", (Name("X"),)), "an array with one more axis, of one entry, has the same letter; the size below it tells"),
    (Call("row_sums", (Name("X"),)), "𝟏: ones everywhere"),
    (Call("relu", (Call("columns", (Name("x"), Number("2"))),)), "ReLU(u) = max(0, u); 𝟏: ones everywhere (an index tells how many)"),
    (Call("fill", (Number("3"), Number("2"))), "𝟏: ones everywhere"),
    (Call("if_positive", (Name("z"), Number("1"), Number("0"))), "1[z > 0]: 1 where the condition holds, else 0"),
    (Call("multi_hinge", (Name("x"), Call("fill", (Name("n"), Number("3"))), Number("1"))),
     "hinge_margin(s, r, m) = max(0, s − r + m); 𝟏: ones everywhere (an index tells how many)"),
    (Call("triplet", (Name("x"), Name("z"), Number("1"))), "triplet(p, n, m) = max(0, p − n + m)"),
    (list_conditions([Call("sum_over", (Name("v"), Number("3"), Call("equal", (Name("v"), Number("2")))))])[0],
     "1[v = 2]: 1 where the condition holds, else 0"),
    (Call("erf", (Name("z"),)), "erf(u): the integral of (2/√(π))·exp(−t²) over t from 0 to u"),
    (Call("leaky_relu", (Name("z"), Number("0.1"))), "LeakyReLU(u, a) = (u if u > 0 else a·u)"),
    (Call("sigmoid'", (Name("z"),)), "σ′(u) = σ(u)·(1 − σ(u))"),
])  # fmt: skip
def test_the_meaning_of_a_sign(expr, said):
    assert define(expr) == [said]


def test_nothing_is_said_twice():
    pool = Call("max_pool", (Name("X"), Number("2")))
    assert define(pool, pool) == define(pool)
    assert define(Name("x")) == []
    assert define(Call("max", (Number("0"), Name("m")))) == []  # of two numbers: everybody knows it


def test_what_the_reason_of_a_step_says_is_not_said_again():
    call = Call("correlate", (Name("X"), Name("K")))
    assert define(call, reasons={"correlate"}) == []
    assert define(Call("relu", (call,)), reasons={"correlate"})[0].endswith("X ⋆ K: the kernel slides over the input as it is")


def test_every_sign_that_only_pages_have_is_explained():
    assert set(ArrayWords().SYMBOLS) >= {SAID[name] for name in INTERNAL}


@pytest.mark.parametrize("lang", ["en", "de"])
def test_the_page_says_it_below_the_steps(lang):
    text = 'title = "t"\nsteps = ["P = max_pool(X, 2)", "c = concat(flatten(P), b)", "L = sum(c ⊙ c)"]\n[shapes]\nX = [2, 4]\nb = [1]\n'
    blocks = tutor.solve(from_text(text, "t"), words=lang).document().blocks
    said = [block for block in blocks if isinstance(block, Paragraph) and block.label in ("Where", "Dabei")]
    calls = [part.expr.func for block in said for part in block.parts if isinstance(part, Math) and isinstance(part.expr, Call)]
    assert calls == ["max_pool", "flatten", "part", "unflatten", "route"]


def test_activations_are_defined_in_one_letter():
    text = " ".join(tutor.solve("graz/activations").to_text(100).split())
    assert "identity(z) = z; σ(z) = " in text
    assert "LeakyReLU(z, a) = (z if z > 0 else a·z)" in text


@pytest.mark.parametrize("call", [Call("keep_column", (Name("x"),)), Call("keep_column_each", (Call("relu", (Name("X"),)),))])
def test_a_column_and_a_formula_with_one_more_axis_need_no_words(call):
    assert "one more axis" not in "".join(define(call))
