r"""Reading formulas, safely: one lexer and one grammar for exercise files, the command line and students' answers.

Infix with ``^`` or ``**``, implicit products (``2x``, ``w5 out_h1``, ``x(1-x)``), functions, LaTeX (``\frac{1}{1+e^{-z}}``), Unicode
(``· × − ÷ ² ½ σ ∂ √``), Python (``np.exp(x)``, ``a if c > 0 else b``).  Nothing is ever evaluated as code, and the limits are applied
*before* anything is computed.  What names mean is data (see `tutor.expression.lexicon`); precedence stands in `tutor.expression.grammar`.

There are two ways through.  Most formulas consist of names, plain numbers and signs: their words are looked up in a table that fills
itself.  Everything else, and everything that is refused, goes through `tutor.expression.lexing`, which knows LaTeX, indices, superscripts
and where each token stands.  Both give the same tokens to one grammar.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache, lru_cache
from itertools import pairwise
from typing import NoReturn

from tutor.errors import ExpressionError, tell
from tutor.expression.caret import refusal, refuse_unknown
from tutor.expression.elsewhere import refuse_word, split_component
from tutor.expression.grammar import grow
from tutor.expression.letters import GREEK
from tutor.expression.lexicon import (
    ALIASES,
    RUN_TOGETHER,
    SPELLED,
    STARRED,
    Known,
    Several,
    Vocabulary,
)
from tutor.expression.limits import MAX_LENGTH, number_text
from tutor.expression.nodes import Call, Expr, Name, Number
from tutor.expression.own_functions import is_own, shorten_name
from tutor.expression.signs import APART, NUMBER
from tutor.expression.spelling import Key, is_name, list_spelled, name_of, read_whole
from tutor.expression.tokens import EULER, STOPS_EARLY, How, Spacing, Stop, Token

MAX_WORDS = 50_000
"""How many words a vocabulary remembers before it forgets them all."""

_SPLIT = re.compile(rf"\*\*|{NUMBER}|[A-Za-z][A-Za-z0-9_]*|\S")
_SIGNS: dict[str, Token] = {
    "+": ("+", None), "-": ("-", None), "*": ("*", None), "/": ("/", None), "(": ("(", ")"), ")": (")", ")"), "[": ("(", "]"),
    "]": (")", "]"), ",": (",", None), ";": (",", ";"), "|": ("|", None), "^": ("^", None), "**": ("^", None), "∂": ("p", None),
    "·": ("*", None), "×": ("*", None), "−": ("-", None),
}  # fmt: skip
_MATRIX_SIGNS: dict[str, Token] = {
    "^T": ("t", None), "ᵀ": ("t", None), ".T": ("t", None), "⊙": ("@", "hadamard"), "∘": ("@", "hadamard"), "@": ("@", "matmul"),
    "'": ("'", None),
}  # fmt: skip
_SPLIT_ARRAYS = re.compile(rf"\^T(?![A-Za-z0-9_])|\.T(?![A-Za-z0-9_(])|{_SPLIT.pattern}")
_END: Token = ("$", None)
_ENTRY = re.compile(r"[A-Za-z0-9_)\]]\s?\[\s?(?:[\[0-9:.-]|None|np\.|newaxis|Ellipsis)|[A-Za-z0-9_]\[[A-Za-z]|,\s?\[\s?\d+\s?\]")
_TRANSPOSED = re.compile(r"(?:\^|\*\*)\s?T")
_WRAPPERS = (("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]"))
_WORDS_OF_CHOICE = frozenset({"if", "else", "otherwise", "falls", "sonst", "where"})
_EMPTY = {
    "expression": (tell("an empty expression"), tell("write a formula such as (x + y)*z")),
    "answer": (tell("an empty answer"), tell("write a formula such as (x + y)*z, or a number")),
}
_STOPS = {"expression": tell("the expression stops too early"), "answer": tell("the answer stops too early")}
_HINTS = {"=": tell("an expression has no equals sign; write steps as d = x + y")}


class Careful(Exception):
    """A word that the fast way does not know."""


_NONE: Mapping[str, Sequence[str]] = {}


def parse(
    text: str, *, names: Collection[str] | None = None, functions: Collection[str] = (), known: Collection[str] = (),
    applied: Mapping[str, Sequence[str]] = _NONE,
) -> Expr:  # fmt: skip
    """Read an expression.

    ``names`` are the quantities that exist; a name outside them is an error with near misses, and inside them it is always a
    quantity, whatever else it may mean.  With ``names=None`` every name that is no function is a quantity, and ``known`` are those
    that are quantities for certain: ``U (r + h)`` is then a product, and ``w_{1}`` the quantity w1; ``applied`` are those that are
    written with their arguments, as in ``f(x, y)``.
    ``functions`` are the callable ones (see `tutor.rules.functions.FUNCTIONS`); ``softmax_1`` and the like count as ``softmax``, and
    `STARRED` among them says that factors behind a typed ``*`` are marked, and ``eps=`` that an argument may be given by this name.

    Raises `ExpressionError` with a caret under the spot.

    >>> parse("w5 out_h1 + b", functions=())
    Add(args=(Mul(args=(Name(name='w5'), Name(name='out_h1'))), Name(name='b')))
    """
    return parse_with(text, make_vocabulary(names, functions, known, applied))


def make_vocabulary(
    names: Collection[str] | None, functions: Collection[str] = (), known: Collection[str] = (),
    applied: Mapping[str, Sequence[str]] = _NONE,
) -> Vocabulary:  # fmt: skip
    """What `parse` reads by, made once for many texts; the arguments are those of `parse`."""
    return _make_vocabulary(
        None if names is None else tuple(names), tuple(known), frozenset(functions) - {STARRED},
        tuple((name, tuple(arguments)) for name, arguments in applied.items()), STARRED in functions,
    )  # fmt: skip


def parse_with(text: str, vocabulary: Vocabulary) -> Expr:
    """Read an expression by a vocabulary; see `parse`."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            tell("an expression of {count:,} characters is over the limit of {limit:,}", count=len(text), limit=MAX_LENGTH),
            hint=tell("write it in several steps, one formula each"),
        )
    tree = read_fast(text, vocabulary)
    return tree if tree is not None else read_slowly(text, *_unwrap_maths(text), vocabulary)


def read_name(text: str) -> str:
    r"""The canonical spelling of a quantity's name: Greek letters and index digits as ASCII.

    >>> read_name("η₁"), read_name(r"\hat{y}"), read_name("w_{5}")
    ('eta1', 'yhat', 'w_5')
    """
    text = text.strip()
    if is_name(text):
        return text
    for one in reversed(list_spelled(text, 0)):
        if one.end == len(text) and not one.key[2]:
            return name_of(text, 0, one)
    return "".join(GREEK.get(c, c) for c in text)


@lru_cache(64)
def _make_vocabulary(
    names: tuple[str, ...] | None, known: tuple[str, ...], functions: frozenset[str], applied: tuple[tuple[str, tuple[str, ...]], ...] = (),
    stars: bool = False,
) -> Vocabulary:  # fmt: skip
    """The vocabulary of quantities that have no symbols but their names."""
    keywords = frozenset(name.removesuffix("=") for name in functions if name.endswith("="))
    functions = frozenset(name for name in functions if not name.endswith("="))
    declared = {name: Name(name) for name in (known if names is None else names)}
    named = {alias: name for alias, name in ALIASES.items() if name in functions}
    named |= {shorten_name(name): name for name in sorted(functions, key=is_own)}  # an own function hides a layer of its name
    found: dict[Key, dict[str, int]] = {}
    for name in declared:
        key = read_whole(name)
        if key is None or key[2]:
            continue
        found.setdefault(key, {})[name] = SPELLED
        if "," in key[1] and re.fullmatch(r"[0-9,]+", key[1]):
            found.setdefault((key[0], key[1].replace(",", ""), ""), {}).setdefault(name, RUN_TOGETHER)
    table: dict[Key, tuple[int, Known]] = {}
    for key, options in found.items():
        best = min(options.values())
        fits = [name for name, level in options.items() if level == best]
        table[key] = (best, declared[fits[0]] if len(fits) == 1 else Several(tuple(fits)))
    literal: dict[str, Known] = {}
    for name, arguments in applied:
        literal |= {f"{name}({comma.join(arguments)})": declared[name] for comma in (", ", ",")}
    pattern = "|".join(map(re.escape, literal))
    return Vocabulary(
        declared, table, literal, re.compile(pattern) if pattern else None, named, frozenset(named.values()), free=names is None,
        applied=frozenset(name for name, _ in applied), stars=stars, keywords=keywords, hints=_HINTS,
    )  # fmt: skip


def read_fast(text: str, vocabulary: Vocabulary) -> Expr | None:
    """The tree of a text of known words; nothing where more has to be known, or something is wrong.

    >>> read_fast("x + 1", Vocabulary({"x": Name("x")}, {}))
    Add(args=(Name(name='x'), Number(text='1')))
    """
    words = vocabulary.words
    try:
        if (" e" in text and APART.search(text)) or ("[" in text and (_ENTRY.search(text) or "](" in text)):
            return None
        split = (_SPLIT_ARRAYS if vocabulary.indexed else _SPLIT).findall(text)
        if len(split) > vocabulary.most:
            return None
        try:
            tokens: list[Token] = [words[word] for word in split]
        except KeyError:
            tokens = [words[word] if word in words else _look_up(word, vocabulary) for word in split]
        tokens.append(_END)
        if vocabulary.both:
            _check_calls(split, vocabulary.both)
        if vocabulary.indexed:
            _check_matrix_signs(split, tokens)
        if vocabulary.free:
            _check_free(text, split, tokens, vocabulary)
        elif "^" in text or "**" in text:
            _check_powers(split, tokens, vocabulary)
        return grow(tokens, _read_unspaced(vocabulary.arity))
    except (Careful, Spacing, Stop):
        return None


@cache
def _read_unspaced(arity: Callable[[str, int], int] | None) -> How:
    """How tokens are read of which no blanks are known."""
    return How(None, arity)


def _look_up(word: str, vocabulary: Vocabulary) -> Token:
    """The token of a word that has not been met; `Careful` where more than the word itself counts."""
    token = ("*", STARRED) if word == "*" and vocabulary.stars else _SIGNS.get(word)
    if token is None and vocabulary.indexed and word in _MATRIX_SIGNS:
        if "T" in word and "T" not in vocabulary.sizes and _is_quantity("T", vocabulary):
            raise Careful
        token = _MATRIX_SIGNS[word]
    if token is None:
        first = word[0]
        if word in vocabulary.declared:
            if vocabulary.functions.get(word, vocabulary.functions.get(word.lower())) in vocabulary.calls:
                vocabulary.both.add(word)
            token = ("a", vocabulary.declared[word])
        elif first in "0123456789.":
            if word == "10" or len(word) > 40 or word[0] == "." or not word.replace(".", "", 1).isdigit():
                raise Careful
            token = ("a", Number(number_text(word)))
        elif word in vocabulary.functions and (word, "", "") not in vocabulary.spelled:
            if word in ("softmax", "log_softmax"):
                raise Careful
            token = ("f", vocabulary.functions[word])
        elif vocabulary.free:
            token = _read_free_token(word)
        elif first == "d" and word[1:] in vocabulary.declared and "_" not in word[:2]:
            token = ("d", vocabulary.declared[word[1:]])
        elif word == "e":
            token = ("e", EULER)
        else:
            raise Careful
    if len(vocabulary.words) > MAX_WORDS:
        vocabulary.words.clear()
    vocabulary.words[word] = token
    return token


def _read_free_token(word: str) -> Token:
    """A name where every name is a quantity."""
    if word in _WORDS_OF_CHOICE or refuse_word(word) or word == "e" or split_component(word.lower()) or not is_name(word):
        raise Careful
    return ("a", Call("pi", ()) if word == "pi" else Name(word))


def _check_free(text: str, split: list[str], tokens: list[Token], vocabulary: Vocabulary) -> None:
    """A name before a bracket is a product only where it is known, and Tᵀ is no power."""
    for place, word in enumerate(split):
        before = tokens[place - 1][1] if word == "(" and place else None
        if type(before) is Name and (before.name not in vocabulary.declared or before.name in vocabulary.applied):
            raise Careful
    if "T" in text and vocabulary.arrays and _TRANSPOSED.search(text):
        raise Careful


def _is_quantity(sup: str, vocabulary: Vocabulary) -> bool:
    """Whether a superscript may be part of a symbol, or a quantity of its own."""
    return sup in vocabulary.declared or any(sup in key[2] for key in vocabulary.spelled)


def _check_calls(split: list[str], both: set[str]) -> None:
    """x(1 - x) is a product, but sigma(z) may be a call."""
    for word, following in pairwise(split):
        if word in both and following in "(['′|":
            raise Careful


def _check_matrix_signs(split: list[str], tokens: list[Token]) -> None:
    """A prime belongs to a function with a bracket, and W@1 is a matrix after an update."""
    for place, (kind, _) in enumerate(tokens):
        if kind == "'" and not (place and tokens[place - 1][0] == "f" and tokens[place + 1][0] == "("):
            raise Careful
        if kind == "@" and tokens[place + 1][0] != "$" and split[place + 1][0] in "0123456789.":
            raise Careful


def _check_powers(split: list[str], tokens: list[Token], vocabulary: Vocabulary) -> None:
    """A power of a declared name or of a bracket is a power; other superscripts may be part of a symbol."""
    for place, token in enumerate(tokens):
        if token[0] == "^":
            before, after = (split[place - 1] if place else ""), tokens[place + 1]
            if not (before in (")", "]") or before == "e") and not (
                before in vocabulary.declared and type(after[1]) is Number
            ):
                raise Careful
            if before in vocabulary.declared and (before, "", split[place + 1]) in vocabulary.spelled:
                raise Careful


def read_slowly(text: str, start: int, end: int, vocabulary: Vocabulary) -> Expr:
    """The tree of ``text[start:end]``, with a caret under the place where it cannot be read.

    Raises `ExpressionError`.
    """
    from tutor.expression.lexing import lex  # most formulas go the fast way, and this module's patterns cost 10 ms
    from tutor.expression.signs import narrow_signs

    text = narrow_signs(text)
    tokens, places, spaced = lex(text, start, end, vocabulary)
    if len(tokens) == 1:
        what, hint = _EMPTY[vocabulary.noun]
        raise ExpressionError(what, hint=hint)
    try:
        return grow(tokens, How(spaced, vocabulary.arity, vocabulary.free and vocabulary.arrays, vocabulary.arrays))
    except Stop as stop:
        _refuse(text, stop, places, vocabulary)


def _refuse(text: str, stop: Stop, places: list[int], vocabulary: Vocabulary) -> NoReturn:
    what = stop.what
    if what == STOPS_EARLY and vocabulary.noun in _STOPS:
        what = _STOPS[vocabulary.noun]
    if what == "this is out of place" and text[places[stop.at]] == "&":
        raise refuse_unknown(text, places[stop.at], vocabulary.hints) from None
    if what == "this is out of place":
        what = tell("{text!r} is out of place", text=text[places[stop.at]])
    if stop.at < 0:
        raise ExpressionError(what, hint=stop.hint) from None
    raise refusal(text, what, places[stop.at], stop.hint) from None


def _unwrap_maths(text: str) -> tuple[int, int]:
    """Where a formula begins and ends without blanks and the dollar signs of LaTeX around it."""
    inner = text.strip()
    start = text.index(inner) if inner else 0
    for opening, closing in _WRAPPERS:
        inside = inner[len(opening) : -len(closing)]
        if inner.startswith(opening) and inner.endswith(closing) and inside.strip() and opening not in inside and closing not in inside:
            return start + len(opening), start + len(inner) - len(closing)
    return start, start + len(inner)
