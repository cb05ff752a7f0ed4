"""Regular expressions that are compiled when they are first used.

What reads formulas and answers has more than two hundred of them, and most are wanted only once somebody has typed something: compiling
them all takes a fifth of the time in which a session of practice starts (measured: 80 ms of 400).
"""

from __future__ import annotations

import re
from typing import Any, cast


class _LatePattern:
    """Stands for a pattern: whatever is asked of it is asked of the compiled one, and then kept."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern, self._asked = pattern, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._asked)
        for method in ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "groups", "groupindex", "flags"):
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


def compile_late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, at the first use; raises `re.error` then.  The functions of ``re`` do not take it, its own methods are as fast.

    >>> digits = compile_late(r"[0-9]+")
    >>> digits.sub("#", "w_12 + w_3"), digits.pattern
    ('w_# + w_#', '[0-9]+')
    """
    return cast("re.Pattern[str]", _LatePattern(pattern, flags))
