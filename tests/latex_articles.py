"""Documents that tests set in LaTeX: a worked solution, long equations, tables, hostile words; and what TeX says of them."""

import os
import random
import re
import subprocess
from itertools import pairwise
from pathlib import Path

from tutor.explain.document import (
    Block,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
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
from tutor.render.maths import LATEX, Writer

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
        source=("Lecture 7, slide 12 – “Backpropagation”, Müller & Čapek",),
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
    return Document(HOSTILE, HOSTILE[:60], ((HOSTILE,), (Math(LONG),)), (HOSTILE,), tuple(blocks))


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
