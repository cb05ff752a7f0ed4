"""The command line: the only module that touches files, processes and the terminal.  Everything heavy is imported on use."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tutor.errors import OutputError, TutorError, ValueProblem, visible
from tutor.version import VERSION

if TYPE_CHECKING:
    from rich.console import Console

    from tutor.prover import Prover
    from tutor.solution import Solution


_helper: Prover | None = None

app = typer.Typer(
    name="tutor",
    help="Derive, explain and prove backpropagation, step by step, in the notation of your course.",
    epilog="Start with: tutor solve neuron/two-two-two --wrt w5",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """What a solution is written as."""

    terminal = "terminal"
    latex = "latex"
    pdf = "pdf"
    markdown = "markdown"
    json = "json"


class Chain(StrEnum):
    """How a gradient is written."""

    full = "full"
    reuse = "reuse"


def _complete(start: str) -> list[str]:
    from tutor.exercise.catalogue import ids

    return [name for name in ids() if name.startswith(start)]


Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help='An exercise ("tutor list" shows them), a TOML file, an expression such as "(x+y)*z", '
        'or steps such as "d = x + y; f = d*z".',
        autocompletion=_complete,
        show_default=False,
    ),
]
At = Annotated[
    list[str] | None, typer.Option("--at", metavar="NAME=VALUE", help="Give a quantity a value: --at x=2 --at y=1/3.")
]
Wrt = Annotated[
    list[str] | None,
    typer.Option("--wrt", metavar="NAME", help="Differentiate with respect to this quantity only (repeatable)."),
]
NotationName = Annotated[
    str | None,
    typer.Option(
        "--notation", metavar="COURSE", help="Write it as this course does: dl, qmul, graz, neuron, cmu, plain."
    ),
]
Output = Annotated[
    Path | None, typer.Option("-o", "--output", metavar="FILE", help="Write to this file instead of the terminal.")
]
AsJson = Annotated[bool, typer.Option("--json", help="JSON for programs.")]


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"tutor {VERSION}\n")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Derive, explain and prove backpropagation, step by step, in the notation of your course."""


@app.command("list")
def list_exercises(as_json: AsJson = False) -> None:
    """List the exercises that come with tutor."""
    from tutor.exercise.catalogue import entries

    found = entries()
    if as_json:
        import json

        listed = [
            {"id": e.id, "title": e.title, "course": e.course, "source": e.source, "claims": e.claims} for e in found
        ]
        _write(json.dumps({"schema": 1, "exercises": listed}, indent=2, ensure_ascii=False) + "\n")
        return
    from tutor.render.listing import exercises

    console = _console()
    for line in exercises(found, console.width):
        console.print(line, soft_wrap=True)


@app.command()
def solve(
    target: Target,
    at: At = None,
    wrt: Wrt = None,
    steps: Annotated[
        int | None, typer.Option("--steps", metavar="N", help="Number of gradient-descent updates.")
    ] = None,
    rate: Annotated[
        str | None, typer.Option("--rate", metavar="VALUE", help="Step size of the updates, such as 0.5.")
    ] = None,
    chain: Annotated[
        Chain | None,
        typer.Option("--chain", help="Write gradients as the full chain from the loss, or by reuse of earlier steps."),
    ] = None,
    notation: NotationName = None,
    to: Annotated[Format, typer.Option("--to", help="What to write.")] = Format.terminal,
    fragment: Annotated[
        bool, typer.Option("--fragment", help="With --to latex: only the body, to put into a document of your own.")
    ] = False,
    output: Output = None,
) -> None:
    """Solve an exercise or an expression, step by step, and prove the result."""
    if fragment and to is not Format.latex:
        raise OutputError("--fragment goes with --to latex", hint=f"leave it out for {to.value}")
    show: Callable[[Any, Any, Console], None] | None = None
    if to is Format.terminal and output is None:
        from tutor.render.terminal import render  # now, while SymPy is imported in the helper

        show = render
    from tutor.solution import solve as solve_target

    solution = solve_target(
        target, at=_assignments(at), wrt=wrt or (), steps=steps, rate=rate,
        chain=chain.value if chain else None, notation_name=notation, ask=_helper,
    )  # fmt: skip
    if to is Format.pdf:
        _pdf(solution, output)
    elif show is not None:
        show(solution.document(), solution.notation, _console())
    else:
        _write(_rendered(solution, to, fragment), output)


def _rendered(solution: Solution, to: Format, fragment: bool) -> str:
    if to is Format.latex:
        return solution.to_latex(fragment=fragment)
    if to is Format.markdown:
        return solution.to_markdown()
    return solution.to_json() if to is Format.json else solution.to_text(80)


@app.command()
def draw(target: Target, output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="g.svg, or g.tex for TikZ.")],
         at: At = None, notation: NotationName = None) -> None:  # fmt: skip
    """Draw the computational graph, with values and gradients, as SVG or TikZ."""
    from tutor.solution import solve as solve_target

    if output.suffix not in (".svg", ".tex"):
        raise OutputError(
            f"a picture is written as .svg or .tex, not {visible(output.suffix or output.name)}", hint="-o graph.svg"
        )
    solution = solve_target(target, at=_assignments(at), steps=0, notation_name=notation)
    if output.suffix == ".svg":
        _write(solution.to_svg(), output)
        return
    from tutor.render.picture.tikz import standalone

    _write(standalone(solution.picture(), solution.notation), output)


@app.command()
def check(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...",
            help="Exercises, TOML files or courses; all exercises by default.",
            autocompletion=_complete,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute every printed figure and say how it agrees.  Exit code 1 when one is wrong."""
    from tutor.api import check as check_targets
    from tutor.contract import checked, dumps

    found = check_targets(*(targets or ()))
    if as_json:
        _write(dumps(checked(found)))
    else:
        from tutor.render.listing import verdicts

        console = _console()
        for line in verdicts(found, console.width):
            console.print(line, soft_wrap=True)
    if not all(verdict.ok for verdict in found):
        raise typer.Exit(1)


def _assignments(texts: Iterable[str] | None) -> dict[str, str]:
    """``["x=2", "y=1/3"]`` as a table."""
    from tutor.graph.build import check_name

    found: dict[str, str] = {}
    for text in texts or ():
        name, sign, value = text.partition("=")
        if not sign:
            raise ValueProblem(f"{visible(text)!r} gives nothing a value", where="--at", hint="write --at x=2")
        name = check_name(name)
        if name in found:
            raise ValueProblem(f"{name} is given two values", where="--at")
        found[name] = value
    return found


def _console() -> Console:
    from rich.console import Console

    width = None if sys.stdout.isatty() or "COLUMNS" in os.environ else 80
    return Console(width=width, highlight=False, markup=False, emoji=False)


def _write(text: str | bytes, path: Path | None = None) -> None:
    """Write a whole text to a file or the terminal; a file is replaced at once or not at all."""
    import tempfile  # only where a file is written: it costs 4 ms

    data = text.encode() if isinstance(text, str) else text
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    temporary = None
    try:
        if path.is_dir():
            raise OutputError(f"{path} is a folder", hint=f"give a file name: -o {path / 'solution'}")
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(data)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        temporary.chmod(mode)
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError(13, "Permission denied")
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}", hint="choose another file with -o") from None
    finally:
        if temporary is not None and temporary.exists():
            temporary.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _pdf(solution: Solution, output: Path | None) -> None:
    from tutor.render.pdf import NoTex, compile_pdf

    path = output or Path(solution.exercise.id.rpartition("/")[2] + ".pdf")
    tex = solution.to_latex()
    try:
        data = compile_pdf(tex)
    except NoTex as error:
        source = path.with_suffix(".tex")
        _write(tex, source)
        raise OutputError(error.what, hint=f"the LaTeX is in {source}; {error.hint}") from None
    _write(data, path)
    sys.stderr.write(f"wrote {path}\n")


def main(arguments: list[str] | None = None, *, helper: Prover | None = None) -> None:
    """Run a command and turn every error of a user into a message and exit code 2.

    ``helper`` is the process that has SymPy, where one was started (see `tutor.prover`).
    """
    global _helper
    _helper = helper
    gc.set_threshold(200_000, 50, 50)  # a short run makes many objects and little garbage; measured: 20 ms
    for stream in (sys.stdout, sys.stderr):
        _plain_utf8(stream)
    try:
        app(arguments, standalone_mode=True)
    except TutorError as error:
        sys.stderr.write(f"tutor: {_shown(str(error))}\n")
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if helper is not None:
            helper.stop()
        gc.freeze()  # nothing is worth collecting at the end; measured: 80 ms of a run's 500


def _shown(message: str) -> str:
    """A message without anything that a terminal obeys, whatever file names or arguments stand in it."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in message)


def _plain_utf8(stream: Any) -> None:
    """UTF-8 whatever the locale says, so that σ and ∂ can always be written."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="replace")
