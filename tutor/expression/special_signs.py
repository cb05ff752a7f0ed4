"""Signs of several characters that are recognised whole where a formula is cut into tokens: a short fraction, 1_{…}, the words of cases."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

from tutor.errors import ExpressionError, tell
from tutor.expression import signs
from tutor.expression.lexicon import Vocabulary
from tutor.expression.nodes import ONE, Div, Number
from tutor.text import make_visible


class Lexer(Protocol):
    """What cuts a formula into tokens: it is told of each, or what is wrong at its place."""

    known: Vocabulary

    def put(self, kind: str, value: Any, length: int) -> None:
        """A token of so many characters."""

    def fail(self, what: str, hint: str = "") -> ExpressionError:
        """What is said of this place."""


def _read_short_fraction(lexer: Lexer, match: re.Match[str]) -> None:
    lexer.put("a", Div(Number(match[1]), Number(match[2])), len(match.group()))


def _read_indicator(lexer: Lexer, match: re.Match[str]) -> None:
    lexer.put("1", "}" if match[1] == "{" else ")", len(match.group()))


def _read_environment(lexer: Lexer, match: re.Match[str]) -> None:
    if match[2] != "cases":
        raise lexer.fail(
            tell("the environment {match} is not read here", match=make_visible(match[2])),
            tell("write one formula; a matrix goes where one is asked for"),
        )
    lexer.put("C" if match[1] == "begin" else "E", None, len(match.group()))


SPECIAL: tuple[tuple[re.Pattern[str], Callable[[Lexer, re.Match[str]], None]], ...] = (
    (signs.SHORT_FRACTION, _read_short_fraction),
    (signs.INDICATOR, _read_indicator),
    (signs.INDICATED, lambda lexer, match: lexer.put("a", ONE, len(match.group()))),
    (signs.WORDS_OF_CASES, lambda lexer, match: lexer.put("l" if match[1] in signs.ELSE else "i", None, len(match.group()))),
    (signs.E, lambda lexer, match: lexer.put(*lexer.known.upright_e, len(match.group()))),
    (signs.D, lambda lexer, match: lexer.put("p", None, len(match.group()))),
    (signs.ENVIRONMENT, _read_environment),
)
"""What is recognised, and what becomes of it."""
