r"""Vectors, matrices, columns, and arrays of more axes as nested matrices.

``[1, 2]``, ``[[1, 2], [3, 4]]``, ``1; 2; 3``, one a line, ``\begin{pmatrix}``, ``| 1 | 2 |``; ``[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]``.
"""

from __future__ import annotations

import re

from tutor.answer.handed_in import AnswerError
from tutor.answer.read.answer_refusals import refusal
from tutor.answer.read.reading import MAX_LENGTH, read, trim_answer
from tutor.answer.read.vocabulary import Vocabulary
from tutor.errors import tell
from tutor.expression.nodes import Expr
from tutor.late_patterns import compile_late

MAX_CELLS = 1_000
MAX_FAILURES = 30

Span = tuple[int, int]
Rows = tuple[tuple[Expr | AnswerError, ...], ...]
"""The entries of a vector or a matrix, row after row."""
_TRANSPOSED = compile_late(r"(?:\^\s?\{?\s?(?:T|⊤|\\top|\\mathrm\s?\{T\}|\\mathsf\s?\{T\}|\\intercal)\s?\}?|ᵀ|⊤|\.T)\Z")
_MATRIX = compile_late(r"\\begin\{(?P<kind>[pbvBV]?matrix\*?|smallmatrix|array)\}(?:\s?\{[lcr| ]{0,60}\})?")
_PLAIN = compile_late(r"[-+−]?(?:[0-9]++\.?+[0-9]*+|\.[0-9]++)(?:[eE][-+−]?[0-9]{1,3}|×10[⁻⁰¹²³⁴-⁹]{1,4})?(?:/[0-9]+)?")
_ROW_END = compile_late(r"\\\\\*?(?:\[[0-9.]{1,6}[a-z]{2}\])?|\\cr(?![A-Za-z])")
_RULE = compile_late(r"(?=[^-]{0,9}-)[\s:|+-]{3,}+")
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_PAIRS = dict(zip(")]}", "([{", strict=True))
_WRAPPED = compile_late(
    r"(?:(?:np|numpy|jnp|torch|tf|sp|sympy)\.)?(?P<word>array|asarray|matrix|Matrix|tensor|Tensor|constant)\s?\(\s{0,20}(?=[\[(])"
)
_OPTION = compile_late(r"\s*[a-z_]{1,20}\s?=[^=\[({,]{1,60}")
_BAR = compile_late(r"(?<=[0-9.])\s{1,20}\|\s{1,20}(?=[-+−.0-9])")
AS_A_LIST = tell("write the entries in brackets, with commas between them: [1, 2] or [[1, 2], [3, 4]]")
NESTED = tell("write every matrix in brackets, and all of them in one more: [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]")
_SIZED = compile_late(r"\\(?:left|[bB]igg?l?)(?![a-z])\s{0,9}")
_SIZED_END = compile_late(r"\\(?:right|[bB]igg?r?)\s{0,9}\Z")
_SPACE = compile_late(r"\s|\\[,;:! ]|\\(?:q?quad|(?:thin|med|thick)space)(?![a-z])|&")
_DECIMAL_COMMA = compile_late(r"[0-9],[0-9]")


def read_entries(text: str, vocabulary: Vocabulary) -> Rows:
    """The rows of a vector or a matrix, entry by entry; an entry that cannot be read has its reason in its place.

    ``[1, 2]`` is one row, ``1; 2`` and one entry a line are one column; a trailing ᵀ swaps rows and columns.

    Raises `AnswerError` where the text as a whole cannot be taken apart.
    """
    if len(text) > MAX_LENGTH:
        raise AnswerError(
            tell("an answer of {count:,} characters is over the limit of {limit:,}", count=len(text), limit=MAX_LENGTH),
            hint=tell("write the entries only")
        )
    start, end = trim_answer(text)
    if start == end:
        raise AnswerError(tell("an empty answer"), hint=tell("write the entries, such as [1, 2] or [[1, 2], [3, 4]]"))
    flip = _TRANSPOSED.search(text, start, end)
    start, end = _unwrap_call(text, start, end, vocabulary)
    if flip and end == flip.end() and (inner := _unwrap_call(text, start, flip.start(), vocabulary)) != (start, flip.start()):
        start, end = inner
    elif flip and _is_taken_apart(text, start, flip.start()):
        end = flip.start()
    else:
        flip = None
    rows = _rows(text, start, end)
    if not text.startswith("\\", _trim(text, start, end)[0]):
        _check_brackets(text, start, end)
    if sum(map(len, rows)) > MAX_CELLS:
        raise AnswerError(tell("more than {limit:,} entries", limit=MAX_CELLS), hint=tell("write only the entries that are asked for"))
    cells = []
    failures = 0
    for row in rows:
        cells.append(tuple(_entry(text, cell, vocabulary) for cell in row))
        failures += sum(isinstance(entry, AnswerError) for entry in cells[-1])
        if failures > MAX_FAILURES:
            first = next(entry for read_row in cells for entry in read_row if isinstance(entry, AnswerError))
            raise AnswerError(
                tell("more than {limit} entries cannot be read; the first: {what}", limit=MAX_FAILURES, what=first.what),
                spot=first.spot,
                hint=first.hint,
            )
    flat = [entry for read_row in cells for entry in read_row]
    if not flat:
        raise AnswerError(tell("there are no entries"), hint=AS_A_LIST)
    if isinstance(flat[0], AnswerError) and all(isinstance(entry, AnswerError) for entry in flat):
        raise AnswerError(flat[0].what, spot=flat[0].spot, hint=flat[0].hint if text[start] in "([{\\" else AS_A_LIST)
    if flip:
        if len({len(row) for row in cells}) > 1:
            raise refusal(
                text, tell("rows of different lengths cannot be transposed"), flip.start(), tell("give every row as many entries")
            )
        cells = list(zip(*cells, strict=True))
    return tuple(cells)


def read_array(text: str, vocabulary: Vocabulary, axes: int) -> tuple[tuple[int, ...], tuple[Rows, ...]]:
    """The matrices of an array, and how many there are along each axis in front; a vector or a matrix is one, with no axis in front.

    An array of three axes or more that is one list of all its entries, without inner brackets, is read as such a single one.

    Raises `AnswerError` as `read_entries` does, and where the parts of an axis have different lengths.
    """
    if axes < 3 or len(text) > MAX_LENGTH:
        return (), (read_entries(text, vocabulary),)
    spans = [_unwrap_call(text, *trim_answer(text), vocabulary)]
    front: list[int] = []
    for axis in range(axes - 2):
        parts = [_arrays_in(text, *span, outermost=axis == 0) for span in spans]
        if not all(parts):
            return (), (read_entries(text, vocabulary),)
        if any(len(part) != len(parts[0]) for part in parts):
            place = next(i for i, part in enumerate(parts) if len(part) != len(parts[0]))
            raise refusal(text, tell("this part has another length than the one before it"), spans[place][0], NESTED)
        front.append(len(parts[0]))
        spans = [span for part in parts for span in part]
        if len(spans) > MAX_CELLS:
            raise AnswerError(tell("more than {limit:,} entries", limit=MAX_CELLS), hint=tell("write only the entries that are asked for"))
    _check_brackets(text, *trim_answer(text))
    matrices = tuple(read_entries(text[start:end], vocabulary) for start, end in spans)
    if sum(len(row) for rows in matrices for row in rows) > MAX_CELLS:
        raise AnswerError(tell("more than {limit:,} entries", limit=MAX_CELLS), hint=tell("write only the entries that are asked for"))
    return tuple(front), matrices


def _arrays_in(text: str, start: int, end: int, *, outermost: bool) -> list[Span]:
    """The parts of an array that are arrays themselves; none where one of them is a single entry."""
    start, end = _strip_spaces(text, start, end)
    inner = _find_inside(text, start, end)
    if inner is None and not outermost:
        return []
    for marks in (",", ";\n"):
        parts = [_strip_spaces(text, *part) for part in _split(text, *(inner or (start, end)), marks)]
        parts = [part for part in parts if part[0] < part[1]]
        nested = [_find_inside(text, *part) is not None or text.startswith("\\begin", part[0]) for part in parts]
        if parts and all(nested) and (inner is not None or len(parts) > 1):
            return parts
    return []


def _strip_spaces(text: str, start: int, end: int) -> Span:
    """A part without the spaces of LaTeX around it, the ``\\left`` before it, and the ``\\right`` of what it stands in."""
    while (space := _SPACE.match(text, start, end)) and space.end() > start:
        start = space.end()
    start, end = _trim(text, start, end)
    opened = _SIZED.match(text, start, end)
    behind = _SIZED_END.search(text, start, end)
    return _trim(text, opened.end() if opened else start, behind.start() if behind else end)


def _entry(text: str, cell: Span, vocabulary: Vocabulary) -> Expr | AnswerError:
    piece = text[cell[0] : cell[1]].strip()
    if len(piece) > 2 and piece[0] == piece[-1] == '"':  # as in JSON
        piece = piece[1:-1]
    try:
        if not piece:
            return refusal(text, tell("an empty entry"), min(cell[0], len(text)), tell("write every entry, also a 0"))
        return read(piece, vocabulary)
    except AnswerError as error:
        return error


def _unwrap_call(text: str, start: int, end: int, vocabulary: Vocabulary) -> Span:
    """What stands in ``np.array(…)``, ``tensor(…, dtype=…)``, ``Matrix(…)``; any other text as it is."""
    start, end = _trim(text, start, end)
    match = _WRAPPED.match(text, start, end)
    inner = _find_inside(text, text.index("(", start), end) if match and match["word"] not in vocabulary.declared else None
    if match is None or inner is None:
        return start, end
    array, *options = [part for part in _split(text, *inner, ",") if text[part[0] : part[1]].strip()]
    if _find_inside(text, *_trim(text, *array)) is None or not all(_OPTION.fullmatch(text, *option) for option in options):
        return start, end
    return _trim(text, *array)


def _check_brackets(text: str, start: int, end: int) -> None:
    """Raises `AnswerError` where a bracket has no partner: the entries could only be guessed."""
    opened: list[int] = []
    for at in range(start, end):
        if text[at] in "([{":
            opened.append(at)
        elif text[at] in ")]}":
            if not opened:
                raise refusal(text, tell("a bracket is closed that was never opened"), at, AS_A_LIST)
            if text[opened[-1]] != _PAIRS[text[at]]:
                raise refusal(text, tell("{first} is closed by {second}", first=text[opened[-1]], second=text[at]), at, AS_A_LIST)
            opened.pop()
    if opened:
        raise refusal(text, tell("this bracket is never closed"), opened[0], AS_A_LIST)


def _is_taken_apart(text: str, start: int, end: int) -> bool:
    """Whether a text is an array in brackets or a matrix of LaTeX, so that a T behind it transposes it."""
    inner = _trim(text, start, end)
    return _find_inside(text, *inner) is not None or text.startswith(("\\begin", "\\left"), inner[0])


def _rows(text: str, start: int, end: int) -> list[list[Span]]:
    start, end = _trim(text, start, end)
    if text.startswith("\\left", start):  # the \right that belongs to it is left out when its entry is read
        start, end = _trim(text, start + len("\\left"), end)
    matrix = _MATRIX.search(text, start, end)
    if matrix:
        return _latex_rows(text, matrix, start, end)
    lines = [span for span in _split(text, start, end, "\n") if text[span[0] : span[1]].strip()]
    table = [span for span in lines if not _RULE.fullmatch(text[span[0] : span[1]].strip())]
    if _is_table([text[a:b].strip() for a, b in table], ruled=len(table) < len(lines)):
        return [_table_row(text, *span) for span in table]
    barred = [_split(text, *span, "|") for span in table]
    if all(len(row) > 1 and all(_PLAIN.fullmatch(text, *_trim(text, *cell)) for cell in row)
           and len(_BAR.findall(text, row[0][0], row[-1][1])) == len(row) - 1 for row in barred):  # fmt: skip
        return barred
    inner = _find_inside(text, start, end)
    if inner is not None and _is_list(text, *inner):
        rows = [part for part in _split(text, *inner, ",") if text[part[0] : part[1]].strip()]
        nested = [_find_inside(text, *_trim(text, *row)) for row in rows]
        if nested and all(nested) and len(_split(text, *inner, ";")) == 1:
            return [_cells(text, *row) for row in nested if row is not None]
        return _split_rows(text, *inner, bracketed=True)
    return _split_rows(text, start, end, bracketed=False)


def _is_table(lines: list[str], *, ruled: bool) -> bool:
    """Whether all lines are rows of a table with bars around them; ``|x|`` alone is an absolute value."""
    if not all(len(line) > 2 and line[0] == line[-1] == "|" for line in lines):
        return False
    if all(line.count("|") > 2 for line in lines):
        return True
    single = all(line.count("|") == 2 for line in lines)
    return single and (ruled or (len(lines) > 1 and all(_PLAIN.fullmatch(line[1:-1].strip()) for line in lines)))


def _is_list(text: str, start: int, end: int) -> bool:
    """Whether what stands in a bracket is a list, and not a formula in brackets."""
    if len(_split(text, start, end, ",;\n")) > 1 or text[start - 1] == "[":
        return True
    return len(_split_at_blanks(text, start, end)) > 1


def _split_rows(text: str, start: int, end: int, *, bracketed: bool) -> list[list[Span]]:
    """Rows by ``;`` or line ends, cells by ``,`` or blanks between plain numbers."""
    rows = [row for row in _split(text, start, end, ";\n") if text[row[0] : row[1]].strip()] or [(start, end)]
    if not bracketed and len(rows) > 1:
        comma = next((m for row in rows if (m := _DECIMAL_COMMA.search(text, *row))), None)
        if comma and not all(_find_inside(text, *_trim(text, *row)) for row in rows):
            raise refusal(text, tell("a comma inside a list that semicolons or lines separate"), comma.start() + 1,
                          tell("a decimal is written with a point: 0.5; rows of a matrix go in brackets: [[1, 2], [3, 4]]"))  # fmt: skip
    found = []
    for row in rows:
        inner = _find_inside(text, *_trim(text, *row))
        found.append(_cells(text, *(inner if inner is not None and _is_list(text, *inner) else row)))
    return found


def _cells(text: str, start: int, end: int) -> list[Span]:
    cells = _split(text, start, end, ",")
    if len(cells) == 1:
        cells = _split(text, start, end, ";")  # [[0,5; 1]; [2; 3]], where commas are those of decimals
    if len(cells) > 1 and not text[cells[-1][0] : cells[-1][1]].strip():
        cells.pop()  # a comma at the end of a line
    return cells if len(cells) > 1 else _split_at_blanks(text, *cells[0])


def _split_at_blanks(text: str, start: int, end: int) -> list[Span]:
    """Entries with only blanks between them, where all are plain numbers; else the whole as one entry."""
    spans = [match.span() for match in re.compile(r"[^\s]+").finditer(text, start, end)]
    if len(spans) > 1 and all(_PLAIN.fullmatch(text, *span) for span in spans):
        return spans
    return [(start, end)]


def _table_row(text: str, start: int, end: int) -> list[Span]:
    start, end = _trim(text, start, end)
    return _split(text, start + 1, end - 1, "|")


def _latex_rows(text: str, matrix: re.Match[str], start: int, end: int) -> list[list[Span]]:
    close = text.find(f"\\end{{{matrix['kind']}}}", matrix.end(), end)
    if close < 0 or text[start : matrix.start()].strip(" (["):
        raise refusal(
            text,
            tell("this matrix cannot be read"),
            matrix.start(),
            tell("write \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}, or [[1, 2], [3, 4]]"),
        )
    after = text[close + len(matrix["kind"]) + 6 : end]
    if after.replace("\\right", "").strip(" )]"):
        raise refusal(
            text, tell("something stands behind the matrix"), close + len(matrix["kind"]) + 6, tell("write the matrix only")
        )
    rows: list[Span] = []
    begin = matrix.end()
    for row_end in _ROW_END.finditer(text, begin, close):
        rows.append((begin, row_end.start()))
        begin = row_end.end()
    rows.append((begin, close))
    return [_split(text, *row, "&") for row in rows if text[row[0] : row[1]].strip()]


def _find_inside(text: str, start: int, end: int) -> Span | None:
    """What stands between a bracket that opens the text and the one that closes it, where they belong together."""
    if end - start < 2 or text[start] not in "([{" or text[end - 1] != _CLOSES[text[start]]:
        return None
    level = 0
    for at in range(start, end):
        level += (text[at] in "([{") - (text[at] in ")]}")
        if level == 0:
            return (start + 1, end - 1) if at == end - 1 else None
    return None


def _split(text: str, start: int, end: int, marks: str) -> list[Span]:
    """The parts between the marks that stand outside of all brackets."""
    parts, level, begin = [], 0, start
    for at in range(start, end):
        character = text[at]
        if character in "([{":
            level += 1
        elif character in ")]}":
            level -= 1
        elif character in marks and level <= 0:
            parts.append((begin, at))
            begin = at + 1
    parts.append((begin, end))
    return parts


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end
