"""A site for tests: its database, its workers (in this process, where nothing else is said), a browser for it."""

from __future__ import annotations

import asyncio
import importlib
import json
import os
import socket
from contextlib import contextmanager
from threading import Thread

import pytest
from web_client import Browser, Inside


def need_web():
    """Skip where Starlette, Jinja2 or uvicorn is missing; under TUTOR_NEEDS_WEB=1 that is a failure."""
    for package in ("starlette", "jinja2", "uvicorn"):
        try:
            importlib.import_module(package)
        except ImportError:
            if os.environ.get("TUTOR_NEEDS_WEB"):
                pytest.fail(f"{package} is missing")
            pytest.skip(f"{package} is missing", allow_module_level=True)


class OneDesk:
    """A worker in this process: what the site asks of `tutor.web.judging.Desks`."""

    seconds = 5.0

    def __init__(self):
        from tutor.web.lesson_jobs import LessonDesk

        self.desk, self.asked = LessonDesk(), []

    async def ask(self, key, job):
        from tutor.web.judging import JobFailed

        self.asked.append(job)
        found = json.loads(self.desk.answer(json.dumps(job)))
        if "fault" in found:
            raise JobFailed("failed", found["fault"])
        return found


LOOSE = {"events": (10_000, 1_000), "previews": (10_000, 1_000), "newcomers": (10_000, 1_000)}


class SiteFront:
    """Where a made learner sits at a ``site`` in this process, which says what its session is."""

    @property
    def session(self):
        return self.site.last_page.session

    @property
    def reply(self):
        return self.site.last_page.reply


class SiteMade:
    """A site over a database in a folder, with as many browsers as are asked for."""

    def __init__(self, folder, targets=(), desks=None, store=None, **settings):
        from tutor.web.roster import list_served
        from tutor.web.site import Site
        from tutor.web.site_settings import SiteSettings
        from tutor.web.store import Store

        self.path = folder / "practice.sqlite"
        self.time = 1_000.0
        self.store = store or Store(self.path, now=lambda: self.time)
        self.desks = desks or OneDesk()
        served = list_served([str(one) for one in targets], ["sigmoid", "relu"])
        self.site = Site(self.store, self.desks, served, SiteSettings(**{**LOOSE, **settings}))
        self.app, self.loop = self.site.make_app(), asyncio.new_event_loop()

    def browser(self):
        return Browser(Inside(self.app, self.loop))

    @property
    def last_page(self):
        """The session that was asked for last, as its worker has it."""
        return next(reversed(self.desks.desk.sessions.values()))[1]

    @contextmanager
    def serve(self):
        """The site at a port, in a thread of this process: its clock is ``time`` still.  Gives its address."""
        import uvicorn

        with socket.create_server(("127.0.0.1", 0)) as place:  # who comes before it is ready waits in its queue
            server = uvicorn.Server(uvicorn.Config(self.app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
            thread = Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{place.getsockname()[1]}"
            server.should_exit = True
            thread.join()

    def close(self):
        closing = Thread(target=self._close)  # Playwright has a loop of its own in this thread
        closing.start()
        closing.join()

    def _close(self):
        self.loop.run_until_complete(self.loop.shutdown_default_executor())
        self.site.thread.shutdown()
        self.store.close()
        self.loop.close()
