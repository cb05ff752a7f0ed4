r"""Mathematics that a lecturer wrote into words: ``the weight $w_1$`` as words and maths.

What stands between dollars is *read*, by the reader of symbols or that of expressions, and printed anew; what neither understands stays
text with its dollars, which renderers escape.  So nothing from outside reaches LaTeX, HTML or a terminal as markup.
"""

from __future__ import annotations

import re

from tutor.errors import TutorError
from tutor.exercise.claims import rate_name
from tutor.exercise.model import Exercise
from tutor.explain.document import Inline, Math, Sentence, read_words
from tutor.expression.keys import read_derivative
from tutor.expression.nodes import Expr, Name, Partial
from tutor.expression.parse import parse
from tutor.expression.plain import write_plain
from tutor.notation.profile import Notation
from tutor.notation.symbol import guess, read_formula, read_symbol, spell_in_latex
from tutor.rules.functions import FUNCTIONS, check_calls

MOST, LONGEST = 20, 200
"""So many pieces of maths in one text are read, each of so many characters."""
_PIECE = re.compile(rf"(?<![\\$])\$(?!\s|\$)([^$\n]{{1,{LONGEST}}})(?<![\s\\])\$(?![\d$])")
_EQUALS = re.compile(r"(?<![<>=!:])=(?!=)")
_SIDES = 4
_ONLY_SHOWN = re.compile(r"[\[Σ∫∏]|\\(?:sum|int|prod)\b")
"""What the reader of expressions takes for a product: x[t], Σ (y − p)²."""
_ONE_LETTER = re.compile(r"[A-Za-z]|\\[A-Za-z]+(?:\{[\\A-Za-z0-9]+\})?")
_NEGATIVE = re.compile(r"(?<![^\s(\[=])-(?=\.?[0-9])")
"""The hyphen of a number below 0 in words: −0.45, but 1-2."""
_MARKED = re.compile(r"[\\^']")


def set_maths(text: str, notation: Notation) -> Sentence:
    r"""A text as words and maths, in the symbols of a notation.

    >>> set_maths("the weight $w_1$ costs $5", Notation())
    ('the weight ', Math(expr=Name(name='w_1')), ' costs $5')
    >>> [type(part).__name__ for part in set_maths("$f(x, h) = tanh(h + x)$", Notation())]
    ['Math', 'str', 'Math']
    >>> set_maths(r"$\input{a}$", Notation())
    ('$\\input{a}$',)
    >>> set_maths("it is -27 in 3-4", Notation())
    ('it is −27 in 3-4',)
    """
    text = _NEGATIVE.sub("−", text)
    parts: list[Inline] = []
    words, begun = "", 0
    for match in list(_PIECE.finditer(text))[:MOST]:
        read = _read_piece(match[1], notation)
        words += text[begun : match.start()] + ("" if read else match.group())
        begun = match.end()
        if read:
            parts += [words, *read] if words else read
            words = ""
    words += text[begun:]
    return (*parts, words) if words or not parts else tuple(parts)


def rename_step_size(text: str, exercise: Exercise, notation: Notation) -> str:
    """A text of an exercise that trains, with the letter of its own course for the step size as that of this page: $λ$ as $α$."""
    own, here = rate_name(exercise.notation), notation.rate
    if own == here or exercise.rate is None or (exercise.graph is not None and own in exercise.graph.names):
        return text
    spelled = _spell_letter(own)
    typed = re.compile(rf"(?<![\\A-Za-z]){own}(?![A-Za-z])|{re.escape(spelled)}(?![A-Za-z])")

    def rename(piece: re.Match[str]) -> str:
        known = spell_in_latex(piece[0])
        renamed = typed.sub(lambda _: _spell_letter(here) + " ", known)
        return piece[0] if renamed == known else renamed[:-1].rstrip() + "$"

    return _PIECE.sub(rename, text)


def _spell_letter(name: str) -> str:
    """A letter by its name, in LaTeX."""
    return guess(name).latex


def set_title(text: str, notation: Notation) -> tuple[str, Sentence]:
    """A title as plain text, and with its maths; the latter is empty where it has none.

    >>> set_title("How $w_1$ moves", Notation())
    ('How w₁ moves', ('How ', Math(expr=Name(name='w_1')), ' moves'))
    """
    sentence = set_maths(text, notation)
    return (text, ()) if len(sentence) == 1 and isinstance(sentence[0], str) else (write_words(sentence, notation), sentence)


def write_words(sentence: Sentence, notation: Notation) -> str:
    """A sentence as plain text, for where no maths can be set: the title of a file, of a window.

    >>> write_words(("the weight ", Math(Name("w_1"))), Notation())
    'the weight w₁'
    """
    return "".join(_write_expr(part.expr, notation) if isinstance(part, Math) else read_words(part) for part in sentence)


def _write_expr(expr: Expr, notation: Notation) -> str:
    if type(expr) is Partial:
        return notation.partial(expr.of, expr.wrt).text
    return notation.symbol(expr.name).text if type(expr) is Name else write_plain(expr)


def _read_piece(text: str, notation: Notation) -> list[Inline]:
    """Maths between two dollars: an expression, or several that are equal; nothing where it is not understood."""
    sides = [side.strip() for side in _EQUALS.split(text)]
    if len(sides) > _SIDES:
        return _read_shown(text)
    found: list[Inline] = []
    if any(_read_side(side, notation) is None for side in sides) and (shown := _read_shown(text)):
        return shown
    for side in sides:
        read = _read_side(side, notation)
        parts = _read_shown(side) if read is None else [Math(read)]
        if not parts:
            return []
        found += ["\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}" if found else "", *parts]
    return [part for part in found if part]


def _read_shown(text: str) -> list[Inline]:
    """A formula that is only shown: nothing in it is a quantity of the page."""
    try:
        shown = read_formula(text)
    except TutorError:
        return []
    return [Math(Name(shown.latex))] if guess(shown.latex) == shown else []


def _read_side(text: str, notation: Notation) -> Expr | None:
    try:
        parts = read_symbol(spell_in_latex(text))
    except TutorError:
        parts = None
    if parts is not None and _ONE_LETTER.fullmatch(parts.base.latex):
        latex = parts.symbol().latex
        for name, symbol in notation.symbols.items():
            plain = name in notation.arrays and _MARKED.search(latex) and guess(name).latex == latex  # an array that is bold here: Ŵ
            if plain or symbol.latex == latex:
                return Name(name)
        if _MARKED.search(latex) and latex not in notation.symbols:
            return Name(latex)
    derivative = read_derivative(text)
    if derivative is not None:
        return Partial(derivative.of, derivative.wrt)
    if _ONLY_SHOWN.search(text):
        return None
    try:
        read = parse(text, functions=FUNCTIONS)
        check_calls(read)
    except TutorError:
        return None
    return read
