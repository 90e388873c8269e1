"""What the guard knows by InChIKey: regulated chemicals, approved medicines, drug precursors, restricted aromatic amines."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from core import data
from core.candidate import SafetyRuleHit, Verdict
from tools.safety.forms import Form

#: Rows of regulated_keys.csv whose key is not the compound's but that of a mere ion, or of methane where a structure was missing
#: (ricin, phosphorus pentasulfide, bifluorides). They would flag every sodium salt, and methane. Correct keys of
#: these, and of the dialkyl phosphites that the list writes as oxophosphonium ions, stand in regulated_extra.tsv.
MISASSIGNED = {
    "VNWKTOKETHGBQD": "methane",
    "FKNQFGJONOIPTF": "sodium ion",
    "NPYPAHLBTDXSSS": "potassium ion",
    "QGZKDVFQNNGYKY": "ammonia or ammonium ion",
    "RWSOTUBLDIXVET": "hydrogen sulfide or hydrosulfide ion",
}


@dataclass(frozen=True)
class Medicine:
    """An approved medicine of a controlled or energetic class."""

    name: str
    status: str
    """'controlled', 'energetic', 'cytotoxic' (these warn) or 'not controlled' (its family's rules are silent)."""


def _rows(file: str) -> list[dict[str, str]]:
    return data.rows("tools.safety", f"tables/{file}")


@lru_cache(maxsize=1)
def regulated() -> dict[str, tuple[tuple[str, str], ...]]:
    """First InChIKey block -> ((list, CAS number), ...), lists in the order Schedule 1, 2, 3, Australia Group."""
    found: dict[str, set[tuple[str, str]]] = {}
    for row in _rows("regulated_keys.csv"):
        block = row["inchikey"].split("-")[0]
        if block not in MISASSIGNED:
            found.setdefault(block, set()).add((row["source"], row["cas"].strip("()")))
    for row in _rows("regulated_extra.tsv"):
        found.setdefault(row["inchikey"].split("-")[0], set()).add((row["source"], row["cas"]))
    order = ["OPCW schedule 1", "OPCW schedule 2", "OPCW schedule 3", "australia group"]
    return {block: tuple(sorted(rows, key=lambda row: (order.index(row[0]), row[1]))) for block, rows in found.items()}


@dataclass(frozen=True)
class Number:
    """What is known of a CAS number."""

    key: str
    """First InChIKey block; '' where nothing has to be known."""
    verdict: str
    """'block', 'stop' (a person has to look), or '' for an ordinary substance."""


@lru_cache(maxsize=1)
def cas_numbers() -> dict[str, Number]:
    """CAS number -> what is known of it (numbers and keys from PubChem by way of the package ``chemicals``, MIT licence)."""
    return {row["cas"]: Number(row["key"], row["verdict"]) for row in _rows("cas_numbers.tsv")}


@lru_cache(maxsize=1)
def judged_keys() -> dict[str, str]:
    """First InChIKey block -> 'block' or 'stop'."""
    return {number.key: number.verdict for number in cas_numbers().values() if number.key}


def digest_of(plain: str) -> str:
    """A name in one spelling (``spelling.normalise``) as ``hazard_names.txt`` holds it: a digest of its letters and digits, so that the file
    is no catalogue."""
    flat = "".join(filter(str.isalnum, plain))
    return hashlib.blake2s(flat.encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=1)
def hazard_names() -> frozenset[str]:
    """Digests of names of substances whose structures the guard blocks."""
    return frozenset(data.text("tools.safety", "tables/hazard_names.txt").split())


@lru_cache(maxsize=1)
def medicines() -> dict[str, Medicine]:
    """First InChIKey block -> approved medicine."""
    return {row["inchikey"].split("-")[0]: Medicine(row["name"], row["status"]) for row in _rows("approved_medicines.tsv")}


@lru_cache(maxsize=1)
def precursors() -> dict[str, str]:
    """First InChIKey block -> name of a drug precursor (UN Convention of 1988, Table I and its later additions)."""
    return {row["inchikey"].split("-")[0]: row["name"] for row in _rows("drug_precursors.tsv")}


@lru_cache(maxsize=1)
def restricted_amines() -> dict[str, str]:
    """First InChIKey block -> name of an aromatic amine of REACH Annex XVII, entry 43."""
    return {row["inchikey"].split("-")[0]: row["name"] for row in _rows("aromatic_amines.tsv")}


def medicine_of(form: Form) -> Medicine | None:
    """The approved medicine that ``form`` is, whatever its salt, isotopes, charge or drawn stereo; or None."""
    return next((found for key in form.keys if (found := medicines().get(key.split("-")[0]))), None)


def key_hits(form: Form) -> list[SafetyRuleHit]:
    """Hits by InChIKey: regulated lists, drug precursors, restricted amines."""
    hits: list[SafetyRuleHit] = []
    for block in dict.fromkeys(key.split("-")[0] for key in form.keys):
        for source, cas in regulated().get(block, ()):
            number = source.removeprefix("OPCW schedule ")
            schedule = number if source != number else ""
            rule = f"regulated.schedule_{schedule}" if schedule else "regulated.australia_group"
            verdict: Verdict = "block" if schedule == "1" else "warn"
            title = f"Chemical Weapons Convention, Schedule {schedule}" if schedule else "Australia Group, chemical weapons precursors"
            reason = f"This structure (CAS {cas}) is listed: {title}. " + (
                "Making it is forbidden." if schedule == "1" else "Trade and use may need a licence or a declaration."
            )
            hits.append(SafetyRuleHit(id=rule, name=f"listed chemical {cas}", verdict=verdict, reason=reason, source=title))
        if name := precursors().get(block):
            reason = f"{name} is a precursor of controlled drugs: purchase and use need a licence."
            hits.append(
                SafetyRuleHit(
                    id="regulated.drug_precursor", name=name, verdict="warn", reason=reason, source="UN Convention of 1988, Table I"
                )
            )
        if name := restricted_amines().get(block):
            reason = f"{name} is one of the carcinogenic aromatic amines that azo dyes must not release."
            hits.append(
                SafetyRuleHit(id="warn.aromatic_amine", name=name, verdict="warn", reason=reason, source="REACH Annex XVII, entry 43")
            )
    return hits
