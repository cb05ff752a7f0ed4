"""What ``tutor.check_code`` and ``tutor code`` give: hand-written backward passes judged, as a page in every format."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tutor.code.code_verdicts import CodeVerdict, disclose_code
from tutor.code.judge_code import judge_code
from tutor.errors import OutputError
from tutor.explain.code_page import document as write_page
from tutor.explain.document import Document
from tutor.explain.words.languages import require_wording
from tutor.explain.words.wording import ENGLISH, Wording
from tutor.notation.profile import Notation
from tutor.program.source import read_source
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

    def to_json(self) -> str:
        """The contract of ``code``."""
        from tutor.contracts.code_json import code_json
        from tutor.contracts.schema import dump_json

        return dump_json(code_json(self.file, self.verdicts), ascii_only=True)


def check_code(
    text: str, file: str = "program.py", backward: str = "", forward: str = "", forward_text: str = "",
    others: Sequence[tuple[str, str]] = (), reveal: Literal["none", "hint", "solution"] = "solution",
    words: Wording | str | None = None,
) -> CodeCheck:  # fmt: skip
    r"""Judge the hand-written backward passes of a program's text; nothing of it runs.

    ``backward`` and ``forward`` are names of functions where the file does not tell, ``forward_text`` is a second file with the
    forward pass; ``others`` are
    names and texts of the files that it imports from.
    ``reveal`` is how much is shown: ``none`` only which gradients are wrong, ``hint`` also the lines, ``solution`` everything.

    Raises a `tutor.errors.TutorError` for what is no Python, and for a file without a backward pass.

    >>> text = "def f_forward(x, w):\n    return w * x, (x, w)\n"
    >>> text += "def f_backward(dout, cache):\n    x, w = cache\n    return dout * w, dout * w\n"
    >>> check_code(text).verdicts[0].roots[0].after
    ('    return dout * w, dout * x',)
    """
    source = read_source(text, file)
    other = read_source(forward_text, "forward.py") if forward_text else None
    beside = [read_source(part, name) for name, part in others]
    found = judge_code(source, backward, other, forward, beside)
    shown = tuple(disclose_code(verdict, reveal) for verdict in found)
    return CodeCheck(file, shown, require_wording(words) if words is None or isinstance(words, str) else words)


def check_backward(
    backward: Callable[..., Any] | str, forward: Callable[..., Any] | str, words: Wording | str | None = None
) -> CodeCheck:
    """Judge a backward function against its forward function, both as functions or as their text: read by their source, never called.

    Raises `OutputError` for a function whose source is not there, and a `TutorError` for a text that is no Python.

    >>> check_backward("def f_backward(g, x): return 2 * g", "def f_forward(x): return x ** 2, x").ok
    False
    """
    texts = [textwrap.dedent(_read_text(part)) for part in (forward, backward)]
    trees = [read_source(text, name).tree for text, name in zip(texts, ("forward", "backward"), strict=True)]
    names = [next((node.name for node in tree.body if isinstance(node, ast.FunctionDef)), "") for tree in trees]
    if not all(names):
        raise OutputError("a forward and a backward function are needed", hint="give functions, or the text of their definitions")
    return check_code("\n".join(texts), "notebook", names[1], names[0], words=words)


def _read_text(part: Callable[..., Any] | str) -> str:
    if isinstance(part, str):
        return part
    try:
        return inspect.getsource(part)
    except (OSError, TypeError):
        raise OutputError(
            "the source of this function is not there", hint="define it in a cell or a file, or give its text"
        ) from None
