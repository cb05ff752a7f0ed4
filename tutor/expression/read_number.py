"""A number of a formula as it is written: groups of digits, powers of ten, a typographic minus; what may mean two things is refused."""

from __future__ import annotations

import re
from typing import NoReturn

from tutor.errors import tell
from tutor.expression import signs
from tutor.expression.caret import refusal
from tutor.expression.lexicon import Vocabulary
from tutor.expression.limits import MAX_DIGITS, number_text
from tutor.expression.nodes import Number


def read_number(text: str, at: int, end: int, known: Vocabulary, before: str = "+") -> tuple[Number, int]:
    """The number that stands at ``at``, and the length of what is written; ``before`` is the kind of the token in front of it.

    Raises `ExpressionError` for a point alone, for a number over the limit of digits, and where it may be read in two ways.

    >>> from tutor.expression.lexicon import Vocabulary
    >>> read_number("8.2×10^{-2}", 0, 11, Vocabulary({}, {})), read_number("12'345.5 + x", 0, 12, Vocabulary({}, {}))
    ((Number(text='8.2e-2'), 11), (Number(text='12345.5'), 8))
    """
    ten = _match_power_of_ten(text, at, end, known) if before in "+-*(,=>&" else None
    if ten:
        power = (
            ten["super"].translate(signs.SUPERSCRIPTS).replace("⁺", "")
            if ten["super"]
            else ten["sign"].replace("−", "-").replace("+", "") + ten["power"]
        )
        word, length = f"{ten['digits'].rstrip('.')}e{int(power)}", len(ten.group())
    else:
        match = signs.GROUPED.match(text, at, end) or signs.A_NUMBER.match(text, at, end)
        if match is None:
            raise refusal(text, tell("a point stands alone"), at, tell("a decimal is written with a point: 0.5"))
        word, length = re.sub("[−–]", "-", signs.drop_groups(match.group())), len(match.group())
    mantissa, _, exponent = word.lower().partition("e")
    if len(mantissa) > MAX_DIGITS or (exponent and abs(int(exponent[:9])) > MAX_DIGITS):
        raise refusal(text, tell("a number over the limit of {limit} digits", limit=MAX_DIGITS), at, tell("round it"))
    if exponent and not ten and "e" + exponent in known.declared:
        what = tell("{word} may be a number or a product with e{exponent}", word=word, exponent=exponent)
        raise refusal(text, what, at, tell("write {mantissa}*e{exponent}", mantissa=mantissa, exponent=exponent))
    apart = signs.APART.match(text, at + length, end) if not exponent and "e" not in known.declared else None
    if apart and (not known.free or not apart.group()[-2].isalpha()):
        what = tell("a blank stands before the e of this number")
        raise refusal(text, what, at + length,
                      tell("write {mantissa}e-2 for a power of ten, {mantissa}*e for Euler's number", mantissa=mantissa))  # fmt: skip
    if text.startswith("{,}", at + length):
        _refuse_comma(text, at, at + length)
    if text[at + length : at + length + 1] == "_":
        raise refusal(text, tell("a number has no index"), at + length, tell("write the name in front of its index, such as w_1"))
    return Number(number_text(word)), length


def _refuse_comma(text: str, at: int, comma: int) -> NoReturn:
    first, rest = signs.match_digits(text, at), signs.match_digits(text, comma + 3)
    raise refusal(text, tell("a comma inside a number"), comma,
                  tell("a decimal is written with a point: {first}.{rest}", first=first, rest=rest or 5))  # fmt: skip


def _match_power_of_ten(text: str, at: int, end: int, known: Vocabulary) -> re.Match[str] | None:
    """A power of ten, 3.7·10⁻¹; also behind the letter x, 3.7 x 10^-1, where no quantity is called x."""
    ten = signs.TEN.match(text, at, end)
    letter = None if ten else signs.LETTER_X.match(text, at, end)
    if letter is None or (not letter["after"] and _is_known(known, "x10", ("x", "10", ""))):
        return ten
    if _is_known(known, "x", ("x", "", "")):
        if known.free and not (letter["before"] and letter["after"]):
            return None
        hint = tell("write 3.7e-1 or 3.7*10^-1, and 3*x for x")
        raise refusal(text, tell("this x may be a sign or the quantity x"), letter.start("after") - 1, hint)
    return signs.TEN_BY_X.match(text, at, end)


def _is_known(known: Vocabulary, word: str, key: tuple[str, str, str]) -> bool:
    return known.free or word in known.declared or key in known.spelled
