"""What ``tutor.check_code`` and ``tutor code`` give: hand-written backward passes judged, as a page in every format."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tutor.code.code_verdicts import CodeVerdict, UnreadStatement, disclose_code
from tutor.code.given_values import list_names
from tutor.code.judge_code import judge_code
from tutor.errors import OutputError, TutorError, tell
from tutor.exercise.over_layers import read_shapes
from tutor.explain.code_page import document as write_page
from tutor.explain.document import Document
from tutor.explain.words.languages import require_wording
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.graph.shapes import Shape
from tutor.notation.profile import Notation
from tutor.numbers.arrays import Floats
from tutor.program.source import Source, read_source
from tutor.results.comparison import Numbers, read_given_numbers
from tutor.results.function_sources import read_function
from tutor.results.page import Page
from tutor.text import make_visible


@dataclass(frozen=True, slots=True)
class CodeCheck(Page):
    """The verdicts on the backward passes of one file."""

    file: str
    verdicts: tuple[CodeVerdict, ...]
    words: Wording = ENGLISH
    notation: Notation = field(default_factory=Notation)
    preamble: str = ""

    @property
    def name(self) -> str:
        """What its file is called where nobody says."""
        return self.file.rpartition("/")[2].rpartition(".")[0] or "code"

    @property
    def ok(self) -> bool:
        """Whether every backward pass is right."""
        return bool(self.verdicts) and all(verdict.verdict == "right" for verdict in self.verdicts)

    def document(self) -> Document:
        """The page as a document."""
        return write_page(self.file, self.verdicts, self.words)

    def _repr_html_(self) -> str:
        """What a notebook shows: the page without its own style, under the notebook's titles."""
        from tutor.render.html_page import write_html_body

        return write_html_body(self.document(), self.notation, 2)

    def to_json(self) -> str:
        """The contract of ``code``."""
        from tutor.contracts.code_json import code_json
        from tutor.contracts.schema import dump_json

        return dump_json(code_json(self.file, self.verdicts), ascii_only=True)


def check_code(
    text: str, file: str = "program.py", backward: str = "", forward: str = "", forward_text: str = "",
    others: Sequence[tuple[str, str | TutorError]] = (), reveal: Literal["none", "hint", "solution"] = "solution",
    words: Wording | str | None = None, given: Numbers | None = None, shapes: Mapping[str, Shape] | None = None,
) -> CodeCheck:  # fmt: skip
    r"""Judge the hand-written backward passes of a program's text; nothing of it runs.

    ``backward`` and ``forward`` are names of functions where the file does not tell, ``forward_text`` is a second file with the
    forward pass; ``others`` are
    names and texts of the files that it imports from, or why one was not read: it is left alone, and its import told as a line that
    is not read.  ``given`` are values for what the program is given, as `tutor.compare` takes them:
    it is worked through at these sizes and numbers; ``shapes`` are only shapes, in whole numbers or letters: ``{"b": ("H", 1)}``.
    ``reveal`` is how much is shown: ``none`` only which gradients are wrong, ``hint`` also the lines, ``solution`` everything.

    Raises a `tutor.errors.TutorError` for what is no Python, and for a file without a backward pass.

    >>> text = "def f_forward(x, w):\n    return w * x, (x, w)\n"
    >>> text += "def f_backward(dout, cache):\n    x, w = cache\n    return dout * w, dout * w\n"
    >>> check_code(text).verdicts[0].roots[0].after
    ('    return dout * w, dout * x',)
    """
    source = read_source(text, file)
    other = read_source(forward_text, "forward.py") if forward_text else None
    beside, alone = list[Source](), list[UnreadStatement]()
    for beside_name, part in others:
        try:
            if isinstance(part, TutorError):
                raise part
            beside.append(read_source(part, beside_name))
        except TutorError as error:  # of a file that may not be needed
            alone += list_imports(source, beside_name, error)
    values = _read_given(given, [source] if other is None else [source, other])
    found = judge_code(source, backward, other, forward, beside, values, _read_said(shapes))
    found = tuple(replace(verdict, unread=(*alone, *verdict.unread)) for verdict in found)
    shown = tuple(disclose_code(verdict, reveal) for verdict in found)
    return CodeCheck(file, shown, require_wording(words) if words is None or isinstance(words, str) else words)


def check_backward(
    backward: Callable[..., Any] | str, forward: Callable[..., Any] | str, words: Wording | str | None = None,
    reveal: Literal["none", "hint", "solution"] = "solution", given: Numbers | None = None,
    shapes: Mapping[str, Shape] | None = None,
) -> CodeCheck:  # fmt: skip
    """Judge a backward function against its forward function, both as functions or as their text: read by their source, never called.

    Lines are those of the file, or of the cell, that the backward function stands in; functions that the two call are read along.
    ``given`` and ``shapes`` are as in `check_code`: ``shapes={"h0": ("H", 1)}``, ``given={"x": x, "w": w}``.

    Raises `OutputError` for a function whose source is not there, and a `TutorError` for a text that is no Python.

    >>> check_backward("def f_backward(g, x): return 2 * g", "def f_forward(x): return x ** 2, x").ok
    False
    >>> found = check_backward("def f_backward(g, x): return 2 * g * x", "def f_forward(x): return x ** 2, x", shapes={"x": 3})
    >>> found.verdicts[0].outputs[0].shape
    (3,)
    """
    own, other = read_function(backward), read_function(forward)
    source, other_source = (read_source(one.text, one.file or "notebook") for one in (own, other))
    names = [one.name or _find_first(part) for one, part in ((own, source), (other, other_source))]
    if not all(names):
        raise OutputError("a forward and a backward function are needed", hint="give functions, or the text of their definitions")
    needed = [(one.file or "notebook", one.needed) for one in (other, own) if one.needed.lines]
    beside = [read_source("\n".join(texts.lines), file, tuple(texts.places)) for file, texts in needed]
    wanted = require_wording(words) if words is None or isinstance(words, str) else words
    apart = None if own.text == other.text else other_source  # two methods of one class
    values = _read_given(given, [source, other_source])
    found = judge_code(source, names[0], apart, names[1], beside, values, _read_said(shapes))
    return CodeCheck(source.file, tuple(disclose_code(verdict, reveal) for verdict in found), wanted)


def list_imports(source: Source, file: str, why: TutorError) -> list[UnreadStatement]:
    r"""The lines of a program that import from a file that is not read, too large or no Python, with the reason.

    >>> source = read_source("import numpy as np\nfrom layers import *", "net.py")
    >>> print(list_imports(source, "layers.py", TutorError("too large"))[0].why)
    layers.py is left alone, and the rest judged without it: too large
    """
    word = file.replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    said = tell(
        "{file} is left alone, and the rest judged without it: {why}", file=make_visible(file, 60), why=why.what
    )
    imports = [node for node in source.parts if isinstance(node, ast.Import | ast.ImportFrom)]
    named = [node for node in imports if word in _split_words(node)]
    lines = named or imports[-1:] or source.tree.body[:1]  # of one that a file beside imports the last one
    return [UnreadStatement(node.lineno, ast.unparse(node)[:200], said, fails=False) for node in lines]


def _split_words(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = [getattr(node, "module", "") or "", *(alias.name for alias in node.names)]
    return {part for name in names for part in name.split(".")}


def _read_given(given: Numbers | None, sources: Sequence[Source]) -> dict[str, Floats | str]:
    """The values of a file by their names; of what could not be read, and is a name of the program, the reason."""
    if given is None:
        return {}
    file = read_given_numbers(given)
    known = {name for source in sources for name in list_names(source.tree)} if file.unused else set()
    unread = {one.place: str(one.reason) for one in file.unused if one.place.rpartition(".")[2] in known}
    return {**{array.name: array.values for array in file.arrays}, **unread}


def _read_said(shapes: Mapping[str, Shape] | None) -> dict[str, Shape]:
    """Shapes that somebody says, as the command line takes them: sizes or letters, one or several.  Raises `OutputError`."""
    faults: list[OutputError] = []

    def note(what: str, where: str, hint: str) -> None:
        faults.append(OutputError(what, where=where, hint='such as shapes={"W": (2, 3), "b": ("H", 1)}' if "[" in hint else hint))

    if shapes is not None and not isinstance(shapes, Mapping):
        note("shapes are a mapping from names to sizes", "shapes", "[")
    table = {str(name): [*said] if isinstance(said, tuple | list) else said for name, said in (shapes or {}).items()} if not faults else {}
    found = read_shapes(table, note)
    if faults:
        raise faults[0]
    return found


def _find_first(source: Source) -> str:
    return next((node.name for node in source.tree.body if isinstance(node, ast.FunctionDef)), "")
