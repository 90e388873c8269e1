"""No spelling of an address shows what it keeps secret."""

from __future__ import annotations

import pytest

from core.masking import masked
from tests.tables import each_row

SECRET = [
    "postgresql://ada:geheim@host/db",
    "POSTGRESQL+psycopg://ada:geheim@host/db",
    "postgresql://ada:ge@geheim@host/db",
    "postgresql://ada:ge/geheim@host/db",
    "postgresql://ada:ge:geheim@host:5432/db",
    "postgresql://:geheim@host/db",
    "postgresql://ada%3Ageheim@host/db",
    "postgresql:/ada:geheim@host/db",
    "postgresql://ada@host/db?password=geheim",
    "postgresql://host/db?user=ada&PASSWORD=geheim&sslmode=require",
    "postgresql://host/db?p%61ssword=geheim",
    "postgresql://host/db?sslpassword=geheim",
    "host=h user=ada password=geheim dbname=d",
    "host=h password = 'ge geheim' dbname=d",
    "sqlite:///f.db?password=geheim",
    "http://geheim@milvus:19530",
    "https://ada:geheim@milvus:19530?token=geheim",
    'connection to "postgresql://ada:geheim@h:1/d" failed: fe_sendauth password=geheim',
]


@each_row("text", SECRET)
def test_no_secret_is_shown(text: str) -> None:
    assert "geheim" not in masked(text)
    assert "(hidden)" in masked(text)


@pytest.mark.parametrize(
    "text", ["postgresql://ada@host:5432/db?sslmode=require", "sqlite:////home/ada/molwright.db", "http://h:1/v1", "/a/b@c", "all", ""]
)
def test_what_holds_no_secret_is_left_alone(text: str) -> None:
    assert masked(text) == text


def test_who_and_where_are_still_shown() -> None:
    assert masked("postgresql://ada:geheim@host/db?password=geheim&sslmode=require") == (
        "postgresql://ada:(hidden)@host/db?password=(hidden)&sslmode=require"
    )
