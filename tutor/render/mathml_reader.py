r"""The LaTeX that our printer writes, as MathML Core.

Where brackets and signs go is decided once, in `tutor.render.maths`; its style `MARKED` is LaTeX in which a product without a sign and the
application of a function are marked with the invisible characters that Unicode has for them.  That closed language is read here, and so are
the symbols of notations, which stand in it.  The reader is total: whatever it is given, what comes out is well-formed, has elements of
MathML Core only, and what is no part of the language is shown as text.

>>> read_mathml(r"\frac{\partial L}{\partial w_{5}}")
'<mfrac><mrow><mi>∂</mi><mi>L</mi></mrow><mrow><mi>∂</mi><msub><mi>w</mi><mn>5</mn></msub></mrow></mfrac>'
>>> read_mathml("x(-y)")
'<mi>x</mi><mrow><mo stretchy="false">(</mo><mo form="prefix">−</mo><mi>y</mi><mo stretchy="false">)</mo></mrow>'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from tutor.expression.letters import COMMANDS
from tutor.render.maths import APPLY_MARK, TIMES_MARK
from tutor.text import escape_xml

_TOKEN = re.compile(r"\\(?:begin|end)\{[a-z]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_DEEPEST = 100
"""Elements within elements that are read; deeper ones are shown as they are typed.  Formulas have far fewer."""

_LETTERS: Mapping[str, str] = {**COMMANDS, "epsilon": "ϵ", "phi": "ϕ", "partial": "∂"}
_UPRIGHT = frozenset("ΓΔΘΛΞΠΣΥΦΨΩ∇")
"""Letters that are no italic in mathematics."""
_BINARY = {"+": "+", "-": "−", "*": "*", "\\cdot": "⋅", "\\times": "×", "\\odot": "⊙", "\\star": "⋆", "\\ast": "∗", "∘": "∘", "·": "⋅",
           "×": "×", "−": "−", "\\circ": "∘", "\\pm": "±", "\\otimes": "⊗"}  # fmt: skip
_RELATION = {"=": "=", "<": "&lt;", ">": "&gt;", "\\leftarrow": "←", "\\rightarrow": "→", "\\approx": "≈", "\\neq": "≠", "\\leq": "≤",
             "\\geq": "≥", "\\in": "∈", "\\propto": "∝", "\\equiv": "≡", "\\sim": "∼", "←": "←", "→": "→", "≈": "≈", "≠": "≠"}  # fmt: skip
_DOTS = {"\\cdots": "⋯", "\\vdots": "⋮", "\\dots": "…", "\\ldots": "…", "\\top": "⊤", "\\infty": "∞"}
_LARGE = {"\\sum": "∑", "\\prod": "∏"}
_LIMITS = ("\\max", "\\min")
_NAMED = ("\\exp", "\\log", "\\ln", "\\sin", "\\cos", "\\tan", "\\tanh")
_ACCENTS = {"\\hat": "^", "\\tilde": "~", "\\bar": "¯", "\\dot": "˙", "\\vec": "→"}
_FACES = {"\\mathbf": "bold", "\\boldsymbol": "bold", "\\mathcal": "script", "\\mathit": "italic", "\\mathrm": "upright",
          "\\operatorname": "upright"}  # fmt: skip
_SIZES = {"": "", "\\big": "1.2em", "\\Big": "1.8em", "\\bigg": "2.4em", "\\left": "grows"}
_MARKS_OF_SIZE = {"": ' stretchy="false"', "grows": "", "1.2em": ' class="big" stretchy="false"'}
_OPENING = {"(": "(", "[": "[", "\\lvert": "|", "\\lbrack": "[", **dict.fromkeys(("\\left", "\\bigl", "\\Bigl", "\\biggl"), "")}
_CLOSING = {"(": ")", "[": "]", "\\lvert": "\\rvert", "\\left": "\\right", "\\bigl": "\\bigr", "\\Bigl": "\\Bigr", "\\biggl": "\\biggr"}
_SIDES = {"\\lvert": "|", "\\rvert": "|"}
_ENDS = frozenset((*_CLOSING.values(), "}", "&", "\\\\"))
_SCRIPTS = {"ℬ": "B", "ℰ": "E", "ℱ": "F", "ℋ": "H", "ℐ": "I", "ℒ": "L", "ℳ": "M", "ℛ": "R"}


def _make_faces() -> dict[str, dict[str, str]]:
    capitals, small = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
    greek = "αβγδεζηθικλμνξοπρςστυφχψω"

    def number_letters(letters: str, first: int) -> dict[str, str]:
        return {letter: chr(first + place) for place, letter in enumerate(letters)}

    high = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡ\u03f4ΣΤΥΦΧΨΩ∇"
    bold = {**number_letters(capitals, 0x1D400), **number_letters(small, 0x1D41A), **number_letters("0123456789", 0x1D7CE)}
    bold |= {**number_letters(high, 0x1D71C), **number_letters(greek, 0x1D736), **number_letters("∂ϵϑϰϕϱϖ", 0x1D74F)}
    script = {**number_letters(capitals, 0x1D49C), **{plain: letter for letter, plain in _SCRIPTS.items()}}
    italic = {**number_letters(capitals, 0x1D434), **number_letters(small, 0x1D44E), "h": "ℎ"}
    return {"bold": bold, "script": script, "italic": italic, "upright": {}}


_LETTERS_OF = _make_faces()


class _LatexToMathml:
    """Reads one formula.  Every method gives markup; ``before`` is the kind of what was read last: nothing, a sign, or an operand."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(text)
        self.at = self.depth = 0
        self.scripted = 0
        self.face = ""
        self.after_sign = True

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def read_all(self) -> str:
        parts = self.read_row()
        while self.at < len(self.tokens):  # an end of something that never began
            token = self.take()
            parts.append(_text(token) if token.strip() else "")
            parts += self.read_row()
        return "".join(parts)

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def read_row(self) -> list[str]:
        """Elements, up to what ends a group."""
        self.after_sign = True
        parts: list[str] = []
        while token := self.peek():
            if token in _ENDS or token.startswith("\\end{"):
                break
            if token.isspace():
                self.at += 1
                continue
            parts.append(self.read_scripts(self.read_atom()) if token not in "^_'" else self.read_scripts(""))
        return parts

    def read_inside(self, end: str) -> str:
        """One element: all up to ``end``, which is taken."""
        if self.depth >= _DEEPEST:
            return self.read_rest()
        self.depth += 1
        parts = self.read_row()
        self.depth -= 1
        if self.peek() == end:
            self.at += 1
        self.after_sign = False
        return _wrap(parts)

    def read_group(self) -> str:
        """One element: what stands in braces, or the next sign."""
        while self.peek().isspace():
            self.at += 1
        if self.peek() == "{":
            self.at += 1
            return self.read_inside("}")
        token = self.peek()
        if not token or token in _ENDS or token in "^_'" or token.startswith("\\end{"):
            return "<mrow></mrow>"
        return self.read_atom()

    def read_raw(self) -> str:
        """What stands in braces, as it is typed."""
        if self.peek() != "{":
            return self.take()
        self.at += 1
        depth, parts = 1, []
        while token := self.peek():
            self.at += 1
            depth += (token == "{") - (token == "}")
            if not depth:
                break
            parts.append(token.removeprefix("\\") if len(token) == 2 and token[0] == "\\" else token)
        return "".join(parts)

    def read_script(self) -> str:
        self.scripted += 1
        found = self.read_group()
        self.scripted -= 1
        return found

    def read_scripts(self, base: str) -> str:
        """What is set to the base: an index, something raised, primes; over and under a sum they are its limits."""
        low = high = ""
        primes = 0
        while True:
            token = self.peek()
            if token == "_" and not low:
                self.at += 1
                low = self.read_script()
            elif token == "^" and not high:
                self.at += 1
                high = self.read_script()
            elif token == "'":
                self.at += 1
                primes += 1
            elif token in ("^", "_"):
                base, low, high, primes = _set_scripts(base, low, high, primes), "", "", 0
            elif token.isspace() and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1] in ("^", "_"):
                self.at += 1
            else:
                break
        if low or high or primes:
            self.after_sign = "movablelimits" in base or base.startswith("<mo>∑")
        return _set_scripts(base, low, high, primes)

    def read_atom(self) -> str:
        """One element."""
        if self.depth >= _DEEPEST:
            return self.read_rest()
        self.depth += 1
        found = self.read_token(self.take())
        self.depth -= 1
        return found

    def read_rest(self) -> str:
        """What is too deep, as it is typed."""
        rest, self.at = "".join(self.tokens[self.at :]), len(self.tokens)
        return _text(rest)

    def read_token(self, token: str) -> str:
        """What begins with a sign that was taken."""
        prefix, self.after_sign = self.after_sign, False
        if token[0].isdigit():
            return f"<mn>{_set_face(token, self.face)}</mn>"
        if token in _BINARY:
            self.after_sign = True
            return self.write_sign(_BINARY[token], prefix)
        if token in _RELATION:
            self.after_sign = True
            return self.write_sign(_RELATION[token], False)
        if token in _OPENING:
            return self.read_brackets(token)
        if token[0] == "\\":
            return self.read_command(token)
        if token == "{":
            return self.read_inside("}")
        if token == ",":
            self.after_sign = True
            return '<mo lspace="0" rspace="0">,</mo>' if self.scripted else "<mo>,</mo>"
        if token == "/":
            self.after_sign = True
            return '<mo lspace="0" rspace="0">/</mo>'
        if token == TIMES_MARK:
            return "<mo>&#8290;</mo>"
        if token == APPLY_MARK:
            return "<mo>&#8289;</mo>"
        return _letter(token, self.face) if token.isalpha() else _text(token)

    def write_sign(self, sign: str, prefix: bool) -> str:
        if prefix and sign in "+−±":
            return f'<mo form="prefix">{sign}</mo>'
        small = ' largeop="false"' if sign == "⊙" else ""  # Firefox takes it for the sign of a long product
        return f'<mo lspace="0" rspace="0">{sign}</mo>' if self.scripted else f'<mo form="infix"{small}>{sign}</mo>'

    def read_brackets(self, token: str) -> str:
        """Brackets with what is in them, as one element; brackets that are not closed are signs."""
        sized = token.startswith(("\\left", "\\big", "\\Big"))
        size = _SIZES.get(token.removesuffix("l") if token != "\\left" else token, "") if sized else ""
        left = self.take() if sized else token
        parts = self.read_row()
        marks = _MARKS_OF_SIZE.get(size, f' minsize="{size}" maxsize="{size}"')
        start = f"<mo{marks}>{_SIDES.get(left) or escape_xml(left)}</mo>"
        self.after_sign = False
        if self.peek() != _CLOSING[token]:
            return _wrap([start, *parts])
        self.at += 1
        right = self.take() if sized else _CLOSING[token]
        return f"<mrow>{start}{''.join(parts)}<mo{marks}>{_SIDES.get(right) or escape_xml(right)}</mo></mrow>"

    def read_command(self, token: str) -> str:
        name = token[1:]
        if name in _LETTERS:
            return _letter(_LETTERS[name], self.face)
        if token in _LIMITS and self.peek() in ("_", "^"):
            return f'<mo form="prefix" lspace="0" rspace="0.17em" movablelimits="true">{name}</mo>'
        if token in _NAMED or token in _LIMITS:
            return f"<mi>{name}</mi>"
        if token in _LARGE:
            self.after_sign = True
            return f"<mo>{_LARGE[token]}</mo>"
        if token in _DOTS:
            return f"<mi>{_DOTS[token]}</mi>"
        if token in _ACCENTS:
            kind = ' class="vec"' if token == "\\vec" else ""
            accent = f'<mo{kind} stretchy="false">{_ACCENTS[token]}</mo>'
            return f'<mover accent="true">{self.read_group()}{accent}</mover>'
        if token in _FACES:
            return self.read_face(_FACES[token])
        read = _COMMANDS.get(token)
        if read is not None:
            return read(self)
        if token.startswith("\\begin{"):
            return self.read_table(token[7:-1])
        return _text(name) if len(token) > 2 or name.strip() else '<mspace width="0.25em"></mspace>'

    def read_face(self, face: str) -> str:
        """Letters in a face; several plain ones are one word."""
        start = self.at
        word = self.read_raw()
        if re.fullmatch(r"[\w .\-]+", word) and not word.isspace() and "\\" not in "".join(self.tokens[start : self.at]).replace("\\_", ""):
            kind = "mn" if word.isdecimal() else "mi"
            upright = ' mathvariant="normal"' if face == "upright" and len(word) == 1 and kind == "mi" else ""
            return f"<{kind}{upright}>{escape_xml(_set_face(word, face))}</{kind}>"
        self.at = start
        outer, self.face = self.face, face
        found = self.read_group()
        self.face = outer
        return found

    def read_table(self, kind: str) -> str:
        """A matrix or cases."""
        rows: list[list[str]] = [[]]
        while True:
            cell = _wrap(self.read_row())
            rows[-1].append(f"<mtd>{cell}</mtd>")
            token = self.take()
            if token == "\\\\":
                rows.append([])
            elif token != "&":
                break
        if token and not token.startswith("\\end{"):
            self.at -= 1
        self.after_sign = False
        inside = "".join(f"<mtr>{''.join(row)}</mtr>" for row in rows)
        if kind == "cases":
            return f'<mrow><mo>{{</mo><mtable class="cases">{inside}</mtable></mrow>'
        return f"<mrow><mo>[</mo><mtable>{inside}</mtable><mo>]</mo></mrow>"


def _read_fraction(reader: _LatexToMathml) -> str:
    return f"<mfrac>{reader.read_group()}{reader.read_group()}</mfrac>"


def _read_below(reader: _LatexToMathml) -> str:
    reader.scripted += 1
    below = reader.read_group()
    reader.scripted -= 1
    return f"<munder>{reader.read_group()}{below}</munder>"


_COMMANDS: Mapping[str, Callable[[_LatexToMathml], str]] = {
    "\\frac": _read_fraction,
    "\\sqrt": lambda reader: f"<msqrt>{reader.read_group()}</msqrt>",
    "\\underset": _read_below,
    "\\text": lambda reader: _text(reader.read_raw()),
    "\\,": lambda reader: '<mo lspace="0" rspace="0.17em">&#8290;</mo>',
    "\\;": lambda reader: '<mspace width="0.28em"></mspace>',
}


def _wrap(parts: list[str]) -> str:
    """One element of any number."""
    return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


def _text(words: str) -> str:
    return f"<mtext>{escape_xml(words).replace(' ', '&#160;')}</mtext>"


def _set_face(word: str, face: str) -> str:
    letters = _LETTERS_OF.get(face)
    return "".join(letters.get(letter, letter) for letter in word) if letters else word


def _letter(letter: str, face: str) -> str:
    """A letter by itself is italic, unless its face says otherwise; capital Greek ones are upright."""
    if face in ("", "italic"):
        upright = letter in _UPRIGHT
    else:
        shaped = _set_face(letter, face)
        upright, letter = shaped == letter, shaped
    return f'<mi{" mathvariant=" + chr(34) + "normal" + chr(34) if upright else ""}>{escape_xml(letter)}</mi>'


def _set_scripts(base: str, low: str, high: str, primes: int) -> str:
    if primes:
        prime = f"<mo>{'′' * primes}</mo>"
        high = f"<mrow>{high}{prime}</mrow>" if high else prime
        if not base and not low:
            return prime
    if not (low or high):
        return base
    base = base or "<mrow></mrow>"
    limits = base.startswith(("<mo>∑", "<mo>∏")) or "movablelimits" in base[:60]
    kind, both = ("munder", "munderover") if limits else ("msub", "msubsup")
    if low and high:
        return f"<{both}>{base}{low}{high}</{both}>"
    over = "mover" if limits else "msup"
    return f"<{kind}>{base}{low}</{kind}>" if low else f"<{over}>{base}{high}</{over}>"


@lru_cache(4096)
def read_mathml(marked: str) -> str:
    """The elements of a formula, written as `tutor.render.maths` writes it in its style `MARKED`; LaTeX without marks is read as well."""
    return _LatexToMathml(marked).read_all()
