"""Specs kept under a name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.services.templates import TemplateService
from core.errors import NotAllowedError, NotFoundError, SpecError, UsageError
from core.spec import DesignSpec
from tests.settings_kit import settings_of

SPEC = DesignSpec(goal="a molecule", candidate_class="molecule")


@pytest.fixture
def templates(tmp_path: Path) -> TemplateService:
    times = iter(datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 29))
    return TemplateService(settings_of(home=tmp_path), clock=lambda: next(times))


def test_a_template_is_found_again_and_saved_once(templates: TemplateService) -> None:
    first = templates.save("  Solvents,  green ", SPEC)
    assert first.name == "Solvents, green"
    assert templates.save("Solvents, green", SPEC).saved_at == first.saved_at
    assert templates.find(first.template_id) == first
    second = templates.save("Solvents, green", SPEC.model_copy(update={"budget": 7}))
    assert [t.template_id for t in templates.all()] == [second.template_id, first.template_id]
    templates.delete(first.template_id)
    with pytest.raises(NotFoundError):
        templates.find(first.template_id)
    with pytest.raises(NotFoundError):
        templates.delete(first.template_id)


def test_a_name_in_any_script_is_kept(templates: TemplateService) -> None:
    assert templates.find(templates.save("溶剂", SPEC).template_id).name == "溶剂"


@pytest.mark.parametrize("given", ["..", "../secret", "a/b", "A", "", "x" * 61, "a.json"])
def test_an_id_is_never_a_path(given: str, templates: TemplateService, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}", encoding="utf-8")
    with pytest.raises(NotFoundError):
        templates.find(given)


def test_a_damaged_file_is_named_and_left_out_of_the_list(templates: TemplateService, tmp_path: Path) -> None:
    saved = templates.save("one", SPEC)
    (tmp_path / "templates" / "broken.json").write_text('{"name": "b"', encoding="utf-8")
    assert [t.template_id for t in templates.all()] == [saved.template_id]
    with pytest.raises(SpecError, match="broken"):
        templates.find("broken")


def test_a_template_has_a_name(templates: TemplateService) -> None:
    with pytest.raises(UsageError, match="needs a name"):
        templates.save("   ", SPEC)


def test_what_is_shared_is_found_by_everybody_and_removed_by_its_owner(tmp_path: Path) -> None:
    times = iter(datetime(2026, 1, day, tzinfo=UTC) for day in range(1, 29))
    ada, bo = (TemplateService(settings_of(home=tmp_path), clock=lambda: next(times), person=name) for name in ("ada", "bo"))
    own = ada.save("mine", SPEC)
    shared = ada.save("ours", SPEC, shared=True)
    assert shared.shared_by == "ada"
    assert [t.template_id for t in bo.all()] == [shared.template_id]
    assert bo.find(shared.template_id) == shared
    with pytest.raises(NotFoundError):
        bo.find(own.template_id)
    with pytest.raises(NotAllowedError, match="shared by ada"):
        bo.delete(shared.template_id)
    ada.delete(shared.template_id)
    assert bo.all() == []
    assert [t.template_id for t in ada.all()] == [own.template_id]
    with pytest.raises(NotFoundError):
        bo.delete(shared.template_id)
