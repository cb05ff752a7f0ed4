"""A symbol as a course writes it, in LaTeX and in plain text.

Symbols come from files that lecturers write, so they are *parsed*: a small, closed part of LaTeX is understood
(``w_{5}``, ``\\hat{y}_{1}``, ``\\mathcal{L}``, ``x^{L-1}``, ``\\mathit{out}_{h1}``) and everything else is refused by name.  What is
printed is made again from the parts, so that nothing from outside reaches a document unread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal
from unicodedata import normalize

from tutor.errors import TutorError
from tutor.expression.letters import ACCENTS, COMMANDS, FONTS, LETTERS, SCRIPT, SUB, SUPER
from tutor.late_patterns import compile_late
from tutor.text import make_visible


@dataclass(frozen=True, slots=True)
class Symbol:
    """How one quantity is written: ``latex`` for documents, ``text`` for the terminal and for pictures."""

    latex: str
    text: str


SPELLINGS = {
    "eps": "varepsilon", "epsilon": "varepsilon",
    "lam": "lambda", "lamb": "lambda", "lambd": "lambda", "lmbda": "lambda", "lamda": "lambda",
}  # fmt: skip
"""How programs spell a Greek letter: ``lambda`` is a word of Python's own."""

_TOKEN = compile_late(
    r"\\(?P<command>[A-Za-z]+)|(?P<char>[A-Za-z0-9+\-(),'*=.∘]|[{}^_])|(?P<space>\s+|\\,)|(?P<bad>.)", re.DOTALL
)
_ANGLES = {"langle": "⟨", "rangle": "⟩"}
MAX_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Parts:
    """A symbol taken apart: base, index and superscript, each in LaTeX and in text."""

    base: Symbol
    sub: Symbol = Symbol("", "")
    sup: Symbol = Symbol("", "")

    def symbol(self) -> Symbol:
        """The whole symbol."""
        latex = self.base.latex
        if self.sub.latex:
            latex += "_{" + self.sub.latex + "}"
        if self.sup.latex:
            latex += "'" if self.sup.latex == "'" else "^{" + self.sup.latex + "}"
        return Symbol(
            latex,
            normalize("NFC", self.base.text) + _raise_index(self.sup.text, SUPER, "^") + _raise_index(self.sub.text, SUB, "_"),
        )

    def add_index(self, more: Symbol) -> Symbol:
        """The symbol with one index more: w^L at iteration 1 is w_1^L."""
        if not self.sub.latex:
            return replace(self, sub=more).symbol()
        return replace(self, sub=Symbol(f"{self.sub.latex},{more.latex}", f"{self.sub.text},{more.text}")).symbol()

    def add_superscript(self, more: Symbol) -> Symbol:
        """The symbol with more in its superscript: w_5 after an update is w_5^{t+1}."""
        if not self.sup.latex:
            return replace(self, sup=more).symbol()
        return replace(self, sup=Symbol(f"{self.sup.latex},{more.latex}", f"{self.sup.text},{more.text}")).symbol()


_FACE = compile_late(r"\\(?:mathbf|boldsymbol|vec)\{([^{}]*)\}")
_LETTER = compile_late(
    r"\\(?P<accent>hat|tilde|bar)\{(?P<inner>[^{}]*)\}"
    r"|\\math(?:it|rm)\{(?P<word>[^{}]*)\}|(?P<plain>\\[A-Za-z]+(?![A-Za-z{])|[A-Za-z](?![A-Za-z]))"
)

Face = Literal["plain", "bold", "arrow"]
"""How a course writes whole arrays: as any letter, bold, or with an arrow."""


def set_italic(symbol: Symbol) -> Symbol:
    r"""A symbol without bold letters and arrows: an entry of an array is written in italics.

    >>> set_italic(Symbol(r"\hat{\mathbf{y}}", "ŷ")).latex, set_italic(Symbol(r"\vec{x}", "x⃗")).text
    ('\\hat{y}', 'x')
    """
    latex = _FACE.sub(r"\1", symbol.latex)
    return symbol if latex == symbol.latex else read_symbol(latex).symbol()


def set_face(symbol: Symbol, face: Face) -> Symbol:
    r"""A symbol as a whole array is written; what is no letter of its base is left, and so is the text, which has no faces.

    >>> [set_face(Symbol(latex, ""), "bold").latex for latex in ("W_{2}", r"\delta^{l}", r"\hat{y}")]
    ['\\mathbf{W}_{2}', '\\boldsymbol{\\delta}^{l}', '\\hat{\\mathbf{y}}']
    """
    match = _LETTER.match(symbol.latex)
    if face == "plain" or match is None or _FACE.search(symbol.latex) or symbol.latex[match.end() :][:1] not in ("", "_", "^", "'"):
        return symbol
    letter = match["inner"] or match["word"] or match["plain"]
    bold = f"\\boldsymbol{{{letter}}}" if letter.startswith("\\") else f"\\mathbf{{{letter}}}"
    faced = f"\\vec{{{match.group()}}}" if face == "arrow" else f"\\{match['accent']}{{{bold}}}" if match["accent"] else bold
    return Symbol(faced + symbol.latex[match.end() :], symbol.text)


_MOVED = compile_late(r"\b([Lltkn])([mp])(\d)\b")
"""A place counted from another one, as it can be written in a name: x_Lm1 is x of the layer L − 1, h_tp1 is h at t + 1."""
_TIMES = compile_late(r"(?<=\d)·(?=[^\W\d])")
"""The sign of a product that an index needs none of: 2i."""


Time = Literal["index", "angle", "raised"]
"""How a course writes the time of a quantity: h_t, h^{⟨t⟩}, h^{(t)}."""


def put_time(symbol: Symbol, time: Sequence[str], style: Time) -> Symbol:
    r"""A symbol with the place in time of its quantity; in plain text brackets stand behind the letter.

    >>> h = Symbol("h", "h")
    >>> put_time(h, ["t-1"], "index"), put_time(h, ["2"], "angle")
    (Symbol(latex='h_{t-1}', text='hₜ₋₁'), Symbol(latex='h^{\\langle 2\\rangle}', text='h⟨2⟩'))
    >>> put_time(h, ["T"], "index").text, put_time(Symbol("h_{1}", "h₁"), ["2"], "raised").text
    ('h_T', 'h⁽²⁾₁')
    """
    parts, place = read_symbol(symbol.latex), ",".join(time)
    if style == "index":
        return parts.add_index(Symbol(place, place))
    marks = ("\\langle ", "\\rangle", "⟨", "⟩") if style == "angle" else ("(", ")", "(", ")")
    return parts.add_superscript(Symbol(f"{marks[0]}{place}{marks[1]}", f"{marks[2]}{place}{marks[3]}"))


def _raise_index(text: str, table: dict[str, str], mark: str) -> str:
    if text[:1] == "⟨":
        return text.replace("-", "−")
    if all(c in table for c in text) and sum(c.isalpha() for c in text) <= 3:
        return "".join(table[c] for c in text)
    shown = _TIMES.sub("", text.replace("-", "−"))
    return mark + (shown if len(shown) == 1 or shown.isalnum() else f"({shown})")


def lower_index(text: str) -> str:
    """An index in plain text: lowered where there are such letters, else behind an underscore.

    >>> lower_index("jv"), lower_index("L")
    ('ⱼᵥ', '_L')
    """
    return _raise_index(text, SUB, "_")


@cache
def read_symbol(text: str) -> Parts:
    """Read a symbol in the part of LaTeX that is understood.

    Raises `TutorError` naming what is not.

    >>> read_symbol("x^{L-1}").symbol()
    Symbol(latex='x^{L-1}', text='xᴸ⁻¹')
    """
    if len(text) > MAX_LENGTH:
        raise TutorError(f"a symbol of {len(text)} characters", hint=f"the limit is {MAX_LENGTH}")
    reader = _SymbolReader(text)
    return reader.parts()


class _SymbolReader:
    token = _TOKEN

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [m for m in self.token.finditer(text) if m.lastgroup != "space"]
        self.place = 0
        for match in self.tokens:
            if match.lastgroup == "bad":
                raise self.fail(make_visible(match.group()))

    def fail(self, what: str) -> TutorError:
        return TutorError(
            f"{what} is not understood in the symbol {make_visible(self.text)!r}",
            hint="letters, digits, ^{…}, _{…}, Greek letters, \\hat{…}, \\tilde{…}, \\mathcal{L}, \\mathrm{…} are",
        )

    def peek(self) -> str:
        return self.tokens[self.place].group() if self.place < len(self.tokens) else ""

    def take(self) -> str:
        word = self.peek()
        self.place += 1
        return word

    def parts(self) -> Parts:
        base = self.run(stop="^_'")
        if not base.latex:
            raise self.fail("an empty base")
        parts = Parts(base)
        while self.peek():
            mark = self.take()
            if mark == "_" and not parts.sub.latex:
                parts = replace(parts, sub=self.group())
            elif mark == "^" and not parts.sup.latex:
                parts = replace(parts, sup=self.group())
            elif mark == "'" and not parts.sup.latex:
                parts = replace(parts, sup=Symbol("'", "'"))
            else:
                raise self.fail(mark)
        return parts

    def run(self, stop: str) -> Symbol:
        latex, text = "", ""
        while (word := self.peek()) and word not in stop:
            piece = self.atom()
            glue = " " if latex and re.search(r"\\[A-Za-z]+$", latex) and piece.latex[:1].isalpha() else ""
            latex, text = latex + glue + piece.latex, text + piece.text
        return Symbol(latex, text)

    def read_inside(self) -> Symbol:
        """What stands in braces."""
        return self.run(stop="}")

    def group(self) -> Symbol:
        if self.peek() != "{":
            return self.atom()
        self.take()
        inner = self.read_inside()
        if self.take() != "}":
            raise self.fail("an open {")
        return inner

    def atom(self) -> Symbol:
        word = self.take()
        if not word:
            raise self.fail("the end")
        if not word.startswith("\\"):
            if word in "{}^_":
                raise self.fail(word)
            return Symbol(word, word)
        command = word[1:]
        if command in _ANGLES:
            return Symbol(word, _ANGLES[command])
        if command in COMMANDS:
            return Symbol(word, COMMANDS[command])
        if command in ACCENTS or command in FONTS:
            inner = self.group()
            if not inner.latex:
                raise self.fail(f"{word} of nothing")
            accent = ACCENTS.get(command, "")
            text = SCRIPT.get(inner.text, inner.text) if command == "mathcal" else inner.text
            return Symbol(f"{word}{{{inner.latex}}}", text[:1] + accent + text[1:])
        raise self.fail(word)


_RELATIONS = {
    "=": "=", "<": "<", ">": ">", "\\le": "≤", "\\ge": "≥", "\\ne": "≠", "\\approx": "≈", "\\to": "→", "\\leftarrow": "←", "\\in": "∈",
}  # fmt: skip
_OPERATIONS = {"+": "+", "-": "−", "*": "*", "\\cdot": "·", "\\times": "×", "\\odot": "⊙", "\\ast": "∗", "\\star": "⋆", "∘": "∘"}
_LONE_SIGNS = {
    "\\sum": "Σ", "\\prod": "∏", "\\int": "∫", "\\partial": "∂", "\\top": "T", "\\dots": "…", "\\infty": "∞",
    "\\lVert": "‖", "\\rVert": "‖",
    "\\lvert": "|", "\\rvert": "|", "\\,": " ",
    **{name: name[1:] for name in ("\\exp", "\\log", "\\ln", "\\max", "\\min", "\\sin", "\\cos", "\\tanh")},
}  # fmt: skip
_SAME_SIGN = {"\\leq": "\\le", "\\geq": "\\ge", "\\neq": "\\ne", "\\gets": "\\leftarrow", "\\ldots": "\\dots", "\\cdots": "\\dots"}
_TYPED = {
    **{sign: f"{name} " for name, sign in (_RELATIONS | _OPERATIONS | _LONE_SIGNS).items() if len(name) > 1 and not sign.isascii()},
    **{letter: f"\\{name} " for letter, name in LETTERS.items()}, "ε": "\\varepsilon ", "φ": "\\varphi ", "Σ": "\\sum ",
    "−": "-", "ℒ": "\\mathcal{L}", "′": "'", "²": "^{2}", "³": "^{3}", "ᵀ": "^{\\top}", "½": "\\frac{1}{2}", "‖": "\\Vert ",
}  # fmt: skip
"""Signs as they are typed without LaTeX, as it."""
_FORMULA_TOKEN = compile_late(
    r"\\(?P<command>[A-Za-z]+)|\\,|(?P<char>[A-Za-z0-9+\-(),'*=.∘/<>\[\]]|[{}^_])|(?P<space>\s+)|(?P<bad>.)", re.DOTALL
)
LONGEST_FORMULA = 400
_LARGE = ("Σ", "∏", "∫")


def spell_in_latex(text: str) -> str:
    """Letters and signs that are typed as they are, as LaTeX.

    >>> spell_in_latex("w̃ − ŷ²")
    '\\\\tilde{w} - \\\\hat{y}^{2}'
    """
    spelled = "".join(_TYPED.get(sign, sign) for sign in normalize("NFC", text))
    return _ACCENTED_LETTER.sub(lambda match: f"\\{_ACCENT_OF[match[2]]}{{{match[1]}}}", normalize("NFD", spelled))


@cache
def read_formula(text: str) -> Symbol:
    """Read a whole formula that is only shown, ``\\int x(t)\\,dt``, in the part of LaTeX that is understood or as one types it.

    Raises `TutorError` naming what is not.  Its LaTeX is read as the same again.

    >>> read_formula("E = 1/(2s) Σ ‖f(x_i) − y_i‖²").text
    'E = 1/(2s) Σ ‖f(xᵢ) − yᵢ‖²'
    >>> read_formula("θ ← θ − η ∂L/∂θ").latex == read_formula(r"\\theta \\gets \\theta - \\eta \\partial L/\\partial\\theta").latex
    True
    """
    spelled = spell_in_latex(text)
    word = _WORD.search(_COMMAND_WORDS.sub(" ", spelled))
    if word is not None:
        raise _FormulaReader(spelled).fail(make_visible(word.group()))
    if len(spelled) > LONGEST_FORMULA:
        raise TutorError(f"a formula of {len(spelled)} characters", hint=f"the limit is {LONGEST_FORMULA}")
    return _FormulaReader(spelled).read_whole()


_WORD = compile_late(r"[A-Za-z]{4,}|\]\s*\(")
"""Words, which in mathematics are products of their letters, and what Markdown takes for a link."""
_COMMAND_WORDS = compile_late(rf"\\(?:{'|'.join(FONTS)})\s*\{{[A-Za-z]*\}}|\\[A-Za-z]+")
_ACCENT_OF = {mark: name for name, mark in ACCENTS.items()}
_ACCENTED_LETTER = compile_late(f"([A-Za-z])([{''.join(_ACCENT_OF)}])")


class _FormulaReader(_SymbolReader):
    """Reads signs, fractions, roots, sums and integrals between symbols."""

    token = _FORMULA_TOKEN

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.open: dict[str, bool] = {}

    def read_whole(self) -> Symbol:
        found = self.read_inside()
        if self.peek():
            raise self.fail(self.peek())
        return Symbol(found.latex, found.text.strip())

    def read_inside(self) -> Symbol:
        """What stands in braces, or all: symbols with their scripts, and the signs between them."""
        latex = text = ""
        operand = False  # a minus sign behind one stands between two things
        while (word := self.peek()) and word != "}":
            sign = self._find_sign(word)
            if sign is not None:
                self.take()
                piece = Symbol("< " if word == "<" else _SAME_SIGN.get(word, word), f" {sign} " if operand else sign)
                operand = False
            else:
                piece = self.read_scripted()
                if operand and piece.latex.startswith("\\partial"):  # η ∂L/∂w
                    piece = Symbol("\\," + piece.latex, " " + piece.text)
                if piece.text[:1] in _LARGE:
                    piece = Symbol(piece.latex, f" {piece.text} " if operand else f"{piece.text} ")
                operand = not piece.latex.endswith(("(", "[", ",", "/", "\\,"))
            if latex and re.search(r"\\[A-Za-z]+$", latex) and piece.latex[:1].isalpha():
                latex += " "
            latex, text = latex + piece.latex, text + piece.text
        return Symbol(latex, text)

    def _find_sign(self, word: str) -> str | None:
        same = _SAME_SIGN.get(word, word)
        return _RELATIONS.get(same) or _OPERATIONS.get(same)

    def read_scripted(self) -> Symbol:
        """One thing with what is set below and above it."""
        parts = Parts(self.atom())
        while (mark := self.peek()) and mark in "_^'":
            self.take()
            if mark == "_" and not parts.sub.latex:
                parts = replace(parts, sub=self.group())
            elif mark == "'" and not parts.sup.latex.strip("'"):
                parts = replace(parts, sup=Symbol(parts.sup.latex + "'", parts.sup.text + "'"))
            elif mark == "^" and not parts.sup.latex:
                parts = replace(parts, sup=self.group())
            else:
                raise self.fail(mark)
        if parts.base.text in _LARGE and parts.sub.text and parts.sup.text:  # as our own sums: Σ_(i=1..N)
            return Symbol(parts.symbol().latex, f"{parts.base.text}_({parts.sub.text.replace(' ', '')}..{parts.sup.text})")
        return parts.symbol()

    def atom(self) -> Symbol:
        word = self.peek()
        if word in ("\\Vert", "\\vert"):  # typed as one sign, which opens and closes
            self.take()
            self.open[word] = not self.open.get(word, False)
            side = f"\\{'l' if self.open[word] else 'r'}{word[1:]}"
            return Symbol(side, _LONE_SIGNS[side])
        same = _SAME_SIGN.get(word, word)
        if same in _LONE_SIGNS:
            self.take()
            return Symbol(same, _LONE_SIGNS[same])
        if word in ("\\left", "\\right"):  # brackets grow here by themselves, or not at all
            self.take()
            return self.atom()
        if word == "\\frac":
            self.take()
            above, below = self.group(), self.group()
            shown = [part.text if part.text.removeprefix("∂").isalnum() else f"({part.text})" for part in (above, below)]
            return Symbol(f"\\frac{{{above.latex}}}{{{below.latex}}}", "/".join(shown))
        if word == "\\sqrt":
            self.take()
            inner = self.group()
            return Symbol(f"\\sqrt{{{inner.latex}}}", f"√({inner.text})")
        if word == ",":
            self.take()
            return Symbol(",", ", ")
        return super().atom()


_LOWERED = str.maketrans({digit: SUB[digit] for digit in "0123456789"})
_ACCENTED = compile_late(r"([A-Za-z]+)_(hat|tilde|bar)(?=_|\d|\Z)")
"""An accent as part of a name: y_hat, w_tilde_1."""
_ACCENT_RUN_ON = compile_late(r"([A-Za-z])(bar|tilde)")
"""The same of one letter, run together as programs have it: xbar; a rebar is a word."""
_SQUARED = compile_late(r"([A-Za-z]+)_sq(?=_|\d|\Z)")
"""A square as part of a name: sigma_sq is σ², a variance."""


_WRITTEN = compile_late(r"[\\^{'=+/(\[<>,]")
_FORMULA_SIGN = compile_late(r"[=(,\[<>+/ -](?![^{}]*\})")
"""What stands in formulas, and in symbols in an index or superscript only."""


def _read_whole_symbol(text: str) -> Symbol:
    return read_symbol(text).symbol()


@cache
def _set_label(part: str) -> str:
    """A part of an index: a word is upright (W_out), letters that count are not (x_ijk)."""
    word = part in _SHORT_WORDS or (part.isascii() and part.isalpha() and len(part) > 2 and not set(part) <= _COUNTING)
    return f"\\mathrm{{{part}}}" if word else part


_SHORT_WORDS = frozenset(("in", "min"))
_COUNTING = frozenset("ijklmnpq")
"""Letters that count, also several of them in a row."""


@cache
def guess(name: str) -> Symbol:
    """The symbol of a quantity, from its name; in plain text words (out_h1) and names of neurons (the o1 of L_o1) stay as one types them.

    >>> guess("y_hat_1").latex
    '\\\\hat{y}_{1}'
    >>> guess("w5").latex, guess("out_h1").latex, guess("eta").latex, guess("yhat1").latex
    ('w_{5}', '\\\\mathit{out}_{h1}', '\\\\eta', '\\\\hat{y}_{1}')
    >>> guess("w_1_2").text, guess("out_h1").text, guess("yhat1").text, guess("lam").text
    ('w₁,₂', 'out_h1', 'ŷ₁', 'λ')
    >>> guess("sigma_sq_1")
    Symbol(latex='\\\\sigma_{1}^{2}', text='σ²₁')
    >>> guess("x_Lm1"), guess("h_tp1").latex
    (Symbol(latex='x_{L-1}', text='x_(L−1)'), 'h_{t+1}')
    """
    if _WRITTEN.search(name):  # no name of a quantity: a symbol or a formula that was written into words
        for read in (read_formula, _read_whole_symbol) if _FORMULA_SIGN.search(name) else (_read_whole_symbol, read_formula):
            with suppress(TutorError):
                return read(name)
    if match := _SQUARED.match(name):
        return replace(read_symbol(guess(match[1] + name[match.end() :]).latex), sup=Symbol("2", "2")).symbol()
    if name == "lambda_":  # the underscore is no index here, it keeps the name apart from Python's word
        return Symbol("\\lambda", COMMANDS["lambda"])
    head, _, index = _ACCENTED.sub(r"\1\2", name).partition("_")
    digits = head[len(head.rstrip("0123456789")) :]
    head = head[: len(head) - len(digits)]
    index = ",".join(part for part in (digits, *index.split("_")) if part)
    accent = ""
    if len(head) > 3 and head.endswith("hat"):
        head, accent = head[:-3], "\\hat"
    elif (match := _ACCENT_RUN_ON.fullmatch(head)) or (match := _ACCENTED.match(name)):
        head, accent = match[1], f"\\{match[2]}"
    greek = SPELLINGS.get(head, head)
    if greek in COMMANDS:
        latex = "\\" + greek
    else:
        latex = head if len(head) == 1 else "\\mathit{" + head + "}"
    if accent:
        latex = f"{accent}{{{latex}}}"
    if index:
        latex += "_{" + ",".join(map(_set_label, index.split(","))) + "}"
    if len(head) > 1 and greek not in COMMANDS:
        return Symbol(latex, name)
    letter = COMMANDS.get(greek, head)
    if accent:
        letter = normalize("NFC", letter + ACCENTS[accent[1:]])
    if not index or index.replace(",", "").isdecimal():
        return Symbol(latex, letter + index.translate(_LOWERED))
    moved = _MOVED.sub(lambda match: f"{match[1]}{'-' if match[2] == 'm' else '+'}{match[3]}", index)
    if moved != index:  # of the layer before, as code has to call it
        return Symbol(f"{latex.partition('_')[0]}_{{{moved}}}", letter + lower_index(moved))
    named = any(not part.isdecimal() and len(part) > 1 for part in index.split(","))  # of a neuron, o1: as in out_o1
    return Symbol(latex, f"{letter}_{index}" if named else letter + lower_index(index))
