"""From settings to servers and roles."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agent.models import ROLES, NoBackend, Place
from agent.models.client import PoolBackend
from agent.models.endpoints import configured_plan, open_backend, pool_config
from agent.models.plan import stored_plan
from agent.models.session import ModelSession
from core.errors import ConfigurationError
from core.settings import Settings
from tests.agent.models.fake_server import fake_model
from tests.scratch_recorder import ScratchRecorder
from tests.settings_kit import settings_of

ROOT = Path(__file__).resolve().parents[3]
URL = "http://127.0.0.1:9/v1"
POOL = """
[pool.roles]
proposer = "big"
[pool.fallbacks]
big = ["small"]
[[pool.endpoints]]
base_url = "http://127.0.0.1:1/v1"
model = "small"
[[pool.endpoints]]
base_url = "http://127.0.0.1:2/v1"
model = "big"
adapters = ["chem"]
[[pool.endpoints]]
base_url = "http://127.0.0.1:3/v1"
model = "vectors"
canary = "embedding"
"""


def settings(tmp_path: Path, **given: Any) -> Settings:
    return settings_of(home=tmp_path, **given)


@pytest.fixture
def pool_file(tmp_path: Path) -> Path:
    path = tmp_path / "pool.toml"
    path.write_text(POOL)
    return path


def test_nothing_configured_means_no_plan(tmp_path: Path) -> None:
    assert pool_config(settings(tmp_path)) is None
    assert configured_plan(settings(tmp_path)) is None


def test_one_line_gives_every_role_a_model(tmp_path: Path) -> None:
    plan = configured_plan(settings(tmp_path, models__url=URL, models__name="qwen"))
    assert plan is not None
    assert {role: used.model for role, used in plan.roles.items()} == dict.fromkeys(ROLES, "qwen")
    assert plan.roles["proposer"].temperature > 0 == plan.roles["interpreter"].temperature
    assert stored_plan({"models": plan.model_dump(mode="json", exclude_none=True)}) == plan


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ("all", dict.fromkeys(ROLES, "qwen")),
        ("proposer,critic", {"proposer": "qwen", "critic": "qwen"}),
        (["reporter"], {"reporter": "qwen"}),
        ("proposer=chem, critic=qwen", {"proposer": "chem", "critic": "qwen"}),
        ({"interpreter": "other"}, {"interpreter": "other"}),
    ],
)
def test_roles_are_chosen(tmp_path: Path, roles: Any, expected: dict[str, str]) -> None:
    plan = configured_plan(settings(tmp_path, models__url=URL, models__name="qwen", models__roles=roles))
    assert plan is not None
    assert {role: used.model for role, used in plan.roles.items()} == expected


def test_no_roles_means_no_plan(tmp_path: Path) -> None:
    assert configured_plan(settings(tmp_path, models__url=URL, models__name="qwen", models__roles="none")) is None


def test_limits_come_from_the_settings(tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text('price_per_kwh = 0.3\n[prices."qwen"]\nwatts = 400\n[prices.small]\nper_million_in = 0.1\n')
    made = settings(
        tmp_path, models__url=URL, models__name="qwen", models__fallback="small", models__context=4096, models__reply=4000, models__calls=7,
        models__tokens=1000, models__seconds=60, models__money=2, models__prices=prices, models__attempts=1, models__deadline=9,
    )  # fmt: skip
    plan = configured_plan(made)
    assert plan is not None
    role = plan.roles["critic"]
    assert (role.fallback_model, role.context_tokens, role.max_tokens, role.deadline_s) == ("small", 4096, 2048, 9)
    assert (plan.attempts, plan.budget.calls, plan.budget.tokens, plan.budget.seconds, plan.budget.money) == (1, 7, 1000, 60, 2)
    assert (plan.budget.price_per_kwh, plan.budget.prices["qwen"].watts) == (0.3, 400)


def test_a_pool_file_says_who_does_what(tmp_path: Path, pool_file: Path) -> None:
    plan = configured_plan(settings(tmp_path, models__pool=pool_file))
    assert plan is not None
    assert plan.roles["proposer"].model == "big"
    assert plan.roles["critic"].model == "small"
    named = configured_plan(settings(tmp_path, models__pool=pool_file, models__roles="proposer=chem,critic=proposer"))
    assert named is not None
    assert {role: used.model for role, used in named.roles.items()} == {"proposer": "chem", "critic": "big"}


def test_the_five_card_fleet_is_a_pool(tmp_path: Path) -> None:
    made = settings(tmp_path, models__pool=ROOT / "deploy" / "fleet" / "five-cards.toml")
    plan = configured_plan(made)
    assert plan is not None
    assert set(plan.roles) == set(ROLES)
    assert len({used.model for used in plan.roles.values()}) >= 3
    assert all(used.context_tokens > used.max_tokens for used in plan.roles.values())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"models__name": "qwen"}, "no server"),
        ({"models__url": URL}, "no model: set MOLWRIGHT_MODELS__NAME"),
        ({"models__url": "localhost:8000", "models__name": "m"}, "needs http://HOST:PORT/v1"),
        ({"models__url": "http://user:pw@h/v1", "models__name": "m"}, "takes no user"),
        ({"models__url": URL, "models__name": "m", "models__pool": "x.toml"}, "both"),
        ({"models__pool": "/nowhere/pool.toml"}, "/nowhere/pool.toml"),
        ({"models__url": URL, "models__name": "m", "models__roles": "wizard"}, "wizard is no role"),
        ({"models__url": URL, "models__name": "m", "models__money": 1.0}, "needs a price for m"),
        ({"models__url": URL, "models__name": "m", "models__prices": "/nowhere.toml"}, "/nowhere.toml"),
    ],
)
def test_settings_that_do_not_fit_are_named(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        configured_plan(settings(tmp_path, **given))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"models__name": "huge"}, "no server has the model 'huge'; there are small, big, chem"),
        ({"models__roles": "critic=vectors"}, "no server has the model 'vectors'"),
        ({"models__fallback": "huge"}, "models.fallback"),
    ],
)
def test_a_model_that_no_server_of_the_pool_has_is_named(tmp_path: Path, pool_file: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        configured_plan(settings(tmp_path, models__pool=pool_file, **given))


def test_a_pool_file_that_is_wrong_names_the_field(tmp_path: Path) -> None:
    path = tmp_path / "pool.toml"
    path.write_text("[[pool.endpoints]]\nbase_url = 'x'\nmodel = 'm'\n")
    with pytest.raises(ConfigurationError, match="base_url"):
        pool_config(settings(tmp_path, models__pool=path))


def test_the_key_of_one_address_is_sent_and_never_shown(tmp_path: Path) -> None:
    secret = "sk-the-one-line-key"
    with fake_model("qwen", api_key=secret) as fake:
        made = settings(tmp_path, models__url=fake.url, models__name="qwen", models__key=secret)
        plan = configured_plan(made)
        pool = pool_config(made)
        assert plan is not None
        assert pool is not None
        for shown in (repr(made), str(made), pool.model_dump_json(), repr(pool), plan.model_dump_json(), made.model_dump_json()):
            assert secret not in shown
        backend = open_backend(made, plan)
        fake.say("Hello.")
        session = ModelSession(plan, backend, ScratchRecorder())
        turn = session.turn(Place("n", 0, "x"), "assistant", [{"role": "user", "content": "hi"}], [])
        backend.close()
    assert turn.text == "Hello."
    assert fake.keys == [secret]


def test_a_stored_plan_works_with_other_settings(tmp_path: Path) -> None:
    plan = configured_plan(settings(tmp_path, models__url=URL, models__name="qwen"))
    assert plan is not None
    assert isinstance(open_backend(settings(tmp_path), plan), NoBackend)
    with fake_model("other") as fake:
        backend = open_backend(settings(tmp_path, models__url=fake.url, models__name="other"), plan)
        assert isinstance(backend, PoolBackend)
        fake.say("Still here.")
        session = ModelSession(plan, backend, ScratchRecorder())
        assert session.turn(Place("n", 0, "x"), "assistant", [{"role": "user", "content": "hi"}], []).text == "Still here."
        assert fake.requests[0]["model"] == "qwen"
        backend.close()


def test_without_a_server_here_every_call_is_a_problem_not_a_fault(tmp_path: Path) -> None:
    plan = configured_plan(settings(tmp_path, models__url=URL, models__name="qwen"))
    assert plan is not None
    session = ModelSession(plan, open_backend(settings(tmp_path), plan), ScratchRecorder())
    turn = session.turn(Place("n", 0, "x"), "assistant", [{"role": "user", "content": "hi"}], [])
    assert "no model server is configured here" in turn.problem


def test_a_pool_file_says_contexts_kinds_and_who_thinks(tmp_path: Path) -> None:
    path = tmp_path / "pool.toml"
    path.write_text(
        POOL.replace('model = "small"\n', 'model = "small"\ncontext = 4096\n').replace(
            'adapters = ["chem"]\n', 'adapters = ["chem"]\ncontext = 32768\nthinking = "on"\nadapt = ["no_strict"]\n'
        )
        + '[pool.kinds.thermal]\nproposer = "chem"\n'
    )
    made = settings(tmp_path, models__pool=path, models__adapt="no_seed", models__thinking="critic=off")
    plan, pool = configured_plan(made), pool_config(made)
    assert plan is not None
    assert pool is not None
    big, small = plan.roles["proposer"], plan.roles["critic"]
    assert (big.context_tokens, big.max_tokens, big.thinking) == (32768, 2048 + 4096, "")
    assert (small.context_tokens, small.max_tokens, small.thinking) == (4096, 2048, "off")
    assert plan.kinds["thermal"]["proposer"].model == "chem"
    assert [e.adapt for e in pool.endpoints] == [["no_seed"], ["no_strict", "no_seed"], ["no_seed"]]
    assert stored_plan({"models": plan.model_dump(mode="json", exclude_none=True)}) == plan


def test_what_is_no_adaptation_and_no_switch_is_said(tmp_path: Path, pool_file: Path) -> None:
    with pytest.raises(ConfigurationError, match="no_such"):
        pool_config(settings(tmp_path, models__pool=pool_file, models__adapt="no_such"))
    with pytest.raises(ConfigurationError, match="no_such"):
        pool_config(settings(tmp_path, models__url=URL, models__name="m", models__adapt="no_such"))
    with pytest.raises(ValidationError, match="low, medium or high"):
        settings(tmp_path, models__url=URL, models__thinking="sometimes")


def test_a_kind_of_goal_has_its_own_model(tmp_path: Path, pool_file: Path) -> None:
    pool_file.write_text(POOL + '[pool.kinds.materials]\nproposer = "chem"\n')
    plan = configured_plan(settings(tmp_path, models__pool=pool_file))
    assert plan is not None
    session = ModelSession(plan, NoBackend("x"), ScratchRecorder())
    assert session.name_of("proposer") == "big"
    session.about("materials")
    assert (session.name_of("proposer"), session.name_of("critic")) == ("chem", "small")
