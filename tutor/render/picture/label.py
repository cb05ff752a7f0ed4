"""What stands in a box of a picture: its name and formula, its value, its gradient, each as Unicode and as LaTeX.

Boxes must stay narrow, so a long formula is shortened: inner parts become dots (``in_h1 = w1·i1 + … + b1``,
``L_o1 = 1/2·(…)²``, ``y = σ(…)``), and when nothing short remains, only the name is left.

Names come from outside.  A name that is no plain identifier is escaped here once, for both outputs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from tutor.errors import TutorError
from tutor.explain.document import LocalDerivative, Node, Picture
from tutor.expression.nodes import (
    Call,
    Div,
    Expr,
    Name,
    Neg,
    Number,
    Partial,
    children,
    rebuild,
    write_six_digits,
)
from tutor.expression.own_functions import shorten_name
from tutor.notation.profile import Notation
from tutor.notation.symbol import Symbol, read_symbol
from tutor.render.latex.words import escape_label
from tutor.render.maths import Printer
from tutor.render.picture.shorter_formulas import DOTS, list_shorter, says_something
from tutor.text import fit_one_line

OMITTED = "omitted"
"""The kind of a box that stands for boxes left out (`tutor.render.picture.fold`).

Its name is printed as it is, up to a bracket.
"""

LONGEST_NAME = 24
"""Characters of a name that are shown; the rest becomes dots."""

LONGEST_NUMBER = 16
"""Characters of a number that are shown; a longer one is rounded to six digits, with ≈ before it."""

TOLD = ("value", "gradient", "local")
"""Roles of what has no box of its own in the legend: it is written as it stands in the picture."""

SUB, END, SUP = "\ue000", "\ue001", "\ue002"
"""Where a subscript begins and ends in `Phrase.text`, and where a superscript begins (private characters, which no text from outside can
hold)."""

_ROLES = {
    "weight": "parameter",
    "bias": "parameter",
    "state": "parameter",
    "input": "input",
    "target": "input",
    "constant": "input",
    OMITTED: OMITTED,
}
ON_EDGE = 6.5
"""How wide a local derivative may be, in em."""
_RATHER = 1.0
"""So many em a box is rather wider than without its formula."""
_BESIDE = 6.0
"""And a formula behind the name, where others stand below theirs."""
_DOTS_TEXT = "…"
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
_PLAIN_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

_BRACKETED = re.compile(r"\((.+)\)((?:[_^]\{[^{}]*\})*)")
"""An entry of something that has an index of its own: ``(W_{2})_{11}``."""

_DOT_SYMBOLS = {"...": Symbol("\\ldots", "…"), "(...)": Symbol("(\\ldots)", "(…)")}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One short line, ready to print.

    ``text`` is Unicode, with subscripts between `SUB` and `END`, superscripts between `SUP` and `END`; ``latex`` is ASCII, for LaTeX's
    text mode.
    """

    text: str
    latex: str

    @property
    def plain(self) -> str:
        """The text without marks, as a screen reader says it: ``out_h1``."""
        return self.text.replace(SUB, "_").replace(SUP, "^").replace(END, "")


@dataclass(frozen=True, slots=True)
class Label:
    """All that is written in a box.

    ``title`` is the name with its formula, perhaps shortened, or the name alone with the ``formula`` on a line below it; ``whole`` says
    the same unshortened, in plain Unicode.
    ``role`` is ``input``, ``parameter``, ``operation``, ``output`` or ``omitted`` and decides shape and tint.
    """

    title: Phrase
    role: str
    whole: str
    value: Phrase | None = None
    gradient: Phrase | None = None
    formula: Phrase | None = None


def labels(picture: Picture, notation: Notation, room: float, *, folded: bool = False) -> dict[str, Label]:
    """The label of every box, by name.

    ``room`` is how wide a title may become, in em of the title's font; 0 means names without formulas.  With ``folded`` a formula that
    has no room behind its name stands below it.
    """
    printer = _Titles(picture, notation)
    fed = {target for _, target in picture.edges}
    outputs = _find_outputs(picture, fed)
    return {node.name: printer.label(node, node.name in outputs, node.name in fed, room, folded=folded) for node in picture.nodes}


def _find_outputs(picture: Picture, fed: Collection[str]) -> set[str]:
    """What is differentiated; where the picture shows no gradients, all that is computed and not used again."""
    used = {source for source, _ in picture.edges}
    ends = {node.name for node in picture.nodes if node.name in fed and node.name not in used}
    return {picture.loss} if not ends or any(node.gradient is not None for node in picture.nodes) else ends


def write_locals(picture: Picture, notation: Notation, room: float = ON_EDGE) -> dict[tuple[str, str], Phrase]:
    """What stands on the edges, by their ends: the formula of the local derivative with its value, or the value alone."""
    printer = _Titles(picture, notation)
    return {(local.source, local.target): printer.derivative(local, room) for local in picture.locals}


def symbols(names: Iterable[str], notation: Notation) -> dict[str, Phrase]:
    """How quantities are written, by name; an unknown or hostile name is made safe."""
    listed = list(dict.fromkeys(names))
    printer = _Titles(Picture(tuple(Node(name, "") for name in listed), ()), notation)
    return {name: printer.name(name) for name in listed}


def function(name: str, notation: Notation) -> Phrase:
    """How a function is written, made safe."""
    symbol = _choose_safe_function(name, notation) or notation.function(name)
    return Phrase(symbol.text, f"${symbol.latex}$")


def value(expr: Expr, notation: Notation) -> Phrase:
    """A number as it stands in a picture."""
    return _Titles(Picture((), ()), notation).number(expr)


def write_words(words: str) -> Phrase:
    """Plain words, made safe."""
    return Phrase(words, escape_label(words))


def put_in(sentence: str, place: str, phrase: Phrase) -> Phrase:
    """A sentence with a phrase in its place, made safe around it.

    >>> put_in("{count} in all", "{count}", Phrase("2 × 3", "$2 \\\\times 3$")).latex
    '$2 \\\\times 3$ in all'
    """
    before, _, after = sentence.partition(place)
    return Phrase(before + phrase.text + after, _make_safe_beside(before) + phrase.latex + _make_safe_beside(after))


def _make_safe_beside(words: str) -> str:
    """Words made safe, with the blanks at their ends."""
    bare = words.strip()
    return words.replace(bare, escape_label(bare)) if bare else words


def legend(picture: Picture, notation: Notation, known: dict[str, Label]) -> list[tuple[str, Phrase]]:
    """What the legend explains: (role, words) for each kind of box that occurs, then for the two numbers.

    The numbers come with the roles ``value``, ``gradient`` and ``local`` (`TOLD`).
    """
    roles = {label.role for label in known.values()}
    words = picture.words
    entries = [(role, write_words(word)) for role, word in words.LEGEND.items() if role in roles]
    if any(label.value for label in known.values()):
        entries.append(("value", write_words(words.VALUE)))
    if any(label.gradient for label in known.values()):
        entries.append(("gradient", _gradient_words(picture, notation)))
    if picture.locals:
        entries.append(("local", write_words(words.LOCAL)))
    return entries


def _gradient_words(picture: Picture, notation: Notation) -> Phrase:
    if picture.loss and any(node.name == picture.loss for node in picture.nodes):
        loss = _Titles(Picture((Node(picture.loss, ""),), ()), notation).name(picture.loss)
        return put_in(picture.words.GRADIENT_OF, "{loss}", loss)
    return write_words(picture.words.GRADIENT)


_NOTHING = Phrase("", "$$")


class _Titles:
    """Prints the expressions of one picture, with every name made safe and its index marked as a subscript."""

    def __init__(self, picture: Picture, notation: Notation) -> None:
        names, functions = _list_mentioned(picture)
        symbols = {name: _choose_safe_symbol(name, notation) for name in names}
        known = {func: _choose_safe_function(func, notation) for func in functions}
        self._printer = Printer(
            replace(
                notation,
                symbols={**symbols, **_DOT_SYMBOLS},
                functions={**notation.functions, **{func: symbol for func, symbol in known.items() if symbol}},
            )
        )

    def name(self, name: str) -> Phrase:
        return self._phrase(Name(name))

    def label(self, node: Node, ends: bool, fed: bool, room: float, *, folded: bool = False) -> Label:
        """The label of one box."""
        role = _ROLES.get(node.kind) or ("operation" if fed or node.expr is not None else "input")
        if node.kind == OMITTED:
            words = _cut(fit_one_line(node.name.partition(" (")[0]))
            return Label(Phrase(words, escape_label(words)), role, fit_one_line(node.name))
        name = self.name(node.name)
        title, whole, below = name, name.plain, None
        if node.expr is not None and node.expr != Name(node.name):
            expr = _harden(node.expr)
            whole = f"{name.plain} = {self._phrase(expr).plain}"
            title = self._title(name, expr, min(room, _BESIDE) if folded else room) or name
            if folded and (title is name or _DOTS_TEXT in title.text) and (below := self._title(_NOTHING, expr, room)):
                title = name
        values = self._write_value(node.value), self._write_value(node.gradient)
        return Label(title, "output" if ends else role, _cut(whole, 400), *values, below)

    def _title(self, name: Phrase, expr: Expr, room: float) -> Phrase | None:
        if room <= em(name.text):
            return None
        forms = [form for form in list_shorter(expr) if (form == expr or says_something(form)) and _count_storeys(form) < 2]
        formulas = [formula for formula in map(self._phrase, forms) if "\\begin" not in formula.latex]
        for most in (room, room + _RATHER):
            for formula in formulas:
                if em(name.text) + em(" = ") + em(formula.text) <= most:
                    return Phrase(f"{name.text} = {formula.text}".strip(), f"{name.latex[:-1]} = {formula.latex[1:]}")
        return None

    def _phrase(self, expr: Expr) -> Phrase:
        latex = self._printer.latex(expr)
        if not latex.isascii():
            latex = "\\text{" + escape_label(latex) + "}"
        return Phrase(self._printer.text(expr), f"${latex}$")

    def _write_value(self, expr: Expr | None) -> Phrase | None:
        return None if expr is None else self.number(expr)

    def number(self, expr: Expr) -> Phrase:
        """A value or a gradient; a fraction is written with a slash, so that the line stays low."""
        expr = _harden(expr)
        phrase = self._phrase(expr)
        if len(phrase.plain) > LONGEST_NUMBER:
            words = _cut(phrase.plain, LONGEST_NUMBER)
            return self._round_number(expr) or Phrase(words, escape_label(words))
        sign, body = ("-", expr.arg) if isinstance(expr, Neg) else ("", expr)
        if isinstance(body, Div) and isinstance(body.num, Number) and isinstance(body.den, Number):
            num, den = self._printer.latex(body.num), self._printer.latex(body.den)
            return Phrase(phrase.text, f"${sign}{num}/{den}$")
        return phrase

    def _round_number(self, expr: Expr) -> Phrase | None:
        sign, body = (-1, expr.arg) if isinstance(expr, Neg) else (1, expr)
        match body:
            case Number():
                worth = sign * body.value
            case Div(Number() as num, Number() as den) if den.value:
                worth = sign * num.value / den.value
            case _:
                return None
        try:
            number = self._phrase(Number(write_six_digits(worth)))
        except OverflowError:
            return None
        return Phrase("≈" + number.text, "$\\approx " + number.latex[1:])


    def derivative(self, local: LocalDerivative, room: float) -> Phrase:
        """A local derivative as it stands on an edge, ``room`` em wide."""
        formula = self._shorten_formula(_harden(local.expr), room)
        if local.value is None:
            return formula
        number = self.number(local.value)
        if formula.text == number.text or _DOTS_TEXT in formula.text or em(formula.text) + em(number.text) > room:
            return number
        return Phrase(f"{formula.text} = {number.text}", f"{formula.latex[:-1]} = {number.latex[1:]}")

    def _shorten_formula(self, expr: Expr, room: float) -> Phrase:
        """The first form that has room on an edge, fractions with a slash; dots where none has."""
        for form in list_shorter(expr):
            phrase = self.number(form) if isinstance(form, Div | Number | Neg) else self._phrase(form)
            if em(phrase.text) <= room and (form == expr or says_something(form)) and "\\begin" not in phrase.latex:
                return phrase
        return self._phrase(DOTS)


def _list_mentioned(picture: Picture) -> tuple[list[str], list[str]]:
    """Every name and every function of the picture's expressions, in order of appearance."""
    names: dict[str, None] = {}
    functions: dict[str, None] = {}
    locals_of: dict[str, list[Expr]] = {}
    for local in picture.locals:
        locals_of.setdefault(local.target, []).append(local.expr)
    for node in picture.nodes:
        names[node.name] = None
        pending = [_harden(expr) for expr in (node.gradient, node.value, node.expr, *locals_of.get(node.name, ())) if expr is not None]
        while pending:
            expr = pending.pop()
            pending += reversed(children(expr))
            match expr:
                case Name(name):
                    names[name] = None
                case Partial(of, wrt):
                    names.update({of: None, wrt: None})
                case Call(func, _):
                    functions[func.rstrip("'")] = None
    return list(names), list(functions)


def _count_storeys(expr: Expr) -> int:
    """How many fractions stand in one another; those beside one another are no higher than one."""
    return (type(expr) is Div) + max(map(_count_storeys, children(expr)), default=0)


def _harden(expr: Expr) -> Expr:
    """The expression with every number that is none as a name, so that it will be escaped."""
    if isinstance(expr, Number):
        return expr if _PLAIN_NUMBER.fullmatch(expr.text) else Name(expr.text)
    parts = children(expr)
    return rebuild(expr, tuple(_harden(part) for part in parts)) if parts else expr


def _choose_safe_symbol(name: str, notation: Notation) -> Symbol:
    if name in notation.symbols or _PLAIN_NAME.fullmatch(name):
        symbol = notation.symbol(name)
        words = fit_one_line(symbol.text) or "?"
        if len(words) <= LONGEST_NAME:
            return Symbol(symbol.latex, mark_scripts(Symbol(symbol.latex, words)))
    else:
        words = fit_one_line(name) or "?"
    return Symbol("\\text{" + escape_label(_cut(words)) + "}", _cut(words))


def mark_scripts(symbol: Symbol) -> str:
    """The symbol's text with its index and its superscript marked, as its LaTeX form has them; as it is, where that is not understood.

    >>> mark_scripts(Symbol("w_{11}^{o}", "wᵒ₁₁")) == f"w{SUB}11{END}{SUP}o{END}"
    True
    """
    within = _BRACKETED.fullmatch(symbol.latex)
    if within:
        base = mark_scripts(Symbol(within[1], ""))
        return f"({base}){mark_scripts(Symbol('x' + within[2], 'x'))[1:]}" if base else symbol.text
    try:
        parts = read_symbol(symbol.latex.replace("\\operatorname", "\\mathrm"))
    except TutorError:
        return symbol.text
    raised = parts.sup.text.replace("'", "′")
    lowered = f"{SUB}{parts.sub.text}{END}" if parts.sub.text else ""
    return unicodedata.normalize("NFC", parts.base.text) + lowered + (raised if raised == "′" else f"{SUP}{raised}{END}" if raised else "")


def _choose_safe_function(func: str, notation: Notation) -> Symbol | None:
    """How a function is written, when its name needs care."""
    if func in notation.functions:
        known = notation.functions[func]
        return Symbol(known.latex, mark_scripts(Symbol(known.latex, fit_one_line(known.text) or "?")))
    if _PLAIN_NAME.fullmatch(shorten_name(func)):
        plain = notation.function(func)
        return replace(plain, text=mark_scripts(plain)) if "_{" in plain.latex else None
    words = _cut(fit_one_line(func) or "?")
    return Symbol("\\operatorname{\\text{" + escape_label(words) + "}}", words)


def _cut(text: str, length: int = LONGEST_NAME) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


_WIDTHS = {
    **dict.fromkeys("ijl|'", 0.29),
    **dict.fromkeys(".,:;·!′ ", 0.34),
    **dict.fromkeys('frt()[]-/\\"I', 0.42),
    **dict.fromkeys("0123456789", 0.637),
    **dict.fromkeys("cksvxyzJL", 0.6),
    **dict.fromkeys("+−=<>±×÷≈", 0.838),
    **dict.fromkeys("mMWw%@…", 1.0),
    **dict.fromkeys("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾₀₁₂₃₄₅₆₇₈₉₋₍₎", 0.42),
}
SUBSCRIPT = 0.78
"""Size of a subscript, as a part of the font size: of numbers, which are set in 12 pixels (9 points), it is 7 points."""
_IN_TEX = 0.72
"""The same in TeX, of letters of 10 points."""


def em(text: str) -> float:
    """How wide a text is at most, in em of a usual sans-serif font (the widths of DejaVu Sans, the widest of them)."""
    width, scale = 0.0, 1.0
    for mark in text:
        if mark in (SUB, SUP, END):
            scale = 1.0 if mark == END else SUBSCRIPT
        elif mark in _WIDTHS:
            width += scale * _WIDTHS[mark]
        elif unicodedata.east_asian_width(mark) in "WF":
            width += scale * 1.05
        elif not unicodedata.combining(mark):
            width += scale * (0.78 if mark.isupper() or not mark.isalnum() else 0.65)
    return width


_WIDER_IN_TEX = {"·": 0.35, "×": 0.5, "√": 0.3, "…": 0.35, "⁻": 0.25, "/": 0.2, "=": 0.15, "+": 0.1, "⋮": 0.7}


def tex_em(text: str) -> float:
    """About how wide a text is in Computer Modern of 10 points, in em; smaller sizes are a little wider."""
    width, scale = 0.0, 1.0
    for mark in text:
        if mark in (SUB, SUP, END):
            scale = 1.0 if mark == END else 1.28 * _IN_TEX
        else:
            width += 0.91 * scale * em(mark) + _WIDER_IN_TEX.get(mark, 0.0)
    return width


def place_legend(
    entries: Sequence[tuple[str, Phrase]], widths: Sequence[float], gap: float, limit: float, most: float
) -> list[list[tuple[int, float]]]:
    """The pieces of a legend from left to right: (which piece, where), on one row where that is at most ``most`` wide, closer if need be.

    Else on as few rows as ``limit`` allows, the numbers on rows of their own where that takes no more of them, and the rows alike in width.
    """
    for close in (gap, 0.7 * gap):
        whole = _place_row(range(len(widths)), widths, close)
        if not widths or whole[-1][1] + widths[-1] <= most:
            return [whole]
    seam = next((place for place, (role, _) in enumerate(entries) if role in TOLD), 0)
    best: tuple[tuple[float, ...], list[list[tuple[int, float]]]] | None = None
    for count in range(2, len(widths) + 1):
        for cuts in combinations(range(1, len(widths)), count - 1):
            ends = (0, *cuts, len(widths))
            placed = [_place_row(range(begin, end), widths, gap) for begin, end in pairwise(ends)]
            widest = max(row[-1][1] + widths[row[-1][0]] for row in placed)
            worth = (max(widest - limit, 0.0), float(seam > 0 and seam not in cuts), widest)
            if best is None or worth < best[0]:
                best = worth, placed
        if best is not None and not best[0][0]:
            break
    return best[1] if best is not None else [whole]


def _place_row(pieces: Iterable[int], widths: Sequence[float], gap: float) -> list[tuple[int, float]]:
    placed, end = [], 0.0
    for which in pieces:
        placed.append((which, end))
        end += widths[which] + gap
    return placed
