"""The source of a program, bounded and taken apart by Python's own parser: nothing of it is imported, and nothing runs."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, replace
from typing import TypeAlias
from unicodedata import normalize

from tutor.errors import ProgramError, TutorError, tell
from tutor.expression.caret import looks_like, refusal, refuse_unknown
from tutor.expression.letters import GREEK
from tutor.late_patterns import compile_late
from tutor.program.notebooks import read_notebook
from tutor.program.program_words import MAX_WORDS, has_more_words
from tutor.program.python_two import leave_out_old, names_old
from tutor.program.unread_kinds import find_hint
from tutor.text import make_visible

MAX_BYTES = 200_000
"""A program that is explained line by line is short; a transformer block has some 15,000."""
MAX_NODES = 20_000
SIGNS = (ast.expr_context, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
"""Parts that say how others are meant, and have nothing in them."""
MOST_BITS = 14_280
"""A whole number in other digits than decimal ones may be too long to be written: Python refuses to write more than 4,300 digits."""
MAX_NESTED = 60
"""So deep may the parts of a statement stand in one another."""


class OwnLine(str):
    """A line that somebody wrote, by its file or its function and its number there: ``cut`` columns before it were taken away.

    >>> OwnLine("net.py:3", 4).cut
    4
    """

    cut: int

    def __new__(cls, place: str, cut: int) -> OwnLine:
        """A line by its place."""
        made = super().__new__(cls, place)
        made.cut = cut
        return made

    def __reduce__(self) -> tuple[type[OwnLine], tuple[str, int]]:
        return OwnLine, (str(self), self.cut)


Place: TypeAlias = "tuple[int, int] | str"
"""Where a line of a program stands: the cell of a notebook and the line there, or the name of a node of a model."""


@dataclass(frozen=True, slots=True)
class Source:
    """A program as it was read: its name for messages, its lines, its tree with all parts, and what of a notebook was left out.

    ``old`` is one of Python 2, where a whole number divided by a whole number is one.

    >>> source = read_source("z = x*w", "model.py")
    >>> print(source.refuse(source.tree.body[0].value, "why not").where)
    model.py:1:5
    """

    file: str
    lines: tuple[str, ...]
    tree: ast.Module
    places: tuple[Place, ...] = ()
    skipped: tuple[str, ...] = ()
    parts: tuple[ast.AST, ...] = ()
    old: bool = False

    def refuse(self, node: ast.AST, what: str, hint: str = "") -> ProgramError:
        """The refusal of a part of the program, with its line and a caret under the place."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        at = len(text.encode()[:column].decode(errors="ignore"))
        place = self.places[line - 1] if 0 < line <= len(self.places) else None
        column = at + 1 + (place.cut if isinstance(place, OwnLine) else 0)
        written = isinstance(place, str) and not isinstance(place, OwnLine)  # by us: the column is nobody's
        where = self.name_line(line) if written else f"{self.name_line(line)}:{column}"
        return ProgramError(what, where=where, hint=hint or find_hint(what), spot=refusal(text, "", at).spot)

    def name_line(self, line: int) -> str:
        """The file and the line; of a notebook its cell and the line in that, of a model its node."""
        if 0 < line <= len(self.places):
            place = self.places[line - 1]
            if isinstance(place, OwnLine) and ".py:" in place:
                return str(place)
            return f"{self.file} {place}".rstrip() if isinstance(place, str) else f"{self.file} cell {place[0]}:{place[1]}"
        return f"{self.file}:{line}"

    def refuse_for(self, node: ast.AST, error: TutorError) -> ProgramError:
        """The refusal of a part for what a formula made of it would be."""
        return self.refuse(node, error.what, error.hint)


def read_source(text: str, file: str, places: tuple[Place, ...] = ()) -> Source:
    """The tree of a program's text; ``places`` say where each line stands, in a notebook or in a model.

    Raises `ProgramError` for what is no Python, for one that is too long or too deep, and for names in letters that look like others.
    """
    where = make_visible(file, 120)
    if file.endswith(".ipynb") and not places:
        notebook = read_notebook(text, file)
        return replace(read_source(notebook.text, file, notebook.places), skipped=notebook.skipped)
    if len(text) > MAX_BYTES:
        raise ProgramError(tell("the program has {count:,} characters, over the limit of {limit:,}", count=len(text), limit=MAX_BYTES),
                           where=where, hint=_SMALLER)  # fmt: skip
    if has_more_words(text, MAX_WORDS):
        raise ProgramError(tell("the program has more than {limit:,} names and signs", limit=MAX_WORDS), where=where, hint=_SMALLER)
    lines = tuple(text.split("\n"))
    old = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                tree = ast.parse(text)
                old = names_old(tree) and not _FUTURE.search(text)
            except SyntaxError:
                newer = leave_out_old(text)
                if newer == text:
                    raise
                tree, old = ast.parse(newer), not _FUTURE.search(text)
    except SyntaxError as error:
        line, at = error.lineno or 1, max(0, (error.offset or 1) - 1)
        shown = lines[line - 1] if line <= len(lines) else ""
        raise ProgramError(
            tell("this is no Python: {why}", why=make_visible(error.msg, 120)), where=f"{where}:{line}:{at + 1}",
            spot=refusal(shown, "", min(at, len(shown))).spot, hint=_OLD if "Missing parentheses" in error.msg else
            tell("the file is read by Python's own parser, and never run"),
        ) from None  # fmt: skip
    except ValueError as error:
        raise ProgramError(tell("this is no Python: {why}", why=make_visible(str(error), 120)), where=where) from None
    except (RecursionError, MemoryError):
        raise ProgramError(tell("its brackets or signs are nested too deep to be read"), where=where, hint=_APART) from None
    source = Source(where, lines, tree, places, old=old)
    source = replace(source, parts=tuple(_check_tree(source)))
    for node in source.parts:
        if type(node) is ast.Constant and type(node.value) is int and node.value.bit_length() > MOST_BITS:
            raise source.refuse(node, tell("a whole number that is too large"), tell("write it as a power of 10"))
    return source


_OLD = tell("that is Python 2; Python 3 writes it with brackets: print(x)")
_FUTURE = compile_late(r"(?m)^from __future__ import .*\bdivision\b")
_APART = tell("write it in several statements")
_SMALLER = tell("give a file with the function that is meant and what it calls")


def _check_tree(source: Source) -> list[ast.AST]:
    """All parts of a program, level by level; refused are too many, too deep ones, and names that are not what they look like."""
    level: list[ast.AST] = [source.tree]
    parts, plain = list[ast.AST](), all(line.isascii() for line in source.lines)
    encoded: dict[int, bytes] = {}
    for _ in range(MAX_NESTED + 1):
        parts += level
        if len(parts) > MAX_NODES:
            raise source.refuse(level[-1], tell("the program has more than {limit:,} parts", limit=MAX_NODES), _SMALLER)
        if not plain:
            for node in level:
                name = node.id if isinstance(node, ast.Name) else node.arg if isinstance(node, ast.arg) else ""
                if name:
                    _check_letters(source, node, name, encoded)
                elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Attribute | ast.keyword):
                    _refuse_alike(source, node)
        level = [part for node in level for part in _list_below(node)]
        if not level:
            return parts
    raise source.refuse(level[0], tell("nested deeper than {limit}", limit=MAX_NESTED), _APART)


def list_nodes(node: ast.AST) -> list[ast.AST]:
    """A part of a program with all that stands in it but signs, level by level as `ast.walk` has them, in a third of the time.

    >>> [type(part).__name__ for part in list_nodes(ast.parse("x = a + 1").body[0])]
    ['Assign', 'Name', 'BinOp', 'Name', 'Constant']
    """
    found = [node]
    for one in found:
        found += _list_below(one)
    return found


def _list_below(node: ast.AST) -> list[ast.AST]:
    """What stands right below a part, but signs."""
    found: list[ast.AST] = []
    for part in node.__dict__.values():
        if type(part) is list:
            found += [one for one in part if isinstance(one, ast.AST) and not isinstance(one, SIGNS)]
        elif isinstance(part, ast.AST) and not isinstance(part, SIGNS):
            found.append(part)
    return found


def _refuse_alike(source: Source, node: ast.FunctionDef | ast.ClassDef | ast.Attribute | ast.keyword) -> None:
    """A function, an attribute or an argument whose letters look like Latin ones and are others is another one; é is no such letter."""
    name = node.attr if isinstance(node, ast.Attribute) else node.arg if isinstance(node, ast.keyword) else node.name
    place = next((place for place, letter in enumerate(name or "") if not letter.isascii() and looks_like(letter)), -1)
    if name and place >= 0:
        raise source.refuse_for(node, refuse_unknown(name, place))


def _check_letters(source: Source, node: ast.AST, name: str, encoded: dict[int, bytes]) -> None:
    """Python takes 𝑥 for x, and Cyrillic х for another name: both are refused by their names, Greek letters are read."""
    number = node.lineno - 1  # type: ignore[attr-defined]
    line = source.lines[number]
    if line.isascii():
        return
    at = node.col_offset  # type: ignore[attr-defined]
    if number not in encoded:
        encoded[number] = line.encode()
    written = encoded[number][at : at + 4 * len(name)].decode(errors="replace")[: len(name)]
    for place, letter in enumerate(written):
        if letter.isascii() or (letter in GREEK and normalize("NFKC", letter) == letter):
            continue
        error = refuse_unknown(written, place)
        raise source.refuse_for(node, error)
