"""The site: what is answered to each request.

An answer of a learner is judged by a worker, then committed, then shown: what was said to somebody is on the disk.  A page that was shown
says how many events it had seen; a form from a page that is older than the session takes nothing.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tutor.errors import TutorError
from tutor.exercise.catalogue import FOLDED
from tutor.explain.words.languages import find_wording
from tutor.practice.costs import read_costs
from tutor.practice.modes import MODES
from tutor.version import VERSION
from tutor.web.forms import Refusal, read_body, read_event, read_form
from tutor.web.judging import Desks, JobFailed
from tutor.web.pages import fill_page, find_kind, read_static
from tutor.web.progress import average_skills, trace_known, write_date
from tutor.web.roster import Served, name_course
from tutor.web.security import (
    AGE,
    COOKIE,
    HEADERS,
    SECRET,
    RateLimit,
    hash_secret,
    is_form_token,
    is_own_host,
    is_same_token,
    make_form_token,
    make_token,
    open_cookie,
    seal_cookie,
)
from tutor.web.site_settings import SiteSettings
from tutor.web.skill_choices import find_choice, list_skill_choices
from tutor.web.store import Kept, Learner, Stale, Store, StoreError, dump_record

LONGEST = 2_000
"""Letters of an answer."""
OFFERED = tuple(name for name, row in MODES.items() if row.tells)
"""The modes that learners may choose from, where no exam is held."""
MOST_EVENTS = 3_000
LONGEST_NAME = 80
FILTERS = ("skill", "trains")
"""What the catalogue is chosen by, in its address."""
CACHED = 200
_Got = TypeVar("_Got")


@dataclass(slots=True)
class Visit:
    """One request: the secret of its cookie (new where it brought none), the learner if one is known, and the form that was sent."""

    request: Request
    secret: str
    is_new: bool
    learner: Learner | None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def wants_part(self) -> bool:
        """Whether the page's script asks, which wants a part of the page only."""
        return bool(self.request.headers.get("x-part") == "1")


Handler = Callable[[Visit], Awaitable[Response]]


class Site:
    """All pages, over a database, workers, and the exercises that are served."""

    def __init__(
        self, store: Store, desks: Desks, served: Mapping[str, Served], settings: SiteSettings | None = None,
        log: Callable[[str], None] = lambda line: None,
    ) -> None:  # fmt: skip
        """``log`` is told of faults of the server, never what a learner wrote."""
        self.store, self.desks, self.served, self.log = store, desks, served, log
        self.settings = settings or SiteSettings()
        self.key = store.keep_secret("cookies", secrets.token_bytes(32))
        self.thread = ThreadPoolExecutor(1)  # the database has one thread, so that the loop never waits for the disk
        self.rates = {kind: RateLimit(*getattr(self.settings, kind)) for kind in ("events", "previews", "newcomers")}
        self.cached: dict[tuple[object, ...], dict[str, Any]] = {}

    async def use_store(self, do: Callable[..., _Got], *arguments: Any) -> _Got:
        """Do something with the database, in its thread."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, do, *arguments)

    # Requests

    def find_learner(self, hashed: bytes) -> Learner | None:
        """Whose cookie it is.  A database that is away shows nobody: reading pages goes on."""
        try:
            return self.store.find_learner(hashed)
        except StoreError:
            return None

    async def begin_visit(self, request: Request, *, form: bool) -> Visit:
        """Who comes, and what was sent.  Raises `Refusal` for a form that is too large, or was not made for this cookie."""
        secret = open_cookie(request.cookies.get(COOKIE, ""), self.key)
        fields = read_form(await read_body(request)) if form else {}
        if form and (secret is None or not is_form_token(fields.get("form", ""), secret, self.key)):
            raise Refusal(403, "form")
        learner = await self.use_store(self.find_learner, hash_secret(secret)) if secret else None
        return Visit(request, secret or make_token(SECRET), secret is None, learner, fields)

    def require_rate(self, kind: str, who: object) -> None:
        """Count one thing that somebody does; raises `Refusal` for too many."""
        if not self.rates[kind].allows(who, time.monotonic()):
            raise Refusal(429, "often")

    async def require_learner(self, visit: Visit) -> Learner:
        """The learner, entered now where they begin; raises `Refusal` where only a class may."""
        if visit.learner is None:
            if self.settings.class_token:
                raise Refusal(403, "class")
            client = visit.request.client
            self.require_rate("newcomers", client.host if client else "")
            visit.learner = await self.use_store(self.store.add_learner, hash_secret(visit.secret))
        elif self.settings.class_token and visit.learner.student is None:
            raise Refusal(403, "class")
        return visit.learner

    def show(self, visit: Visit, template: str, language: str = "", status: int = 200, **places: Any) -> Response:
        """A page with what all pages have."""
        part = visit.wants_part
        html = fill_page(
            "part.html" if part and template == "lesson.html" else template, language or self.settings.language or "en",
            learner=visit.learner, form_token=make_form_token(visit.secret, self.key), settings=self.settings, **places,
        )  # fmt: skip
        response = Response(html, status, media_type="text/html")
        response.headers["cache-control"] = "no-store"
        if visit.is_new:
            self.set_cookie(visit, response)
        return response

    def set_cookie(self, visit: Visit, response: Response) -> None:
        """Give the browser its cookie."""
        response.set_cookie(COOKIE, seal_cookie(visit.secret, self.key), max_age=AGE, httponly=True, samesite="lax",
                            secure=visit.request.url.scheme == "https")  # fmt: skip

    def find_served(self, request: Request) -> Served:
        """The exercise of an address."""
        found = self.served.get(request.path_params["key"])
        if found is None:
            raise Refusal(404, "missing")
        return found

    # Jobs

    async def ask_about(self, do: str, served: Served, *, kept: Kept | None = None, **more: Any) -> dict[str, Any]:
        """Have a worker do something with an exercise or a session; what it does not know it is told when it asks."""
        text, digest = await asyncio.to_thread(served.read) if kept is None else ("", kept.head["digest"])
        job = {"do": do, "exercise": served.key, "digest": digest, "language": self.settings.language, **more}
        if kept is not None:
            job |= {"session": kept.id, "chain": kept.chain, "count": kept.count, "settings": kept.head}
        number = kept.id if kept is not None else hash(digest)
        while "need" in (found := await self.desks.ask(number, job)):
            if found["need"] == "text":
                job["text"] = text or (await asyncio.to_thread(served.read))[0]
            else:
                assert kept is not None
                job["events"] = await self.use_store(self.store.list_events, kept.id)
        if "error" in found and do != "take":
            raise Refusal(422, "exercise", what=" ".join(filter(None, (found["error"]["what"], found["error"]["hint"]))))
        return found

    async def introduce(self, served: Served, *, layer: bool | None = None) -> dict[str, Any]:
        """What an exercise is about, before anybody begins; in the form in which it is written, where none is said."""
        _, digest = await asyncio.to_thread(served.read)
        key = ("introduce", digest, served.key, layer)
        if key not in self.cached:
            head = {"mode": "practise", "layer": layer, "seed": 0}
            self.remember(key, await self.ask_about("introduce", served, settings=head))
        return self.cached[key]

    def remember(self, key: tuple[object, ...], found: dict[str, Any]) -> None:
        """Keep a page that is the same for all."""
        if len(self.cached) >= CACHED:
            self.cached.pop(next(iter(self.cached)))
        self.cached[key] = found

    # Pages

    async def show_catalogue(self, visit: Visit) -> Response:
        """The exercises, by course; with one function, or of one skill, where it is asked for."""
        asked = visit.request.query_params.get("skill", "")
        words = find_wording(self.settings.language or "en")
        tags: dict[str, set[str]] = {}  # several names may be called the same
        for tag in sorted({tag for one in self.served.values() for tag in one.tags}):
            tags.setdefault(words.rules.say_forward(tag).partition(":")[0], set()).add(tag)
        wanted = next((names for names in tags.values() if asked in names), {asked})
        listed = await self.use_store(self.store.list_sessions, visit.learner.id) if visit.learner is not None else []
        states: dict[str, Kept] = {kept.exercise: kept for kept in listed if kept.progress}
        known = trace_known(listed) if self.settings.tells else {}  # in an exam it would be a verdict
        among = [one for one in self.served.values() if not asked or wanted & one.tags or asked in one.abilities]
        skills = list_skill_choices(self.served.values(), known, words, among)
        trained = find_choice(skills.values(), visit.request.query_params.get("trains", ""))
        groups: dict[str, list[Served]] = {}
        for one in among:
            if trained is None or trained.skills & one.skills:
                groups.setdefault(one.course, []).append(one)
        order = [*words.listings.TOPICS]
        groups = dict(sorted(groups.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order)))
        named = {**words.listings.TOPICS, **words.web.COURSES}
        courses = {course: name_course(course) or named.get(course, course) for course in groups}
        abilities = [name for name in ("layers", "data", "training") if any(name in one.abilities for one in self.served.values())]
        shown = {label: min(names) for label, names in tags.items()}
        return self.show(visit, "catalogue.html", groups=groups, states=states, tags=shown, abilities=abilities, asked=asked,
                         courses=courses, folded=FOLDED, skills=skills, trained=trained)  # fmt: skip

    async def show_solution(self, visit: Visit) -> Response:
        """A worked solution."""
        served = self.find_served(visit.request)
        if not self.settings.solutions or not self.settings.tells:
            raise Refusal(403, "solution")
        layer = visit.request.query_params.get("form") == "layer"
        _, digest = await asyncio.to_thread(served.read)
        key = ("solve", digest, served.key, layer)
        if key not in self.cached:
            self.require_rate("previews", visit.learner.id if visit.learner else "nobody")
            self.remember(key, await self.ask_about("solve", served, layer=layer))
        found = self.cached[key]
        return self.show(visit, "solution.html", found["language"], served=served, found=found, layer=layer)

    async def find_session(self, visit: Visit, served: Served) -> Kept | None:
        """The learner's session with an exercise."""
        return await self.use_store(self.store.find_session, visit.learner.id, served.key) if visit.learner is not None else None

    async def show_practice(self, visit: Visit) -> Response:
        """The session as it is, or how to begin one."""
        served = self.find_served(visit.request)
        if self.settings.class_token and (visit.learner is None or visit.learner.student is None):
            raise Refusal(403, "class")
        kept = await self.find_session(visit, served)
        if kept is None:
            return await self.show_begin(visit, served, None)
        return await self.show_session(visit, served, kept)

    async def is_open(self, served: Served, kept: Kept) -> bool:
        """Whether a session goes on: its exercise is the same, and where an exam is held it is one."""
        digest = (await asyncio.to_thread(served.read))[1]
        return bool(digest == kept.head["digest"] and (self.settings.tells or not MODES[kept.head["mode"]].tells))

    async def show_begin(self, visit: Visit, served: Served, kept: Kept | None, *, changed: bool = False) -> Response:
        """What the exercise is about, and the button that begins."""
        found = await self.introduce(served)
        return self.show(visit, "begin.html", found["language"], served=served, found=found, kept=kept, changed=changed,
                         costs=read_costs(self.settings.costs).list_written())  # fmt: skip

    async def show_session(self, visit: Visit, served: Served, kept: Kept, **more: Any) -> Response:
        """A session as it is, or that its exercise is another now."""
        if not await self.is_open(served, kept):
            return await self.show_begin(visit, served, kept, changed=True)
        return await self.show_state(visit, served, kept, await self.ask_about("show", served, kept=kept), **more)

    async def show_state(
        self, visit: Visit, served: Served, kept: Kept, state: Mapping[str, Any], *, note: str = "", sent: str = "", status: int = 200,
        **places: Any,
    ) -> Response:  # fmt: skip
        """The page of a session; ``note`` is something about the request, ``sent`` what was sent and not taken."""
        may_see = self.settings.solutions and self.settings.tells
        further = await self.propose_next(kept.learner, state["language"]) if state["ended"] and self.settings.tells else None
        return self.show(
            visit, "lesson.html", state["language"], status, served=served, kept=kept, state=state, note=note, sent=sent, places=places,
            further=further, may_see=may_see, may_restart=self.settings.tells, longest=LONGEST,
        )  # fmt: skip

    async def find_known(self, learner: int) -> tuple[dict[str, float], list[str]]:
        """What a learner has shown in all exercises, by skill, and those that are finished."""
        sessions = await self.use_store(self.store.list_sessions, learner)
        return trace_known(sessions), [kept.exercise for kept in sessions if kept.progress.get("finished")]

    async def propose_next(self, learner: int, language: str) -> dict[str, Any] | None:
        """What the learner should go on with."""
        known, finished = await self.find_known(learner)
        job = {"do": "propose", "known": known, "finished": finished, "served": list(self.served), "language": language}
        found = await self.desks.ask(learner, job)
        return found if found.get("key") else None

    async def begin(self, visit: Visit) -> Response:
        """Begin a session; those before are kept."""
        served = self.find_served(visit.request)
        learner = await self.require_learner(visit)
        self.require_rate("events", learner.id)
        kept = await self.find_session(visit, served)
        if kept is not None and not self.settings.tells and await self.is_open(served, kept):
            return self.go_to(visit, served)  # an exam is taken once
        asked = visit.form.get("mode", "practise")
        mode = asked if self.settings.tells and asked in OFFERED else self.settings.mode
        after = int(visit.form["after"]) if visit.form.get("after", "").isdecimal() else None
        layer = visit.form.get("layer") == "1"
        await self.introduce(served, layer=layer)  # an exercise that cannot be asked begins nothing
        known = (await self.find_known(learner.id))[0]
        digest = (await asyncio.to_thread(served.read))[1]
        head = {"schema": 1, "digest": digest, "mode": mode, "layer": layer, "seed": 0, "known": known,
                "costs": self.settings.costs}  # fmt: skip
        with suppress(Stale):  # the form was sent twice: there is one
            await self.use_store(self.store.begin_session, learner.id, served.key, head, after)
        return self.go_to(visit, served)

    def go_to(self, visit: Visit, served: Served) -> Response:
        """Send the browser to the session, so that a reload sends nothing again."""
        response = RedirectResponse(f"/practise/{quote(served.key)}", 303)
        if visit.is_new:
            self.set_cookie(visit, response)
        return response

    async def take_event(self, visit: Visit) -> Response:
        """An event of a learner: judged, committed, shown."""
        served = self.find_served(visit.request)
        learner = await self.require_learner(visit)
        self.require_rate("events", learner.id)
        kept = await self.find_session(visit, served)
        if kept is None or not await self.is_open(served, kept):
            return await self.show_begin(visit, served, kept, changed=kept is not None)
        kind, text = read_event(visit.form)
        seen = visit.form.get("seen", "")
        if visit.form.get("session") != str(kept.id) or seen != str(kept.count):
            return await self.refuse_stale(visit, served, kept, kind, text)
        if len(text) > LONGEST:
            return await self.show_session(visit, served, kept, note="too-long", status=413, count=f"{LONGEST:,}")
        if kept.count >= MOST_EVENTS and kind != "quit":
            return await self.show_session(visit, served, kept, note="many", status=409)
        event = dump_record({"event": kind, "at": round(self.store.now(), 3)} | ({"text": text} if text else {}))
        try:
            found = await self.ask_about("take", served, kept=kept, event=event, shown=visit.wants_part)
        except JobFailed as failed:
            self.log(f"{failed.kind}: {failed}")
            return await self.show_session(visit, served, kept, note=failed.kind, sent=text, status=503)
        if "error" in found:
            return await self.show_session(visit, served, kept, note="", sent=text, status=422, said=found["error"])
        try:
            kept = await self.use_store(self.store.add_event, kept, event, found["progress"])
        except Stale:
            return await self.refuse_stale(visit, served, await self.find_session(visit, served) or kept, kind, text)
        return await self.show_state(visit, served, kept, found["state"]) if visit.wants_part else self.go_to(visit, served)

    async def refuse_stale(self, visit: Visit, served: Served, kept: Kept, kind: str, text: str) -> Response:
        """A form of a page that is older than the session: sent twice, or from another tab."""
        seen = visit.form.get("seen", "")
        if visit.form.get("session") == str(kept.id) and seen.isdecimal() and int(seen) < kept.count:
            line: str | None = await self.use_store(self.store.find_event, kept.id, int(seen))
            there = json.loads(line or "{}")
            if (there.get("event"), there.get("text", "")) == (kind, text):
                return await self.show_session(visit, served, kept, note="twice") if visit.wants_part else self.go_to(visit, served)
        return await self.show_session(visit, served, kept, note="stale", sent=text if kind == "answer" else "", status=409)

    async def preview(self, visit: Visit) -> Response:
        """How a text is understood that is being typed: nothing is kept of it."""
        served = self.find_served(visit.request)
        if visit.learner is None:
            raise Refusal(403, "form")
        self.require_rate("previews", visit.learner.id)
        kept, (_, text) = await self.find_session(visit, served), read_event(visit.form)
        html = ""
        if kept is not None and len(text) <= LONGEST:
            found = await self.ask_about("preview", served, kept=kept, typed=text)
            html = fill_page("preview.html", found["language"], found=found) if found["html"] else ""
        return Response(html, media_type="text/html", headers={"cache-control": "no-store"})

    async def rename(self, visit: Visit) -> Response:
        """How a learner wants to be called."""
        learner = await self.require_learner(visit)
        self.require_rate("events", learner.id)
        name = " ".join(visit.form.get("name", "").split())[:LONGEST_NAME]
        await self.use_store(self.store.rename_learner, learner.id, name)
        chosen = {key: visit.form[key][:LONGEST_NAME] for key in FILTERS if visit.form.get(key)}
        response = RedirectResponse(f"/?{urlencode(chosen)}" if chosen else "/", 303)
        if visit.is_new:
            self.set_cookie(visit, response)
        return response

    async def admit(self, visit: Visit) -> Response:
        """A student comes by their link."""
        client = visit.request.client
        self.require_rate("newcomers", client.host if client else "")
        visit.secret, hashed = make_token(SECRET), hash_secret(visit.request.path_params["token"])
        visit.learner = await self.use_store(self.store.admit_student, hashed, hash_secret(visit.secret))
        if visit.learner is None:
            raise Refusal(404, "link")
        response = RedirectResponse("/", 303)
        self.set_cookie(visit, response)
        return response

    async def show_class(self, visit: Visit) -> Response:
        """How far a class is, for who has the lecturer's link."""
        if not self.settings.class_token or not is_same_token(visit.request.path_params["token"], self.settings.class_token):
            raise Refusal(404, "missing")
        students = await self.use_store(self.store.list_students)
        sessions = {(kept.learner, kept.exercise): kept for kept in await self.use_store(self.store.list_sessions) if kept.progress}
        begun = [one for one in self.served.values() if any((student.id, one.key) in sessions for student in students)]
        skills = average_skills([kept for (learner, _), kept in sessions.items() if learner in {one.id for one in students}])
        named = (await self.desks.ask(0, {"do": "name", "skills": dict(skills), "language": self.settings.language}))["skills"]
        last = {student.id: max((sessions[key].changed for key in sessions if key[0] == student.id), default=0.0) for student in students}
        return self.show(visit, "class.html", students=students, exercises=begun, sessions=sessions, last=last,
                         skills=[(named[skill], share, count) for skill, (share, count) in skills.items()], clock=write_date)  # fmt: skip

    async def send_static(self, visit: Visit) -> Response:
        """A file of the pages."""
        name = visit.request.path_params["name"]
        if (data := await asyncio.to_thread(read_static, name)) is None:
            raise Refusal(404, "missing")
        keep = "public, max-age=86400" if visit.request.query_params.get("v") == VERSION else "no-cache"
        return Response(data, media_type=find_kind(name), headers={"cache-control": keep})

    # Errors

    async def refuse(self, request: Request, status: int, key: str, **places: object) -> Response:
        """A page that says no, and what to do; of a form its text comes back, so that it can be sent again."""
        language = self.settings.language or "en"
        title, text = find_wording(language).web.ERRORS[key]
        part = request.headers.get("x-part") == "1"
        html = fill_page("refusal_part.html" if part else "refusal.html", language, title=title, text=text.format(**places))
        headers = {"cache-control": "no-store"} | ({"retry-after": "3"} if status in (429, 503) else {})
        return Response(html, status, media_type="text/html", headers=headers)

    def route(self, path: str, handler: Handler, *, form: bool = False, cookie: bool = True) -> Route:
        """A page or a form at an address, with what all of them are held to."""

        async def answer(request: Request) -> Response:
            try:
                visit = await self.begin_visit(request, form=form) if cookie else Visit(request, "", False, None)
                return await handler(visit)
            except Refusal as refusal:
                return await self.refuse(request, refusal.status, refusal.key, **refusal.places)
            except StoreError as error:
                self.log(error.what)
                return await self.refuse(request, 503, "store")
            except JobFailed as failed:
                self.log(f"{failed.kind}: {failed}")
                return await self.refuse(request, 503, failed.kind, count=round(self.desks.seconds))
            except TutorError as error:
                return await self.refuse(request, 422, "exercise", what=f"{error.what} {error.hint}".strip())

        return Route(path, answer, methods=["POST"] if form else ["GET"])

    def make_app(self) -> Any:
        """The application, to be run by a server."""

        async def refuse_missing(request: Request, error: Exception) -> Response:
            status = getattr(error, "status_code", 404)
            return await self.refuse(request, status, "method" if status == 405 else "missing")

        async def refuse_fault(request: Request, _: Exception) -> Response:
            return await self.refuse(request, 500, "failed")

        routes = [
            self.route("/", self.show_catalogue),
            self.route("/static/{name}", self.send_static, cookie=False),
            self.route("/solution/{key:path}", self.show_solution),
            self.route("/practise/{key:path}", self.show_practice),
            self.route("/practise/{key:path}", self.take_event, form=True),
            self.route("/begin/{key:path}", self.begin, form=True),
            self.route("/preview/{key:path}", self.preview, form=True),
            self.route("/name", self.rename, form=True),
            self.route("/in/{token}", self.admit),
            self.route("/class/{token}", self.show_class),
        ]
        handlers: dict[Any, Any] = {404: refuse_missing, 405: refuse_missing, Exception: refuse_fault}
        return self.guard(Starlette(routes=routes, exception_handlers=handlers))

    def guard(self, app: Any) -> Any:
        """The application with its headers, for those who ask for it by a name of its own."""

        async def answer(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                return

            async def send_guarded(message: Any) -> None:
                if message["type"] == "http.response.start":
                    own = [(name.encode(), value.encode()) for name, value in HEADERS]
                    message = {**message, "headers": [*message["headers"], *own]}
                await send(message)

            host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if not is_own_host(host, self.settings.hosts):
                response = await self.refuse(Request(scope, receive), 421, "host")
                await response(scope, receive, send_guarded)
                return
            await app(scope, receive, send_guarded)

        return answer
