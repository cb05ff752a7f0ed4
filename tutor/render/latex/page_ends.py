r"""The end of a page: its closing words stand with what they close, and with the last picture where they do not all have room.

What TeX alone knows, how full its page is, is asked there (``\pagetotal``): the parts are given names, measured in boxes, and set in the
way that leaves no page half empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tutor.render.latex.heights import CLOSING, ENOUGH, LAST, TOGETHER, is_free, is_picture, measure_block, sum_shrinks

FLOAT = "\\begin{figure}[p]"
"""How a picture begins that has a page of its own."""
MOST = 45.0
"""Closing words that are longer than `LAST` are kept together up to so many lines: they fill a page."""
_WORDS = "{\\raggedright\\noindent"
_LABELLED = f"{_WORDS} \\textbf{{"
_SPARE = {"vbox": 5, "vtop": 8}  # points that are not reckoned with: of the space between lines, and \parskip above a paragraph
_FLUSH, _SKIP = r"\nointerlineskip\vskip2pt", r"\vskip\parskip"
"""What stands above a box that begins with space of its own, and above one that begins with a line."""
_HALF, _NEARLY, _LINE = r".5\textheight", r".88\textheight", 12
"""Parts of a page, and the points of a line."""
_AIRY, _OWN = r".8\textheight", r".15\textheight"
"""A page that is no fuller has a picture that has room, where what is behind it is so high that it may stand alone."""
_FINE, _LONGER = r"\small\parskip=1pt\relax", "6pt"
"""How closing words are set that have no room otherwise, and how much longer their page may be."""
_KEEP = r"\edef\tutorkept{\expandafter\ifx\csname if@nobreak\expandafter\endcsname\csname iftrue\endcsname1\else0\fi}"
_KEPT = r"\ifnum\tutorkept=1 \global\csname @nobreaktrue\endcsname\fi"
"""What is measured below a heading must not take its place: a list would leave a line free there afterwards.

No condition is named by its name, which TeX would not see where it skips this.
"""


def arrange_end(blocks: Sequence[str], early: int | None = None) -> list[str]:
    """The blocks with pictures on pages of their own in front, so that text fills the pages beside them, and with the end together.

    ``early`` is the block in front of which the last picture may stand as well.
    """
    floats = [block for block in blocks if block.startswith(FLOAT)]
    before = [block for block in blocks[:early] if not block.startswith(FLOAT)]
    others = [block for block in blocks if not block.startswith(FLOAT)]
    return floats + hold_end(others, None if early is None else len(before))


def hold_end(blocks: Sequence[str], early: int | None = None) -> list[str]:
    r"""The blocks of a page, the last of them together: a page that has no room for them ends before them, or within the list before.

    The last section is kept together where it is short enough, else all closing words and as many blocks as make `CLOSING` lines.

    Where they have room as they are they are set so, since a box cannot shrink with its page.

    >>> hold_end(["words", "last words"])[0].splitlines()[:2]
    ['\\par\\def\\tutorfine{}\\def\\tutorend{%', 'words']
    """
    found = _find_end(blocks)
    held, before = list(blocks[found:]), list(blocks[:found])
    if len(held) < min(2, found + 1):
        return list(blocks)
    titled = _is_titled(held[0])
    if before and not titled and is_picture(before[-1]):
        seam = len(before) - 1 if early is None else min(early, len(before) - 1)
        if seam == len(before) - 1 and seam and before[seam - 1].startswith("\\begin{align*}"):
            return [*before[: seam - 1], _float_picture(before[seam - 1], before[seam], held)]
        return [*before[:seam], _place_picture(before[seam:-1], before[-1], held)]
    ended = _write_macro("tutorend", held)
    for place in filter(lambda place: is_picture(before[place]), range(found)):
        before[place], ended = f"\\par{ended}{_set_free(before[place], blocks[place + 1 :])}", ""
    tied = ""
    short = sum(map(measure_block, held)) < ENOUGH
    if before and not titled and (short or all(block.startswith(_WORDS) for block in held)):
        before[-1], tied = _tie_end(before[-1], sure=short)
    flush = titled or held[0].startswith("\\par")
    set_apart = f"{tied}{_FLUSH if flush else _SKIP}\\box0"
    measured = _measure("vbox" if flush else "vtop", r"\tutorend", held)
    squeezed = _squeeze("vbox" if flush else "vtop", r"\tutorend", held)
    chosen = f"\\ifdim\\dimen0<\\pagegoal\\tutorend\\else{squeezed}{set_apart}\\fi\\fi"
    return [*before, f"\\par{ended}{measured}{chosen}"]


def _find_end(blocks: Sequence[str]) -> int:
    """Where the end begins."""
    start, high = len(blocks), 0.0
    found = start
    while start:
        high += measure_block(blocks[start - 1])
        if high > LAST or is_free(blocks[start - 1]):
            break
        start -= 1
        words = blocks[start].startswith(_WORDS) and found == start + 1
        if _is_titled(blocks[start]) or words or high - measure_block(blocks[start]) < CLOSING:
            found = start
        if _is_titled(blocks[start]):
            break
    drawn = found
    while drawn < len(blocks) and blocks[drawn].startswith(_LABELLED):
        drawn += 1
    if drawn < len(blocks) and is_picture(blocks[drawn]):
        found = drawn  # words in front of a picture say what the list above them means: they stay with it
    said = len(blocks)
    while said and blocks[said - 1].startswith(_WORDS):
        said -= 1
    # very many errata are not torn either
    return said if said < found and sum(map(measure_block, blocks[said:])) < MOST else found


def _is_titled(block: str) -> bool:
    return "section*{" in block[:20]


def _write_macro(name: str, blocks: Sequence[str]) -> str:
    """A macro that sets these blocks; at the end of a page labelled words may be told to be small."""
    fine = "\\def\\tutorfine{}" if name == "tutorend" else ""
    body = "\n".join(f"{{\\tutorfine{block}}}" if fine and block.startswith(_LABELLED) else block for block in blocks)
    line = "\n" if body.endswith("%") else ""  # elsewhere it would be a blank, and that a line of its own behind a display
    return f"{fine}\\def\\{name}{{%\n{body}{line}\\par}}%\n"


def _measure(box: str, shown: str, blocks: Sequence[str], at: int = 0) -> str:
    """How far down the page goes with what is ``shown``, in the box and the length of number ``at``, the space that these blocks can give
    away taken off."""
    spare = _SPARE[box] - sum_shrinks("\n".join(blocks))
    kept = f"{_KEEP}\\setbox{at}\\{box}{{{shown}}}{_KEPT}"
    room = rf"\dimen{at}=\pagetotal\advance\dimen{at}\ht{at}\advance\dimen{at}\dp{at}\advance\dimen{at}-\pageshrink"
    return f"{kept}{room}\\advance\\dimen{at} by {spare}pt\\relax"


def _squeeze(box: str, shown: str, blocks: Sequence[str]) -> str:
    r"""What is ``shown`` on this page after all, where closing words in small type make the room that lacks; what else is to be done stands
    behind it, and two ``\fi``: a page that is not quite full, and another of some closing lines, are what nobody would have set by hand."""
    measured = _measure(box, shown, blocks, 8)
    fits = rf"\ifdim\dimen8<\dimexpr\pagegoal+{_LONGER}\relax\enlargethispage{{{_LONGER}}}"
    return f"\\def\\tutorfine{{{_FINE}}}{measured}{fits}{shown}\\else\\def\\tutorfine{{}}%\n"


_END = rf"{_SKIP}\setbox0\vtop{{\tutorend}}\box0"
_BOTH = rf"""\setbox2\vbox{{\tutorpicture\tutorend}}\setbox3\vbox{{\tutorpicture}}\dimen2=\dimexpr\ht2+\dp2\relax
\ifdim\pagetotal<{_HALF}\dimen2=\maxdimen\ifdim\dimexpr\pagetotal+\ht3+\dp3\relax>\textheight\dimen2=-1pt\relax\fi\fi
\setbox4\vtop{{\tutorend}}\ifdim\pagetotal<{_AIRY}\ifdim\dimexpr\ht4+\dp4\relax>{_OWN}%
\ifdim\dimexpr\pagetotal+\ht3+\dp3\relax<\textheight\dimen2=\maxdimen\fi\fi\fi
\ifdim\dimen2<0pt\begin{{figure}}[!t]\tutorpicture\end{{figure}}{_END}\else
\ifdim\dimen2>\textheight\tutorpicture{_END}\else{_FLUSH}\box2\fi\fi"""
r"""The picture with the end in one box; alone where that would leave half of a page empty, or has no room on one, and where the picture has
room here, a good part of the page would stay empty without it, and the end is long enough for a page of its own.

A page that is half empty and has no room for the picture has the end, and the picture is on top of the next one.
"""
_EARLY = rf"""\def\tutorturn{{\tutorpicture}}%
\setbox1\vbox{{\tutorlists}}\setbox2\vbox{{\tutorpicture\tutorend}}\setbox3\vbox{{\tutorpicture}}{_KEPT}%
\dimen1=\dimexpr\pagetotal+\ht1+\dp1\relax\dimen3=\dimexpr\ht2+\dp2\relax
\ifdim\dimen1>\textheight\advance\dimen3 by \dimexpr\ht1+\dp1\relax\else\ifdim\dimen1<{_HALF}\dimen3=\maxdimen\fi\fi
\ifdim\dimexpr\pagetotal+\ht3+\dp3\relax>\textheight\ifdim\pagetotal<{_HALF}\dimen3=0pt
\else\ifdim\dimen1>\textheight\ifdim\pagetotal<{_NEARLY}\ifdim\dimexpr\ht2+\dp2\relax<{_AIRY}%
\dimen3=\maxdimen\def\tutorturn{{\begin{{figure}}[!t]\tutorpicture\end{{figure}}}}\fi\fi\fi\fi\fi
\ifdim\dimen3>\textheight
\def\tutortie{{10000 }}%
\tutorturn\tutorlists\nopagebreak{_END}\else
\tutorlists
{_BOTH}\fi"""
r"""The lists before the picture as they are where a page ends well behind them or within, else the picture in front of them; on top of the
next page where it has no room on this one, which goes on with the lists.

Boxes and lengths of these numbers are anybody's: what is set between may change them.
"""


def _place_picture(lists: Sequence[str], picture: str, held: Sequence[str]) -> str:
    """The last picture with the end: where not all has room on a page, the end takes it along to the next one or, where that would leave
    this one half empty, the picture stands in front of the ``lists`` before it, and the end takes their last rows along."""
    tied = [*lists[:-1], tie_list(lists[-1], r"\tutortie")] if lists else []
    parts = {"tutorlists": tied, "tutorpicture": [picture], "tutorend": held}
    named = {name: blocks for name, blocks in parts.items() if blocks}
    whole = "".join(f"\\{name}" for name in named)
    defined = "".join(_write_macro(name, blocks) for name, blocks in named.items())
    return f"\\par{defined}\\def\\tutortie{{0 }}{_choose_whole(whole, [*lists, picture, *held], _EARLY if lists else _BOTH)}"


def _choose_whole(whole: str, blocks: Sequence[str], otherwise: str) -> str:
    """All of it where a page has room for it, or would with smaller closing words, else what is to be done ``otherwise``."""
    measured, squeezed = _measure("vbox", whole, blocks), _squeeze("vbox", whole, blocks)
    return f"{measured}\\ifdim\\dimen0<\\pagegoal{whole}\\else\n{squeezed}{otherwise}\n\\fi\\fi"


def _set_free(picture: str, after: Sequence[str]) -> str:
    """A picture with more than closing words behind it: where it would leave a page half empty, or less than full with more ``after`` it
    than has room there, these go on there, and it stands on top of the next one."""
    room = rf"\setbox3\vbox{{\tutorpicture}}{_KEPT}\dimen1=\dimexpr\pagetotal+\ht3+\dp3\relax"
    rest = rf"\dimexpr\pagetotal+{_LINE * sum(map(measure_block, after)):.0f}pt\relax"
    limit = rf"\dimen2={_HALF}\ifdim{rest}>\textheight\dimen2={_NEARLY}\fi"
    below = r"\setbox4\vtop{\tutorend}\ifdim\dimexpr\ht3+\dp3+\ht4+\dp4\relax<.95\textheight"  # one that it leaves no room would run over
    moved = rf"\ifdim\dimen1>\textheight{limit}\ifdim\pagetotal<\dimen2{below}\dimen1=-1pt\relax\fi\fi\fi"
    chosen = r"\ifdim\dimen1<0pt\begin{figure}[!t]\tutorpicture\end{figure}\else\tutorpicture\fi"
    return f"{_KEEP}{_write_macro('tutorpicture', [picture])}{room}{moved}\n{chosen}"


_FLOATED = rf"""\setbox1\vbox{{\tutorlists}}\begingroup\vbadness=10000\vfuzz=\maxdimen\dimen5=\dimexpr\textheight-\pagetotal\relax
\setbox5\vsplit1 to\dimen5\setbox5\vbox{{\unvbox5}}\ifdim\ht5>\dimen5\setbox1\vbox{{\tutorlists}}\fi
\loop\ifdim\ht1>\textheight\setbox5\vsplit1 to\textheight\repeat\xdef\tutorleft{{\the\dimexpr\ht1+\dp1\relax}}\endgroup
\setbox2\vbox{{\tutorpicture\tutorend}}\setbox3\vbox{{\tutorpicture}}{_KEPT}\dimen1=\tutorleft\dimen4=0pt\dimen2=\dimexpr\dimen1+\ht2+\dp2\relax
\ifdim\dimen1>0pt\ifdim\dimen1<{_HALF}\ifdim\dimen2>.93\textheight
\ifdim\dimexpr\pagetotal+\ht3+\dp3\relax>\textheight\dimen4=1pt\relax\fi\fi\fi\fi
\ifdim\dimen4>0pt\def\tutortie{{10000 }}%
\begin{{figure}}[!t]\tutorpicture\end{{figure}}%
\tutorlists\nopagebreak{_END}\else
\tutorlists
{_BOTH}\fi"""
r"""The picture at the top of the next page, where the list before it ends in the upper half of that page, and the end has no room there."""


def _float_picture(list_before: str, picture: str, held: Sequence[str]) -> str:
    r"""The picture behind its list, with the end; but where the list ends high up on a page on which not both have room, the picture stands
    at the top of that page, and the end takes the last rows of the list along.
    """
    parts = {"tutorlists": [tie_list(list_before, r"\tutortie")], "tutorpicture": [picture], "tutorend": held}
    defined = "".join(_write_macro(name, blocks) for name, blocks in parts.items())
    chosen = _choose_whole("".join(f"\\{name}" for name in parts), [list_before, picture, *held], f"{_KEEP}{_FLOATED}")
    return f"\\par{defined}\\def\\tutortie{{0 }}{chosen}"


def _tie_end(block: str, *, sure: bool) -> tuple[str, str]:
    """A block behind which no page ends, and what stands behind it: a list gives some of its last rows away.

    Where the end is long, not ``sure``ly tied, a short list goes along only where that leaves a page more than half full.
    """
    if "\\begin{align*}" not in block:
        return block, "\\nopagebreak" if sure else ""
    if sure or measure_block(block) > TOGETHER:
        return tie_list(block, "10000"), "\\nopagebreak"
    held = tie_list(block, r"\tutortie")
    start = rf"\par\edef\tutortie{{\ifdim\pagetotal<{_HALF} 0\else 10000\fi}}%"
    return f"{start}\n{held}", r"\penalty\tutortie\relax"


def tie_words(blocks: Sequence[str]) -> list[str]:
    """Blocks with each list held to the labelled words behind it, which say what its signs mean."""
    tied = [tie_list(block, "10000") if after.startswith(_LABELLED) else block for block, after in pairwise(blocks)]
    return [*tied, *blocks[-1:]]


def tie_list(block: str, penalty: str) -> str:
    """A list with what holds its last rows, and what is behind them, to one another."""
    if "\\begin{align*}" not in block:
        return block
    rows, end, after = block.rpartition("\n\\end{align*}")
    # amsmath has its penalty behind the last row too, and a blank behind the display would be a line
    return f"{{\\postdisplaypenalty={penalty} {rows}\\interdisplaylinepenalty={penalty} {end}{after}}}%"
