"""Signing in, My account, Share and Admin in Chromium: by keyboard alone, at two widths, in both colour schemes, held against axe-core."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.looks import BROKEN_WORDS, PALE, UNNAMED
from tests.browser.serving import served_pages, signed_in

pytestmark = pytest.mark.browser
ADA, ED = "plum orbit ladder seven", "violet anchor under snow"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with accounts."""
    with served_pages(tmp_path_factory.mktemp("home"), worker=False, accounts={"ada": ("chemist", ADA), "ed": ("admin", ED)}) as address:
        yield address


@pytest.fixture(scope="module")
def run(served: str, chromium: Any) -> str:
    """The address of a run of ada's."""
    page = signed_in(chromium, f"{served}/", "ada", ADA)
    page.fill("#goal", "a molecule with MW < 300")
    page.click("button.main")
    page.wait_for_selector("#reading-heading")
    page.click("button:has-text('Approve')")
    page.wait_for_url("**/runs/*")
    address: str = page.url
    page.context.close()
    return address


def test_an_admin_makes_an_account_a_project_and_a_member_by_keyboard(served: str, chromium: Any) -> None:
    page = signed_in(chromium, f"{served}/admin", "ed", ED)
    page.focus("#name")
    page.keyboard.type("bo")
    page.keyboard.press("Tab")
    page.keyboard.type("r")  # reviewer
    page.keyboard.press("Tab")
    page.keyboard.type("green kettle on a hill")
    page.keyboard.press("Enter")
    page.wait_for_selector("select[aria-label='Role of bo']")
    assert page.input_value("select[aria-label='Role of bo']") == "reviewer"
    page.focus("#project")
    page.keyboard.type("blue dyes")
    page.keyboard.press("Enter")
    page.wait_for_selector("legend:has-text('blue dyes')")
    for number in (1, 2):
        page.focus("select[aria-label='Somebody to add to blue dyes']")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_function("n => document.querySelectorAll('.members li').length === n", arg=number)
    page.goto(f"{served}/admin/audit")
    assert "Make a project" in page.locator("table").inner_text()
    page.context.close()


def test_a_run_is_shared_with_a_project_and_taken_back(served: str, run: str, chromium: Any) -> None:
    bo = signed_in(chromium, f"{served}/runs", "bo", "green kettle on a hill")
    assert bo.goto(run).status == 404
    page = signed_in(chromium, run, "ada", ADA)
    page.click("a:has-text('Share …')")
    page.focus("input[name=visibility][value=private]")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("input[value=project]")
    page.focus("button.main")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=shared with the project blue dyes")
    assert bo.goto(run).status == 200
    assert bo.locator("h1").inner_text() == "a molecule with MW < 300"
    page.check("input[value=private]")
    page.click("button.main")
    page.wait_for_selector("span.meta:has-text('private')")
    assert bo.goto(run).status == 404
    assert bo.goto(f"{served}/admin").status == 403
    bo.click("button:has-text('Sign out')")
    bo.wait_for_url("**/sign-in")
    bo.context.close()
    page.context.close()


def test_a_wrong_password_is_told_and_a_token_is_shown_once(served: str, chromium: Any) -> None:
    page = chromium.new_context().new_page()
    page.goto(f"{served}/sign-in")
    page.fill("#name", "ada")
    page.fill("#password", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert page.input_value("#name") == "ada"
    assert page.input_value("#password") == ""
    page.context.close()
    page = signed_in(chromium, f"{served}/me", "ada", ADA)
    page.fill("#label", "notebook")
    page.keyboard.press("Enter")
    page.wait_for_selector("code.secret")
    assert page.inner_text("code.secret").startswith("mw_")
    page.goto(f"{served}/me")
    assert page.locator("code.secret").count() == 0
    assert page.locator("button:has-text('Revoke')").count() == 1
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_people_fits_has_names_and_can_be_read(width: int, scheme: str, chromium: Any, served: str, run: str) -> None:
    source = (Path(pytest.importorskip("axe_playwright_python").__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    view = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    out, ed, ada = chromium.new_context(**view).new_page(), None, None
    ed, ada = signed_in(chromium, f"{served}/admin", "ed", ED, **view), signed_in(chromium, f"{served}/me", "ada", ADA, **view)
    pages = (
        (out, "/sign-in"),
        (ed, "/admin"),
        (ed, "/admin/audit"),
        (ed, "/admin/people/ada/remove"),
        (ada, "/me"),
        (ada, f"{run}/access"),
    )
    for page, path in pages:
        page.goto(path if path.startswith("http") else f"{served}{path}")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(BROKEN_WORDS) == [], path
        assert page.evaluate(PALE) == [], path
        assert page.evaluate(UNNAMED) == [], path
        page.evaluate(source)
        answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        serious = [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in answer["violations"] if v["impact"] in ("serious", "critical")]
        assert serious == [], path
    for page in (out, ed, ada):
        page.context.close()
