"""Phrases that the tables make of their words: who asks, what compares, what excludes, in all their forms."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import Any

from core import data


@lru_cache(maxsize=32)
def words_of(name: str) -> dict[str, Any]:
    """The table ``words/NAME``, read once; not to be changed."""
    return data.table("agent.reading", f"words/{name}")


def add_operators(add: Any, table: dict[str, Any]) -> None:
    """Words that compare, before a number and behind it, by what they mean."""
    for name, kind in (("comparisons", "cmp"), ("after", "after")):
        for operator, words in table[name].items():
            for word in words:
                add(word, kind, operator)


def add_askers(add: Any, table: dict[str, Any]) -> None:
    """Who asks for something, or would rather do without it, in all combinations of the words."""
    asking, wishing, shunning = table["asking"], table["wishing"], table["shunning"]
    for rows in (
        (asking["modals"], asking["persons"], asking["verbs"]),
        (wishing["would"], wishing["verbs"]),
        (wishing["be"], wishing["after"]),
        (wishing["possible"], wishing["get"]),
        (wishing["able"], asking["verbs"]),
        (wishing["good"], (*wishing["get"], *asking["verbs"])),
        (wishing["people"], wishing["longings"]),
    ):
        for words in product(*rows):
            add(" ".join(words), "request", True)
    for who, how, verb in product(shunning["who"], shunning["how"], shunning["verbs"]):
        add(f"{who}{how} {verb}" if how.startswith("'") else f"{who} {how} {verb}", "negation", True)


def add_comparisons(add: Any) -> None:
    """Comparisons of more than a word, and verbs of motion that are denied: 'must not fall below'."""
    table = words_of("comparisons.toml")
    add_operators(add, table)
    for word in table["may"]["words"]:
        add(word, "may_link", True)
    denied = table["denied"]
    for operator, verbs, directions in ((">=", denied["below"], denied["downwards"]), ("<=", denied["above"], denied["upwards"])):
        for verb in (form for forms in verbs for form in forms):
            for direction in directions:
                for negation in ("not", "never"):
                    add(f"{negation} {verb} {direction}", "cmp", operator)


def add_exclusions(add: Any) -> None:
    """What excludes: verbs in all their forms, and what stands before or behind the excluded."""
    table = words_of("exclusions.toml")
    for base, (third, ing, participle) in table["verbs"].items():
        for word in (base, third, ing):
            add(word, "negation", True)
        for word in (participle, f"to be {participle}", f"being {participle}", f"best {participle}", f"better {participle}"):
            add(word, "negation_after", True)
    _add_turned_from(add, table["turned_from"])
    trade = table["exchange"]
    for auxiliary, verb, by in product(trade["auxiliaries"], trade["verbs"], trade["by"]):
        add(f"{auxiliary} {verb} {by}".strip(), "exchanged_for", True)
    for kind in ("exchanged_for", "instead_of"):
        for word in trade[kind]:
            add(word, kind, True)
    for part, kind in (
        ("before", "negation"),
        ("behind", "negation_after"),
        ("terse", "terse_no"),
        ("terse_yes", "terse_yes"),
        ("blame", "blame"),
    ):
        for word in table[part]["words"]:
            add(word, kind, True)


def _add_turned_from(add: Any, table: dict[str, Any]) -> None:
    """What someone wants to get away from: behind it, and before it with a verb or a colon."""
    for what, wants, away in product(table["what"], table["wants"], table["away"]):
        add(f"{what} {wants} to {away}", "negation_after", True)
    for wants, away in product(table["wants"], table["away"]):
        for link in ("is", "are", ":"):
            add(f"what {wants} to {away} {link}", "negation", True)
    for word in table["behind"]:
        add(word, "negation_after", True)
