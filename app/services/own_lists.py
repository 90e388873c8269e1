"""A team's own named, dated lists of substances: read from a file once, kept in the home folder, and asked of every structure from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app import wiring
from app.services.lists import Upload, on_disk
from core.errors import NotFoundError, StoreError, UsageError
from core.settings import Settings

if TYPE_CHECKING:
    from tools.calculators.own_lists import OwnList


#: Longest source and word, characters, and most words of a list.
LONGEST, MOST_WORDS = 300, 20


@dataclass(frozen=True)
class KeptList:
    """What is told of a list: ``undecided``: (line, entry, why) of what structure does not decide, or only in part."""

    name: str
    issued: str
    source: str
    words: tuple[str, ...]
    file: str
    version: str
    property: str
    entries: int
    decided: int
    undecided: tuple[tuple[int, str, str], ...]

    def summary(self) -> dict[str, Any]:
        """As JSON values, with the number of what is not decided in its place."""
        shown = {name: value for name, value in vars(self).items() if name != "undecided"}
        return {**shown, "words": list(self.words), "undecided": len(self.undecided)}


class OwnListService:
    """Adds, shows and removes lists. What is kept is the team's: everybody's structures are held against it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def add(self, file: Path, name: str, issued: str, *, source: str = "", words: Sequence[str] = (), replace: bool = False) -> KeptList:
        """Read the list in ``file`` and keep it under ``name``; ``issued``: the date of the edition, as YYYY-MM-DD.

        UsageError for a date that is none, a name or word that goals use for something else, a name that is taken unless ``replace``, and a file that is no list;
        NotFoundError where there is no such file, StoreError where it cannot be kept.
        """
        from tools.safety.own_list_file import read_own_list

        try:
            day = date.fromisoformat(issued.strip())
        except ValueError as error:
            raise UsageError(f"{issued[:40]!r} is no date: write that of the edition as YYYY-MM-DD, such as 2025-11-05") from error
        if len(source) > LONGEST or len(words) > MOST_WORDS or any(len(word) > LONGEST for word in words):
            raise UsageError(f"source and words have at most {LONGEST} characters each, and a list at most {MOST_WORDS} words")
        made = read_own_list(file, name=name, issued=day, source=source, words=words)
        if not replace and any(one.id == made.id for one in self._lists()):
            raise UsageError(
                f"there is a list {made.name!r} already: replace it (--replace) to put this edition in its place; runs that used the other no longer replay"
            )
        self._refuse_words(made)
        folder = wiring.own_lists_folder(self._settings)
        wiring.prepare_home(self._settings)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            written = folder / f".{made.id}.new"
            written.write_text(made.model_dump_json(), encoding="utf-8")
            written.replace(folder / f"{made.id}.json")
        except OSError as error:
            raise StoreError(f"the list cannot be kept in {folder}: {error.strerror or error}") from error
        return _told(made)

    def add_upload(
        self, upload: Upload, name: str, issued: str, *, source: str = "", words: Sequence[str] = (), replace: bool = False
    ) -> KeptList:
        """As :meth:`add`, for a file that came with a request."""
        with on_disk(upload) as path:
            return self.add(path, name, issued, source=source, words=words, replace=replace)

    def all(self) -> list[KeptList]:
        """Every list, by name."""
        return sorted(map(_told, self._lists()), key=lambda one: one.name.lower())

    def problems(self) -> dict[str, str]:
        """What is wrong with lists that are kept but cannot be used."""
        return dict(wiring.open_workspace(self._settings).list_problems)

    def find(self, name: str) -> KeptList:
        """The list that is called so, whatever the case. NotFoundError with the names that there are."""
        lists = self._lists()
        found = next((one for one in lists if name.strip().lower() in (one.name.lower(), one.id, *one.words)), None)
        if found is None:
            raise NotFoundError(f"there is no list {name!r}; there are: {', '.join(one.name for one in lists) or 'none'}")
        return _told(found)

    def remove(self, name: str) -> str:
        """Forget a list, for good: runs that used it no longer replay. The name that it had; NotFoundError, StoreError."""
        found = self.find(name)
        try:
            (wiring.own_lists_folder(self._settings) / f"{found.property}.json").unlink()
        except OSError as error:
            raise StoreError(f"the list {found.name} cannot be removed: {error.strerror or error}") from error
        return found.name

    def _lists(self) -> tuple[OwnList, ...]:
        from tools.calculators.own_lists import own_lists

        return own_lists(wiring.open_workspace(self._settings).calculators)

    def _refuse_words(self, made: OwnList) -> None:
        """Raise UsageError for a name or word that means something else in goals."""
        from agent.reading.lexicon import key_of, lexicon

        workspace = wiring.open_workspace(self._settings)
        catalogue, others = (workspace.bare or workspace).catalogue, [one for one in self._lists() if one.id != made.id]
        for word in (made.name.lower(), *made.words):
            taken = next((one.name for one in others if word in (one.name.lower(), *one.words)), "")
            if taken or set(lexicon(catalogue).meanings.get(key_of(word), {})) - {"unchk"}:
                raise UsageError(
                    f"goals already use the word {word!r} for {f'the list {taken}' if taken else 'something else'}; choose another"
                )


def _told(one: OwnList) -> KeptList:
    undecided = tuple((entry.line, entry.name, entry.undecided) for entry in one.undecided)
    return KeptList(
        one.name, one.issued.isoformat(), one.source, one.words, one.file, one.version, one.id, len(one.entries), one.decided, undecided
    )
