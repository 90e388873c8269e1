"""What holds for every goal: an unknown word takes away and never adds, two sentences ask for what each of them asks for."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.reading import interpret
from agent.reading.lexicon import families
from core.errors import ContradictionError
from core.spec import DesignSpec
from tests.tables import each_row
from tools.groups.groups import GROUPS, plural
from tools.workspace import builtin

CATALOGUE = builtin().catalogue
#: Properties that molecules have, each with a number in the middle of its range.
LIMITS = sorted(
    f"{definition.label.split(' (')[0]} {{}} {round((definition.low + definition.high) / 2) if definition.integer else (definition.low + definition.high) / 2:g} {definition.unit}".rstrip()
    for definition in CATALOGUE
    if definition.kind != "level" and "molecule" in definition.classes
)
GROUP_NAMES = sorted(name.lower() if name[1:].islower() else name for name in GROUPS)
FAMILIES = sorted({word for family in families() for word in family.words if family.name})
#: Words that no table holds.
STRANGE = ("wibble", "wibbled", "wibbles", "frobnic", "zork", "quuxy")


#: A part and a property that ask for the same.
_RING = {"contains aromatic ring": "Aromatic rings at least 1", "contains no aromatic ring": "Aromatic rings exactly 0"}


def asked(spec: DesignSpec) -> set[str]:
    """What the words of the goal ask for, without what a family or an assumption brings."""
    stated = {_RING.get(r.text, r.text) for r in spec.requirements if r.origin in ("goal", "assumption")}
    return stated | {o.text for o in spec.objectives if o.origin == "goal"} | {s.text for s in spec.set_requirements}


def read(goal: str) -> set[str] | None:
    """What ``goal`` asks for; None where it contradicts itself."""
    try:
        return asked(interpret(goal, may_be_empty=True))
    except ContradictionError:
        return None


groups = st.sampled_from(GROUP_NAMES)
clauses = st.one_of(
    st.builds(lambda g: f"with a {g}", groups),
    st.builds(lambda g: f"no {plural(g)}", groups),
    st.builds(lambda g: f"{plural(g)} are excluded", groups),
    st.builds(lambda g, h: f"without {plural(g)} or {plural(h)}", groups, groups),
    st.builds(lambda g, n: f"with at least {n} {plural(g)}", groups, st.sampled_from(["two", "3"])),
    st.builds(lambda g: f"it must contain a {g}", groups),
    st.builds(lambda g: f"{g}-free", groups),
    st.builds(lambda p, c: p.format(c), st.sampled_from(LIMITS), st.sampled_from(["below", "above", "at least", "no more than"])),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FAMILIES), clauses, clauses, st.integers(0, 40), st.sampled_from(STRANGE))
def test_an_unknown_word_never_adds(family: str, first: str, second: str, place: int, strange: str) -> None:
    goal = f"a {family}, {first}, {second}"
    before = read(goal)
    words, named = goal.split(" "), len(family.split(" ")) + 1  # a family that is no longer named changes what can be computed
    at = named + place % (len(words) + 1 - named)
    after = read(" ".join([*words[:at], strange, *words[at:]]))
    if before is not None:
        assert after is None or after <= before, (goal, at)


@settings(max_examples=60, deadline=None)
@given(clauses, clauses, st.sampled_from(["; ", ". "]))
def test_two_sentences_ask_for_what_each_of_them_asks_for(first: str, second: str, sign: str) -> None:
    one, two, both = read(first), read(second), read(f"{first}{sign}{second}")
    if one is not None and two is not None and both is not None:
        assert both == one | two or _one_window(one | two, both)


def _one_window(apart: set[str], both: set[str]) -> bool:
    """Whether two limits of one property became one window."""
    names = {text.split(" at least")[0].split(" at most")[0] for text in apart}
    return len(names) == 1 and len(both) == 1 and " between " in next(iter(both))


@each_row("strange", STRANGE)
@each_row("frame", ["no {} esters", "an ester {} is excluded", "{} no esters", "esters {} are not allowed", "without {} an ester"])
def test_an_unknown_word_in_a_denial_is_no_demand(strange: str, frame: str) -> None:
    assert not any("contains ester" in text for text in read(frame.format(strange)) or ())
