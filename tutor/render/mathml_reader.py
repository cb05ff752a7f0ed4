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
from dataclasses import dataclass
from functools import lru_cache

from tutor.expression.letters import COMMANDS
from tutor.render.maths import APPLY_MARK, TIMES_MARK
from tutor.text import escape_xml

_TOKEN = re.compile(r"\\(?:begin|end)\{[a-z]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|\s+|.", re.DOTALL)
_DEEPEST = 100
"""Elements within elements that are read; deeper ones are shown as they are typed.  Formulas have far fewer."""

_LETTERS: Mapping[str, str] = {"\\" + name: letter for name, letter in {**COMMANDS, "epsilon": "ϵ", "phi": "ϕ", "partial": "∂"}.items()}
_UPRIGHT = frozenset("ΓΔΘΛΞΠΣΥΦΨΩ∇")
"""Letters that are no italic in mathematics."""
_BINARY = {"+": "+", "-": "−", "*": "*", "∘": "∘", "\\cdot": "⋅", "\\times": "×", "\\odot": "⊙", "\\star": "⋆", "\\ast": "∗"}
_RELATION = {"=": "=", "<": "&lt;", ">": "&gt;", "\\le": "≤", "\\ge": "≥", "\\ne": "≠", "\\approx": "≈", "\\to": "→", "\\leftarrow": "←",
             "\\in": "∈"}  # fmt: skip
_LONE = {"\\cdots": "⋯", "\\vdots": "⋮", "\\dots": "…", "\\ldots": "…", "\\top": "⊤", "\\infty": "∞", "\\langle": "⟨", "\\rangle": "⟩"}
_NAMED = ("\\exp", "\\log", "\\ln", "\\sin", "\\cos", "\\tan", "\\tanh", "\\max", "\\min")
_LIMITS = {
    "\\sum": "<mo>∑</mo>",
    "\\prod": "<mo>∏</mo>",
    "\\max": '<mo form="prefix" lspace="0" rspace="0.17em" movablelimits="true">max</mo>',
}
"""What has its index below it where there is room."""
_ACCENTS = {"\\hat": "^", "\\tilde": "~", "\\bar": "¯", "\\dot": "˙", "\\vec": "→"}
_FACES = {"\\mathbf": "bold", "\\boldsymbol": "bold", "\\mathcal": "script", "\\mathit": "italic", "\\mathrm": "upright",
          "\\operatorname": "upright"}  # fmt: skip
_WORD = re.compile(r"(?:[\w .-]|\\_)+")


@dataclass(frozen=True, slots=True)
class _Bracket:
    """How a bracket is closed, what its size is in MathML, and its two signs; without signs they stand behind the commands."""

    closing: str
    size: str
    signs: tuple[str, str] | None = None


_BRACKETS = {
    "(": _Bracket(")", ' stretchy="false"', ("(", ")")),
    "[": _Bracket("]", ' stretchy="false"', ("[", "]")),
    "\\lvert": _Bracket("\\rvert", ' stretchy="false"', ("\\lvert", "\\rvert")),
    "\\lVert": _Bracket("\\rVert", ' stretchy="false"', ("\\lVert", "\\rVert")),
    "\\left": _Bracket("\\right", ""),
    "\\bigl": _Bracket("\\bigr", ' class="big" stretchy="false"'),  # in Chromium one that grows a little takes too much room
    "\\Bigl": _Bracket("\\Bigr", ' minsize="1.8em" maxsize="1.8em"'),
    "\\biggl": _Bracket("\\biggr", ' minsize="2.4em" maxsize="2.4em"'),
    "\\Biggl": _Bracket("\\Biggr", ' minsize="3em" maxsize="3em"'),
}
_SIDES = {"\\lvert": "|", "\\rvert": "|", "\\lVert": "‖", "\\rVert": "‖"}
_ENDS = frozenset((*(bracket.closing for bracket in _BRACKETS.values()), "}", "&", "\\\\"))
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
    """Reads one formula; every method gives markup.

    ``scripted`` counts the indices that are being read, ``face`` is that of letters, and ``after_sign`` says that an operand begins.
    """

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
            if token in (")", "]"):
                parts.append(f'<mo form="postfix" stretchy="false">{token}</mo>')
            else:
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
            self.after_sign = base in _LIMITS.values()
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
        first, self.after_sign = self.after_sign, False
        read = _READ.get(token)
        if read is not None:
            found = read(self, token)
        elif token[0].isdigit():
            found = f"<mn>{_set_face(token, self.face)}</mn>"
        elif token in _BINARY or token in _RELATION:
            found = self.write_sign(token, first)
        elif token.startswith("\\begin{"):
            found = self.read_table(token[7:-1])
        else:
            found = _write_letter(token, self.face) if token.isalpha() else _text(token.removeprefix("\\") or token)
        if token in _SPACED:
            self.after_sign = True
        return found

    def write_sign(self, token: str, first: bool) -> str:
        """A sign between two things, or in front of the first one: −x."""
        sign = _BINARY.get(token) or _RELATION[token]
        if first and token in "+-":
            return f'<mo form="prefix">{sign}</mo>'
        small = ' largeop="false"' if token == "\\odot" else ""  # Firefox takes it for the sign of a long product
        return f'<mo lspace="0" rspace="0">{sign}</mo>' if self.scripted else f'<mo form="infix"{small}>{sign}</mo>'

    def read_brackets(self, token: str) -> str:
        """Brackets with what is in them, as one element; brackets that are not closed are signs."""
        row = _BRACKETS[token]
        left = row.signs[0] if row.signs else self.take()
        parts = [f"<mo{row.size}>{_SIDES.get(left) or escape_xml(left)}</mo>", *self.read_row()]
        self.after_sign = False
        if self.peek() != row.closing:
            return _wrap(parts)
        self.at += 1
        right = row.signs[1] if row.signs else self.take()
        return f"<mrow>{''.join(parts)}<mo{row.size}>{_SIDES.get(right) or escape_xml(right)}</mo></mrow>"

    def read_accent(self, token: str) -> str:
        kind = ' class="vec"' if token == "\\vec" else ""
        return f'<mover accent="true">{self.read_group()}<mo{kind} stretchy="false">{_ACCENTS[token]}</mo></mover>'

    def read_mark(self, token: str) -> str:
        """A product or an application without a sign; there is a little room before a bracket that grows or a named function, as in TeX."""
        grows = self.peek() in ("\\left", "\\biggl", "\\Biggl")
        roomy = grows or (token == TIMES_MARK and self.peek() in ("\\operatorname", *_NAMED))
        room = ' lspace="0" rspace="0.17em"' if roomy else ""
        return f"<mo{room}>&#{ord(token)};</mo>"

    def read_limits(self, token: str) -> str:
        """A sum or a maximum over something; max by itself is a function."""
        return _LIMITS[token] if token in ("\\sum", "\\prod") or self.peek() in ("_", "^") else f"<mi>{token[1:]}</mi>"

    def read_face(self, token: str) -> str:
        """Letters in a face; several plain ones are one word."""
        face, start = _FACES[token], self.at
        word = self.read_raw()
        if _WORD.fullmatch("".join(self.tokens[start : self.at]).removeprefix("{").removesuffix("}")) and word.strip():
            kind = "mn" if word.isdecimal() else "mi"
            if face == "italic" and len(word) == 1 and kind == "mi":
                return _write_letter(word, face)
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


    def read_fraction(self, token: str) -> str:
        return f"<mfrac>{self.read_group()}{self.read_group()}</mfrac>"

    def read_underset(self, token: str) -> str:
        below = self.read_script()
        return f"<munder>{self.read_group()}{below}</munder>"


_READ: Mapping[str, Callable[[_LatexToMathml, str], str]] = {
    **dict.fromkeys(_LETTERS, lambda reader, token: _write_letter(_LETTERS[token], reader.face)),
    **dict.fromkeys(_LONE, lambda reader, token: f"<mi>{_LONE[token]}</mi>"),
    **dict.fromkeys(_NAMED, lambda reader, token: f"<mi>{token[1:]}</mi>"),
    **dict.fromkeys(_LIMITS, _LatexToMathml.read_limits),
    **dict.fromkeys(_BRACKETS, _LatexToMathml.read_brackets),
    **dict.fromkeys(_ACCENTS, _LatexToMathml.read_accent),
    **dict.fromkeys(_FACES, _LatexToMathml.read_face),
    "{": lambda reader, token: reader.read_inside("}"),
    "\\frac": _LatexToMathml.read_fraction,
    "\\sqrt": lambda reader, token: f"<msqrt>{reader.read_group()}</msqrt>",
    "\\int": lambda reader, token: "<mo>∫</mo>",
    "\\underset": _LatexToMathml.read_underset,
    "\\text": lambda reader, token: _text(reader.read_raw()),
    "\\,": lambda reader, token: '<mo lspace="0" rspace="0.17em">&#8290;</mo>',
    "\\;": lambda reader, token: '<mspace width="0.28em"></mspace>',
    TIMES_MARK: _LatexToMathml.read_mark,
    APPLY_MARK: _LatexToMathml.read_mark,
    ",": lambda reader, token: '<mo lspace="0" rspace="0">,</mo>' if reader.scripted else "<mo>,</mo>",
    "/": lambda reader, token: '<mo lspace="0" rspace="0">/</mo>',
}
"""What reads a sign: the rest are digits, letters, signs between things, tables, and what is no part of the language."""
_SPACED = frozenset((*_BINARY, *_RELATION, *_LIMITS, ",", "/", "\\text"))
"""Behind these a minus sign belongs to what follows."""


def _wrap(parts: list[str]) -> str:
    """One element of any number."""
    return parts[0] if len(parts) == 1 else f"<mrow>{''.join(parts)}</mrow>"


def _text(words: str) -> str:
    return f"<mtext>{escape_xml(words).replace(' ', '&#160;')}</mtext>"


def _set_face(word: str, face: str) -> str:
    letters = _LETTERS_OF.get(face)
    return "".join(letters.get(letter, letter) for letter in word) if letters else word


def _write_letter(letter: str, face: str) -> str:
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
    limits = base in _LIMITS.values()
    kind, both = ("munder", "munderover") if limits else ("msub", "msubsup")
    if low and high:
        return f"<{both}>{base}{low}{high}</{both}>"
    over = "mover" if limits else "msup"
    return f"<{kind}>{base}{low}</{kind}>" if low else f"<{over}>{base}{high}</{over}>"


@lru_cache(4096)
def read_mathml(marked: str) -> str:
    """The elements of a formula, written as `tutor.render.maths` writes it in its style `MARKED`; LaTeX without marks is read as well."""
    return _LatexToMathml(marked).read_all()
