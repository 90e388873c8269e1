"""Writes words and sentences in other writing in Latin letters: for the guard's romanised lists and for what its second voice learns from.

``python -m evals.romanising`` writes ``tools/safety/tables/romanised.tsv`` from the word lists in ``tools/safety/rules/words``; run it after a change of
one of them. Cyrillic, Greek, Arabic, Hebrew, Devanagari and Korean letters are read by the tables here; Chinese signs and Japanese words by
``evals/data/guard/readings/*.tsv`` (derived once with pypinyin 0.55, MIT, and janome 0.5, Apache 2.0). What has a sign without a reading is left out.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from random import Random

from evals.suites.base import DATA
from tools.safety import romanised
from tools.safety.word_tables import HAZARDS

LISTS = Path(romanised.__file__).parent / "rules" / "words"
TARGET = Path(romanised.__file__).parent / romanised.TABLE
#: Word lists -> the romanised language that they belong to.
LANGUAGES = {"russian": "russian", "ukrainian": "russian", **{name: name for name in (*romanised.CONSONANTS, *romanised.JOINED, "greek")}}
#: Kinds that are read by their skeletons; what kills counts as what strikes, since a skeleton is not exact.
KINDS = (
    *HAZARDS, "doubtful", "effect", "strike", "harm", "people", "victim", "evasion", "defence", "ailment", "turned", "rival", "pest", "sleep", "forever",
    "safe", "place", "purpose", "checker", "excuse", "unseen", "germ", "figure", "dismissed", "sold", "kin", "helpless",
)  # fmt: skip
_LETTERS = dict(
    pair.split("=")
    for pair in [
        "а=a",
        "б=b",
        "в=v",
        "г=g",
        "ґ=g",
        "д=d",
        "е=e",
        "ё=yo",
        "є=ye",
        "ж=zh",
        "з=z",
        "и=i",
        "і=i",
        "ї=yi",
        "й=y",
        "к=k",
        "л=l",
        "м=m",
        "н=n",
        "о=o",
        "п=p",
        "р=r",
        "с=s",
        "т=t",
        "у=u",
        "ф=f",
        "х=kh",
        "ц=ts",
        "ч=ch",
        "ш=sh",
        "щ=shch",
        "ъ=",
        "ы=y",
        "ь=",
        "э=e",
        "ю=yu",
        "я=ya",
        "α=a",
        "β=v",
        "γ=g",
        "δ=d",
        "ε=e",
        "ζ=z",
        "η=i",
        "θ=th",
        "ι=i",
        "κ=k",
        "λ=l",
        "μ=m",
        "ν=n",
        "ξ=ks",
        "ο=o",
        "π=p",
        "ρ=r",
        "σ=s",
        "ς=s",
        "τ=t",
        "υ=y",
        "φ=f",
        "χ=h",
        "ψ=ps",
        "ω=o",
        "ا=a",
        "آ=a",
        "أ=a",
        "إ=i",
        "ب=b",
        "پ=p",
        "ت=t",
        "ة=a",
        "ث=th",
        "ج=j",
        "چ=ch",
        "ح=h",
        "خ=kh",
        "د=d",
        "ذ=dh",
        "ر=r",
        "ز=z",
        "ژ=zh",
        "س=s",
        "ش=sh",
        "ص=s",
        "ض=d",
        "ط=t",
        "ظ=z",
        "ع=",
        "غ=gh",
        "ف=f",
        "ق=q",
        "ك=k",
        "ک=k",
        "گ=g",
        "ل=l",
        "م=m",
        "ن=n",
        "ه=h",
        "و=w",
        "ي=y",
        "ی=y",
        "ى=a",
        "ء=",
        "ؤ=w",
        "ئ=y",
        "א=a",
        "ב=b",
        "ג=g",
        "ד=d",
        "ה=h",
        "ו=v",
        "ז=z",
        "ח=ch",
        "ט=t",
        "י=y",
        "כ=k",
        "ך=kh",
        "ל=l",
        "מ=m",
        "ם=m",
        "נ=n",
        "ן=n",
        "ס=s",
        "ע=a",
        "פ=p",
        "ף=f",
        "צ=ts",
        "ץ=ts",
        "ק=k",
        "ר=r",
        "ש=sh",
        "ת=t",
        "क=k",
        "ख=kh",
        "ग=g",
        "घ=gh",
        "ङ=n",
        "च=ch",
        "छ=chh",
        "ज=j",
        "झ=jh",
        "ञ=n",
        "ट=t",
        "ठ=th",
        "ड=d",
        "ढ=dh",
        "ण=n",
        "त=t",
        "थ=th",
        "द=d",
        "ध=dh",
        "न=n",
        "प=p",
        "फ=ph",
        "ब=b",
        "भ=bh",
        "म=m",
        "य=y",
        "र=r",
        "ल=l",
        "व=v",
        "श=sh",
        "ष=sh",
        "स=s",
        "ह=h",
        "अ=a",
        "आ=aa",
        "इ=i",
        "ई=ee",
        "उ=u",
        "ऊ=oo",
        "ए=e",
        "ऐ=ai",
        "ओ=o",
        "औ=au",
        "ऋ=ri",
        "ा=a",
        "ि=i",
        "ी=i",
        "ु=u",
        "ू=u",
        "े=e",
        "ै=ai",
        "ो=o",
        "ौ=au",
        "ृ=ri",
        "ं=n",
        "ँ=n",
        "ः=",
        "्=",
        "़=",
        "ॉ=o",
        "ऑ=o",
    ]
)
_GREEK = {"ου": "ou", "ει": "ei", "αι": "ai", "οι": "oi", "μπ": "b", "ντ": "nt", "γκ": "gk", "γγ": "ng", "αυ": "av", "ευ": "ev"}
_GREEK_PAIRS = re.compile("|".join(_GREEK))
_DEVANAGARI = re.compile("[\u0915-\u0939]\u093c?(?![\u093c\u093e-\u094d])(?=[\u0904-\u0939])")
_ONSETS = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"]
_VOWELS = ["a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"]
_CODAS = [
    "",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]
#: What people write for what, each now and then.
_NOISE = (("kh", "h"), ("kh", "x"), ("ts", "c"), ("ch", "tch"), ("sh", "s"), ("yu", "iu"), ("ya", "ia"), ("y", "i"), ("v", "w"), ("aa", "a"), ("ph", "f"), ("q", "k"), ("zh", "j"),
          ("shch", "sch"), ("i", "ee"), ("u", "oo"), ("th", "t"), ("ou", "o"), ("j", "g"), ("h", ""), ("k", "c"))  # fmt: skip


@lru_cache(maxsize=1)
def _readings() -> tuple[dict[str, str], dict[str, str]]:
    """Chinese signs and Japanese words with their readings."""
    tables = []
    for name in ("chinese", "japanese"):
        lines = (DATA / "guard" / "readings" / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        tables.append(dict(line.split("\t") for line in lines))
    return tables[0], tables[1]


def language_of(text: str) -> str | None:
    """The romanised language that a text in other writing belongs to, by its letters; None for Latin, Thai and others."""
    for language, letters in (
        ("japanese", "\u3040-\u30ff"), ("korean", "\uac00-\ud7a3"), ("chinese", "\u3400-\u9fff"), ("russian", "\u0400-\u04ff"), ("greek", "\u0370-\u03ff"),
        ("hebrew", "\u05d0-\u05ea"), ("hindi", "\u0900-\u097f"), ("persian", "پچگژکی"), ("arabic", "\u0600-\u06ff"),
    ):  # fmt: skip
        if re.search(f"[{letters}]", text):
            return language
    return None


def latin(text: str, language: str) -> str | None:
    """``text`` in small Latin letters with a space between words, signs or syllables; None where a sign has no reading."""
    if language in ("chinese", "japanese"):
        plain = _read(unicodedata.normalize("NFKC", text).lower(), language)
    elif language == "korean":
        plain = "".join(_syllable(c) for c in text.lower())
    else:
        marked = unicodedata.normalize("NFKC", text).lower()
        if language == "greek":
            bare = "".join(c for c in unicodedata.normalize("NFD", marked) if not unicodedata.combining(c))
            marked = _GREEK_PAIRS.sub(lambda match: _GREEK[match[0]], bare)
        elif language == "russian":
            marked = marked.replace("'", "").replace("\u2019", "")
        elif language == "hindi":
            marked = _DEVANAGARI.sub(lambda match: match[0] + "a", unicodedata.normalize("NFD", marked).replace("ज\u093c", "z"))
        plain = "".join(_LETTERS.get(c, "" if unicodedata.combining(c) else c) for c in marked.replace("\u200c", " "))
    return " ".join(plain.split()) if plain is not None and plain.isascii() else None


def _syllable(sign: str) -> str:
    number = ord(sign) - 0xAC00
    return _ONSETS[number // 588] + _VOWELS[number % 588 // 28] + _CODAS[number % 28] if 0 <= number < 11172 else sign


def _read(text: str, language: str) -> str | None:
    """The longest known words of a text in turn, with spaces between."""
    known = _readings()[language == "japanese"]
    parts, at = [], 0
    while at < len(text):
        if text[at].isascii() or unicodedata.category(text[at])[0] in "PZS":
            parts.append(text[at] if text[at].isascii() else " ")
            at += 1
            continue
        size = next((n for n in range(min(10, len(text) - at), 0, -1) if text[at : at + n] in known), 0)
        if not size:
            return None
        parts.append(f" {known[text[at : at + size]]} ")
        at += size
    return "".join(parts)


def copies(text: str, number: int) -> Iterator[str]:
    """``number`` romanised spellings of a sentence in other writing, the first plain, the others as people vary them; the same every time."""
    language = language_of(text)
    plain = latin(text, language) if language else None
    if plain is None or language is None:
        return
    for turn in range(number):
        random = Random(f"{turn} {text}")
        words = plain
        if language == "chinese":
            words = "".join(c if c != " " or random.random() < (0.5 if turn else 0.9) else "" for c in plain)
        for old, new in _NOISE if turn and language not in romanised.JOINED else ():
            if old in words and random.random() < 0.2:
                words = words.replace(old, new)
        yield words


def _entries() -> Iterator[tuple[str, str, str]]:
    """(language, kind, skeletons) of every entry that is long enough to be known by them."""
    for name, language in LANGUAGES.items():
        lists = tomllib.loads((LISTS / f"{name}.toml").read_text(encoding="utf-8"))
        harmless = " ".join(lists.get("harmless", ()))
        for kind in KINDS:
            for raw in lists.get(kind, ()):
                if raw in harmless and kind in HAZARDS:
                    continue
                words = skeletons(raw, language)
                if words is not None:
                    yield language, "strike" if kind == "harm" else kind, words


def skeletons(raw: str, language: str) -> str | None:
    """The skeletons of the words of one entry; None for one that is too short, has no reading, or is open in front."""
    parts = []
    for word in [raw.replace(" ", "")] if language in romanised.JOINED else raw.split():
        plain = latin(word.strip("*"), language)
        form = romanised.skeleton(plain.replace(" ", ""), language) if plain else ""
        if not form or word.startswith("*"):
            return None
        parts.append(form + ("*" if word.endswith("*") and language not in romanised.JOINED else ""))
    length = sum(len(part.rstrip("*")) for part in parts)
    return " ".join(parts) if length >= (romanised.LEAST[language] if len(parts) == 1 else romanised.LEAST_GROUP) else None


def lines() -> list[str]:
    """The lines of the table, in order."""
    return sorted({"\t".join(entry) for entry in _entries()})


if __name__ == "__main__":
    TARGET.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(lines())} entries")
