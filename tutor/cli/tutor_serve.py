"""The command ``tutor serve``: the pages in a browser.  What it needs (Starlette, Jinja2, uvicorn) is imported on use."""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from tutor.cli.shell import CostsOption, Lang, ModeOption, complete
from tutor.errors import OutputError
from tutor.text import make_visible

if TYPE_CHECKING:
    from tutor.practice.modes import Mode as ModeOf
    from tutor.web.judging import Desks
    from tutor.web.store import Store

PORT = 8017
LATER = 0.05
"""So many seconds after the start the workers are started: the first page goes first."""
EXTRA = "install what the pages need: pip install 'backprop-tutor[web]'"


def serve(
    targets: Annotated[
        list[str] | None,
        typer.Argument(metavar="[TARGET|FOLDER]...", autocompletion=complete,
                       help="Exercises, TOML files, courses, folders of files, formulas; all exercises by default."),
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0 takes one that is free.")] = PORT,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Who may come: this machine only, or 0.0.0.0 for the network.")
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None, typer.Option("--name", metavar="HOST", help="A name by which others ask for this server (repeatable).")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option("--class", metavar="ROSTER", help="Only these students, each by a link: CSV, or one a line.")
    ] = None,
    links: Annotated[
        Path | None, typer.Option("--links", metavar="FILE", help="Where the links of a class are written; beside the database by default.")
    ] = None,
    new_links: Annotated[bool, typer.Option("--new-links", help="Give everybody of the class another link.")] = False,
    mode: ModeOption = "practise",
    costs: CostsOption = "",
    solutions: Annotated[bool, typer.Option("--solutions/--no-solutions", help="Whether worked solutions are shown.")] = True,
    database: Annotated[
        Path | None, typer.Option("--database", metavar="FILE", help="Where sessions are kept.", show_default=False)
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, metavar="N", help="Processes that judge; 0: one for each core.")] = 0,
    lang: Lang = None,
) -> None:
    """Serve the exercises as pages: worked solutions, practice, a class's progress.  On this machine only, unless --host says otherwise."""
    try:
        import uvicorn  # noqa: F401  it is known now whether it is there

        from tutor.web.pages import fill_page
        from tutor.web.site import Site
        from tutor.web.site_settings import SiteSettings
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("uvicorn", "starlette", "jinja2", "markupsafe", "anyio"):
            raise OutputError(f"tutor serve needs {error.name}, which is not installed", hint=EXTRA) from None
        raise
    from tutor.explain.words.languages import require_wording
    from tutor.web.judging import Desks
    from tutor.web.roster import list_served, read_class
    from tutor.web.security import make_token
    from tutor.web.store import Store

    words, shares = require_wording(lang), _read_costs(costs, str(mode))
    served = list_served(targets or [], words.rules.FORWARD)
    store = Store(_choose_database(database))
    students = read_class(roster) if roster is not None else []
    listener = bind_port(host, port)
    address = f"http://{_write_host(host)}:{listener.getsockname()[1]}"
    token = make_token() if roster is not None else ""
    if roster is not None:
        _admit_class(store, students, links, name[0] if name else "", address, anew=new_links)
    hosts = frozenset(one.lower() for one in [*(name or []), host, *([socket.gethostname()] if host in ("0.0.0.0", "::") else [])])
    settings = SiteSettings(mode=cast("ModeOf", str(mode)), language=lang or "", solutions=solutions, hosts=hosts, class_token=token,
                            costs=shares)  # fmt: skip
    desks = Desks(workers or max(2, os.cpu_count() or 1))
    site = Site(store, desks, served, settings, _log)
    fill_page("refusal.html", words.language, title="", text="")
    sys.stdout.write(f"{words.web.SITE}: {address}/\n")
    if token:
        sys.stdout.write(f"class: {address}/class/{token}\n")
    sys.stdout.flush()
    run_site(site.make_app(), listener, desks)
    store.close()


def run_site(app: Any, listener: socket.socket, desks: Desks) -> None:
    """Answer until Ctrl-C or SIGTERM; the workers are started when the first page can be had, and ended at the end."""
    import asyncio
    from contextlib import nullcontext

    import uvicorn

    server: Any = uvicorn.Server(
        uvicorn.Config(app, loop="asyncio", http="h11", ws="none", lifespan="off", log_config=None, access_log=False, server_header=False,
                       timeout_graceful_shutdown=3)
    )  # fmt: skip
    server.capture_signals = nullcontext  # its own way ends the process before the workers are ended

    def end(*_: object) -> None:
        server.should_exit = True

    async def run() -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        asyncio.get_running_loop().call_later(LATER, desks.start)
        try:
            await server.serve(sockets=[listener])
        finally:
            desks.stop()

    asyncio.run(run())


def bind_port(host: str, port: int) -> socket.socket:
    """A socket that listens.  Raises `OutputError` for a port that is in use, and an address that is none of this machine."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":
                made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind(where)
            made.listen(1024)
        except OSError:
            made.close()
            raise
    except OSError as error:
        shown = f"{make_visible(host)}:{port}"
        if isinstance(error, socket.gaierror):
            raise OutputError(f"{make_visible(host)} is no address of this machine", where="--host", hint="--host 127.0.0.1") from None
        hint = f"another server has it; choose another with --port {port + 1 if port < 65535 else 0}, or --port 0 for one that is free"
        raise OutputError(f"the address {shown} cannot be used: {error.strerror}", where="--port", hint=hint) from None
    return made


def _log(line: str) -> None:
    sys.stderr.write(f"tutor: {make_visible(line, 300)}\n")


def _read_costs(text: str, mode: str) -> str:
    """The costs that were given, checked, as sessions keep them; refused where no learner can come to a mode in which anything costs."""
    from tutor.practice.costs import read_costs
    from tutor.practice.modes import MODES

    if text and not MODES[cast("ModeOf", mode)].tells:
        raise OutputError(f"tries and hints cost nothing in {mode}", where="--costs",
                          hint="leave it out, or let learners choose graded (--mode practise)")  # fmt: skip
    return str(read_costs(text)) if text else ""


def _write_host(host: str) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"[{shown}]" if ":" in shown and not shown.startswith("[") else shown


def _choose_database(given: Path | None) -> Path:
    if given is not None:
        return given
    folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "tutor"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        what = f"{make_visible(str(folder), 200)} cannot be made: {error.strerror}"
        raise OutputError(what, hint="choose another with --database FILE") from None
    return folder / "practice.sqlite"


def _admit_class(store: Store, students: list[tuple[str, str]], links: Path | None, name: str, address: str, *, anew: bool) -> None:
    """Write the links of a class and say where they are."""
    from tutor.web.roster import admit_class

    file = links or Path(f"{store.path}.links.csv")
    outside = f"http://{name}:{address.rpartition(':')[2]}" if name else address
    count, made = admit_class(store, students, file, outside, anew=anew)
    sys.stdout.write(f"{count} students, {made} new links: {make_visible(str(file), 200)}\n")


__all__ = ["bind_port", "run_site", "serve"]
