r"""How a quantity is spelled, whatever the format: ``w_{11}^{(2)}``, ``w⁽²⁾₁₁`` and ``w_11^{(2)}`` are one and the same.

A spelling is taken apart into a `Key`: base, index and superscript, each in plain ASCII.  A `Key` is only looked up, never
shown; which quantity it is, the vocabulary knows (see `tutor.expression.lexicon`).

>>> [found.key for found in list_spelled("\\hat{y}_{1}", 0)], list_spelled("ŷ₁", 0)[-1].key
([('yhat', '', ''), ('yhat', '1', '')], ('yhat', '1', ''))
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias
from unicodedata import normalize

from tutor.expression.letters import ACCENTS, COMMANDS, FONTS, GREEK, LETTERS, SCRIPT, SUB, SUPER
from tutor.late_patterns import compile_late

Key: TypeAlias = tuple[str, str, str]
MAX_SCRIPTS = 4

_VARIANTS = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta"}
_NAMED = {name: _VARIANTS.get(name, name) for name in {*COMMANDS, *LETTERS.values(), *_VARIANTS}}
CALLED = (
    "exp", "log", "ln", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "arcsin", "arccos", "arctan", "sec", "csc", "cot",
    "coth", "sgn",
)  # fmt: skip
"""Functions that are commands of LaTeX."""
_MARKS = {mark: accent for accent, mark in ACCENTS.items()}
_ACCENTED = {
    normalize("NFC", letter + mark)
    for letter in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" + "".join(GREEK)
    for mark in _MARKS
    if len(normalize("NFC", letter + mark)) == 1
}
_LETTER = "A-Za-z" + "".join(LETTERS) + "".join(SCRIPT.values())
_GROUP = r"\{(?:[^{}]|\{[^{}]{0,40}+\}){0,60}\}"
BASE = compile_late(
    rf"""(?P<word>[{_LETTER}{"".join(sorted(_ACCENTED))}][{"".join(_MARKS)}]?[{_LETTER}0-9]*(?:_[{_LETTER}0-9]+)*)
    |\\(?P<accent>{"|".join(ACCENTS)})(?![A-Za-z])\s{{0,3}}(?P<under>{_GROUP}|[A-Za-z]|\\[A-Za-z]{{1,12}})
    |\\(?P<font>{"|".join(FONTS)})\s{{0,3}}
        (?P<inner>\{{[A-Za-z0-9 ]{{1,30}}
            (?:(?:\\?_|\\thinspace\s)[A-Za-z0-9]{{1,30}}){{0,6}}\}})
    |\\(?P<command>{"|".join(sorted((*_NAMED, *CALLED), key=len, reverse=True))})(?![A-Za-z])""",
    re.VERBOSE,
)
_UPPER, _LOWER = (f"[{re.escape(''.join(set(table.values()) - set(',′ᵀ')))}]" for table in (SUPER, SUB))
_SCRIPTS = compile_late(
    rf"""\s{{0,3}}_\s{{0,3}}(?P<sub>{_GROUP}|[A-Za-z0-9]+|\\[A-Za-z]{{1,12}})
    |(?P<lower>{_LOWER}+(?:,{_LOWER}+)*)
    |\[\s?(?P<entry>[0-9]{{1,4}}(?:\s?,\s?[0-9]{{1,4}}){{0,3}})\s?\](?!\()
    |(?P<primes>['′]{{1,4}})
    |\s{{0,3}}\^\s{{0,3}}(?P<sup>{_GROUP}|\([A-Za-z0-9+−-]{{1,12}}\)|[A-Za-z0-9]++(?!\.[0-9])|\\prime(?![A-Za-z]))
    |(?P<angle>\^\s?[⟨<]\s?[A-Za-z0-9+−,-]{{1,12}}\s?[⟩>]|⟨\s?[A-Za-z0-9+−,-]{{1,12}}\s?⟩)
    |(?P<upper>{_UPPER}+|ᵀ)""",
    re.VERBOSE,
)
_COMPUTED = r"\((?:[A-Za-z0-9+−·*,\s-]|\([A-Za-z0-9+−·*\s-]{1,20}\)){1,60}\)"
_SCRIPTS_OF_ARRAYS = compile_late(_SCRIPTS.pattern.replace(r"(?P<sub>", rf"(?P<sub>{_COMPUTED}|"), re.VERBOSE)
"""The same with an index in brackets, as the terminal shows one that is computed: X_(i-a+3,j-b+3)."""
_SUPERSCRIPT = {shown: plain for plain, shown in SUPER.items()}
_SUBSCRIPT = {shown: plain for plain, shown in SUB.items()}
_WRAPPED = compile_late(
    r"\\(?:" + "|".join((*FONTS, "mathsf", "prime", "left", "right", "thinspace")) + r")(?![A-Za-z])|\\[,;!: ]|[{}\s]"
)
_TIMES = compile_late(r"\\(?:cdot|times)(?![A-Za-z])")


class Spelled(NamedTuple):
    """A way to read what stands at a place: the key, where it ends, and whether its last script is one to be skipped as a power."""

    key: Key
    end: int
    word: str


def list_spelled(text: str, at: int, *, of_arrays: bool = False) -> list[Spelled]:
    """What the text at ``at`` may spell, from the shortest (no scripts) to the longest; empty where no name begins.

    With ``of_arrays`` an index may stand in brackets, X_(i+1,j).
    """
    scripts = _SCRIPTS_OF_ARRAYS if of_arrays else _SCRIPTS
    match = BASE.match(text, at)
    if match is None:
        return []
    word = ""
    if match.lastgroup == "word":
        word = match["word"]
        base, sub = split_word(word)
    elif match["accent"]:
        base, sub = write_plain_script(match["under"]) + match["accent"], ""
    elif match["font"]:
        inner = match["inner"][1:-1].strip()
        base, sub = (
            (SCRIPT.get(inner, inner), "") if match["font"] == "mathcal"
            else split_word(inner.replace("\\_", "_").replace("\\thinspace ", "_"))
        )
    else:
        base, sub = _NAMED.get(match["command"], match["command"]), ""
    sup = ""
    found = [Spelled((base, sub, sup), match.end(), word)]
    for _ in range(MAX_SCRIPTS):
        script = scripts.match(text, match.end())
        if script is None:
            break
        if script["entry"]:
            more = script["entry"].replace(" ", "")
            sub = f"{sub},{more}" if sub else more
        elif script["sub"] or script["lower"]:
            below = script["sub"]
            if below:
                more = write_plain_script(below[1:-1] if below[0] == "(" else below)
            else:
                more = "".join(_SUBSCRIPT[c] for c in script["lower"])
            sub = f"{sub},{more}" if sub else more
        else:
            sup = _join_scripts(sup, _read_raised(script))
        found.append(Spelled((base, sub, sup), script.end(), word))
        match = script
    return found


def _read_raised(script: re.Match[str]) -> str:
    if script["primes"]:
        return "'" * len(script["primes"])
    if script["upper"]:
        return "".join(_SUPERSCRIPT[c] for c in script["upper"])
    inner = script["sup"] or script["angle"].lstrip("^ ")
    return write_plain_script(inner[1:-1] if inner[0] == "(" else inner)


def _join_scripts(sup: str, more: str) -> str:
    return f"{sup},{more}" if sup else more


def write_plain_script(text: str) -> str:
    """An index or a superscript in plain ASCII: without fonts, braces and blanks."""
    text = text.replace("\\langle", "<").replace("\\rangle", ">").replace("⟨", "<").replace("⟩", ">")
    if "\\" in text:
        text = _TIMES.sub("·", text)
        text = _WRAPPED.sub(lambda m: "'" if m.group() == "\\prime" else "", text)
        for name in re.findall(r"\\([A-Za-z]{1,12})", text):
            text = text.replace("\\" + name, _NAMED.get(name, name))
    else:
        text = _WRAPPED.sub("", text)
    text = text.replace("−", "-").replace("′", "'")
    return text if text.isascii() else "".join(LETTERS.get(c, c) for c in text)


def split_word(word: str) -> tuple[str, str]:
    """Base and index of a name as typed: ``w5`` is w with index 5, ``out_h1`` is out with index h1."""
    if not word.isascii():
        word = "".join(LETTERS.get(c, _MARKS.get(c, c)) for c in normalize("NFD", word)) if not _is_kept(word) else word
    head, _, rest = word.partition("_")
    base = head.rstrip("0123456789") or head
    parts = [part for part in (head[len(base) :], *rest.split("_")) if part]
    return base, ",".join(parts)


def _is_kept(word: str) -> bool:
    """A letter in script is a letter of its own."""
    return word[0] in SCRIPT.values() and word[1:].isascii()


_NAME = compile_late(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_DIGITS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
_PLAIN_SCRIPT = {shown: plain for plain, shown in SCRIPT.items()}


def is_name(text: str) -> bool:
    """Whether a text can be the name of a quantity: ASCII letters, digits, single underscores.

    >>> is_name("out_h1"), is_name("w_"), is_name("5w")
    (True, False, False)
    """
    return _NAME.fullmatch(text) is not None


def name_of(text: str, at: int, one: Spelled) -> str:
    """The name in ASCII of a quantity that is spelled in some way and has no other name.

    >>> [name_of(text, 0, list_spelled(text, 0)[-1]) for text in ("w_{11}", "ŷ", "η₁", "out_h1", "p[2]")]
    ['w_11', 'yhat', 'eta1', 'out_h1', 'p_2']
    """
    word, scripts = one.word, text[at + len(one.word) : one.end]
    if word and all(character in _SUBSCRIPT for character in scripts):
        plain = "".join(GREEK.get(c, c) for c in word) + scripts.translate(_DIGITS)
        if plain.isascii():
            return plain
    base, sub, _ = one.key
    if word and scripts and word.isascii():  # x1[2] is x1_2
        return "_".join([word, *sub[len(split_word(word)[1]) :].strip(",").split(",")])
    base = "".join(_PLAIN_SCRIPT.get(c, c) for c in base)
    return "_".join([base, *sub.split(",")]) if sub else base


def read_whole(text: str) -> Key | None:
    """The key of a text that is one spelling from end to end, or nothing."""
    for found in reversed(list_spelled(text, 0)):
        if found.end == len(text):
            return found.key
    return None
