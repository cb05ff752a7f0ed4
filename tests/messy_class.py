"""A class as it really hands in: every layout, encoding, delimiter, line end and spelling, made by machine, with known right answers.

The answers are those of the 2-2-2 network, computed here with nothing but `math`; `files` gives (name, bytes) of each hand-in, and each
file has all answers right.  `HOPELESS` are hand-ins that only a person can read.
"""

from __future__ import annotations

import io
import json
import zipfile
from math import exp
from xml.sax.saxutils import escape

EXERCISE = "neuron/two-two-two"
NO_DECIMAL_COMMAS = ("headless.csv", "wide.csv", "objects.json", "broken.json", "flat.toml", "bare.toml", "code.ipynb", "quoted.csv")
"""Files that nobody hands in with decimal commas: a comma ends their values, or they are numbers of a language."""


def right_answers():
    """The asked numbers, forward and back, by hand."""
    w = {1: 0.15, 2: 0.20, 3: 0.25, 4: 0.30, 5: 0.40, 6: 0.45, 7: 0.50, 8: 0.55}
    i1, i2, b1, b2, t1, t2 = 0.05, 0.10, 0.35, 0.60, 0.01, 0.99
    slope = lambda out: out * (1 - out)  # noqa: E731
    squash = lambda z: 1 / (1 + exp(-z))  # noqa: E731
    in_h1, in_h2 = w[1] * i1 + w[2] * i2 + b1, w[3] * i1 + w[4] * i2 + b1
    h1, h2 = squash(in_h1), squash(in_h2)
    in_o1, in_o2 = w[5] * h1 + w[6] * h2 + b2, w[7] * h1 + w[8] * h2 + b2
    o1, o2 = squash(in_o1), squash(in_o2)
    d1, d2 = (o1 - t1) * slope(o1), (o2 - t2) * slope(o2)
    back = d1 * w[5] + d2 * w[7]
    gradients = {"w5": d1 * h1, "w6": d1 * h2, "w7": d2 * h1, "w8": d2 * h2}
    return {
        "in_h1": in_h1, "out_h1": h1, "in_h2": in_h2, "out_h2": h2, "in_o1": in_o1, "out_o1": o1, "in_o2": in_o2, "out_o2": o2,
        "L_o1": (t1 - o1) ** 2 / 2, "L_o2": (t2 - o2) ** 2 / 2, "L": ((t1 - o1) ** 2 + (t2 - o2) ** 2) / 2,
        "dL/dout_o1": o1 - t1, "dout_o1/din_o1": slope(o1), "din_o1/dw5": h1, "dL/din_o1": d1,
        "dL/dout_o2": o2 - t2, "dout_o2/din_o2": slope(o2), "dL/din_o2": d2,
        **{f"dL/d{name}": value for name, value in gradients.items()},
        **{f"{name}@1": w[int(name[1])] - 0.5 * value for name, value in gradients.items()},
        "dL/dout_h1": back, "dout_h1/din_h1": slope(h1), "dL/din_h1": back * slope(h1), "dL/dw1": back * slope(h1) * i1,
    }  # fmt: skip


RIGHT = {key: f"{value:.6g}" for key, value in right_answers().items()}
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def _parts(key):
    of, slash, wrt = key[1:].partition("/d")
    return (of, wrt) if slash and key[0] == "d" else None


def _named(plain, latex):
    """A way to spell keys, from how quantities and derivatives are spelled."""

    def spell(key):
        base, _, k = key.partition("@")
        parts = _parts(base)
        if parts:
            return latex.format(of=plain(parts[0]), wrt=plain(parts[1]))
        return after(plain(base), k) if k else plain(base)

    after = lambda name, k: f"{name} after {k}"  # noqa: E731
    return spell


def _tex(name):
    if name == "L":
        return "L_{total}"
    head, _, index = name.partition("_")
    return f"\\mathit{{{head}}}_{{{index}}}" if index and len(head) > 1 else f"{head}_{{{index}}}" if index else f"{name[0]}_{{{name[1:]}}}"


def _mazur(name):
    return "E_total" if name == "L" else name.replace("L_", "E_").replace("in_", "net_")


def _unicode(name):
    return name if "_" in name or len(name) == 1 else name[0] + name[1:].translate(SUBSCRIPTS)


def _updated(spell, write):
    """The same with another way to write an updated weight."""
    return lambda key: write(spell(key[:-2])) if key.endswith("@1") else spell(key)


PLAIN = _named(str, "d{of}/d{wrt}")
SPELLINGS = {
    "ids": str,
    "plain": PLAIN,
    "total": _named(lambda name: "L_total" if name == "L" else name, "d{of}/d{wrt}"),
    "partial": _named(_unicode, "∂{of}/∂{wrt}"),
    "mazur": _updated(_named(_mazur, "∂{of}/∂{wrt}"), lambda name: f"{name}+"),
    "latex": _updated(_named(_tex, "\\frac{{\\partial {of}}}{{\\partial {wrt}}}"), lambda name: f"{name}^{{new}}"),
    "dollars": lambda key: f"${SPELLINGS['latex'](key)}$",
    "code": lambda key: f"`{key}`",
    "bold": lambda key: f"**{PLAIN(key)}**",
    "loose": lambda key: PLAIN(key).replace("d", " d", 1).strip().upper() if _parts(key) is None else PLAIN(key).replace("/", " / "),
    "python": lambda key: key.replace("/", "_").replace("@1", "_new"),
    "underscored": _named(lambda name: name if "_" in name or len(name) == 1 else f"{name[0]}_{name[1:]}", "d{of}/d{wrt}"),
    "words": lambda key: "the loss" if key == "L" else PLAIN(key),
}
"""What a quantity may be called."""


def _lines(form):
    return lambda pairs: "".join(f"{form.format(name=name, value=value, k=k)}\n" for k, (name, value) in enumerate(pairs, 1))


def _table(head, row, rule=""):
    return lambda pairs: head + rule + "".join(row.format(name=name, value=value, k=k) for k, (name, value) in enumerate(pairs, 1))


def _mixed(pairs):
    """One half with colons, the other with equals signs and working."""
    half = len(pairs) // 2
    return _lines("{name}: {value}")(pairs[:half]) + _lines("{name} = 1*{value} = {value}")(pairs[half:])


def _rst(pairs):
    wide = max(len(name) for name, _ in pairs)
    rule = f"+-{'-' * wide}-+------------+\n"
    return rule + rule.join(f"| {name:{wide}} | {value:10} |\n" for name, value in pairs) + rule


def _turned(pairs):
    names, values = zip(*pairs, strict=True)
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}\n| {' | '.join(values)} |\n"


def _html(pairs):
    rows = "".join(f"<tr><td>{escape(name)}</td>\n<td><b>{value}</b></td></tr>\n" for name, value in pairs)
    return f"<html><head><style>td {{ color: red }}</style></head><body><h1>Homework</h1><table border=1>{rows}</table></body></html>"


TEXTS = {
    "colons": _lines("{name}: {value}"),
    "equals": _lines("{name} = {value}"),
    "mixed": _mixed,
    "tabs": _lines("{name}\t{value}"),
    "semicolons": _lines("{name};{value}"),
    "columns": _lines("{name:40}{value}"),
    "is": _lines("{name} is {value}"),
    "arrows": _lines("{name} -> {value}"),
    "approx": _lines("{name} ≈ {value}"),
    "blanks": _lines("{name} {value}"),
    "indented": _lines("    {name} = {value}"),
    "bullets": _lines("- {name} = {value}"),
    "stars": _lines("* {name}: {value}"),
    "numbered": _lines("{k}. {name} = {value}"),
    "lettered": _lines("{k}) {name}: {value}"),
    "questions": _lines("Question {k}: {name} = {value}"),
    "headings": _lines("## {name}\n\n{value}\n"),
    "numbered headings": _lines("### {k}. {name}\n{value}\n"),
    "below": _lines("{name}\n{value}\n"),
    "below, equals": _lines("{name}:\n= {value}\n"),
    "fence": lambda pairs: "```\n" + _lines("{name} = {value}")(pairs) + "```\n",
    "fence after words": lambda pairs: "My answers are these.\n\n```text\n" + _lines("{name} = {value}")(pairs) + "```\n",
    "quote": _lines("> {name} = {value}"),
    "markdown": _table("| question | answer |\n", "| {name} | {value} |\n", "|---|---|\n"),
    "markdown, three": _table("| # | Quantity | Result |\n", "| {k} | {name} | {value} |\n", "|--:|:--|--:|\n"),
    "markdown, bare": _table("Größe | Wert\n", "{name} | {value}\n", "--- | ---\n"),
    "grid": _rst,
    "turned": _turned,
    "html in markdown": lambda pairs: "# Homework 3\n\n" + _html(pairs).partition("<h1>Homework</h1>")[2].partition("</body>")[0] + "\n",
    "cover": lambda pairs: (
        "# Neural Networks: homework 3\n\nUniversity of Somewhere\nDate: 2026-11-28\nPage 1 of 2\n\n"
        "Dear tutor,\nplease find my answers below.\n"
        "---\n\n" + _lines("{name} = {value}")(pairs) + "\nKind regards\n"
    ),
    "remarks": lambda pairs: "".join(f"{name}: {value}\n" + "Bemerkung: mit dem Rechner bestimmt\n" * (k % 5 == 0)
                                     for k, (name, value) in enumerate(pairs)),
    "prose": lambda pairs: "".join(f"{name}: {value}\n" + "This follows from the chain rule.\n" * (k % 4 == 0)
                                   for k, (name, value) in enumerate(pairs)),
    "blanks for some": lambda pairs: "".join(f"{name}: {'TODO' if k % 9 == 0 else value}\n" + (f"{name} = {value}\n" if k % 9 == 0 else "")
                                             for k, (name, value) in enumerate(pairs)),
    "whole lines in bold": _lines("**{name} = {value}**\n"),
    "display": _lines("$${name} = {value}$$\n"),
}  # fmt: skip
"""Layouts of text."""
LATEX = {
    "align": lambda pairs: "\\begin{align*}\n" + _lines("{name} &= {value} \\\\")(pairs) + "\\end{align*}\n",
    "tabular": lambda pairs: "\\begin{tabular}{ll}\n\\hline\n" + _lines("${name}$ & {value} \\\\")(pairs) + "\\hline\n\\end{tabular}\n",
}
"""Layouts whose names are LaTeX."""
DATA = {
    "flat.json": lambda pairs: json.dumps(dict(pairs)),
    "answers.json": lambda pairs: json.dumps({"student": "", "answers": dict(pairs)}),
    "list.json": lambda pairs: json.dumps([{"question": name, "answer": value} for name, value in pairs]),
    "objects.json": lambda pairs: json.dumps({"answers": [{"id": name, "value": float(value)} for name, value in pairs]}, indent=1),
    "pairs.json": lambda pairs: json.dumps({"answers": [[name, value] for name, value in pairs]}),
    "sections.json": lambda pairs: json.dumps({"course": "NN", "forward": dict(pairs[:11]), "backward": dict(pairs[11:])}),
    "nested.json": lambda pairs: json.dumps({name: {"value": value} for name, value in pairs}),
    "broken.json": lambda pairs: "{\n" + "".join(f'  "{name}": {value},\n' for name, value in pairs) + "}\n",
    "flat.toml": lambda pairs: "".join(f"{json.dumps(name)} = {value}\n" for name, value in pairs),
    "bare.toml": lambda pairs: "".join(f"{name} = {value}\n" for name, value in pairs),
    "excel.csv": lambda pairs: "question;answer\r\n" + "".join(f"{name};{value}\r\n" for name, value in pairs),
    "headless.csv": lambda pairs: "".join(f"{name},{value}\n" for name, value in pairs),
    "quoted.csv": lambda pairs: "Nr,Quantity,Working,Value\n" + "".join(
        f'{k},"{name}","from the page before",{value}\n' for k, (name, value) in enumerate(pairs)),
    "named.csv": lambda pairs: "id;value\n" + "".join(f"{name};{value}\n" for name, value in pairs),
    "wide.csv": lambda pairs: f"{','.join(name for name, _ in pairs)}\n{','.join(value for _, value in pairs)}\n",
    "excel.tsv": lambda pairs: "Frage\tAntwort\n" + "".join(f"{name}\t{value}\n" for name, value in pairs),
    "page.html": _html,
    "list.html": lambda pairs: "<ul>" + "".join(f"<li>{name}: {value}" for name, value in pairs) + "</ul>",
    "terms.html": lambda pairs: "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in pairs) + "</dl>",
    "one cell.ipynb": lambda pairs: _notebook([("markdown", _lines("{name} = {value}\n")(pairs), {})]),
    "cells.ipynb": lambda pairs: _notebook([("markdown", f"**{name}:** {value}", {}) for name, value in pairs]),
    "tagged.ipynb": lambda pairs: _notebook([("code", value, {"tags": [name]}) for name, value in pairs]),
    "code.ipynb": lambda pairs: _notebook([("code", "import math\n" + _lines("{name} = {value}")(pairs), {})]),
}  # fmt: skip
"""Files of other formats; the names in them are ids."""


def _notebook(cells):
    return json.dumps({"nbformat": 4, "metadata": {}, "cells": [
        {"cell_type": sort, "source": source, "metadata": metadata, "outputs": []} for sort, source, metadata in cells]})  # fmt: skip


def _packed(parts):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return data.getvalue()


WORD = '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'


def docx(paragraphs=(), rows=()):
    """A Word file of paragraphs and one table."""
    run = lambda text: f"<w:p><w:r><w:t xml:space='preserve'>{escape(text)}</w:t></w:r></w:p>"  # noqa: E731
    table = "".join(f"<w:tr>{''.join(f'<w:tc>{run(cell)}</w:tc>' for cell in row)}</w:tr>" for row in rows)
    body = "".join(map(run, paragraphs)) + (f"<w:tbl>{table}</w:tbl>" if rows else "")
    return _packed({"[Content_Types].xml": "<Types/>", "word/document.xml": f"{WORD}{body}</w:body></w:document>"})


def xlsx(rows, *, shared=True):
    """An Excel file with one sheet: texts shared or in their cells, numbers as numbers."""
    texts, lines = [], []
    for r, row in enumerate(rows, 1):
        cells = []
        for c, cell in enumerate(row):
            place = f"{chr(65 + c)}{r}"
            try:
                cells.append(f'<c r="{place}"><f>A1*1</f><v>{float(cell)!r}</v></c>')
            except ValueError:
                if shared:
                    texts.append(cell)
                    cells.append(f'<c r="{place}" t="s"><v>{len(texts) - 1}</v></c>')
                else:
                    cells.append(f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>')
        lines.append(f'<row r="{r}">{"".join(cells)}</row>')
    own = "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
    return _packed({
        "xl/workbook.xml": "<workbook/>", "xl/sharedStrings.xml": f"<sst>{own}</sst>",
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{''.join(lines)}</sheetData></worksheet>",
    })  # fmt: skip


def encoded(text, encoding, end):
    """A text in an encoding, with a byte order mark where its name says so, and with other ends of lines."""
    text = text.replace("\r\n", "\n").replace("\n", end)
    mark = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    return mark + text.encode({"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "bare utf-16": "utf-16-le"}.get(encoding, encoding), "replace")


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-be", "bare utf-16")
ENDS = ("\n", "\r\n", "\r")
_ASCII_NAMES = ("ids", "plain", "total", "underscored", "loose")
_WORDED = ("loose", "words")
"""Spellings that are words with blanks in them, or in capitals: for layouts with a sign behind the name."""


def pairs_of(spelling, keys=None, mark="."):
    """The answers under a spelling, in their order; ``mark`` stands for the decimal point."""
    spell = SPELLINGS[spelling]
    return [(spell(key), value.replace(".", mark)) for key, value in RIGHT.items() if keys is None or key in keys]


def files():
    """(name, bytes) of every hand-in, with decimal points and with decimal commas."""
    yield from _files_with_points()
    yield from _files_with_commas()


def _files_with_commas():
    """Each layout once more with decimal commas, in LaTeX with its {,}."""
    spellings = ("partial", "total", "plain", "mazur", "underscored")
    for turn, (layout, write) in enumerate(TEXTS.items()):
        pairs, end = pairs_of(spellings[turn % len(spellings)], mark=","), ENDS[turn % len(ENDS)]
        yield f"comma {layout} {turn}.{'txt' if turn % 2 else 'md'}".replace(", ", " "), encoded(write(pairs), ENCODINGS[turn % 5], end)
    for layout, write in LATEX.items():
        yield f"comma {layout} tex.tex", encoded(write(pairs_of("latex", mark="{,}")), "utf-8", "\n")
    for turn, (file, write) in enumerate((file, write) for file, write in DATA.items() if file not in NO_DECIMAL_COMMAS):
        stem, _, suffix = file.rpartition(".")
        yield f"comma {stem} {suffix}.{suffix}", encoded(write(pairs_of("ids", mark=",")), ENCODINGS[turn % 2], "\n")
    pairs = pairs_of("ids", mark=",")
    yield "comma lines.docx", docx([f"{name} = {value}" for name, value in pairs])
    yield "comma table.docx", docx(["Meine Antworten"], [("Größe", "Wert"), *pairs])
    yield "comma sheet.xlsx", xlsx([("Frage", "Antwort"), *pairs])


def _files_with_points():
    """Each layout with spellings that take turns, and each encoding and line end with some layout."""
    turn = 0
    marked_up = {"whole lines in bold", "display", "turned"}
    spellings = [name for name in SPELLINGS if name != "python"]
    for layout, write in TEXTS.items():
        for _ in range(2):
            spelling = spellings[turn % len(spellings)]
            if layout in ("blanks", "below", "is", "columns", "semicolons") and spelling in _WORDED:
                spelling = "partial"
            if layout in marked_up and spelling in ("dollars", "code", "bold", "words"):
                spelling = "latex" if layout == "display" else "total"
            encoding, end = ENCODINGS[turn % len(ENCODINGS)], ENDS[turn % len(ENDS)]
            suffix = "txt" if turn % 2 else "md"
            yield f"{layout} {spelling} {turn}.{suffix}".replace(", ", " "), encoded(write(pairs_of(spelling)), encoding, end)
            turn += 1
    for layout, write in LATEX.items():
        yield f"{layout} tex.tex", encoded(write(pairs_of("latex")), "utf-8", "\n")
        yield f"{layout}.md", encoded(write(pairs_of("latex")), "utf-8-sig", "\r\n")
    for file, write in DATA.items():
        stem, _, suffix = file.rpartition(".")
        chosen = ("python",) if stem == "code" else ("plain",) if stem == "bare" else ("ids",) if suffix == "ipynb" else ("ids", "partial")
        for spelling in chosen:
            encoding = ENCODINGS[turn % len(ENCODINGS)] if suffix not in ("toml",) else "utf-8"
            yield f"{stem} {spelling} {suffix}.{suffix}", encoded(write(pairs_of(spelling)), encoding, ENDS[turn % 2])
            turn += 1
    for spelling in ("ids", "mazur", "latex"):
        pairs = pairs_of(spelling)
        yield f"lines {spelling}.docx", docx([f"{name} = {value}" for name, value in pairs])
        yield f"table {spelling}.docx", docx(["My answers"], [("Quantity", "Value"), *pairs])
        yield f"sheet {spelling}.xlsx", xlsx([("question", "answer"), *pairs], shared=spelling != "mazur")


HOPELESS = {
    "photo.jpg": b"\xff\xd8\xff\xe0 jfif", "phone.heic": b"\0\0\0\x18ftypheic", "scan.pdf": b"%PDF-1.7 ...", "all.zip": b"PK\x03\x04...",
    "numbers only.txt": "\n".join(RIGHT.values()).encode(), "another exercise.md": b"| a | b |\n|---|---|\n| q1 | 0.5 |\n| q2 | 0.7 |\n",
    "letter.txt": b"Dear tutor,\nI was ill, my answers are in the PDF.\n", "nothing.txt": b"",
    "old.doc": b"\xd0\xcf\x11\xe0....", "slides.odt": b"PK\x03\x04mimetype", "empty.json": b"{}",
    "misnamed.json": b'{"dL/dw55": "0.1", "foo": "3"}',
}  # fmt: skip
"""Hand-ins of which nothing can be used: never a 0, always a row for a person."""
