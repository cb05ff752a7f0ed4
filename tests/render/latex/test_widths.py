"""Widths of formulas are those that TeX measures."""

import random
import re
from pathlib import Path

from latex_articles import NOTATION, article, compiled, random_expr

from tutor.render.latex.widths import measure, measure_words
from tutor.render.latex.words import escape
from tutor.render.maths import Printer


def test_widths_are_those_of_tex(tex: str, tmp_path: Path) -> None:
    """The measured width is never much too small and never far too large."""
    rng = random.Random(3)
    printer = Printer(NOTATION)
    formulas = [printer.latex(random_expr(rng, rng.randrange(1, 5))) for _ in range(300)]
    formulas += [
        r"\sum_{v=1}^{H} W_{jv} x_{v} + \sum_{u=1}^{10} b_{u}", r"\frac{\sum_{u=1}^{2} h_{u}}{2}",
        r"\prod_{m=1}^{n_{\text{many}}} x^{\sum_{j=1}^{3} y_{j}}",
    ]  # fmt: skip
    cells = [" \\\\ ".join([" & ".join(row)] * high) for row in [["0.2"], ["0.2", "-13"], ["w_{1}"] * 4] for high in (1, 2, 3, 5)]
    matrices = [f"\\begin{{bmatrix}}{cell}\\end{{bmatrix}}" for cell in cells]
    formulas += [*matrices, r"\begin{cases}0.2&0.2\\0.2&0.2\end{cases}", r"\begin{cases}0.2\\0.2\end{cases}"]
    formulas += [" + ".join([r"\sum_{v=1}^{h} a_{v}"] * 6)]
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
        assert 0.99 * width - 0.02 <= guess <= 1.35 * width + 1.0, line
        narrow = re.match(r"\\sbox\\X\{\$\\displaystyle \\(sum|begin)", line)
        assert not narrow or guess <= 1.2 * width + 0.6, line
