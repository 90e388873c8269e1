"""From what matched to statements: one function for each thing that a clause can say. None: the words fit, but mean nothing together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agent.reading import pair_builders, part_builders
from agent.reading.comparisons import INVERSE, limits_of, quantity, reference_of
from agent.reading.count_builders import count
from agent.reading.exchange_builder import exchanged
from agent.reading.grammar import Node
from agent.reading.lexicon import Vague
from agent.reading.limit_builders import Measured, beside_the_word, measured
from agent.reading.measured_at import condition_of, holds
from agent.reading.measured_in import solvent_of, whatever_solvent
from agent.reading.mentions import Lattice
from agent.reading.odds_builder import odds
from agent.reading.share_builder import none_of, share
from agent.reading.similarity_builder import similarity
from agent.reading.stance import Built, Refusal, Stance
from agent.reading.statements import Limit, Ref, Statement
from agent.reading.such_as import such_as
from tools.catalogue.catalogue import Catalogue


def build(node: Node, stance: Stance, lattice: Lattice, phrase: str) -> Built:
    """The statements of a clause whose content matched as ``node``; ``phrase`` is quoted in them."""
    found = _BUILDERS[node.name](node, stance, lattice)
    if isinstance(found, list):
        soft = stance.soft or bool(node.mentions("soft"))  # 'logP ideally about 4.5'
        return None if soft and stance.denied else [replace(s, phrase=phrase, soft=s.soft or soft) for s in found]
    return found


def _only_asked(builder: Callable[[Node, Stance, Lattice], Built]) -> Callable[[Node, Stance, Lattice], Built]:
    """For contents whose denial has no meaning here."""

    def built(node: Node, stance: Stance, lattice: Lattice) -> Built:
        return None if stance.denied else builder(node, stance, lattice)

    return built


# ---- numbers


def _limit(node: Node, stance: Stance, lattice: Lattice) -> Built:
    found = measured(node, lattice)
    if found is None or (stance.denied and node.first("vague")):
        return None
    if stance.denied and beside_the_word(node, lattice):
        return _own_bound(node, found)
    condition = condition_of(node, lattice)
    if condition is not None and not all(lattice.catalogue[name].measured_at for name, _, _ in found):
        return None
    statements = []
    for name, limit, assumption in found:
        if stance.denied:
            if limit.operator not in INVERSE or len(found) > 1:
                return None
            limit = replace(limit, operator=INVERSE[limit.operator])
        element = none_of(name, limit)
        if element:
            statements.append(Statement("count", "", name=element, what="element", limit=Limit("==", low=0.0)))
            continue
        fits = condition is None or holds(condition[1], condition[2], lattice.catalogue[name].measured_at, catalogue=lattice.catalogue)
        other = "" if fits or condition is None else condition[0]
        statements.append(
            Statement("property", "", name=name, limit=limit, assumption=assumption or whatever_solvent(node, name), shape=other)
        )
    return statements + solvent_of(node, {name for name, _, _ in found}, lattice)


def _own_bound(node: Node, found: list[Measured]) -> Built:
    """'not too soluble (< 1 g/L)': what is said of the word does not turn its explicit bound; None where the two do not agree."""
    verb = node.first("verbprop")
    dissolves = verb is not None and isinstance(verb.value, Vague) and verb.value.stands_for == "aqueous_solubility"
    if not dissolves or any(limit.operator not in ("<", "<=") or limit.ref is not None for _, limit, _ in found):
        return None
    return [Statement("property", "", name=name, limit=limit, assumption=assumption) for name, limit, assumption in found]


def _level(node: Node, stance: Stance, lattice: Lattice) -> Built:
    if stance.denied:
        return None
    numbers = [quantity(q) for q in node.nodes("Quantity")]
    if len(numbers) == 1 and numbers[0][1] == "":
        return None
    celsius = [_celsius(value, unit or numbers[-1][1], catalogue=lattice.catalogue) for value, unit in numbers]
    if any(c is None for c in celsius):
        return None
    words = lattice.text(node.i, node.j).lower()
    held = [lattice.lower(m.j - 1) for m in node.mentions("stable")]
    direct = words[:6] in ("surviv", "withst", "tolera", "endure", "resist", "stands", "stand ") or not _UNTIL.isdisjoint(held)
    if not node.mentions("temperature_links", "link", "cmp", "after") and not direct and len(numbers) == 1:
        return None
    if any(m.value not in (">=", "better=") for m in node.mentions("after")):
        return None
    denied = " up to " in words and words.startswith(("no ", "without ", "not ", "does not ", "must not ", "should not "))
    if not denied and any(m.value in ("<", "<=") for m in node.mentions("cmp")):
        return None  # 'decomposes below 200 °C', but not 'no decomposition up to 300 °C'
    definition = lattice.catalogue["thermal_stability"]
    if not all(c is not None and definition.low <= c <= definition.high for c in celsius):
        return Refusal(f"thermal stability can be judged between {definition.low:g} and {definition.high:g} °C")
    words = words.removeprefix("a ").removeprefix("the ")
    told = _ABOVE.isdisjoint(words.split()) and words.startswith(("decomp", "td", "degradation", "thermal de", *_BEGINS))
    if told and (
        words.startswith(("decomposes", "decomposing", *_BEGINS))
        or "starts" in words
        or "begins" in words
        or "sets" in words
        or max(c for c in celsius if c is not None) < _INITIATING
    ):
        return None  # 'decomposes at 70 °C' may ask for it
    decomposition = "decomp" in words or words.startswith(("td", "degradation"))
    shape = "decomposition" if decomposition else "heat" if "heat" in words else ""
    return [Statement("level", "", name="thermal_stability", temperature=max(c for c in celsius if c is not None), shape=shape)]


#: Words with which 'does not decompose' names the temperature up to which it does not.
_UNTIL = frozenset(["below", "before", "under", "until"])
#: With which a sentence says at what temperature a substance goes.
_BEGINS = ("starts to", "begins to", "starting to")
#: Below this temperature in °C a decomposition temperature without a comparison may be one that an initiator or a blowing agent is to have.
_INITIATING = 220.0
#: Words with which a temperature of decomposition is a lower bound.
_ABOVE = frozenset(
    ["above", "over", "beyond", "exceeding", "excess", "least", "only", "not", ">", ">=", "higher", "than", "until", "before"]
)


def _celsius(value: float, unit: str, *, catalogue: Catalogue) -> float | None:
    from agent.reading.units import parsed

    named = parsed(unit, catalogue=catalogue)
    name = named.name if named else ""
    return {"°C": value, "K": value - 273.15, "°F": (value - 32.0) / 1.8}.get(name)


# ---- wishes


#: Adverbs that turn the adjective behind them: 'as poorly soluble as possible'.
_POORLY = frozenset(["poorly", "badly", "sparingly", "weakly", "little"])


def _objective(node: Node, stance: Stance, lattice: Lattice) -> Built:
    if node.first("similar") or node.first("similarity"):
        return [Statement("objective", "", name="similarity", shape="maximise", ref=reference_of(node))]
    names = [p.mentions("prop")[0].value for p in node.nodes("Property")]
    comparative = node.mentions("comparative_up", "comparative_down", "comparative_good", "comparative_bad")
    if node.nodes("Shifted"):
        return [_shift(node)]
    scale = node.first("scale")
    if scale is not None:
        name, sign = scale.value
        up = not node.mentions("superlative_down", "comparative_down", "comparative_bad")
        up = up and not any(lattice.lower(k) in _POORLY for k in range(node.i, scale.i))
        direction = "up" if (sign > 0) == up else "down"
        if comparative:
            return [Statement("relative", "", name=name, shape=direction)]
        return [_wish(name, direction == "up", catalogue=lattice.catalogue)]
    built = [_wish(name, _upwards(node, name, catalogue=lattice.catalogue), catalogue=lattice.catalogue) for name in names]
    if lattice.lower(node.j - 1) == "better":  # 'the lower the melting point, the better'; not 'lower melting point better'
        led = lattice.lower(node.j - 2) == "the" and "the" in (lattice.lower(node.i), lattice.lower(node.i - 1))
        return [_wish(names[0], bool(node.mentions("comparative_up")), catalogue=lattice.catalogue)] if led else None
    if comparative:
        return [Statement("relative", "", name=names[0], shape="up" if _upwards(node, names[0], catalogue=lattice.catalogue) else "down")]
    if any(s.kind == "level" and not _upwards(node, s.name, catalogue=lattice.catalogue) for s in built):
        return Refusal("low stability is not something that can be asked for")
    return built


def _wish_with_bound(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'permeability as high as possible but at least 300 barrer': the wish and the bound; None where the bound names no end, or the other way."""
    wished = _objective(node, stance, lattice)
    limits = limits_of(node, catalogue=lattice.catalogue)
    if not isinstance(wished, list) or len(wished) != 1 or limits is None or len(limits) != 1 or limits[0].operator not in INVERSE:
        return None
    return [*wished, Statement("property", "", name=wished[0].name, limit=limits[0])]


def _shift(node: Node, ref: Ref | None = None) -> Statement:
    """'absorb at longer wavelength'."""
    return Statement("relative", "", name="absorption_maximum", shape="up" if node.mentions("redder") else "down", ref=ref)


def _upwards(node: Node, name: str, *, catalogue: Catalogue) -> bool:
    better = (catalogue[name].better or 1) > 0
    if node.mentions("improve", "superlative_good", "adjective_good", "comparative_good"):
        return better
    if node.mentions("adjective_bad", "comparative_bad"):
        return not better
    return not node.mentions("minimise", "superlative_down", "possible_down", "adjective_down", "comparative_down")


def _wish(name: str, up: bool, *, catalogue: Catalogue) -> Statement:
    if catalogue[name].kind == "level":
        return Statement("level", "", name=name, temperature=150.0, shape="assumed")
    return Statement("objective", "", name=name, shape="maximise" if up else "minimise")


def _changed(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'make ibuprofen less lipophilic', 'improve the solubility of ibuprofen': near the named structure, and better than it."""
    reference = reference_of(node)
    if reference is None:
        return None
    near = Statement("own" if node.mentions("mine") else "similarity", "", ref=reference)
    if node.nodes("Shifted"):
        return [near, _shift(node, reference)]
    scale = node.first("scale")
    comparative = node.mentions("comparative_up", "comparative_down", "comparative_good", "comparative_bad")
    if scale is not None:
        name, sign = scale.value
        up = (sign > 0) == (not comparative or comparative[0].kind in ("comparative_up", "comparative_good"))
        return [near, Statement("relative", "", name=name, shape="up" if up else "down", ref=reference)]
    names = [p.mentions("prop")[0].value for p in node.nodes("Property")]
    if comparative:
        return [
            near,
            Statement(
                "relative",
                "",
                name=names[0],
                shape="up" if _upwards(node, names[0], catalogue=lattice.catalogue) else "down",
                ref=reference,
            ),
        ]
    return [near, *(_wish(name, _upwards(node, name, catalogue=lattice.catalogue), catalogue=lattice.catalogue) for name in names)]


def _own(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'my compound CCO', 'make my dye CCO ...': what is designed is an analogue of it."""
    return [Statement("own", "", ref=reference_of(node))]


def _vague(node: Node, stance: Stance, lattice: Lattice) -> Built:
    entry = node.mentions("vague", "structural")[0].value
    assert isinstance(entry, Vague)
    articled = {lattice.lower(node.i), lattice.lower(node.i - 1)} & {"a", "an"}
    if node.mentions("structural") and not (stance.strong or articled):
        return None
    if stance.denied and (not entry.negated or node.mentions("structural")):
        return None
    if (whole := node.first("whole_noun")) is not None and lattice.hyphen(whole.i - 1):
        return None  # 'a small-molecule capping layer'
    if entry.colour and not _can_be_coloured(lattice):
        return None
    return [Statement("vague", "", vague=entry, negated=stance.denied)]


def _denied_kind(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'no halogenated compounds', 'nitro compounds are forbidden': things of a kind are denied by what makes them of that kind."""
    if not stance.denied or _medium(node, lattice) or (stance.free and lattice.hyphen(node.j)):
        return None
    if node.nodes("List") and len(node.nodes("List")[0].nodes("Item")) > 1:
        return None
    if node.nodes("List"):
        return part_builders.motif(node, stance, lattice)
    if node.nodes("Substituent"):
        return part_builders.each(node.nodes("Substituent"), denied=True, catalogue=lattice.catalogue)
    if node.nodes("Kind"):
        if not node.mentions("kinds", "fam", "role") and not node.nodes("Whatever") and lattice.lower(node.i - 1) != "nothing":
            return None  # a list of adjectives without a noun
        return _each_kind(node, stance, lattice)
    return _vague(node, stance, lattice) if node.first("vague") else part_builders.each([node], denied=True, catalogue=lattice.catalogue)


#: Nouns for what is used beside the thing designed, unless it is one.
_MEDIA = ("solvent", "catalyst", "reagent", "initiator", "diluent", "cosolvent", "co-solvent")


def _medium(node: Node, lattice: Lattice) -> bool:
    """Whether what is denied is a medium or an aid, and no such thing is designed: 'no chlorinated solvents' in a goal for a dye."""
    noun = lattice.lower(node.j - 1).removesuffix("s")
    return noun in _MEDIA and not any(lattice.lower(k).removesuffix("s") == noun for k in range(node.i))


def _each_kind(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'aromatic and halogenated stuff', 'nothing aromatic or halogenated': each of the kinds; nothing if one of them is nothing, or if a comma alone joins the last."""
    kinds = node.nodes("Kind")
    if part_builders.joints_of(kinds, lattice)[-1:] == [","]:
        return None
    found: list[Statement] = []
    for kind in kinds:
        built = (
            _vague(kind, stance, lattice) if kind.first("vague") else part_builders.each([kind], denied=True, catalogue=lattice.catalogue)
        )
        if not isinstance(built, list):
            return built
        found += built
    return found


def _can_be_coloured(lattice: Lattice) -> bool:
    """Whether the goal speaks of dyes or of absorption, so that a colour word is one of light: not in 'a green solvent'."""
    mentions = [m for at in lattice.at for m in at]
    families = {m.value.name for m in mentions if m.kind == "fam"}
    return bool(families & {"dye", "photoswitch", ""}) or any(m.kind == "verbprop" and not isinstance(m.value, Vague) for m in mentions)


def _other_solubility(node: Node, stance: Stance, lattice: Lattice) -> Built:
    entry, solvent = node.mentions("vague")[0].value, node.mentions("cmpd")[0].value
    if not any("soluble" in word for word in entry.words):
        return None
    if solvent[0] == "water":
        return None if stance.denied else [Statement("vague", "", vague=entry)]
    return Refusal("only the solubility in water is predicted")


def _replacement(node: Node, stance: Stance, lattice: Lattice) -> Built:
    return Refusal("what would replace a compound in use cannot be computed; state the properties that it needs")


def _rule_set(node: Node, stance: Stance, lattice: Lattice) -> Built:
    return [Statement("rule_set", "", name=node.mentions("rule")[0].value)]


def _elements(node: Node, stance: Stance, lattice: Lattice) -> Built:
    symbols: list[str] = []
    for mention in node.mentions("elem", "elems"):
        symbols += mention.value if mention.kind == "elems" else (mention.value,)
    only = node.first("only")
    if (
        len(symbols) == 1
        and only is not None
        and lattice.text(only.i, only.j).lower() in ("only", "made of", "made up of", "solely", "composed of")
    ):
        return None
    if len(symbols) < 2 and only is None:
        return None
    return [Statement("elements", "", elements=tuple(symbols))]


def _formula(node: Node, stance: Stance, lattice: Lattice) -> Built:
    return [Statement("formula", "", name=node.mentions("formula")[0].value)]


def _isomers(node: Node, stance: Stance, lattice: Lattice) -> Built:
    return [Statement("formula", "", name=node.mentions("formula")[0].value, exhaustive=True)]


def _scaffold(node: Node, stance: Stance, lattice: Lattice) -> Built:
    mention = node.mentions("smiles", "cmpd")[0]
    name, smiles = mention.value if mention.kind == "cmpd" else ("", mention.value)
    return [Statement("scaffold", "", name=name, smarts=smiles)]


def _scaffold_of(node: Node, stance: Stance, lattice: Lattice) -> Built:
    """'keep the steroid core' of what is no compound, 'keep caffeine' of what is no group."""
    grp = node.first("grp")
    return part_builders.kept_group(node, stance, lattice) if grp is not None else _scaffold(node, stance, lattice)


def _edit(node: Node, stance: Stance, lattice: Lattice) -> Built:
    from tools.groups.edits import HALOGENS, known

    targets = []
    for part in node.nodes("Target"):
        options = [m for m in part.mentions("elem") if m.value in HALOGENS] + part.mentions("grp", "elem")
        if not options or not known(options[0].value):
            return None
        targets.append(options[0].value)
    reference = reference_of(node)
    if reference is None or not reference.smiles or any(lattice.lower(m.i - 1) in ("a", "an") for m in node.mentions("cmpd")):
        return None  # 'with a phenol, drop the ester'
    shape = node.mentions("edit_add", "edit_remove", "edit_replace")[0].value
    if (shape == "replace") != (len(targets) == 2):
        return None
    every = bool(node.mentions("edit_every"))
    replacement = targets[1] if shape == "replace" else ""
    return [Statement("edit", "", name=targets[0], shape=shape, replacement=replacement, every=every, ref=reference, exhaustive=True)]


def _solvent(node: Node, stance: Stance, lattice: Lattice) -> Built:
    name, smiles = node.mentions("cmpd")[0].value
    return [Statement("solvent", "", ref=Ref(name, smiles))]


def _set(node: Node, stance: Stance, lattice: Lattice) -> Built:
    limits = limits_of(node, catalogue=lattice.catalogue)
    if limits is None or len(limits) != 1 or limits[0].unit not in ("", "%") or limits[0].low is None:
        return None
    references = [ref for part in node.nodes("Reference") if (ref := reference_of(part)) is not None]
    if any(not ref.smiles for ref in references):
        return None
    name = "novelty" if node.mentions("novelty") else "diversity"
    return [Statement("set", "", name=name, limit=limits[0], references=tuple(references))]


_BUILDERS: dict[str, Callable[[Node, Stance, Lattice], Built]] = {
    "limit": _limit,
    "level": _level,
    "objective": _only_asked(_objective),
    "wish_with_bound": _only_asked(_wish_with_bound),
    "changed": _only_asked(_changed),
    "own": _only_asked(_own),
    "count": count,
    "placed": _only_asked(pair_builders.placed),
    "share": share,
    "any_of": part_builders.any_of,
    "ends": pair_builders.ends,
    "all_but": part_builders.all_but,
    "such_as": such_as,
    "motif": part_builders.motif,
    "vague": _vague,
    "odds": odds,
    "denied_kind": _denied_kind,
    "other_solubility": _other_solubility,
    "replacement": _replacement,
    "rule_set": _only_asked(_rule_set),
    "elements": _only_asked(_elements),
    "formula": _only_asked(_formula),
    "isomers": _only_asked(_isomers),
    "similarity": similarity,
    "derivative": _only_asked(part_builders.derivative),
    "scaffold": _only_asked(_scaffold),
    "both": _only_asked(pair_builders.both),
    "contrast": _only_asked(pair_builders.contrast),
    "likened": _only_asked(pair_builders.likened),
    "freed": _only_asked(pair_builders.freed),
    "exchanged": _only_asked(exchanged),
    "kept_out": _only_asked(part_builders.kept_out),
    "kept": _only_asked(part_builders.kept),
    "varied": _only_asked(part_builders.varied),
    "kept_group": _only_asked(part_builders.kept_group),
    "scaffold_of": _only_asked(_scaffold_of),
    "edit": _only_asked(_edit),
    "solvent": _only_asked(_solvent),
    "set": _only_asked(_set),
}
