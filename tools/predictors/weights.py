"""The files of a predictor: written deterministically, read only when their hashes match the model card.

A folder ``weights/<name>/`` holds ``card.json`` (and ``card.md``, the same for people), the trees as numbers (``value_*.npz``,
``scale.npz``; of users' own models as LightGBM text, ``*.txt.gz``), ``arrays.npz`` (columns and neighbour index, numbers only), ``neighbours.tsv.gz`` (structures and, where the
licence allows, measured values) and ``calibration.npz`` (out-of-fold predictions without structures). Nothing is pickled.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any, overload
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from core.errors import PredictorError
from tools.arrays import arrays_of, mapped_arrays

#: Changes when the meaning of the files changes.
FORMAT = 1
WEIGHTS = Path(__file__).resolve().parent / "weights"
CARD = "card.json"
#: Numbers of trees below it in size are left from rounding.
_NOTHING = 1e-14
_UNUSED = ("split_gain=", "leaf_weight=", "leaf_count=", "internal_value=", "internal_weight=", "internal_count=", "tree_sizes=")
_ROUNDED = ("threshold=", "leaf_value=")


def digest(data: bytes) -> str:
    """SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def compact_booster_text(text: str) -> str:
    """LightGBM's model text without what prediction does not use, numbers to seven significant digits."""
    lines = []
    for line in text.splitlines():
        if line.startswith("parameters:") or line.startswith("feature_importances:"):
            break
        if line.startswith(_UNUSED):
            continue
        if line.startswith(_ROUNDED):
            key, numbers = line.split("=", 1)
            line = key + "=" + " ".join(_seven_digits(float(n), threshold=key == "threshold") for n in numbers.split())
        lines.append(line)
    return "\n".join(lines) + "\n"


def _seven_digits(number: float, *, threshold: bool) -> str:
    """``number`` to seven digits. What is left from rounding and is no whole number over a power of ten becomes 0, or as a threshold
    LightGBM's own border beside zero, on its side of it: the arrays in which trees ship hold such quotients only."""
    text = f"{number:.7g}"
    if 0.0 < abs(number) < _NOTHING and not _is_quotient(text):
        return ("1e-35" if number > 0 else "-1e-35") if threshold else "0"
    return text


def _is_quotient(text: str) -> bool:
    """Whether a number below :data:`_NOTHING`, written to seven digits, is a whole number over a power of ten of at most 39, as floats divide."""
    mantissa, _, exponent = text.partition("e")
    whole, _, part = mantissa.partition(".")
    decimals = len(part) - int(exponent or 0)
    return decimals < 40 and int(whole + part) / float(f"1e{decimals}") == float(text)


def gzip_text(text: str) -> bytes:
    """``text`` gzipped without a time stamp: equal text gives equal bytes."""
    return gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)


def npz_bytes(arrays: dict[str, NDArray[Any]], *, packed: bool = True) -> bytes:
    """``arrays``, of any shape, as an npz file; numpy writes a fixed date, so equal arrays give equal bytes.

    ``packed``: compressed; what is not is read in a tenth of the time.

    Raises ValueError for what would need a pickle.
    """
    buffer = io.BytesIO()
    (np.savez_compressed if packed else np.savez)(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def weights_version(hashes: dict[str, str]) -> str:
    """Version of a set of weights: the format and the first eight characters of the hash of its files' hashes."""
    return f"{FORMAT}-{digest(json.dumps(hashes, sort_keys=True).encode())[:8]}"


def files_section(files: dict[str, bytes]) -> dict[str, Any]:
    """What every model card says of its ``files``: their hashes, the version that follows from them, and their size."""
    hashes = {name: digest(content) for name, content in files.items()}
    return {
        "format": FORMAT,
        "version": weights_version(hashes),
        "learners": [name for name in files if name.startswith("value_")],
        "files": hashes,
        "bytes": sum(len(content) for content in files.values()),
    }


def hash_lines(card: dict[str, Any]) -> list[str]:
    """The last section of every model card for people: versions of packages, hashes of files."""
    return [
        "## Versions and hashes",
        *(f"- {package} {number}" for package, number in sorted(card["training"]["versions"].items())),
        *(f"- `{name}` {value}" for name, value in sorted(card["files"].items())),
        "",
    ]


def write_folder(folder: Path, files: Mapping[str, bytes], card: dict[str, Any], markdown: str) -> None:
    """Write a predictor's files and its card, for programs and for people."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        part = folder / f"{name}.part"
        part.write_bytes(data)
        part.replace(folder / name)  # who has mapped the file that was there keeps it
    (folder / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(markdown, encoding="utf-8")


def keep_entry(file: Path, name: str, entry: dict[str, Any]) -> None:
    """Put ``entry`` of predictor ``name`` into ``file``, a JSON object of results kept beside the weights."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    kept[name] = entry
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _stamp(file: Path) -> list[int]:
    """Size and time of change. OSError where there is no such file."""
    about = file.stat()
    return [about.st_size, about.st_mtime_ns]


def _keep(file: Path, content: bytes) -> None:
    """Write ``file`` at once, as whoever reads it sees. OSError where that cannot be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_bytes(content)
    part.replace(file)


class Lines(Sequence[str]):
    """The lines of a UTF-8 text, each read when it is asked for: of ten thousand structures a prediction shows one."""

    def __init__(self, text: bytes) -> None:
        """``text``: ends each line with a line feed, but perhaps the last."""
        ends = np.flatnonzero(np.frombuffer(text, np.uint8) == ord("\n"))
        self._text: bytes | memoryview = text
        self._ends: NDArray[Any] = (ends if text.endswith(b"\n") or not text else np.append(ends, len(text))).astype(np.uint32)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What :meth:`from_arrays` reads: the bytes of the text, and the number of bytes before the end of each line, shape (lines,); empty for none."""
        return {"text": np.frombuffer(self._text, np.uint8), "ends": self._ends}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Lines:
        """The lines of :meth:`arrays`. Raises KeyError for other arrays."""
        made = cls(b"")
        made._text, made._ends = arrays["text"].data, arrays["ends"]
        return made

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        """The line ``place``, or several, without their ends. IndexError where there is none."""
        if isinstance(place, slice):
            return [self[n] for n in range(*place.indices(len(self)))]
        number = range(len(self._ends))[place]
        begin = int(self._ends[number - 1]) + 1 if number else 0
        return str(self._text[begin : int(self._ends[number])], "utf-8")

    def sorted_place(self, start: str) -> int | None:
        """Index of the line whose part before a tab is ``start``, from 0, where the lines are in the order of these parts; None where there is none.

        As a bisection over the lines, but without making a text of each.
        """
        text, ends, wanted = self._text, self._ends, start.encode()
        low, high = 0, len(ends)
        while low < high:
            middle = (low + high) // 2
            begin = int(ends[middle - 1]) + 1 if middle else 0
            if bytes(text[begin : int(ends[middle])]).partition(b"\t")[0] < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(ends) and self[low].partition("\t")[0] == start else None


class WeightsFolder:
    """A predictor's folder, read and verified."""

    def __init__(self, name: str, folder: Path | None = None) -> None:
        """Raises PredictorError where the card is missing, unreadable, or of another format."""
        self.path = (folder or WEIGHTS) / name
        self.name = name
        self._news = False
        try:
            self.card: dict[str, Any] = json.loads((self.path / CARD).read_text(encoding="utf-8"))
        except OSError as error:
            raise PredictorError(f"the weights of {name} are missing: {self.path / CARD} cannot be read ({error.strerror})") from None
        except ValueError:
            raise PredictorError(f"the model card of {name} is damaged: {self.path / CARD}") from None
        if self.card.get("format") != FORMAT or not isinstance(self.card.get("files"), dict):
            raise PredictorError(f"the weights of {name} have format {self.card.get('format')!r}; this version reads {FORMAT}")
        if self.card.get("version") != weights_version(self.card["files"]):
            raise PredictorError(f"the model card of {name} is damaged: its version does not follow from its hashes")

    def read(self, file: str) -> bytes:
        """The bytes of ``file``. Raises PredictorError where it is missing or does not match its hash in the card."""
        try:
            data = (self.path / file).read_bytes()
        except OSError as error:
            raise PredictorError(f"the weights of {self.name} are missing: {self.path / file} ({error.strerror})") from None
        if digest(data) != self.card["files"].get(file):
            raise PredictorError(f"the weights of {self.name} are damaged: {self.path / file} does not match its hash in the model card")
        return data

    def text(self, file: str) -> str:
        """The text of a gzipped ``file``."""
        return gzip.decompress(self.read(file)).decode("utf-8")

    def lines(self, file: str) -> Lines:
        """The lines of a gzipped ``file``. Raises PredictorError as :meth:`read` does.

        Those of a shipped file are kept unpacked where Python keeps compiled modules, and mapped into memory from there, while both are left alone.
        """
        state = self._state(file)
        with suppress(OSError, ValueError, KeyError, NotImplementedError, BadZipFile):
            kept = self._record(f"{file}.npz")
            if state and self._vouched.get(file) == [*state, *_stamp(kept)]:
                return Lines.from_arrays(mapped_arrays(kept))
        found = Lines(gzip.decompress(self.read(file)))
        if state and not sys.dont_write_bytecode:
            with suppress(OSError, NotImplementedError):
                kept = self._record(f"{file}.npz")
                _keep(kept, npz_bytes(found.arrays(), packed=False))
                self._vouched[file] = [*state, *_stamp(kept)]
                self._news = True
        return found

    def arrays(self, file: str) -> dict[str, NDArray[Any]]:
        """The arrays of an npz ``file``, in the shape in which they were written. Raises PredictorError as :meth:`read` does.

        They cannot be written to. A shipped file that was held against its hash before, and has been left alone since, is mapped into memory.
        """
        state = self._state(file)
        if state is None:
            return arrays_of(self.read(file))
        if self._vouched.get(file) == state:
            return mapped_arrays(self.path / file)
        found = arrays_of(self.read(file))
        self._vouched[file] = state
        self._news = True
        return found

    def _state(self, file: str) -> list[int] | None:
        """Size and time of change of a shipped ``file``; None for one that does not ship or is not there."""
        try:
            return _stamp(self.path / file) if self.path.parent == WEIGHTS else None
        except OSError:
            return None

    @cached_property
    def _vouched(self) -> dict[str, list[int]]:
        """Files that were held against their hashes, with what :meth:`_state` said of them then, as :meth:`remember` kept it for this card."""
        with suppress(OSError, ValueError, KeyError, TypeError, NotImplementedError):
            kept = json.loads(self._record().read_text(encoding="utf-8"))
            if kept["version"] == self.card["version"]:
                return dict(kept["files"])
        return {}

    def remember(self) -> None:
        """Keep which files were held against their hashes, where Python keeps compiled modules, for the next process; nothing where it keeps none."""
        if not self._news or sys.dont_write_bytecode:
            return
        self._news = False
        with suppress(OSError, NotImplementedError):
            _keep(self._record(), json.dumps({"version": self.card["version"], "files": self._vouched}).encode())

    def _record(self, file: str = CARD) -> Path:
        """What is kept of ``file`` where Python keeps compiled modules. NotImplementedError where it keeps none."""
        return Path(cache_from_source(f"{self.path / file}.py"))

    def whole(self) -> None:
        """Raises PredictorError where a file of the card is missing, or where all of them together have another size than the card says."""
        sizes = []
        for file in self.card["files"]:
            try:
                sizes.append((self.path / file).stat().st_size)
            except OSError as error:
                raise PredictorError(f"the weights of {self.name} are missing: {self.path / file} ({error.strerror})") from None
        if sum(sizes) != self.card.get("bytes", sum(sizes)):
            raise PredictorError(f"the weights of {self.name} are damaged: {self.path} holds {sum(sizes)} bytes, not {self.card['bytes']}")
