r"""A document as LaTeX: a complete article, or a fragment to be pasted into one's own.

Only ``amsmath``, ``mathtools``, ``booktabs``, ``xcolor`` and ``tikz`` are used (and ``geometry`` in the article).  The
output is ASCII, every word from outside is escaped, and rows are broken by measured width, so that it compiles without
a warning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import singledispatchmethod

from tutor.explain.document import (
    THEME_WORDS,
    Bars,
    Blanks,
    Block,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Paragraph,
    Section,
    Sentence,
    SheetQuestion,
    Table,
    Theme,
    Verbatim,
)
from tutor.expression.nodes import Partial
from tutor.notation.profile import Notation
from tutor.render import bar_rows as bars
from tutor.render import verbatim
from tutor.render.latex.answer_columns import set_answer_columns
from tutor.render.latex.fragments import FRAME, FragmentStyle
from tutor.render.latex.heights import join_rows, part_fractions
from tutor.render.latex.math_sizes import write_math_sizes
from tutor.render.latex.page_ends import ARRANGING, arrange_pages, tie_list, tie_words
from tutor.render.latex.page_figures import set_figure
from tutor.render.latex.rows import LatexRow, count_torn, set_beside, set_rows
from tutor.render.latex.sentences import Phrases
from tutor.render.latex.sheet_questions import QUESTION, keep_room, set_blanks, set_question
from tutor.render.latex.tables import set_table
from tutor.render.latex.widths import measure, measure_words
from tutor.render.latex.words import escape
from tutor.render.maths import Printer

PAGE_CM = 17.2
"""The width of a line of the complete article."""

_EM_CM = 0.3528  # an em at ten points, a little more than it is
_FRAGMENT_EM_CM = 0.3848  # and at eleven, the middle of what a fragment may meet
_DOT = "\\cleaders\\hbox to 2em{\\hss$\\cdot$\\hss}\\hskip 2em{}"
"""A dot between facts on a line, which disappears where the line is broken."""
_SMALL = 0.86  # \footnotesize, in em of the normal size
_GAP = 0.8
_HEADINGS = ("section", "subsection")
_TYPED = 0.49
"""How wide a letter of a small typewriter is, in em of the text."""
_TITLES = (("\\Large", 1.44), ("\\large", 1.2))
"""How a section and a title are set, in a page and in a part of it; a title with how much larger than the text it is."""
_WHOLE = "\\interlinepenalty=10000\\clubpenalty=10000\\widowpenalty=10000 "
_EASY_BREAK = (
    "\\ifdim\\ifinner\\maxdimen\\else\\pagetotal\\fi<.5\\pagegoal\\else\\vskip 0pt plus 1fil\\penalty-100\\vskip 0pt plus -1fil\\fi"
)
"""Where a part may be broken, with room left below: in a frame, and on a page that is half full."""
_LONG = 8
"""A paragraph of fewer lines is never torn."""
_BLOCK = 40
"""Rows of one display; a longer block is set as several, with the same width left of the relation."""

_PREAMBLE = r"""% Made by backprop-tutor; compile with pdflatex, latexmk or tectonic.
\documentclass[10pt,a4paper,fleqn]{article}
\usepackage[a4paper,hmargin=19mm,top=12mm,bottom=15mm,footskip=7mm]{geometry}
\usepackage{amsmath,mathtools,booktabs,xcolor,tikz}
\ifdefined\pdftrailerid\pdftrailerid{}\fi
\makeatletter
\renewcommand\section{\@startsection{section}{1}{\z@}{-9pt plus -3pt minus -2pt}{1pt plus 1pt}%
  {\normalfont\large\bfseries}}
\setlength\@fptop{0pt}
\makeatother
\setlength{\mathindent}{0pt}
\setlength{\parindent}{0pt}
\setlength{\parskip}{3pt plus 1pt}
\setlength{\jot}{3pt}
""" + write_math_sizes() + ARRANGING
_PARTS = r"""\makeatletter
\renewcommand\subsection{\@startsection{subsection}{2}{\z@}{-7pt plus -3pt minus -2pt}{1pt plus 1pt}%
  {\normalfont\normalsize\bfseries}}
\makeatother
"""
_BEGIN = r"""\begin{document}
\abovedisplayskip=4pt plus 2pt minus 2pt
\belowdisplayskip=5pt plus 2pt minus 2pt
\abovedisplayshortskip=0pt plus 2pt
\belowdisplayshortskip=3pt plus 2pt
"""

_HYPHENS: Mapping[str, str] = {"de": "ngerman"}
"""How babel calls a language's hyphenation, where it is not the one that TeX begins with."""

_FRAGMENT = r"""% Made by backprop-tutor.  Needs: \usepackage{amsmath,mathtools,booktabs,xcolor,tikz}
"""


def document(doc: Document, notation: Notation, preamble: str = "") -> str:
    r"""A complete article on A4 in ten points, ASCII only but for a ``preamble`` of one's own (see `tutor.render.latex.preamble`).

    >>> document(Document("A neuron learns"), Notation()).splitlines()[1]
    '\\documentclass[10pt,a4paper,fleqn]{article}'
    """
    parts = _PARTS if any(isinstance(block, Section) for block in doc.blocks) else ""
    own = set_theme(doc.theme, notation) + (f"{preamble.rstrip()}\n" if preamble else "")
    body = _LatexPage(notation, PAGE_CM, accent=bool(doc.theme.accent), floats=True).body(doc)
    return _PREAMBLE + parts + own + _BEGIN + choose_hyphens(doc.language) + body + "\\end{document}\n"


def set_theme(theme: Theme, notation: Notation | None = None) -> str:
    r"""The head and the foot of every page, and the colour of titles, as a part of the preamble; nothing for a plain page.

    >>> set_theme(Theme(accent="00509b"))
    '\\definecolor{accent}{HTML}{00509B}\n'
    """
    phrases = Phrases(Printer(notation or Notation()))
    said = {place: phrases.latex(theme.say(place)) for place in THEME_WORDS}
    lines = [_FONTS[theme.font]] if theme.font in _FONTS else []
    lines += [f"\\definecolor{{accent}}{{HTML}}{{{theme.accent.upper()}}}"] if theme.accent else []
    if theme.course or theme.header or theme.logo:
        lines.append("\\geometry{top=21mm,headheight=30pt,headsep=5mm}")
        left, right = _set_half(said["course"], "l", beside=bool(theme.logo)), _set_half(said["header"], "r")
        halves = f"{_set_logo(theme)}{left}\\hfil{right}"
        lines.append(f"\\makeatletter\\def\\@oddhead{{{halves}}}\\makeatother")
    if theme.footer:
        lines.append(f"\\makeatletter\\def\\@oddfoot{{{_set_half(said['footer'], 'l')}\\hfil\\thepage}}\\makeatother")
    return "".join(f"{line}\n" for line in lines)


_FONTS = {"sans": "\\renewcommand\\familydefault{\\sfdefault}"}
"""What chooses the letters of a theme."""


def _set_logo(theme: Theme) -> str:
    """The picture in front of the course; the file lies beside the source."""
    shown = f"\\includegraphics[height=9mm,width=0.3\\textwidth,keepaspectratio]{{{theme.logo}}}"
    return f"\\setbox9\\hbox{{{shown}\\enspace}}\\smash{{\\raisebox{{-1mm}}{{\\copy9}}}}" if theme.logo else ""


def _set_half(words: str, side: str, *, beside: bool = False) -> str:
    """Words at one side of a line, which they may share with what stands ``beside`` them; a long text has a second line."""
    width = "\\dimexpr0.48\\textwidth-\\wd9\\relax" if beside else "0.48\\textwidth"
    turned = "\\raggedright" if side == "l" else "\\raggedleft"
    return f"\\parbox[b]{{{width}}}{{{turned}\\footnotesize {words}\\strut}}"


def choose_hyphens(language: str) -> str:
    r"""How words are broken in a language: by babel's patterns, which TeX has in its format where they are installed, else as ever.

    The package itself is not loaded: its ``"`` is a command, and without the patterns it warns.

    >>> choose_hyphens("en"), choose_hyphens("de").startswith("\\ifcsname l@ngerman\\endcsname")
    ('', True)
    """
    if language not in _HYPHENS:
        return ""
    patterns = f"l@{_HYPHENS[language]}\\endcsname"
    return f"\\ifcsname {patterns}\\language\\csname {patterns}\\lefthyphenmin=2 \\righthyphenmin=2 \\fi\n"


def fragment(doc: Document, notation: Notation, style: FragmentStyle | None = None) -> str:
    r"""The same without a preamble, for a document of somebody's own: nothing of its sections, and its id only where that is wanted.

    >>> fragment(Document("A neuron learns"), Notation()).startswith("% Made by backprop-tutor.  Needs: ")
    True
    """
    style = style or FragmentStyle()
    shown = doc if style.named else replace(doc, ident="")
    return _FRAGMENT + _LatexPage(notation, style.width_cm, _FRAGMENT_EM_CM, style=style).body(shown)


def _hold_width(line: str, width: float) -> str:
    """A row whose left side takes a fixed width."""
    left, mark, rest = line.partition(" &")
    if not left.strip() or not mark or left.startswith(("&", "\\MoveEqLeft")):
        return line
    return f"\\mathmakebox[{width:.2f}em][r]{{{left}}}{mark}{rest}"


def _join_followers(rows: Sequence[Equation], written: Sequence[list[str]]) -> list[list[str]]:
    """The lines of each numbered equation with those of the rows below it that have no number: they say more of the same."""
    joined: list[list[str]] = []
    for row, lines in zip(rows, written, strict=True):
        if joined and row.number is None and rows[0].number is not None:
            joined[-1] += lines
        else:
            joined.append(list(lines))
    return joined


class _LatexPage:
    """Sets the blocks of one document for one width of line."""

    def __init__(
        self, notation: Notation, width_cm: float, em_cm: float = _EM_CM, depth: int = 0, accent: bool = False, floats: bool = False,
        style: FragmentStyle | None = None,
    ) -> None:  # fmt: skip
        """``depth`` counts the titles that the page stands under, where it is a part of another; with ``accent`` titles
        have the theme's colour; with ``floats`` a picture may have a page of its own; ``style`` is that of a part."""
        self.notation = notation
        self.width_cm, self.em_cm, self.depth, self.floats = width_cm, em_cm, depth, floats
        self.line = width_cm / em_cm
        self.style, self.together = style, () if style is None else (FRAME,)
        self.accent, self.colour = accent, "\\color{accent}" if accent else ""
        self.printer = Printer(notation)
        self.flat = Printer(replace(notation, slashed=True))
        self.phrases = Phrases(self.printer)

    def body(self, doc: Document) -> str:
        """The title and the blocks, in a group of its own."""
        every = [self.block(block) for block in doc.blocks]
        for place, (block, words, after) in enumerate(zip(doc.blocks, doc.blocks[1:], doc.blocks[2:], strict=False)):
            if isinstance(block, Equations) and isinstance(words, Paragraph) and isinstance(after, Heading | Figure):
                every[place] = tie_list(every[place], "10000")  # what its signs mean is not alone at the top of the next page
        blocks = [text for text in every if text]
        if self.floats and not any(isinstance(block, Section) for block in doc.blocks):
            blocks = self.arrange(doc, every)
        else:
            blocks.insert(0, self.title(doc))
        ragged = "\\raggedbottom" if self.style is not None else ""
        parts = ["\\par\\begingroup\\allowdisplaybreaks" + ragged + _WHOLE, *blocks, "\\par\\endgroup"]
        return "\n".join(part for part in parts if part) + "\n"

    def arrange(self, doc: Document, every: Sequence[str]) -> list[str]:
        """The title and the blocks of a whole document, its picture where the pages are the fullest."""
        shown = [self.title(doc), *every]
        place_of = [sum(map(bool, shown[:place])) for place in range(1, len(shown) + 1)]
        for place, block in enumerate(doc.blocks):
            if isinstance(block, Figure) and block.places and every[place]:
                return arrange_pages(list(filter(None, shown)), place_of[place], [place_of[other] for other in block.places])
        return arrange_pages(list(filter(None, shown)))

    def title(self, doc: Document) -> str:
        """The title with the identifier at the right, the facts below it and the source."""
        lines: list[str] = []
        size, scale = _TITLES[min(self.depth, len(_TITLES) - 1)]
        room = self.line - 1.0 - self.phrases.width(doc.heading, bold=True) * scale - _TYPED * len(doc.ident)
        beside = doc.ident and room > 0
        ident = f"\\hfill{{\\small\\ttfamily {escape(doc.ident)}}}" if beside else ""
        if doc.title or ident:
            lines.append(f"{{\\raggedright\\noindent{{{size}\\bfseries{self.colour} {self.phrases.latex(doc.heading)}}}{ident}\\par}}")
        below = [f"\\texttt{{{escape(doc.ident)}}}"] if doc.ident and not beside else []
        below += [f"\\textit{{{self.phrases.latex(doc.source)}}}"] if doc.source else []
        below += [self.hold_fact(fact) for fact in doc.facts]
        if below:
            lines.append(self.write_small(_DOT.join(below)))
        return "\n\\nopagebreak\n".join(lines)

    def hold_fact(self, fact: Sentence) -> str:
        """A fact below the title; a short one is never broken within (a step size, behind its equals sign)."""
        words = self.phrases.latex(fact)
        return f"\\mbox{{{words}}}" if self.phrases.width(fact) < self.line * 0.4 else words

    @staticmethod
    def write_small(words: str) -> str:
        """A paragraph in small type."""
        return f"{{\\raggedright\\noindent\\footnotesize {words}\\par}}"

    @singledispatchmethod
    def block(self, block: object) -> str:
        """One block of the document."""
        raise TypeError(f"no LaTeX for {type(block).__name__}")

    @block.register
    def _(self, block: Heading) -> str:
        before = self.phrases.latex(block.before, self.line * 0.4)
        if self.style is not None:  # the sections are those of the document that it is put into
            words = f"{before}{escape(block.text)}"
            return f"\\par{_EASY_BREAK}\\addvspace{{6pt}}{{\\raggedright\\noindent\\bfseries {words}\\par}}\\nopagebreak"
        return f"\\{_HEADINGS[min(self.depth, 1)]}*{{\\raggedright{self.colour} {before}{escape(block.text)}}}"

    @block.register
    def _(self, block: Paragraph) -> str:
        label = f"\\textbf{{{escape(block.label)}}}\\enspace " if block.label else ""
        torn = "\\interlinepenalty=0 " if self.phrases.width(block.parts) > self.line * _LONG else ""
        return f"{{\\raggedright\\noindent {torn}{label}{self.phrases.latex(block.parts, self.line * 0.4)}\\par}}"

    @block.register
    def _(self, block: Table) -> str:
        return set_table(block, Phrases(self.flat), self.line)

    @block.register
    def _(self, block: Figure) -> str:
        return set_figure(block, self.notation, self.phrases, self.width_cm, self.line, floats=self.floats, style=self.style)

    @block.register
    def _(self, block: Verbatim) -> str:
        return verbatim.latex(block.text, self.line)

    @block.register
    def _(self, block: Bars) -> str:
        return bars.latex(block, self.line)

    @block.register
    def _(self, block: SheetQuestion) -> str:
        return set_question(block, self.phrases, self.line)

    @block.register
    def _(self, block: Blanks) -> str:
        return set_blanks(block, self.line)

    @block.register
    def _(self, block: Section) -> str:
        return "\n".join(part for part in self.list_section(block) if part)

    def list_section(self, block: Section, *, whole: bool = True) -> list[str]:
        """The title of a section and its blocks; only the end of a ``whole`` one is kept together, not those of its parts."""
        doc = block.document
        page = _LatexPage(block.notation, self.width_cm, self.em_cm, self.depth + bool(doc.title), self.accent, self.floats, self.style)
        body = [text for text in page.body_of_part(doc.blocks) if text]
        body = arrange_pages(body, ended=False) if self.floats and whole else body
        questions = [place for place, part in enumerate(body) if part.startswith(QUESTION)]
        asked = questions[0] if questions else 0
        body[:asked] = tie_words(body[:asked])
        if len(questions) > 2:  # the last one is not left alone to the next page
            body[questions[-1]] = f"\\par\\nopagebreak{body[questions[-1]]}"
        start = ["\\clearpage"] if block.apart else [keep_room(body[:asked])] if doc.title else []
        head = [*start, page.title(doc), "\\nopagebreak"] if doc.title or doc.facts else start
        return [*head, *body]

    def body_of_part(self, blocks: Sequence[Block]) -> Iterator[str]:
        """The blocks, equations right below the words before them: TeX would set an empty line between them."""
        before: Block | None = None
        for block in blocks:
            if isinstance(before, Paragraph | None) and isinstance(block, Equations):
                yield "\\nopagebreak\\vspace{-\\baselineskip}"
            if isinstance(block, Section) and not (block.document.title or block.apart):
                yield from self.list_section(block, whole=False)
            else:
                yield self.block(block)
            before = block

    @block.register
    def _(self, block: Equations) -> str:
        if not block.rows:
            return ""
        printer = self.printer_for(block)
        if block.listed and (columns := set_answer_columns(block.rows, printer.latex_writer, self.phrases, self.line)):
            return columns
        lefts = [measure(printer.latex(row.left)) for row in block.rows]
        left_width = max((width for width in lefts if width <= self.line * 0.35), default=2.0)
        if block.beside:
            rows = set_beside(printer.latex_writer, block.rows, self.line, max(left_width, 2.0))
            written = [[self.row(row, ())] for row in rows]
        else:
            written = _join_followers(block.rows, self.list_equations(block.rows, printer, max(left_width, 2.0)))
        displays: list[list[list[str]]] = [[]]
        for lines in written:
            if displays[-1] and sum(map(len, displays[-1])) + len(lines) > _BLOCK:
                displays.append([])
            displays[-1].append(lines)
        if len(displays) > 1:  # all displays of a block are aligned with one another
            displays = [[[_hold_width(line, left_width) for line in lines] for lines in display] for display in displays]
        shown = [part_fractions(join_rows(display, *self.together)) for display in displays]
        return "\n".join(f"\\begin{{align*}}\n{display}\n\\end{{align*}}" for display in shown)

    def printer_for(self, block: Equations) -> Printer:
        """A derivative on one line (∂L/∂w) where no row of the block has another fraction, so that a page holds more."""
        if not any(isinstance(row.left, Partial) for row in block.rows):
            return self.printer
        sides = "".join(self.printer.latex(side.expr) for row in block.rows for side in row.sides)
        return self.printer if "\\frac" in sides or "\\begin" in sides else self.flat

    def list_equations(self, rows: Sequence[Equation], printer: Printer, left_width: float) -> list[list[str]]:
        """The lines of each equation; a reason that the one above has, too, takes no line of its own."""
        before = ((), *(row.why for row in rows))
        return [self.equation(row, printer, left_width, said=row.why == why) for row, why in zip(rows, before, strict=False)]

    def equation(self, equation: Equation, printer: Printer, left_width: float, *, said: bool = False) -> list[str]:
        """The rows of one equation as lines of ``align*``; of a reason that was ``said`` there is nothing below them."""
        number = f"({equation.number})" if equation.number is not None else ""
        notes = {place: self.note_width(side.note) for place, side in enumerate(equation.sides) if side.note}
        number_width = measure_words(number) + _GAP if number else 0.0
        notes = {place: width + number_width for place, width in notes.items()}
        notes.setdefault(0, number_width)
        below = [side.note for side in equation.sides if self.note_width(side.note) > self.line * 0.35]
        notes = {place: width for place, width in notes.items() if width <= self.line * 0.45}
        rows = set_rows(printer.latex_writer, equation, self.line, left_width, notes, shifts=True)
        room = self.line - left_width - 0.4
        why = self.phrases.width(equation.why) * _SMALL + 1.2 if equation.why else 0.0
        beside = room - number_width - why
        place = self.find_room(rows, below, beside)
        parted_at = dict.fromkeys((0, len(equation.sides) - 1)) if why and place is None else {}
        for member in parted_at:  # a result on a row of its own leaves room beside it; a left side is not left alone for a reason
            noted = {**notes, member: notes.get(member, number_width) + why}
            parted = set_rows(printer.latex_writer, equation, self.line, left_width, noted)
            if place is None and len(parted) <= len(rows) + 1 and count_torn(parted) <= count_torn(rows):
                place = self.find_room(parted, below, beside)
                rows = rows if place is None else parted
        tags = [[self.note(side.note) for side in row.noted if side.note not in below] for row in rows]
        lines_below = [self.write_below(note, room) for note in below]
        if why and place is not None:
            words = self.phrases.latex(equation.why, self.line)
            tags[place].insert(0, f"\\footnotesize\\color{{black!70}}{words}")
        elif why and not said:
            lines_below.insert(0, self.write_below(equation.why, room))
        for place, tag in enumerate(tags):
            if number and (tag or not place):
                tag.append(f"\\hphantom{{{number}}}" if place else number)
        lines = [self.row(row, tag) for row, tag in zip(rows, tags, strict=True)]
        if self.style is not None:
            lines[0] = self.style.write_label(equation.number) + lines[0]
        return lines + lines_below

    def find_room(self, rows: Sequence[LatexRow], below: Sequence[Sentence], room: float) -> int | None:
        """The first or the last of some rows, if one of them is no wider than ``room``, with the notes that stand beside it."""
        noted = [sum(self.note_width(side.note) for side in row.noted if side.note not in below) for row in rows]
        return next((place for place in (0, len(rows) - 1) if rows[place].width + noted[place] <= room), None)

    def note(self, note: Sentence) -> str:
        """What stands beside a member: (path 1)."""
        return f"\\footnotesize({self.phrases.latex(note, self.line)})"

    def note_width(self, note: Sentence) -> float:
        """The room a note takes at the end of a row, in em."""
        return (self.phrases.width(note) + 0.8) * _SMALL + _GAP if note else 0.0

    def write_below(self, words: Sentence, room: float) -> str:
        """A line of its own, in small type, for words that do not fit beside the row."""
        if self.phrases.width(words) * _SMALL <= room:
            return f"&\\text{{\\footnotesize\\color{{black!70}}{self.phrases.latex(words, self.line)}}}"
        shown = self.phrases.latex(words, room * 0.4)
        return f"&\\parbox[t]{{{room:.2f}em}}{{\\footnotesize\\color{{black!70}}\\raggedright {shown}\\strut}}"

    @staticmethod
    def row(row: LatexRow, tags: Sequence[str]) -> str:
        """One line of ``align*`` with its notes as a tag at the right."""
        tag = "\\quad ".join(f"{{{part}}}" for part in tags)
        shown = f"\\MoveEqLeft[{row.shift}] {row.left}" if row.alone else f"{row.left} &{row.body}"
        return shown + (f" \\tag*{{{tag}}}" if tag else "")
