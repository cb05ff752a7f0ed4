"""What keeps a page safe: headers, cookies, tokens of forms, the host that is asked for, and how often somebody may ask.

A cookie is a secret of 256 bits with a seal of the server, so that one that nobody gave out is none; the database has its hash alone.
A form's token follows from the cookie: who cannot read the cookie cannot make one.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load: what lies on this server, and nothing inside of the page itself."""
HEADERS = (
    ("content-security-policy", POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
)
COOKIE = "tutor"
AGE = 180 * 24 * 3600
"""So many seconds a browser keeps its cookie."""
SECRET = 32
TOKEN = 16
"""Bytes of a cookie's secret, and of a student's link: 128 bits."""


def make_token(size: int = TOKEN) -> str:
    """A secret that may stand in a link."""
    return secrets.token_urlsafe(size)


def hash_secret(secret: str) -> bytes:
    """What is kept of a secret; it has so many bits that nobody finds it by trying."""
    return sha256(secret.encode("utf-8", "replace")).digest()


def seal_cookie(secret: str, key: bytes) -> str:
    """A cookie: its secret with the server's seal."""
    return f"{secret}.{_seal(secret, key)}"


def open_cookie(cookie: str, key: bytes) -> str | None:
    """The secret of a cookie that this server gave out; None for any other.

    >>> open_cookie(seal_cookie("abc", b"k"), b"k"), open_cookie("abc.def", b"k"), open_cookie("", b"k")
    ('abc', None, None)
    """
    secret, dot, seal = cookie.partition(".")
    right = dot and secret and hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(secret, key).encode())
    return secret if right else None


def _seal(secret: str, key: bytes) -> str:
    return hmac.new(key, f"cookie {secret}".encode("utf-8", "replace"), sha256).hexdigest()[:32]


def make_form_token(secret: str, key: bytes) -> str:
    """The token of all forms of one cookie."""
    return hmac.new(key, f"form {secret}".encode(), sha256).hexdigest()[:32]


def is_form_token(token: str, secret: str, key: bytes) -> bool:
    """Whether a form was made for this cookie.

    >>> is_form_token(make_form_token("abc", b"k"), "abc", b"k"), is_form_token("", "abc", b"k")
    (True, False)
    """
    return hmac.compare_digest(token.encode("utf-8", "replace"), make_form_token(secret, key).encode())


def is_same_token(token: str, own: str) -> bool:
    """Whether two tokens are the same, in a time that tells nothing."""
    return hmac.compare_digest(token.encode("utf-8", "replace"), own.encode())


def is_own_host(host: str, names: Collection[str]) -> bool:
    """Whether a page is asked for by a name of this server: an address, ``localhost``, or one of ``names``.

    Another name that leads here is of somebody who wants to read pages through a browser inside (DNS rebinding); an address is none.

    >>> [is_own_host(host, ["aula.org"]) for host in ("127.0.0.1:80", "[::1]:80", "LOCALHOST", "aula.org", "evil.org", "")]
    [True, True, True, True, False, False]
    """
    name = host.strip().lower()
    name = name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0]
    if name == "localhost" or name in names:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class RateLimit:
    """How often somebody may do something: ``burst`` times at once, then ``each`` times a second.

    >>> rate = RateLimit(burst=2, each=1.0)
    >>> [rate.allows("anna", at) for at in (0.0, 0.0, 0.0, 1.0, 1.0)]
    [True, True, False, True, False]
    """

    burst: float
    each: float
    left: dict[object, tuple[float, float]] = field(default_factory=dict)
    most: int = 10_000

    def allows(self, who: object, at: float) -> bool:
        """Whether they may once more now; if so it is counted."""
        had, before = self.left.get(who, (self.burst, at))
        has = min(self.burst, had + (at - before) * self.each)
        if len(self.left) >= self.most:
            self.left = {one: row for one, row in self.left.items() if row[0] + (at - row[1]) * self.each < self.burst}
        self.left[who] = (has - 1 if has >= 1 else has, at)
        return has >= 1
