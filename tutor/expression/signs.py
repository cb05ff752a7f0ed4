r"""Signs, commands and the patterns of what is no plain name: how each is typed, and the token that it is."""

from __future__ import annotations

import re

from tutor.expression.lexicon import MODULES
from tutor.expression.tokens import Token
from tutor.late_patterns import compile_late

NUMBER = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+−–-]?[0-9]+)?"
HALVES = {"½": ("1", "2"), "¼": ("1", "4"), "¾": ("3", "4"), "⅓": ("1", "3"), "⅔": ("2", "3")}
SIGNS = {"·": "*", "×": "*", "⋅": "*", "∗": "*", "−": "-", "–": "-", "÷": "/", "∕": "/", "√": "sqrt"}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
IGNORED = r"(?:\s++|~|\\[,;:! ]|\\(?:quad|qquad|(?:neg)?thinspace|medspace|thickspace|displaystyle|textstyle|limits)(?![A-Za-z]))"

TIMES = r"(?:[*·×⋅∗]|\\(?:times|cdot|ast)(?![A-Za-z]))"
TEN = compile_late(
    rf"(?P<digits>[0-9]++\.?+[0-9]*+|\.[0-9]++){IGNORED}{{0,3}}{TIMES}{IGNORED}{{0,3}}10\s?"
    r"(?:(?P<super>[⁻⁺]?[⁰¹²³⁴-⁹]{1,4})|(?:\^|\*\*)\s?(?P<group>[{(])?\s?(?P<sign>[-+−]?)\s?(?P<power>[0-9]{1,4})\s?(?(group)[})]))"
    r"(?!\s{0,3}(?:\^|\*\*|[⁰¹²³⁴-⁹!.0-9]))"
)
LETTER_X = compile_late(rf"[0-9.]++(?P<before>{IGNORED}{{0,3}})x(?P<after>{IGNORED}{{0,3}})10\s?(?:\^|\*\*|[⁻⁺⁰¹²³⁴-⁹])")
TEN_BY_X = compile_late(TEN.pattern.replace(TIMES, "x", 1))
A_NUMBER = compile_late(NUMBER)
BLANK = compile_late(IGNORED)
PRIME = compile_late(r"\^\s?(?:\\prime(?![A-Za-z])|\{\s?(?:\\prime|')\s?\})")
SUPER = compile_late(r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
SHORT_FRACTION = compile_late(r"\\[dt]?frac\s?([0-9])\s?([0-9])")
OF_SIZES = r"(?:[\w\s,×]|\\times)+"
"""What stands below ones that say how many they are, 𝟏_(m×n), and is no condition."""
INDICATOR = compile_late(
    r"(?:\\(?:mathbf|mathbb|mathds)\s?\{\s?1\s?\}|\\(?:mathbb|mathbf|mathds)\s?1|𝟙|𝟏|1)\s?_\s?"
    rf"(?!\{{{OF_SIZES}\}}|\({OF_SIZES}\))([{{(])"
)
WORDS_OF_CASES = compile_late(
    r"\\(?:text|mathrm|textrm|mbox)\s?\{,?\s{0,3}(if|for|when|falls|für|wenn|else|otherwise|sonst)\s{0,3}[.,;]?\s{0,3}\}|(?:if|else|otherwise|falls|sonst)(?![A-Za-z0-9_])"
)
INDICATED = compile_late(r"(?:\\(?:mathbf|mathbb|mathds)\s?(?:\{\s?[1I]\s?\}|[1I])|𝟙|𝟏|𝕀)(?=\s?(?:\[|\(|\\\{|\\left))")
"""𝟙[z > 0]: the sign in front of a condition in brackets."""
E = compile_late(r"\\(?:mathrm|text|operatorname|textrm|mathit)\s?\{\s?e\s?\}")
"""Euler's number, set upright."""
_COMPARES = r"(?:[<>≥≤⩾⩽]|\\[gl](?:t|e|eq|eqslant)(?![A-Za-z]))"
CONDITIONED = compile_late(
    rf"(?:{INDICATED.pattern}\s?(?:\\left\s?)?\\?[\[({{]|{INDICATOR.pattern})[^\[\](){{}}]{{0,60}}{_COMPARES}"
)
"""The sign 𝟙 with a condition behind it."""
D = compile_late(r"\\(?:mathrm|text|operatorname|textrm)\s?\{\s?d\s?\}")
_UPRIGHT_T = r"\\(?:mathrm|mathsf|mathbf|mathtt|text|textrm|top)\s?(?:\{\s?T\s?\}|(?<=\s)T)"
TRANSPOSED = compile_late(
    rf"(?:\^|\*\*)\s?(?:(?:T|⊤|\\top|\\intercal|{_UPRIGHT_T})(?![A-Za-z0-9_])|\{{\s?(?:T|⊤|\\top|\\intercal|{_UPRIGHT_T})\s?\}})"
    r"|\.T(?![A-Za-z0-9_(])"
)
ENTRYWISE = compile_late(r"\.([*/^])(?!\*)")
"""MATLAB's signs for entry by entry."""
MODULE = compile_late(rf"(?:{'|'.join(MODULES)})(?:\.(?:nn|functional|math|special|numpy|linalg))*\.(?P<word>[A-Za-z][A-Za-z0-9_]*)")
SETTINGS = compile_late(r"\[[^\[\]()]{1,40}\]\(")
LAYER_NUMBER = compile_late(r"\s?\^\s?\{\s?\(\s?[0-9]{1,3}\s?\)\s?\}")
OPERAND = compile_late(r"\s*+(?:[A-Za-z0-9.√\\]|[^\W\d_])")
"""What a function without its bracket would be applied to."""
POWER = compile_late(r"\s?(?:(?:\^|\*\*)\s?(?:\{\s?[-−]?\s?[0-9]{1,4}\s?\}|[-−]?[0-9]{1,4})|⁻?[⁰¹²³⁴-⁹]{1,4})")
"""A whole number above, as between a function and its argument."""
ENVIRONMENT = compile_late(r"\\(begin|end)\s?\{([A-Za-z*]{1,20})\}")
COMMAND = compile_late(r"\\(?:[A-Za-z]+|.)?", re.DOTALL)

COMMANDS: dict[str, Token | None] = {
    "frac": ("F", None), "dfrac": ("F", None), "tfrac": ("F", None), "cfrac": ("F", None), "sqrt": ("r", None), "surd": ("r", None),
    "cdot": ("*", None), "times": ("*", None), "ast": ("*", None), "div": ("/", None), "partial": ("p", None),
    "{": ("(", "}"), "}": (")", "}"),
    "gt": (">", None), "lt": ("<", None), "ge": (">", "="), "geq": (">", "="), "geqslant": (">", "="), "le": ("<", "="),
    "leq": ("<", "="), "leqslant": ("<", "="), "odot": ("@", "hadamard"), "circ": ("@", "hadamard"),
    "otimes": ("@", "outer"), "oslash": ("/", None),
    "lbrack": ("(", "]"), "rbrack": (")", "]"), "lparen": ("(", ")"), "rparen": (")", ")"),
    "lvert": ("(", "|"), "rvert": (")", "|"), "vert": ("|", None), "left": None, "right": None, "big": None, "Big": None, "bigl": None,
    "bigr": None, "Bigl": None, "Bigr": None, "bigg": None, "Bigg": None, "biggl": None, "biggr": None, "Biggl": None,
    "Biggr": None, "mathrel": None, "\\": ("n", None),
    "cr": ("n", None), "prime": ("'", None), "over": ("o", None), "boxed": None, "fbox": None, "text": None, "mathrm": None, "mathbf": None,
    "mathit": None, "textbf": None, "textrm": None, "mbox": None,
}  # fmt: skip
"""What commands mean; those with None only change how it looks."""
CHARACTERS: dict[str, Token] = {
    "+": ("+", None), "-": ("-", None), "*": ("*", None), "/": ("/", None), "^": ("^", None), "(": ("(", ")"), "[": ("(", "]"),
    "{": ("(", "}"), ")": (")", ")"), "]": (")", "]"), "}": (")", "}"), ",": (",", None), ";": (",", ";"), "|": ("|", None),
    "'": ("'", None), "′": ("'", None), "∂": ("p", None), "√": ("r", None), ">": (">", None), "<": ("<", None),
    "≥": (">", "="), "≤": ("<", "="), "⩾": (">", "="), "⩽": ("<", "="), "&": ("&", None),
    "@": ("@", "matmul"), "⊙": ("@", "hadamard"), "∘": ("@", "hadamard"), "⊗": ("@", "outer"), "⊘": ("/", None),
    "ᵀ": ("t", None), "⊤": ("t", None),
}  # fmt: skip
CHARACTERS |= {sign: CHARACTERS[meant] for sign, meant in SIGNS.items() if meant in CHARACTERS}
ELSE = frozenset({"else", "otherwise", "sonst"})
KNOWN_COMMANDS = "\\frac{a}{b}, \\cdot, \\times, \\sqrt{x}, \\sigma, \\hat{y}, \\partial, \\exp, \\ln, \\left( \\right)"


_WIDE = {0xFF01 + place: chr(0x21 + place) for place in range(94)} | {0x3000: " "}


def narrow_signs(text: str) -> str:
    """A text with the full-width signs, letters and digits of East Asian keyboards as what they are; as long as it was.

    >>> narrow_signs("（x ＋ ３）")
    '(x + 3)'
    """
    return text if text.isascii() else text.translate(_WIDE)


GROUPED = compile_late(
    r"[0-9]{1,3}(?:(?P<mark>['’]|[\u2009\u202f\u00a0]|\\,)[0-9]{3}(?![0-9]))(?:(?P=mark)[0-9]{3}(?![0-9])){0,4}(?:\.[0-9]+)?"
)
"""A long number in groups of three: 1'000, 12 345.6 with narrow blanks."""
_GROUP_MARKS = compile_late(r"['’\u2009\u202f\u00a0]|\\,")


def drop_groups(number: str) -> str:
    """The digits of a number that is written in groups."""
    return _GROUP_MARKS.sub("", number)


POWERED_INDEX = compile_late(
    r"\s?\^\s?(?:(?P<power>[0-9])|\{\s?(?P<group>[0-9]{1,3})\s?\})\s?(?P<index>_\s?(?:\{[^{}]{1,20}\}|[A-Za-z0-9]+))"
)
"""x^2_1, the square of x_1 as LaTeX also writes it."""


def match_digits(text: str, at: int) -> str:
    """The digits that stand at a place."""
    match = A_NUMBER.match(text, at)
    return match.group()[:20] if match else ""


APART = compile_late(r"\s{1,20}[eE][-+−–]?[0-9]")
"""8.2 e-2: a power of ten, or 8.2·e − 2."""
