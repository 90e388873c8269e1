"""The page *New goal* in Chromium: the forecast follows what one types, a core is marked by keyboard, a spec is saved; two widths, both schemes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rdkit import Chem

from tests.browser.looks import BROKEN_WORDS, PALE, UNNAMED
from tests.browser.serving import served_pages

pytestmark = pytest.mark.browser
GOAL = "a molecule with a nitrile, melting point above 150 °C, MW < 300 and low logP"
SLOW = 120_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over an empty home; nothing is run."""
    with served_pages(tmp_path_factory.mktemp("home"), worker=False) as address:
        yield address


def test_the_forecast_follows_what_is_typed_and_the_spec_is_saved(chromium: Any, served: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SLOW)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.goto(f"{served}/?goal={GOAL}")
    page.click("button.main")
    page.wait_for_selector("#forecast strong:has-text('qualifying candidates')")
    page.focus("input[name=value-R2]")
    page.keyboard.press("Control+A")
    page.keyboard.type("60")
    page.wait_for_selector("#forecast:has-text('With your changes: R2:')")
    assert page.evaluate("document.activeElement.name") == "value-R2"  # the field is not swapped while one types in it
    page.keyboard.type("x")
    page.wait_for_selector("#forecast:has-text('is not a number')")
    page.keyboard.press("Backspace")
    page.wait_for_selector("#forecast:has-text('With your changes: R2:')")
    page.fill("#template_name", "nitriles")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/templates/nitriles-*")
    assert page.input_value("input[name=value-R2]") == "60"
    assert faults == []
    page.close()


def test_a_core_is_marked_by_keyboard_without_scripts(chromium: Any, served: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/core?text=c1ccc2%5BnH%5Dccc2c1&goal=a+drug")
    assert page.locator("a.atom.locked").count() == 9
    page.focus("#atom-0")
    page.keyboard.press("Enter")
    page.wait_for_selector("a.atom.open")
    page.click("text=Use this core")
    assert ":1]" in page.input_value("#core")
    assert page.input_value("#goal") == "a drug"
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_fit_have_names_and_can_be_read(width: int, scheme: str, chromium: Any, served: str) -> None:
    for address in (f"{served}/?goal={GOAL}", f"{served}/core?text=CC(=O)Nc1ccc(O)cc1&open=3&free=0", f"{served}/templates"):
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.set_default_timeout(SLOW)
        page.goto(address)
        if "?goal" in address:
            page.click("button.main")
            page.wait_for_selector("#forecast strong")
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.evaluate(BROKEN_WORDS) == [], address
        assert page.evaluate(PALE) == [], address
        assert page.evaluate(UNNAMED) == [], address
        page.close()


def test_a_structure_is_drawn_into_its_field_and_the_policy_allows_the_editor(chromium: Any, served: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(SLOW)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{served}/core?text=CCO")
    page.click("text=Draw it in an editor")
    page.wait_for_selector("#text-sketch [role=status]:has-text('written at once into the field')")
    box, before = page.locator("#text-sketch .sheet").bounding_box(), None
    while box != before:  # it scrolls into view
        page.wait_for_timeout(300)
        box, before = page.locator("#text-sketch .sheet").bounding_box(), box
    assert box["height"] > 300
    assert box["y"] + box["height"] <= 1000  # all of it is in sight
    assert page.evaluate("document.activeElement.id") == "text-sketch"
    page.mouse.click(box["x"] + 34, box["y"] + 201)  # the ring of benzene among the tools
    page.mouse.click(box["x"] + 200, box["y"] + 90)
    for _ in range(100):
        if "." in page.input_value("#text"):  # beside the ethanol
            break
        page.wait_for_timeout(100)
    drawn = page.input_value("#text")
    assert sorted(Chem.CanonSmiles(part) for part in drawn.split(".")) == ["CCO", "c1ccccc1"]
    page.click("text=Draw it in an editor")
    assert not page.is_visible("#text-sketch")
    assert faults == []
    page.close()


def test_without_the_editor_the_field_takes_text_and_the_page_says_so(chromium: Any, served: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SLOW)
    page.route("**/vendor/openchemlib.js", lambda route: route.abort())
    page.goto(f"{served}/core")
    page.click("text=Draw it in an editor")
    page.wait_for_selector("text=The editor cannot be loaded here. The field takes a SMILES or a mol block all the same.")
    page.fill("#text", "aspirin")
    page.click("text=Show its atoms")
    page.wait_for_selector("a.atom")
    page.close()


def test_a_core_goes_from_the_goal_to_its_atoms_and_back_and_is_read_at_once(chromium: Any, served: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SLOW)
    page.goto(f"{served}/?goal=a drug with logP below 3")
    page.wait_for_selector("#reading-heading")  # a goal in the address is read without a click
    page.click("summary:has-text('A compound at hand')")
    page.fill("#core", "paracetamol")
    page.click("text=Lock a core atom by atom")
    page.wait_for_selector("a.atom")
    assert page.url.endswith("#atoms")  # what one came for is in sight
    page.click("#atom-0")
    page.wait_for_selector("a.atom.open")
    page.click("text=Use this core")
    page.wait_for_selector("#reading-heading")
    assert page.input_value("#goal") == "a drug with logP below 3"
    assert page.locator("#reading img[src*='drawing.svg']").count() == 1  # the core is among the requirements
    page.close()


def test_the_curve_follows_its_fields(chromium: Any, served: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SLOW)
    page.goto(f"{served}/?goal={GOAL}")
    page.fill("input[name=high-O1]", "3")
    page.wait_for_selector("#curve-O1 svg[aria-label='worth most up to 0, nothing from 3']")
    page.fill("input[name=low-O1]", "9")
    page.wait_for_selector("#forecast:has-text('9 has to lie below 3')")
    page.close()
