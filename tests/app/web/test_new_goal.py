"""The page *New goal* beyond the sentence: pictures, the forecast beside the form, saved specs, cores marked on a drawing."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from app.client import ApiError, Client
from app.services.entry import Services
from app.web.guard import TOKEN

GOAL = "a polymer with Tg > 250 °C and no halogens"


def _form(browser: TestClient, goal: str) -> dict[str, str]:
    """The fields of the reading of ``goal``, with the browser's secret."""
    secret = _field(browser.get("/").text, TOKEN)
    return {TOKEN: secret, "spec": _field(browser.post("/goals", data={TOKEN: secret, "goal": goal}).text, "spec")}


def _field(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return html.unescape(found[1])


def _post(browser: TestClient, path: str, data: dict[str, Any], part: bool = True) -> str:
    answer = browser.post(path, data=data, headers={"hx-request": "true"} if part else {})
    assert answer.status_code == 200, answer.text[:300]
    return answer.text


def test_a_reading_shows_what_is_asked_for_in_pictures(browser: TestClient) -> None:
    secret = _field(browser.get("/").text, TOKEN)
    shown = browser.post("/goals", data={TOKEN: secret, "goal": "a molecule with a nitrile, MW < 300 and low logP"}).text
    curve = re.search(r'<svg class="curve" role="img" aria-label="([^"]+)"', shown)
    assert curve
    assert curve[1].startswith("worth most up to")
    picture = re.search(r'src="(/pattern.svg\?smarts=[^"]+)"', shown)
    assert picture
    drawn = browser.get(html.unescape(picture[1]))
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "<path" in drawn.text
    assert browser.get("/pattern.svg?smarts=%28%28").status_code == 422


def test_the_forecast_is_asked_for_after_the_reading_and_follows_changes(browser: TestClient) -> None:
    fields = _form(browser, GOAL)
    reading = _post(browser, "/goals", {TOKEN: fields[TOKEN], "goal": GOAL})
    assert 'hx-post="/goals/forecast"' in reading
    assert "qualifying candidates</strong>" not in reading  # it does not hold up the reading
    first = _post(browser, "/goals/forecast", fields)
    assert "qualifying candidates</strong> of about" in first
    assert "What binds: <strong>R1</strong>" in first
    easier = _post(browser, "/goals/forecast", {**fields, "comparison-R1": ">", "value-R1": "150"})
    assert "With your changes: R1:" in easier
    assert _expected(easier) > _expected(first)
    wrong = _post(browser, "/goals/forecast", {**fields, "comparison-R1": ">", "value-R1": "hot"})
    assert "As changed it cannot be run:" in wrong
    assert "is not a number" in html.unescape(wrong)


def _expected(text: str) -> int:
    found = re.search(r"About (\d+)", text)
    assert found
    return int(found[1])


def test_without_a_script_the_checked_form_has_the_forecast(browser: TestClient) -> None:
    text = _post(browser, "/goals/check", _form(browser, GOAL), part=False)
    assert "qualifying candidates</strong> of about" in text


def test_the_api_forecasts_a_spec_and_says_unknown(client: Client) -> None:
    told = client.forecast(client.read(GOAL).spec)
    assert told.known
    assert told.low is not None
    assert told.high is not None
    assert told.low <= (told.expected or 0) <= told.high
    unknown = client.forecast(client.read("a molecule similar to caffeine with logP below 0").spec)
    assert not unknown.known
    assert unknown.expected is None
    assert "given compound" in unknown.reason


def test_a_spec_is_saved_under_a_name_listed_used_and_deleted(browser: TestClient, services: Services) -> None:
    fields = {**_form(browser, GOAL), "comparison-R1": ">", "value-R1": "200", "template_name": "Heat & Film"}
    answer = browser.post("/templates", data=fields, follow_redirects=False)
    assert answer.status_code == 303
    address = answer.headers["location"]
    assert re.fullmatch(r"/templates/heat-film-[0-9a-f]{10}", address)
    assert "Heat &amp; Film" in browser.get("/templates").text
    used = browser.get(address).text
    assert 'name="value-R1"' in used
    assert 'value="200"' in used
    saved = services.templates.find(address.rpartition("/")[2])
    assert saved.spec.goal == GOAL
    assert browser.post(f"{address}/delete", data={TOKEN: fields[TOKEN]}).status_code == 200
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("name", ["", "x" * 101])
def test_a_template_needs_a_name(name: str, browser: TestClient) -> None:
    answer = browser.post("/templates", data={**_form(browser, GOAL), "template_name": name})
    assert answer.status_code == 422
    assert "needs a name" in answer.text


@pytest.mark.parametrize("given", ["%2e%2e%2fmolwright", "..%5csecret", "A", "no-such-one"])
def test_no_path_is_made_of_what_a_request_names(given: str, browser: TestClient) -> None:
    assert browser.get(f"/templates/{given}").status_code == 404


def test_atoms_are_marked_by_links_and_the_core_goes_into_the_goal(browser: TestClient) -> None:
    secret = _field(browser.get("/").text, TOKEN)
    first = browser.post("/core", data={TOKEN: secret, "text": "indole", "goal": "a drug"})
    assert first.status_code == 200
    links = re.findall(r'<a id="atom-\d+" class="atom locked" href="([^"]+)"', first.text)
    assert len(links) == 9
    assert "Mark at least one atom" in first.text
    opened = browser.get(html.unescape(links[0]))
    assert opened.text.count('class="atom open"') == 1
    use = re.search(r'class="button main" href="([^"]+)"', opened.text)
    assert use
    target = parse_qs(urlsplit(html.unescape(use[1])).query)
    assert ":1]" in target["core"][0]
    page = browser.get(html.unescape(use[1])).text
    assert html.escape(target["core"][0]) in page
    read = browser.post("/goals", data={TOKEN: secret, "goal": "a molecule with logP below 3", "core": target["core"][0]}).text
    assert "fixed_atoms" in html.unescape(read)


def test_from_the_goals_form_one_comes_to_the_page_of_its_core_with_the_compound_at_hand(browser: TestClient) -> None:
    secret = _field(browser.get("/").text, TOKEN)
    given = {TOKEN: secret, "goal": "make it more soluble", "compound": "CCO"}
    plain = browser.post("/core/begin", data=given, follow_redirects=False)
    assert (plain.status_code, plain.headers["location"]) == (303, "/core?text=CCO&goal=make+it+more+soluble#atoms")
    part = browser.post("/core/begin", data={**given, "core": "CCN"}, headers={"hx-request": "true"}, follow_redirects=False)
    assert (part.status_code, part.headers["hx-redirect"]) == (204, "/core?text=CCN&goal=make+it+more+soluble#atoms")
    assert 'id="atoms"' in browser.get(part.headers["hx-redirect"]).text


def test_what_is_no_compound_is_said(browser: TestClient) -> None:
    secret = _field(browser.get("/").text, TOKEN)
    answer = browser.post("/core", data={TOKEN: secret, "text": "C1CC("})
    assert answer.status_code == 422
    assert "nor is it the name of a common compound" in html.unescape(answer.text)
    assert browser.get("/core?text=C1CC(").status_code == 422


def test_a_forecast_of_what_is_no_spec_is_refused(client: Client) -> None:
    spec = client.read(GOAL).spec
    broken = spec.model_copy(update={"requirements": [spec.requirements[0].model_copy(update={"property": "colour"})]})
    with pytest.raises(ApiError, match="colour"):
        client.forecast(broken)


def test_what_the_list_is_made_of_is_chosen_in_the_form(browser: TestClient, services: Services) -> None:
    fields = _form(browser, GOAL)
    chosen = _post(browser, "/goals/check", {**fields, "novelty": "new only"})
    assert re.search(r'<option value="new only" selected>', chosen)
    assert services.goals.read(_field(chosen, "spec"), "the page").novelty == "new only"
    anything = _post(browser, "/goals/check", {**fields, "novelty": "any"})
    assert services.goals.read(_field(anything, "spec"), "the page").list_known


CURVES = "a molecule with MW < 300, low logP and high water solubility"


def test_the_ends_of_a_curve_are_corrected_beside_it(browser: TestClient) -> None:
    fields = _form(browser, CURVES)
    reading = _post(browser, "/goals", {TOKEN: fields[TOKEN], "goal": CURVES})
    assert re.search(r'name="low-O1"[^>]*aria-label="O1 is most up to" value="0"', reading)
    assert re.search(r'name="high-O2"[^>]*aria-label="O2 is most from \(log mol/L\)" value="0"', reading)
    assert "among candidates that meet the goal, those easier to make" in reading
    told = _post(browser, "/goals/forecast", {**fields, "low-O1": "1", "high-O1": "3"})
    assert "With your changes: O1: logP (Crippen) as low as possible (full marks at 1, none at 3)" in told
    assert '<span id="curve-O1" hx-swap-oob="true"><svg class="curve" role="img" aria-label="worth most up to 1, nothing from 3"' in told
    checked = json.loads(_field(_post(browser, "/goals/check", {**fields, "low-O1": "1", "high-O1": "3", "high-O3": "4"}), "spec"))
    first, _, third, _ = checked["objectives"]
    assert (first["low"], first["high"], first["origin"]) == (1, 3, "person")
    assert (third["high"], third["origin"]) == (4, "person")
    assert not any("those easier to make" in a["text"] for a in checked["assumptions"])  # it says what is so no more
    assert any("a known route" in a["text"] for a in checked["assumptions"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"low-O1": "6"}, "the curve of O1: 6 has to lie below 5"),
        ({"low-O1": "much"}, "the curve of O1: 'much' is not a number"),
        ({"high-O1": "inf"}, "a number is not finite"),
    ],
)
def test_a_curve_that_cannot_be_is_said_while_one_types(given: dict[str, str], said: str, browser: TestClient) -> None:
    assert said in html.unescape(_post(browser, "/goals/forecast", {**_form(browser, CURVES), **given}))


def test_the_best_value_of_a_curve_lies_between_its_ends(browser: TestClient, client: Client) -> None:
    fields = _form(browser, CURVES)
    spec = client.read(CURVES).spec
    target = spec.objectives[0].model_copy(update={"shape": "target", "target": 2.0, "text": ""})
    fields["spec"] = client.check(spec.model_copy(update={"objectives": [target]})).spec.model_dump_json()
    reading = _post(browser, "/goals/check", fields)
    assert re.search(r'name="target-O1"[^>]*value="2"', reading)
    assert "the best value, 7, has to lie between its ends" in _post(browser, "/goals/forecast", {**fields, "target-O1": "7"})
    moved = json.loads(_field(_post(browser, "/goals/check", {**fields, "target-O1": "3"}), "spec"))["objectives"][0]
    assert (moved["target"], moved["low"], moved["high"]) == (3, 0, 5)
    assert "3" in moved["text"]


def test_specs_are_saved_found_and_removed_through_the_api(client: Client, browser: TestClient) -> None:
    spec = client.read(GOAL).spec
    first, again = client.save("Heat, by API", spec), client.save("Heat, by API", spec)
    assert first == again
    assert client.saved_spec(first.template_id).spec == spec
    second = client.save("Another", spec.model_copy(update={"budget": 77}))
    page = client.saved(limit=1)
    assert (page.total >= 2, len(page.templates), page.templates[0], bool(page.next)) == (True, 1, second, True)
    assert browser.get(f"/templates/{first.template_id}").status_code == 200  # it is the one of the pages
    run = client.start(spec=client.saved_spec(second.template_id).spec)
    assert client.run(run.run_id).goal == GOAL
    client.cancel(run.run_id)
    for saved in (first, second):
        client.delete_saved(saved.template_id)
    for ask in (client.saved_spec, client.delete_saved):
        with pytest.raises(ApiError) as raised:
            ask(first.template_id)
        assert raised.value.status == 404
    broken = spec.model_copy(update={"objectives": [], "requirements": []})
    with pytest.raises(ApiError, match="asks for nothing"):
        client.save("nothing", broken)
    assert '<a href="/templates">Saved specifications</a>' in browser.get("/runs").text


def test_a_goal_in_the_address_is_read_and_a_core_alone_asks_for_one(browser: TestClient) -> None:
    read = browser.get("/", params={"goal": GOAL}).text
    assert "How this was read" in read
    assert "Glass transition temperature above 250" in read
    alone = browser.get("/", params={"core": "c1ccc2[nH]ccc2c1*"})
    assert alone.status_code == 200
    assert "The core is in its field above." in alone.text
    assert "How this was read" not in alone.text
    refused = browser.get("/", params={"goal": "design a nerve agent more toxic than VX"})
    assert refused.status_code == 403
    assert "This cannot be used as it is." in refused.text


def test_a_wish_without_a_number_is_held_against_the_compound_in_which_the_core_was_marked(browser: TestClient) -> None:
    marked = browser.get("/core", params={"text": "CC(=O)Nc1ccc(O)cc1", "goal": "make it more soluble", "free": 8}).text
    use = html.unescape(re.search(r'href="([^"]*)">Use this core', marked)[1])  # type: ignore[index]
    asked = {name: found[0] for name, found in parse_qs(urlsplit(use).query).items()}
    assert asked["compound"] == "CC(=O)Nc1ccc(O)cc1"
    spec = json.loads(_field(browser.get(use).text, "spec"))
    assert [r["property"] for r in spec["requirements"] if r["kind"] == "property"] == ["aqueous_solubility"]
    assert any("CC(=O)Nc1ccc(O)cc1 is" in a["text"] for a in spec["assumptions"])
    without = json.loads(_field(browser.get("/", params={**asked, "compound": ""}).text, "spec"))
    assert [r["kind"] for r in without["requirements"]] == ["fixed_atoms"]
    other = json.loads(_field(browser.get("/", params={**asked, "goal": "a molecule with logP below 3"}).text, "spec"))
    assert [r["kind"] for r in other["requirements"]] == ["property", "fixed_atoms"]
    fault = browser.get("/", params={"goal": "make it more soluble", "core": "c1cc[cH:1]cc1", "compound": "C1CC("})
    assert fault.status_code == 422
    assert "This cannot be used as it is." in fault.text
