"""``tutor compare``: numbers that a program of any language wrote, held against the derivation at the same values."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from tutor.cli.shell import AsJson, Lang, Output, Shapes, Target, To, choose_format, deliver, read_shape_texts, write


class Shown(StrEnum):
    """How much the page may show."""

    none = "none"
    hint = "hint"
    solution = "solution"


def compare(
    target: Target,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="What the program wrote: .npz, .safetensors, .json or .csv.", show_default=False)
    ],
    given: Annotated[
        str | None, typer.Option("--given", metavar="FILE", help="The inputs and weights that it ran with, in the same formats.")
    ] = None,
    shape: Shapes = None,
    tolerance: Annotated[
        float | None,
        typer.Option(
            "--tolerance", metavar="SHARE", show_default=False,
            help="How far an entry may be off, as a share of itself; by default 1e-6 for doubles, 1e-3 for float32, 2e-2 for float16, "
            "8e-2 for bfloat16.",
        ),
    ] = None,
    reveal: Annotated[
        Shown, typer.Option("--reveal", help="Show verdicts only, what is probably wrong, or what is right too.")
    ] = Shown.solution,
    to: To = None,
    output: Output = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Compare gradients (and values) that a program computed with the right ones.  Exit code 1 when one is wrong."""
    asked = "json" if as_json else choose_format(to, output)
    from tutor.results.comparison import compare as compare_target

    found = compare_target(
        target, file, given=given, shapes=read_shape_texts(shape) if shape else None, tolerance=tolerance, reveal=reveal.value, words=lang
    )
    if as_json:
        write(found.to_json(), output)
    else:
        deliver(found, asked, output)
    if not found.ok:
        raise typer.Exit(1)
