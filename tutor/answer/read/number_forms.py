r"""Numbers as people write them: decimal commas, percent, mixed numbers, what a library prints; and what no number is written like.

Nothing here computes: a text goes in, and the same text as the grammar reads it comes out, or a refusal that says both readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from tutor.answer.read.answer_refusals import refusal
from tutor.errors import tell
from tutor.expression.signs import NUMBER
from tutor.late_patterns import compile_late

MAX_LENGTH = 200
"""A longer text is no single number."""
_COMMA = compile_late(r"(?<![\w.,}])(?P<whole>[0-9]{1,15})(?:,|\{,\})(?P<rest>[0-9]{1,30})(?![0-9]|[.,][0-9]|\{,\})")
_POINT = compile_late(r"(?<![\w.])(?:[0-9]{1,15}\.[0-9]|\.[0-9])")
_SEVERAL = compile_late(r"(?:max|min|softmax\w{0,8}|maximum|minimum|where|leaky_?relu|elu|huber)\s{0,3}\Z", re.IGNORECASE)
_THOUSANDS = compile_late(r"[1-9][0-9]{0,2},[0-9]{3}")
_PERCENT = compile_late(
    rf"\$?\s{{0,4}}(?P<number>[-+−]?\s?{NUMBER})\s{{0,4}}(?:\\?%|percent|per cent|Prozent)\s{{0,4}}\$?\s{{0,4}}\.?", re.IGNORECASE
)
_MIXED = compile_late(
    r"\s{0,4}(?P<sign>[-−]?)\s?(?P<whole>[0-9]{1,9})\s{1,3}(?P<over>[0-9]{1,9})\s?/\s?(?P<under>[0-9]{1,9})\s{0,4}\.?\s{0,4}"
)
_MIXED_LATEX = compile_late(
    r"\s{0,4}(?P<sign>[-−]?)\s?(?P<whole>[0-9]{1,9})(?:\s|\\[,;:! ]){0,4}\\[dt]?frac\s?"
    r"(?:\{\s?(?P<over>[0-9]{1,9})\s?\}\s?\{\s?(?P<under>[0-9]{1,9})\s?\}"
    r"|(?P<digit>[0-9])(?P<below>[0-9]))\s{0,4}\.?\s{0,4}"
)
_CUT = compile_late(r"(?P<number>\s{0,4}[-+−]?\s?[0-9]{1,15}\.[0-9]{1,30})\s?(?:…|\.{3,6}|\\l?dots)\s{0,4}")
"""0.0822…: the digits go on."""
_MIXED_SIGN = compile_late(r"\s{0,4}(?P<sign>[-−]?)\s?(?P<whole>[0-9]{1,9})\s{0,3}(?P<part>[½¼¾⅓⅔])\s{0,4}\.?\s{0,4}")
_PRINTED = compile_late(
    rf"\s{{0,4}}(?:torch\.|np\.|numpy\.|jnp\.|tf\.)?(?:tensor|array|Array|float64|float32|float|asarray)\(\s{{0,4}}(?P<number>[-+]?{NUMBER})"
    r"\s{0,4}(?:,\s{0,4}[a-z_]{1,20}\s?=\s?[A-Za-z0-9_.<>' ]{1,60}){0,3}\)\s{0,4}"
)
_IN_BRACKETS = compile_late(r"(?<![\w.,])[0-9]+\.[0-9]+\([0-9]{1,3}\)")
"""0.082(2): the uncertainty of a number, or a digit that comes again; nobody writes a product so."""
_ZERO_TIMES = compile_late(r"[-+−$\s]{0,4}0[·⋅•*][0-9]{1,30}[$.\s]{0,4}")
_TEN_WITHOUT_SIGN = compile_late(
    r"(?<![\w.])(?P<digits>[0-9]+\.?[0-9]*)\s{0,3}(?:[*·×⋅x]|\\times|\\cdot)\s{0,3}10\s{0,3}[-−]\s{0,3}(?P<power>[0-9]{1,3})(?![\w.])"
)
_LETTER_E = compile_late(
    r"(?<![\w.])(?P<digits>[0-9]+\.?[0-9]*)\s{0,3}(?:[*·×⋅x]\s{0,3}[eE]|\s[eE]|\^\s?10)\s{0,3}\^?\s?(?P<sign>[-−+])\s{0,3}(?P<power>[0-9]{1,3})(?![\w.])"
)
"""2.98*e-1, 2.98 E - 1 and 2.98^10-1, by those who mean 2.98e-1."""
_RAISED_POINT = compile_late(r"(?<![\w.])(?P<whole>[0-9]+)[·⋅•*](?P<rest>[0-9]+)(?![\w.])")


def has_decimal_commas(texts: Iterable[str]) -> bool:
    """Whether the answers of a submission are consistently written with decimal commas: some certainly are, and none has a point.

    1,234 may be a thousand, and [1,2] has two entries: neither says anything by itself.

    >>> has_decimal_commas(["0,741", "1,234"]), has_decimal_commas(["0,741", "0.3"]), has_decimal_commas(["1,234", "[1,2]"])
    (True, False, False)
    """
    certain = False
    for text in texts:
        if _POINT.search(text):
            return False
        if not certain and "," in text:
            certain = any(
                not _THOUSANDS.fullmatch(match.group()) and _is_decimal(text, match) for match in _COMMA.finditer(text)
            )  # fmt: skip
    return certain


def put_points(text: str) -> str:
    r"""A text that is written with decimal commas, with points; commas between entries and arguments stay.

    >>> put_points("0,741 * 0{,}187"), put_points("[0,5; 1,25]"), put_points("[0,5, 1,25]"), put_points("max(0,5)")
    ('0.741 * 0.187', '[0.5; 1.25]', '[0.5, 1.25]', 'max(0,5)')
    """
    if "," not in text:
        return text
    return _COMMA.sub(lambda match: f"{match['whole']}.{match['rest']}" if _is_decimal(text, match) else match.group(), text)


def _is_decimal(text: str, match: re.Match[str]) -> bool:
    """Whether a comma between digits can be none between entries or arguments: outside of brackets, or where these have other signs."""
    if "{,}" in match.group():
        return True
    opened = _find_opening(text, match.start())
    if opened < 0:
        return True
    inside = text[opened + 1 : _find_closing(text, opened)]
    if text[opened] == "(":
        if not text[:opened].strip() and not inside.strip("0123456789, "):
            return False  # (1,2) is a pair
        return _SEVERAL.search(text, max(0, opened - 16), opened) is None and text[opened - 1 : opened] not in (",", "[", "(")
    return ";" in inside or "\n" in inside or re.search(r",\s", inside) is not None or re.search(r"[0-9]\s+[-−]?[0-9]", inside) is not None


def _find_opening(text: str, at: int) -> int:
    """The bracket that a place stands in, or -1."""
    level = 0
    for place in range(at - 1, max(-1, at - 400), -1):
        if text[place] in ")]}":
            level += 1
        elif text[place] in "([{":
            if not level:
                return place
            level -= 1
    return -1


def _find_closing(text: str, opened: int) -> int:
    """Where a bracket is closed, or the end of the text."""
    level = 0
    for place in range(opened, min(len(text), opened + 2000)):
        level += (text[place] in "([{") - (text[place] in ")]}")
        if not level:
            return place
    return len(text)


def read_plain_number(text: str, *, percent: bool = False) -> tuple[str, str]:
    """A number as the grammar reads it, and a note where that is another number than a hasty reader sees; any other text as it is.

    ``percent`` says that the question asks for percent.  Raises `AnswerError` for what may be two different numbers.

    >>> read_plain_number("tensor(0.0267, requires_grad=True)"), read_plain_number("3 1/2"), read_plain_number("49.8 %", percent=True)
    (('0.0267', ''), ('3 + 1/2', '3 1/2 is read as 3 + 1/2'), ('0.498', ''))
    """
    if len(text) > MAX_LENGTH:
        return text, ""
    if found := _IN_BRACKETS.search(text):
        hint = tell("write the number alone, or a sign for a product: 0.082*2")
        raise refusal(text, tell("{found} may be a number with digits in brackets behind it", found=found.group()), found.start(), hint)
    if match := _PRINTED.fullmatch(text):
        return match["number"], ""
    if percent and (match := _PERCENT.fullmatch(text)):
        return _divide_by_hundred(match["number"]), ""
    if match := _CUT.fullmatch(text):
        return match["number"], ""
    if match := _MIXED.fullmatch(text) or _MIXED_SIGN.fullmatch(text) or _MIXED_LATEX.fullmatch(text.strip(" $")):
        parts = match.groupdict()
        over, under = parts.get("over") or parts.get("digit"), parts.get("under") or parts.get("below")
        part = f"{over}/{under}" if over else parts["part"]
        read = f"-({parts['whole']} + {part})" if parts["sign"] else f"{parts['whole']} + {part}"
        return read, tell("{shown} is read as {read}", shown=text.strip().rstrip('.'), read=read)
    return text, ""


def _divide_by_hundred(number: str) -> str:
    """A hundredth of a number, with as many digits as it has."""
    value = Decimal(number.replace("−", "-").replace(" ", ""))
    return format(value.scaleb(-2), "f")


def suggest_reading(text: str) -> str:
    """What a number may be meant as that is read as something else: 8.22e-2 for 8.22*10-2, 2.5 for 2·5; nothing for most.

    >>> suggest_reading("8.22*10-2"), suggest_reading("2·5"), suggest_reading("0.0822")
    ('8.22e-2', '2.5', '')
    """
    if len(text) > MAX_LENGTH:
        return ""
    if ten := _TEN_WITHOUT_SIGN.search(text):
        return f"{text[: ten.start()]}{ten['digits'].rstrip('.')}e-{ten['power']}{text[ten.end() :]}"
    if power := _LETTER_E.search(text):
        return f"{text[: power.start()]}{power['digits'].rstrip('.')}e{power['sign'] or ''}{power['power']}{text[power.end() :]}"
    if point := _RAISED_POINT.search(text):
        return f"{text[: point.start()]}{point['whole']}.{point['rest']}{text[point.end() :]}"
    return ""


def is_zero_product(text: str) -> bool:
    """Whether a text is 0 times a number and nothing else, as 0·0822: where 0 is not right, a decimal is meant.

    >>> is_zero_product("0·0822"), is_zero_product("0·2 = 0")
    (True, False)
    """
    return _ZERO_TIMES.fullmatch(text) is not None
