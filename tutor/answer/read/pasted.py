r"""What stands around the formulas on the product's own pages, taken out of an answer that was copied from one.

`drop_setting` gives a text of the same length, in which reasons, tags and commands that only place things are blanks, so that every
place in it is still a place in what the student wrote:

- LaTeX: ``\tag*{…}``, words beside a row (``&& \text{…}``), ``\mathrel{+}``, ``\MoveEqLeft[2]``, ``\mathmakebox[3em][r]{…}``,
  ``\interdisplaylinepenalty=10000``;
- a notebook: comments and headings on lines of their own;
- terminal: the reason of a row in brackets, three blanks behind it; reasons on lines of their own.

>>> from tutor.answer.read.vocabulary import vocabulary
>>> from tutor.exercise.load import load
>>> " ".join(drop_setting("w5   (path 1)\n     + w6\n       the sum of both", vocabulary(load("neuron/two-two-two"))).split())
'w5 + w6'
"""

from __future__ import annotations

import re

from tutor.answer.read.vocabulary import Vocabulary
from tutor.late_patterns import compile_late

MAX_NOTE, MAX_NOTES, MAX_LINES = 200, 3, 200
"""So long a reason, so many of them on a line, and on so many lines, are looked for; no row of the product has more."""
_MARKED = compile_late(
    r"""(?P<cases>\\(?:begin|end)\{(?:cases|[a-zA-Z]{0,5}matrix\*?|array)\})
    |(?P<words>\\tag\*?(?=\{)|\\phantom(?=\{)
        |(?:(?:(?<=\n)[ \t]{1,8})?&\s{0,8}&?\s{0,8}|\\quad\s{0,8})\\(?:text|parbox)(?![A-Za-z])(?:\[[a-z]\])?)
    |(?P<row>(?<=\n)[ \t]{0,8}&(?!&)|(?:\\\\\*?|\\cr(?![A-Za-z]))[ \t]{0,8}(?=\n|\Z))
    |(?P<below>\\underset(?=\{))
    |(?P<sign>\\mathrel\{[^{}]{1,12}\})
    |\\(?:begin|end)\{(?:align|aligned|alignat|equation|gather|gathered|multline|split)\*?\}
    |\\MoveEqLeft(?:\[[0-9]\])?|\\mathmakebox\[[0-9.em]{1,12}\](?:\[[lrc]\])?|\\resizebox\{[0-9.em]{1,12}\}\{!\}(?P<math>\{\$)?
    |\\interdisplaylinepenalty=(?:[0-9]{1,5}|\\[A-Za-z]{1,12})[ ]?
    |\\(?:q?quad|displaystyle)(?![A-Za-z])|\{\}""",
    re.VERBOSE,
)
"""What only sets a formula: ``words`` with the braces behind them, where a ``row`` begins and ends, a ``sign`` in its wrapping."""
_NOTE = compile_late(r"(?<=\S)[ \t\u00a0]{3,}+\(")
_REFERENCE = compile_late(r"(?:path|steps?)\s[0-9, ]{1,40}")
_STEP_NAMED = compile_late(r"\((?:step|Schritt)\s[0-9]{1,4}\)|,\s(?:step|Schritt)\s[0-9]{1,4}(?P<end>\))")
"""Where the number of a simplified row stands: "(step 38)", "(y₁ + y₂ = 1, step 12)"; a step function has its argument in brackets."""
_PRIMED = compile_late(r"[^=]{1,16}['′]\s?=\s?[^=]{1,40}")
_DERIVATIVE = compile_late(r"\([^()=]{1,20}\)['′]\s?=\s?(?:\S|\s(?!\s)){1,40}")
_INDENT = compile_late(r"[ \t\u00a0]{4,}+(?![-+−*/·×⋅÷=≈←&\\|⎡⎢⎣])")
_SIZES = compile_late(
    r"[ \t\u00a0]{4,}+(?=[^\n=]{0,40}\([0-9]{1,5}×[0-9]{1,5}\))"
    r"(?:(?:\([0-9]{1,5}×[0-9]{1,5}\)|[^\W\d][^\s()=]{0,11})(?: [·⊙+−] | (?=[(\s])|(?=\s{2}|\Z)))+(?=\s|\Z)"
)
"""The shapes below the factors of a row in matrices; single numbers stand there by their names."""
_COMMENT = compile_late(r"(?m)^[ \t]{0,8}#{1,6}[ \t]{0,8}[A-Za-z][^\n=:]{0,200}:?$")
"""A comment or a heading on a line of its own; one with an equals sign may be an answer."""
_APART = compile_late(r"(?<!\w)d = [0-9]{1,3}:")
"""What the page says of a sign: "…; d = 2: its entries are set 2 apart"."""
_UNDER = compile_late(r"\{((?:[^{}]|\{[^{}]{1,20}\}){1,40})\}(?=\s?_)")
_WORDS = (
    r"[ \t]{0,8}(?![ \t]|(?:or|oder|and|und|bzw)(?![a-z]))(?=[^\n]{0,200}[A-Za-z]{2})(?:[^\n=0-9]|(?<=[A-Za-z0-9_])[0-9]){1,200}(?=\n|\Z)"
)
_REMARK = compile_late(rf"(?<=[^\s#])[ \t]{{1,40}}(?:#|//){_WORDS}")
_REMARK_IN_LATEX = compile_late(rf"(?<=[^\s#\\])[ \t]{{1,40}}(?:#|//|%){_WORDS}")
"""A remark behind an answer: # in Python, // in C, % in LaTeX; none where figures or an equals sign stand in it, which may be meant."""
_WORD = compile_late(r"[A-Za-zÀ-ÿ]{2,}(?:[-'’][A-Za-zÀ-ÿ]+)*")
_EDGES = "()[],:;.\u00a0"


def drop_setting(text: str, known: Vocabulary) -> str:
    """The text with blanks for what only stands around its formulas; each is as long as it was."""
    if "step" in text or "Schritt" in text:
        text = _STEP_NAMED.sub(lambda match: (match["end"] or "").rjust(len(match.group())), text)
    if "#" in text:
        text = _COMMENT.sub(lambda match: " " * len(match.group()), text)
    if "#" in text or "//" in text or ("%" in text and "\\" in text):
        text = (_REMARK_IN_LATEX if "\\" in text else _REMARK).sub(lambda match: " " * len(match.group()), text)
    if "\\cdots" in text or "\\vdots" in text:
        text = _drop_cut_short(text)
    if "\\underset{" in text and "bmatrix" in text:
        text = _join_placed(text)
    if "\\" in text or "{}" in text:
        text = _drop_commands(text)
    if "\n" in text or "   (" in text:
        text = _drop_reasons(text, known)
    return text


_PLACED = compile_late(
    r"\\underset\{([0-9]{1,5}(?:,[0-9]{1,5}){0,3})(?:,\\cdot){2}\s?\}\{(\\begin\{bmatrix\}(?:(?!\\end)[^\0]){1,20000}\\end\{bmatrix\})\}"
)
"""A matrix of an array of more axes, with its place below: (2,1,·,·)."""
_BETWEEN = compile_late(r"(?:\s|&|\\\\|\\q?quad(?![a-z])){0,20}")


def _join_placed(text: str) -> str:
    """Matrices that stand side by side with their places below them as one array in brackets, as long as they were."""
    pieces: list[str] = []
    at, place = 0, tuple[str, ...]()
    for match in _PLACED.finditer(text):
        here, between = tuple(match[1].split(",")), text[at : match.start()]
        together = len(place) == len(here) and _BETWEEN.fullmatch(between)
        turned = next((axis for axis, pair in enumerate(zip(place, here, strict=True)) if pair[0] != pair[1]), 0) if together else 0
        inner = len(here) - 1 - turned
        opens = f"{']' * inner},{'[' * inner}" if together else "[" * len(here)
        if place and not together:
            pieces.append("]" * len(place))
        room = match.end() - match.start() - len(match[2]) - len(here)
        pieces += [between, opens.rjust(room), match[2], ""]
        at, place = match.end(), here
    return "".join([*pieces, "]" * len(place), text[at:]])


def _drop_cut_short(text: str) -> str:
    """The text without a matrix behind an equals sign of which only the first and the last entries are shown: more is said before it."""
    pieces, at = [], 0
    while (begin := text.find(_MATRIX_BEGINS, at)) >= 0 and (end := text.find(_MATRIX_ENDS, begin)) >= 0:
        before = text[at:begin].rstrip()
        if before.endswith("=") and ("\\cdots" in text[begin:end] or "\\vdots" in text[begin:end]):
            pieces += [before[:-1], _blank_out(text[at + len(before) - 1 : end + len(_MATRIX_ENDS)])]
        else:
            pieces.append(text[at : end + len(_MATRIX_ENDS)])
        at = end + len(_MATRIX_ENDS)
    return "".join([*pieces, text[at:]])


_MATRIX_BEGINS, _MATRIX_ENDS = "\\begin{bmatrix}", "\\end{bmatrix}"


def _drop_commands(text: str) -> str:
    pieces: list[str] = []
    at, cases = 0, 0
    while match := _MARKED.search(text, at):
        pieces.append(text[at : match.start()])
        word, kind, at = match.group(), match.lastgroup, match.end()
        if kind == "cases" or (cases > 0 and kind in ("words", "row")):  # "if" and "else" stand there
            cases += (word[1] == "b") - (word[1] == "e") if kind == "cases" else 0
            pieces.append(word)
            continue
        if kind == "sign":
            pieces.append(word.replace("\\mathrel{", " " * 9).replace("}", " "))
            continue
        while kind == "words" and text.startswith("{", at):
            at = _find_close(text, at)
        if kind == "words" and text[match.end() : at] == "{(}":  # a note with mathematics in it, up to the bracket's end
            row = text.find("\n", at) if "\n" in text[at:] else len(text)
            at = close + 2 if (close := text.find(")}", at, row)) > 0 else at
        if kind == "below":  # the shape of a factor; what it stands below is in the braces behind it
            at = _find_close(text, at)
        pieces.append(_blank_out(text[match.start() : at]))
        if match["math"] and (close := text.find("$}", at)) > 0:  # what is made smaller stands between them
            text = f"{text[:close]}  {text[close + 2 :]}"
        if kind == "below" and (entry := _UNDER.match(text, at)):  # {A}_{1,2} is A_{1,2}
            pieces.append(f" {entry[1]} ")
            at = entry.end()
    return "".join([*pieces, text[at:]])


def _find_close(text: str, at: int) -> int:
    """Behind the brace that closes the one at ``at``, or the end of the text."""
    level = 0
    for brace in re.compile(r"[{}]").finditer(text, at):
        level += 1 if brace.group() == "{" else -1
        if level == 0:
            return brace.end()
    return len(text)


def _blank_out(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _drop_reasons(text: str, known: Vocabulary) -> str:
    lines = text.split("\n", MAX_LINES)
    for place, line in enumerate(lines[:MAX_LINES]):
        if place and (sizes := _SIZES.match(line)):
            lines[place] = " " * sizes.end() + line[sizes.end() :]
        elif place and _INDENT.match(line) and is_reason(line.strip(), known):
            lines[place] = " " * len(line)
        elif "   (" in line:
            lines[place] = _drop_notes(line, known)
    return "\n".join(lines)


def _drop_notes(line: str, known: Vocabulary) -> str:
    """A line of the terminal without the brackets that stand in a column of their own."""
    at = 0
    for _ in range(MAX_NOTES):
        match = _NOTE.search(line, at)
        if match is None:
            break
        at = match.end()
        before = line[match.start() - 1]
        end = _bracket(line, at - 1)
        if line[end : end + 1] in ("'", "′") and (primed := _DERIVATIVE.match(line, at - 1)):  # (√x)′ = 1/(2√x)
            line = line[: at - 1] + " " * len(primed.group()) + line[primed.end() :]
            continue
        if end and before not in "+-−*/·×(,=≈←:^" and is_reason(line[at : end - 1], known):
            line = line[: at - 1] + " " * (end - at + 1) + line[end:]
            at = end
    return line


def _bracket(line: str, at: int) -> int:
    """Behind the bracket that closes the one at ``at``, if that is near; else 0."""
    level = 0
    for place in range(at, min(len(line), at + MAX_NOTE)):
        level += (line[place] == "(") - (line[place] == ")")
        if level == 0:
            return place + 1
    return 0


def is_reason(text: str, known: Vocabulary) -> bool:
    """Whether a text is a reason of the product ("chain rule", "σ′ = σ·(1 − σ)", "step 7") and no formula with a mistake in it.

    It has words that stand alone and are no names: one, if there is nothing else, or two.
    """
    inner = text.strip(_EDGES + " ")
    if not inner or len(inner) > MAX_NOTE:
        return False
    if _REFERENCE.fullmatch(inner) or _PRIMED.fullmatch(inner):
        return True
    if "=" in inner and "=" in (inner := _APART.sub(" ", inner)):
        return False
    words = [word.strip(_EDGES) for word in inner.split()]
    alone = [word for word in words if _WORD.fullmatch(word) and word not in known.declared]
    return len(alone) >= 2 or (len(words) == 1 and len(alone) == 1)
