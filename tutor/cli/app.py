"""The commands.  Everything heavy is imported on use."""

from __future__ import annotations

import errno
import gc
import os
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.cli.prover import find_running_prover, run_with
from tutor.cli.shell import (
    ON_SCREEN,
    Apart,
    AsJson,
    At,
    Chain,
    Drawn,
    Edges,
    Form,
    Fragment,
    Lang,
    NotationName,
    OnEdges,
    Output,
    Prefix,
    Recursion,
    Shapes,
    Target,
    To,
    Truncate,
    Width,
    Wrt,
    assignments,
    choose_format,
    choose_fragment,
    console,
    deliver,
    protect_formulas,
    read_shape_texts,
    set_plain_utf8,
    write,
)
from tutor.errors import OutputError, TutorError
from tutor.text import make_lines_visible, make_visible
from tutor.version import VERSION

if TYPE_CHECKING:
    from tutor.cli.prover import Prover


app = typer.Typer(
    name="tutor",
    help="Derive, explain and check backpropagation, step by step, in the notation of your course.",
    epilog="Start with: tutor solve neuron/two-two-two --wrt w5",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: it wraps between words at any width
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
)


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
    """Derive, explain and check backpropagation, step by step, in the notation of your course."""


Topics = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TOPIC]...", help="A folder of exercises (attention, dl), or how ids begin (dl/bce).", show_default=False),
]


@app.command("list", short_help="List the exercises that come with tutor.")
def list_exercises(topics: Topics = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """List the exercises that come with tutor, all or those of some topics."""
    from tutor.exercise.catalogue import FOLDED, choose_topics, entries
    from tutor.explain.words.languages import require_wording

    words, found = require_wording(lang), entries()
    found = choose_topics(found, topics) if topics else found
    if as_json:
        import json

        listed = [
            {"id": e.id, "title": e.title, "course": e.course, "source": e.source, "claims": e.claims,
             "abilities": list(e.abilities)} for e in found
        ]
        write(json.dumps({"schema": 1, "exercises": listed}, indent=2, ensure_ascii=False) + "\n")
        return
    from tutor.render.terminal.listing import exercises

    screen = console()
    for line in exercises(found, screen.width, words.listings, folded=() if topics else FOLDED):
        screen.print(line, soft_wrap=True)


@app.command(short_help="Solve step by step, and check the result.")
def solve(
    target: Target,
    at: At = None,
    shape: Shapes = None,
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
    form: Annotated[
        Form | None, typer.Option("--form", help="Neuron by neuron, or whole layers in matrices.")
    ] = None,
    apart: Apart = None,
    notation: NotationName = None,
    lang: Lang = None,
    to: To = None,
    fragment: Fragment = False,
    prefix: Prefix = "",
    width: Width = None,
    edges: Edges = OnEdges.plain,
    recursion: Recursion = None,
    truncate: Truncate = None,
    output: Output = None,
) -> None:
    """Solve an exercise or an expression, step by step, and check the result."""
    asked = choose_format(to, output)
    part = choose_fragment(asked, fragment, prefix, width)
    if asked == ON_SCREEN and output is None:
        import tutor.render.terminal.terminal_page  # noqa: F401  now, while SymPy is imported in the helper
    from tutor.results.solution import solve as solve_target

    solution = solve_target(
        target, at=assignments(at), wrt=wrt or (), steps=steps, rate=rate,
        chain=chain.value if chain else None, notation_name=notation, ask=find_running_prover(),
        form=form.value if form else None, apart=apart, words=lang, edges=edges.value,
        shapes=read_shape_texts(shape) if shape else None, recursion=recursion, truncate=truncate,
    )  # fmt: skip
    deliver(solution, asked, output, fragment=part)


@app.command(short_help="Draw a computational graph or a network.")
def draw(target: Target,
         output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="g.svg, or g.tex for TikZ.")] = None,
         at: At = None, shape: Shapes = None, apart: Apart = None, notation: NotationName = None, lang: Lang = None,
         kind: Annotated[Drawn, typer.Option("--as", help="The computational graph, or a network's neurons and weights.")] = Drawn.graph,
         values: Annotated[bool, typer.Option("--values", help="With --as network: numbers instead of weights' symbols.")] = False,
         edges: Edges = OnEdges.plain,
) -> None:  # fmt: skip
    """Draw the computational graph with values and gradients, or the neurons of a network, as SVG or TikZ."""
    from tutor.results.solution import solve as solve_target

    if output is None:
        raise OutputError("a picture is written to a file", hint="say which: -o graph.svg, or -o graph.tex for TikZ")
    if output.suffix not in (".svg", ".tex"):
        raise OutputError(
            f"a picture is written as .svg or .tex, not {make_visible(output.suffix or output.name)}", hint="-o graph.svg"
        )
    if kind is Drawn.network:
        from tutor.cli.tutor_draw import network_drawing

        if edges is not OnEdges.plain:
            raise OutputError("a network has its weights on its edges", hint="leave out --edges, or --as network")
        write(network_drawing(target, assignments(at), notation, output.suffix, values=values, words=lang), output)
        return
    if values:
        raise OutputError("--values goes with --as network", hint="the graph has its values anyway")
    solution = solve_target(target, at=assignments(at), shapes=read_shape_texts(shape) if shape else None, steps=0,
                            notation_name=notation, apart=apart, form="scalar", words=lang, edges=edges.value)  # fmt: skip
    if output.suffix == ".svg":
        write(solution.to_svg(), output)
        return
    from tutor.render.picture.tikz import standalone

    write(standalone(solution.picture(), solution.notation), output)


NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, errno.EIO, *([errno.EDQUOT] if hasattr(errno, "EDQUOT") else [])})
"""What the system says where what is printed goes to a disk that is full, or broken."""
OWN = frozenset({"list", "solve", "draw"})
"""The commands of this module."""
OTHERS = {
    "check": "Recompute the figures that lectures print.", "code": "Find the wrong line of a hand-written backward pass.",
    "compare": "Compare a program's gradients with the right ones.", "plot": "Draw charts of losses, paths and functions.",
    "train": "Train with an optimiser, step by step.", "questions": "List what an exercise asks of students.",
    "mark": "Mark one student's work, or a class.", "practise": "Take the steps yourself, with help.",
    "serve": "Serve the exercises as pages in a browser.", "sheet": "Write a problem sheet of several exercises.",
}  # fmt: skip
"""The commands that have modules of their own, and what the list of commands says of each."""


@cache
def add_command(name: str) -> None:
    """Add a command that has a module of its own; it does not wait for the others to be loaded (measured: 30 ms)."""
    found = getattr(import_module(f"tutor.cli.tutor_{name}"), name)
    if isinstance(found, typer.Typer):
        app.add_typer(found, short_help=OTHERS[name])
    else:
        app.command(short_help=OTHERS[name])(found)


def add_other_commands() -> None:
    """Add all commands that have modules of their own."""
    for name in OTHERS:
        add_command(name)


def main(arguments: list[str] | None = None, *, helper: Prover | None = None) -> None:
    """Run a command and turn every error of a user into a message and exit code 2.

    ``helper`` is the process that has SymPy, where one was started (see `tutor.cli.prover`).
    """
    run_with(helper)
    gc.set_threshold(200_000, 50, 50)  # a short run makes many objects and little garbage; measured: 20 ms
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  it was closed: for the whole run nothing is shown
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        set_plain_utf8(stream)
    words = protect_formulas(sys.argv[1:] if arguments is None else arguments)
    if OTHERS.keys() & set(words[:1]):
        add_command(words[0])
    elif not OWN & set(words[:1]):
        add_other_commands()
    try:
        try:
            app(words, standalone_mode=True)
        finally:
            sys.stdout.flush()
    except TutorError as error:
        sys.stderr.write(f"tutor: {make_lines_visible(str(error))}\n")
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.stderr.write(f"tutor: what is printed cannot be written: {error.strerror}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        if helper is not None:
            helper.stop()
        gc.freeze()  # nothing is worth collecting at the end; measured: 80 ms of a run's 500
