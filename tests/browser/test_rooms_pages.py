"""Structures, Libraries, Models, Fleet and Runs by person in Chromium: by keyboard, at two widths, in both colour schemes, without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.looks import BROKEN_WORDS, PALE, UNNAMED, picture
from tests.browser.serving import served_pages

pytestmark = pytest.mark.browser
GOAL = "a molecule with MW < 160"
SLOW = 120_000
LIBRARY = b"CCO ethanol\nCCCCCCCCCCCCO dodecanol\nnothing broken\nCC(=O)Nc1ccc(O)cc1 paracetamol\n"
MEASURED = "smiles,boiling\n" + "".join(f"{'C' * (n % 20 + 1)}{'O' if n < 20 else 'N'},{n % 20 * 1.5 + n // 20:.2f}\n" for n in range(40))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with a worker, over an empty home."""
    with served_pages(tmp_path_factory.mktemp("home"), worker=True) as address:
        yield address


def _faults(page: Any) -> list[str]:
    """What the page complains of, as it comes."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture(scope="module")
def addresses(served: str, chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Each page; the library, the table and the training are asked for by keyboard alone, but for the choice of the file."""
    files = tmp_path_factory.mktemp("files")
    (files / "four.smi").write_bytes(LIBRARY)
    (files / "own.csv").write_text(MEASURED, encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SLOW)
    faults = _faults(page)
    page.goto(f"{served}/libraries")
    page.focus("#goal")
    page.keyboard.type(GOAL)
    page.set_input_files("#library", files / "four.smi")
    page.focus("button.main")
    page.keyboard.press("Enter")
    page.wait_for_url("**/libraries/*")
    page.wait_for_selector("h2:has-text('What was found')")  # by itself, when the worker is done
    library = page.url
    page.goto(f"{served}/structures")
    page.set_input_files("#file", files / "four.smi")
    page.focus("text=Compute its properties")
    page.keyboard.press("Enter")
    page.wait_for_selector("summary:has-text('Columns:')")
    table = page.url
    page.goto(f"{served}/models")
    page.focus("summary:has-text('Train one from a table')")
    page.keyboard.press("Enter")
    page.set_input_files("#table", files / "own.csv")
    page.focus("#name")
    page.keyboard.type("my_boiling")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Train my_boiling?')")
    training = page.url
    assert faults == []
    page.close()
    return {
        "structures": f"{served}/structures",
        "structure": f"{served}/structures?structure=paracetamol&goal={GOAL}&route=yes&runs=yes",
        "polymer": f"{served}/structures?structure=*CC(*)c1ccccc1&route=yes&runs=yes",
        "unreadable": f"{served}/structures?structure=nothing",
        "table": table,
        "libraries": f"{served}/libraries",
        "lists": f"{served}/lists",
        "library": library,
        "models": f"{served}/models",
        "model": f"{served}/models/melting_point",
        "training": training,
        "fleet": f"{served}/fleet",
        "runs": f"{served}/runs?user=ada",
    }


def test_a_structure_is_typed_and_held_against_a_goal_by_keyboard(chromium: Any, served: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SLOW)
    faults = _faults(page)
    page.goto(served)
    page.focus("nav.rooms a:has-text('Structures')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/structures")
    page.focus("#structure")
    page.keyboard.type("paracetamol")
    page.focus("#goal")
    page.keyboard.type(GOAL)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=It meets every requirement that is checked.")
    page.wait_for_selector("#route-found .scheme, #route-found p:has-text('No route')")  # fetched when the page is there
    page.wait_for_selector("#runs-found p, #runs-found table")
    assert "structure=paracetamol" in page.url
    page.reload()
    page.wait_for_selector("text=It meets every requirement that is checked.")
    assert faults == []
    page.close()


def test_a_structure_is_drawn(chromium: Any, served: str) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(SLOW)
    faults = _faults(page)
    page.goto(f"{served}/structures")
    page.fill("#structure", "c1ccccc1")
    page.click("text=Draw it in an editor")
    page.wait_for_selector("#structure-sketch [role=status]:has-text('written at once into the field')")
    assert faults == []
    page.close()


def test_the_menu_of_a_narrow_screen_opens_by_keyboard(chromium: Any, served: str) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto(f"{served}/fleet")
    assert not page.is_visible("nav.rooms")
    page.focus("details.rooms summary")
    page.keyboard.press("Enter")
    link = page.locator("details.rooms a:has-text('Libraries')")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/libraries")
    page.close()


def test_a_model_is_trained_after_a_yes_and_removed(chromium: Any, addresses: dict[str, str]) -> None:
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(SLOW)
    page.goto(addresses["training"])
    page.focus("text=Yes, train it")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Open its card")
    page.click("text=Open its card")
    page.click("text=Remove this model")
    page.click("text=Remove it for good")
    page.wait_for_url("**/models")
    assert page.locator("a[href='/models/my_boiling']").count() == 0
    page.close()


def test_the_rooms_work_without_scripts(chromium: Any, served: str, tmp_path: Path) -> None:
    (tmp_path / "four.smi").write_bytes(LIBRARY)
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto(f"{served}/structures?structure=CCO")
    page.click("text=Look for a route")
    page.wait_for_selector("#route-found .scheme, #route-found p:not(:has(a))")
    page.goto(f"{served}/libraries?goal={GOAL}")
    page.set_input_files("#library", tmp_path / "four.smi")
    page.click("text=Screen the file")
    page.wait_for_selector("h2:has-text('What was found')")  # the page loads itself anew
    with page.expect_download() as saved:
        page.click("text=hits.csv")
    assert b"paracetamol" in Path(saved.value.path()).read_bytes()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_rooms(scheme: str, chromium: Any, addresses: dict[str, str]) -> None:
    source = (Path(pytest.importorskip("axe_playwright_python").__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    found = []
    for name, address in addresses.items():
        page = chromium.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
        page.set_default_timeout(SLOW)
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        page.evaluate(source)
        answer = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found += [
            f"{name}: {v['id']}: {v['nodes'][0]['html'][:120]}" for v in answer["violations"] if v["impact"] in ("serious", "critical")
        ]
        page.close()
    assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_rooms_fit_have_names_and_can_be_read(width: int, scheme: str, chromium: Any, addresses: dict[str, str]) -> None:
    for name, address in addresses.items():
        page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.set_default_timeout(SLOW)
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert page.evaluate(BROKEN_WORDS) == [], name
        assert page.evaluate(PALE) == [], name
        assert page.evaluate(UNNAMED) == [], name
        page.close()


def test_pictures_for_the_docs(chromium: Any, addresses: dict[str, str], tmp_path: Path) -> None:
    for name, address, heading, height in (
        ("structure", addresses["structure"], "h1", 900),
        ("library", addresses["library"], "h1", 900),
    ):
        page = chromium.new_page()
        page.goto(address)
        picture(page, name, heading, height, tmp_path)
        page.close()
