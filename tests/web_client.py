"""A small browser for the tests of ``tutor serve``: cookies, forms and redirects, over HTTP or straight into the application."""

from __future__ import annotations

import asyncio
import http.client
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit


@dataclass
class Form:
    """A form of a page: where it goes, its fields with what stands in them, its choices and its buttons."""

    action: str
    method: str = "get"
    fields: dict = field(default_factory=dict)
    options: dict = field(default_factory=dict)
    buttons: list = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms, self.inside, self.select = [], None, None

    def handle_starttag(self, tag, pairs):
        has = dict(pairs)
        if tag == "form":
            self.inside = Form(has.get("action", ""), has.get("method", "get"))
            self.forms.append(self.inside)
        form = self.inside
        if form is None:
            return
        name, value = has.get("name"), has.get("value") or ""
        if tag in ("input", "textarea") and name:
            if has.get("type") in ("radio", "checkbox"):
                form.options.setdefault(name, []).append(value)
                if "checked" in has:
                    form.fields[name] = value
            else:
                form.fields[name] = value
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            form.options.setdefault(self.select, []).append(value)
            if "selected" in has or self.select not in form.fields:
                form.fields[self.select] = value
        elif tag == "button" and name:
            form.buttons.append(value)

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = None
        elif tag == "select":
            self.select = None


@dataclass
class Page:
    """What came back."""

    status: int
    headers: dict
    body: bytes
    address: str
    set_cookies: list = field(default_factory=list)

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def forms(self):
        reader = _Reader()
        for part in re.findall("<form.*?</form>", self.text, re.DOTALL):
            reader.feed(part)
        return reader.forms

    def form(self, action):
        """The form that goes to an address which begins so."""
        return next(form for form in self.forms if form.action.startswith(action))


class Browser:
    """Asks for pages; ``ask`` takes a method, an address, headers and a body, and gives status, headers and body."""

    def __init__(self, ask):
        self.ask, self.cookies, self.seen = ask, {}, []

    def request(self, method, address, body=b"", headers=(), follow=True):
        own = {"host": "127.0.0.1", **dict(headers)}
        if self.cookies:
            own["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            own.setdefault("content-type", "application/x-www-form-urlencoded")
            own["content-length"] = str(len(body))
        status, found, data = self.ask(method, address, own, body)
        page = Page(status, {}, data, address)
        for name, value in found:
            if name == "set-cookie":
                page.set_cookies.append(value)
                self.cookies.update({key: morsel.value for key, morsel in SimpleCookie(value).items()})
            page.headers[name] = value
        self.seen.append(page)
        if follow and status in (302, 303):
            where = urlsplit(page.headers["location"])
            return self.request("GET", where.path + (f"?{where.query}" if where.query else ""), headers=headers)
        return page

    def get(self, address, **more):
        return self.request("GET", address, **more)

    def submit(self, sent, /, follow=True, headers=(), **fields):
        """Send a form with some fields filled in; a list is several of one name."""
        filled = {**sent.fields, **fields}
        return self.request("POST", sent.action, urlencode(filled, doseq=True).encode(), headers=headers, follow=follow)

    def begin(self, key, **fields):
        """Begin a session and give its first page."""
        page = self.get(f"/practise/{key}")
        return self.submit(page.form("/begin/"), **fields)

    def do(self, page, kind, **fields):
        """Press a button of a lesson."""
        return self.submit(page.form("/practise/"), do=kind, **fields)


class Inside:
    """The application in this process, on an event loop of its own that runs only while somebody asks."""

    def __init__(self, app, loop=None):
        self.app, self.loop = app, loop or asyncio.new_event_loop()

    def __call__(self, method, address, headers, body):
        return self.loop.run_until_complete(self.answer(method, address, headers, body))

    async def answer(self, method, address, headers, body):
        parts = urlsplit(address)
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http", "path": parts.path,
            "raw_path": parts.path.encode(), "query_string": parts.query.encode(), "root_path": "", "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80), "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        }  # fmt: skip
        sent, pieces = [], [body[place : place + 65536] for place in range(0, len(body), 65536)] or [b""]

        async def receive():
            if not pieces:
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(message):
            sent.append(message)

        await self.app(scope, receive, send)
        start = next(one for one in sent if one["type"] == "http.response.start")
        data = b"".join(one.get("body", b"") for one in sent if one["type"] == "http.response.body")
        return start["status"], [(name.decode().lower(), value.decode("latin-1")) for name, value in start["headers"]], data


class Outside:
    """A server at a port, over one connection that is kept."""

    def __init__(self, port):
        self.port, self.connection = port, None

    def __call__(self, method, address, headers, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self.connection.request(method, address, body or None, headers)
        answer = self.connection.getresponse()
        return answer.status, [(name.lower(), value) for name, value in answer.getheaders()], answer.read()
