"""What the pages say in the words of a chemist: assumptions that still hold, why a structure was rejected, groups, a core that fits its drawing."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import FormData

from app.client import Client
from app.services.cores import CoreService
from app.services.entry import Services
from app.services.series import _said
from app.web.pages.edits import edited
from app.web.rendering import _rejection
from core.candidate import RequirementResult
from core.options import RunOptions
from core.spec import DesignSpec
from tests.app.web.test_new_goal import _form, _post
from tests.report_kit import candidate

GOAL = "a molecule with MW around 300, not too greasy, that dissolves in water"


@pytest.fixture
def spec(services: Services) -> DesignSpec:
    """The goal as read, with an assumption about each of its numbers."""
    return services.goals.interpret(GOAL, RunOptions())


@pytest.mark.parametrize(
    ("changes", "gone"),
    [
        ({}, set()),
        ({"comparison-R1": "between", "low-R1": "290", "high-R1": "310"}, {"MW around 300"}),
        ({"comparison-R2": "<=", "value-R2": "2"}, {"not too greasy"}),
        ({"drop": "R3"}, {"dissolves in water"}),
    ],
)
def test_an_assumption_goes_when_all_that_its_words_became_is_changed(changes: dict[str, str], gone: set[str], spec: DesignSpec) -> None:
    words = {a.phrase for a in spec.assumptions if a.phrase}
    assert words == {"MW around 300", "not too greasy", "dissolves in water"}
    checked = edited(spec, FormData(changes))
    assert {a.phrase for a in checked.assumptions if a.phrase} == words - gone


def test_a_wish_that_one_leaves_out_oneself_was_read(browser: TestClient, services: Services) -> None:
    goal = "a molecule with MW below 300 and logP below 3 that sparkles"
    read = services.goals.interpret(goal, RunOptions())
    assert (services.goals.objections(read), read.wishes().total) == ((), 3)
    dropped = edited(read, FormData({"drop": next(r.id for r in read.requirements if "logP" in r.text)}))
    assert services.goals.objections(dropped) == ()
    assert [(s.text.strip(), s.dropped) for s in dropped.reading if s.left_out] == [("logP below 3", True)]
    assert DesignSpec.model_validate_json(dropped.model_dump_json()) == dropped
    assert "left_out" not in read.model_dump_json()
    both = edited(dropped, FormData({"drop": dropped.requirements[0].id}))
    assert services.goals.objections(both) == ()
    unread = services.goals.interpret("a molecule with MW below 300 that sparkles and glitters", RunOptions())
    assert "only 1 of the 3 wishes" in "".join(services.goals.objections(unread)) or services.goals.objections(unread)
    text = _post(browser, "/goals/check", {**_form(browser, goal), "drop": "R2"}, part=False)
    assert '<s title="left out by you">' in text
    assert "Struck out: read, and left out by you" in text
    assert 'href="/" aria-current="page"' in text  # whatever address the form was sent to


def test_a_checked_form_has_its_estimate_and_asks_for_no_other_until_it_is_changed(browser: TestClient, services: Services) -> None:
    fields = {**_form(browser, GOAL), "comparison-R2": "<=", "value-R2": "2", "budget": "1500"}
    text = _post(browser, "/goals/check", fields, part=False)
    assert "“not too greasy”, changed by you" in text
    assert "within ± 30 g/mol" in text
    assert "at most 3" not in text.partition("<h3>Assumed</h3>")[2].partition("<fieldset>")[0]
    asked = re.search(r'hx-post="/goals/forecast"[^>]*hx-trigger="([^"]*)"', text)
    assert asked
    assert "load" not in asked[1]
    assert re.search(r"of about \d+ structures that are evaluated \(at most 1500, but runs commonly stop", text)


@pytest.mark.parametrize(
    ("group", "said"),
    [
        ("[H][*:1]", "H"),
        ("C[*:1]", "CH3"),
        ("F[*:10].F[*:10]", "2 × F"),
        ("C[*:2].F[*:2]", "CH3, F"),
        ("CC(C)CO[*:1]", "*OCC(C)C"),
        ("C(C[*:2])[*:1]", "C(C[R2])[R1]"),  # bonded to the core twice
        ("*CC[*:1]", "*CC[R1]"),  # an end of a repeat unit
    ],
)
def test_groups_are_said_by_their_formula_or_from_the_bond_on(group: str, said: str) -> None:
    assert _said(group, "none") == said


def test_the_atoms_of_a_core_and_their_hydrogens_lie_within_its_drawing() -> None:
    svg = CoreService().view("CC(=O)Nc1ccc(O)cc1", [], [], lambda *_: "/").svg
    box = re.search(r'viewBox="(\S+) (\S+) (\S+) (\S+)"', svg)
    assert box
    left, top, width, height = map(float, box.groups())
    xs, ys = ([float(x) for x in re.findall(rf'<circle[^>]* {c}="([-0-9.]+)"', svg)] for c in ("cx", "cy"))
    assert len(xs) == 11
    assert left + 25 <= min(xs)
    assert max(xs) <= left + width - 25  # the H of an OH at the edge takes about 20
    assert top + 25 <= min(ys)
    assert max(ys) <= top + height - 25


@pytest.mark.parametrize(
    ("rule", "reason", "said"),
    [
        ("requirement:R1", "logP at most 3", "it misses “logP at most 3”"),
        ("requirement:R1", "no value is known", "it misses “logP at most 3” (no value is known)"),
        ("safety:S7", "an explosive group", "an explosive group"),
        ("structure:radical", "", "structure:radical"),  # nothing else was said
    ],
)
def test_a_structure_is_rejected_in_the_words_of_what_it_misses(rule: str, reason: str, said: str) -> None:
    missed = RequirementResult(id="R1", text="logP at most 3", met=False, probability=0.0)
    update = {"status": "rejected", "rejected_by": rule, "rejected_reason": reason, "requirements": [missed]}
    assert _rejection(candidate(1, "CCO").model_copy(update=update)) == said


def test_where_the_table_is_cards_a_list_sorts_it(browser: TestClient, client: Client, finished: str) -> None:
    page = browser.get(f"/runs/{finished}?which=listed&text=c")
    assert page.status_code == 200
    narrow = page.text.partition('<form class="narrow"')[2].partition("</form>")[0]
    assert '<label for="order">Sort by</label>' in narrow
    assert '<input type="hidden" name="which" value="listed">' in narrow  # without a script nothing of the state is lost
    orders = re.findall(r'<option value="(-[^"]+)"', narrow)
    assert orders
    chosen = browser.get(f"/runs/{finished}?sort={orders[0]}").text
    assert f'<option value="{orders[0]}" selected>' in chosen
