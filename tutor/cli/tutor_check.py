"""``tutor check``: recompute what is printed, in exercise files or in a plain list of figures, and say what is wrong with what differs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tutor.cli.shell import AsJson, Lang, Output, To, choose_format, complete, console, deliver, write
from tutor.errors import OutputError, TutorError
from tutor.text import make_lines_visible, make_visible

if TYPE_CHECKING:
    from tutor.answer.files.figure_list import UnreadLine
    from tutor.explain.words.wording import Wording
    from tutor.solving.check_claims import Verdict

MOST_BYTES = 4_000_000


def check(
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TARGET]...",
            help="Exercises, TOML files, folders of them or courses; all exercises by default.",
            autocompletion=complete,
        ),
    ] = None,
    figures: Annotated[
        str | None, typer.Option(metavar="FILE", help="A page's figures about one exercise, 'name = figure' a line each; - for a pipe.")
    ] = None,
    report: Annotated[bool, typer.Option("--report", help="A report about many examples: a table, and what is wrong in each.")] = False,
    to: To = None,
    output: Output = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Recompute every printed figure and say how it agrees, and what is wrong where it does not.  Exit code 1 when one is wrong."""
    if report:
        if figures is not None:
            raise OutputError("a report is about exercises", hint="leave out --figures, or --report")
        _write_report(targets or [], "json" if as_json else to, output, lang)
        return
    if output is not None or to is not None:
        raise OutputError("a file is written of a report", hint="tutor check --report published -o report.md")
    from tutor.contracts.check_json import check_json
    from tutor.contracts.schema import dump_json
    from tutor.explain.words.languages import require_wording
    from tutor.results.check import check as check_targets

    words = require_wording(lang)
    unread: Sequence[UnreadLine] = ()
    if figures is not None:
        from tutor.results.check import check_figures

        if len(targets or ()) != 1:
            raise OutputError("a list of figures is about one exercise", hint="tutor check neuron/two-two-two --figures page.txt")
        page = check_figures((targets or [""])[0], _read_list(figures), words)
        found, unread = page.verdicts, page.unread
    else:
        found = tuple(check_targets(*(targets or ()), words=words))
    if as_json:
        write(dump_json(check_json(found, [(one.number, one.text, one.reason) for one in unread])))
    else:
        _show(found, unread, words)
    if unread or not all(verdict.ok for verdict in found):
        raise typer.Exit(1)


def _write_report(targets: list[str], to: str | None, output: Path | None, lang: str | None) -> None:
    from tutor.results.audit import audit

    found = audit(*targets, words=lang)
    deliver(found, choose_format(to, output), output)
    if not all(verdict.ok for verdict in found.verdicts):
        raise typer.Exit(1)


def _show(found: Sequence[Verdict], unread: Sequence[UnreadLine], words: Wording) -> None:
    from tutor.explain.said_causes import say_cause
    from tutor.render.terminal.listing import verdicts

    screen = console()
    for line in verdicts(found, screen.width, words.listings, partial(say_cause, words=words)):
        screen.print(line, soft_wrap=True)
    for one in unread:
        head = words.audit.UNREAD.format(line=one.number)
        screen.print(make_lines_visible(f"\n{head} {words.reader.say(one.reason)}"), soft_wrap=True, markup=False, highlight=False)


def _read_list(figures: str) -> str:
    """The text of a list of figures, from a file or from what is piped in."""
    from tutor.answer.files.decode import decode

    if figures == "-":
        data = sys.stdin.buffer.read(MOST_BYTES + 1) if sys.stdin is not None else b""
    else:
        try:
            with Path(figures).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise TutorError(f"{make_visible(figures)} cannot be read: {error.strerror}", hint="write name = figure, a line each") from None
    if len(data) > MOST_BYTES:
        raise TutorError(f"a list of more than {MOST_BYTES:,} bytes", hint="give it in parts")
    return decode(data)[0]
