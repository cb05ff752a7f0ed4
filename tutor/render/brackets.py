r"""Brackets in LaTeX, as high as what stands in them.

What hangs below, a shape under a factor or the limits of a sum, makes ``\left(`` grow above the line as well, where nothing is: there the
brackets have the size of the formula itself.
"""

from __future__ import annotations

from tutor.late_patterns import compile_late

_FRACTION, _TABLE, _SHAPE = "\\frac", "\\begin", "\\underset"
_WITH_LIMITS = ("\\sum_", "\\max_")
_STOREYS = (_FRACTION, _TABLE, _SHAPE, *_WITH_LIMITS)
_RAISED_OR_LOWERED = compile_late(r"[\^_]\{[^{}]*\}")
_SIZES = ("", "big", "Big", "bigg")
"""How large brackets are, by how many lie in one another inside them."""


def put_in_brackets(body: str) -> str:
    r"""Brackets that grow with what is high in them, and with the brackets in them.

    >>> print(put_in_brackets("x + y"), put_in_brackets("2(x + y)"), put_in_brackets(r"\frac{1}{2}"))
    (x + y) \bigl(2(x + y)\bigr) \left(\frac{1}{2}\right)
    >>> print(put_in_brackets(r"\underset{\;2\;}{\frac{1}{2}}"), put_in_brackets(r"\sum_{v} x_{v}"))
    \biggl(\underset{\;2\;}{\frac{1}{2}}\biggr) \biggl(\sum_{v} x_{v}\biggr)
    """
    limits = any(sign in body for sign in _WITH_LIMITS)
    if _TABLE in body or (_FRACTION in body and not limits and _SHAPE not in body) or _has_high_fraction(body):
        return f"\\left({body}\\right)"
    if _FRACTION in body or limits:
        size = "Bigg" if "\\biggl(" in body or "\\left(" in body or "\\Biggl(" in body else "bigg"
    else:
        size = _SIZES[min(_count_nested(body), len(_SIZES) - 1)]
    return f"\\{size}l({body}\\{size}r)" if size else f"({body})"


def _has_high_fraction(body: str) -> bool:
    """Whether a fraction is higher than a fraction of letters."""
    for part in body.split(_FRACTION)[1:]:
        depth = groups = 0
        for place, sign in enumerate(part):
            depth += (sign == "{") - (sign == "}")
            groups += sign == "}" and not depth
            if groups == 2:
                inside = part[:place]
                break
        else:
            inside = part
        if any(storey in inside for storey in _STOREYS):
            return True
    return False


def _count_nested(body: str) -> int:
    """How many brackets lie in one another; those of an index or of a layer's number above are small."""
    depth = deepest = 0
    for sign in _RAISED_OR_LOWERED.sub("", body):
        if sign == "(":
            depth += 1
            deepest = max(deepest, depth)
        elif sign == ")":
            depth -= 1
    return deepest
