"""What a user brings along to a run or a route beside the goal: building blocks, known structures."""

from __future__ import annotations

import gzip
import io
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from core.errors import UsageError

if TYPE_CHECKING:
    from tools.ranking.novelty import KnownSet
    from tools.structures.reference_sets import References
    from tools.synthesis.inventory import Inventory

BlocksMode = Literal["extend", "replace"]
#: Bytes that an upload may hold when unpacked.
MOST_UNPACKED = 200_000_000


@dataclass(frozen=True)
class Upload:
    """A file that came with a request.

    Attributes:
        name: what the sender calls it; only its last part, in plain characters, is used.
        content: its bytes.
    """

    name: str
    content: bytes


def plain_name(name: str, usual: str = "upload.smi") -> str:
    """The last part of what a sender calls a file, in plain characters; ``usual`` where nothing of it is left."""
    return re.sub(r"[^\w. -]", "_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")[-100:] or usual


def _refuse_bomb(upload: Upload) -> None:
    """Raise UsageError for an upload that holds more than :data:`MOST_UNPACKED` bytes when unpacked; what is no gzip is as it is."""
    if not upload.content.startswith(b"\x1f\x8b"):
        return
    size = 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(upload.content)) as packed:
            while part := packed.read(1 << 20):
                size += len(part)
                if size > MOST_UNPACKED:
                    raise UsageError(f"{upload.name[:100]} holds more than {MOST_UNPACKED // 1_000_000} MB when unpacked")
    except (OSError, EOFError, zlib.error):  # whoever reads it says what is wrong with it
        return


@contextmanager
def on_disk(upload: Upload) -> Iterator[Path]:
    """The upload as a file in a folder of its own, for the length of the block. UsageError for one that holds too much when unpacked.

    What is wrong with the file is said by its name: where it lay meanwhile is nobody's business.
    """
    _refuse_bomb(upload)
    name = plain_name(upload.name)
    with tempfile.TemporaryDirectory(prefix="molwright-upload-") as folder:
        path = Path(folder) / name
        path.write_bytes(upload.content)
        try:
            yield path
        except UsageError as error:
            if type(error) is UsageError and folder in str(error):
                raise UsageError(str(error).replace(f"{folder}/", "")) from error
            raise


class ListService:
    """Reads users' files. Faulty entries are part of what comes back; UsageError if a file cannot be used at all."""

    def blocks(self, path: Path, mode: BlocksMode) -> Inventory:
        """A list of building blocks, to be added to the shipped ones or to take their place."""
        from tools.synthesis.inventory import read_inventory

        return read_inventory(path, mode)

    def known(self, path: Path) -> KnownSet:
        """Structures that the user knows already."""
        from tools.ranking.novelty import read_known

        return read_known(path)

    def references(self, text: str) -> References:
        """A set of structures to resemble or not: a file, a name or a SMILES."""
        from tools.structures.reference_sets import read_references

        return read_references(text)

    def uploaded_blocks(self, upload: Upload, mode: BlocksMode) -> Inventory:
        """As :meth:`blocks`, for a file that came with a request."""
        with on_disk(upload) as path:
            return self.blocks(path, mode)

    def uploaded_known(self, upload: Upload) -> KnownSet:
        """As :meth:`known`, for a file that came with a request."""
        with on_disk(upload) as path:
            return self.known(path)

    def uploaded_references(self, upload: Upload) -> References:
        """As :meth:`references`, for a file that came with a request."""
        with on_disk(upload) as path:
            return self.references(str(path))

    def named_references(self, text: str) -> References:
        """A common compound or a SMILES; unlike :meth:`references` it never opens a file. UsageError for what is neither."""
        from tools.structures.reference_sets import named_references

        return named_references(text)
