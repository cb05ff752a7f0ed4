r"""Questions of a problem sheet in LaTeX: the wording, the id, the marks, and room for the answer that no page break tears.

What is short stands on the line of its question; a matrix has a box for each entry, a formula a box as wide as the line.
"""

from __future__ import annotations

from collections.abc import Iterable

from tutor.explain.document import AnswerPlace, Blanks, SheetQuestion
from tutor.render.latex.sentences import Phrases
from tutor.render.latex.widths import measure_words
from tutor.render.latex.words import escape

QUESTION = "\\par\\addvspace{3pt}"
"""How a question begins."""
NUMBER = 2.8
"""The column of the numbers of questions, in em."""
SINGLE = 8.0
"""The width of the place for one number."""
MARKS = 4.6
CELL = 4.6
"""The width of the place for an entry of an array, where there is room for so much."""
HIGH, DEEP = 1.3, 0.55
"""How far a line of an answer reaches above and below its base line."""
_TYPEWRITER = 0.53  # a letter of the id in \footnotesize\ttfamily, in em of the page
_ROOM, _MOST_ROOM, _TITLE = 12, 24, 7
"""The lines that a title wants below it at least, those up to which all that is given is kept together, and those of the title itself."""
_ROW = 1.3  # lines of a row of an equation or of a matrix


def keep_room(given: Iterable[str] = ()) -> str:
    """A place where a page ends when there is no room for a title with some lines below it, or with all that is ``given`` if that is short.

    >>> keep_room().startswith("\\\\par")
    True
    """
    rows = sum(text.count("\\\\") for text in given) * _ROW
    lines = max(_ROOM, round(rows) + _TITLE) if rows < _MOST_ROOM else _ROOM
    return (
        "\\par\\bigskip\\penalty-200\\begingroup\\dimen0=\\pagegoal\\advance\\dimen0-\\pagetotal"
        f"\\ifdim\\dimen0<{lines}\\baselineskip\\vfil\\break\\fi\\endgroup"
    )


def set_blanks(block: Blanks, line: float) -> str:
    """Lines to fill in, on one line: the first has twice the room of the others."""
    labels = [(escape(label), measure_words(label)) for label in block.labels]
    share = (line - sum(width + 2.0 for _, width in labels)) / (len(labels) + 1)
    fields = [f"{label}~\\rule[-2pt]{{{share * (1 if place else 2):.2f}em}}{{0.4pt}}" for place, (label, _) in enumerate(labels)]
    return "\\par\\medskip\\noindent " + "\\hfill ".join(fields) + "\\par\\medskip"


def set_question(block: SheetQuestion, phrases: Phrases, line: float) -> str:
    """A question with the place for its answer."""
    place = block.place
    beside = place if place is not None and place.is_single else None
    marks = MARKS if block.marks else 0.0
    room = line - NUMBER - marks - (SINGLE + 0.8 if beside else 0.0) - 0.2
    words = f"\\parbox[t]{{{room:.2f}em}}{{\\raggedright {phrases.latex(block.parts, room * 0.6)}{_set_ident(block.ident, room)}\\strut}}"
    shown = f"\\makebox[{NUMBER:.2f}em][l]{{{escape(block.number)}}}{words}"
    right = (_set_cell(beside, SINGLE) if beside else "") + (f"\\makebox[{marks}em][r]{{\\small {escape(block.marks)}}}" if marks else "")
    lines = [f"{shown}\\hfill {right}" if right else shown]
    lines += [_set_option(letter, phrases.latex(text, line * 0.6), line) for letter, text in block.options]
    first, *others = _set_place(place, line) if place is not None and not beside else [""]
    lines += [first] if first else []
    body = "\\par\\nopagebreak\n".join(f"\\noindent {one}" for one in lines)
    body += "".join(f"\\par\n\\noindent {one}" for one in others)  # a page may end between two slices of an array
    return f"{QUESTION}{{\\parskip=2pt\\relax\n{body}\\par}}"


def _set_ident(ident: str, room: float) -> str:
    """The id at the right of the last line of the wording, or of a line of its own where there is no room."""
    if not ident:
        return ""
    shown = f"{{\\footnotesize\\ttfamily\\color{{black!65}}{escape(ident)}}}"
    whole = f"\\mbox{{{shown}}}" if len(ident) * _TYPEWRITER < room * 0.9 else shown
    return f"\\unskip\\nobreak\\hfill\\penalty50\\hskip1em\\hbox{{}}\\nobreak\\hfill{whole}"


def _set_option(letter: str, words: str, line: float) -> str:
    """An option with a box to tick; ``words`` are LaTeX."""
    tick = "\\fboxsep=0pt\\raisebox{-0.1em}{\\framebox[0.8em]{\\rule{0pt}{0.8em}}}"
    shown = f"\\parbox[t]{{{line - NUMBER - 2.2:.2f}em}}{{\\raggedright {escape(letter)})~{words}\\strut}}"
    return f"\\hspace*{{{NUMBER:.2f}em}}{{{tick}}}\\hspace{{0.8em}}{shown}"


def _set_cell(place: AnswerPlace, width: float) -> str:
    """Room for one entry on its line: a frame, or a rule to write on."""
    if not place.framed:
        return f"{{\\color{{black!45}}\\rule[-0.3em]{{{width:.2f}em}}{{0.3pt}}}}"
    return f"{{\\fboxsep=0pt\\framebox[{width:.2f}em]{{\\rule[-{DEEP}em]{{0pt}}{{{HIGH + DEEP:.2f}em}}}}}}"


def _set_place(place: AnswerPlace, line: float) -> list[str]:
    """Room below a question."""
    high = HIGH + DEEP
    indent = f"\\hspace*{{{NUMBER:.2f}em}}"
    width = line - NUMBER - 0.4
    rows = place.lines if place.whole else place.rows
    if not place.framed:
        return [f"{indent}\\rule{{0pt}}{{{rows * high:.2f}em}}"]
    if place.whole:
        return [f"{indent}{{\\fboxsep=0pt\\framebox[{width:.2f}em]{{\\rule{{0pt}}{{{rows * high:.2f}em}}}}}}"]
    cell = min(CELL, (width - 1.0) / place.columns)
    grid = _set_grid(place, cell)
    fitting = max(1, int((width + 1.0) / (cell * place.columns + 1.5)))
    return [
        indent + "\\hspace{1em}".join([grid] * min(fitting, place.slices - start)) for start in range(0, place.slices, fitting)
    ]


def _set_grid(place: AnswerPlace, cell: float) -> str:
    """A box for each entry."""
    inside = f"\\hspace{{{cell:.2f}em}}\\rule[-{DEEP}em]{{0pt}}{{{HIGH + DEEP:.2f}em}}"
    row = "&".join([inside] * place.columns) + "\\\\\\hline"
    letters = "|".join("c" * place.columns)
    return f"{{\\tabcolsep=0pt\\begin{{tabular}}{{|{letters}|}}\\hline " + row * place.rows + "\\end{tabular}}"
