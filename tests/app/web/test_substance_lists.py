"""A team's own lists of substances through the API, the typed client and the pages; what is wrong with a file is said in words."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient

from app.client import ApiError, Client
from app.services.entry import Services
from app.web.application import create_app
from tests.app.web.conftest import ADDRESS
from tests.settings_kit import settings_of

NAME = "REACH candidate list"
TABLE = b"Substance name,inchikey\nAnthracene,MWPLVEDNUUSJAV-UHFFFAOYSA-N\nAlkanes C10-13,\n"
ANTHRACENE = "c1ccc2cc3ccccc3cc2c1"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    home = tmp_path_factory.mktemp("home")
    with TestClient(create_app(Services(settings_of(home=home, literature__uri="", user__name="ada"))), base_url=ADDRESS) as found:
        yield found


@pytest.fixture(scope="module")
def api(pages: TestClient) -> Client:
    return Client(http=pages)


def test_a_list_is_added_asked_by_shown_and_removed_through_the_api(api: Client, pages: TestClient) -> None:
    made = api.add_substance_list(NAME, "2025-11-05", "list.csv", TABLE, words=["SVHC"])
    assert (made.entries, made.decided, made.date, made.words) == (2, 1, "2025-11-05", ["svhc"])
    assert [(one.line, one.entry) for one in made.not_decided] == [(3, "Alkanes C10-13")]
    assert api.substance_list("svhc") == api.substance_list(made.property) == made
    assert api.substance_lists().lists == [made]
    checked = api.check_structure(ANTHRACENE, "a molecule with MW below 300 that is not an SVHC")
    assert [r.met for r in checked.requirements] == [True, False]
    with pytest.raises(ApiError, match="replace it"):
        api.add_substance_list(NAME, "2026-01-01", "list.csv", TABLE)
    assert api.add_substance_list(NAME, "2026-01-01", "list.csv", TABLE, replace=True).date == "2026-01-01"
    api.remove_substance_list("REACH candidate list")
    assert api.substance_lists().lists == []
    with pytest.raises(ApiError) as caught:
        api.substance_list(NAME)
    assert caught.value.status == 404


def test_a_list_is_added_shown_and_removed_by_forms(pages: TestClient) -> None:
    found = re.search(r'name="(molwright_form)" value="([^"]+)"', pages.get("/lists").text)
    assert found
    token = {found[1]: found[2]}
    fields = {**token, "name": NAME, "date": "2025-11-05", "words": "SVHC", "source": "ECHA"}
    answer = pages.post("/lists", data=fields, files={"file": ("list.csv", TABLE)}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/lists/on_reach_candidate_list")
    page = pages.get("/lists/on_reach_candidate_list").text
    assert "Structure decides 1 of its 2 entries" in page
    assert "Alkanes C10-13" in page
    shown = pages.get("/structures?" + urlencode({"structure": ANTHRACENE})).text
    assert "Listed in REACH candidate list (2025-11-05): Anthracene" in shown
    answer = pages.post("/lists", data=fields, files={"file": ("list.csv", TABLE)})
    assert answer.status_code == 422
    assert "tick “replace”" in answer.text
    assert f'value="{NAME}"' in answer.text
    assert pages.post("/lists/svhc/remove", data={}).status_code == 403  # not from a page of ours
    assert "Remove this list for good?" in pages.get("/lists/svhc/remove").text
    assert pages.post("/lists/svhc/remove", data=token, follow_redirects=False).headers["location"] == "/lists"
    assert pages.get("/lists/svhc").status_code == 404


def test_a_file_that_is_no_list_is_named_without_its_bytes_or_where_it_lay(api: Client) -> None:
    noise = random.Random(5).randbytes(700)
    for name, said in (("l.xlsx", "l.xlsx is no workbook"), ("l.csv", "l.csv is neither text"), ("l.gz", "l.gz is neither text")):
        with pytest.raises(ApiError, match=said) as caught:
            api.add_substance_list("Other list", "2025-11-05", name, noise)
        assert (caught.value.status, str(caught.value).isascii()) == (422, True)
        assert "molwright-upload" not in str(caught.value)
    for name in ("l.xlsx", "l.smi", "l.sdf"):
        for start in (lambda: api.start_table(name, noise), lambda: api.start_library(name, noise, "a molecule with MW < 160")):  # noqa: B023
            with pytest.raises(ApiError, match="binary data") as caught:
                start()
            assert "molwright-upload" not in str(caught.value)
    with pytest.raises(ApiError, match="no date"):
        api.add_substance_list("Other list", "5.11.2025", "list.csv", TABLE)
