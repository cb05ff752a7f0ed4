"""A document as one HTML file that stands alone: no script, no network, its style and its font inside; light, dark and in print.

Mathematics is MathML Core (`tutor.render.mathml`), pictures are SVG.  What stands in the page has classes and no style of its own, so that
it can be put into pages with a strict CSP.  A row of an equation has the key of what it works out as ``data-step``.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from functools import singledispatchmethod
from itertools import zip_longest

from tutor.explain.document import (
    AnswerPlace,
    Bars,
    Blanks,
    Code,
    Document,
    Equation,
    Equations,
    Figure,
    Heading,
    Math,
    Paragraph,
    Section,
    Sentence,
    SheetQuestion,
    Side,
    Table,
    Theme,
    Verbatim,
)
from tutor.expression.keys import derivative_key
from tutor.expression.nodes import Call, Expr, Name, Number, Partial
from tutor.notation.profile import Notation
from tutor.render.charts.bars_svg import BARS_STYLE
from tutor.render.charts.bars_svg import svg as draw_bars
from tutor.render.mathml import MathmlPrinter
from tutor.render.maths_font import FONT, write_font_rule
from tutor.render.picture.draw_svg import PICTURES_STYLE, draw_picture
from tutor.render.roots import set_roots
from tutor.text import escape_xml

STYLE = """
:root { color-scheme: light dark; --ink: #111827; --paper: #ffffff; --quiet: #4b5563; --rule: #94a3b8; --gone: #b42318; --come: #14713c; }
@media screen and (prefers-color-scheme: dark) { :root { --ink: #e8ecf3; --paper: #10151f; --quiet: #a9b4c4; --rule: #64748b;
  --gone: #ff9d94; --come: #7ee2a8; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.45 Georgia, "Times New Roman", "DejaVu Serif", serif; }
main { max-width: 64rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: break-word; }
h1, h2, h3, h4, h5, h6 { line-height: 1.2; margin: 1.6em 0 0.4em; break-after: avoid; } h1 { margin-top: 0; }
h1, h2, h3, h4, h5, h6 { color: var(--accent, inherit); }
.course { display: flex; justify-content: space-between; align-items: center; gap: 1em; margin-bottom: 1em; color: var(--quiet); }
.course span:first-of-type { margin-right: auto; }
p, li { max-width: 50rem; } p { margin: 0.5em 0; }
.facts, .source, .why, .told, .caption { color: var(--quiet); font-size: 0.875em; } .source { font-style: italic; }
.facts, .source, .caption { break-after: avoid; }
.scroll, .equations { overflow-x: auto; margin: 0.6em 0; } table { border-collapse: collapse; } tr, .row { break-inside: avoid; }
.grid { border-block: 1.5px solid var(--ink); } .grid th { border-bottom: 1px solid var(--ink); }
.grid th, .grid td { padding: 0.15em 0.6em; }
.l { text-align: left; } .r { text-align: right; } .c { text-align: center; }
math { font-family: "Tutor Maths", "Latin Modern Math", math; font-size: 1.1em; }
mtd { padding: 0.4ex 0.4em; } mtd:first-child { padding-left: 0.1em; } mtd:last-child { padding-right: 0.1em; }
.cases mtd { text-align: left; } .kept { white-space: nowrap; }
.vec { font-size: 0.65em; } .big { font-size: 1.2em; }
:is(p, li, h1, h2, h3, h4):has(math) { overflow-x: auto; overflow-y: hidden; padding-block: 0.1em; }
.equations { container-type: inline-size; }
.aligned { display: grid; grid-template-columns: max-content minmax(0, max-content) minmax(max(11rem, 25%), 1fr); }
.row { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: baseline; align-content: center; }
.row { min-height: 1.5em; padding-block: 0.2em; } .row.first:not(:first-child) { margin-top: 0.4em; }
.left math { margin: 0 0 0 auto; } .side { overflow-x: auto; overflow-y: hidden; } .side math { margin: 0 auto 0 0; }
.terms { display: block; padding-left: 1.6em; text-indent: -1.6em; } .terms math { text-indent: 0; }
.row math { width: max-content; text-align: start; } .why { padding-left: 1.5em; }
@container (max-width: 38rem) {
  .aligned { grid-template-columns: max-content minmax(0, 1fr); }
  .row .why { grid-column: 1 / -1; padding: 0.1em 0 0.3em; } .row .why:empty { display: none; }
  .row.first .why { order: -1; } /* above the formula, whose sides stay together */
}
.place { float: right; margin-left: 1em; } .quiet { opacity: 0.7; }
.beside { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4em 2.4em; container-type: normal; }
.beside .aligned { grid-template-columns: max-content minmax(0, max-content) auto; max-width: 100%; }
.answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 0.3em 1.5em; }
.answer { display: flex; align-items: baseline; overflow-x: auto; overflow-y: hidden; padding-block: 0.1em; } .answer math { margin: 0; }
 .answer.wide { grid-column: 1 / -1; }
.question { margin: 0.8em 0; break-inside: avoid; } .question > p { margin: 0; } .number { font-weight: 600; margin-right: 0.6em; }
.told { float: right; margin-left: 1em; } .told code { margin-right: 0.8em; }
ul.options { list-style: none; margin: 0.3em 0; padding-left: 2em; }
.boxes { margin: 0.4em 0 0.4em 2em; } .boxes td { border: 1px solid var(--rule); width: 5em; height: 1.9em; }
.boxes.single td { width: 10em; } .boxes.whole { width: calc(100% - 2em); } .boxes.whole td { padding: 0; } .line { height: 1.9em; }
.blank { display: flex; gap: 0.5em; margin: 0.8em 0; } .blank span { flex: 1; border-bottom: 1px solid var(--ink); }
pre { overflow-x: auto; } .gone { color: var(--gone); } .come { color: var(--come); font-weight: 600; }
p code, td code { font-size: 0.9em; } svg { max-width: 100%; height: auto; } .apart { break-before: page; }
@media screen and (max-width: 40rem) { figure.scroll svg { max-width: none; } math { font-size: 1em; } .row math { font-size: 0.95em; } }
@media screen and (max-width: 27rem) { .row math, .answer math { font-size: 0.85em; } }
@media print { main { max-width: none; padding: 0; } .side { overflow: visible; } }
@media print { body { background: none; color: #000; font-size: 10.5pt; } @page { margin: 18mm; } }
""" + PICTURES_STYLE + BARS_STYLE
"""How pages look, without the font of their mathematics, which `write_style` adds; what stands in a page has classes only."""


def write_style(font_url: str = "") -> str:
    """The CSS of pages with the font of their mathematics: from ``font_url``, or within the text, so that a file stands alone.

    >>> "url('/static/tutor-maths.woff2')" in write_style("/static/tutor-maths.woff2")
    True
    """
    return f"{write_font_rule(font_url)}\n{STYLE}"


def write_html(doc: Document, notation: Notation) -> str:
    """The document as HTML, one text.

    >>> write_html(Document("A neuron learns"), Notation()).startswith("<!doctype html>")
    True
    """
    title, theme = escape_xml(doc.title), doc.theme
    page = _HtmlPage(notation, doc.language)
    left = f"{_set_logo(theme)}<span>{page.sentence(theme.say('course'))}</span>"
    top = f'<header class="course">{left}<span>{page.sentence(theme.say("header"))}</span></header>'
    parts = [top] if theme.course or theme.header or theme.logo else []
    parts += [write_html_body(doc, notation)]
    parts += [f'<footer class="facts">{page.sentence(theme.say("footer"))}</footer>'] if theme.footer else []
    body = "\n".join(parts)
    style = (write_style() if "<math" in body else STYLE) + _set_accent(theme.accent) + _FONTS.get(theme.font, "")
    head = f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>'
    start = f'<!doctype html>\n<html lang="{escape_xml(doc.language)}">\n<head>\n{head}\n<style>{style}</style>\n</head>\n'
    return f"{start}<body><main>\n{body}\n</main></body>\n</html>\n".replace("\N{NO-BREAK SPACE}", "&nbsp;")


def write_html_body(doc: Document, notation: Notation, depth: int = 0) -> str:
    """What stands inside a page: the document's title and blocks, to be put into a page of one's own that has the CSS of `write_style`.

    It has no style of its own, neither in an element nor in an attribute, so that it may stand under ``style-src 'self'``.

    ``depth`` counts the titles that it stands under there.
    """
    return "\n".join(filter(None, _HtmlPage(notation, doc.language, depth).write_parts(doc)))


_FONTS = {
    "serif": "body { font-family: Georgia, 'Times New Roman', serif; }\n",
    "sans": "body { font-family: system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; }\n",
}
"""What chooses the letters of a theme."""


def _set_logo(theme: Theme) -> str:
    """The picture in front of the course, inside of the page."""
    if not theme.logo:
        return ""
    kind = "png" if theme.logo.endswith("png") else "jpeg"
    return f'<img alt="" height="34" src="data:image/{kind};base64,{b64encode(theme.image).decode()}">'


def _set_accent(accent: str) -> str:
    """The colour of titles, lighter on a dark page."""
    if not accent:
        return ""
    dark = f":root {{ --accent: color-mix(in srgb, #{accent} 45%, white); }}"
    return f":root {{ --accent: #{accent}; }}\n@media screen and (prefers-color-scheme: dark) {{ {dark} }}\n"


_WIDE_ANSWER = 13.0
"""An answer of so many em has the width of the page."""


class _HtmlPage:
    """Sets the blocks of one document."""

    def __init__(self, notation: Notation, language: str, depth: int = 0) -> None:
        """``language`` is that of its words; ``depth`` counts the titles that the page stands under, where it is a part of another."""
        self.notation, self.language, self.depth = notation, language, depth
        self.printer = MathmlPrinter(notation)

    def write_parts(self, doc: Document) -> Iterator[str]:
        """The title, what is known of the exercise, its source, and the blocks."""
        yield self.write_heading(self.sentence(doc.heading), 1) if doc.title else ""
        facts = [f"<code>{escape_xml(doc.ident)}</code>" if doc.ident else "", *map(self.sentence, doc.facts)]
        line = " · ".join(part for part in facts if part)
        yield f'<p class="facts">{line}</p>' if line else ""
        yield f'<p class="source">{self.sentence(doc.source)}</p>' if doc.source else ""
        yield from map(self.block, doc.blocks)

    def write_heading(self, words: str, level: int) -> str:
        """A title of the page (level 1), or of a section of it (level 2)."""
        rank = min(level + self.depth, 6)
        return f"<h{rank}>{words}</h{rank}>"

    def sentence(self, sentence: Sentence) -> str:
        """Words and maths on one line.  No line begins with a comma, and a number stays with what it is the value of."""
        written, rest = "", list(set_roots(sentence))
        while rest:
            part = rest.pop(0)
            if isinstance(part, str):
                written += escape_xml(part)
                continue
            if isinstance(part, Code):
                written += f"<code>{escape_xml(part.text)}</code>"
                continue
            kept = self.printer.write_inline(part.expr)
            if len(rest) > 1 and rest[0] == _EQUAL and isinstance(rest[1], Math) and type(rest[1].expr) is Number:
                kept += _EQUAL + self.printer.write_inline(rest[1].expr)
                del rest[:2]
            if rest and isinstance(rest[0], str):
                after = rest[0].lstrip(_CLOSING)
                kept, rest[0] = kept + rest[0][: len(rest[0]) - len(after)], after
            before = written.rstrip("(")
            kept, written = written[len(before) :] + kept, before
            written += kept if kept.startswith("<math") and kept.find("</math>") == len(kept) - 7 else f'<span class="kept">{kept}</span>'
        return written

    @singledispatchmethod
    def block(self, block: object) -> str:
        """One block of the document."""
        raise TypeError(f"no HTML for {type(block).__name__}")

    @block.register
    def _(self, block: Heading) -> str:
        return self.write_heading(self.sentence((*block.before, block.text)), 2)

    @block.register
    def _(self, block: Paragraph) -> str:
        label = f"<b>{escape_xml(block.label)}</b> " if block.label else ""
        inside = label + self.sentence(block.parts)
        return f"<p>{inside.strip()}</p>"

    @block.register
    def _(self, block: Equations) -> str:
        if block.listed:
            return f'<div class="answers">{"".join(map(self.write_answer, block.rows))}</div>' if block.rows else ""
        groups = [[equation] for equation in block.rows] if block.beside else [block.rows] if block.rows else []
        grids = ["\n".join(row for equation in group for row in self.list_rows(equation)) for group in groups]
        kind = "equations beside" if block.beside else "equations"
        inside = "\n".join(f'<div class="aligned">\n{rows}\n</div>' for rows in grids)
        return f'<div class="{kind}">{inside}</div>' if grids else ""

    def write_answer(self, equation: Equation) -> str:
        """An answer behind its number; a long one is as wide as the page."""
        members = [self.printer.write_alone(equation.left)]
        members += [self.printer.write_alone(side.expr, side.relation) for side in equation.sides]
        wide = sum(map(self.printer.measure, (equation.left, *(side.expr for side in equation.sides)))) > _WIDE_ANSWER
        place = f'<span class="number">{self.sentence(equation.why)}</span>'
        return f'<div class="answer{" wide" if wide else ""}">{place}{"".join(members)}</div>\n'

    def list_rows(self, equation: Equation) -> Iterator[str]:
        """A row for each member of an equation, the reason beside the first."""
        number = f'<span class="place">({equation.number})</span>' if equation.number is not None else ""
        why = number + self.sentence(equation.why)
        quiet = " quiet" if equation.quiet else ""
        key = _name_target(equation.left)
        step = f' data-step="{escape_xml(key)}"' if key else ""
        for place, side in enumerate(equation.sides or (Side(equation.left, ""),)):
            left = self.printer.write_alone(equation.left) if not place and equation.sides else ""
            note = f"({self.sentence(side.note)})" if side.note else ""
            told = " ".join(part for part in ("" if place else why, note) if part)
            member = f'<div class="{"side result" if side.result else "side"}">{self.printer.write_alone(side.expr, side.relation)}</div>'
            reason = f'<div class="why">{told}</div>' if told else ""
            yield f'<div class="{"row" if place else "row first"}{quiet}"{step}><div class="left">{left}</div>{member}{reason}</div>'

    @block.register
    def _(self, block: Table) -> str:
        columns = max(map(len, (block.header, *block.rows)), default=0)
        kinds = [block.align[place : place + 1] or "l" for place in range(columns)]

        def row(cells: Sequence[Sentence], tag: str) -> str:
            filled = zip(kinds, [*cells, *[()] * (columns - len(cells))], strict=True)
            return "<tr>" + "".join(f'<{tag} class="{kind}">{self.sentence(cell)}</{tag}>' for kind, cell in filled) + "</tr>"

        caption = f'<p class="caption">{self.sentence(block.caption)}</p>' if block.caption else ""
        head = f"<thead>{row(block.header, 'th')}</thead>" if any(block.header) else ""
        body = "\n".join(row(cells, "td") for cells in block.rows)
        return f'<div class="scroll">{caption}<table class="grid">{head}\n{body}</table></div>' if columns else ""

    @block.register
    def _(self, block: Figure) -> str:
        caption = f"<figcaption>{self.sentence(block.caption)}</figcaption>" if block.caption else ""
        return f'<figure class="scroll">{draw_picture(block.picture, self.notation, alone=False)}{caption}</figure>'

    @block.register
    def _(self, block: Verbatim) -> str:
        lines = map(escape_xml, block.text.split("\n"))
        kinds = {"-": "gone", "+": "come"}
        marked = [
            f'<span class="{kinds[sign]}">{line}</span>' if sign in kinds else line
            for line, sign in zip_longest(lines, block.signs, fillvalue="")
        ]
        return "<pre>" + "\n".join(marked) + "</pre>"

    @block.register
    def _(self, block: Bars) -> str:
        return f'<figure class="scroll">{draw_bars([block], block.title, self.language, alone=False)}</figure>'

    @block.register
    def _(self, block: Blanks) -> str:
        return "\n".join(f'<p class="blank">{escape_xml(label)}<span></span></p>' for label in block.labels)

    @block.register
    def _(self, block: SheetQuestion) -> str:
        told = [f"<code>{escape_xml(block.ident)}</code>" if block.ident else "", escape_xml(block.marks)]
        right = f'<span class="told">{"".join(told)}</span>' if any(told) else ""
        said = [self.sentence((f"{letter}) ", *text)) for letter, text in block.options]
        options = "".join(f'<li><label><input type="checkbox"> {one}</label></li>' for one in said)
        parts = [
            f'<p>{right}<span class="number">{escape_xml(block.number)}</span>{self.sentence(block.parts)}</p>',
            f'<ul class="options">{options}</ul>' if options else "", *_list_boxes(block.place),
        ]  # fmt: skip
        return f'<div class="question">{"".join(parts)}</div>'

    @block.register
    def _(self, block: Section) -> str:
        page = _HtmlPage(block.notation, self.language, self.depth + bool(block.document.title))
        body = "\n".join(part for part in page.write_parts(block.document) if part)
        return f'<section{" class=apart" if block.apart else ""}>\n{body}\n</section>'


_EQUAL = "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}"
"""What stands between a quantity and its value; browsers break a line there beside a formula, unless they are told not to."""
_CLOSING = ",.;:)?!…"
"""Marks with which no line begins."""


def _name_target(left: Expr) -> str:
    """The key of what stands at the left of an equation, by which a page finds its step: w5, dL/dw5; nothing for a formula."""
    match left:
        case Name(name):
            return name
        case Partial(of, wrt):
            return derivative_key(of, wrt)
        case Call("shaped", (inner, *_)):
            return _name_target(inner)
    return ""


def _list_boxes(place: AnswerPlace | None) -> Iterator[str]:
    """Boxes for an answer, a table for each slice; none where nobody frames them."""
    if place is None or not place.framed:
        return
    if place.whole:
        lines = '<div class="line"></div>' * place.lines
        yield f'<table class="boxes whole"><tr><td>{lines}</td></tr></table>'
        return
    kind = "boxes single" if place.is_single else "boxes"
    for _ in range(place.slices):
        row = "<tr>" + "<td></td>" * place.columns + "</tr>"
        yield f'<table class="{kind}">{row * place.rows}</table>'


__all__ = ["FONT", "STYLE", "write_html", "write_html_body", "write_style"]
