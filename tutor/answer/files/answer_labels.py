"""Which question a line or a row of a table answers, and with what; and what a line is that answers none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tutor.answer.files.file_answers import person_field
from tutor.answer.files.text_blocks import TextBlock
from tutor.answer.handed_in import is_blank
from tutor.answer.read.asked_names import MAX_LABEL
from tutor.answer.read.ids import Ids

STRONG, EQUAL, WEAK = 3, 2, 1
"""How sure it is that a line begins an answer: ``id:``, a heading, a row of a table; ``id =``; either of them inside something else."""
MAX_COLONS = 4
_BULLET = re.compile(r"(?:(?:[-*+•‣▪–]|\d{1,3}[.)])[ \t]+(?:\[[ xX]?\][ \t]+)?|\\item(?![A-Za-z])(?:\[[^\]]{0,20}\])?[ \t]*)")
_EQUALS = re.compile(
    rf"(?P<label>[^=≈≃\n]{{1,{MAX_LABEL}}}?)\s?"
    r"(?::=|≔|={1,2}>|=(?!=)|≈|≃|\\approx(?![A-Za-z])|\\coloneqq(?![A-Za-z])|<-|←|\\gets(?![A-Za-z])|\\leftarrow(?![A-Za-z]))"
)
_LOOSE = tuple(
    re.compile(rf"(?P<label>.{{1,{MAX_LABEL}}}?){sign}(?P<rest>.+)", re.IGNORECASE)
    for sign in (
        r"[ ]?(?:->|→|⇒|=>|\\to|\\rightarrow)[ ]?",
        r"[ ](?:is|ist|equals|beträgt|gives|ergibt|lautet)[ ](?:equal to |about |approximately |ca\. )?",
    )
) + tuple(
    re.compile(rf"(?P<label>.{{1,{MAX_LABEL}}}){sign}(?P<rest>\[[^\[]+\]|[^\s\[]+)")
    for sign in (r"[ ]?\.{3,80}[ ]?", r"[ ]?[–—][ ]", r",[ ]?", r"[ ]")
)  # fmt: skip
"""What else may stand between a quantity and its value, where a value it is."""
_APART = re.compile(r"[ ,→⇒>–—]|\.{3}")
_COLUMNS = (
    ("\t", re.compile(r"[ ]{0,20}\t\s{0,20}")), (";", re.compile(r"[ ]{0,20};\s{0,20}")), ("  ", re.compile(r"(?<=\S)[ ]{2,}(?=\S)")),
    ("|", re.compile(r"[ ]{0,20}\|\s{0,20}")), ("&", re.compile(r"[ ]{0,20}&\s{0,20}")),
)
"""What stands between the columns of a line, and how such a line is taken apart."""
_NEXT_PAIR = re.compile(
    r"(?:\s{0,8}[;,]\s{1,8}|\s{0,8};|\s{2,80}|\t)(?:(?:and|und|&)\s{1,4})?(?=[^\s=:≈;,](?:[^\s=:≈;,]|[ ](?![ ])){0,60}\s{0,8}[=:≈])"
    r"|\s{1,8}(?:and|und)\s{1,8}(?=[^\s=:≈;,](?:[^\s=:≈;,]|[ ](?![ ])){0,60}\s{0,8}[=:≈])"
)
"""Where the next quantity of a line begins that has an equals sign behind it."""
_NEXT_BESIDE = re.compile(r"(?<=\S)[ ]{1,3}(?=[^\s=:≈;,]{1,60}[ ]{0,3}[=:≈])")
"""The same with nothing but a blank before it: L = 0.3 in_h1 = 0.38."""
MAX_PAIRED = 600
"""A longer line is not taken apart."""
_CELL_END = re.compile(r"\s*\\\\\s*(?:\\hline)?\s*\Z")
_NUMBER = (
    r"[-+−–]?\s?(?:\d[\d.,'\u2009\u202f]*|[.,]\d+)"
    r"(?:\s?[eE][-+−]?\d+|\s?(?:[x×·*]|\\cdot|\\times)\s?10\s?(?:\^|\*\*)?\s?\{?[-+−⁻]?[\d⁰¹²³⁴-⁹]+\}?)?"
)
"""A decimal in any writing: what of it can be read, the grammar says (`tutor.answer.read.reading`)."""
_VALUE = re.compile(rf"\s*[`$*(\[{{\\]*\s*(?:{_NUMBER}|[-+−]?\s?[½⅓⅔¼¾])\s*(?:[/%)\]}}$`*.]|\Z|\s|\\)")
VALUE = re.compile(rf"(?:ca\.|≈|~|about)?\s*[`$*]*\s*(?:{_NUMBER}(?:\s?/\s?\d+)?|\[[^\n]*\]|\([^\n]*\))\s*%?\s*[`$*]*\.?")
"""A plain value from end to end: a number, a fraction, or entries in brackets."""
_WORD = re.compile(r"(?<![\\\w])[A-Za-zÀ-ÿ]{2,}(?:[-'’][A-Za-zÀ-ÿ]+)*(?![\w(_^])")
_FORMULA = re.compile(r"[=≈+*/^_\\·×⋅<>∂√{}\[\]|]|(?<!\w)-\s?\d|\d\s?[-−]\s?\d")
_FIGURE = re.compile(r"\d|[½⅓⅔¼¾]")
_HEADS = frozenset(map(str.casefold, {
    "question", "questions", "quantity", "answer", "answers", "value", "values", "result", "results", "task", "item", "id", "name",
    "symbol", "frage", "aufgabe", "größe", "antwort", "wert", "ergebnis", "lösung", "nr", "no", "number", "#", "your answer",
    "deine antwort", "derivative", "working", "calculation", "rechnung", "rechenweg", "formula", "formel", "comment", "kommentar",
    "gradient", "solution", "response",
}))  # fmt: skip
"""What the columns of a table are called; a row of such words is no answer."""
_ANSWERS = re.compile(
    r"(?:(?:your|my|final|deine|meine)\s)?"
    r"(?:answers?|values?|results?|responses?|solutions?|antwort(?:en)?|werte?|ergebnis(?:se)?|lösung(?:en)?)", re.IGNORECASE,
)  # fmt: skip
_FURNITURE = frozenset(map(str.casefold, {
    "date", "datum", "course", "kurs", "modul", "module", "sheet", "blatt", "übungsblatt", "homework", "hausaufgabe", "assignment",
    "exercise", "übung", "page", "seite", "group", "gruppe", "tutor", "tutorial", "semester", "version", "title", "titel", "subject",
    "fach", "lecturer", "dozent", "due", "abgabe", "abgabedatum", "points", "punkte", "score", "time", "zeit", "timestamp",
    "zeitstempel", "section", "author", "autor", "file", "datei", "exam", "klausur", "matrikelnummer", "matrikelnr", "matr nr",
    "student number", "university", "universität",
    "lecture", "vorlesung", "notation", "learning rate", "lernrate", "units", "duration", "dauer", "last modified", "schema", "institute",
}))  # fmt: skip
"""What stands on cover pages and in the columns of forms, and is never an answer."""
_PAGE = re.compile(
    r"(?:(?:page|seite|sheet|blatt|homework|hausaufgabe|assignment|exercise(?: sheet)?|übung(?:sblatt)?|group|gruppe|week|woche|lecture"
    r"|chapter|question|task|aufgabe|frage|teil|part|problem|ws|ss|winter|summer|sommer)\W{0,3}[0-9]{0,4}(?:\s?(?:of|von|/)\s?[0-9]{1,4})?[.:)]?"
    r"|[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2})", re.IGNORECASE,
)  # fmt: skip
_LEAD = re.compile(
    r"(?:exercise|question|task|problem|part|item|ex|aufgabe|teilaufgabe|frage|teil|übung|no|nr|q|a)\W{0,3}"
    r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}[.)]?\s?\(?[a-z]?(?:ii?i?|iv|vi?)?\)?", re.IGNORECASE,
)  # fmt: skip
"""Which exercise a line answers, by its number on the sheet: Aufgabe 1.2, Task 3b, Ex. 2 (c)."""
_SAYING = re.compile(r"[A-Za-zÀ-ÿ-]{2,30}(?:[ ][A-Za-zÀ-ÿ-]{2,30}){0,5}")
"""What a line may say of its answer before it: Total loss: L = 0.298."""
_NUMBERED = re.compile(r"\W{0,3}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){0,2}[a-z]?|[a-z])\W{0,3}")
_SET = re.compile(
    r"[`~]{3,}\w{0,12}|\$\$|\\[\[\]]|\\(?:begin|end)\{[a-z]{1,20}\*?\}(?:\[[^\]]{0,60}\]|\{[^}]{0,60}\})?"
    r"|\\(?:documentclass|usepackage|title|author|date|maketitle).{0,200}"
)
"""What only sets a text."""
_REMARKS = frozenset({
    "remark", "remarks", "note", "notes", "nb", "n.b.", "ps", "p.s.", "comment", "comments", "hint", "bemerkung", "bemerkungen",
    "anmerkung", "anmerkungen", "hinweis", "kommentar", "notiz", "explanation", "erklärung", "begründung", "reason", "idea", "idee", "todo",
})  # fmt: skip
"""Words with a colon behind them that begin a remark to whoever marks."""
_TO_THE_READER = _REMARKS - {"explanation", "erklärung", "begründung", "reason", "idea", "idee", "hint"}
"""Those of them behind which no working stands, whatever it looks like."""
SAID = _REMARKS | frozenset({
    "also", "alternatively", "answer", "antwort", "because", "beweis", "calculation", "check", "da", "daher", "dann", "denn", "ergebnis",
    "finally", "first", "hence", "here", "i.e.", "last", "lastly", "lösung", "mit", "next", "now", "nun", "proof", "rechnung", "result",
    "second", "secondly", "since", "so", "solution", "then", "therefore", "third", "thus", "where", "with", "working", "step",
})  # fmt: skip
"""Words with a colon behind them that begin a line of working and are meant as no id."""
_SIGNED = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ]{2,30}")
_MARKS = "*_` \t"


@dataclass(frozen=True, slots=True)
class AnswerLabel:
    """What a line begins: an answer to ``question`` with the text ``rest``; ``strength`` says how sure that is."""

    question: str
    rest: str
    strength: int = STRONG


def label_of(line: str, ids: Ids) -> AnswerLabel | None:
    """The question that a line begins to answer, if it does."""
    text, end = line, line.rstrip()
    if len(end) > 4 * MAX_LABEL and "=" not in end[:MAX_LABEL] and ":" not in end[:MAX_LABEL] and "\t" not in end[:MAX_LABEL]:
        return None
    bullet = _BULLET.match(text)
    if bullet and bullet.end() < len(end):
        found = _label(text[bullet.end() :], ids)
        if found is not None:
            return found
    return _label(text, ids)


def _label(line: str, ids: Ids) -> AnswerLabel | None:
    text = _unwrap_line(line.strip())
    return _split_by_colon(text, ids) or _split_by_equals(text, ids) or _split_by_columns(text, ids) or _split_by_words(text, ids)


def _split_by_colon(text: str, ids: Ids) -> AnswerLabel | None:
    short = text[: MAX_LABEL * 4]
    colon = short.find(":")
    for _ in range(MAX_COLONS):  # an id may have a colon of its own
        if not 0 < colon <= MAX_LABEL:
            return None
        question = "" if short[colon + 1 : colon + 2] == "=" else ids.find(short[:colon].strip(_MARKS)) or ids.find(short[:colon])
        if question:
            rest = _strip_closing(short[:colon], text[colon + 1 :])
            inner = _split_by_equals(rest, ids) if "=" in rest[:MAX_LABEL] else None  # q3: L = 0.298
            same = inner is not None and inner.question == question and "=" not in inner.rest
            return AnswerLabel(question, inner.rest if inner is not None and same else rest)
        if (after := text[colon + 1 :].strip()) and short[:colon].strip(_MARKS).casefold() not in SAID:
            inner = _split_by_equals(after, ids)  # Question 3: L = 0.298
            if inner is not None and (_is_lead(short[:colon]) or _SAYING.fullmatch(short[:colon].strip(_MARKS))):
                return AnswerLabel(inner.question, inner.rest)
        colon = short.find(":", colon + 1)
    return None


def split_pairs(line: str, ids: Ids) -> tuple[str, ...]:
    """The parts of a line that answers several questions (``L = 0.3, in_h1 = 0.38``, two columns), each a line of its own; else none.

    Every part must name another question and end in a plain value, so that no line of working is taken apart.
    """
    if len(line) > MAX_PAIRED or _FIGURE.search(line) is None:
        return ()
    parts = tuple(part.strip() for part in _NEXT_PAIR.split(line.strip().removesuffix(";")))
    labels = [label_of(part, ids) for part in parts] if len(parts) > 1 else []
    if not labels:
        cells = next((columns.split(line.strip()) for sign, columns in _COLUMNS if sign in line.strip()), [])
        labels = [*row_labels(cells, (), ids)] if len(cells) > 3 else []
        parts = tuple(f"{label.question}\t{label.rest}" for label in labels if label)
    found = [label for label in labels if label is not None and has_value_at_end(label.rest)]
    different = len({label.question for label in found})
    return parts if len(parts) > 1 and different == len(parts) == len(labels) else ()


def split_beside(line: str, ids: Ids) -> tuple[AnswerLabel, ...]:
    """The answers of a line that has several with only blanks between them, each a plain value: L = 0.3 in_h1 = 0.38; else none.

    Two of them may be one line of working as well: dL/dw5 = 0.138 out_h1 = 0.082.
    """
    if len(line) > MAX_PAIRED or line.count("=") < 2:
        return ()
    found = [label_of(part, ids) for part in _NEXT_BESIDE.split(line.strip())]
    labels = tuple(label for label in found if label is not None and VALUE.fullmatch(label.rest.strip()))
    return labels if len(found) == len(labels) == len({label.question for label in labels}) > 1 else ()


def _is_lead(text: str) -> bool:
    return any(pattern.fullmatch(text.strip(_MARKS)) for pattern in (_LEAD, _PAGE, _NUMBERED))


def _split_by_equals(text: str, ids: Ids) -> AnswerLabel | None:
    match = _EQUALS.match(text)
    question = (ids.find(match["label"].strip(_MARKS)) or ids.find(match["label"])) if match else ""
    if match is None or not question:
        return None
    rest = text[match.end() :].lstrip(" \t&")
    return AnswerLabel(question, _strip_closing(match["label"], rest), EQUAL)


def _strip_closing(label: str, rest: str) -> str:
    """The text behind a label: without the end of what set the label bold or as code, and what ends a row of LaTeX."""
    mark = re.match(r"\s*([*_`]{1,2}|\$\$?|\"|\\\(|\\\[)", label)
    if mark is not None:
        sign = {"\\(": "\\)", "\\[": "\\]"}.get(mark[1], mark[1])
        if label.rstrip().count(mark[1]) < 2 or mark[1][0] == "\\":
            bare = rest.lstrip(" \t")
            if bare.startswith(sign) and (sign != "$" or bare[1:2] in (" ", "\t", "")):
                rest = bare[len(sign) :]
            elif rest.rstrip().endswith(sign) and rest.count(sign) % 2:
                rest = rest.rstrip()[: -len(sign)]
    rest = _CELL_END.sub("", rest)
    return rest.strip()


def _unwrap_line(text: str) -> str:
    """A line without dollar signs, asterisks or quotes around the whole of it."""
    if text[:1] not in ("$", "*", "`", "\\", "_"):
        return text
    for sign, end in (("$$", "$$"), ("$", "$"), ("**", "**"), ("`", "`"), ("\\[", "\\]"), ("\\(", "\\)"), ("__", "__")):
        inside = text[len(sign) : len(text) - len(end)]
        if text.startswith(sign) and text.endswith(end) and len(text) > 2 * len(sign) and sign not in inside and end not in inside:
            return inside.strip()
    return text


def _split_by_columns(text: str, ids: Ids) -> AnswerLabel | None:
    """``L<TAB>0.298``, ``L;0.298``, ``L    0.298``: the columns of one line."""
    short = text[: MAX_LABEL * 20].replace("\u00a0", " ").strip()
    for sign, columns in _COLUMNS:
        cells = columns.split(short, maxsplit=8) if sign in short else ()
        if len(cells) > 1:
            found = list(row_labels(cells, (), ids))
            if len(found) == 1 and (sign != "  " or not is_prose(found[0].rest)):
                return found[0]
    return None


def _split_by_words(text: str, ids: Ids) -> AnswerLabel | None:
    """``L is 0.298``, ``L -> 0.298``, ``L 0.298``: only where a value follows."""
    short = text[: MAX_LABEL * 4]
    if _APART.search(short) is None or _FIGURE.search(short) is None:
        return None
    for pattern in _LOOSE:
        match = pattern.fullmatch(short)
        if match is not None and VALUE.fullmatch(match["rest"].strip()) and (question := ids.find(match["label"])):
            return AnswerLabel(question, match["rest"].strip())
    return None


def row_labels(cells: Sequence[str], head: Sequence[str], ids: Ids) -> Iterator[AnswerLabel]:
    """What a row of a table answers: the cell that names a quantity, and the cell behind it or under "answer".

    Several cells of working are one line of working; a row may have several quantities, each with its value behind it.
    """
    found = [(place, question) for place, cell in enumerate(cells) if (question := ids.find(cell))]
    again = {place - 1 for place, question in found if (place - 1, question) in found}  # Total loss | L | 0.298
    named = [(place, question) for place, question in found if place not in again]
    if not named:
        return
    under = [place for place, name in enumerate(head) if _ANSWERS.fullmatch(name.strip(_MARKS)) and place < len(cells)]
    if len(under) == 1 and under[0] > named[0][0]:
        yield AnswerLabel(named[0][1], _cell(cells[under[0]]))
        return
    filled = [place for place, cell in enumerate(cells) if cell.strip()]
    if len(filled) <= 2 or len(named) == 1:
        place, question = named[0]
        yield AnswerLabel(question, " = ".join(text for other in cells[place + 1 :] if (text := _cell(other)).strip()))
        return
    for number, (place, question) in enumerate(named):
        end = named[number + 1][0] if number + 1 < len(named) else len(cells)
        yield AnswerLabel(question, " = ".join(text for other in cells[place + 1 : end] if (text := _cell(other)).strip()))


def _cell(text: str) -> str:
    return _CELL_END.sub("", text).strip().removeprefix("= ").strip()


def is_head(block: TextBlock) -> bool:
    """Whether a row only says what the columns are called."""
    words = [cell.strip(_MARKS).casefold() for cell in block.cells if cell.strip(_MARKS)]
    return bool(words) and all(word in _HEADS or word in _FURNITURE or _ANSWERS.fullmatch(word) or person_field(word) for word in words)


def is_prose(text: str, ids: Ids | None = None) -> bool:
    """Whether a line is words and no formula: at least two of them, and more of the line than anything else."""
    if "=" in text or "≈" in text:
        return False
    words = [word for word in _WORD.findall(text[:2_000]) if ids is None or not ids.names.is_known(word)]
    letters = sum(map(len, words))
    solid = sum(not c.isspace() for c in text[:2_000])
    return len(words) >= 2 and (letters >= 0.6 * solid or (len(words) >= 4 and letters >= 0.4 * solid and "\\" not in text))


Sort = Literal["nothing", "note", "answer"]


def sort_of(line: str, ids: Ids) -> Sort:
    """What a line is that answers nothing: nothing at all, a note in words, or something that may be an answer.

    >>> ids = Ids.make(["q1"])
    >>> [sort_of(text, ids) for text in ("Page 3 of 4", "I could not come last week.", "0.298", "I got 0.298 for the loss.")]
    ['nothing', 'note', 'answer', 'answer']
    """
    text = line.strip().strip(_MARKS + "#>|")
    if not text or is_blank(text) or _PAGE.fullmatch(text) or _SET.fullmatch(text):
        return "nothing"
    name, colon, rest = text.partition(":")
    word = name.strip(_MARKS).casefold()
    if colon and (word.replace("_", " ") in _FURNITURE or person_field(word)):
        return "nothing"
    if colon and not rest.strip() and not _FIGURE.search(text) and not _FORMULA.search(text):
        return "note"
    return "answer" if _FIGURE.search(text) or _FORMULA.search(text) else "note"


def is_furniture(column: str) -> bool:
    """Whether a column of a table is one that forms and learning platforms add."""
    word = " ".join(column.replace("_", " ").replace("-", " ").split()).casefold()
    return word in _FURNITURE or word in _REMARKS or bool(person_field(column)) or word in ("#", "nr", "no", "id")


def is_remark(line: str, ids: Ids) -> bool:
    """Whether a line is a remark to whoever marks: ``Bemerkung: …`` or words alone, and no formula."""
    name, colon, rest = line.strip().strip(_MARKS).partition(":")
    if colon and name.strip(_MARKS).casefold() in _REMARKS:
        said = name.strip(_MARKS).casefold() in _TO_THE_READER or is_prose(rest, ids) or not _FORMULA.search(rest)
        return said and not VALUE.fullmatch(rest.strip())
    return is_prose(line, ids) or _is_signature(line, ids)


def _is_signature(line: str, ids: Ids) -> bool:
    """Whether a line is one word with a capital that is no quantity: who wrote it."""
    word = line.strip().strip(_MARKS + "-–—.,!")
    return bool(_SIGNED.fullmatch(word)) and not ids.names.is_known(word) and not ids.find(word)


def is_value(text: str) -> bool:
    """Whether a text begins like a result: a number, perhaps in brackets or behind an equals sign."""
    return bool(_VALUE.match(text.strip().removeprefix("=").removeprefix("≈").strip())) or text.strip()[:1] in ("=", "≈")


def has_value_at_end(text: str) -> bool:
    """Whether the last member of a line is a plain value."""
    last = re.split(r"[=≈≃]|\\approx", text.rstrip().rpartition("\n")[2])[-1]
    return bool(VALUE.fullmatch(last.strip()))
