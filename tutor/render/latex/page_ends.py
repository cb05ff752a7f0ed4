r"""How a document is parted into pages: where its picture stands, and how its closing words are held together.

What TeX alone knows, how high everything is, is asked there: each way to arrange the document is set in a box, split into pages as TeX
would split it, and the way is taken whose pages are the fullest and the fewest.  What stands on the page is the box that was tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from tutor.render.latex.heights import CLOSING, ENOUGH, LAST, is_free, is_long_table, is_picture, measure_block

FLOAT = "\\begin{figure}[p]"
"""How a picture begins that has a page of its own."""
MOST = 45.0
"""Closing words that are longer than `LAST` are kept together up to so many lines: they fill a page."""
LONGEST = 420.0
"""So many lines at the end of a document are arranged; what is before them stands as it comes."""
_WORDS = "{\\raggedright\\noindent"
_LABELLED = f"{_WORDS} \\textbf{{"
_BELOW = r"\medskip"
_TIE, _HOLD = r"\par\penalty\tutortie\relax", r"\par\penalty\tutorhold\relax"
_ENDS = (
    ("", 0), (r"\def\tutorhold{10000 }", 5), (r"\def\tutorrows{0 }", 5), (r"\def\tutortie{0 }", 6), (r"\tutorsmall", 14),
    (r"\tutorsmall\def\tutorless{6pt}", 18), (r"\tutortight", 20), (r"\tutortight\tutorsmall\def\tutorless{6pt}", 24),
)  # fmt: skip
"""How the closing words stand, and what that costs: together, with all of the section before them, without the last rows of it, parted, in
small type, and so on a page that is a little longer; and the whole with less room between its lines, where a page is saved by that."""
_STANDS = (0, 8, 12, 10, 9, 8)
"""What it costs that a picture stands where it might stand, too."""

ARRANGING = r"""\makeatletter
\newbox\tutorbest\newbox\tutortried\newbox\tutorrest\newbox\tutorpage\newbox\tutordrawn\newbox\tutorclosing
\newcount\tutorleast\newcount\tutorcost\newcount\tutorpages\newcount\tutorfew\newdimen\tutorroom
\def\tutortie{10000 }\def\tutorrows{\tutortie}\def\tutorhold{0 }\def\tutorfine{}\def\tutorless{0pt}%
\def\tutorsmall{\def\tutorfine{\small\parskip=1pt\relax}}
\def\tutortight{\jot=1.5pt \abovedisplayskip=2pt plus 1pt\belowdisplayskip=3pt plus 1pt%
\parskip=1pt plus 1pt\medskipamount=3pt plus 1pt\relax}
\def\tutorstart{\par\xdef\tutordeep{\the\prevdepth}\xdef\tutorkept{\if@nobreak1\else0\fi}%
\global\tutorleast=\maxdimen\global\tutorfew=-1 \def\tutorended{1}%
\setbox\tutordrawn\box\voidb@x\setbox\tutorclosing\box\voidb@x
\tutorroom=\ifdim\pagetotal=0pt\textheight\else\dimexpr\pagegoal-\pagetotal\relax\fi}
\long\def\tutorset#1{\vbox{\prevdepth=\tutordeep\relax\ifnum\tutorkept=1 \global\@nobreaktrue\fi\penalty10000 %
#1\par\xdef\tutorlast{\the\prevdepth}}}
\def\tutoropen{\def\tutorended{0}}
\long\def\tutordraw#1{\setbox\tutordrawn\vbox{#1}}
\def\tutorpicture{\par\vskip\parskip\unvcopy\tutordrawn\prevdepth=3pt\relax}
\def\tutorclose#1{\setbox\tutorclosing\vbox{#1}}
\long\def\tutortry#1#2{\ifnum#1<\tutorleast\begingroup\setbox\tutortried\tutorset{#2\par\ifdim\tutorless>0pt\penalty10000\vskip-\tutorless\fi}%
\tutorcost=#1\relax\tutorjudge\ifnum\tutorcost<\tutorleast\global\tutorleast=\tutorcost
\global\setbox\tutorbest\box\tutortried\global\let\tutorends\tutorlast\fi\endgroup\fi}
\def\tutortake{\unvbox\tutorbest\prevdepth=\tutorends\relax}
\def\tutoralone#1{\dimen8=\dimexpr\dimen2-\ht\tutordrawn-#1\relax\ifdim\dimen8<0pt\dimen8=-\dimen8\fi
\ifdim\dimen8<15pt\ifdim\ht\tutordrawn>0pt\advance\tutorcost by 60 \fi\fi}
\def\tutorjudge{\vbadness=10000 \vfuzz=\maxdimen\splittopskip=\topskip\splitmaxdepth=\maxdepth
\ifnum\tutorfew<0 \dimen2=\dimexpr\ht\tutortried-\tutorroom-9pt\relax
\global\tutorfew=\ifdim\dimen2>0pt\numexpr1+(\dimen2+\textheight/2)/\textheight\relax\else1 \fi\fi
\setbox\tutorrest\vbox{\ifdim\pagetotal=0pt\penalty-10000\fi\unvcopy\tutortried}%
\ifdim\pagetotal=0pt\setbox\tutorpage\vsplit\tutorrest to0pt\fi
\tutorpages=0 \dimen4=\tutorroom
\loop\setbox\tutorpage\vsplit\tutorrest to\dimen4 \setbox\tutorpage\vbox{\unvbox\tutorpage}%
\advance\tutorpages by 1 \dimen2=\dimexpr\ht\tutorpage+\dp\tutorpage\relax
\ifvoid\tutorrest\ifnum\numexpr\tutorpages*\tutorended\relax>1 \tutoralone{\ht\tutorclosing}\count2=\numexpr25-\dimen2*100/\textheight\relax
\ifnum\count2>0 \advance\tutorcost by\numexpr\count2*\count2\relax\fi\fi
\else\tutoralone{0pt}\count2=\numexpr(\dimen4-\dimen2)*100/\textheight\relax
\advance\tutorcost by\ifnum\count2<-4 2000 \else\numexpr\count2*\count2/8\relax\fi\fi
\dimen4=\textheight
\ifvoid\tutorrest\else\repeat
\ifnum\tutorpages>\tutorfew\advance\tutorcost by\numexpr100*(\tutorpages-\tutorfew)\relax\fi}
\makeatother
"""
r"""What arranges a document, for the head of an article.

`\\tutorstart` looks where on its page it begins, `\\tutordraw` and `\\tutorclose` measure the picture and what is behind its last place,
`\\tutortry` sets the whole in one way and keeps it where its pages are better than those before, `\\tutortake` puts the best on the page.
A page but the last costs by what it lacks, an eighth of the square of its percents; one that nobody needs 100; one of a picture alone 60;
the last by the square of what it lacks of a quarter.  A box has no paragraph before it: the depth of the last line and whether a heading
stands above are handed in, and out.
"""


def arrange_pages(blocks: Sequence[str], figure: int | None = None, places: Sequence[int] = (), *, ended: bool = True) -> list[str]:
    """The blocks with pictures on pages of their own in front, so that text fills the pages beside them, and the rest arranged.

    ``figure`` is the block that is a picture, ``places`` are the blocks in front of which it may stand as well; a document that is
    ``ended`` has nothing behind it.  A long table, which looks itself where its page ends, stands between what is arranged.
    """
    floats = [block for block in blocks if block.startswith(FLOAT)]
    kept = [place for place, block in enumerate(blocks) if not block.startswith(FLOAT)]
    counted = {place: sum(other < place for other in kept) for place in range(len(blocks) + 1)}
    others = [blocks[place] for place in kept]
    stands = [] if figure is None or figure not in kept else [counted[place] for place in (figure, *places)]
    breaks = [place for place, block in enumerate(others) if is_long_table(block)]
    arranged: list[str] = []
    for start, end in pairwise([-1, *breaks, len(others)]):
        here = [place - start - 1 for place in stands if start < stands[0] < end and start < place <= end]
        arranged += _arrange(others[start + 1 : end], here, ended=ended and end == len(others))
        arranged += others[end : end + 1]
    return floats + arranged


def _arrange(blocks: Sequence[str], stands: Sequence[int], *, ended: bool) -> list[str]:
    """All ways in which some blocks may stand, for TeX to choose from; of very many blocks the last ones.

    The first of ``stands`` is the block that is a picture, the others are those in front of which it may stand.
    """
    first, high = len(blocks), 0.0
    while first and high < LONGEST:
        first -= 1
        high += measure_block(blocks[first])
    others, drawn = list(blocks[first:]), ""
    stands = [place - first for place in stands if place >= first] if stands and stands[0] >= first else []
    if stands:
        drawn = others.pop(stands[0])
        stands = [place - (place > stands[0]) for place in stands]
    if len(others) < 2:
        return list(blocks)
    tied = list(tie_end(others))
    cuts = sorted({0, len(tied), *stands})
    parts = {start: f"\\tutorpart{chr(97 + number)}" for number, start in enumerate(cuts[:-1])}
    told = [f"\\def{parts[start]}{{%\n{_join(tied[start:end])}\\par}}%" for start, end in pairwise(cuts)]
    if drawn:
        told.append(f"\\tutordraw{{{drawn}}}%")
        told.append(f"\\tutorclose{{{''.join(name for start, name in parts.items() if start >= max(stands))}}}%")
    ways = [(cost + more, ends + shown) for cost, shown in _list_orders(parts, stands) for ends, more in _ENDS]
    told += [f"\\tutortry{{{cost}}}{{{shown}}}%" for cost, shown in sorted(ways, key=lambda way: way[0])]
    start = "\\tutorstart" if ended else "\\tutorstart\\tutoropen"
    return [*blocks[:first], "\n".join([start, *told, "\\tutortake"])]


def _list_orders(parts: Mapping[int, str], stands: Sequence[int]) -> Iterator[tuple[int, str]]:
    """What it costs that the picture stands at each of its places, and the parts with it there."""
    if not stands:
        yield 0, "".join(parts.values())
    for cost, stand in zip(_STANDS, stands, strict=False):
        shown = "".join(("\\tutorpicture" if start == stand else "") + name for start, name in parts.items())
        yield cost, shown + ("" if stand in parts else "\\tutorpicture")


def _join(blocks: Sequence[str]) -> str:
    """Blocks below one another within a macro."""
    return "".join(f"{block}\n" for block in blocks)


def tie_end(blocks: Sequence[str]) -> Iterator[str]:
    """The blocks with what may hold the last of them to one another, and the last rows of the list before them with them."""
    found = _find_end(blocks)
    closing = sum(map(measure_block, blocks[found:]))
    held = found < len(blocks) and not _is_titled(blocks[found]) and (closing < ENOUGH or all(b.startswith(_WORDS) for b in blocks[found:]))
    section = next((place for place in range(found, -1, -1) if _is_titled(blocks[place])), found) if blocks[found:] else found
    if sum(map(measure_block, blocks[section:])) > MOST:
        section = found
    for place, block in enumerate(blocks):
        if place < found - held:
            if "\\begin{align*}" in block and place >= section:
                yield tie_list(block, r"\tutorhold")
            else:
                yield block if place < section else _hold(block, _HOLD)
            continue
        if "\\begin{align*}" in block:
            yield tie_list(block, r"\tutorrows")
        else:
            shown = f"{{\\tutorfine{block}}}" if block.startswith(_LABELLED) else block
            yield shown if place == len(blocks) - 1 else _hold(shown, _TIE)


def _hold(block: str, penalty: str) -> str:
    """A block with what may keep the page from ending behind it, in front of the space there, at which it would end; not behind a title."""
    if _is_titled(block):
        return block
    bare = block.removesuffix(_BELOW)
    return f"{bare}\n{penalty}{_BELOW}%" if bare != block else f"{block}\n{penalty}%"


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


def tie_words(blocks: Sequence[str]) -> list[str]:
    """Blocks with each list held to the labelled words behind it, which say what its signs mean."""
    tied = [tie_list(block, "10000") if after.startswith(_LABELLED) else block for block, after in pairwise(blocks)]
    return [*tied, *blocks[-1:]]


def tie_list(block: str, penalty: str) -> str:
    """A list with what holds its last rows, and what is behind them, to one another."""
    if "\\begin{align*}" not in block or block.startswith("{\\postdisplaypenalty"):
        return block
    rows, end, after = block.rpartition("\n\\end{align*}")
    # amsmath has its penalty behind the last row too, and a blank behind the display would be a line
    return f"{{\\postdisplaypenalty={penalty} {rows}\\interdisplaylinepenalty={penalty} {end}{after}}}%"
