"""What stands before every request."""

from __future__ import annotations

import hashlib
import re

import pytest
from fastapi.testclient import TestClient

from app.services.entry import Services
from app.web.application import STATIC
from app.web.guard import MAX_BODY, POLICY
from app.web.hosts import needs_accounts
from app.web.server import serve
from core.errors import ConfigurationError

STRUCTURE = {"smiles": "CCO"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8642", "localhost:1", "[::1]:8642"])
def test_this_machine_is_answered(host: str, browser: TestClient) -> None:
    assert browser.get("/api/v1/runs", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8642", "192.168.0.7", "[::2]", ""])
def test_another_name_for_this_machine_is_refused(host: str, browser: TestClient) -> None:
    answer = browser.get("/api/v1/runs", headers={"host": host})
    assert (answer.status_code, answer.headers["content-type"]) == (421, "application/problem+json")


@pytest.mark.parametrize(
    "headers", [{"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:99"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_change_asked_for_by_another_site_is_refused(headers: dict[str, str], browser: TestClient) -> None:
    assert browser.post("/api/v1/structures", json=STRUCTURE, headers=headers).status_code == 403


def test_our_own_pages_and_programs_may_ask_for_changes(browser: TestClient) -> None:
    for headers in ({}, {"origin": "http://127.0.0.1:8642", "sec-fetch-site": "same-origin"}):
        assert browser.post("/api/v1/structures/check", json={"smiles": "CCO", "goal": ""}, headers=headers).status_code == 422


def test_what_is_too_large_is_refused_whether_it_says_so_or_not(browser: TestClient) -> None:
    assert browser.post("/api/v1/structures", content=b"{}", headers={"content-length": str(MAX_BODY + 1)}).status_code == 413


def test_every_answer_has_a_policy_without_inline_scripts(browser: TestClient) -> None:
    for path in ("/api/v1/runs", "/static/vendor/htmx.min.js", "/nowhere"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
    scripts = next(part for part in POLICY.split(";") if part.strip().startswith("script-src"))
    assert scripts.split() == ["script-src", "'self'"]


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "::", "example.org", ""])
def test_any_address_but_loopback_needs_accounts_and_somebody_who_makes_them(host: str, services: Services) -> None:
    with pytest.raises(ConfigurationError, match="no admin"):
        serve(services, host, 0, 0, show=print, open_page=False)


def test_loopback_needs_none(services: Services) -> None:
    assert [needs_accounts(services, host) for host in ("127.0.0.1", "::1", "localhost")] == [False] * 3


def test_the_vendored_scripts_are_those_of_the_locked_manifest() -> None:
    vendor = STATIC / "vendor"
    listed = dict(reversed(line.split()) for line in (vendor / "SHA256SUMS").read_text().splitlines())
    assert {f"{name}.{end}" for name in ("htmx", "sse") for end in ("min.js", "LICENSE.txt")} | {
        "openchemlib.js",
        "openchemlib.LICENSE.txt",
    } == set(listed)
    for name, digest in listed.items():
        assert hashlib.sha256((vendor / name).read_bytes()).hexdigest() == digest
    version = re.search(r'"htmx.org": "([\d.]+)"', (STATIC.parent / "npm" / "package.json").read_text())
    assert version is not None
    assert f'version:"{version[1]}"' in (vendor / "htmx.min.js").read_text()
