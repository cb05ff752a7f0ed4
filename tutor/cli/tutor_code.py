"""``tutor code``: which line of a hand-written backward pass is wrong, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from tutor.cli.shell import AsJson, Lang, Output, Shapes, To, choose_format, deliver, read_shape_texts, write
from tutor.errors import OutputError, TutorError, hint_near
from tutor.text import make_visible

_IMPORTED = re.compile(
    r"(?m)^[ \t]*(?:from[ \t]+(?P<module>[\w.]+)[ \t]+import\b[ \t]*(?P<names>\([^()]{0,2000}\)|[^\n#]{0,1000})"
    r"|import[ \t]+(?P<plain>[\w.]+))"
)
_ADDED = re.compile(r"sys\.path\.(?:append|insert)\((?:\d+,[ \t]*)?[\"']([\w./-]{1,80})[\"']\)")
MOST_FILES = 12
MOST_BYTES = 1_000_000
MOST_NOTEBOOK = 20_000_000
"""A notebook has its pictures in it."""


Program = Annotated[
    str,
    typer.Argument(
        metavar="FILE[:BACKWARD]",
        help="A program with a backward pass: layers.py, layers.py:affine_backward, net.py:Net.loss.",
        show_default=False,
    ),
]
ForwardPass = Annotated[
    str | None,
    typer.Option(
        "--forward", metavar="FILE:FORWARD", help="Where the forward pass stands, if not beside it.", show_default=False
    ),
]
GivenValues = Annotated[
    str | None,
    typer.Option(
        "--given", metavar="FILE", show_default=False,
        help="Values for what the program is given: .npz, .safetensors, .json or .csv. It is judged at these sizes and numbers.",
    ),
]  # fmt: skip
RevealLevel = Annotated[
    str, typer.Option("--reveal", metavar="none|hint|solution", help="How much is shown: none, hint or solution.")
]


def code(
    target: Program,
    forward: ForwardPass = None,
    given: GivenValues = None,
    shape: Shapes = None,
    reveal: RevealLevel = "solution",
    to: To = None,
    output: Output = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Judge a hand-written backward pass: read, never run.

    Exit code 1 when a gradient is wrong, or could not be judged.
    """
    from tutor.results.code_check import check_code

    if reveal not in ("none", "hint", "solution"):
        raise OutputError(
            f"there is no level {make_visible(reveal, 30)}", where="--reveal", hint="none, hint or solution"
        )
    file, backward = split_target(target)
    other, name = split_target(forward) if forward is not None else ("", "")
    if forward is not None and not (name and backward):
        raise OutputError("a forward pass goes with one backward pass, both with their names", where="--forward",
                          hint="tutor code FILE:BACKWARD --forward FILE:FORWARD")  # fmt: skip
    text = read_program_file(file)
    found = check_code(
        text,
        file,
        backward,
        forward=name,
        forward_text=read_program_file(other) if other and other != file else "",
        others=find_neighbours(file, text),
        reveal=reveal,  # type: ignore[arg-type]
        words=lang,
        given=given,
        shapes=read_shape_texts(shape or ()),
    )
    if as_json:
        write(found.to_json())
    else:
        deliver(found, choose_format(to, output), output)
    if not found.ok:
        raise typer.Exit(1)


def find_neighbours(file: str, text: str) -> list[tuple[str, str | TutorError]]:
    """The files beside a program that it imports from, two steps far, at most twelve: names and texts; a package is no step.

    Of one that is too large, or cannot be read, the reason.

    >>> find_neighbours("nowhere/net.py", "from layers import affine_forward")
    []
    """
    found: dict[Path, str | TutorError] = {}
    waiting = [(Path(file), text, 0)]
    while waiting:
        path, own, depth = waiting.pop(0)
        for match in _IMPORTED.finditer(own):
            for near in _find_imported(path, match, _ADDED.findall(own)):
                if near not in found and near != Path(file).resolve() and len(found) < MOST_FILES:
                    package = near.name == "__init__.py"
                    try:
                        found[near] = said = read_program_file(str(near))
                    except TutorError as error:
                        found[near] = error
                        continue
                    if depth < 2 - (not package):
                        waiting.append((near, said, depth + (not package)))
    return [(str(path.name), said) for path, said in reversed(found.items())]


def _find_imported(path: Path, match: re.Match[str], added: Sequence[str]) -> Iterator[Path]:
    """The files that an import means: a module, a package, a module in a package; ``added`` are folders of ``sys.path``."""
    module, names = match["module"] or match["plain"], match["names"] or ""
    parts = [part for part in module.split(".") if part]
    words = [word.split()[0] for word in re.split(r"[,()\\\s]*,[,()\\\s]*|[()]", names) if word.strip(" \\\n*")]
    above = (path.parent, *list(path.absolute().parents)[1:4])
    for folder in (*above, *(one / more for one in above for more in added)):
        for place in range(max(1, len(parts))):
            base = folder.joinpath(*parts[place:])
            inside = words if base.is_dir() and (parts or module.startswith(".")) else []
            choices = [base / name for word in inside for name in (f"{word}.py", f"{word}/__init__.py")]
            choices += [base.with_suffix(".py"), base / "__init__.py"] if parts else []
            near = [choice.resolve() for choice in choices if choice.is_file()]
            if near:
                yield from near
                return


def split_target(target: str) -> tuple[str, str]:
    """The file and the function of ``FILE:FUNCTION``.

    >>> split_target("net.py:Net.loss"), split_target("net.py")
    (('net.py', 'Net.loss'), ('net.py', ''))
    """
    found = re.fullmatch(r"(.*?\.(?:py|ipynb)):(.*)", target, re.IGNORECASE | re.DOTALL)
    return (found[1], found[2]) if found else (target, "")


def read_program_file(file: str) -> str:
    """The text of a program.  Raises a `TutorError` for a file that is not there, that is no text, or too large."""
    shown = make_visible(file)
    if not file or not Path(file).exists():
        folder = Path(file).parent
        near = hint_near(Path(file).name, sorted(one.name for one in folder.glob("*.py"))[:500]) if file and folder.is_dir() else ""
        raise TutorError(f"there is no file {shown}", hint=near or "give a Python file, or FILE.py:FUNCTION")
    if Path(file).is_dir():
        names = ", ".join(make_visible(one.name, 40) for one in sorted(Path(file).glob("*.py"))[:5])
        raise TutorError(f"{shown} is a folder", hint=f"give one of its files: {names}" if names else "give a Python file")
    if Path(file).is_fifo() and not file.startswith(("/dev/", "/proc/")):
        raise TutorError(f"{shown} is no file, but a pipe", hint="give a Python file")
    most = MOST_NOTEBOOK if file.endswith(".ipynb") else MOST_BYTES
    try:
        with Path(file).open("rb") as stream:
            data = stream.read(most + 1)
    except OSError as error:
        raise TutorError(f"{shown} cannot be read: {error.strerror}", hint="give a Python file that you may read") from None
    if len(data) > most:
        raise TutorError(
            f"{shown} has more than {most:,} bytes", hint="give a file with the functions that are meant"
        )
    from tutor.answer.files.decode import decode

    text = decode(data)[0]
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise TutorError("this is no text: it holds zero bytes", where=f"{shown}:{line}",
                         hint="give the Python file itself, not what a program made of it; or save it again as text")  # fmt: skip
    return text
