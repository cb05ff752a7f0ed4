"""What ``tutor.check_code`` and ``tutor code`` give: hand-written backward passes judged, as a page in every format."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tutor.code.code_verdicts import CodeVerdict, disclose_code
from tutor.code.judge_code import judge_code
from tutor.errors import OutputError, TutorError
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
    others: Sequence[tuple[str, str]] = (), reveal: Literal["none", "hint", "solution"] = "solution",
    words: Wording | str | None = None, given: Numbers | None = None, shapes: Mapping[str, Shape] | None = None,
) -> CodeCheck:  # fmt: skip
    r"""Judge the hand-written backward passes of a program's text; nothing of it runs.

    ``backward`` and ``forward`` are names of functions where the file does not tell, ``forward_text`` is a second file with the
    forward pass; ``others`` are
    names and texts of the files that it imports from.  ``given`` are values for what the program is given, as `tutor.compare` takes them:
    it is worked through at these sizes and numbers; ``shapes`` are only shapes, in whole numbers or letters: ``{"b": ("H", 1)}``.
    ``reveal`` is how much is shown: ``none`` only which gradients are wrong, ``hint`` also the lines, ``solution`` everything.

    Raises a `tutor.errors.TutorError` for what is no Python, and for a file without a backward pass; for one of the ``others`` that is
    no Python where something is not judged, which may be its fault.

    >>> text = "def f_forward(x, w):\n    return w * x, (x, w)\n"
    >>> text += "def f_backward(dout, cache):\n    x, w = cache\n    return dout * w, dout * w\n"
    >>> check_code(text).verdicts[0].roots[0].after
    ('    return dout * w, dout * x',)
    """
    source = read_source(text, file)
    other = read_source(forward_text, "forward.py") if forward_text else None
    beside, broken = [], None
    for beside_name, part in others:
        try:
            beside.append(read_source(part, beside_name))
        except TutorError as error:  # of a file that may not be needed
            broken = broken or error
    found = judge_code(source, backward, other, forward, beside, _read_given(given), _read_said(shapes))
    if broken is not None and any(verdict.verdict == "undecided" for verdict in found):
        raise broken
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
    found = judge_code(source, names[0], apart, names[1], beside, _read_given(given), _read_said(shapes))
    return CodeCheck(source.file, tuple(disclose_code(verdict, reveal) for verdict in found), wanted)


def _read_given(given: Numbers | None) -> dict[str, Floats]:
    return {} if given is None else {array.name: array.values for array in read_given_numbers(given).arrays}


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
