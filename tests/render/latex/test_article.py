"""Documents as LaTeX: they compile without a complaint, whatever is in them, and nothing from outside is acted on."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.errors import OutputError
from tutor.explain.document import (
    Block,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Inline,
    Math,
    Node,
    Paragraph,
    Picture,
    Side,
    Table,
)
from tutor.expression.nodes import Add, Call, Div, Expr, Mul, Name, Neg, Number, Partial, Pow
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol
from tutor.render.latex import pdf
from tutor.render.latex.article import document, fragment
from tutor.render.latex.rows import explode, pack
from tutor.render.latex.widths import measure, measure_words
from tutor.render.latex.words import escape
from tutor.render.maths import LATEX, Printer, Writer

NOTATION = Notation(functions={"sigmoid": Symbol("\\sigma", "σ")})
WRITER = Writer(LATEX, NOTATION)
HOSTILE = (
    "\\input{/etc/passwd} % & <script>alert('x')</script> $x$ $$ #1 ^^M ~ | \"quoted\" `ls` \x1b[31m \u202e 😀 漢字 "
    "naïve Übung São „Zitat“ σ→∂ – -- --- ,, !` ?` a_b {x} * [y] \\\\ \\end{document} " + "x" * 300
)
HUGE = "a_very_long_name_" + "_of_a_quantity" * 12


def name(text: str) -> Name:
    return Name(text)


def number(text: str) -> Number:
    return Number(text)


def product(*factors: Expr) -> Mul:
    return Mul(factors)


def minus(left: Expr, right: Expr) -> Add:
    return Add((left, Neg(right)))


def sigma(arg: Expr) -> Call:
    return Call("sigmoid", (arg,))


def sides(*exprs: Expr) -> tuple[Side, ...]:
    """Members of an equation, the last one the result."""
    return tuple(Side(expr, result=place == len(exprs) - 1) for place, expr in enumerate(exprs))


def weighted(weights: str, inputs: str, bias: str) -> Add:
    pairs = zip(weights.split(), inputs.split(), strict=True)
    return Add((*(product(name(w), name(i)) for w, i in pairs), name(bias)))


def network() -> tuple[list[Equation], Picture]:
    """The forward pass of the 2-2-2 network and its picture."""
    numbers = Add((product(number("0.15"), number("0.05")), product(number("0.2"), number("0.1")), number("0.35")))
    rows: list[Equation] = []
    nodes: dict[str, Node] = {}
    edges: list[tuple[str, str]] = []

    def add(target: str, expr: Expr, with_numbers: Expr, leaves: str, kind: str = "value") -> None:
        for leaf in leaves.split():
            nodes.setdefault(leaf, Node(leaf, "input" if leaf[0] in "it" else "weight", None, number("0.15")))
            edges.append((leaf, target))
        nodes[target] = Node(target, kind, expr, number("0.751365"), number("0.138498"))
        rows.append(Equation(name(target), sides(expr, with_numbers, number("0.751365")), len(rows) + 1))

    for unit, weights, inputs, bias in (
        ("h1", "w1 w2", "i1 i2", "b1"),
        ("h2", "w3 w4", "i1 i2", "b1"),
        ("o1", "w5 w6", "out_h1 out_h2", "b2"),
        ("o2", "w7 w8", "out_h1 out_h2", "b2"),
    ):
        add(f"in_{unit}", weighted(weights, inputs, bias), numbers, f"{weights} {inputs} {bias}")
        add(f"out_{unit}", sigma(name(f"in_{unit}")), sigma(number("0.3775")), f"in_{unit}")
    for unit in ("o1", "o2"):
        error = minus(name(f"target_{unit}"), name(f"out_{unit}"))
        figures = Pow(minus(number("0.01"), number("0.751365")), number("2"))
        a_half = Div(number("1"), number("2"))
        squares = product(a_half, Pow(error, number("2")))
        add(f"L_{unit}", squares, product(a_half, figures), f"target_{unit} out_{unit}")
    total = Add((number("0.274811"), number("0.0235600")))
    add("L", Add((name("L_o1"), name("L_o2"))), total, "L_o1 L_o2", "loss")
    return rows, Picture(tuple(nodes.values()), tuple(edges), "L")


def solution() -> Document:
    """The worked solution for one weight of the 2-2-2 network."""
    forward, picture = network()
    out, unit = name("out_o1"), Partial("out_o1", "in_o1")
    first, last = Partial("L", "out_o1"), Partial("in_o1", "w5")
    backward = (
        Equation(first, sides(minus(out, name("target_o1")), minus(number("0.751365"), number("0.01"))), 12, ("loss",)),
        Equation(unit, sides(product(out, minus(number("1"), out)), number("0.186816")), 13, ("logistic function",)),
        Equation(last, (Side(name("out_h1"), note=("step 2",)), Side(number("0.593270"), result=True)), 14),
    )
    chain = Equation(
        Partial("L", "w5"),
        sides(product(first, unit, last), product(number("0.741365"), number("0.186816"), number("0.593270"))),
        15,
        ("chain rule",),
    )
    step = minus(name("w5"), product(name("eta"), Partial("L", "w5")))
    update = Equation(name("w5"), (Side(step, "←"), Side(number("0.358916"), result=True)))
    return Document(
        "A 2-2-2 network learns",
        "neuron/two-two-two",
        facts=((Math(name("eta")), " = 0.5"), ("values in full precision",)),
        source="Lecture 7, slide 12 – “Backpropagation”, Müller & Čapek",
        blocks=(
            Heading("Forward pass"),
            Equations(tuple(forward)),
            Figure(picture, ("The graph.",)),
            Heading("Backward pass"),
            Equations(backward),
            Equations((chain,)),
            Heading("Update"),
            Equations((update,)),
            Paragraph(("differences agree to ", Math(number("3e-11")), "."), "Proof"),
        ),
    )


def two_paths() -> Equations:
    def path(unit: str) -> Mul:
        names = ["L", f"out_{unit}", f"in_{unit}", "out_h1", "in_h1", "w1"]
        return Mul(tuple(Partial(of, wrt) for of, wrt in pairwise(names)))

    inner = Add((product(number("0.138499"), number("0.4")), product(number("-0.038098"), number("0.5"))))
    numbers = product(inner, number("0.593270"), minus(number("1"), number("0.593270")), number("0.05"))
    members = (
        Side(path("o1"), note=("path 1",)),
        Side(path("o2"), "+", ("path 2",)),
        *sides(numbers, number("4.38568e-4")),
    )
    return Equations((Equation(Partial("L", "w1"), members, 16, ("the sum over both paths",)),))


LONG = Add(tuple(product(name(f"w_{i}"), name(f"x_{i}")) for i in range(128)))
NUMBERS = Add(tuple(product(number(f"{(-1) ** i * 0.123 * i:.4f}"), number(f"{0.01 * i:.3f}")) for i in range(128)))
CHAIN = Mul(tuple(Partial(f"a{i}", f"b{i}") for i in range(40)))


def long_equations() -> Equations:
    exponentials = Add(tuple(Call("exp", (name(f"z_{i}"),)) for i in range(60)))
    awkward = product(number("-0.5"), Add((name("z"), number("-0.3"))), Div(name("a"), name("b")))
    conditional = Call("if_positive", (name("z"), name("a"), number("0.1")))
    return Equations(
        (
            Equation(name("f"), sides(LONG, NUMBERS, number("-3.14")), 1, ("a sum of 128 products",)),
            Equation(name("g"), sides(Div(LONG, number("128")), number("3")), 2, (HOSTILE,)),
            Equation(name("h"), sides(Call("log", (exponentials,))), 3, ("log-sum-exp",)),
            Equation(Partial("L", "w"), (Side(CHAIN, note=("path 1",)), Side(CHAIN, "+", ("path 2",))), 4),
            Equation(name(HUGE), (*sides(product(name(HUGE), name(HUGE))), Side(name("z"), note=(HOSTILE,))), 12345),
            Equation(name("q" * 200), sides(Pow(LONG, number("2")), Call("sqrt", (LONG,)), Call("abs", (LONG,))), 5),
            Equation(name("y"), sides(Call("if_positive", (LONG, name("a"), LONG)), conditional), 6),
            Equation(name("y"), (Side(Neg(awkward)), Side(number("-0.3"), "+"), Side(Neg(name("x")), "+")), 7),
            Equation(name("u"), sides(product(Div(LONG, LONG), LONG), Neg(LONG)), 8, ("w" * 100,)),
            Equation(LONG, sides(number("1")), 9, ("the sum of ", Math(LONG), " and of much more " * 5)),
            Equation(name("e"), (), 99),
        )
    )


def tables() -> list[Block]:
    rows = tuple(tuple((Math(number(f"-{i}.{j}23456")),) for i in range(12)) for j in range(70))
    wide = Table(tuple((f"col {i}",) for i in range(12)), rows, "r" * 12, ("Twelve columns ", Math(Partial("L", "w"))))
    cells = tuple(tuple((f"cell {i}",) for i in range(30)) for _ in range(3))
    wider = Table(tuple((f"column {i}",) for i in range(30)), cells)
    words = Table(
        (("a",), ("b",), ("c",)),
        ((("x",), ("a long sentence, " * 8, Math(Partial("L", "w"))), ("another one " * 10,)),),
        "lcr",
    )
    monster = Table((("a",), ("b",)), ((("x" * 60,), (HOSTILE,)), ((Math(LONG),), (HOSTILE * 9,))))
    bare = Table((), ((("[x",), ("*y",)), ((Math(Partial("L", "w5")),), (Math(number("1")),))))
    return [wide, wider, words, monster, bare, Table((), ())]


def hostile() -> Document:
    blocks: list[Block] = [
        Heading(HOSTILE),
        Paragraph((HOSTILE, Math(LONG), HOSTILE, Math(Div(LONG, number("128")))), HOSTILE[:40]),
        Equations(()),
        two_paths(),
        long_equations(),
        *tables(),
        Figure(network()[1], (HOSTILE,)),
        Equations(
            tuple(
                Equation(Partial("L", f"w{i}"), sides(product(Partial("L", "z"), name(f"x{i}"))), i) for i in range(99)
            )
        ),
    ]
    return Document(HOSTILE, HOSTILE[:60], ((HOSTILE,), (Math(LONG),)), HOSTILE, tuple(blocks))


# ---------------------------------------------------------------------------------------------------- compiling


@pytest.fixture(scope="session")
def tex() -> str:
    """The path of pdflatex; its tests are skipped without it, but not where everything must be there."""
    program = shutil.which("pdflatex")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("pdflatex is missing")
        pytest.skip("pdflatex is missing")
    return program


def compiled(program: str, source: str, folder: Path) -> tuple[str, int]:
    """The log and the number of pages."""
    (folder / "page.tex").write_text(source, encoding="ascii")
    command = [program, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"]
    environment = {**os.environ, "max_print_line": "1000", "openin_any": "p"}
    subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=300, check=False)
    log = (folder / "page.log").read_text(encoding="latin-1")
    pages = re.search(r"Output written on page.pdf \((\d+) pages?", log)
    assert pages, [line for line in log.splitlines() if line.startswith("!")]
    return log, int(pages.group(1))


def complaints(log: str) -> list[str]:
    """What a clean log has nothing of; a font of pixels (``600pk``) is a sign that no plain font has."""
    return [line for line in log.splitlines() if re.search(r"^!|Overfull|Underfull|Warning|^Missing|\d+pk", line)]


def article(body: str, size: str = "11pt") -> str:
    packages = "\\usepackage{amsmath,mathtools,booktabs,xcolor,tikz}"
    return f"\\documentclass[{size}]{{article}}{packages}\\begin{{document}}\n{body}\\end{{document}}\n"


def test_a_worked_solution_fits_one_page(tex: str, tmp_path: Path) -> None:
    log, pages = compiled(tex, document(solution(), NOTATION), tmp_path)
    assert complaints(log) == []
    assert pages == 1


def test_nothing_runs_off_the_page(tex: str, tmp_path: Path) -> None:
    source = document(hostile(), NOTATION)
    assert source.isascii()
    log, _ = compiled(tex, source, tmp_path)
    assert complaints(log) == []


@pytest.mark.parametrize("size", ["10pt", "11pt", "12pt"])
def test_a_fragment_fits_the_standard_class(tex: str, tmp_path: Path, size: str) -> None:
    blocks = (*solution().blocks, two_paths(), long_equations())
    log, _ = compiled(tex, article(fragment(replace(solution(), blocks=blocks), NOTATION), size), tmp_path)
    assert complaints(log) == []


@pytest.mark.parametrize("factors", ["dot", "cross", "none"])
def test_every_notation_compiles(tex: str, tmp_path: Path, factors: str) -> None:
    symbols = {"x": Symbol("\\hat{x}^{(L)}", "x"), "z": Symbol("ζ", "ζ"), "b": Symbol("b'", "b′")}
    notation = Notation(factors=factors, numbers=factors, indicator="cases", symbols=symbols)  # type: ignore[arg-type]
    exprs = [
        Pow(name("x"), number("2")),
        Pow(name("b"), number("2")),
        Call("f'", (name("z"),)),
        Pow(name("z"), name("x")),
    ]
    exprs.append(Call("if_positive", (minus(name("x"), name("b")), number("1"), number("0"))))
    exprs.append(product(Partial("x", "b"), Call("if_positive", (name("z"), name("b"), name("x")))))
    blocks = (Equations(tuple(Equation(name("y"), sides(expr)) for expr in exprs)), two_paths())
    log, _ = compiled(tex, document(Document("Signs", blocks=blocks), notation), tmp_path)
    assert complaints(log) == []


def test_any_words_compile(tex: str, tmp_path: Path) -> None:
    """A thousand mixtures of all that TeX might act on, in every place where words can stand."""
    rng = random.Random(7)
    pool = [
        *map(chr, range(1, 128)),
        *"äßéñçøåÆłıŐÉσΩ∂∇→·×−²₃½„“”’–—…•§©°′√⊙😀漢\u202e\u00a0\u0301",
        "\\end",
        "\\def\\x",
        "^^41",
        "%",
    ]
    words = ["".join(rng.choices(pool, k=rng.randrange(1, 30))) for _ in range(1000)]
    cells = tuple(tuple((word,) for word in words[i : i + 4]) for i in range(0, 400, 4))
    equations = tuple(
        Equation(name("x"), (Side(name("y"), note=(word,)),), 1, (word[::-1],)) for word in words[400:600]
    )
    blocks: list[Block] = [Table(cells[0], cells[1:]), Equations(equations)]
    for first, second in pairwise(words[600:]):
        blocks += [Heading(first), Paragraph((second,), first[:5])]
    log, _ = compiled(
        tex, document(Document(words[0], words[1], ((words[2],),), words[3], tuple(blocks)), NOTATION), tmp_path
    )
    assert complaints(log) == []


# ----------------------------------------------------------------------------------------------- widths and rows


def random_expr(rng: random.Random, depth: int) -> Expr:
    names = ["w1", "w_12", "out_h1", "target_o1", "x", "delta", "L", "theta_ij", "WW", "M_M", "f", "sigma"]
    if depth == 0 or rng.random() < 0.2:
        leaves: list[Expr] = [number(rng.choice(["0.5", "-0.3", "4.38568e-4", "128"])), name(rng.choice(names))]
        return rng.choice([*leaves, name(rng.choice(names)), Partial(rng.choice(names), rng.choice(names))])
    parts = [random_expr(rng, depth - 1) for _ in range(rng.randrange(2, 5))]
    kind = rng.randrange(6)
    if kind < 2:
        return Add(tuple(part if rng.random() < 0.7 else Neg(part) for part in parts))
    if kind < 4:
        return Mul(tuple(parts))
    if kind == 4:
        return Div(parts[0], parts[1])
    return Call(rng.choice(["sigmoid", "exp", "log", "sqrt", "abs", "relu", "tanh'"]), (Pow(parts[0], number("2")),))


def test_widths_are_those_of_tex(tex: str, tmp_path: Path) -> None:
    """The measured width is never much too small and never far too large."""
    rng = random.Random(3)
    printer = Printer(NOTATION)
    formulas = [printer.latex(random_expr(rng, rng.randrange(1, 5))) for _ in range(300)]
    sentences = [
        "a short reason, with 50 % of words",
        "The quick brown fox jumps",
        "δ → σ, é ü ß – “x”",
        "😀 x_1 {a} <b> #5",
    ]
    guesses: list[float] = []
    lines: list[str] = []
    for formula in formulas:
        for inline in (False, True):
            guesses.append(measure(formula, inline))
            lines.append(f"\\sbox\\X{{${'' if inline else chr(92) + 'displaystyle'} {formula}$}}")
    for words in sentences:
        for bold, font in ((False, ""), (True, "\\bfseries ")):
            guesses.append(measure_words(words, bold))
            lines.append(f"\\sbox\\X{{{font}{escape(words)}}}")
    body = "\\newsavebox\\X\n" + "".join(f"{line}\\typeout{{W=\\the\\wd\\X}}%\n" for line in lines)
    log, _ = compiled(tex, article(body + "x"), tmp_path)
    real = [float(width) / 10.95 for width in re.findall(r"^W=([\d.]+)pt", log, re.MULTILINE)]
    assert len(real) == len(guesses)
    for width, guess, line in zip(real, guesses, lines, strict=True):
        assert 0.99 * width - 0.02 <= guess <= 1.3 * width + 1.0, line


@settings(deadline=None)
@given(st.integers(0, 10**6), st.floats(9, 40))
def test_rows_are_never_wider_than_the_line(seed: int, line: float) -> None:
    expr = random_expr(random.Random(seed), 5)
    chunks = explode(WRITER, expr, line)
    assert all("\\resizebox" in chunk.flow or measure(chunk.flow) <= line for chunk in chunks)
    rows = pack(chunks, line, line)
    assert all("\\resizebox" in row or measure(row) <= line + 1.5 for row in rows)
    for row in rows:
        inside = row.replace("\\{", "").replace("\\}", "")
        assert inside.count("{") == inside.count("}")


def test_a_sum_is_broken_between_its_terms() -> None:
    rows = pack(explode(WRITER, LONG, 30), 30, 30)
    assert all(row.startswith("{}+ w_") for row in rows[1:])
    assert " ".join(rows).count("w_") == 128


def test_a_short_equation_is_one_row() -> None:
    source = document(Document("", blocks=(Equations((network()[0][0],)),)), NOTATION)
    (row,) = re.findall(r"^\\mathit\{in\}.*$", source, re.MULTILINE)
    assert row.count("=") == 3
    assert row.endswith("\\tag*{{(1)}}")


def test_paths_stand_below_one_another() -> None:
    lines = document(Document("", blocks=(two_paths(),)), NOTATION).splitlines()
    first = next(i for i, line in enumerate(lines) if "path 1" in line)
    assert "path 2" in lines[first + 1]
    assert lines[first + 1].strip().startswith("&\\mathrel{+}")
    assert lines[first + 2].strip().startswith("&= (0.138499")


# --------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("50 % of a_b & c#1", "50 \\% of a\\_b \\& c\\#1"),
        ("é ü ß ø Č", "\\'{e} \\\"{u} \\ss{} \\o{} \\v{C}"),
        ("î", "\\^{\\i}"),
        ("δ → 2×10⁻⁴", "\\ensuremath{\\delta} \\ensuremath{\\rightarrow} 2\\ensuremath{\\times}10"
         "\\ensuremath{^{-}}\\ensuremath{^{4}}"),
        ("1–2 x′", "1--2 x\\ensuremath{'}"),
        ("a--b ``", "a-{}-b {}`{}{}`"),
        ("😀\x07\n漢", "[U+1F600] [U+6F22]"),
        ("\u202e", "[U+202E]"),
    ],
)  # fmt: skip
def test_words(words: str, written: str) -> None:
    assert escape(words) == written


@given(st.text(max_size=40))
def test_words_are_ascii_and_harmless(words: str) -> None:
    written = escape(words)
    assert written.isascii()
    assert written.isprintable()
    bare = re.sub(r"\\[a-zA-Z]+|\\.", "", written)
    assert not set(bare) & set("\\$&#%") - {"_", "^"}
    assert bare.count("{") == bare.count("}")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_documents_are_ascii(words: list[str]) -> None:
    sentence: tuple[Inline, ...] = (*words, Math(name("x")))
    blocks = (Heading(words[0]), Paragraph(sentence, words[-1]), Table((sentence,), ((sentence,),)))
    source = document(Document(words[0], words[0], (sentence,), words[0], blocks), NOTATION)
    assert source.isascii()
    assert source.replace("\n", "").isprintable()


# ----------------------------------------------------------------------------------------------------------- PDF


def test_the_same_source_gives_the_same_bytes(tex: str) -> None:
    source = document(solution(), NOTATION)
    made = pdf.compile_pdf(source)
    assert made.startswith(b"%PDF")
    assert pdf.compile_pdf(source) == made


def test_a_failure_says_why(tex: str) -> None:
    with pytest.raises(pdf.TexFailed, match="Undefined control sequence"):
        pdf.compile_pdf("\\documentclass{article}\\begin{document}\\nothing\\end{document}")


def test_files_outside_stay_closed(tex: str, tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("secret")
    with pytest.raises(pdf.TexFailed):
        pdf.compile_pdf(f"\\documentclass{{article}}\\begin{{document}}\\input{{{tmp_path}/secret}}\\end{{document}}")


def test_endless_work_is_stopped(tex: str) -> None:
    with pytest.raises(pdf.TexFailed, match="stopped after 1 seconds"):
        pdf.compile_pdf("\\def\\x{\\x}\\x", timeout=1.0)


def test_no_tex_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(OutputError, match="install TeX Live"):
        pdf.compile_pdf("x")
