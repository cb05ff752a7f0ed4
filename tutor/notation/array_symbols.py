"""The symbol of a whole array from its name as programs write it: Wx is W_x."""

from __future__ import annotations

import re
from collections.abc import Collection

from tutor.expression.letters import COMMANDS
from tutor.notation.symbol import SPELLINGS, Symbol, guess, read_symbol

_LABELLED = re.compile(r"([A-Z]|(?!d)[a-z])([a-z])(\d*)|([WU])([a-z]{2})(\d*)")
"""A letter with what it belongs to run on: Wx, bh, Wk1, Whh.  In programs dx is no x of d."""
_WORD = re.compile(r"(?:in|fc|ln|gn|ff|sa|nn|lr)\d*|bn\d+")
"""Words of two letters: of layers, mostly."""
_OF_MODULE = re.compile(r"weight|bias|(in|out)\b")
"""What belongs to a module of a program, which has a name and no symbol: fc1.weight."""


def guess_array(name: str, taken: Collection[str] = ()) -> Symbol:
    r"""The symbol of a whole array, from its name: Wx is W_x, as lectures set it, and no product of W and x.

    The label is upright, since it is no index that runs, and those that do go on behind it; where W_x is a quantity of its
    own (``taken``), Wx stays a word.

    >>> guess_array("Wx"), guess_array("Whh").latex, guess_array("Wk1").latex, guess_array("mu").latex
    (Symbol(latex='W_{\\mathrm{x}}', text='Wₓ'), 'W_{\\mathrm{hh}}', 'W_{\\mathrm{k}1}', '\\mu')
    >>> guess_array("Wq_1"), guess_array("Whh_tm1").latex, guess_array("mu_1").latex, guess_array("in_1").latex
    (Symbol(latex='W_{\\mathrm{q},1}', text='W_(q,1)'), 'W_{\\mathrm{hh},t-1}', '\\mu_{1}', '\\mathit{in}_{1}')
    >>> guess_array("fc1_weight").text, guess_array("bn2").text
    ('fc1_weight', 'bn2')
    >>> guess_array("Wx", ["W_x"]).latex, guess_array("net").latex
    ('\\mathit{Wx}', '\\mathit{net}')
    """
    head, _, rest = name.partition("_")
    match = _LABELLED.fullmatch(head)
    if match is None or _WORD.fullmatch(head) or _OF_MODULE.match(rest) or SPELLINGS.get(head, head.rstrip("0123456789")) in COMMANDS:
        return guess(name)
    letter, label, digits = (part for part in match.groups() if part is not None)
    if f"{letter}_{label}{digits}{name[len(head) :]}" in taken:
        return guess(name)
    places = read_symbol(guess(f"x_{rest}").latex).sub.latex if rest else ""
    return read_symbol(f"{letter}_{{\\mathrm{{{label}}}{digits}{',' * bool(places)}{places}}}").symbol()
