"""Cookies, tokens of forms, hosts and rates: what is right passes, everything next to it does not."""

import pytest

from tutor.web.security import (
    POLICY,
    SECRET,
    TOKEN,
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

KEY, OTHER = b"k" * 32, b"o" * 32


def test_a_cookie_of_this_server_opens():
    secret = make_token(SECRET)
    assert open_cookie(seal_cookie(secret, KEY), KEY) == secret
    assert open_cookie(seal_cookie(secret, OTHER), KEY) is None


@pytest.mark.parametrize("forged", ["", ".", "a", "a.", ".b", "a.b.c", "é.ü", "\ud800.x", "x" * 10_000])
def test_a_forged_cookie_is_none(forged):
    assert open_cookie(forged, KEY) is None


def test_a_seal_is_of_its_own_secret():
    one, two = seal_cookie("one", KEY), seal_cookie("two", KEY)
    assert open_cookie(f"one.{two.partition('.')[2]}", KEY) is None
    assert open_cookie(one[:-1], KEY) is None


def test_a_form_belongs_to_its_cookie():
    token = make_form_token("anna", KEY)
    assert is_form_token(token, "anna", KEY)
    assert not is_form_token(token, "ben", KEY)
    assert not is_form_token(token, "anna", OTHER)
    assert not is_form_token("é", "anna", KEY)
    assert token not in seal_cookie("anna", KEY)  # neither tells the other


def test_secrets_are_long_enough_and_kept_as_hashes():
    assert (TOKEN * 8, SECRET * 8) == (128, 256)
    token = make_token()
    assert token.encode() not in hash_secret(token)
    assert make_token() != token
    assert is_same_token(token, token)
    assert not is_same_token("", token)


@pytest.mark.parametrize(("host", "own"), [
    ("127.0.0.1:8017", True), ("localhost", True), ("[::1]:80", True), ("10.0.0.7", True), ("aula.org:80", True), ("AULA.org", True),
    ("evil.org", False), ("127.0.0.1.evil.org", False), ("aula.org.evil.org", False), ("", False), ("[", False), ("localhost.evil", False),
])  # fmt: skip
def test_only_own_names_are_answered(host, own):
    assert is_own_host(host, {"aula.org"}) is own


def test_a_rate_is_of_one_learner():
    rate = RateLimit(burst=2, each=0.5)
    assert [rate.allows("anna", 0.0) for _ in range(3)] == [True, True, False]
    assert rate.allows("ben", 0.0)
    assert [rate.allows("anna", at) for at in (1.0, 2.0, 2.5, 4.0)] == [False, True, False, True]


def test_a_rate_forgets_who_is_quiet():
    rate = RateLimit(burst=1, each=1.0, most=10)
    for who in range(100):
        rate.allows(who, float(who))
    assert len(rate.left) <= 11


def test_nothing_inside_of_a_page_runs():
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
