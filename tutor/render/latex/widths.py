r"""How wide a formula is when it is set: the widths of Computer Modern, added up.

A row of an equation must be broken before it runs off the page, so its width is measured, never its characters counted.
Widths are in em (10.95 pt in an eleven-point document) and err on the wide side: kerning is left out.

>>> round(measure("w_{1}\\,i_{1}"), 1)
2.2
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tutor.render.latex.words import MATHS, TEXT
from tutor.text import drop_controls

_LOWER = "abcdefghijklmnopqrstuvwxyz"


def _table(lower: str, upper: str, others: dict[str, float]) -> dict[str, float]:
    letters = {letter: int(width) / 1000 for letter, width in zip(_LOWER, lower.split(), strict=True)}
    capitals = {letter.upper(): int(width) / 1000 for letter, width in zip(_LOWER, upper.split(), strict=True)}
    return letters | capitals | others


_MARKS = {
    "(": 0.389, ")": 0.389, "[": 0.278, "]": 0.278, "|": 0.278, "/": 0.5, ".": 0.278, ",": 0.45, ";": 0.45, ":": 0.278,
    "!": 0.278, "?": 0.472, "'": 0.3, "*": 0.95, "-": 1.23, "+": 1.23, "=": 1.34, "<": 1.34, ">": 1.34, " ": 0.0,
    "~": 0.778, "@": 0.778, '"': 0.5, "`": 0.278, **dict.fromkeys("0123456789", 0.5),
}  # fmt: skip
_TEXT_MARKS = _MARKS | {
    ",": 0.278, ";": 0.278, "*": 0.5, "-": 0.334, "+": 0.778, "=": 0.778, "<": 0.778, ">": 0.778, " ": 0.5, "'": 0.278,
    "%": 0.834, "&": 0.778, "#": 0.834, "_": 0.5, "\\": 0.5, "{": 0.5, "}": 0.5, "$": 0.5, "^": 0.5,
}  # fmt: skip
# The widths in the .tfm files of cmmi10 (with the italic correction), cmr10, cmti10 and cmbx10, in thousandths.
ITALIC = _table(
    "529 429 433 520 466 597 513 576 345 469 552 318 878 600 485 503 482 479 469 361 572 521 743 572 526 509",
    "750 809 786 856 796 782 786 912 518 651 921 681 1079 912 791 781 791 767 671 723 792 806 1083 907 803 754",
    _MARKS,
)
ROMAN = _table(
    "500 556 444 556 444 306 500 556 278 306 528 278 833 556 500 556 528 392 394 389 556 528 722 528 528 444",
    "750 708 722 764 681 653 785 750 361 514 778 625 917 750 778 681 778 736 556 722 750 750 1028 750 750 611",
    _TEXT_MARKS,
)
WORD = _table(
    "511 460 460 511 460 307 460 511 307 307 460 256 818 562 511 511 460 422 409 332 537 460 664 464 486 409",
    "743 704 716 755 678 653 774 743 386 525 769 627 897 743 767 678 767 729 562 716 743 743 999 743 743 613",
    _MARKS,
)
BOLD = _table(
    "559 639 511 639 527 351 575 639 319 351 607 319 958 639 575 639 607 474 454 447 639 607 831 607 607 511",
    "869 818 831 882 756 724 904 900 436 594 901 692 1092 900 864 786 864 862 639 800 885 869 1189 869 869 703",
    _TEXT_MARKS,
)
_FONTS = {
    "\\mathit": WORD, "\\mathrm": ROMAN, "\\operatorname": ROMAN, "\\mathbf": BOLD, "\\boldsymbol": BOLD,
    "\\bm": BOLD, "\\text": ROMAN, "\\textbf": BOLD, "\\mathsf": ROMAN, "\\textnormal": ROMAN,
}  # fmt: skip
_WIDE_FONTS = {"\\mathcal": 0.15, "\\mathbb": 0.15, "\\mathscr": 0.3, "\\mathfrak": 0.2}
_ACCENTS = {
    "\\hat", "\\bar", "\\tilde", "\\vec", "\\dot", "\\ddot", "\\overline", "\\underline", "\\widehat", "\\widetilde",
    "\\ensuremath", "\\mathrel", "\\mathbin", "\\mathord", "\\check", "\\breve",
}  # fmt: skip
_COMMANDS = {
    "\\,": 0.167, "\\:": 0.223, "\\;": 0.278, "\\!": -0.167, "\\ ": 0.334, "\\quad": 1.0, "\\qquad": 2.0,
    "\\thinspace": 0.167, "\\cdot": 0.73, "\\times": 1.23, "\\div": 1.23, "\\pm": 1.23, "\\odot": 1.23, "\\ast": 0.95,
    "\\circ": 0.95, "\\star": 0.95, "\\otimes": 1.23, "\\oplus": 1.23, "\\partial": 0.59, "\\nabla": 0.84, "\\infty": 1.0,
    "\\leftarrow": 1.56, "\\rightarrow": 1.56, "\\to": 1.56, "\\mapsto": 1.56, "\\approx": 1.34, "\\sim": 1.34,
    "\\neq": 1.34, "\\leq": 1.34, "\\geq": 1.34, "\\le": 1.34, "\\ge": 1.34, "\\in": 1.23, "\\equiv": 1.34,
    "\\lvert": 0.278, "\\rvert": 0.278, "\\lVert": 0.5, "\\rVert": 0.5, "\\|": 0.5, "\\{": 0.5, "\\}": 0.5,
    "\\_": 0.5, "\\%": 0.84, "\\&": 0.78, "\\#": 0.84, "\\$": 0.5, "\\top": 0.78, "\\ell": 0.42, "\\prime": 0.3,
    "\\ldots": 1.3, "\\cdots": 1.3, "\\dots": 1.3, "\\sum": 1.7, "\\prod": 1.5, "\\surd": 0.84,
    "\\lim": 1.6, "\\max": 2.1, "\\min": 1.9, "\\exp": 1.7, "\\log": 1.5, "\\ln": 1.1, "\\sin": 1.5, "\\cos": 1.6,
    "\\tan": 1.6, "\\tanh": 2.2, "\\sinh": 2.1, "\\cosh": 2.2, "\\displaystyle": 0.0, "\\limits": 0.0,
    "\\nolimits": 0.0, "\\allowbreak": 0.0, "\\bigl": 0.1, "\\bigr": 0.1, "\\Bigl": 0.25, "\\Bigr": 0.25,
    "\\biggl": 0.4, "\\biggr": 0.4, "\\Biggl": 0.5, "\\Biggr": 0.5,
    "\\alpha": 0.65, "\\beta": 0.62, "\\gamma": 0.58, "\\delta": 0.49, "\\epsilon": 0.41, "\\varepsilon": 0.47,
    "\\zeta": 0.52, "\\eta": 0.54, "\\theta": 0.5, "\\iota": 0.36, "\\kappa": 0.58, "\\lambda": 0.59, "\\mu": 0.61,
    "\\nu": 0.56, "\\xi": 0.49, "\\pi": 0.61, "\\rho": 0.52, "\\sigma": 0.61, "\\tau": 0.56, "\\phi": 0.6,
    "\\varphi": 0.66, "\\chi": 0.63, "\\psi": 0.69, "\\omega": 0.66, "\\Delta": 0.84, "\\Gamma": 0.77,
}  # fmt: skip
_OTHER = 0.86
"""A command that is in no table: as wide as a wide letter."""

_SCALE = (1.0, 1.0, 0.79, 0.79)  # display, text, script, script of a script, which is as large: small letters are wide for their size
_SPACED = frozenset("+-=<>*,") | {"\\cdot", "\\times", "\\leftarrow", "\\approx"}
_STACKED = frozenset(("\\sum", "\\prod"))
"""Signs that have their limits below and above them in a display, and beside them elsewhere."""
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|.", re.DOTALL)
_DELIMITER = 0.78
_SIGN = 0.78
"""A − that is no operation, but the sign of a number."""
_OPENING = frozenset("([{=<>,-+&") | {"\\cdot", "\\times", "\\leftarrow", "\\approx", "\\odot", "\\\\"}
"""Behind these a − is a sign."""


class _WidthReader:
    """Walks over the tokens of a formula once and adds up."""

    def __init__(self, latex: str, size: int) -> None:
        self.tokens = _TOKEN.findall(latex)
        self.at = 0
        self.size = size

    def run(self, size: int, font: dict[str, float], stops: tuple[str, ...] = ("}",)) -> float:
        """The width up to a stop or the end; the stop is eaten."""
        total = 0.0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token in stops:
                self.at += 1
                return total
            if token in "^_" and font is not ROMAN:
                total += self.scripts(size)
            else:
                total += self.measure_one(size, font)
        return total

    def scripts(self, size: int) -> float:
        """Indices and exponents: one above the other, so the wider counts."""
        widths = [0.0]
        while self.at < len(self.tokens) and self.tokens[self.at] in "^_":
            self.at += 1
            widths.append(self.argument(max(2, min(size + 1, 3)), ITALIC))
        return max(widths) + 0.06

    def argument(self, size: int, font: dict[str, float]) -> float:
        """The next group, or the next token when it has no braces."""
        while self.at < len(self.tokens) and self.tokens[self.at] == " ":
            self.at += 1
        if self.at >= len(self.tokens):
            return 0.0
        return self.measure_one(size, font)

    def measure_one(self, size: int, font: dict[str, float]) -> float:
        """The width of one token together with its arguments."""
        token = self.tokens[self.at]
        self.at += 1
        if token == "{":
            return self.run(size, font)
        if token[0] != "\\":
            width = _SIGN if token in "-+" and font is ITALIC and self.is_sign() else font.get(token, 0.9)
            return (width if size < 2 or token not in _SPACED else min(width, 0.8)) * _SCALE[size]
        if token == "\\frac":
            inner = max(1, min(size + 1, 3))
            return max(self.argument(inner, ITALIC), self.argument(inner, ITALIC)) + 0.26
        if token in ("\\underset", "\\overset"):
            small = self.argument(2, ITALIC)
            return max(small, self.argument(size, ITALIC))
        if token in _FONTS:
            spaced = 0.17 if token == "\\operatorname" else 0.2 if token == "\\mathit" else 0.0
            return self.argument(size, _FONTS[token]) + spaced
        if token in _WIDE_FONTS:
            return self.argument(size, ROMAN) * (1 + _WIDE_FONTS[token]) + 0.2
        if token in _ACCENTS:
            return max(self.argument(size, font), 0.5 * _SCALE[size]) + 0.06
        if token == "\\sqrt":
            return self.argument(size, ITALIC) + 0.9
        if token in ("\\left", "\\right"):
            self.at += 1
            return _DELIMITER
        if token == "\\begin":
            return self.cases(size)
        width = _COMMANDS.get(token, _OTHER)
        if token in _STACKED and size == 0:
            return max(width, self.scripts(size))
        return (width if size < 2 or token not in _SPACED else min(width, 0.8)) * _SCALE[size]

    def is_sign(self) -> bool:
        """Whether the + or − just read stands before a number without an operand in front, (−1): TeX sets no space then.

        What begins with one may be a piece that goes on with a formula.
        """
        before = self.at - 2
        while before >= 0 and self.tokens[before] == " ":
            before -= 1
        return before >= 0 and self.tokens[before] in _OPENING

    def cases(self, size: int) -> float:
        """A ``cases`` or ``bmatrix`` environment: the widest cell of each column, what is between them, and brackets or a brace."""
        braced = self.tokens[self.at : self.at + 2] == ["{", "c"]
        self.argument(size, ROMAN)
        columns = [0.0]
        column = 0
        while self.at < len(self.tokens):
            width = self.run(1, ITALIC, ("&", "\\\\", "\\end"))
            columns[column] = max(columns[column], width)
            stop = self.tokens[self.at - 1]
            if stop == "\\end":
                self.argument(size, ROMAN)
                break
            column = column + 1 if stop == "&" else 0
            if column == len(columns):
                columns.append(0.0)
        return sum(columns) + (1.95 if braced else 0.92 * (len(columns) - 1) + 1.36)


@lru_cache(maxsize=1 << 14)
def measure(latex: str, inline: bool = False) -> float:
    """The width of a formula in em: in a display, or inside a line of text, where fractions are smaller."""
    return _WidthReader(latex, 1 if inline else 0).run(1 if inline else 0, ITALIC, ())


def measure_words(words: str, bold: bool = False) -> float:
    """The width of plain words in em, as `tutor.render.latex.words.escape` sets them."""
    font = BOLD if bold else ROMAN
    total = 0.0
    for character in drop_controls(words):
        width = font.get(character) or font.get(unicodedata.normalize("NFD", character)[0])
        if width is None and character in MATHS:
            width = 0.7 if character.isalpha() else 1.0
        if width is None:
            width = 0.6 if character in TEXT and not character.isalpha() else 0.95 if character in TEXT else 6.0
        total += width
    return total
